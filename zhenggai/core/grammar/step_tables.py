"""Timetables set out as tables: 时间节点 | 工作内容 | 责任单位. A table that numbers its rows or names problems or goals lists tasks."""

from collections.abc import Iterator

from zhenggai.core.grammar.dates import find_dates
from zhenggai.core.grammar.labels import column_field
from zhenggai.core.grammar.objects import Step
from zhenggai.core.grammar.outline import TableBlock, rows_of
from zhenggai.core.grammar.places import Span, place_of, trimmed
from zhenggai.core.reading import CleanText
from zhenggai.core.reading.folding import fold

_TIMES = ("时间", "时限", "日期", "进度", "节点")
_TEXTS = (
    "工作内容",
    "工作任务",
    "主要工作",
    "工作安排",
    "重点工作",
    "主要任务",
    "具体工作",
    "工作事项",
    "内容",
    "事项",
    "任务",
    "主要内容",
    "重点任务",
)
_LISTS_TASKS = frozenset({"serial", "issue", "goal"})
_HEADER_WITHIN = 3

Columns = dict[str, int]


def timetable_columns(source: CleanText, block: TableBlock) -> tuple[Columns, int] | None:
    """The columns of a timetable by what they hold, and the row of their names; None for any other table."""
    for row in range(1, _HEADER_WITHIN + 1):
        names = {
            region.column or 0: "".join(fold(source.text[region.start : region.end]).split())
            for region in block.regions
            if region.row == row
        }
        fields = {column: column_field(name) for column, name in names.items()}
        times = [column for column, name in names.items() if name.endswith(_TIMES) and len(name) <= 8]
        texts = [column for column, name in names.items() if name in _TEXTS]
        if times and texts and not any(fields[column] in _LISTS_TASKS for column in names if column not in texts):
            units = [column for column, field in fields.items() if field and field.endswith("_units")]
            return {"time": times[0], "text": texts[0], "who": units[0] if units else -1}, row
    return None


def steps_of_table(source: CleanText, block: TableBlock, year: int | None) -> Iterator[Step]:
    """The steps of a timetable, a row each; a cell over several rows counts for all of them."""
    found = timetable_columns(source, block)
    if found is None:
        return
    columns, header = found
    cells: dict[int, tuple[Span, int]] = {}  # by column: the last cell and the row it reaches to
    for row, regions in rows_of(block).items():
        for region in regions:
            span = trimmed(source.text, (region.start, region.end))
            cells[region.column or 0] = span, row + region.rows - 1
        if row <= header:
            continue
        text, when, who = (_reaching(cells.get(columns[name]), row) for name in ("text", "time", "who"))
        if text[0] < text[1]:
            points = [point for point in find_dates(source.text[slice(*when)], year) if point.due]
            due = points[-1].due if points else None
            yield Step(
                text=source.text[slice(*text)],
                who=source.text[slice(*who)] or None,
                due=due.isoformat() if due else None,
                place=place_of(source, text),
            )


def _reaching(cell: tuple[Span, int] | None, row: int) -> Span:
    """The words of a cell that covers this row."""
    return cell[0] if cell and cell[1] >= row else (0, 0)
