"""What the person at the terminal sees: numbered steps with their seconds, and plain words for failures."""

import contextlib
import errno
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator

Echo = Callable[[str], None]
INDENT = "      "


def say(text: str = "", *, end: str = "\n") -> None:
    """Print at once. A terminal that is gone, or that knows no Chinese, stops nothing."""
    with contextlib.suppress(OSError):
        try:
            print(text, end=end, flush=True)
        except UnicodeEncodeError:
            print(text.encode("ascii", "replace").decode(), end=end, flush=True)


class Step:
    """One step under way: `echo` shows what happens in it, `result` what came out."""

    def __init__(self) -> None:
        self.result = ""
        self.is_open = True  # the title's line

    def echo(self, text: str) -> None:
        """Show one more line, indented."""
        if self.is_open:
            say()
        self.is_open = False
        say(INDENT + text)


class Progress:
    """The numbered steps of a start: a title when one begins, its result and seconds when it ends."""

    def __init__(self, total: int) -> None:
        self.total, self.number = total, 0

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Show one step; what it raises goes on, after the line is closed."""
        self.number += 1
        began, step = time.monotonic(), Step()
        say(f"[{self.number}/{self.total}] {title} …", end="")
        try:
            yield step
        except BaseException:
            if step.is_open:
                say()
            raise
        result = f"{step.result or '完成'}（{time.monotonic() - began:.1f} 秒）"
        say(f" {result}" if step.is_open else INDENT + result)


def table(rows: list[tuple[str, ...]]) -> list[str]:
    """The rows as lines with even columns; a Chinese character is two columns wide.

    >>> table([("省级", "a"), ("县", "b")])
    ['省级  a', '县    b']
    """
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell + " " * (w - width(cell)) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def width(text: str) -> int:
    """Columns of the terminal."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def explain(error: BaseException) -> str | None:
    """Plain words for what the machine refuses (full disk, no right to write); None for anything else."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno in REFUSALS:
            return REFUSALS[cause.errno].format(path=cause.filename or "数据文件夹")
        if getattr(cause, "sqlstate", None) == "53100":
            return REFUSALS[errno.ENOSPC].format(path="数据库")
        cause = cause.__cause__ or cause.__context__
    return None


_FULL = "磁盘满了，写不下 {path}。腾出空间后再运行一次；已有的数据不受影响。"
_CLOSED = "没有权限读写 {path}。请改用这个文件夹的主人运行，或用 ZHENGGAI_VAR=另一个文件夹 指定存放数据的位置。"
REFUSALS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _CLOSED,
    errno.EPERM: _CLOSED,
    errno.EROFS: "{path} 在只读的磁盘上。用 ZHENGGAI_VAR=另一个文件夹 指定存放数据的位置。",
}


def report_failure(text: str) -> None:
    """Say on standard error why it stopped."""
    with contextlib.suppress(OSError):
        print(text, file=sys.stderr, flush=True)
