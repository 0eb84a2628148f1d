"""Each way in which a file tells more than it shows: it is found, and the public copy does not have it."""

import re
import zipfile
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from docx import Document
from docx.oxml import parse_xml
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from zhenggai.core.reading.errors import Unreadable
from zhenggai.publicity.release.copies import Names
from zhenggai.publicity.release.remake import Remade, remake
from zhenggai.publicity.release.words import findings_in

SECRET = "密语七三一"
ID = "11010519491231002X"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def kinds(made: Remade) -> set[str]:
    return {finding.kind for finding in made.findings}


def everything_in(data: bytes) -> str:
    """All words of a file, those of its parts too."""
    if data[:2] != b"PK":
        return data.decode("latin-1") + data.decode("utf-8", "ignore") + data.decode("utf-16-be", "ignore")
    with zipfile.ZipFile(BytesIO(data)) as file:
        return "".join(name + everything_in(file.read(name)) for name in file.namelist())


def docx(change: Any = lambda document: None, words: str = "整改情况良好。") -> bytes:
    document, out = Document(), BytesIO()
    document.core_properties.author = ""
    document.add_paragraph(words)
    change(document)
    document.save(out)
    return out.getvalue()


def run_of(xml: str) -> Any:
    return lambda document: document.paragraphs[0]._p.append(parse_xml(xml))


def commented(document: Any) -> None:
    document.add_comment(document.paragraphs[0].runs, text=SECRET, author=SECRET)


def authored(document: Any) -> None:
    document.core_properties.author = document.core_properties.title = SECRET


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (commented, "comments"),
        (authored, "metadata"),
        (
            run_of(f'<w:del {W} w:author="{SECRET}"><w:r><w:delText>{SECRET}</w:delText></w:r></w:del>'),
            "tracked_changes",
        ),
        (run_of(f"<w:r {W}><w:rPr><w:vanish/></w:rPr><w:t>{SECRET}</w:t></w:r>"), "hidden_text"),
        (run_of(f'<w:r {W}><w:instrText>INCLUDETEXT "C:\\{SECRET}.docx"</w:instrText></w:r>'), ""),
    ],
)
def test_a_word_document_loses_what_does_not_print(change: Any, kind: str) -> None:
    data = docx(change)
    assert SECRET in everything_in(data)
    made = remake(data, "情况.docx", Names())
    assert SECRET not in everything_in(made.data)
    assert kind in kinds(made) or not kind
    assert Document(BytesIO(made.data)).paragraphs[0].text == "整改情况良好。"


def test_an_insertion_is_accepted() -> None:
    xml = f'<w:ins {W} w:author="{SECRET}"><w:r><w:t>已验收。</w:t></w:r></w:ins>'
    made = remake(docx(run_of(xml)), "情况.docx", Names())
    assert Document(BytesIO(made.data)).paragraphs[0].text == "整改情况良好。已验收。"
    assert "tracked_changes" in kinds(made)
    assert SECRET not in everything_in(made.data)


def test_a_photo_in_a_document_loses_where_it_was_taken() -> None:
    made = remake(docx(lambda document: document.add_picture(BytesIO(photo()))), "情况.docx", Names())
    assert "exif" in kinds(made)
    assert b"SECRETCAM" not in everything_in(made.data).encode("latin-1", "ignore")
    assert len(Document(BytesIO(made.data)).inline_shapes) == 1


def photo() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "SECRETCAM"
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 14.0, 24.0), 3: "E", 4: (120.0, 30.0, 0.0)})
    out = BytesIO()
    Image.new("RGB", (64, 48), "green").save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_a_photo_keeps_its_pixels_only() -> None:
    made = remake(photo(), "现场.jpg", Names())
    assert [(finding.kind, finding.shown) for finding in made.findings] == [("exif", "拍摄地点、相机")]
    with Image.open(BytesIO(made.data)) as picture:
        assert picture.size == (64, 48)
        assert not picture.getexif()


