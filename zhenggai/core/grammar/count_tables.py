"""Counts of pieces in a small table: a column of names (县区, 污染类型) beside a column of figures (件数)."""

from collections.abc import Iterator

from zhenggai.core.grammar.counts import Entry, Listing, Sort, sort_of
from zhenggai.core.grammar.outline import TableBlock, rows_of
from zhenggai.core.grammar.places import trimmed
from zhenggai.core.reading import CleanText, Region
from zhenggai.core.reading.folding import fold

_NAMES = (
    "县区",
    "区县",
    "地区",
    "区域",
    "单位",
    "市州",
    "市县",
    "县市",
    "类型",
    "类别",
    "行政区",
    "属地",
    "要素",
    "属实",
    "办结",
)
_FIGURES = ("本批", "件数", "数量", "交办", "转办", "信访件", "举报件", "合计", "小计", "总数", "总计")
"""What stands over a column of figures, the one that counts first."""
_LONGEST_NAME = 16  # characters of a column's name
_SUMS = frozenset({"合计", "总计", "小计", "共计", "累计"})
_SORTS: tuple[Sort, ...] = ("region", "type", "verdict", "state")


def table_listings(source: CleanText, block: TableBlock) -> Iterator[Listing]:
    """The lists of counts in a table: one, or on a sheet several below each other, each under its own column names."""
    rows = [[one for one in row if source.text[one.start : one.end].strip()] for row in rows_of(block).values()]
    columns = [_columns_of(source, row) for row in rows]
    starts = [index for index, found in enumerate(columns) if found]
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=False):
        found = columns[start]
        listing = _listing(source, rows[start:end], *found) if found else None
        if listing:
            yield listing


def _columns_of(source: CleanText, row: list[Region]) -> tuple[int, int] | None:
    """Which cells of a row of column names stand over the names and over the figures."""
    header = [fold(source.text[cell.start : cell.end]).strip() for cell in row]
    if any(len(words) > _LONGEST_NAME for words in header):
        return None
    name = next((index for index, words in enumerate(header) if any(one in words for one in _NAMES)), None)
    over = (index for one in _FIGURES for index, words in enumerate(header) if one in words and index != name)
    figure = next(over, None)
    return None if name is None or figure is None else (name, figure)


def _listing(source: CleanText, rows: list[list[Region]], name: int, figure: int) -> Listing | None:
    """The list under a row of column names; None where it lists something else.

    A row of sums is no entry; a figure that is none (`/`) leaves its row out.
    """
    entries = []
    last = rows[0][-1].end
    for cells in rows[1:]:
        if len(cells) != len(rows[0]):
            continue
        words = source.text[cells[name].start : cells[name].end].strip()
        number = source.text[cells[figure].start : cells[figure].end].strip().removesuffix("件")
        if words and words not in _SUMS and number.isdecimal():
            start = source.text.index(words, cells[name].start)
            entries.append(Entry(start, start + len(words), int(number)))
            last = cells[-1].end
    sorts = {sort_of(source.folded[one.start : one.end]) for one in entries}
    if len(sorts) != 1 or not sorts <= set(_SORTS):
        return None
    return Listing(sorts.pop(), tuple(entries), (rows[0][0].start, last))


def type_listing(source: CleanText, block: TableBlock) -> Listing | None:
    """The counts by type of a table with a column for each type and a row of sums; None where it is another table."""
    rows = list(rows_of(block).values())
    sums = next((cells for cells in rows[1:] if source.text[cells[0].start : cells[0].end].strip() in _SUMS), None)
    if sums is None or len(sums) != len(rows[0]):
        return None
    entries = []
    for head, total in zip(rows[0][1:], sums[1:], strict=True):
        number = source.text[total.start : total.end].strip().removesuffix("件")
        start, end = trimmed(source.text, (head.start, head.end))
        if number.isdecimal() and start < end and sort_of(source.folded[start:end]) == "type":
            entries.append(Entry(start, end, int(number)))
    return Listing("type", tuple(entries), (block.start, block.end)) if len(entries) > 1 else None
