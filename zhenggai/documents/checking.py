"""Reading again what was kept: a stored file that is gone, or is not what was received, raises an alarm.

A run looks at the files that were not looked at longest, in batches, and stops when its time is up; the next one goes on
where it stopped. So every file is read in turn, however many there are.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import BinaryIO

from django.db import transaction
from django.db.models import F, Q

from zhenggai.audit import clock
from zhenggai.audit.actions import SYSTEM, record
from zhenggai.audit.verbs import register
from zhenggai.documents.models import FileAlarm, StoredFile

ALARMED = register("file.alarmed", "文件核对不符", "red")
MENDED = register("file.mended", "文件已恢复", "green")

BATCH = 100
PIECE = 1024 * 1024  # bytes read at a time
SECONDS = 600  # of one run


@dataclass(frozen=True)
class Checked:
    """What a run of check_files did: how many files it read, how many raised an alarm or had one that is over, and how
    many are left for the next run."""

    read: int
    alarmed: int
    mended: int
    left: int


@dataclass(frozen=True)
class Finding:
    """What is wrong with one file."""

    kind: FileAlarm.Kind
    detail: str


def check_files(*, seconds: float = SECONDS) -> Checked:
    """Read again every stored file that was not read today, oldest check first, for at most `seconds`."""
    until, began = time.monotonic() + seconds, clock.at(clock.today(), 0)
    due = StoredFile.objects.filter(Q(checked_at__isnull=True) | Q(checked_at__lt=began))
    read = alarmed = mended = 0
    while time.monotonic() < until:
        batch = list(due.order_by(F("checked_at").asc(nulls_first=True), "pk")[:BATCH])
        for stored in batch:
            if time.monotonic() >= until:
                break
            before, after = check(stored)
            read, alarmed, mended = read + 1, alarmed + (after and not before), mended + (before and not after)
        if len(batch) < BATCH:
            break
    return Checked(read, alarmed, mended, due.count())


def check(stored: StoredFile) -> tuple[bool, bool]:
    """Read one file again and keep its alarm true to it; whether it had an alarm before, and has one now."""
    found = finding_of(stored)
    with transaction.atomic():
        locked = StoredFile.objects.select_for_update().get(pk=stored.pk)
        had = FileAlarm.objects.open().filter(stored=locked).first()
        StoredFile.objects.filter(pk=locked.pk).update(checked_at=clock.now())
        if found:
            _alarm(locked, had, found)
        elif had:
            _mend(had)
    return had is not None, found is not None


def finding_of(stored: StoredFile) -> Finding | None:
    """What is wrong with the file on disk, read from its first byte to its last; None when it is what was received."""
    try:
        with stored.open() as content:
            size, sha256 = _measured(content)
    except FileNotFoundError:
        return Finding(FileAlarm.Kind.MISSING, f"应有{stored.size}字节")
    except OSError as error:
        return Finding(FileAlarm.Kind.UNREADABLE, error.strerror or type(error).__name__)
    if (size, sha256) == (stored.size, stored.sha256):
        return None
    return Finding(FileAlarm.Kind.CHANGED, f"收到时{stored.size}字节，现在{size}字节，摘要{sha256[:12]}")


def _measured(content: BinaryIO) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    while piece := content.read(PIECE):
        digest.update(piece)
        size += len(piece)
    return size, digest.hexdigest()


def _alarm(stored: StoredFile, had: FileAlarm | None, found: Finding) -> None:
    if had and (had.kind, had.detail) == (found.kind, found.detail):
        return
    if had:
        FileAlarm.objects.filter(pk=had.pk).update(kind=found.kind, detail=found.detail)
    alarm = had or FileAlarm.objects.create(stored=stored, kind=found.kind, detail=found.detail)
    record(
        ALARMED, by=SYSTEM, target=alarm, note=f"{stored}：{found.kind.label}。{found.detail}",
        before={"kind": had.kind} if had else None, after={"sha256": stored.sha256, "kind": found.kind.value},
    )  # fmt: skip


def _mend(alarm: FileAlarm) -> None:
    FileAlarm.objects.filter(pk=alarm.pk).update(mended_at=clock.now())
    record(MENDED, by=SYSTEM, target=alarm, note=str(alarm.stored), after={"sha256": alarm.stored.sha256})
