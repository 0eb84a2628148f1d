"""Uploaded files are opened in processes of their own, within limits that these set on themselves (core/limited.py)."""

import os
import subprocess
import sys

from django.conf import settings


class TooSlow(Exception):
    """The process did not end in time and was stopped."""


def run(
    module: str, *words: str, told: str = "", seconds: int | None = None, memory: int | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run one of our modules with `words`, then its limits: processor seconds and bytes of memory, else those of the
    settings. `told` goes to its standard input. Raises TooSlow."""
    seconds, memory = seconds or settings.READING_SECONDS, memory or settings.READING_MEMORY
    environment = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    try:
        return subprocess.run(  # noqa: S603  our own module, no shell
            [sys.executable, "-m", module, *words, str(seconds), str(memory)],
            input=told.encode(),
            capture_output=True,
            timeout=seconds + 5,
            cwd=settings.ROOT,
            env=environment | {"PYTHONUTF8": "1"},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TooSlow from error
