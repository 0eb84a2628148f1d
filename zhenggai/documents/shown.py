"""How kept files are shown in the lists of other apps' pages: with what their cameras say and whether they are still there.

A row of a list is any object with `pk`, `name` and `stored`. What only upper apps know (which version of the same document
a row is) they register here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from zhenggai.documents.models import FileAlarm, PhotoFacts, StoredFile
from zhenggai.documents.photos import remark_on

Numbering = Callable[[str, Sequence[Any]], dict[int, "Version"]]
_numberings: list[Numbering] = []


@dataclass(frozen=True)
class Version:
    """Which of how many different contents of one name on one task."""

    number: int
    of: int


@dataclass(frozen=True)
class ShownFile:
    """One row of a list of files, with everything that a page says of it."""

    kind: str
    pk: int
    name: str
    stored: StoredFile
    version: Version | None
    photo: PhotoFacts | None
    alarm: FileAlarm | None
    remark: str


def numbers_versions(numbering: Numbering) -> Numbering:
    """Register who says which versions the rows of a kind of list are."""
    _numberings.append(numbering)
    return numbering


def shown(rows: Sequence[Any], kind: str, received: datetime | None = None) -> list[ShownFile]:
    """The rows of one list, its facts read set-wise. What came with a report has its `month`; `received` is when all of
    them came, unless a row knows it itself."""
    stored = [row.stored_id for row in rows]
    photos = PhotoFacts.objects.in_bulk(stored, field_name="stored_id")
    alarms = FileAlarm.objects.by_file(stored)
    versions: dict[int, Version] = {}
    for numbering in _numberings:
        versions |= numbering(kind, rows)
    return [
        ShownFile(
            kind=kind, pk=row.pk, name=row.name, stored=row.stored, version=versions.get(row.pk),
            photo=photos.get(row.stored_id), alarm=alarms.get(row.stored_id),
            remark=_remark(row, photos.get(row.stored_id), received),
        )
        for row in rows
    ]  # fmt: skip


def _remark(row: Any, photo: PhotoFacts | None, received: datetime | None) -> str:
    month: date | None = getattr(row, "month", None)
    came: datetime | None = received or getattr(row, "received", None)
    return remark_on(photo, month, came) if month and came else ""
