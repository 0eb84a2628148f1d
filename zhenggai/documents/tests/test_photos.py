"""Time and place of pictures are read in a process of their own, kept with the file, and bounded whatever is sent."""

import struct
import zlib
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from zhenggai.audit import clock
from zhenggai.documents.actions import keep_bytes
from zhenggai.documents.models import PhotoFacts
from zhenggai.documents.photos import read_new_photos, remark_on
from zhenggai.documents.tests.pictures import photo


def facts_of(data: bytes, media_type: str = "image/jpeg") -> PhotoFacts:
    stored = keep_bytes(data, media_type=media_type)
    read_new_photos()
    return PhotoFacts.objects.get(stored=stored)


@pytest.mark.parametrize(("form", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png")])
def test_time_and_place_are_kept_with_the_picture(db: None, form: str, media_type: str) -> None:
    found = facts_of(photo(taken="2026:11:20 14:02:31", place=(31.24, 120.5), form=form), media_type)
    assert found.taken_at
    assert timezone.localtime(found.taken_at).isoformat() == "2026-11-20T14:02:31+08:00"
    assert found.place_words == "北纬31.24000°，东经120.50000°"


def test_a_camera_that_tells_its_offset_is_believed(db: None) -> None:
    found = facts_of(photo(taken="2026:11:20 06:02:31", offset="+00:00"))
    assert timezone.localtime(found.taken_at).hour == 14


def test_a_picture_that_says_nothing_has_facts_that_are_empty(db: None) -> None:
    found = facts_of(photo())
    assert (found.taken_at, found.latitude, found.place_words) == (None, None, "")


def test_they_are_read_once_the_upload_is_through_and_only_once(
    db: None, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        keep_bytes(photo(taken="2026:11:20 14:02:31"), media_type="image/jpeg")
        keep_bytes(b"no picture at all", media_type="text/plain")
    assert PhotoFacts.objects.get().taken_at
    assert read_new_photos() == 0


def exif_of(body: bytes) -> bytes:
    """A picture whose EXIF is `body`."""
    plain = photo()
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 8) + b"Exif\0\0" + body + plain[2:]


def looping() -> bytes:
    """A directory that names itself as the next one and as its own EXIF and GPS."""
    entry = struct.pack("<HHII", 0x8769, 4, 1, 8) + struct.pack("<HHII", 0x8825, 4, 1, 8)
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 2) + entry + struct.pack("<I", 8)


def endless() -> bytes:
    """An entry that claims four thousand million values."""
    return b"II*\0" + struct.pack("<IH", 8, 1) + struct.pack("<HHII", 0x8825, 5, 0xFFFFFFFF, 26) + struct.pack("<I", 0)


def bomb() -> bytes:
    """A whole picture of 60,000 × 60,000 in half a megabyte: the same packed rows over and over."""
    side, rows = 60_000, 100
    packer = zlib.compressobj(9)
    pieces = [packer.compress(bytes(rows * (side // 8 + 1))) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2)]
    checksum = struct.pack(">HH", side * (side // 8 + 1) % 65_521, 1)  # Adler-32 of nothing but zeros
    packed = pieces[0] + pieces[1] * (side // rows - 1) + b"\x03\x00" + checksum
    parts = [(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)), (b"IDAT", packed), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(
    "data",
    [
        photo(taken="0000:00:00 00:00:00"), photo(taken="昨天"), photo(taken="1970:01:01 00:00:00"),
        photo(place=(0, 0)), exif_of(looping()), exif_of(endless()), exif_of(b"\xff" * 60_000), photo()[:40],
        b"\xff\xd8\xff" + b"\0" * 5000, bomb(),
    ],
    ids=["zeros", "words", "epoch", "no fix", "loop", "endless", "rubbish", "cut", "no picture", "bomb"],
)  # fmt: skip
def test_what_is_hostile_or_impossible_says_nothing_and_is_not_tried_again(db: None, data: bytes) -> None:
    found = facts_of(data)
    assert (found.taken_at, found.place_words) == (None, "")
    assert read_new_photos() == 0


def test_what_a_reader_should_notice(db: None) -> None:
    november, received = date(2026, 11, 1), clock.at(date(2026, 11, 20))
    earlier = facts_of(photo(taken="2026:09:03 10:00:00"))
    assert remark_on(earlier, november, received) == "2026年9月拍的，早于报告的11月"
    later = facts_of(photo(taken="2026:12:03 10:00:00"))
    assert remark_on(later, november, received) == "拍摄时间比上传还晚，相机时间可能不对"
    assert remark_on(facts_of(photo(taken="2026:11:03 10:00:00")), november, received) == ""
    assert remark_on(facts_of(photo(colour="navy")), november, received) == ""
    assert remark_on(None, november, received + timedelta(days=1)) == ""


def test_the_database_refuses_half_a_place_and_one_off_the_earth(db: None) -> None:
    stored = keep_bytes(photo(), media_type="image/jpeg")
    for latitude, longitude in ((31, None), (31, 181)):
        with pytest.raises(IntegrityError, match="photo_place_is_on_earth"), transaction.atomic():
            PhotoFacts.objects.create(stored=stored, latitude=latitude, longitude=longitude)
