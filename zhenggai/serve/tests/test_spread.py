"""Connections and workers, with the real server."""

import contextlib
import http.client
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from zhenggai.serve.environment import prepare_folders
from zhenggai.serve.postgres import free_port
from zhenggai.serve.website import WORKERS, Website


@pytest.fixture
def website(folder: Path) -> Iterator[Website]:
    prepare_folders(folder / "var")
    site = Website(folder / "var", free_port())
    site.start("zhenggai.serve.tests.stub.slow:application")
    yield site
    site.stop()


def ask(connection: http.client.HTTPConnection) -> tuple[str, bool]:
    """The worker that answered, and whether it closes the connection."""
    connection.request("GET", "/")
    answer = connection.getresponse()
    return answer.read().decode(), answer.will_close


def test_browsers_that_wait_for_each_other_come_to_workers_of_their_own(website: Website) -> None:
    with contextlib.ExitStack() as stack:
        browsers = [
            stack.enter_context(contextlib.closing(http.client.HTTPConnection("127.0.0.1", website.port, timeout=30)))
            for _ in range(WORKERS)
        ]
        pool = stack.enter_context(ThreadPoolExecutor(WORKERS))
        for _ in range(100):
            answers = list(pool.map(ask, browsers))
            if len({worker for worker, _ in answers}) == WORKERS:
                break
        assert len({worker for worker, _ in answers}) == WORKERS
        assert list(pool.map(ask, browsers)) == [(worker, False) for worker, _ in answers], "and stay there"


def test_a_browser_alone_keeps_its_connection(website: Website) -> None:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", website.port, timeout=30)) as browser:
        first = ask(browser)
        assert not first[1]
        assert ask(browser) == first
