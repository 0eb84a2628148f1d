"""Whole folders: every document becomes a line of the output, in as many processes as are wanted.

A run can be broken off and begun again: what the output already has is left out. A document that cannot be read
gets a line that says why, and stops nothing.
"""

import json
import os
import select
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from zhenggai.core.child import Answer, Child
from zhenggai.core.reading import Unreadable

_BEGINNING = b'{"file": '


@dataclass(frozen=True, slots=True)
class Batch:
    """What to do: the folder, where the lines go, and by what means."""

    folder: str
    out: str | None = None
    processes: int = 0  # 0: as many as there are processors
    seconds: float = 120
    scheduler: str | None = None  # of a dask cluster


def run(batch: Batch) -> int:
    """Reads what is not yet read; the highest status of all documents. Raises Unreadable when it cannot begin."""
    with _output(batch.out) as (write, done):
        paths = [path for path in files(batch.folder) if not _is_same(path, batch.out)]
        waiting = [path for path in paths if path not in done]
        progress = Progress(len(waiting), len(paths) - len(waiting))
        status = 0
        try:
            for answer in _answers(batch, waiting):
                write(answer.line + "\n")
                status = max(status, answer.status)
                progress.add(answer)
        except KeyboardInterrupt:
            progress.end("已中断，再运行一次会接着做")
            return 2
        progress.end("完成")
    return status if paths else 1


def files(folder: str) -> Iterator[str]:
    """All files below a folder in order; hidden ones are left out."""
    for place, below, names in os.walk(folder):
        below[:] = sorted(name for name in below if not name.startswith("."))
        yield from (os.path.join(place, name) for name in sorted(names) if not name.startswith("."))


def _answers(batch: Batch, paths: list[str]) -> Iterator[Answer]:
    if batch.scheduler is not None:
        from zhenggai.core.cluster import answers

        return answers(paths, batch.scheduler, batch.seconds)
    return local_answers(paths, batch.processes or os.cpu_count() or 1, batch.seconds)


def local_answers(paths: list[str], processes: int, seconds: float) -> Iterator[Answer]:
    """Answers as they come, from processes on this machine."""
    waiting = iter(paths)
    busy: list[Child] = []
    idle: list[Child] = []
    try:
        while True:
            while len(busy) < processes and (path := next(waiting, None)) is not None:
                child = idle.pop() if idle else Child()
                child.ask(path, seconds)
                busy.append(child)
            if not busy:
                return
            patience = max(0.0, min(child.deadline for child in busy) - time.monotonic())
            ready = select.select(busy, [], [], patience)[0]
            now = time.monotonic()
            late = [child for child in busy if child not in ready and child.deadline <= now]
            for child in (*ready, *late):
                yield child.answer() if child in ready else child.overdue()
                busy.remove(child)
                idle.append(child)
    finally:
        for child in (*busy, *idle):
            child.stop()


@contextmanager
def _output(path: str | None) -> Iterator[tuple[Callable[[str], object], set[str]]]:
    """How to write a line, and the files that have one already; another run on the same file is refused."""
    if path is None:
        yield _show, set()
        return
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise Unreadable(f"不能写 {path}。请检查路径和权限。") from error
    with open(descriptor, "r+b") as file:
        _lock(descriptor, path)
        done, end = _already(file)
        file.seek(end)
        file.truncate()

        def write(line: str) -> None:
            file.write(line.encode())
            file.flush()

        yield write, done


def _show(line: str) -> None:
    sys.stdout.write(line)
    sys.stdout.flush()


def _lock(descriptor: int, path: str) -> None:
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:
        return
    except OSError as error:
        raise Unreadable(f"另一个进程正在写 {path}。请等它结束，或换一个文件名。") from error


def _already(file: BinaryIO) -> tuple[set[str], int]:
    """The files that the output has, and where its last whole line ends: a killed run may have left a part of one."""
    done: set[str] = set()
    decoder = json.JSONDecoder()
    end = 0
    while line := file.readline():
        if not line.endswith(b"\n"):
            break
        try:
            if not line.startswith(_BEGINNING):
                raise ValueError
            done.add(decoder.raw_decode(line.decode(), len(_BEGINNING))[0])
        except ValueError as error:
            raise Unreadable(f"{file.name} 不是批量提取的结果，没有改动它。请换一个文件名。") from error
        end = file.tell()
    return done, end


def _is_same(path: str, other: str | None) -> bool:
    return other is not None and os.path.basename(path) == os.path.basename(other) and os.path.samefile(path, other)


class Progress:
    """How far it is, on standard error: one line that is written over on a terminal, else one each half minute."""

    def __init__(self, total: int, skipped: int) -> None:
        self._total, self._skipped = total, skipped
        self._begun = self._told = time.monotonic()
        self._read = self._refused = 0
        self._terminal = sys.stderr.isatty()

    def add(self, answer: Answer) -> None:
        """One more document; a refusal is told at once."""
        self._read += answer.status < 2
        self._refused += answer.status == 2
        if answer.status == 2:
            message = json.loads(answer.line)["error"]
            sys.stderr.write(f"{self._cleared}{answer.path}：{message}\n")
        now = time.monotonic()
        if now - self._told > (0.5 if self._terminal else 30):
            self._told = now
            sys.stderr.write(f"{self._cleared}{self._state(now)}{'' if self._terminal else chr(10)}")
            sys.stderr.flush()

    def end(self, word: str) -> None:
        """The last line: what came of it all."""
        skipped = f"，跳过已有的 {self._skipped} 份" if self._skipped else ""
        seconds = time.monotonic() - self._begun
        sys.stderr.write(
            f"{self._cleared}{word}：读出 {self._read} 份，读不了 {self._refused} 份{skipped}，用时 {seconds:.1f} 秒。\n"
        )

    @property
    def _cleared(self) -> str:
        return "\r\x1b[K" if self._terminal else ""

    def _state(self, now: float) -> str:
        done = self._read + self._refused
        speed = done / max(now - self._begun, 0.001)
        left = (self._total - done) / speed / 60
        return f"{done}/{self._total} 份，读不了 {self._refused} 份，每秒 {speed:.1f} 份，约剩 {left:.0f} 分钟"
