"""PDF files that hold text: lines put together to paragraphs, drawn tables to tables, both across pages.

A page says where each character stands and which lines are drawn, not what is a paragraph. A line runs on when it
reaches the right margin and the next one is not indented; a table goes on when the next page starts with one of the
same columns. Page numbers and running heads are told by where they stand and that they come back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhenggai.core.reading import limits
from zhenggai.core.reading.document import Block, Document, tidy
from zhenggai.core.reading.errors import Damaged, Encrypted, NoText, TooLarge
from zhenggai.core.reading.pdf_layout import drop_running_lines, paragraphs
from zhenggai.core.reading.pdf_lines import Page, read_page
from zhenggai.core.reading.pdf_tables import PlacedTable, join_tables, placed_tables

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

_PASSWORD_NEEDED = 4  # FPDF_ERR_PASSWORD
_LEAST_TEXT = 8  # characters a page that is not a picture can be expected to hold


def read(data: bytes, name: str) -> Document:
    """The document of a PDF. Raises Encrypted, Damaged, TooLarge, or NoText for a scan."""
    import pypdfium2

    try:
        source = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise (Encrypted if error.err_code == _PASSWORD_NEEDED else Damaged) from error
    try:
        pages = _pages(source)
        titles = _titles(source)
    except pypdfium2.PdfiumError as error:
        raise Damaged from error
    finally:
        source.close()
    if sum(len(line.text.strip()) for page in pages for line in page.lines) < _LEAST_TEXT:
        raise NoText
    dropped = drop_running_lines(pages)
    tables, repeated = join_tables([placed_tables(page) for page in pages])
    blocks = tuple(_blocks(pages, tables))
    return Document(name, "pdf", blocks, titles=titles, dropped=(*dropped, *repeated), pages=len(pages))


def _pages(source: PdfDocument) -> list[Page]:
    if len(source) > limits.MAX_PAGES:
        raise TooLarge
    pages = []
    characters = 0
    for number in range(len(source)):
        page = read_page(source[number], number + 1)
        characters += sum(len(line.text) for line in page.lines)
        if characters > limits.MAX_CHARACTERS:
            raise TooLarge
        pages.append(page)
    return pages


def _titles(source: PdfDocument) -> tuple[str, ...]:
    title = tidy(source.get_metadata_value("Title")).strip()
    return (title,) if title else ()


def _blocks(pages: list[Page], tables: list[PlacedTable]) -> list[Block]:
    """Paragraphs and tables in the order of the pages; a joined table stands where it began."""
    blocks: list[Block] = []
    pending: list[tuple[Page, list[int]]] = []
    waiting = sorted(tables, key=lambda table: (table.page, table.top))
    for page in pages:
        start = 0
        for table in [table for table in waiting if table.page == page.number]:
            above = [index for index in range(start, len(page.lines)) if page.lines[index].middle < table.top]
            blocks += paragraphs([*pending, (page, above)])
            pending = []
            blocks.append(table.table)
            start = above[-1] + 1 if above else start
        pending.append((page, list(range(start, len(page.lines)))))
    return blocks + paragraphs(pending)
