"""Whoever starts it: root with and without a reachable checkout, an ordinary user, a folder that is closed to him."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from zhenggai.serve import placement
from zhenggai.serve.environment import ROOT, LaunchError
from zhenggai.serve.placement import Account, bundled_binaries, place
from zhenggai.serve.postgres import Cluster

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="要以 root 身份运行：这里验证的是 root 启动时换用别的账号")
NOBODY = Account(65534, 65534)


def modes(path: Path) -> list[int]:
    return [stat.S_IMODE(parent.stat().st_mode) for parent in (path, *path.parents)]


@as_root
def test_root_keeps_the_data_in_the_checkout_when_the_server_reaches_it(folder: Path) -> None:
    placed = place(folder, outside=folder / "outside")
    assert placed.home == folder / "postgres"
    assert placed.account
    assert placed.account.uid != 0


@as_root
def test_root_with_a_closed_checkout_keeps_data_and_program_outside(folder: Path, monkeypatch) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    package = bundled_binaries().parents[1]
    for part in (package, package.with_name(package.name + ".libs")):
        if part.exists():
            shutil.copytree(part, closed / part.name, symlinks=True)
    monkeypatch.setattr(placement, "bundled_binaries", lambda: closed / package.name / "pginstall" / "bin")
    before = modes(closed)
    placed = place(closed / "var", outside=folder / "outside")
    assert placed.home.parent == placed.binaries.parents[3] == folder / "outside"
    cluster = Cluster(placed, folder / "log")
    cluster.start()
    with psycopg.connect(cluster.url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    cluster.stop()
    assert modes(closed) == before
    assert place(closed / "var", outside=folder / "outside") == placed


@as_root
def test_root_goes_on_with_the_account_that_owns_the_data(folder: Path) -> None:
    data = folder / "postgres" / "data"
    data.mkdir(parents=True)
    os.chown(data, NOBODY.uid, NOBODY.gid)
    assert place(folder, outside=folder / "outside").account == NOBODY


@as_root
def test_data_that_their_account_cannot_reach_any_more_are_named(folder: Path) -> None:
    data = folder / "closed" / "postgres" / "data"
    data.mkdir(parents=True)
    os.chown(data, NOBODY.uid, NOBODY.gid)
    (folder / "closed").chmod(0o700)
    with pytest.raises(LaunchError, match="进不了"):
        place(folder / "closed", outside=folder / "outside")


# ── as an ordinary user ──────────────────────────────────────────────────────
LIFE = """
import sys, os
from pathlib import Path
import psycopg
from zhenggai.serve.environment import prepare_folders
from zhenggai.serve.database import opened
var = Path(sys.argv[1])
prepare_folders(var)
for number in range(2):
    with opened(var, to_the_end=True) as database, psycopg.connect(database.owner_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS start (number int)")
        connection.execute("INSERT INTO start VALUES (%s)", [number])
        print(os.geteuid(), connection.execute("SELECT count(*) FROM start").fetchone()[0])
"""


def ordinary_python() -> str:
    """An interpreter of this version that an ordinary user may run; skips when there is none."""
    if os.geteuid() != 0:
        return sys.executable
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        words = [candidate, "-c", f"import os; os.listdir({str(ROOT)!r}); import ctypes"]
        try:
            if subprocess.run(words, user=NOBODY.uid, group=NOBODY.gid, cwd="/", capture_output=True).returncode == 0:
                return candidate
        except OSError:
            continue
    pytest.skip(f"普通用户用不了这里的 {version} 或这份检出（在 root 的私人目录里）")


def as_ordinary_user(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    identity = {"user": NOBODY.uid, "group": NOBODY.gid, "extra_groups": []} if os.geteuid() == 0 else {}
    packages = Path(psycopg.__file__).parents[1]
    return subprocess.run(
        [ordinary_python(), *words], **identity, cwd="/", capture_output=True, text=True, check=False,
        env={"HOME": str(home), "PATH": os.defpath, "PYTHONPATH": f"{ROOT}{os.pathsep}{packages}", "PYTHONUTF8": "1",
             "PYTHONDONTWRITEBYTECODE": "1", "ZHENGGAI_VAR": str(home / "var")},
    )  # fmt: skip


def test_an_ordinary_user_starts_stops_and_starts_again(folder: Path) -> None:
    home = folder / "整改 用户"
    home.mkdir()
    if os.geteuid() == 0:
        os.chown(home, NOBODY.uid, NOBODY.gid)
    done = as_ordinary_user(home, "-c", LIFE, str(home / "var"))
    assert [line.split()[1] for line in done.stdout.splitlines()] == ["1", "2"], done.stderr
    assert done.stdout.split()[0] != "0"


def test_a_folder_that_may_not_be_written_is_named(folder: Path) -> None:
    folder.chmod(0o555)
    done = as_ordinary_user(folder, "-m", "zhenggai.cli", "run")
    assert done.returncode == 1
    assert f"没有权限读写 {folder}/var" in done.stderr
    assert "Traceback" not in done.stderr


def test_data_of_another_user_are_named(folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("要以 root 身份运行：需要一份别人的数据")
    for name in ("var", "var/postgres", "var/postgres/data"):
        (folder / name).mkdir()
    for name in ("secrets", "run", "tmp", "log", "files", "static"):
        (folder / "var" / name).mkdir()
        os.chown(folder / "var" / name, NOBODY.uid, NOBODY.gid)
    done = as_ordinary_user(folder, "-m", "zhenggai.cli", "run")
    assert "属于用户“root”" in done.stderr, done.stderr
