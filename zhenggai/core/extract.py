"""`zhenggai extract FILE`: one document in, one JSON object out. No Django, no database, no network.

The object is that of the public format `zhenggai/1`. Exit status: 0 read, 1 read but of unknown kind, 2 not readable
(one line on standard error says why and what to do).
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from zhenggai.core.grammar.as_json import to_json
from zhenggai.core.grammar.extraction import extract_text
from zhenggai.core.grammar.objects import Extraction
from zhenggai.core.reading import CleanText, Document, Empty, TooLarge, Unreadable, clean, limits, read

__all__ = ["Reading", "extract", "main", "read", "read_all", "to_json"]

READ, UNKNOWN_KIND, NOT_READABLE = 0, 1, 2

USAGE = """用法：zhenggai extract 文件或文件夹 [--json | --text | --show-removed | --summary] [--jsonl]

  --json          提取结果，JSON（默认）
  --jsonl         每份文件一行 JSON；给的是文件夹时总是如此
  --text          清理后的正文；提取结果里的位置都指向它
  --show-removed  清理时去掉了什么：规则、在原文中的位置、文字
  --summary       几行字的摘要"""


@dataclass(frozen=True, slots=True)
class Reading:
    """A document with its cleaned text, which all places point into, and what was extracted from it."""

    document: Document
    source: CleanText
    extraction: Extraction


def read_all(data: bytes, name: str) -> Reading:
    """The document, its cleaned text and its extraction together. Raises Unreadable, and nothing else.

    >>> read_all("于 2018 年底完成".encode(), "a.txt").source.text
    '于2018年底完成'
    """
    try:
        document = read(data, name)
    except Empty:
        document = Document(name=name, kind="empty", blocks=())
    source = clean(document)
    return Reading(document, source, extract_text(source, document.remarks))


def extract(data: bytes, name: str) -> Extraction:
    """What the document in ``data`` says; ``name`` is the file's name. Raises Unreadable, and nothing else.

    An empty file is no error: its kind is "unknown".

    >>> result = extract("某市整改方案\\n1.扬尘突出。\\n整改措施：覆盖裸土。\\n整改时限：2024年底".encode(), "方案.txt")
    >>> result.kind, result.tasks[0].issue, result.tasks[0].deadline.due
    ('plan', '扬尘突出。', '2024-12-31')
    >>> extract(b"", "空.txt").kind
    'unknown'
    """
    return read_all(data, name).extraction


def main(argv: list[str]) -> int:
    """The command with its arguments; returns the exit status."""
    options = [word for word in argv if word.startswith("--")]
    names = [word for word in argv if not word.startswith("--")]
    if "--help" in options:
        sys.stdout.write(USAGE + "\n")
        return READ
    unknown = [word for word in options if word not in _OUTPUTS]
    if len(names) != 1 or unknown or len(set(options) - {"--jsonl"}) > 1:
        sys.stderr.write(f"不认识的用法：{' '.join(argv) or '没有给文件'}。看用法：zhenggai extract --help\n")
        return NOT_READABLE
    path = names[0]
    folder = os.path.isdir(path)
    default = "--jsonl" if folder or "--jsonl" in options else "--json"
    output = _OUTPUTS[next((word for word in options if word != "--jsonl"), default)]
    return max((_one(file, output, folder) for file in _files(path)), default=UNKNOWN_KIND)


def _files(path: str) -> Iterator[str]:
    """The file itself, or all files below a folder in order; hidden ones are left out."""
    if not os.path.isdir(path):
        yield path
        return
    for folder, below, files in os.walk(path):
        below[:] = sorted(name for name in below if not name.startswith("."))
        yield from (os.path.join(folder, name) for name in sorted(files) if not name.startswith("."))


def _one(path: str, output: Callable[[Reading, str], str], in_folder: bool) -> int:
    try:
        reading = read_all(_bytes(path), os.path.basename(path))
    except Unreadable as error:
        sys.stderr.write(f"{path}：{error}\n")
        return NOT_READABLE
    sys.stdout.write(output(reading, path if in_folder else "") + "\n")
    return UNKNOWN_KIND if reading.extraction.kind == "unknown" else READ


def _bytes(path: str) -> bytes:
    try:
        if os.path.getsize(path) > limits.MAX_BYTES:
            raise TooLarge
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError as error:
        raise Unreadable("找不到这个文件。请检查路径。") from error
    except OSError as error:
        raise Unreadable("打不开这个文件。请检查权限，或换一个位置再试。") from error


def _json(reading: Reading, path: str) -> str:
    return json.dumps(to_json(reading.extraction), ensure_ascii=False, indent=2)


def _json_line(reading: Reading, path: str) -> str:
    named = {"file": path} if path else {}
    return json.dumps({**named, **to_json(reading.extraction)}, ensure_ascii=False)


def _text(reading: Reading, path: str) -> str:
    return reading.source.text


def _removed(reading: Reading, path: str) -> str:
    """One line a removal; white space alone is not shown."""
    lines = []
    for one in reading.source.removed:
        if one.text.strip():
            place = "-" if one.start is None else f"{one.start}-{one.end}"
            lines.append(f"{one.rule}\t{place}\t{json.dumps(one.text, ensure_ascii=False)}")
    return "\n".join(lines)


def _summary(reading: Reading, path: str) -> str:
    found = reading.extraction
    lines = [
        found.title or "（没有标题）",
        f"种类 {found.kind}，任务 {len(found.tasks)} 项，提醒 {len(found.warnings)} 条",
    ]
    for task in found.tasks:
        due = task.deadline.due or task.deadline.raw if task.deadline else "未写时限"
        units = "、".join(task.lead_units or task.responsible_units)
        lines.append(f"{task.serial or '-'}\t{due}\t措施 {len(task.measures)}\t{units}\t{(task.issue or '')[:40]}")
    return "\n".join([*lines, *(f"提醒：{one.message}" for one in found.warnings)])


_OUTPUTS: dict[str, Callable[[Reading, str], str]] = {
    "--json": _json,
    "--jsonl": _json_line,
    "--text": _text,
    "--show-removed": _removed,
    "--summary": _summary,
}
