"""Tasks in tables: a row a task under a row of column names, or one table a task with a label beside each value."""

import re
from itertools import pairwise
from typing import NamedTuple

from zhenggai.core.grammar.dates import find_dates
from zhenggai.core.grammar.label_words import PERSON_FIELDS, UNIT_FIELDS
from zhenggai.core.grammar.labels import column_field
from zhenggai.core.grammar.numbering import opening_marker
from zhenggai.core.grammar.outline import Outline, TableBlock, rows_of
from zhenggai.core.grammar.places import Span, trimmed
from zhenggai.core.grammar.progress import is_status
from zhenggai.core.grammar.table_cells import CellReader
from zhenggai.core.grammar.task_values import TaskValues
from zhenggai.core.grammar.unit_lists import looks_like_units
from zhenggai.core.reading import Region
from zhenggai.core.reading.folding import fold

_HEADER_WITHIN = 4  # rows in which the column names are looked for
_LONGEST_WIDE = 6
_LEAST_COLUMNS = 2
_LEAST_ROWS = 3  # labels of a table that has a column for each task
_LEAST_WIDTH = 4  # columns of a table in which a row of two cells is a heading
_HAN_NUMBER = re.compile(r"\(?[一二三四五六七八九十]{1,3}\)?`?")
_LONGEST_BESIDE = 40  # characters of a cell that gives a measure its limit or units
_ANY_YEAR = 2000
_TO_THE_END = 1_000_000  # rows
_OF_TASK = re.compile("任务|问题|整改|清单")
_TICK = re.compile(r"[√✓✔☑■●◆○★Vv]|是")
_SHARED = frozenset({"category", "deadline", *UNIT_FIELDS, *PERSON_FIELDS})
"""Fields whose cell may be merged over several tasks."""


class Columns(NamedTuple):
    """What each column of a table holds, the row after which tasks begin, and the columns that are a state to be ticked."""

    fields: dict[int, str]
    header_end: int
    width: int
    states: dict[int, Region]


