"""A PostgreSQL for the tests, and a plain word on the tests that were left out. A pytest plugin:

    pytest -p zhenggai.serve.testing        (stands in pyproject.toml's addopts)

It must be loaded that early because pytest-django reads the settings before any conftest.py. With DATABASE_URL set
that server is used. Under xdist the controller starts the server; the workers inherit its address.
"""

import contextlib
import json
import os
import secrets
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from psycopg import sql

from zhenggai.serve import roles
from zhenggai.serve.environment import LaunchError
from zhenggai.serve.placement import (
    OUTSIDE,
    Account,
    Placement,
    bundled_binaries,
    copied_binaries,
    reaches,
    runs,
    server_account,
)  # fmt: skip
from zhenggai.serve.postgres import THROWAWAY, Cluster

PREFIX = "zhenggai-test-"
MEMORY_WANTED = 4_000_000_000  # bytes free in /dev/shm
TESTER = "zhenggai_tester"
THROWN_AWAY = "ZHENGGAI_TEST_SERVER_IS_THROWN_AWAY"  # environment: so that workers know it too
MIGRATED = "zhenggai_migrated"  # stands only on a server of the run's own, which goes with all that is on it


@contextlib.contextmanager
def test_cluster() -> Iterator[str]:
    """The address of a role with CREATEDB on a throw-away server, which is deleted afterwards.

    The tester owns what it makes and may `SET ROLE zhenggai_app`: then it has the rights of the running product, in
    every database that it creates.
    """
    account = server_account() if os.geteuid() == 0 else None
    _sweep(account)
    home = _temporary_home(account)
    try:
        cluster = Cluster(Placement(home, _binaries(account), account), home / "postgres.log", THROWAWAY)
        cluster.start()
        try:
            yield _tester_url(cluster)
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _binaries(account: Account | None) -> Path:
    binaries = bundled_binaries()
    return binaries if account is None or runs(account, binaries) else copied_binaries(binaries, OUTSIDE)


def temporary_folders() -> list[Path]:
    """Folders for throw-away data, best first: memory where there is plenty, as data folders are many small files."""
    memory = Path("/dev/shm")  # noqa: S108
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > MEMORY_WANTED
    places = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]  # noqa: S108
    return list(dict.fromkeys([memory, *places] if roomy else places))


def _temporary_home(account: Account | None) -> Path:
    for folder in temporary_folders():
        if folder.is_dir() and (account is None or reaches(account, folder)):
            home = Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder))
            home.chmod(0o755)
            me = psutil.Process()
            (home / "user.json").write_text(json.dumps({"pid": me.pid, "started": me.create_time()}))
            return home
    raise LaunchError("没有可供测试数据库使用的临时文件夹")


def _sweep(account: Account | None) -> None:
    """Stop and delete what a killed test run left behind."""
    for folder in temporary_folders():
        for home in folder.glob(PREFIX + "*"):
            if home.stat().st_uid == os.geteuid() and not _in_use(home):
                with contextlib.suppress(LaunchError):
                    Cluster(Placement(home, Path(), account), home / "postgres.log").stop()
                shutil.rmtree(home, ignore_errors=True)


def _in_use(home: Path) -> bool:
    try:
        user = json.loads((home / "user.json").read_text())
        return bool(abs(psutil.Process(user["pid"]).create_time() - user["started"]) < 1)
    except FileNotFoundError:
        return True  # another run is just making it
    except psutil.NoSuchProcess:
        return False


def _tester_url(cluster: Cluster) -> str:
    password = secrets.token_urlsafe(16)
    with psycopg.connect(cluster.url(roles.SUPERUSER, "postgres"), autocommit=True) as connection:
        roles.ensure_role(connection, TESTER, password, "CREATEDB")
        connection.execute(f"GRANT {roles.APP} TO {TESTER}")
    # New databases are copies of template1, its default rights included.
    with psycopg.connect(cluster.url(roles.SUPERUSER, "template1"), autocommit=True) as connection:
        roles.share_future_tables(connection, TESTER, roles.APP)
    return f"postgresql://{TESTER}:{password}@127.0.0.1:{cluster.port}/{roles.DATABASE}"


def migrated_once(migrate: Callable[[str], None]) -> str | None:
    """The name of a database that `migrate` has made, for the workers to copy: the first to come makes it, and whoever
    comes meanwhile waits. None on a server that was given, where nothing but each worker's own may stand."""
    if not os.environ.get(THROWN_AWAY):
        return None
    with psycopg.connect(os.environ["DATABASE_URL"], dbname="postgres", autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", [MIGRATED])  # until this connection ends
        if not server.execute("SELECT FROM pg_database WHERE datname = %s", [MIGRATED]).rowcount:
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(MIGRATED)))
            migrate(MIGRATED)
    return MIGRATED


# ── the plugin ───────────────────────────────────────────────────────────────
@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Give Django a database, a key and a folder of its own before pytest-django asks for the settings."""
    stack = contextlib.ExitStack()
    early_config.add_cleanup(stack.close)
    if not os.environ.get("ZHENGGAI_SECRET_KEY"):
        _set(stack, "ZHENGGAI_SECRET_KEY", secrets.token_urlsafe(32))
    if not os.environ.get("DATABASE_URL"):
        _set(stack, "DATABASE_URL", stack.enter_context(test_cluster()))
        _set(stack, THROWN_AWAY, "yes")
    if not os.environ.get("ZHENGGAI_VAR"):
        _set(stack, "ZHENGGAI_VAR", stack.enter_context(tempfile.TemporaryDirectory(prefix="zhenggai-var-")))
    return (yield)


def _set(stack: contextlib.ExitStack, name: str, value: str) -> None:
    os.environ[name] = value
    stack.callback(os.environ.pop, name, None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which tests were left out and why, one line a reason; of a whole suite also that none was."""
    reasons = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", []))
    if reasons:
        terminalreporter.section("没有运行的测试")
    elif config.args_source is config.ArgsSource.TESTPATHS:
        terminalreporter.line("没有略过任何测试。")
    for reason, count in reasons.most_common():
        terminalreporter.line(f"{count:>5} 项：{reason}")


def _reason(report: pytest.TestReport) -> str:
    where = report.longrepr
    return str(where[2]).removeprefix("Skipped: ") if isinstance(where, tuple) else str(where)
