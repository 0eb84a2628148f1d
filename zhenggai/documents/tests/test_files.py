"""Files kept once, whole or not at all; uploads judged by what they are; personal data sealed at rest."""

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tests.test_bad_days import disk_takes
from tests.world import World
from zhenggai.documents.actions import keep, keep_bytes, next_number
from zhenggai.documents.downloads import download
from zhenggai.documents.kinds import EVIDENCE, PLANS
from zhenggai.documents.models import StoredFile
from zhenggai.documents.secrecy import seal, unseal
from zhenggai.documents.uploads import check_upload, clean_name
from zhenggai.progress.forms import ReportForm

JPEG = b"\xff\xd8\xff\xe0" + b"0" * 200
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
LIMIT = 1024 * 1024


def files_in(folder: Any) -> list[Path]:
    return [path for path in Path(folder).rglob("*") if path.is_file()]


# ── kept once ────────────────────────────────────────────────────────────────
def test_the_same_bytes_are_kept_once_under_their_digest(db: None, settings: Any) -> None:
    first, second = keep_bytes(JPEG, media_type="image/jpeg"), keep_bytes(JPEG, media_type="image/jpeg")
    assert first == second
    assert first.sha256 == hashlib.sha256(JPEG).hexdigest()
    assert [path.read_bytes() for path in files_in(settings.MEDIA_ROOT)] == [JPEG]
    with first.open() as kept:
        assert kept.read() == JPEG


def test_a_digest_that_is_none_is_refused_by_the_database(db: None) -> None:
    with pytest.raises(IntegrityError, match="file_digest_is_sha256"), transaction.atomic():
        StoredFile.objects.create(sha256="../../etc/passwd", size=1, media_type="text/plain")


class BrokenFile(File):  # type: ignore[type-arg]
    """Its second piece cannot be read."""

    def chunks(self, chunk_size: int | None = None) -> Any:
        yield b"the first piece"
        raise OSError("gone")


def test_a_file_that_breaks_off_leaves_nothing(settings: Any) -> None:
    with pytest.raises(OSError, match="gone"):
        default_storage.save("ab/file", BrokenFile(None, name="x"))
    assert not files_in(settings.MEDIA_ROOT)


def test_a_file_for_which_the_disk_has_no_room_leaves_nothing(db: None, settings: Any) -> None:
    with disk_takes(1000), pytest.raises(OSError, match="too large"):
        keep(ContentFile(b"0" * 5000), media_type="text/plain")
    assert not files_in(settings.MEDIA_ROOT)
    assert not StoredFile.objects.exists()


def test_kept_files_are_not_for_other_users_of_the_machine(db: None) -> None:
    mode = os.stat(default_storage.path(keep_bytes(JPEG, media_type="image/jpeg").path)).st_mode
    assert mode & 0o007 == 0


