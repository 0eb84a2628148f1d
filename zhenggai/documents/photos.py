"""What the cameras of stored pictures say of time and place, and what is remarkable about it."""

from __future__ import annotations

import json
import logging
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.storage import default_storage
from django.utils import timezone

from zhenggai.documents import apart
from zhenggai.documents.models import PICTURES, PhotoFacts, StoredFile
from zhenggai.documents.photo import NOTHING

logger = logging.getLogger(__name__)

BATCH = 40  # pictures one process reads: as many as one form may bring
SECONDS, MEMORY = 20, 512 * 1024 * 1024


def read_new_photos(most: int = BATCH) -> int:
    """Read the facts of at most `most` stored pictures that have none yet; how many. A picture on which the reader fails
    has facts that are empty, so that it is not tried again."""
    waiting = list(StoredFile.objects.filter(media_type__in=PICTURES, photo__isnull=True).order_by("-pk")[:most])
    if not waiting:
        return 0
    answers = _asked([default_storage.path(stored.path) for stored in waiting])
    # A reader that died has answered for those before the one it died on; the others are asked another time.
    known = waiting[: len(answers) + 1] if len(answers) < len(waiting) else waiting
    PhotoFacts.objects.bulk_create(
        [_facts(stored, answers[at] if at < len(answers) else NOTHING) for at, stored in enumerate(known)],
        ignore_conflicts=True,
    )
    return len(known)


def _asked(paths: list[str]) -> list[dict[str, Any]]:
    try:
        done = apart.run("zhenggai.documents.photo", told=json.dumps(paths), seconds=SECONDS, memory=MEMORY)
    except apart.TooSlow:
        logger.warning("reading the facts of %s pictures took too long", len(paths))
        return []
    if done.returncode:
        logger.warning("reading the facts of pictures ended with %s", done.returncode)
    return [json.loads(line) for line in done.stdout.decode().splitlines(keepends=True) if line.endswith("\n")]


def _facts(stored: StoredFile, answer: dict[str, Any]) -> PhotoFacts:
    return PhotoFacts(
        stored=stored, taken_at=_moment(answer["taken"]),
        latitude=_decimal(answer["latitude"]), longitude=_decimal(answer["longitude"]),
    )  # fmt: skip


def _moment(words: str | None) -> datetime | None:
    """Cameras keep local time; one without an offset is taken for the time of China."""
    if not words:
        return None
    moment = datetime.fromisoformat(words)
    return moment if moment.tzinfo else timezone.make_aware(moment)


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(f"{value:.6f}")


def remark_on(photo: PhotoFacts | None, month: date, received: datetime) -> str:
    """What a reader of `month`'s report should notice about a picture in it, received at `received`; empty when nothing.
    A remark, no verdict: clocks of cameras go wrong."""
    if photo is None or photo.taken_at is None:
        return ""
    taken = timezone.localdate(photo.taken_at)
    if photo.taken_at > received + timedelta(days=1):
        return "拍摄时间比上传还晚，相机时间可能不对"
    if taken < month:
        return f"{taken.year}年{taken.month}月拍的，早于报告的{month.month}月"
    return ""
