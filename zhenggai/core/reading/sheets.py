"""From the cells of a workbook to blocks: title lines as paragraphs, what follows as a table.

Empty rows and columns are left out, so that a sheet formatted to its last row costs nothing.
"""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from zhenggai.core.reading import limits
from zhenggai.core.reading.document import Block, Cell, Document, Paragraph, Remark, Table, tidy
from zhenggai.core.reading.errors import Empty, TooLarge

Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column."""

_UNNAMED = re.compile(r"(?i:sheet|工作表|表)\s*\d*")


@dataclass(slots=True)
class Sheet:
    """The cells of one sheet that hold text, by row and column; which of them are merged, and which are computed."""

    name: str
    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    formulas: set[tuple[int, int]] = field(default_factory=set)

    def put(self, row: int, column: int, text: str) -> None:
        """Enters one cell; blank ones are left out."""
        text = tidy(text).strip()
        if text:
            self.cells[row, column] = text


def document_of(name: str, kind: str, sheets: list[Sheet], hidden: list[str], remarks: tuple[Remark, ...]) -> Document:
    """The document of a workbook; ``hidden`` are the names of sheets out of sight, which were not read."""
    filled = [sheet for sheet in sheets if sheet.cells]
    if not filled:
        raise Empty
    blocks: list[Block] = []
    for sheet in filled:
        found = blocks_of(sheet)
        if len(filled) > 1 and isinstance(found[0], Table) and not _UNNAMED.fullmatch(sheet.name):
            blocks.append(Paragraph(tidy(sheet.name)))  # the only title that this table has
        blocks += found
    if hidden:
        words = "、".join(f"“{tidy(one)}”" for one in hidden[:5])
        remarks = (*remarks, Remark("hidden_sheets", f"有 {len(hidden)} 张隐藏的工作表没有读：{words}。"))
    return Document(name, kind, tuple(blocks), remarks=remarks)


def blocks_of(sheet: Sheet) -> list[Block]:
    """The rows of a sheet: those with one value above the table are its title lines.

    >>> sheet = Sheet("Sheet1", {(1, 1): "整改清单", (3, 1): "序号", (3, 4): "目标", (4, 1): "1", (4, 4): "达标"})
    >>> title, table = blocks_of(sheet)
    >>> title.text, table.width, [cell.text for cell in table.cells]
    ('整改清单', 2, ['序号', '目标', '1', '达标'])
    """
    rows = sorted({row for row, _ in sheet.cells})
    values: dict[int, list[str]] = {row: [] for row in rows}
    for place in sorted(sheet.cells):
        values[place[0]].append(sheet.cells[place])
    titles = 0
    while titles < len(rows) and len(values[rows[titles]]) == 1:
        titles += 1
    blocks: list[Block] = [Paragraph(values[row][0]) for row in rows[:titles]]
    if titles < len(rows):
        blocks.append(_table(sheet, rows[titles:]))
    return blocks


def _table(sheet: Sheet, rows: list[int]) -> Table:
    columns = sorted({column for row, column in sheet.cells if row >= rows[0]})
    if len(rows) * len(columns) > limits.MAX_BLOCKS:
        raise TooLarge
    anchors, covered = _merged(sheet, rows, columns)
    cells = []
    for index, row in enumerate(rows, 1):
        for number, column in enumerate(columns, 1):
            if (index, number) in anchors:
                text, height, width = anchors[index, number]
                cells.append(Cell(text, index, number, height, width))
            elif (index, number) not in covered:
                cells.append(Cell(sheet.cells.get((row, column), ""), index, number))
    return Table(tuple(cells), height=len(rows), width=len(columns))


def _merged(
    sheet: Sheet, rows: list[int], columns: list[int]
) -> tuple[dict[tuple[int, int], tuple[str, int, int]], set[tuple[int, int]]]:
    """Merged cells by where they stand among the rows and columns that are kept, and the places they cover."""
    anchors: dict[tuple[int, int], tuple[str, int, int]] = {}
    covered: set[tuple[int, int]] = set()
    spent = 0
    for top, left, bottom, right in sheet.merges:
        first, last = bisect_left(rows, top), bisect_right(rows, bottom)
        start, end = bisect_left(columns, left), bisect_right(columns, right)
        places = [(row + 1, column + 1) for row in range(first, last) for column in range(start, end)]
        spent += len(places) + 1
        if spent > limits.MAX_BLOCKS:
            raise TooLarge
        if len(places) > 1 and covered.isdisjoint(places):
            anchors[places[0]] = (sheet.cells.get((top, left), ""), last - first, end - start)
            covered.update(places)
    return anchors, covered
