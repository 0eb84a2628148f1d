"""PDF files: paragraphs put together, page furniture left out, ruled tables kept."""

import io
from pathlib import Path

import pytest

from zhenggai.core.reading import Table, read
from zhenggai.core.tests.documents import TABLE, pdf_with_table, word_with_long_rows

LONG_ROWS = Path(__file__).parents[2] / "tests" / "data" / "long_rows.pdf"


def texts(document):
    return [block.text for block in document.blocks if not isinstance(block, Table)]


def test_wrapped_lines_become_paragraphs_also_across_pages():
    document = read(pdf_with_table(TABLE, filler=12), "a.pdf")
    words = "为抓好督察反馈问题整改，压实各级各部门责任，确保按期完成任务，结合我市实际制定本方案。" * 3
    assert texts(document) == ["某市生态环境问题整改清单", *[words] * 12]
    assert document.pages is not None
    assert document.pages > 1


def test_page_numbers_are_left_out_and_told():
    document = read(pdf_with_table(TABLE, filler=12), "a.pdf")
    assert {one.text for one in document.dropped if one.rule == "page_number"} >= {"- 1 -", "- 2 -"}


def test_the_page_of_each_block_is_known():
    blocks = read(pdf_with_table(TABLE, filler=12), "a.pdf").blocks
    assert blocks[0].page == 1
    table = next(block for block in blocks if isinstance(block, Table))
    assert table.cells[-1].page == read(pdf_with_table(TABLE, filler=12), "a.pdf").pages


def test_lines_that_fill_a_cell_run_on():
    row = ["1", "部分企业自行监测不规范，数据弄虚作假问题时有发生。", "规范。", "1.检查。\n2.处罚。", "市局", "2024年"]
    table = next(b for b in read(pdf_with_table([TABLE[0], row]), "a.pdf").blocks if isinstance(b, Table))
    assert [cell.text for cell in table.cells[6:]] == row


def rotated_pdf() -> bytes:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(600, 800))
    canvas.setPageRotation(90)
    canvas.rotate(90)
    canvas.setFont("STSong-Light", 12)
    for index, text in enumerate(("整改方案一览", "第一行内容说明。", "第二行内容说明。")):
        canvas.drawString(100, -100 - 30 * index, text)
    canvas.save()
    return buffer.getvalue()


def test_a_page_turned_sideways_is_read_as_shown():
    assert texts(read(rotated_pdf(), "a.pdf")) == ["整改方案一览", "第一行内容说明。", "第二行内容说明。"]


def test_a_watermark_across_the_page_is_left_out_and_told():
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    canvas.setFont("STSong-Light", 12)
    canvas.drawString(90, 600, "整改措施：封堵排口。")
    canvas.translate(100, 300)
    canvas.rotate(45)
    canvas.setFont("STSong-Light", 60)
    canvas.drawString(0, 0, "内部资料")
    canvas.save()
    document = read(buffer.getvalue(), "a.pdf")
    assert texts(document) == ["整改措施：封堵排口。"]
    assert [(one.text, one.rule) for one in document.dropped] == [("内部资料", "watermark")]


def test_rows_that_go_on_over_several_pages_read_as_in_the_word_file():
    """data/long_rows.pdf is that file, printed by LibreOffice: each row fills more than two pages."""
    word, printed = read(word_with_long_rows(), "a.docx"), read(LONG_ROWS.read_bytes(), "a.pdf")
    table, same = (next(b for b in one.blocks if isinstance(b, Table)) for one in (word, printed))
    assert printed.pages is not None
    assert printed.pages > 6
    rows = {cell.text: cell.column for cell in same.cells if cell.column == 1 and cell.text}
    assert list(rows) == ["序号", "1", "2", "3"]
    for column in range(1, 7):
        words, found = (
            "".join("".join(cell.text.split()) for cell in one.cells if cell.column == column) for one in (table, same)
        )
        assert found == words


def narrow_table(cell: str, *, width: float, aligned: int) -> str:
    """What is read of this cell of a table whose columns are so many points wide."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate
    from reportlab.platypus import Table as Drawn

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("cell", fontName="STSong-Light", fontSize=9, leading=12, wordWrap="CJK", alignment=aligned)
    rows = [["序号", "整改措施", "时限"], ["1", cell.replace("\n", "<br/>"), "2024年12月底前"]]
    buffer = io.BytesIO()
    drawn = Drawn(
        [[Paragraph(one, style) for one in row] for row in rows],
        [width] * 3,
        style=[("GRID", (0, 0), (-1, -1), 0.5, "black")],
    )
    SimpleDocTemplate(buffer).build([drawn])
    table = next(block for block in read(buffer.getvalue(), "a.pdf").blocks if isinstance(block, Table))
    assert table.cells[5].text == "2024年12月底前", "nothing of its neighbour"
    return table.cells[4].text


@pytest.mark.parametrize("aligned", [0, 1])
@pytest.mark.parametrize("width", [40, 48, 56, 70])
def test_a_full_stop_that_hangs_over_a_narrow_cell_stays_with_its_line(width: float, aligned: int) -> None:
    words = "新建污水管网12公里，清淤3.5公里，关停企业11家。"
    assert narrow_table(words, width=width, aligned=aligned) == words


@pytest.mark.parametrize("aligned", [0, 1])
def test_lines_with_room_behind_them_stay_apart_in_a_narrow_cell(aligned: int) -> None:
    assert narrow_table("县住建局\n县水利局", width=70, aligned=aligned) == "县住建局\n县水利局"
