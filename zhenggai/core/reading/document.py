"""What a reader returns: the blocks of a document in their order.

Text in a Document uses "\\n" for line breaks and holds no control characters; positions count from 1.
"""

import re
from typing import NamedTuple

_CONTROL = "[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]"
_LINE_ENDS = "\r\n?|\x0b|\x85|\u2028|\u2029"
_UNTIDY = re.compile("[\x00-\x08\x0b\r\x0e-\x1f\x7f\x85\u2028\u2029\ud800-\udfff\ufffe\uffff]")
"""What one of the two takes out. Most texts hold none of it, so only this one is compiled at the start."""


class Paragraph(NamedTuple):
    """One paragraph; where the format knows no paragraphs, a line or several lines.

    ``metadata`` marks what the publishing page says about the document (index number, date of issue).
    """

    text: str
    page: int | None = None
    metadata: bool = False


Box = tuple[float, float, float, float]
"""Left, top, right, bottom, as shares of the page's width and height."""


class Cell(NamedTuple):
    """One table cell, listed once however many ``rows`` and ``columns`` it covers; ``box`` where it was drawn on a page."""

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1
    page: int | None = None
    box: Box | None = None


class Table(NamedTuple):
    """A table of ``height`` rows and ``width`` columns; ``cells`` stand in reading order."""

    cells: tuple[Cell, ...]
    height: int
    width: int


Block = Paragraph | Table


class Dropped(NamedTuple):
    """Text that a reader left out of the blocks, and the rule it left it out by."""

    text: str
    rule: str


class Remark(NamedTuple):
    """Something the reader has to tell: a code for programs, one Chinese sentence for people."""

    code: str
    message: str


class Document(NamedTuple):
    """A file that was read.

    ``kind`` is the format the content has, whatever the name says; ``titles`` are the names that the page or the
    file's properties give the document, best first; headers, footers and footnotes are kept apart from ``blocks``.
    """

    name: str
    kind: str
    blocks: tuple[Block, ...]
    titles: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    remarks: tuple[Remark, ...] = ()
    published: str | None = None  # date of publication that the page carries out of sight
    pages: int | None = None


def tidy(text: str) -> str:
    """Text with one kind of line end and without control characters.

    >>> tidy("整改\\r\\n方案\\x00")
    '整改\\n方案'
    """
    return re.sub(_CONTROL, "", re.sub(_LINE_ENDS, "\n", text)) if _UNTIDY.search(text) else text
