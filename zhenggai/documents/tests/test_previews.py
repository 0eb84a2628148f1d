"""Previews are made from files, never the files themselves: pictures without metadata, pages, words, within bounds."""

import io
import os
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from docx import Document
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from zhenggai.accounts.decisions import Refused
from zhenggai.core.reading import libreoffice
from zhenggai.documents import apart, previews
from zhenggai.documents.actions import keep_bytes
from zhenggai.documents.models import StoredFile
from zhenggai.documents.previews import LARGE_SIDE, SMALL_SIDE, forget_old_previews, picture_of, preview_of
from zhenggai.documents.tests.pictures import photo
from zhenggai.documents.tests.test_photos import bomb

needs_office = pytest.mark.skipif(libreoffice.program() is None, reason="没有 LibreOffice：Office 文件的预览没有测")


def kept(data: bytes, media_type: str = "application/octet-stream") -> StoredFile:
    return keep_bytes(data, media_type=media_type)


def picture(stored: StoredFile, name: str, number: int = 1, side: int = LARGE_SIDE) -> Image.Image:
    made = picture_of(stored, name, number, side)
    assert made
    return Image.open(io.BytesIO(made))


def pdf(pages: int = 1, **kwargs: Any) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, **kwargs)
    for number in range(pages):
        canvas.drawString(100, 700, f"page {number + 1}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


# ── pictures ─────────────────────────────────────────────────────────────────
def test_a_photo_is_shown_upright_bounded_and_without_what_the_camera_wrote(db: None) -> None:
    data = photo((4000, 3000), taken="2026:11:20 14:02:31", place=(31.24, 120.5), turned=6)
    stored = kept(data, "image/jpeg")
    assert preview_of(stored, "现场.jpg").pages == 1
    shown = picture(stored, "现场.jpg")
    assert shown.format == "JPEG"
    assert shown.size == (1200, 1600)  # it was taken on its side
    assert not shown.getexif()
    assert "exif" not in shown.info
    assert picture(stored, "现场.jpg", side=SMALL_SIDE).size == (270, 360)


def test_what_is_transparent_stands_on_white(db: None) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    stored = kept(out.getvalue(), "image/png")
    assert picture(stored, "图.png").getpixel((10, 10)) == (255, 255, 255)


def test_no_picture_is_drawn_larger_than_the_two_sizes_nor_a_page_that_is_not_there(db: None) -> None:
    stored = kept(photo(), "image/jpeg")
    assert picture_of(stored, "现场.jpg", 2, LARGE_SIDE) is None
    assert picture_of(stored, "现场.jpg", 0, LARGE_SIDE) is None
    assert picture_of(stored, "现场.jpg", 1, 9000) is None


@pytest.mark.parametrize(
    ("data", "name", "why"),
    [
        (bomb(), "图.png", "太大"),
        (b"\xff\xd8\xff" + b"\0" * 5000, "现场.jpg", "损坏"),
        (b"%PDF-1.7 nothing of the kind", "报告.pdf", "损坏"),
        (pdf(encrypt="secret"), "报告.pdf", "密码"),
        (b"MZ\x90\0\3\0\0\0", "x.exe", "不能在页面上预览"),
    ],
    ids=["bomb", "no picture", "no pdf", "password", "unknown"],
)
def test_what_cannot_be_shown_says_why_once(
    db: None, monkeypatch: pytest.MonkeyPatch, data: bytes, name: str, why: str
) -> None:
    stored = kept(data)
    assert why in preview_of(stored, name).why
    assert picture_of(stored, name, 1, LARGE_SIDE) is None
    monkeypatch.setattr(apart, "run", lambda *_, **__: pytest.fail("a hostile file costs its minute once"))
    assert why in preview_of(stored, name).why


# ── pages ────────────────────────────────────────────────────────────────────
def test_a_pdf_is_shown_page_by_page(db: None) -> None:
    stored = kept(pdf(3), "application/pdf")
    assert preview_of(stored, "报告.pdf").pages == 3
    assert max(picture(stored, "报告.pdf", 3).size) == LARGE_SIDE
    assert picture_of(stored, "报告.pdf", 4, LARGE_SIDE) is None


def test_a_pdf_without_end_is_cut(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "MOST_PAGES", 2)
    preview = preview_of(kept(pdf(3), "application/pdf"), "报告.pdf")
    assert (preview.pages, preview.cut) == (2, True)


def word(linked: str = "") -> bytes:
    """A Word document; `linked` is the address of a picture in it that lies elsewhere."""
    document, out = Document(), io.BytesIO()
    document.add_paragraph("南湖排口整改情况")
    document.add_picture(io.BytesIO(photo()))
    document.save(out)
    if not linked:
        return out.getvalue()
    changed = io.BytesIO()
    with zipfile.ZipFile(out) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "word/_rels/document.xml.rels":
                data = data.replace(b'Target="media/image1.jpg"', f'Target="{linked}" TargetMode="External"'.encode())
            target.writestr(name, data.replace(b"r:embed=", b"r:link="))
    return changed.getvalue()


@needs_office
@pytest.mark.parametrize("name", ["情况.docx", "情况.doc", "情况.wps"])
def test_a_word_document_is_shown_as_pages_whatever_its_ending(db: None, name: str) -> None:
    stored = kept(word())
    assert preview_of(stored, name).pages == 1
    assert max(picture(stored, name).size) == LARGE_SIDE


@needs_office
def test_nothing_that_a_document_links_to_is_fetched(db: None) -> None:
    asked: list[str] = []

    class Inside(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_PROPFIND = do_GET  # type: ignore[assignment]

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Inside)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        stored = kept(word(f"http://127.0.0.1:{server.server_port}/inside.jpg"))
        assert preview_of(stored, "情况.docx").pages == 1
    finally:
        server.shutdown()
        server.server_close()
    assert asked == []


def test_without_libreoffice_the_page_says_so_and_asks_again_another_time(
    db: None, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    stored = kept(word())
    monkeypatch.setattr(libreoffice, "program", lambda: None)
    assert "没有安装LibreOffice" in preview_of(stored, "情况.docx").why
    assert not list(Path(settings.PREVIEW_ROOT).rglob("*.json"))


# ── words ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "utf-16"])
def test_a_text_is_read_in_its_character_set(db: None, charset: str) -> None:
    assert preview_of(kept("第一行：整改情况\n第二行".encode(charset)), "说明.txt").text.startswith("第一行：整改情况")


def test_a_table_of_commas_is_rows_and_cut_when_it_is_long(db: None) -> None:
    preview = preview_of(kept(("点位,浓度\n" + "东口,12\n" * 400).encode()), "监测.csv")
    assert preview.rows[:2] == [["点位", "浓度"], ["东口", "12"]]
    assert (len(preview.rows), preview.cut) == (300, True)


def test_of_a_page_only_its_words_are_shown(db: None) -> None:
    preview = preview_of(kept("<html><body><p>整改情况</p><script>alert(1)</script></body></html>".encode()), "页.html")
    assert "整改情况" in preview.text
    assert "<" not in preview.text
    assert "alert" not in preview.text


# ── made once, of what was received ──────────────────────────────────────────
def test_a_preview_is_made_once(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = kept(photo(), "image/jpeg")
    first = picture_of(stored, "现场.jpg", 1, LARGE_SIDE)
    monkeypatch.setattr(apart, "run", lambda *_, **__: pytest.fail("it was made already"))
    assert picture_of(stored, "现场.jpg", 1, LARGE_SIDE) == first


def test_a_file_that_was_changed_is_not_shown_in_place_of_what_was_received(db: None) -> None:
    stored = kept(photo(), "image/jpeg")
    Path(default_storage.path(stored.path)).write_bytes(photo(colour="red"))
    assert preview_of(stored, "现场.jpg").why == "内容和收到时不同"
    assert picture_of(stored, "现场.jpg", 1, LARGE_SIDE) is None
    Path(default_storage.path(stored.path)).write_bytes(photo())
    assert preview_of(stored, "现场.jpg").pages == 1


def test_who_finds_the_machine_busy_is_told_so(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "PATIENCE", 0.2)
    stored = kept(photo(), "image/jpeg")
    with (
        apart.turn("preview", 2, previews.BUSY),
        apart.turn("preview", 2, previews.BUSY),
        pytest.raises(Refused, match="过一会儿再看"),
    ):
        preview_of(stored, "现场.jpg")
    assert preview_of(stored, "现场.jpg").pages == 1


def test_what_nobody_looks_at_is_forgotten_and_made_again(db: None) -> None:
    stored = kept(photo(), "image/jpeg")
    preview_of(stored, "现场.jpg")
    assert forget_old_previews() == 0
    folder = previews._folder(stored)
    os.utime(folder, (time.time() - 40 * 86400,) * 2)
    assert forget_old_previews() == 1
    assert not folder.exists()
    assert preview_of(stored, "现场.jpg").pages == 1
