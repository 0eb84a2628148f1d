"""Tables that lost their rules: one cell a line, the column names first, then each row from its serial number on.

So a page pasted as text shows a table. Where a cell took several lines, they are shared out so that the columns of
units and limits get what reads like units and limits.
"""

from collections.abc import Callable
from typing import NamedTuple

from zhenggai.core.grammar.complaint_words import TYPES, VERDICTS
from zhenggai.core.grammar.dates import find_dates
from zhenggai.core.grammar.label_words import PERSON_FIELDS, UNIT_FIELDS
from zhenggai.core.grammar.labels import column_field
from zhenggai.core.grammar.numbering import opening_marker
from zhenggai.core.grammar.places import Span
from zhenggai.core.grammar.unit_lists import looks_like_units

_LEAST_COLUMNS = 4
_MOST_COLUMNS = 20
LONGEST_NAME = 12
_MOST_LINES = 40  # of one row
_LONGEST_HEADING = 24
_WORDS_IN = {"verified": frozenset(VERDICTS), "types": frozenset(TYPES)}
"""Columns that hold one of a few words."""


class FlatRow(NamedTuple):
    """The cells of one row by field, and the heading that stands above it."""

    cells: tuple[tuple[str, Span], ...]
    heading: Span | None


class FlatTable(NamedTuple):
    """A table at [start, end) of the text whose cells are lines."""

    start: int
    end: int
    rows: tuple[FlatRow, ...]


def find_flat_table(
    folded: str,
    lines: list[Span],
    index: int,
    field_of: Callable[[str], str | None] = column_field,
    opening: str = "serial",
) -> tuple[FlatTable | None, int]:
    """The table whose column names begin at this line, and the index of the line after it; (None, index) for none.

    ``field_of`` tells what a column's name means, ``opening`` is the field of the column that numbers the rows.
    """
    if index + _LEAST_COLUMNS > len(lines) or any(
        end - start > LONGEST_NAME and len(folded[start:end].strip()) > LONGEST_NAME
        for start, end in lines[index : index + _LEAST_COLUMNS]
    ):
        return None, index
    columns: list[str | None] = []
    for line in lines[index : index + _MOST_COLUMNS]:
        text = _text(folded, line)
        field = field_of(text) if len(text) <= LONGEST_NAME else None
        if field is None or (field == opening and columns):
            break
        columns.append(field)
    first = index + len(columns)
    if len(columns) < _LEAST_COLUMNS or columns[0] != opening or not _is_number(folded, lines, first, 1):
        return None, index
    fields = [name or "other" for name in columns[1:]]
    rows: list[FlatRow] = []
    heading: Span | None = None
    while _is_number(folded, lines, first, len(rows) + 1):
        after = _row_end(folded, lines, first, len(rows) + 2, len(fields))
        inside = lines[first + 1 : after]
        following = inside[-1] if len(inside) > len(fields) and _is_heading(folded, inside[-1]) else None
        cells = _shared_out(folded, inside[:-1] if following else inside, fields)
        rows.append(FlatRow(((opening, lines[first]), *cells), heading))
        heading = following or heading
        first = after
    return FlatTable(lines[index][0], lines[first - 1][1], tuple(rows)), first


def _text(folded: str, line: Span) -> str:
    return folded[slice(*line)].strip()


def _is_number(folded: str, lines: list[Span], index: int, number: int) -> bool:
    return index < len(lines) and _text(folded, lines[index]).rstrip(".`") == str(number)


def _row_end(folded: str, lines: list[Span], first: int, following: int, columns: int) -> int:
    """The index of the line with the next serial number; the last row takes a line a cell."""
    for index in range(first + 1, min(first + _MOST_LINES, len(lines))):
        if _is_number(folded, lines, index, following):
            return index
    return min(first + 1 + columns, len(lines))


def _is_heading(folded: str, line: Span) -> bool:
    return line[1] - line[0] <= _LONGEST_HEADING and opening_marker(folded, *line) is not None


def _shared_out(folded: str, lines: list[Span], fields: list[str]) -> list[tuple[str, Span]]:
    """The lines as cells, in order, each column at least one line: the division that reads best."""
    if len(lines) < len(fields):
        return [(name, line) for name, line in zip(fields, lines, strict=False)]
    best: dict[tuple[int, int], tuple[float, int]] = {(0, 0): (0.0, 0)}
    for column, name in enumerate(fields, 1):
        for end in range(column, len(lines) - len(fields) + column + 1):
            choices = [
                (best[column - 1, start][0] + _fits(folded, lines[start:end], name), start)
                for start in range(column - 1, end)
                if (column - 1, start) in best
            ]
            best[column, end] = max(choices)
    cells: list[tuple[str, Span]] = []
    end = len(lines)
    for column in range(len(fields), 0, -1):
        start = best[column, end][1]
        cells.append((fields[column - 1], (lines[start][0], lines[end - 1][1])))
        end = start
    return cells[::-1]


def _fits(folded: str, lines: list[Span], name: str) -> float:
    """How well lines suit a column: units in unit columns, limits in the column of limits, few lines elsewhere."""
    text = "\n".join(_text(folded, line) for line in lines)
    extra = 0.1 * (len(lines) - 1)
    if name in UNIT_FIELDS or name in PERSON_FIELDS:
        return (2 if looks_like_units(text) else 0) - extra
    if name in _WORDS_IN:
        return (2 if text in _WORDS_IN[name] else 0) - 5 * extra
    if name == "deadline":
        return (2 if find_dates(text, 2000) and len(text) < 30 else 0) - 5 * extra
    return -extra
