"""The same content as Word, HTML, PDF, CSV and Excel files: a line a paragraph, a table a table with its merged cells."""

import csv
import html
import io
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

from lxml import html as parsed_html


class Cell(NamedTuple):
    """A table cell: its words, where it stands, and how many rows and columns it takes."""

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1


class Grid(NamedTuple):
    """A table of so many rows and columns."""

    cells: list[Cell]
    height: int
    width: int


Block = str | Grid
_WRAPPED_AT = 38  # characters


def blocks(text: str) -> Iterator[Block]:
    """The lines and tables of a sample; blank lines are left out."""
    return _blocks_of_page(text) if text.startswith("<!DOCTYPE html>") else _blocks_of_lines(text)


def _blocks_of_lines(text: str) -> Iterator[Block]:
    rows: list[list[str]] = []
    for line in [*text.split("\n"), ""]:
        if line.startswith("|"):
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if not all(set(cell) <= set("-: ") for cell in cells):
                rows.append(cells)
            continue
        if rows:
            placed = [Cell(one, row, column) for row, cells in enumerate(rows) for column, one in enumerate(cells)]
            yield Grid(placed, len(rows), len(rows[0]))
            rows = []
        if line.strip():
            yield line


def _blocks_of_page(text: str) -> Iterator[Block]:
    for element in parsed_html.fromstring(text.encode()).iter("p", "table"):
        if element.tag == "table":
            yield _grid(element)
        elif not any(True for _ in element.iterancestors("table")):
            yield element.text_content()


def _grid(table: parsed_html.HtmlElement) -> Grid:
    taken: set[tuple[int, int]] = set()
    cells = []
    for row, line in enumerate(table.iter("tr")):
        column = 0
        for one in line.iter("td"):
            while (row, column) in taken:
                column += 1
            rows, columns = int(one.get("rowspan", 1)), int(one.get("colspan", 1))
            taken |= {(row + down, column + right) for down in range(rows) for right in range(columns)}
            words = "\n".join(one.itertext())
            cells.append(Cell(words, row, column, rows, columns))
    return Grid(cells, 1 + max(row for row, _ in taken), 1 + max(column for _, column in taken))


@cache
def _empty_word() -> dict[str, bytes]:
    """The parts of an empty Word file; a document of its own is written into them, many times faster than cell by cell."""
    from docx import Document

    buffer = io.BytesIO()
    Document().save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def as_docx(text: str) -> bytes:
    parts = _empty_word()
    empty = parts["word/document.xml"].decode()
    start, end = empty.index("<w:body>") + len("<w:body>"), empty.index("<w:sectPr")
    body = "".join(_word_paragraph(one.strip()) if isinstance(one, str) else _word_table(one) for one in blocks(text))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, empty[:start] + body + empty[end:] if name == "word/document.xml" else content)
    return buffer.getvalue()


def _word_paragraph(text: str) -> str:
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{html.escape(line)}</w:t>' for line in text.split("\n"))
    return f"<w:p><w:r>{lines}</w:r></w:p>"


def _word_table(grid: Grid) -> str:
    """A table whose merged cells are said as Word says them: columns by a span, rows by cells that go on."""
    rows: list[dict[int, str]] = [{} for _ in range(grid.height)]
    for cell in grid.cells:
        span = f'<w:gridSpan w:val="{cell.columns}"/>' if cell.columns > 1 else ""
        for down in range(cell.rows):
            merged = "" if cell.rows == 1 else '<w:vMerge w:val="restart"/>' if down == 0 else "<w:vMerge/>"
            words = _word_paragraph(cell.text if down == 0 else "")
            rows[cell.row + down][cell.column] = f"<w:tc><w:tcPr>{span}{merged}</w:tcPr>{words}</w:tc>"
    lines = "".join(f"<w:tr>{''.join(row[column] for column in sorted(row))}</w:tr>" for row in rows)
    return f"<w:tbl><w:tblPr/><w:tblGrid>{'<w:gridCol/>' * grid.width}</w:tblGrid>{lines}</w:tbl>"