class TableReader(CellReader):
    """Reads the tables of one document in order; a table without column names may go on with those before it."""

    def __init__(self, outline: Outline) -> None:
        super().__init__(outline)
        self._columns: Columns | None = None
        self._open: TaskValues | None = None

    def tasks(self, block: TableBlock, headings: list[Span]) -> list[TaskValues]:
        """The tasks of a table; ``headings`` are those above it."""
        columns = self._columns_of(block)
        if columns is None and self._columns and _width(block) == self._columns.width and not self._pairs(block):
            columns = self._columns._replace(header_end=0)
        if columns is not None:
            self._columns = columns
            return self._rows(block, columns, headings)
        return self._a_column_each(block, headings) or self._label_value(block, headings)

    # rows under column names

    def _columns_of(self, block: TableBlock) -> Columns | None:
        """The columns by the first row that names at least two of them; a second row may split one of its cells."""
        for row in range(1, _HEADER_WITHIN + 1):
            cells = [region for region in block.regions if region.row == row]
            above = self._under_wide([region for region in block.regions if region.row == row - 1])
            fields = {cell.column or 0: self._name(cell, above) for cell in cells}
            known = {column: name for column, name in fields.items() if name}
            if (
                len(set(known.values())) >= _LEAST_COLUMNS
                and len(known) >= 0.6 * self._filled(cells)
                and len(cells) > 2
                and not self._is_form(block, row, known)
            ):
                last = max(row + cell.rows - 1 for cell in cells)
                for cell in (region for region in block.regions if row < (region.row or 0) <= last):
                    below = column_field(self._text(cell))
                    if below:
                        known[cell.column or 0] = below
                        last = max(last, (cell.row or 0) + cell.rows - 1)
                last = self._with_lower_names(block, cells, known, last)
                names = (cell for cell in block.regions if row <= (cell.row or 0) <= last)
                states = {cell.column or 0: cell for cell in names if is_status(self._text(cell))}
                return Columns(self._told_apart(block, row, known), last, _width(block), states)
        return None

    def _is_form(self, block: TableBlock, row: int, known: dict[int, str]) -> bool:
        """Whether other labels stand in the column of the first of these: a label beside each value, no column names."""
        first = min(known)
        others = [one for one in block.regions if one.column == first and one.row != row]
        labels = {name for one in others if (name := self._label_field(one))} - {known[first]}
        return len(labels) >= _LEAST_COLUMNS

    def _with_lower_names(self, block: TableBlock, above: list[Region], known: dict[int, str], last: int) -> int:
        """The last row of names, where the row below only splits wide names and the others were not merged with it."""
        wide = self._under_wide(above)
        below = [one for one in block.regions if one.row == last + 1 and self._text(one).strip()]
        names = {one.column or 0: column_field(self._text(one)) for one in below}
        told = sum(
            name is not None or is_status(self._text(one)) for name, one in zip(names.values(), below, strict=True)
        )
        if not told or not wide.keys() >= names.keys() or told < len(names):
            return last
        known.update({column: name for column, name in names.items() if name})
        return last + 1

    def _name(self, cell: Region, above: dict[int, str]) -> str | None:
        """The field that a column's name says, by itself or behind the short name that covers it: 任务 over 内容."""
        text, wide = self._text(cell).strip(), above.get(cell.column or 0, "")
        return column_field(text) or (column_field(wide + text) if text and 0 < len(wide) <= _LONGEST_WIDE else None)

    def _under_wide(self, row: list[Region]) -> dict[int, str]:
        """The columns under names that cover several, with these: merged, or with empty cells behind them where the file
        keeps no merges."""
        wide = {column: self._text(cell).strip() for cell in row if cell.columns > 1 for column in _columns_under(cell)}
        name = ""
        for cell, following in pairwise(row):
            name = self._text(cell).strip() or name
            if not self._text(following).strip():
                wide |= {column or 0: name for column in (cell.column, following.column)}
        return wide

    def _filled(self, cells: list[Region]) -> int:
        return sum(1 for cell in cells if self._text(cell).strip())

    def _told_apart(self, block: TableBlock, row: int, known: dict[int, str]) -> dict[int, str]:
        """Columns of one field told apart: beside 任务编号 the 序号 only counts rows; 重点任务 beside 工作内容 says what about."""
        words = {cell.column or 0: fold(self._text(cell)) for cell in block.regions if cell.row == row}
        of_task = [
            column for column, name in known.items() if name == "serial" and _OF_TASK.search(words.get(column, ""))
        ]
        measures = [column for column, name in known.items() if name == "measures"]
        told = dict(known)
        issues = [column for column, name in known.items() if name == "issue"]
        if len(issues) > 1 and not measures and "问题" in words.get(issues[0], ""):  # 问题 beside 整改任务
            told |= {column: "measures" for column in issues[1:] if "任务" in words.get(column, "")}
        for column, name in known.items():
            if name == "serial" and of_task and column != of_task[0]:
                told[column] = "other"
            if name == "measures" and len(measures) > 1 and words.get(column, "").strip().endswith("任务"):
                told[column] = "issue"
        return told

    def _rows(self, block: TableBlock, columns: Columns, headings: list[Span]) -> list[TaskValues]:
        found: list[TaskValues] = []
        above: list[Span] = []
        tall: list[Region] = []
        keeps_merges = any(cell.rows > 1 for cell in block.regions)
        for row, cells in rows_of(block).items():
            filled = [cell for cell in cells if self._text(cell).strip()]
            if row <= columns.header_end or not filled:
                continue
            tall = [cell for cell in tall if (cell.row or 0) + cell.rows > row]
            if self._is_heading(filled, columns):
                above = self._nested(above, filled[0])
            elif self._is_numbered_heading(filled, columns):
                above = [self._span(filled[1])]
            elif not self._repeats_header(filled, columns):
                self._add_row(found, filled, tall, columns, [*headings, *above])
            tall += [cell for cell in filled if cell.rows > 1]
            if not keeps_merges:
                tall = self._last_category(filled, columns) or tall
        return found

    def _last_category(self, filled: list[Region], columns: Columns) -> list[Region]:
        """The category in front of a row: where a file keeps no merges, empty cells below it say the same."""
        first = filled[0]
        return [first._replace(rows=_TO_THE_END)] if columns.fields.get(first.column or 0) == "category" else []

    def _is_heading(self, filled: list[Region], columns: Columns) -> bool:
        """A row with one cell over most columns: `一、大气污染防治`."""
        wide = filled[0].columns >= max(2, columns.width - 1)
        return len(filled) == 1 and (
            wide
            or (
                columns.width > 2
                and opening_marker(self._outline.folded, filled[0].start, filled[0].end) is not None
                and filled[0].rows == 1
                and columns.fields.get(filled[0].column or 0) in {None, "serial", "category"}
            )
        )

    def _is_numbered_heading(self, filled: list[Region], columns: Columns) -> bool:
        """A row with a Chinese number in the column of serial numbers and one cell behind it: `一 | 大气方面`."""
        if len(filled) != 2 or columns.width < _LEAST_WIDTH or columns.fields.get(filled[0].column or 0) != "serial":
            return False
        return _HAN_NUMBER.fullmatch(fold(self._text(filled[0])).strip()) is not None and filled[0].rows == 1

    def _nested(self, above: list[Span], cell: Region) -> list[Span]:
        """The headings above the next rows: this one, under those of an outer number."""
        marker = opening_marker(self._outline.folded, cell.start, cell.end)
        span = (marker.end if marker else cell.start, cell.end)
        outer = []
        for one in above:
            other = opening_marker(self._outline.folded, self._outline.folded.rfind("\n", 0, one[0]) + 1, one[1])
            if marker and other and other.rank < marker.rank:
                outer.append(one)
        return [*outer, span]

    def _repeats_header(self, filled: list[Region], columns: Columns) -> bool:
        names = [columns.fields.get(cell.column or 0) for cell in filled]
        return len(filled) > 2 and all(
            name and column_field(self._text(cell)) == name for name, cell in zip(names, filled, strict=True)
        )

    def _add_row(
        self, found: list[TaskValues], filled: list[Region], tall: list[Region], columns: Columns, headings: list[Span]
    ) -> None:
        """One row: a new task, or more of the last; ``tall`` are the cells above that reach into this row."""
        by_field = self._by_field(filled, columns)
        if not by_field or (by_field.keys() == {"category"} and found):
            return
        opens = "serial" in by_field or "issue" in by_field
        if (opens and not self._same_task(found, by_field)) or not found:
            start, end = filled[0].start, filled[-1].end
            found.append(TaskValues((start, end), category=headings))
            shared = self._by_field(tall, columns)
            by_field = {name: cells for name, cells in shared.items() if name in _SHARED} | by_field
        else:
            found[-1].span = (found[-1].span[0], max(found[-1].span[1], filled[-1].end))
        self._fill(found[-1], by_field)

    def _by_field(self, cells: list[Region], columns: Columns) -> dict[str, list[Region]]:
        """Cells by field; beside a column that tells the progress, one that only gives its state is the status."""
        by_field: dict[str, list[Region]] = {}
        for cell in cells:
            name = columns.fields.get(cell.column or 0)
            state = columns.states.get(cell.column or 0)
            if state and _TICK.fullmatch(self._text(cell).strip()):
                by_field.setdefault("status", []).append(state)
            elif name and name != "other":
                by_field.setdefault(name, []).append(cell)
        told = by_field.get("progress", [])
        states = [cell for cell in told if is_status(self._text(cell))]
        if states and len(states) < len(told) and "status" not in by_field:
            by_field["progress"] = [cell for cell in told if cell not in states]
            by_field["status"] = states
        return by_field

    def _same_task(self, found: list[TaskValues], by_field: dict[str, list[Region]]) -> bool:
        """A row without its own serial whose issue only goes on belongs to the task above."""
        return bool(found) and "serial" not in by_field and "serial" in found[-1].fields and "measures" not in by_field

    # a column a task

    def _a_column_each(self, block: TableBlock, headings: list[Span]) -> list[TaskValues]:
        """The tasks of a table with the labels in its first column and a task in each of the others."""
        cells = {(one.row or 0, one.column or 0): one for one in block.regions if self._text(one).strip()}
        names = {row: name for (row, column), one in cells.items() if column == 1 and (name := self._label_field(one))}
        others = sorted({column for _, column in cells} - {1})
        if len(set(names.values())) < _LEAST_ROWS or len(others) < 2 or not {"serial", "issue"} & set(names.values()):
            return []
        if any(self._label_field(one) for (row, column), one in cells.items() if column > 1 and row in names):
            return []
        found = []
        for column in others:
            own = {names[row]: [one] for (row, at), one in sorted(cells.items()) if at == column and row in names}
            if 2 * len(own) < len(names):
                return []
            first, *_, last = [cells[at] for at in sorted(cells) if at[1] == column and at[0] in names]
            values = TaskValues((first.start, last.end), category=headings)
            self._fill(values, {name: one for name, one in own.items() if name != "other"})
            found.append(values)
        return found

    # label beside value

    def _pairs(self, block: TableBlock) -> list[tuple[str, Region, Region]]:
        """(field, label cell, value cell) for each label and the cell to its right, also where it covers several rows."""
        found = []
        by_column: dict[int, Region] = {}  # end of a cell's columns -> the last cell that ends there
        for cell in block.regions:
            row, column = cell.row or 0, cell.column or 0
            label = by_column.get(column)
            if label is not None and (label.row or 0) <= row < (label.row or 0) + label.rows:
                name = self._label_field(label)
                if name and not self._label_field(cell):
                    found.append((name, label, cell))
            by_column[column + cell.columns] = cell
        return found

    def _label_value(self, block: TableBlock, headings: list[Span]) -> list[TaskValues]:
        """One task a table, or several one below the other when the labels start over."""
        found: list[TaskValues] = []
        seen: set[str] = set()
        last: Region | None = None
        for name, label, value in self._pairs(block):
            if not found or (name in seen and label is not last and name in {"serial", "issue", "goal", "measures"}):
                found.append(TaskValues((label.start, value.end), category=headings))
                seen = set()
            seen.add(name)
            last = label
            values = found[-1]
            values.span = (values.span[0], max(values.span[1], value.end))
            if name == "measures":
                self._fill_measure(values, block, value)
            elif name != "other":
                self._fill(values, {name: [value]})
        self._number_from_heading(found, block, headings)
        return found if len(seen) >= _LEAST_COLUMNS else []

    def _fill_measure(self, values: TaskValues, block: TableBlock, cell: Region) -> None:
        """The measures of a cell, with the limit or the units that a cell behind it gives without a label."""
        before = len(values.measures)
        self._fill(values, {"measures": [cell]})
        ends = (cell.column or 0) + cell.columns
        beside = next((one for one in block.regions if one.row == cell.row and one.column == ends), None)
        words = self._text(beside).strip() if beside else ""
        if beside is None or not words or len(words) > _LONGEST_BESIDE or self._label_field(beside):
            return
        span = (self._span(beside),)
        for index in range(before, len(values.measures)):
            one = values.measures[index]
            if looks_like_units(words):
                values.measures[index] = one._replace(units=one.units or span)
            elif find_dates(words, _ANY_YEAR):
                values.measures[index] = one._replace(deadlines=one.deadlines or span)

    def _number_from_heading(self, found: list[TaskValues], block: TableBlock, headings: list[Span]) -> None:
        """The number of a task whose table has none: of a title row (`任务一`) or of the heading above the table."""
        if len(found) != 1 or "serial" in found[0].fields:
            return
        first = block.regions[0]
        marker = opening_marker(self._outline.folded, first.start, first.end)
        if marker and self._label_field(first) is None:
            found[0].serial = marker.number
            return
        if headings:
            line = self._outline.folded.rfind("\n", 0, headings[-1][0]) + 1
            above = opening_marker(self._outline.folded, line, headings[-1][1])
            if above and not self._outline.folded[headings[-1][1] : block.start].strip():
                found[0].serial = above.number
                found[0].category = found[0].category[:-1]
                heading = trimmed(self._outline.source.text, headings[-1])
                found[0].heading = heading if heading[0] < heading[1] else None


def _columns_under(cell: Region) -> range:
    return range(cell.column or 0, (cell.column or 0) + cell.columns)


def _width(block: TableBlock) -> int:
    return max((region.column or 1) + region.columns - 1 for region in block.regions)
