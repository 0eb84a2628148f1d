"""Bounds on time and memory for reading one document: a hostile file may cost a minute, never the machine."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from zhenggai.core.reading import limits

TOO_SLOW = "读取超过 {:.0f} 秒，已停止。请拆成几份，或用 --timeout 放宽时间。"


@contextmanager
def bounded(seconds: float, name: str) -> Iterator[None]:
    """Within it, more memory than the limit is a MemoryError, and more time ends the process with status 2.

    A thread keeps the time, since a parser written in C hears no signal before it is done.
    """

    def give_up() -> None:
        sys.stderr.write(f"{name}：{TOO_SLOW.format(seconds)}\n")
        sys.stderr.flush()
        os._exit(2)

    timer = threading.Timer(seconds, give_up)
    timer.daemon = True
    timer.start()
    before = limit_memory(limits.MAX_MEMORY)
    try:
        yield
    finally:
        timer.cancel()
        limit_memory(before)


def limit_memory(most: int) -> int:
    """Sets how much memory this process may ask for, as far as the platform can; returns what held before."""
    try:
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    except (ImportError, ValueError, OSError):  # macOS refuses, Windows has none
        return most
    return soft
