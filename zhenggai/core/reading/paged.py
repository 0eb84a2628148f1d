"""Documents that come in pages (.pdf, .ofd, scans): lines put together to paragraphs, ruled tables to tables.

A page says where each character stands and which lines are drawn, not what is a paragraph. A line runs on when it
reaches the right margin and the next one is not indented; a table goes on when the next page starts with one of the
same columns. Page numbers and running heads are told by where they stand and that they come back.
"""

from zhenggai.core.reading import limits
from zhenggai.core.reading.document import Block, Document, Dropped, Remark
from zhenggai.core.reading.errors import NoText, TooLarge
from zhenggai.core.reading.page_layout import drop_running_lines, paragraphs
from zhenggai.core.reading.page_tables import PlacedTable, join_tables, placed_tables
from zhenggai.core.reading.pages import Page

_LEAST_TEXT = 8  # characters a document that is not a picture can be expected to hold


def document_of(
    name: str,
    kind: str,
    pages: list[Page],
    titles: tuple[str, ...] = (),
    remarks: tuple[Remark, ...] = (),
) -> Document:
    """The document that the pages make. Raises NoText when they hold next to nothing."""
    if sum(len(line.text.strip()) for page in pages for line in page.lines) < _LEAST_TEXT:
        raise NoText
    dropped = [Dropped(page.watermark, "watermark") for page in pages if page.watermark]
    dropped += drop_running_lines(pages)
    tables, repeated = join_tables([placed_tables(page) for page in pages])
    blocks = tuple(_blocks(pages, tables))
    return Document(name, kind, blocks, titles=titles, dropped=(*dropped, *repeated), remarks=remarks, pages=len(pages))


class Budget:
    """How much all pages together may hold. Raises TooLarge."""

    def __init__(self, pages: int) -> None:
        if pages > limits.MAX_PAGES:
            raise TooLarge
        self._characters = 0

    def spend(self, page: Page) -> Page:
        """The page itself, once its characters are counted."""
        self._characters += sum(len(line.text) for line in page.lines)
        if self._characters > limits.MAX_CHARACTERS:
            raise TooLarge
        return page


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
