"""The lines and tables of a piece of HTML, as a browser would break them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zhenggai.core.reading import limits
from zhenggai.core.reading.document import Block, Cell, Paragraph, Table
from zhenggai.core.reading.signs import metadata_labels

if TYPE_CHECKING:
    from lxml.etree import _Element

_BLOCK_TAGS = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "body",
        "br",
        "caption",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_SPACE = re.compile(r"[ \t\n\r\f]+")
_LAYOUT_CELL = 400  # characters: a two-column table with such a cell and hardly another is page layout


def text_of(node: _Element, separator: str = "") -> str:
    """All text inside an element, its pieces apart by the separator."""
    return separator.join(map(str, node.itertext()))


class LineCollector:
    """Walks one element; ``blocks`` gives paragraphs and data tables, ``flat_lines`` a table's rows as lines."""

    def __init__(self, root: _Element) -> None:
        self._root = root
        self._blocks: list[Block] = []
        self._pieces: list[str] = []

    def blocks(self) -> list[Block]:
        """Paragraphs and tables in their order, without blank ones."""
        from lxml import etree

        walk = etree.iterwalk(self._root, events=("start", "end"))
        for event, node in walk:
            if event == "end":
                self._leave(node)
            elif node.tag == "table" and (_is_data(node) or self._goes_on(node)):
                self._flush()
                self._add_table(node)
                walk.skip_subtree()
            else:
                self._enter(node)
        self._flush()
        return self._blocks

    def flat_lines(self) -> list[str]:
        """One line a row, cells apart by a tab."""
        rows = list(self._root.iter("tr", "li")) or [self._root]
        lines = ("\t".join(_clean(text_of(cell)) for cell in _row_cells(row)) for row in rows)
        return [line for line in lines if line.strip()]

    def _goes_on(self, node: _Element) -> bool:
        """Whether a table of one row has as many columns as the data table before it: its last row."""
        before = next((block for block in reversed(self._blocks) if isinstance(block, Table)), None)
        rows = list(node.iter("tr"))
        return before is not None and len(rows) == 1 and len(_row_cells(rows[0])) == before.width > 2

    def _enter(self, node: _Element) -> None:
        if node.tag in _BLOCK_TAGS:
            self._flush()
        if node.tag == "li":
            self._pieces.append(_list_number(node))
        self._say(node.text, node)

    def _leave(self, node: _Element) -> None:
        if node.tag in _BLOCK_TAGS:
            self._flush()
        if node is not self._root:
            self._say(node.tail, node.getparent())

    def _say(self, text: str | None, holder: _Element | None) -> None:
        if not text:
            return
        if holder is not None and holder.tag == "pre":
            *lines, last = text.split("\n")
            for line in lines:
                self._pieces.append(line)
                self._flush()
            text = last
        self._pieces.append(_SPACE.sub(" ", text))

    def _flush(self) -> None:
        line = "".join(self._pieces)
        self._pieces = []
        if line.strip():
            self._blocks.append(Paragraph(line.strip(" \t\n")))

    def _add_table(self, node: _Element) -> None:
        if len(metadata_labels(text_of(node, "\n")[:2_000])) >= 3:
            self._blocks += [Paragraph(line, metadata=True) for line in LineCollector(node).flat_lines()]
            return
        table = _table(node)
        if table.cells:
            self._blocks.append(table)


def _clean(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _row_cells(row: _Element) -> list[_Element]:
    return [cell for cell in row if cell.tag in {"td", "th"}] or [row]


def _list_number(node: _Element) -> str:
    """The number a browser shows before an item of an ordered list."""
    parent = node.getparent()
    if parent is None or parent.tag != "ol":
        return ""
    start = parent.get("start") or "1"
    place = sum(1 for _ in node.itersiblings("li", preceding=True))
    return f"{(int(start) if start.isdigit() and len(start) < 6 else 1) + place}."


def _is_data(table: _Element) -> bool:
    """A table of data, as against one that only places things on the page."""
    if table.find(".//table") is not None:
        return False
    rows = [_row_cells(row) for row in table.iter("tr")]
    if len(rows) < 2 or max(map(len, rows)) < 2:
        return False
    lengths = sorted((len(text_of(cell).strip()) for row in rows for cell in row), reverse=True)
    return not (lengths[0] > _LAYOUT_CELL and sum(lengths[1:]) < lengths[0] * 0.2)


def _table(node: _Element) -> Table:
    cells: list[Cell] = []
    taken: set[tuple[int, int]] = set()
    height = width = 0
    for height, row in enumerate(node.iter("tr"), 1):
        column = 1
        for cell in (cell for cell in row if cell.tag in {"td", "th"}):
            while (height, column) in taken:
                column += 1
            rows, columns = _span(cell, "rowspan"), _span(cell, "colspan")
            cells.append(Cell(_cell_text(cell), height, column, rows, columns))
            if rows * columns <= limits.MAX_SPAN:
                taken |= {(height + down, column + across) for down in range(rows) for across in range(columns)}
            column += columns
            width = max(width, column - 1)
    return Table(tuple(cells), height=height, width=width)


def _span(cell: _Element, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    return max(1, min(int(value), limits.MAX_SPAN)) if value.isdecimal() and len(value) < 6 else 1


def _cell_text(cell: _Element) -> str:
    return "\n".join(block.text.strip() for block in LineCollector(cell).blocks() if isinstance(block, Paragraph))
