"""Whole folders on several machines, by dask.distributed (extra `dask`).

Each worker reads from the same paths, so the folder lies on storage that all of them share. A worker that dies takes
nothing with it: the scheduler gives its documents to another, and each answer is taken once.
"""

import select
import threading
from collections.abc import Iterator
from importlib import import_module
from itertools import islice
from typing import Any
from uuid import uuid4

from zhenggai.core.bounds import CRASHED
from zhenggai.core.child import Answer, Child, refusal
from zhenggai.core.reading import Unreadable

PATIENCE = "10s"  # until a scheduler is taken to be absent
_WAITING_FOR_EACH = 4  # documents given out for each thread of a worker, so that none waits for work
_own = threading.local()


def answers(paths: list[str], scheduler: str, seconds: float) -> Iterator[Answer]:
    """Answers as they come from the workers. Raises Unreadable when dask or the scheduler is not there."""
    try:
        distributed: Any = import_module("distributed")
    except ImportError as error:
        raise Unreadable("没有安装 dask。请安装 zhenggai[dask] 后再用 --engine dask。") from error
    try:
        client = distributed.Client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise Unreadable(f"连不上调度器 {scheduler}。请检查地址，或先启动 dask scheduler。") from error
    with client:
        yield from _collected(client, distributed.as_completed, paths, seconds)


def _collected(client: Any, as_completed: Any, paths: list[str], seconds: float) -> Iterator[Answer]:
    waiting = iter(paths)
    asked: dict[str, str] = {}
    run = uuid4().hex

    def ask(path: str) -> Any:
        future = client.submit(read_one, path, seconds, key=f"zhenggai-{run}-{path}", pure=False, retries=2)
        asked[future.key] = path
        return future

    threads = sum(client.nthreads().values()) or 1
    completed = as_completed([ask(path) for path in islice(waiting, threads * _WAITING_FOR_EACH)], loop=client.loop)
    for future in completed:
        path = asked.pop(future.key)
        yield _result(future, path)
        following = next(waiting, None)
        if following is not None:
            completed.add(ask(following))


def _result(future: Any, path: str) -> Answer:
    try:
        status, line = future.result()
    except Exception:  # workers that die of the same document again and again, or code that differs between machines
        return refusal(path, CRASHED)
    return Answer(path, status, line)


def read_one(path: str, seconds: float) -> tuple[int, str]:
    """What a worker does with one document: it asks a child process that its thread keeps, for so long at most."""
    child: Child = _own.__dict__.setdefault("child", Child())
    child.ask(path, seconds)
    answer = child.answer() if select.select([child], [], [], seconds)[0] else child.overdue()
    return answer.status, answer.line
