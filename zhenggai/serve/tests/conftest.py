"""Real processes on real folders. Everything started here is ended here, by its own number."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from zhenggai.serve.database import own_cluster
from zhenggai.serve.environment import ROOT, prepare_folders
from zhenggai.serve.placement import Placement, bundled_binaries, server_account
from zhenggai.serve.postgres import Cluster, free_port
from zhenggai.serve.testing import temporary_folders
from zhenggai.serve.website import Website

collect_ignore_glob = ["stub/*"]


@contextlib.contextmanager
def passable_folder() -> Iterator[Path]:
    """A temporary folder that the server's account may enter, unlike pytest's own under root."""
    folder = Path(tempfile.mkdtemp(prefix="zhenggai-serve-", dir=temporary_folders()[0]))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def folder() -> Iterator[Path]:
    with passable_folder() as path:
        yield path


def new_cluster(home: Path) -> Cluster:
    """A cluster object for `home`; several may stand for the same server, as several launchers would."""
    account = server_account() if os.geteuid() == 0 else None
    return Cluster(Placement(home, bundled_binaries(), account), home.parent / f"{home.name}.log")


@pytest.fixture(scope="module")
def initialised() -> Iterator[Path]:
    """A home with a database, stopped."""
    with passable_folder() as path:
        cluster = new_cluster(path / "home")
        cluster.start()
        cluster.stop()
        yield path / "home"


@pytest.fixture
def cluster(initialised: Path, folder: Path) -> Iterator[Cluster]:
    """A server of the test's own, running."""
    copy(initialised, folder / "home")
    cluster = new_cluster(folder / "home")
    cluster.start()
    yield cluster
    new_cluster(cluster.home).stop()
    cluster.stop()  # takes note of its child's end


def copy(source: Path, target: Path) -> None:
    """A copy that keeps owners and modes."""
    subprocess.run(["cp", "-a", source, target], check=True)


def user_environment(var: Path) -> dict[str, str]:
    """The environment of a person at a terminal: nothing of what the tests set for Django."""
    ours = {"DATABASE_URL", "ZHENGGAI_SECRET_KEY", "PORT", "PLAN"}
    return {name: value for name, value in os.environ.items() if name not in ours} | {"ZHENGGAI_VAR": str(var)}


class Launcher:
    """`zhenggai run` on the stand-in project, as a process."""

    def __init__(self, var: Path, *arguments: str, port: int, **environment: str) -> None:
        self.var, self.port = var, port
        self.output = var.parent / f"out-{time.monotonic_ns()}.txt"
        with self.output.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "zhenggai.serve.tests.stub.launch", "--port", str(port), *arguments], cwd=ROOT,
                env=user_environment(var) | environment, stdin=subprocess.DEVNULL,
                stdout=file, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    @property
    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def until(self, words: str, seconds: float = 60) -> "Launcher":
        """Wait until it says the words."""
        deadline = time.monotonic() + seconds
        while words not in self.said:
            assert time.monotonic() < deadline, f"没有等到“{words}”：\n{self.said}"
            assert self.process.poll() is None or words in self.said, f"提前结束：\n{self.said}"
            time.sleep(0.05)
        return self

    def ready(self) -> "Launcher":
        return self.until("按 Ctrl-C 停止")

    def signal(self, number: int, seconds: float = 60) -> int:
        """Send it and wait for the end; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(seconds)


class Place:
    """A `var` folder with a migrated database, and the launchers on it."""

    def __init__(self, var: Path) -> None:
        self.var, self.port = var, free_port()
        self._launchers: list[Launcher] = []

    def launch(self, *arguments: str, port: int | None = None, **environment: str) -> Launcher:
        launcher = Launcher(self.var, *arguments, port=port or self.port, **environment)
        self._launchers.append(launcher)
        return launcher

    def servers(self) -> list[psutil.Process]:
        """Database servers on this folder, however they were started."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.name() == "postgres" and process.cwd() == str(self.var / "postgres" / "data"):
                    parent = process.parent()
                    if parent is None or parent.name() != "postgres":
                        found.append(process)
        return found

    def close(self) -> None:
        for launcher in self._launchers:
            if launcher.process.poll() is None:
                launcher.process.kill()
                launcher.process.wait()
        Website(self.var, self.port).clear_leftovers()
        own_cluster(self.var).stop()


@pytest.fixture(scope="module")
def used_var() -> Iterator[Path]:
    """A `var` after a first start and a clean stop."""
    with passable_folder() as path:
        place = Place(path / "var")
        try:
            place.launch().ready().signal(2)
        finally:
            place.close()
        yield path / "var"


@pytest.fixture
def place(used_var: Path, folder: Path) -> Iterator[Place]:
    """A copy of it for one test."""
    copy(used_var, folder / "var")
    place = Place(folder / "var")
    yield place
    place.close()


@pytest.fixture
def new_place(folder: Path) -> Iterator[Place]:
    """Nothing there yet."""
    prepare_folders(folder / "var")
    place = Place(folder / "var")
    yield place
    place.close()
