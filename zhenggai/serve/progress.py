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


class Progress:
    """Numbered steps of a start.

    A step shows its title when it begins and its seconds when it ends. `echo` adds indented lines in between.
    """

    def __init__(self, total: int) -> None:
        self.total, self.number = total, 0

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[Echo]:
        """Show one step; what it raises goes on, after the line is closed."""
        self.number += 1
        began = time.monotonic()
        lines: list[str] = []
        say(f"[{self.number}/{self.total}] {title} …", end="")

        def echo(text: str) -> None:
            if not lines:
                say()  # ends the title's line
            lines.append(text)
            say(INDENT + text)

        try:
            yield echo
        except BaseException:
            say("" if not lines else INDENT + "没有完成")
            raise
        seconds = f"{time.monotonic() - began:.1f} 秒"
        say(f"{INDENT}完成，{seconds}" if lines else f" {seconds}")


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
