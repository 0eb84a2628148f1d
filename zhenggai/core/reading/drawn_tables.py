"""Tables that a text file draws with bars (Markdown) or tabs."""

import re
from collections.abc import Callable

from zhenggai.core.reading.document import Cell, Table

_LONGEST_HEADING = 40
_RULE_SIGNS = frozenset("|:+- \t")
_LEAST_COLUMNS = 3
_LEAST_PAIRS = 3  # lines of two columns with a tab; fewer are as often a label and its value in running text
_LONGEST_LABEL = 14
_ITEM = re.compile(r"\s*(?:\d{1,2}[.、．)）]|[(（]\w{1,3}[)）]|[一二三四五六七八九十]{1,3}[、是]|[①-⑳●■◆▲])")


def take_table(lines: list[str], position: int) -> tuple[Table | None, int]:
    """The table that starts at this line and the number of lines it takes, or (None, 0).

    >>> table, used = take_table(["|序号|目标|", "|---|---|", "|1|达标|", "完"], 0)
    >>> used, [cell.text for cell in table.cells]
    (3, ['序号', '目标', '1', '达标'])
    """
    split = _splitter(lines[position])
    if split is None:
        return _take_pairs(lines, position)
    rows: list[list[str]] = []
    used = 0
    for index in range(position, len(lines)):
        line = lines[index]
        if _splitter(line) is not split and not (split is _by_tabs and _is_heading_row(lines, index, rows)):
            break
        used += 1
        if not _is_rule(line):
            rows.append(split(line))
    ruled = used > len(rows)
    if len(rows) < 2 or (len(rows[0]) < _LEAST_COLUMNS and not ruled and split is _by_tabs):
        return None, 0
    return _table(rows), used


def _take_pairs(lines: list[str], position: int) -> tuple[Table | None, int]:
    """The table of two columns that starts at this line; none where an item goes on below it, for then a value has lines."""
    end = position
    while end < len(lines) and _is_pair(lines[end]):
        end += 1
    if end - position < _LEAST_PAIRS or (end < len(lines) and _ITEM.match(lines[end])):
        return None, 0
    return _table([_by_tabs(line) for line in lines[position:end]]), end - position


def _is_pair(line: str) -> bool:
    label, tab, value = line.partition("\t")
    return bool(tab) and 0 < len(label.strip()) <= _LONGEST_LABEL and "\t" not in value


def _is_rule(line: str) -> bool:
    """The line under the column names: |---|---|."""
    return "-" in line and _RULE_SIGNS.issuperset(line)


def _splitter(line: str) -> Callable[[str], list[str]] | None:
    stripped = line.strip()
    if stripped.startswith("|") and stripped.endswith("|") and stripped.count("|") >= 3:
        return _by_bars
    if line.strip("\t ").count("\t") >= _LEAST_COLUMNS - 1:
        return _by_tabs
    return None


def _is_heading_row(lines: list[str], index: int, rows: list[list[str]]) -> bool:
    """A short line between two rows with tabs: a heading over all columns."""
    following = lines[index + 1] if index + 1 < len(lines) else ""
    short = 0 < len(lines[index].strip()) <= _LONGEST_HEADING
    return short and bool(rows) and _splitter(following) is _by_tabs and len(_by_tabs(following)) == len(rows[0])


def _by_bars(line: str) -> list[str]:
    return [cell.strip().replace("<br>", "\n") for cell in line.strip().strip("|").split("|")]


def _by_tabs(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("\t")]


def _table(rows: list[list[str]]) -> Table:
    width = max(map(len, rows))
    cells = [
        Cell(text, row, column, columns=width if len(texts) == 1 else 1)
        for row, texts in enumerate(rows, 1)
        for column, text in enumerate(texts, 1)
    ]
    return Table(tuple(cells), height=len(rows), width=width)