# ── what comes in ────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [("现场.jpg", JPEG, "jpeg"), ("现场.JPEG", JPEG, "jpeg"), ("方案.doc", OLE, "ole"), ("方案.wps", OLE, "ole"),
     ("方案.doc", "<html>方案</html>".encode(), "text"), ("记录.csv", "序号,内容".encode("gb18030"), "text"),
     ("报告.pdf", b"%PDF-1.7\n", "pdf")],
)  # fmt: skip
def test_a_file_is_known_by_its_content(name: str, data: bytes, kind: str) -> None:
    assert check_upload(SimpleUploadedFile(name, data), limit=LIMIT, kinds=EVIDENCE).name == kind


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("现场.jpg", b"", "是空文件"),
        ("现场.jpg", JPEG * 10_000, "超过上限1兆字节"),
        ("现场.jpg", b"MZ\x90\0\3\0\0\0", "不是能收的文件"),
        ("程序.exe", JPEG, "后缀不在可收之列"),
        ("没有后缀", JPEG, "后缀不在可收之列"),
        ("现场.pdf", JPEG, "与后缀不符"),
        ("现场.jpg", b"<script>alert(1)</script>", "与后缀不符"),
        ("方案.docx", OLE, "加了密码"),
    ],
)
def test_what_is_refused_says_what_to_do(name: str, data: bytes, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        check_upload(SimpleUploadedFile(name, data), limit=LIMIT, kinds=EVIDENCE)


def test_a_scanned_plan_may_be_a_picture_but_a_picture_under_a_false_name_is_refused() -> None:
    bitmap = b"BM\x36\0\0\0" + bytes(4) + b"\x36\0\0\0"
    for name, data, kind in [
        ("方案.jpg", JPEG, "jpeg"),
        ("方案.tif", b"II*\0\x08\0", "tiff"),
        ("方案.bmp", bitmap, "bmp"),
    ]:
        assert check_upload(SimpleUploadedFile(name, data), limit=LIMIT, kinds=PLANS).name == kind
    with pytest.raises(ValidationError, match="与后缀不符"):
        check_upload(SimpleUploadedFile("方案.tif", JPEG), limit=LIMIT, kinds=PLANS)
    with pytest.raises(ValidationError, match="不是能收的文件"):
        check_upload(SimpleUploadedFile("方案.tif", b"II*\0\x08\0"), limit=LIMIT, kinds=EVIDENCE)


def test_evidence_that_is_too_large_is_refused_and_not_left_out(
    world: World, login: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PLAN_FILE_LIMIT = 100_000
    monkeypatch.setattr(ReportForm.base_fields["evidence"], "limit", 100_000)
    task = world.task()
    sent = {"text": "本月完成2处排口的改造，剩余1处正在施工。", "measure_1": "doing", "measure_2": "doing",
            "evidence": [SimpleUploadedFile("现场.jpg", JPEG), SimpleUploadedFile("航拍.jpg", JPEG * 1000)]}  # fmt: skip
    answer = login(world.south_liaison).post(f"/tasks/{task.pk}/report/", sent)
    assert answer.status_code == 422
    assert "“航拍.jpg”有0兆字节，超过上限" in answer.content.decode()
    assert not task.reports.exists()


def test_a_stranger_leaves_no_file(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile", lambda *given: made.append(given))
    for address in ("/login/", "/public/notices/1/object/"):
        Client().post(address, {"username": "office", "any": SimpleUploadedFile("大.bin", b"0" * 500_000)})
    assert made == []


@given(st.text(max_size=400))
def test_no_name_is_a_path_or_hides_what_it_is(name: str) -> None:
    clean = clean_name(name)
    assert 1 <= len(clean) <= 150
    assert clean.isprintable()
    assert not {"/", "\\"} & set(clean)
    assert not clean.startswith(".")


# ── what goes out ────────────────────────────────────────────────────────────
def test_a_download_can_never_act_as_a_page(db: None) -> None:
    stored = keep_bytes(b"<script>alert(1)</script>", media_type="text/html")
    response = download(stored, "“公示”\r\nX: y.html")
    try:
        assert response["Content-Disposition"].startswith("attachment")
        assert "\n" not in response["Content-Disposition"]
        assert response["Content-Type"] == "application/octet-stream"
        assert "sandbox" in response["Content-Security-Policy"]
        assert response["Cache-Control"] == "private, no-store"
    finally:
        response.close()


# ── numbers, secrets ─────────────────────────────────────────────────────────
def test_numbers_have_no_gap_even_after_a_rollback(db: None) -> None:
    assert next_number("a") == 1
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        next_number("a")
        raise ZeroDivisionError
    assert [next_number("a"), next_number("b"), next_number("a")] == [2, 1, 3]


def test_sealed_words_cannot_be_read_without_the_key(settings: Any) -> None:
    token = seal("某先生，0000-1234567")
    assert "某先生" not in token
    assert unseal(token) == "某先生，0000-1234567"
    assert seal("") == unseal("") == ""
    before, settings.SECRET_KEY = settings.SECRET_KEY, "another key"
    assert "无法解读" in unseal(token)
    settings.SECRET_KEY_FALLBACKS = [before]
    assert unseal(token) == "某先生，0000-1234567"
