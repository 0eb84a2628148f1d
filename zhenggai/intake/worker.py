"""Reads one document in a process of its own (core/one_file.py): prints {"text", "extraction"} or {"error"}."""

import sys
from typing import Any

from zhenggai.core.extract import read_all, to_json
from zhenggai.core.one_file import answer


def document(data: bytes, name: str) -> dict[str, Any]:
    """What a document says, and its text."""
    reading = read_all(data, name)
    return {"text": reading.source.text, "extraction": to_json(reading.extraction)}


if __name__ == "__main__":
    sys.exit(answer(document, "文件展开后太大，读不下来。请拆成几份，或另存为纯文本后再导入。"))
