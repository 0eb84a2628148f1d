"""`zhenggai extract FILE`: one document in, one JSON object out. No Django, no database, no network.

The object is that of the public format `zhenggai/1`. Exit status: 0 read, 1 read but of unknown kind, 2 not readable
(one line on standard error says why and what to do).
"""

import gc
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from zhenggai.core.bounds import apart
from zhenggai.core.grammar.as_json import to_json
from zhenggai.core.grammar.extraction import extract_text
from zhenggai.core.grammar.objects import Extraction
from zhenggai.core.reading import CleanText, Document, Empty, TooLarge, Unreadable, clean, limits, read

__all__ = [
    "Reading",
    "Unreadable",
    "content_of",
    "extract",
    "json_line",
    "main",
    "read",
    "read_all",
    "status_of",
    "to_json",
]

READ, UNKNOWN_KIND, NOT_READABLE = 0, 1, 2

USAGE = """用法：zhenggai extract 文件 [--json | --jsonl | --text | --show-removed | --summary] [--timeout 秒]
      zhenggai extract 文件夹 [--jsonl] [-j 进程数] [--out 结果.jsonl] [--timeout 秒]
                              [--engine dask --scheduler tcp://主机:8786]

  --json          提取结果，JSON（默认）
  --jsonl         每份文件一行 JSON；给的是文件夹时总是如此，读不了的文件一行写明原因
  --text          清理后的正文；提取结果里的位置都指向它
  --show-removed  清理时去掉了什么：规则、在原文中的位置、文字
  --summary       几行字的摘要
  --timeout       一份文件最多读多少秒，默认 120
  -j              同时用几个进程，默认与处理器个数相同
  --out           结果写到这个文件；中断后再运行，已有的跳过。要重读某一份，删去它那一行
  --engine dask   由 dask 集群读，各台机器要能以同样的路径看到这个文件夹

退出状态：0 读出，1 读出但种类不明，2 读不了"""


class Reading(NamedTuple):
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
    with _no_collection():
        source = clean(document)
        return Reading(document, source, extract_text(source, document.remarks))


@contextmanager
def _no_collection() -> Iterator[None]:
    """No search for cyclic garbage meanwhile: cleaning and grammar make many small objects and no cycles.

    Nor right after: what was made joins the old objects at once (frozen and unfrozen, which moves lists and looks at
    nothing), for otherwise the next object made would set off a look at all of them, a quarter of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()


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
    if "--help" in argv or "-h" in argv:
        sys.stdout.write(USAGE + "\n")
        return READ
    try:
        options = _options(argv)
        return _folder(options) if os.path.isdir(options.path) else _one(options.path, options)
    except Unreadable as error:
        sys.stderr.write(f"{error}\n")
        return NOT_READABLE


class _Options(NamedTuple):
    path: str
    output: str  # one of _OUTPUTS
    values: dict[str, str]

    @property
    def seconds(self) -> float:
        return float(self.values.get("--timeout", limits.MAX_SECONDS))


def _options(argv: list[str]) -> _Options:
    """The arguments told apart. Raises Unreadable with what is wrong."""
    values: dict[str, str] = {}
    outputs: list[str] = []
    paths: list[str] = []
    words = iter(argv)
    for word in words:
        if word in _VALUES:
            values[word] = next(words, "")
        elif word in _OUTPUTS:
            outputs.append(word)
        elif word.startswith("-"):
            raise Unreadable(f"不认识“{word}”。{_SEE_HELP}")
        else:
            paths.append(word)
    if len(paths) != 1:
        raise Unreadable(f"要给一个文件或文件夹。{_SEE_HELP}")
    chosen = [word for word in outputs if word != "--jsonl"]
    if len(chosen) > 1:
        raise Unreadable(f"{'、'.join(chosen)} 只能选一个。{_SEE_HELP}")
    for name, value in values.items():
        if not _VALUES[name](value):
            raise Unreadable(f"{name} 后面的“{value}”不对。{_SEE_HELP}")
    if (values.get("--engine") == "dask") != ("--scheduler" in values):
        raise Unreadable(f"--engine dask 和 --scheduler 要一起给。{_SEE_HELP}")
    return _Options(paths[0], (chosen or outputs or ["--json"])[0], values)


def _is_seconds(value: str) -> bool:
    return value.isdecimal() and 0 < int(value) < 1_000_000


_SEE_HELP = "看用法：zhenggai extract --help"
_VALUES: dict[str, Callable[[str], bool]] = {
    "--timeout": _is_seconds,
    "-j": lambda value: value.isdecimal() and 0 < int(value) < 1_000,
    "--out": bool,
    "--engine": lambda value: value in {"dask", "local"},
    "--scheduler": bool,
}


def _folder(options: _Options) -> int:
    """All files of a folder: as lines of JSON by several processes, in the other forms one after another."""
    from zhenggai.core import batch

    if options.output not in {"--json", "--jsonl"}:
        return max((_one(path, options) for path in batch.files(options.path)), default=UNKNOWN_KIND)
    values = options.values
    return batch.run(
        batch.Batch(
            folder=options.path,
            out=values.get("--out"),
            processes=int(values.get("-j", 0)),
            seconds=options.seconds,
            scheduler=values.get("--scheduler"),
        )
    )


def _one(path: str, options: _Options) -> int:
    def work() -> tuple[int, str]:
        reading = read_all(content_of(path), os.path.basename(path))
        gc.disable()  # the process ends with this document
        return status_of(reading), _OUTPUTS[options.output](reading)

    try:
        status, output = apart(work, options.seconds)
    except Unreadable as error:
        sys.stderr.write(f"{path}：{error}\n")
        return NOT_READABLE
    sys.stdout.write(output + "\n")
    return status


def status_of(reading: Reading) -> int:
    """The exit status for a document that was read."""
    return UNKNOWN_KIND if reading.extraction.kind == "unknown" else READ


def content_of(path: str) -> bytes:
    """The bytes of a file. Raises Unreadable when it is not there, may not be read, or is too large."""
    try:
        if os.path.getsize(path) > limits.MAX_BYTES:
            raise TooLarge
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError as error:
        raise Unreadable("找不到这个文件。请检查路径。") from error
    except OSError as error:
        raise Unreadable("打不开这个文件。请检查权限，或换一个位置再试。") from error


def json_line(reading: Reading, path: str = "") -> str:
    """The extraction on one line, with the path of its file where one is given."""
    named = {"file": path} if path else {}
    return json.dumps({**named, **to_json(reading.extraction)}, ensure_ascii=False)


def _json(reading: Reading) -> str:
    return json.dumps(to_json(reading.extraction), ensure_ascii=False, indent=2)


def _text(reading: Reading) -> str:
    return reading.source.text


def _removed(reading: Reading) -> str:
    """One line a removal; white space alone is not shown."""
    lines = []
    for one in reading.source.removed:
        if one.text.strip():
            place = "-" if one.start is None else f"{one.start}-{one.end}"
            lines.append(f"{one.rule}\t{place}\t{json.dumps(one.text, ensure_ascii=False)}")
    return "\n".join(lines)


def _summary(reading: Reading) -> str:
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


_OUTPUTS: dict[str, Callable[[Reading], str]] = {
    "--json": _json,
    "--jsonl": json_line,
    "--text": _text,
    "--show-removed": _removed,
    "--summary": _summary,
}
