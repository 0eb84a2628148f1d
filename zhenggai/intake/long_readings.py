"""A document that takes longer than one waits for: the page answers, the reading goes on, and its end is kept.

The reading itself is a process of its own under limits (reading.py); here a thread of the website waits for it. When the
website stops, such a reading is lost, says so, and can be begun again from the file that was kept.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillReading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.audit.actions import record
from zhenggai.audit.verbs import register
from zhenggai.documents.actions import fingerprint, keep, on_disk
from zhenggai.intake import actions
from zhenggai.intake.actions import NewInspection
from zhenggai.intake.models import LONGEST_REFUSAL, Proposal, Reading
from zhenggai.intake.reading import BROKEN, read_document
from zhenggai.ledger.models import Inspection, Plan

PATIENCE = 6.0  # seconds that the person waits on the page
AT_ONCE = 4  # as many as the machine's turns allow, and one that waits (documents/apart.py)

BEGUN = register("intake.reading", "读取方案")
FAILED = register("intake.unread", "方案没有读出来", "amber")

logger = logging.getLogger(__name__)
_waiting = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="reading")


class _Job:
    """One reading. Its end is either taken by who waits for it or, once they left, kept by the thread."""

    def __init__(self, content: File[Any], name: str) -> None:
        handle, copy = tempfile.mkstemp(dir=settings.FILE_UPLOAD_TEMP_DIR)
        with on_disk(content) as path, open(handle, "wb") as out, path.open("rb") as given:
            shutil.copyfileobj(given, out)
        self.name, self._path = name, Path(copy)
        self._lock, self._is_read, self._left_for = threading.Lock(), False, 0
        self.answer: Future[dict[str, Any]] = _waiting.submit(self._read)

    def _read(self) -> dict[str, Any]:
        answer, why = None, ""
        try:
            answer = read_document(self._path, self.name)
        except Refused as refused:
            why = refused.reason
        except Exception:
            logger.exception("reading %r", self.name)
            why = BROKEN
        finally:
            self._path.unlink(missing_ok=True)
        with self._lock:
            self._is_read, left_for = True, self._left_for
        if left_for:
            try:
                end(left_for, answer, why)
            finally:
                connection.close()  # the thread's own
        if answer is None:
            raise Refused(why)
        return answer

    def leave(self, keep_row: Callable[[], Reading]) -> Reading | None:
        """Nobody waits any longer: `keep_row` makes the row under which the end is kept. None when it has just ended."""
        with self._lock:
            if self._is_read:
                return None
            reading = keep_row()
            self._left_for = reading.pk
            return reading


def propose(
    content: File[Any], name: str, inspection: Inspection | NewInspection, *, by: Person, revises: Plan | None = None
) -> Proposal | Reading:
    """`actions.propose`, which is waited for as long as a person does; after that the reading goes on by itself.

    Raises Refused like it, when the refusal comes in time.
    """
    actions.require_import(content, inspection.place, by)
    _refuse_second_reading(content, inspection.place)
    job = _Job(content, name)
    try:
        answer = job.answer.result(PATIENCE)
    except StillReading:
        reading = job.leave(lambda: _begin(content, name, inspection, by, revises))
        if reading is not None:
            return reading
        answer = job.answer.result()
    return actions.keep_answer(content, name, inspection, answer, by=by, revises=revises)


def again(reading: Reading, *, by: Person) -> Proposal | Reading:
    """Begin once more what was lost or could not be read; the earlier row says so. Raises Refused."""
    if not reading.ended_at and not reading.is_lost:
        raise Refused("这份文件还在读，请等它读完")
    if not reading.ended_at:
        end(reading.pk, None, "读取中断，已重新开始")
    with default_storage.open(reading.file.path) as content:
        return propose(File(content), reading.file_name, _asked(reading), by=by, revises=reading.revises)


@transaction.atomic
def _begin(
    content: File[Any], name: str, inspection: Inspection | NewInspection, by: Person, revises: Plan | None
) -> Reading:
    new, known = (inspection, None) if isinstance(inspection, NewInspection) else (None, inspection)
    reading = Reading.objects.create(
        file=keep(content, media_type="application/octet-stream"), file_name=name, place=inspection.place,
        inspection=known, revises=revises, created_by=by, created_at=clock.now(),
        registers={"name": new.name, "prefix": new.prefix, "kind": new.kind} if new else {},
    )  # fmt: skip
    record(BEGUN, by=by, target=reading, note=name)
    return reading


def end(pk: int, answer: dict[str, Any] | None, why: str) -> None:
    """Keep how a reading ended: as a proposal, or with why there is none. What has ended stays."""
    reading = Reading.objects.select_related("file", "place", "inspection", "created_by", "revises").get(pk=pk)
    if reading.ended_at:
        return  # it was given up, and begun anew
    proposal = None
    if answer is not None:
        try:
            with default_storage.open(reading.file.path) as content:
                proposal = actions.keep_answer(
                    File(content), reading.file_name, _asked(reading), answer, by=reading.created_by,
                    revises=reading.revises,
                )  # fmt: skip
        except Refused as refused:
            why = refused.reason
        except Exception:
            logger.exception("keeping what was read of %r", reading.file_name)
            why = BROKEN
    with transaction.atomic():
        done = Reading.objects.filter(pk=pk, ended_at__isnull=True)
        if (
            done.update(ended_at=clock.now(), proposal=proposal, refusal="" if proposal else why[:LONGEST_REFUSAL])
            and proposal is None
        ):
            record(FAILED, by=reading.created_by, target=reading, note=f"{reading.file_name}：{why}")


def _asked(reading: Reading) -> Inspection | NewInspection:
    return reading.inspection or NewInspection(reading.place, **reading.registers)


def _refuse_second_reading(content: File[Any], place: Unit) -> None:
    """What is being read is not read twice at once."""
    for reading in Reading.objects.running().filter(place=place, file__sha256=fingerprint(content)):
        if not reading.is_lost:
            raise Refused(f"这份文件正在读取（{reading.created_by}上传），读完会出现在“导入”里，不用再传。")
