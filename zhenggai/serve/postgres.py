"""One PostgreSQL server of our own: initialised, started, taken over, stopped.

The wheel's own `get_server` is not used: as root it changes the permissions of parent folders, and it leaves the
server running for ever when its process is killed.
"""

import contextlib
import json
import locale
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import psutil
import psycopg

from zhenggai.serve import roles
from zhenggai.serve.environment import LaunchError, kept_secret, open_log
from zhenggai.serve.locks import exclusive
from zhenggai.serve.placement import BARE_ENVIRONMENT, Placement, identity, run_as
from zhenggai.serve.stopping import undisturbed

COMMON = {
    "max_connections": "60",
    "work_mem": "16MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
DURABLE = COMMON | {"shared_buffers": "256MB", "effective_cache_size": "1GB", "maintenance_work_mem": "128MB"}
# For tests: nothing has to outlive the machine.
THROWAWAY = COMMON | {
    "shared_buffers": "128MB",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_wal_size": "2GB",
    "autovacuum": "off",
}

START_SECONDS = 10  # a server that died may hold its shared memory a little longer
READY_SECONDS = 600  # crash recovery replays what was not yet in the tables
STOP_SECONDS = 30
# Passing conditions: the port was taken meanwhile, or processes of a killed server are still going away.
PASSING = re.compile(r"could not bind|Address already in use|still in use|lock file .* already exists")


class Cluster:
    """A server in `placement.home`; it listens on a free port of 127.0.0.1 and nowhere else.

    data/            the database, mode 0700, of the account that the server runs as
    passwords.json   of its roles, mode 0600; beside the data, so that both stay or go together
    """

    def __init__(self, placement: Placement, log: Path, settings: Mapping[str, str] = DURABLE) -> None:
        self.home, self.binaries, self.account = placement.home, placement.binaries, placement.account
        self.log, self.settings = log, settings
        self.data = self.home / "data"
        self.port = 0
        self._child: subprocess.Popen[bytes] | None = None

    # ── what its users call ──────────────────────────────────────────────────
    def start(self) -> bool:
        """Start the server, or take over ours if it still runs. True when it was started here.

        LaunchError says why not. Waits for crash recovery.
        """
        self.make_home()
        with exclusive(self.home / "start.lock"):
            if not self.data.exists():
                self._initialise()
            self._refuse_other_version()
            started = not self._take_over()
            try:
                if started:
                    self._launch()
                self._ensure_roles()
            except BaseException:  # Ctrl-C too
                if started:
                    self.stop()
                raise
        return started

    def make_home(self) -> None:
        """Make the folder that everything of the server lies in."""
        if not self.home.exists():
            self.home.mkdir(parents=True)
            self.home.chmod(0o755)  # the server's account passes through, whatever the umask

    def stop(self) -> None:
        """Fast shutdown: clients are cut off, everything is written. Nothing happens when it does not run."""
        server = self._running() or self._spawned()
        if server is None:
            return
        for how, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 10)):
            server.send_signal(how)
            if self._ended(server, seconds):
                return
        raise LaunchError(f"数据库进程 {server.pid} 停不下来；记录见 {self.log}")

    def alive(self) -> bool:
        """Whether the server runs."""
        return self._running() is not None

    def url(self, role: str = roles.APP, database: str = roles.DATABASE) -> str:
        """The address of `database` for `role`, password included."""
        return f"postgresql://{role}:{self._passwords()[role]}@127.0.0.1:{self.port}/{database}"

    # ── first start ──────────────────────────────────────────────────────────
    def _passwords(self) -> dict[str, str]:
        def make() -> str:
            return json.dumps({role: secrets.token_urlsafe(24) for role in (roles.SUPERUSER, roles.OWNER, roles.APP)})

        return dict(json.loads(kept_secret(self.home / "passwords.json", make)))

    def _initialise(self) -> None:
        partial = self.home / "data.partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        password = self.home / "password.partial"
        password.touch(mode=0o600)
        password.write_text(self._passwords()[roles.SUPERUSER])
        try:
            for path in (partial, password):
                self._hand_over(path)
            settings = [f"--set={name}={value}" for name, value in self.settings.items()]
            done = run_as(self.account, self.binaries / "initdb", "-D", partial, "-U", roles.SUPERUSER, "-A",
                          "scram-sha-256", f"--pwfile={password}", "--no-instructions", *locale_options(),
                          *self._sync_option(), *settings)  # fmt: skip
        finally:
            password.unlink()
        if done.returncode:
            raise _failure("数据库初始化失败", done.stdout + done.stderr)
        partial.rename(self.data)

    def _hand_over(self, path: Path) -> None:
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)

    def _sync_option(self) -> list[str]:
        return ["--no-sync"] if self.settings.get("fsync") == "off" else []

    def _refuse_other_version(self) -> None:
        mine = run_as(self.account, self.binaries / "postgres", "--version").stdout
        found = re.search(r"\b(\d+)\.", mine)
        theirs = (self.data / "PG_VERSION").read_text().strip()
        if not found or found[1] != theirs:
            raise LaunchError(
                f"{self.data} 是 PostgreSQL {theirs} 的数据，现在的程序是“{mine.strip()}”。"
                "请先用原来的版本导出（pg_dump），再导入新版本。"
            )

    def _ensure_roles(self) -> None:
        passwords = self._passwords()
        with self._as_superuser("postgres") as connection:
            for role in (roles.OWNER, roles.APP):
                roles.ensure_role(connection, role, passwords[role])
            roles.ensure_database(connection, roles.DATABASE, roles.OWNER)
            roles.close_to_strangers(connection, roles.DATABASE, roles.APP)
        with self._as_superuser(roles.DATABASE) as connection:
            roles.share_future_tables(connection, roles.OWNER, roles.APP)

    def _as_superuser(self, database: str) -> psycopg.Connection:
        try:
            return psycopg.connect(self.url(roles.SUPERUSER, database), autocommit=True)
        except psycopg.OperationalError as error:
            raise LaunchError(
                f"连不上自己的数据库（密码在 {self.home / 'passwords.json'}，应与数据同时保留）：{error}"
            ) from error

    # ── the process ──────────────────────────────────────────────────────────
    def _launch(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            self._forget_dead_server()
            said_before = self.log.stat().st_size if self.log.exists() else 0
            if self._await_ready(self._spawn()):
                return
            said = self.log.read_bytes()[said_before:].decode("utf-8", "replace")
            if not PASSING.search(said) or time.monotonic() > deadline:
                raise _failure(f"数据库没有启动成功（全部记录：{self.log}）", said)
            time.sleep(0.2)

    def _spawn(self) -> psutil.Process:
        self.port = free_port()
        options = {"listen_addresses": "127.0.0.1", "port": str(self.port), "unix_socket_directories": ""}
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with undisturbed(), open_log(self.log) as log:
            # A session of its own: Ctrl-C at the terminal must reach the launcher only.
            self._child = subprocess.Popen(  # noqa: S603
                [str(self.binaries / "postgres"), "-D", str(self.data), *words], **identity(self.account),
                env=BARE_ENVIRONMENT, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        return psutil.Process(self._child.pid)

    def _take_over(self) -> bool:
        server = self._running()
        if server and self._pid_file()[7:] == ["stopping"]:
            self._ended(server, STOP_SECONDS)
            server = self._running()
        if server is None or not self._await_ready(server):
            return False
        self.port = int(self._pid_file()[3])
        return True

    def _await_ready(self, server: psutil.Process) -> bool:
        """True when it takes connections; False when it ended before. It says so itself, in its pid file."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            lines = self._pid_file()
            if lines[7:] == ["ready"] and int(lines[0]) == server.pid:
                return True
            if self._ended(server, 0.03):
                return False
        raise LaunchError(f"数据库在 {READY_SECONDS} 秒内没有就绪；记录见 {self.log}")

    def _pid_file(self) -> list[str]:
        """Lines of postmaster.pid: pid, folder, start, port, socket, address, shared memory, state."""
        try:
            return [line.strip() for line in (self.data / "postmaster.pid").read_text().splitlines()]
        except FileNotFoundError:
            return []

    def _running(self) -> psutil.Process | None:
        """Our server's process, if it lives. A reused number is not taken for it: name and folder must agree."""
        lines = self._pid_file()
        if len(lines) < 4:
            return None
        with contextlib.suppress(psutil.Error, FileNotFoundError):
            process = psutil.Process(int(lines[0]))
            is_ours = process.name() == "postgres" and os.path.samefile(process.cwd(), self.data)
            if is_ours and process.status() != psutil.STATUS_ZOMBIE:
                return process
        return None

    def _spawned(self) -> psutil.Process | None:
        """The server started here, from its first moment: its pid file comes later."""
        return psutil.Process(self._child.pid) if self._child and self._child.poll() is None else None

    def _forget_dead_server(self) -> None:
        """Remove the pid file of a server that is gone.

        PostgreSQL itself only asks whether the number is in use: it waits for ever on a zombie whose parent never
        reaps, and on a stranger that got the number after a restart of the machine. It still checks its shared
        memory afterwards, so left-over server processes cannot be overlooked.
        """
        if self._running() is None:
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _ended(self, server: psutil.Process, seconds: float) -> bool:
        """Whether it ended within the time. Looks at least once."""
        deadline = time.monotonic() + seconds
        while True:
            ended = not is_alive(server)
            if self._child:
                self._child.poll()  # takes note of our own child's end
            if ended:
                return True
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.02)


def _failure(title: str, said: str) -> LaunchError:
    if "No space left on device" in said:
        title = "磁盘满了。腾出空间后再运行一次；已有的数据不受影响。数据库的原话"
    return LaunchError(f"{title}：\n{said[-800:].strip()}")


def is_alive(process: psutil.Process) -> bool:
    """Whether it still runs; a zombie does not."""
    try:
        return bool(process.is_running()) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def locale_options() -> list[str]:
    """initdb's locale words: order by code point, everywhere alike, and letters known beyond ASCII.

    The character type must be a UTF-8 one: under C, pg_trgm finds no letter in Chinese.
    """
    others = ("collate", "messages", "monetary", "numeric", "time")
    return [
        "-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--lc-ctype={_utf8_character_type()}",
        *(f"--lc-{name}=C" for name in others),
    ]  # fmt: skip


def _utf8_character_type() -> str:
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "C.utf8", "en_US.UTF-8", "zh_CN.UTF-8", "UTF-8"):
            with contextlib.suppress(locale.Error):
                locale.setlocale(locale.LC_CTYPE, name)
                return name
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    raise LaunchError("系统里没有 UTF-8 的区域设置（C.UTF-8 或 zh_CN.UTF-8），数据库无法处理中文。")
