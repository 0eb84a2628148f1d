"""What cannot be read is refused with one Chinese line that says what is wrong and what to do."""

import io
import zipfile

import pytest

from zhenggai.core.reading import (
    Damaged,
    Empty,
    Encrypted,
    NoText,
    TooLarge,
    Unreadable,
    WrongKind,
    libreoffice,
    limits,
    read,
    scan,
)
from zhenggai.core.tests.documents import saved, word_of

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def zipped(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def word_with_body(body: str) -> bytes:
    return zipped(
        **{"word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'.encode()}
    )


def scanned_pdf() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.rect(100, 100, 200, 200, fill=1)
    canvas.save()
    return buffer.getvalue()


def locked_pdf() -> bytes:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt=StandardEncryption("secret", canPrint=0))
    canvas.drawString(100, 100, "plan")
    canvas.save()
    return buffer.getvalue()


REFUSALS = [
    pytest.param(b"", "空.txt", Empty, id="no bytes"),
    pytest.param(" \n　\n".encode(), "空.txt", Empty, id="white space"),
    pytest.param(saved(word_of("", " ")), "空.docx", Empty, id="word without text"),
    pytest.param(b"<html><body><script>1</script></body></html>", "空.html", Empty, id="page without text"),
    pytest.param(OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "方案.docx", Encrypted, id="locked docx"),
    pytest.param(locked_pdf(), "方案.pdf", Encrypted, id="locked pdf"),
    pytest.param(b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "方案.docx", NoText, id="a picture"),
    pytest.param(b"{\\rtf1 text}", "方案.doc", WrongKind, id="rtf"),
    pytest.param(b"MIME-Version: 1.0\r\n\r\n", "方案.doc", WrongKind, id="web archive"),
    pytest.param(b'<?xml version="1.0"?><w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml">', "方案.doc", WrongKind, id="word xml"),
    pytest.param(b"MZ\x90\0" + b"\0" * 50, "方案.doc", WrongKind, id="a program"),
    pytest.param(zipped(**{"a.txt": b"x"}), "方案.docx", WrongKind, id="an archive"),
    pytest.param(zipped(**{"xl/workbook.xml": b"<x/>"}), "清单.xlsx", Damaged, id="a workbook without sheets"),
    pytest.param(zipped(**{"xl/workbook.bin": b"x"}), "清单.xlsb", WrongKind, id="a binary workbook"),
    pytest.param(OLE + b"\0" * 600 + "Workbook".encode("utf-16-le"), "清单.xls", Damaged, id="broken xls"),
    pytest.param(bytes(range(1, 32)) * 40, "方案.txt", WrongKind, id="no text at all"),
    pytest.param(scanned_pdf(), "扫描.pdf", NoText, id="a scan"),
    pytest.param(b"%PDF-1.7\n" + b"x" * 100, "方案.pdf", Damaged, id="broken pdf"),
    pytest.param(saved(word_of("整改"))[:900], "方案.docx", Damaged, id="cut-off docx"),
    pytest.param(OLE + b"\0" * 600 + "WordDocument".encode("utf-16-le"), "方案.doc", Damaged, id="broken doc"),
    pytest.param(word_with_body("<w:p>"), "方案.docx", Damaged, id="xml that is not well formed"),
    pytest.param(zipped(**{"[Content_Types].xml": b"<x/>"}), "方案.docx", Damaged, id="office file without a body"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def only_what_is_always_installed(monkeypatch):
    monkeypatch.setattr(scan, "available", lambda: False)
    monkeypatch.setattr(libreoffice, "program", lambda: None)


@pytest.mark.parametrize(("data", "name", "error"), REFUSALS)
def test_it_is_refused_with_one_line_that_helps(data, name, error):
    with pytest.raises(error) as caught:
        read(data, name)
    message = str(caught.value)
    assert "\n" not in message
    assert message.endswith("。")
    assert any(word in message for word in ("请", "另存", "上传"))
    assert isinstance(caught.value, Unreadable)


def bomb(size: int) -> bytes:
    return word_with_body(f"<w:p><w:r><w:t>{'水' * size}</w:t></w:r></w:p>")


def test_a_zip_bomb_is_refused_before_it_unfolds():
    with pytest.raises(TooLarge):
        read(bomb(30_000_000), "炸弹.docx")


def test_a_zip_that_lies_about_its_size_is_stopped_when_it_unfolds():
    data = bytearray(bomb(24_000_000))
    entry = data.rfind(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (1000).to_bytes(4, "little")  # the size that the directory states
    with pytest.raises((TooLarge, Damaged)):
        read(bytes(data), "炸弹.docx")


def test_too_many_entries_are_refused():
    with pytest.raises(TooLarge):
        read(
            zipped(
                **{f"word/{n}.xml": b"" for n in range(limits.MAX_ARCHIVE_ENTRIES + 1)}, **{"word/document.xml": b""}
            ),
            "多.docx",
        )


def test_an_entity_bomb_is_refused():
    entities = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {after} "{f"&{before};" * 10}">' for before, after in zip("abcdefgh", "bcdefghi", strict=True)
    )
    body = (
        f'{entities}]><w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>&i;</w:t></w:r></w:p></w:body></w:document>'
    )
    with pytest.raises(Damaged):
        read(zipped(**{"word/document.xml": body.encode()}), "实体.docx")


def test_an_outside_entity_is_never_fetched(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("机密")
    body = f'<!DOCTYPE x [<!ENTITY s SYSTEM "file://{secret}">]><w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>&s;</w:t></w:r></w:p></w:body></w:document>'
    with pytest.raises(Damaged):
        read(zipped(**{"word/document.xml": body.encode()}), "实体.docx")


@pytest.mark.parametrize("depth", [30, 200, 100_000])
def test_tables_nested_without_end_are_refused(depth):
    nested = "<w:tbl><w:tr><w:tc>" * depth + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * depth
    with pytest.raises((TooLarge, Damaged)):
        read(word_with_body(nested), "嵌套.docx")


def test_a_web_page_nested_without_end_is_refused_and_not_called_empty():
    page = b"<html><body>" + b"<div>" * 200_000 + "整改方案".encode() + b"</div>" * 200_000
    with pytest.raises(TooLarge, match="套得太深"):
        read(page, "深.html")


def test_an_archive_entry_under_a_password_is_refused():
    data = bytearray(saved(word_of("整改")))
    start = data.find(b"PK\x01\x02")
    while start >= 0:
        data[start + 8] |= 1  # the flag in each entry of the directory
        start = data.find(b"PK\x01\x02", start + 1)
    with pytest.raises(Encrypted):
        read(bytes(data), "加密.docx")


def test_a_file_over_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr(limits, "MAX_BYTES", 10)
    with pytest.raises(TooLarge):
        read("整改方案整改方案".encode(), "大.txt")