def workbook() -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.set_properties({"author": SECRET})
        seen, hidden = book.add_worksheet("公开"), book.add_worksheet(f"底稿{SECRET}")
        seen.write("A1", "任务")
        seen.write_formula("B1", f"='底稿{SECRET}'!A1", None, 3)
        seen.write("A2", SECRET)
        seen.set_row(1, None, None, {"hidden": True})
        seen.write_comment("A1", SECRET)
        hidden.write("A1", SECRET)
        hidden.hide()
    return out.getvalue()


def test_a_workbook_keeps_the_visible_cells() -> None:
    made = remake(workbook(), "台账.xlsx", Names())
    assert {"hidden_sheet", "hidden_cells", "comments", "metadata", "formulas"} <= kinds(made)
    told = everything_in(made.data)
    assert SECRET not in told
    assert "任务" in told


def report(words: str = "Rectification report") -> bytes:
    out = BytesIO()
    canvas = Canvas(out)
    canvas.setAuthor("SECRETNAME")
    canvas.drawString(72, 720, words)
    canvas.textAnnotation("SECRETNOTE", Rect=[72, 600, 200, 640])
    canvas.drawInlineImage(Image.open(BytesIO(photo())), 72, 400)
    canvas.save()
    return out.getvalue()


def test_a_pdf_keeps_its_pages() -> None:
    made = remake(report(), "报告.pdf", Names())
    assert {"metadata", "annotations"} <= kinds(made)
    assert not re.search("SECRETNAME|SECRETNOTE", everything_in(made.data))
    assert not remake(made.data, "报告.pdf", Names()).findings, "the copy is clean"


def test_a_scan_has_to_be_looked_at() -> None:
    made = remake(report(""), "扫描.pdf", Names())
    assert [finding.shown for finding in made.findings if not finding.removed] == ["1页"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("情况.docx", docx(words=f"身份证{ID}")),
        ("情况.txt", f"身份证{ID}".encode("gb18030")),
        ("报告.pdf", report(f"No. {ID}")),
        (f"王小明{ID}.jpg", photo()),
    ],
)
def test_personal_data_is_found_in_the_words_of_every_kind_of_file_and_in_an_archive(name: str, data: bytes) -> None:
    assert "id_number" in kinds(remake(data, name, Names()))
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(f"附件/{name}", data)
    packed = remake(out.getvalue(), "附件.zip", Names())
    assert "id_number" in kinds(packed)
    assert ID not in str([finding.as_json() for finding in packed.findings]), "the check itself does not spread it"


def test_what_cannot_be_copied_is_refused_with_what_to_do() -> None:
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.txt", bytes(60_000_000))
    for name, data, words in (
        ("旧.doc", b"\xd0\xcf\x11\xe0", "另存为docx"),
        ("坏.docx", b"PK\x03\x04", "损坏"),
        ("炸.zip", bomb.getvalue(), "过大"),
        ("炸.docx", bomb.getvalue(), "损坏"),
    ):
        with pytest.raises(Unreadable, match=words):
            remake(data, name, Names())


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("联系人：王小明", "name"),
        ("村民王小明反映夜间有异味", "name"),
        ("负责人：王小明牵头", "name"),
        ("欧阳明同志到场", "name"),
        ("关于王小明同志的情况", "name"),
        ("１３９ ０００ ０１２３４", "mobile"),
        ("139\u200b-0000-1234", "mobile"),
        ("+86 13900001234", "mobile"),
        ("0711-3456789", "landline"),
        ("a.b@example.cn", "email"),
        ("110105 19491231 002x", "id_number"),
        ("6222 0212 3456 7890 128", "bank_card"),
    ],
)
def test_written_in_whatever_form(words: str, kind: str) -> None:
    assert [finding.kind for finding in findings_in(words, "正文")] == [kind]


@pytest.mark.parametrize(
    "words",
    [
        "牵头单位负责人牵头，责任人为区政府主要领导。",
        "总投资1234567890元，坐标120.123456，编号202411010001。",
        "2024年12月26日至2025年1月9日，监测值0.0823毫克/升",
        "联系人：王某某",
        "请各位先生、有关同志和主要负责同志到场",
        "责任人：高新区管委会主要负责人",
        "村民反映强烈，群众满意率90%",
    ],
)
def test_ordinary_words_are_left_alone(words: str) -> None:
    assert findings_in(words, "正文") == []
