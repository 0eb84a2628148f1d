"""Bounds on time and memory for reading one document: a hostile file may cost a minute, never the machine."""

import marshal
import os
import select
import signal
import time
from collections.abc import Callable
from typing import NoReturn

from zhenggai.core.reading import Unreadable, limits

TOO_SLOW = "读取超过 {:.0f} 秒，已停止。请拆成几份，或用 --timeout 放宽时间。"
CRASHED = "读取时进程中止，可能是内存不够。请拆成几份，或另存为 .docx 后再读。"
OUR_MISTAKE = "程序出错（{}：{}）。请把这份文件报告给我们。"

_CHUNK = 1 << 16


def apart(work: Callable[[], tuple[int, str]], seconds: float) -> tuple[int, str]:
    """What ``work`` gives, done in a forked process under a limit of memory. Raises Unreadable.

    A parser written in C that hangs, or ends its process for want of memory, costs that process alone. Where
    processes cannot be forked the work is done here.

    >>> apart(lambda: (0, "方案"), 10)
    (0, '方案')
    """
    if not hasattr(os, "fork"):
        return work()
    reader, writer = os.pipe()
    worker = os.fork()
    if worker == 0:
        os.close(reader)
        _work_and_end(work, writer)
    os.close(writer)
    try:
        answer = _received(reader, seconds)
    finally:
        os.close(reader)
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)
    if not answer:
        raise Unreadable(CRASHED)
    status, output, refusal = marshal.loads(answer)  # noqa: S302 - written by the process forked above
    if refusal:
        raise Unreadable(refusal)
    return status, output


def _work_and_end(work: Callable[[], tuple[int, str]], writer: int) -> NoReturn:
    try:
        limit_memory(limits.MAX_MEMORY)
        try:
            answer = (*work(), "")
        except Unreadable as error:
            answer = (2, "", str(error))
        except MemoryError:
            answer = (2, "", CRASHED)
        except Exception as error:  # a mistake of ours is a refusal too
            answer = (2, "", OUR_MISTAKE.format(type(error).__name__, error))
        with open(writer, "wb") as pipe:
            pipe.write(marshal.dumps(answer))
    finally:
        os._exit(0)


def _received(reader: int, seconds: float) -> bytes:
    """All that comes through the pipe until its other end is closed."""
    deadline = time.monotonic() + seconds
    chunks: list[bytes] = []
    while select.select([reader], [], [], max(0.0, deadline - time.monotonic()))[0]:
        chunk = os.read(reader, _CHUNK)
        if not chunk:
            return b"".join(chunks)
        chunks.append(chunk)
    raise Unreadable(TOO_SLOW.format(seconds))


def limit_memory(most: int) -> None:
    """Sets how much memory this process may ask for, as far as the platform can."""
    try:
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):  # macOS refuses, Windows has none
        return
