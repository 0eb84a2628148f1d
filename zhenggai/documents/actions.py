"""Keeping files and giving out numbers."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import connection, transaction

from zhenggai.documents.checking import check, finding_of
from zhenggai.documents.kinds import FileKind
from zhenggai.documents.models import FileAlarm, StoredFile
from zhenggai.documents.photos import read_new_photos


def fingerprint(content: File[Any]) -> str:
    """The SHA-256 of `content`, in hexadecimal; leaves it at its beginning."""
    digest = hashlib.sha256()
    for chunk in content.chunks():
        digest.update(chunk)
    content.seek(0)
    return digest.hexdigest()


@contextmanager
def on_disk(content: File[Any]) -> Iterator[Path]:
    """A path at which `content` can be read by another process, inside the block."""
    if isinstance(content, TemporaryUploadedFile):
        content.flush()
        yield Path(content.temporary_file_path())
        return
    with tempfile.NamedTemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as copy:
        for chunk in content.chunks():
            copy.write(chunk)
        copy.flush()
        content.seek(0)
        yield Path(copy.name)


def keep(content: File[Any], *, media_type: str) -> StoredFile:
    """Store `content` once, by its SHA-256, and return its row; the same bytes give the same row.

    The file is whole on disk before the row exists. A row that is rolled back leaves at most an unreferenced file. Content
    that comes again takes the place of what lies there and is something else, whether or not that has been found yet; what
    a camera says of a picture is read once the transaction is through (photos.py).
    """
    found = StoredFile(sha256=fingerprint(content), size=content.size or 0, media_type=media_type)
    alarmed = FileAlarm.objects.open().filter(stored__sha256=found.sha256).exists()
    if default_storage.exists(found.path) and finding_of(found):
        default_storage.delete(found.path)
    if not default_storage.exists(found.path):
        default_storage.save(found.path, content)
    stored, _ = StoredFile.objects.get_or_create(
        sha256=found.sha256, defaults={"size": found.size, "media_type": media_type}
    )
    if alarmed:
        transaction.on_commit(partial(check, stored), robust=True)
    if stored.is_picture:
        transaction.on_commit(read_new_photos, robust=True)
    return stored


def keep_bytes(data: bytes, *, media_type: str) -> StoredFile:
    """`keep` for a file that the product made itself."""
    return keep(ContentFile(data), media_type=media_type)


def keep_upload(content: File[Any], kind: FileKind) -> StoredFile:
    """`keep` for a checked upload; it is always served as a download, so its exact media type does not matter."""
    return keep(content, media_type=kind.media_type)


def next_number(series: str) -> int:
    """The next number of `series`, starting at 1. The series stays locked until the transaction ends: no gaps, no
    number twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO documents_counter (series, last) VALUES (%s, 1)"
            " ON CONFLICT (series) DO UPDATE SET last = documents_counter.last + 1 RETURNING last",
            [series],
        )
        return int(cursor.fetchone()[0])