def as_html(text: str) -> bytes:
    parts = []
    for block in blocks(text):
        if isinstance(block, str):
            parts.append(f"<p>{html.escape(block)}</p>")
            continue
        rows: list[list[str]] = [[] for _ in range(block.height)]
        for cell in block.cells:
            words = html.escape(cell.text).replace("\n", "<br>")
            rows[cell.row].append(f'<td rowspan="{cell.rows}" colspan="{cell.columns}">{words}</td>')
        parts.append(f"<table>{''.join(f'<tr>{chr(10).join(row)}</tr>' for row in rows)}</table>")
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
    from reportlab.platypus import SimpleDocTemplate

    body, cell = _styles()
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer).build(_flow(text, body, body, cell))
    return buffer.getvalue()


def as_official_pdf(text: str) -> bytes:
    """As offices set it (GB/T 9704): the first line a centred title in larger letters, 16 points, a number on each page."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import SimpleDocTemplate

    body, cell = _styles()
    text_style = ParagraphStyle("text", parent=body, fontSize=16, leading=28, firstLineIndent=32)
    title = ParagraphStyle("title", parent=text_style, fontSize=22, leading=34, alignment=1, firstLineIndent=0)

    def number_page(canvas: object, document: object) -> None:
        canvas.setFont("STSong-Light", 14)  # type: ignore[attr-defined]
        canvas.drawCentredString(297, 60, f"— {document.page} —")  # type: ignore[attr-defined]

    buffer = io.BytesIO()
    page = SimpleDocTemplate(buffer, leftMargin=73, rightMargin=68, topMargin=99, bottomMargin=93)
    page.build(_flow(text, title, text_style, cell), onFirstPage=number_page, onLaterPages=number_page)
    return buffer.getvalue()


def _flow(text: str, first: object, body: object, style: object) -> list[object]:
    """The blocks as what reportlab lays out, the first of them in a style of its own."""
    from reportlab.platypus import Paragraph, Table

    flow: list[object] = []
    for block in blocks(text):
        if isinstance(block, str):
            flow.append(Paragraph(html.escape(block.strip()), body if flow else first))
            continue
        rows: list[list[object]] = [[""] * block.width for _ in range(block.height)]
        looks: list[tuple[object, ...]] = [
            ("GRID", (0, 0), (-1, -1), 0.5, "black"),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
        for cell in block.cells:
            rows[cell.row][cell.column] = Paragraph(html.escape(cell.text).replace("\n", "<br/>"), style)
            if cell.rows > 1 or cell.columns > 1:
                end = (cell.column + cell.columns - 1, cell.row + cell.rows - 1)
                looks.append(("SPAN", (cell.column, cell.row), end))
        flow.append(Table(rows, colWidths=[460 / block.width] * block.width, style=looks))
    return flow


def as_wrapped_text(text: str) -> bytes:
    """Text that a program broke at 38 characters, its paragraphs indented."""
    lines = []
    for number, line in enumerate(text.split("\n")):
        words = f"{'　　' if number and line.strip() else ''}{line.strip()}"
        lines += [words[start : start + _WRAPPED_AT] for start in range(0, len(words), _WRAPPED_AT)]
    return "\n".join(lines).encode()


def _sheet(text: str) -> Grid:
    """All blocks below each other on one sheet."""
    cells: list[Cell] = []
    height = width = 0
    for block in blocks(text):
        grid = block if isinstance(block, Grid) else Grid([Cell(block, 0, 0)], 1, 1)
        cells += [cell._replace(row=cell.row + height) for cell in grid.cells]
        height += grid.height
        width = max(width, grid.width)
    return Grid(cells, height, width)


def as_csv(text: str) -> bytes:
    """Merged cells keep their words in the first cell, as office programs save them."""
    sheet = _sheet(text)
    rows = [[""] * sheet.width for _ in range(sheet.height)]
    for cell in sheet.cells:
        rows[cell.row][cell.column] = cell.text
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode("utf-8-sig")


def as_xlsx(text: str) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    for cell in _sheet(text).cells:
        if cell.rows > 1 or cell.columns > 1:
            end = (cell.row + cell.rows - 1, cell.column + cell.columns - 1)
            sheet.merge_range(cell.row, cell.column, *end, cell.text)
        else:
            sheet.write_string(cell.row, cell.column, cell.text)
    book.close()
    return buffer.getvalue()


RENDERINGS: dict[str, Callable[[str], bytes]] = {
    "docx": as_docx,
    "html": as_html,
    "pdf": as_pdf,
    "official.pdf": as_official_pdf,
    "wrapped.txt": as_wrapped_text,
    "csv": as_csv,
    "xlsx": as_xlsx,
}
