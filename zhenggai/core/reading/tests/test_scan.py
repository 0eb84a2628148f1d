"""Scans: recognised where that is installed, refused with what to do where it is not."""

import io
from pathlib import Path

import pytest
from PIL import Image

from zhenggai.core.reading import Damaged, NoText, TooLarge, limits, read, scan
from zhenggai.core.tests.documents import OFD, TABLE_GOLD, ofd_page, pdf_with_pictures, zipped
from zhenggai.core.tests.gold import assert_reads

PICTURE = Path(__file__).parents[2] / "tests" / "data" / "scan.jpg"
"""The plan of TABLE, printed and scanned at 200 dots an inch."""

needs_recognition = pytest.mark.skipif(not scan.available(), reason="the extra ocr is not installed")
without_complaints = pytest.mark.filterwarnings("ignore")  # of other people's imports


@needs_recognition
@without_complaints
def test_a_scanned_table_that_leans_is_read_with_a_warning():
    upright = Image.open(PICTURE)
    buffer = io.BytesIO()
    upright.rotate(-1.2, fillcolor=255, expand=True).save(buffer, "PNG")
    gold = {key: value for key, value in TABLE_GOLD.items() if key != "warnings"}
    reading = assert_reads(buffer.getvalue(), "扫描.png", gold)
    first = reading.extraction.warnings[0]
    assert first.code == "recognised"
    assert "第1页" in first.message


@needs_recognition
@without_complaints
def test_pages_that_are_pictures_are_recognised_among_pages_of_text():
    title = Image.open(PICTURE).crop((300, 20, 1354, 130))
    document = read(pdf_with_pictures("整改措施：封堵排口。", title), "混合.pdf")
    assert [(block.text, block.page) for block in document.blocks] == [
        ("整改措施：封堵排口。", 1),
        ("某市生态环境问题整改清单", 2),
    ]


@pytest.fixture
def not_installed(monkeypatch):
    monkeypatch.setattr(scan, "available", lambda: False)


def test_without_recognition_a_picture_is_refused_with_what_to_do(not_installed):
    with pytest.raises(NoText, match=r"ocr"):
        read(PICTURE.read_bytes(), "扫描.jpg")


def test_without_recognition_pages_that_were_not_read_are_named(not_installed):
    document = read(pdf_with_pictures("整改措施：封堵排口。", Image.open(PICTURE)), "混合.pdf")
    assert [block.text for block in document.blocks] == ["整改措施：封堵排口。"]
    assert [remark.code for remark in document.remarks] == ["pages_not_read"]
    assert "第 2 页" in document.remarks[0].message


def test_without_recognition_a_scanned_pdf_is_refused_with_what_to_do(not_installed):
    with pytest.raises(NoText, match="ocr"):
        read(pdf_with_pictures("", Image.open(PICTURE)), "扫描.pdf")


def page_of(*lines, number=1):
    """A page as recognition gives it: (text, sureness of the line, sureness of its worst character)."""
    from zhenggai.core.reading.pages import Page

    doubtful = tuple(text for text, line, worst in lines if scan._is_doubtful(line, [("字", worst, None)]))
    return scan.Recognised(Page(number, 595, 842, [], []), lines[0][1], doubtful)


def test_lines_of_little_confidence_are_flagged_with_their_page():
    pages = [
        page_of(("整改目标：达标。", 0.99, 0.98)),
        page_of(("整改日标：达标。", 0.95, 0.41), ("模糊", 0.7, 0.7), number=2),
    ]
    first, second = scan.remarks(pages)
    assert (first.code, second.code) == ("recognised", "low_confidence")
    assert "第1页 99%、第2页 95%" in first.message
    assert "第2页有 2 行" in second.message
    assert "整改日标" in second.message


@needs_recognition
def test_a_broken_picture_is_refused():
    with pytest.raises(Damaged):
        read(PICTURE.read_bytes()[:200], "扫描.jpg")


@needs_recognition
def test_a_picture_of_more_points_than_the_limit_is_refused_before_it_unfolds(monkeypatch):
    monkeypatch.setattr(limits, "MAX_PIXELS", 1_000)
    with pytest.raises(TooLarge):
        read(PICTURE.read_bytes(), "扫描.jpg")


def test_a_page_of_boundless_size_is_drawn_small(monkeypatch):
    import pypdfium2

    from zhenggai.core.reading.pdf_pages import picture_of

    source = pypdfium2.PdfDocument.new()
    picture = picture_of(source.new_page(14_000, 14_000))
    assert picture.width * picture.height <= scan.MOST_PIXELS * 1.01


@needs_recognition
@without_complaints
@pytest.mark.parametrize(("turned", "quarters"), [(90, 3), (180, 2), (270, 1)])
def test_a_page_that_was_scanned_on_its_side_or_head_is_turned(turned, quarters):
    upright = Image.open(PICTURE).convert("RGB")
    found = scan.recognise(upright.rotate(turned, expand=True), 1)
    assert found.quarters == quarters
    assert found.confidence > 0.9
    assert found.page.lines[0].text == "某市生态环境问题整改清单"
    assert scan.upright(upright.rotate(turned, expand=True), found.quarters, 0).size == upright.size


@needs_recognition
@without_complaints
def test_a_scan_inside_an_ofd_is_read():
    reading = assert_reads(
        ofd_with_scan(PICTURE.read_bytes()),
        "扫描.ofd",
        {key: value for key, value in TABLE_GOLD.items() if key != "warnings"},
    )
    assert reading.extraction.warnings[0].code == "recognised"


def test_without_recognition_a_scan_inside_an_ofd_is_refused_with_what_to_do(not_installed):
    with pytest.raises(NoText, match="ocr"):
        read(ofd_with_scan(PICTURE.read_bytes()), "扫描.ofd")


@needs_recognition
def test_a_picture_inside_an_ofd_that_cannot_be_opened_is_refused():
    with pytest.raises(NoText):
        read(ofd_with_scan(b"\x97JB2\r\n\x1a\n"), "扫描.ofd")


def ofd_with_scan(picture):
    """An .ofd of one page that holds nothing but a picture."""
    page = '<ofd:ImageObject Boundary="0 0 210 90" CTM="210 0 0 90 0 0" ResourceID="7"/>'
    return zipped(
        {
            "OFD.xml": f"<ofd:OFD {OFD}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
            "Doc_0/Document.xml": f"<ofd:Document {OFD}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 100"
            "</ofd:PhysicalBox></ofd:PageArea><ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes></ofd:CommonData>"
            '<ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>',
            "Doc_0/DocumentRes.xml": f'<ofd:Res {OFD} BaseLoc="Res"><ofd:MultiMedias><ofd:MultiMedia ID="7" Type="Image">'
            "<ofd:MediaFile>scan.jpg</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>",
            "Doc_0/Res/scan.jpg": picture,
            "Doc_0/Pages/Page_0/Content.xml": ofd_page(page),
        }
    )
