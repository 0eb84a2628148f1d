"""Asking the reading process (worker.py) and taking only an answer of the expected form."""

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from zhenggai.accounts.decisions import Refused
from zhenggai.documents import apart

logger = logging.getLogger(__name__)

_SLOW = "这份文件读了{seconds}秒还没有读完，已停止，没有导入。请拆成几份，或另存为 .docx 或纯文本后再试。"
_BROKEN = "这份文件读不出来，没有导入。请用 Word 或 WPS 打开后另存为 .docx 再试；还不行，请把文件交系统管理员。"


def read_document(path: Path, name: str) -> dict[str, Any]:
    """The text and the extraction of the file at `path`, whose uploaded name is `name`.

    Raises Refused, saying what to do, when the document cannot be read within the limits.
    """
    try:
        done = apart.run("zhenggai.intake.worker", str(path), name)
    except apart.TooSlow as error:
        raise Refused(_SLOW.format(seconds=settings.READING_SECONDS)) from error
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
    try:
        done = apart.run("zhenggai.intake.page_image", str(path), str(number), told=json.dumps(passages))
    except apart.TooSlow:
        return None
    return done.stdout if done.returncode == 0 else None
