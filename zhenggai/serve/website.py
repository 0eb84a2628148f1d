"""The web server as a child process: started, waited for, stopped, and cleared away when its launcher was killed."""

import contextlib
import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from zhenggai.serve.environment import ROOT, LaunchError, open_log, tail, write_private
from zhenggai.serve.postgres import free_port, is_alive
from zhenggai.serve.stopping import undisturbed

# A browser keeps its connection, and its connection its worker. With as many workers as processors, one of them is often
# asked for everything while another waits; with twice as many, browsers that are busy come apart (spread.py).
WORKERS, THREADS = min(2 * (os.cpu_count() or 1), 8), 2
IDLE_SECONDS = 600  # a thread takes its connection with it, and the plans of its statements (docs/decisions/0013)
ANSWER_SECONDS = 60
STOP_SECONDS = 15
MARK = "ZHENGGAI_SERVER_MARK"  # in the environment of the server and of everything it starts


class Website:
    """granian in a session of its own; `var/run/server.json` tells the next start whom to clear away."""

    def __init__(self, var: Path, port: int) -> None:
        self.port = port
        self.log = var / "log" / "server.log"
        self._record = var / "run" / "server.json"
        self._child: subprocess.Popen[bytes] | None = None
        self._has_answered = False

    @property
    def address(self) -> str:
        """Where it answers on this machine."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, application: str) -> None:
        """Start serving `application` (module:name) and wait until it answers; LaunchError with its log otherwise."""
        mark = secrets.token_hex(16)
        with undisturbed(), open_log(self.log) as log:
            self._child = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "granian", application, *self._options()], cwd=ROOT,
                env={**os.environ, MARK: mark}, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
            started = psutil.Process(self._child.pid).create_time()
            write_private(self._record, json.dumps({"pid": self._child.pid, "started": started, "mark": mark}))
        self._await_answer()

    def _options(self) -> list[str]:
        return [
            "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port), "--workers", str(WORKERS),
            "--blocking-threads", str(THREADS), "--blocking-threads-idle-timeout", str(IDLE_SECONDS),
            "--respawn-failed-workers", "--workers-kill-timeout", "10", "--no-ws", "--log-level", "warning",
        ]  # fmt: skip

    def _await_answer(self) -> None:
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            if not self.alive():
                raise LaunchError(f"网站进程启动后就退出了：\n{tail(self.log)}")
            status = self._status()
            if status and status < 500:
                self._has_answered = True
                return
            if status:
                raise LaunchError(f"网站启动了，但首页报错（{status}）：\n{tail(self.log)}")
            time.sleep(0.1)
        raise LaunchError(f"网站在 {ANSWER_SECONDS} 秒内没有应答：\n{tail(self.log)}")

    def _status(self) -> int | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/")
            return connection.getresponse().status
        return None

    def alive(self) -> bool:
        """Whether its process runs."""
        return self._child is not None and self._child.poll() is None

    def stop(self) -> None:
        """Let running requests end, then stop it with all its workers. Before its first answer there are none, and
        workers that are still starting would not hear a polite signal."""
        if self._child and self._child.poll() is None and self._has_answered:
            self._child.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(STOP_SECONDS)
        self.clear_leftovers(patience=5 if self._has_answered else 0)
        if self._child:
            self._child.wait()

    def clear_leftovers(self, patience: float = 5) -> int:
        """End what is left of the recorded server, by force after `patience` seconds; how many processes there were."""
        left = list(self._recorded())
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.terminate()
        _, stubborn = psutil.wait_procs([p for p in left if is_alive(p)], timeout=patience)
        for process in stubborn:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self._record.unlink(missing_ok=True)
        return len(left)

    def _recorded(self) -> Iterator[psutil.Process]:
        try:
            record = json.loads(self._record.read_text())
        except (FileNotFoundError, ValueError):
            return
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if _is_recorded(process, record) and is_alive(process):
                    yield process


def _is_recorded(process: psutil.Process, record: dict[str, Any]) -> bool:
    """The number alone proves nothing, numbers are used again: start time (to a second) or mark must agree."""
    if process.pid == record["pid"] and abs(process.create_time() - record["started"]) < 1:
        return True
    return bool(process.environ().get(MARK) == record["mark"])


def refuse_taken_port(port: int) -> None:
    """LaunchError naming what to do when somebody else listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise LaunchError(
                f"没有权限使用端口 {port}（小于 1024 的端口要 root）。换一个：make run PORT=8000"
            ) from error
        except OSError as error:
            raise LaunchError(
                f"端口 {port} 已被{_holder(port)}占用。换一个端口：make run PORT={_neighbour(port)}，或先停掉那个程序。"
            ) from error


def _neighbour(port: int) -> int:
    for candidate in range(port + 1, port + 20):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", candidate))
            return candidate
    return free_port()


def _holder(port: int) -> str:
    with contextlib.suppress(psutil.Error, OSError):
        for connection in psutil.net_connections("tcp"):
            is_it = connection.laddr and connection.laddr.port == port and connection.status == psutil.CONN_LISTEN
            if is_it and connection.pid:
                return f"“{psutil.Process(connection.pid).name()}”（进程 {connection.pid}）"
    return "别的程序"
