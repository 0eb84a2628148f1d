"""The same content as Word, HTML, PDF, CSV and Excel files: a line a paragraph, a Markdown table a table."""

import csv
import html
import io
from collections.abc import Callable, Iterator
from functools import cache

Rows = list[list[str]]
Block = str | Rows


def blocks(text: str) -> Iterator[Block]:
    """The lines and tables of a sample; blank lines are left out."""
    rows: Rows = []
    for line in [*text.split("\n"), ""]:
        if line.startswith("|"):
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if not all(set(cell) <= set("-: ") for cell in cells):
                rows.append(cells)
            continue
        if rows:
            yield rows
            rows = []
        if line.strip():
            yield line


def as_docx(text: str) -> bytes:
    from docx import Document

    word = Document()
    for block in blocks(text):
        if isinstance(block, str):
            word.add_paragraph(block.strip())
            continue
        table = word.add_table(len(block), len(block[0]))
        for row, cells in enumerate(block):
            for column, cell in enumerate(cells):
                table.cell(row, column).text = cell
    buffer = io.BytesIO()
    word.save(buffer)
    return buffer.getvalue()


def as_html(text: str) -> bytes:
    parts = []
    for block in blocks(text):
        if isinstance(block, str):
            parts.append(f"<p>{html.escape(block)}</p>")
        else:
            rows = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in block)
            parts.append(f"<table>{rows}</table>")
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'></head><body>{''.join(parts)}</body></html>".encode()


@cache
def _styles() -> tuple[object, object]:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    body = ParagraphStyle("body", fontName="STSong-Light", fontSize=12, leading=18, firstLineIndent=24, wordWrap="CJK")
    return body, ParagraphStyle("cell", parent=body, fontSize=9, leading=12, firstLineIndent=0)


def as_pdf(text: str) -> bytes:
    from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table

    body, cell = _styles()
    flow: list[Flowable] = []
    for block in blocks(text):
        if isinstance(block, str):
            flow.append(Paragraph(html.escape(block.strip()), body))
        else:
            cells = [[Paragraph(html.escape(one), cell) for one in row] for row in block]
            widths = [460 / len(block[0])] * len(block[0])
            flow.append(Table(cells, colWidths=widths, style=[("GRID", (0, 0), (-1, -1), 0.5, "black")]))
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer).build(flow)
    return buffer.getvalue()


def _sheet(text: str) -> Rows:
    return [row for block in blocks(text) for row in (block if isinstance(block, list) else [[block]])]


def as_csv(text: str) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(_sheet(text))
    return buffer.getvalue().encode("utf-8-sig")


def as_xlsx(text: str) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    for row, cells in enumerate(_sheet(text)):
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, cell)
    book.close()
    return buffer.getvalue()


RENDERINGS: dict[str, Callable[[str], bytes]] = {
    "docx": as_docx,
    "html": as_html,
    "pdf": as_pdf,
    "csv": as_csv,
    "xlsx": as_xlsx,
}
