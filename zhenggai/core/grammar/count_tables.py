"""Counts of pieces in a small table: a column of names (县区, 污染类型) beside a column of figures (件数)."""

from zhenggai.core.grammar.counts import Entry, Listing, Sort, sort_of
from zhenggai.core.grammar.outline import TableBlock, rows_of
from zhenggai.core.grammar.places import trimmed
from zhenggai.core.reading import CleanText
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
_SUMS = frozenset({"合计", "总计", "小计", "共计", "累计"})
_SORTS: tuple[Sort, ...] = ("region", "type", "verdict", "state")


def table_listing(source: CleanText, block: TableBlock) -> Listing | None:
    """The list of counts that a table is; None where it is another table.

    A row of sums is no entry; a figure that is none (`/`) leaves its row out.
    """
    rows = list(rows_of(block).values())
    header = [fold(source.text[cell.start : cell.end]).strip() for cell in rows[0]] if rows else []
    name = next((index for index, words in enumerate(header) if any(one in words for one in _NAMES)), None)
    over = (index for one in _FIGURES for index, words in enumerate(header) if one in words and index != name)
    figure = next(over, None)
    if name is None or figure is None:
        return None
    entries = []
    for cells in rows[1:]:
        if len(cells) != len(header):
            continue
        words = source.text[cells[name].start : cells[name].end].strip()
        number = source.text[cells[figure].start : cells[figure].end].strip().removesuffix("件")
        if words and words not in _SUMS and number.isdecimal():
            start = source.text.index(words, cells[name].start)
            entries.append(Entry(start, start + len(words), int(number)))
    sorts = {sort_of(source.folded[one.start : one.end]) for one in entries}
    if len(sorts) != 1 or not sorts <= set(_SORTS):
        return None
    return Listing(sorts.pop(), tuple(entries), (block.start, block.end))


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
