"""PDF files: paragraphs put together, page furniture left out, ruled tables kept."""

import io

from zhenggai.core.reading import Table, read
from zhenggai.core.tests.documents import TABLE, pdf_with_table


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
