"""Asking the reading process (worker.py) and taking only an answer of the expected form."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from zhenggai.accounts.decisions import Refused

logger = logging.getLogger(__name__)

_SLOW = "这份文件读了{seconds}秒还没有读完，已停止，没有导入。请拆成几份，或另存为 .docx 或纯文本后再试。"
_BROKEN = "这份文件读不出来，没有导入。请用 Word 或 WPS 打开后另存为 .docx 再试；还不行，请把文件交系统管理员。"


def read_document(path: Path, name: str) -> dict[str, Any]:
    """The text and the extraction of the file at `path`, whose uploaded name is `name`.

    Raises Refused, saying what to do, when the document cannot be read within the limits.
    """
    done = _apart("zhenggai.intake.worker", str(path), name)
    if done.returncode != 0:
        logger.error(
            "reading %r ended with %s: %s", name, done.returncode, done.stderr.decode(errors="replace")[-2000:]
        )
        raise Refused(_BROKEN)
    answer: dict[str, Any] = json.loads(done.stdout)
    if "error" in answer:
        raise Refused(answer["error"])
    return answer


def page_image(path: Path, number: int, passages: Sequence[str]) -> bytes | None:
    """Page `number` of the PDF at `path` as a PNG with the passages lit; None where it cannot be shown."""
    done = _apart("zhenggai.intake.page_image", str(path), str(number), told=json.dumps(passages))
    return done.stdout if done.returncode == 0 else None


def _apart(module: str, *words: str, told: str = "") -> subprocess.CompletedProcess[bytes]:
    """Run one of our modules as a process of its own, within the limits of the settings."""
    limits = [str(settings.READING_SECONDS), str(settings.READING_MEMORY)]
    environment = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    try:
        return subprocess.run(  # noqa: S603  our own module, no shell
            [sys.executable, "-m", module, *words, *limits],
            input=told.encode(),
            capture_output=True,
            timeout=settings.READING_SECONDS + 5,
            cwd=settings.ROOT,
            env=environment | {"PYTHONUTF8": "1"},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Refused(_SLOW.format(seconds=settings.READING_SECONDS)) from error
