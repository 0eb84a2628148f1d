"""Reads one document in a process of its own, under limits of time and memory that it sets on itself.

`python -m zhenggai.intake.worker PATH NAME SECONDS BYTES` prints one JSON object: {"text", "extraction"} or {"error"}.
It loads no Django: a hostile document meets neither the database nor the secrets.
"""

import json
import sys
from pathlib import Path

from zhenggai.core.extract import read_all, to_json
from zhenggai.core.limited import limit
from zhenggai.core.reading import Unreadable


def main(path: str, name: str, seconds: str, memory: str) -> int:
    limit(int(seconds), int(memory))
    try:
        reading = read_all(Path(path).read_bytes(), name)
        answer: dict[str, object] = {"text": reading.source.text, "extraction": to_json(reading.extraction)}
    except Unreadable as error:
        answer = {"error": str(error)}
    except MemoryError:
        answer = {"error": "文件展开后太大，读不下来。请拆成几份，或另存为纯文本后再导入。"}
    json.dump(answer, sys.stdout, ensure_ascii=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
