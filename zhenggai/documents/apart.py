"""Uploaded files are opened in processes of their own, within limits that these set on themselves (core/limited.py)."""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from django.conf import settings

from zhenggai.accounts.decisions import Refused

P = ParamSpec("P")
R = TypeVar("R")
READINGS_AT_ONCE = 3  # documents and tables: the website has a few threads for everybody
PATIENCE = 15.0  # seconds that one waits for its turn
EXPORTS_AT_ONCE = 2
EXPORT_BUSY = "服务器正在导出别的表。请过一会儿再导出"
BUSY = "服务器正在读别的文件，这一份还没有读。请过一两分钟再试"


class TooSlow(Exception):
    """The process did not end in time and was stopped."""


def run(
    module: str, *words: str, told: str = "", seconds: int | None = None, memory: int | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run one of our modules with `words`, then its limits: processor seconds and bytes of memory, else those of the
    settings. `told` goes to its standard input. Raises TooSlow."""
    seconds, memory = seconds or settings.READING_SECONDS, memory or settings.READING_MEMORY
    environment = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    try:
        return subprocess.run(  # noqa: S603  our own module, no shell
            [sys.executable, "-m", module, *words, str(seconds), str(memory)],
            input=told.encode(),
            capture_output=True,
            timeout=seconds + 5,
            cwd=settings.ROOT,
            env=environment | {"PYTHONUTF8": "1"},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TooSlow from error


@contextmanager
def turn(lane: str, most: int, busy: str) -> Iterator[None]:
    """One of `most` turns at what `lane` names, among all processes of this machine. Raises Refused with `busy` when none
    comes within PATIENCE: long work that somebody sends for must not take every thread of the website."""
    root, until = Path(settings.PREVIEW_ROOT), time.monotonic() + PATIENCE
    root.mkdir(mode=0o750, parents=True, exist_ok=True)
    slots = [os.open(root / f".turn-{lane}-{number}", os.O_RDWR | os.O_CREAT, 0o600) for number in range(most)]
    try:
        while not any(_taken(slot) for slot in slots):
            if time.monotonic() > until:
                raise Refused(busy)
            time.sleep(0.1)
        yield
    finally:
        for slot in slots:
            os.close(slot)


def _taken(slot: int) -> bool:
    try:
        fcntl.flock(slot, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def read_in_turn(
    module: str, *words: str, told: str = "", seconds: int | None = None, memory: int | None = None
) -> subprocess.CompletedProcess[bytes]:
    """`run` for what may take minutes, a few at a time. Raises Refused when others are being read."""
    with turn("reading", READINGS_AT_ONCE, BUSY):
        return run(module, *words, told=told, seconds=seconds, memory=memory)


def exports(function: Callable[P, R]) -> Callable[P, R]:
    """A function that makes a table of a whole ledger, a few at a time. Raises Refused when others are being made."""

    @wraps(function)
    def in_turn(*args: P.args, **kwargs: P.kwargs) -> R:
        with turn("export", EXPORTS_AT_ONCE, EXPORT_BUSY):
            return function(*args, **kwargs)

    return in_turn
