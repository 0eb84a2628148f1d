"""A second try at files that our own readers give up: LibreOffice, where it is installed, converts them.

Each conversion has a profile of its own (two at once with one profile: one of them fails) and names the filter to
read by, since without one LibreOffice takes any rubbish for text. Macros are not run: that is its default. Nor is anything
fetched that a document links to, in our network or outside: that is none, so the profile says it.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from zhenggai.core.reading import limits

_SECONDS = 60
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse">
<value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse">
<value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>1</value></prop></item>
</oor:items>
"""


@cache
def program() -> str | None:
    """Where LibreOffice is, None when it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def converted(data: bytes, suffix: str, *, reads: str, to: str) -> bytes | None:
    """The file in another format, None when LibreOffice is not there or cannot do it either.

    ``reads`` is the name of LibreOffice's filter for the format that ``data`` has.
    """
    soffice = program()
    if soffice is None:
        return None
    with tempfile.TemporaryDirectory(prefix="zhenggai-") as folder:
        source = Path(folder, f"source{suffix}")
        source.write_bytes(data)
        profile = _profile(Path(folder))
        words = [
            "--headless",
            "--norestore",
            f"--infilter={reads}",
            "--convert-to",
            to,
            "--outdir",
            folder,
            str(source),
        ]
        _run([soffice, f"-env:UserInstallation={profile.as_uri()}", *words])
        target = source.with_suffix(f".{to}")
        if not target.exists() or target.stat().st_size > limits.MAX_BYTES:
            return None
        return target.read_bytes()


def _profile(folder: Path) -> Path:
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
    return profile


def _run(command: list[str]) -> None:
    """The command, with the processes that it starts itself, for a limited time."""
    process = subprocess.Popen(  # noqa: S603 - a program found on the path, no shell
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    with suppress(subprocess.TimeoutExpired):
        process.wait(_SECONDS)
    with suppress(ProcessLookupError):  # all have ended
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
