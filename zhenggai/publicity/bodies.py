"""The body of an article: plain text that may hold tables, so that a clerk can edit them, the release check reads them, and
versions show their differences.

A table is lines that begin and end with a bar, the first of them its head; the line before it that begins with 表： is its name:

    表：各地整改进展
    | 地方 | 任务 | 已销号 |
    | 南湖区 | 12 | 3 |
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

NAME = "表："
_NUMBER = re.compile(r"[-+−]?[\d,，]+(\.\d+)?\s*[%％]?|[-—]?")


@dataclass(frozen=True)
class Cell:
    """One cell; `number`: it stands in a column of numbers, to the right."""

    text: str
    number: bool


@dataclass(frozen=True)
class Table:
    name: str
    header: list[Cell]
    rows: list[list[Cell]]


@dataclass(frozen=True)
class Part:
    """A paragraph, or a table."""

    text: str = ""
    table: Table | None = None


def parts_of(body: str) -> list[Part]:
    """The paragraphs and tables of a body, in order.

    >>> parts = parts_of("截至本月。\\n表：进展\\n| 地方 | 任务 |\\n| 南湖区 | 12 |\\n完。")
    >>> [part.text for part in parts], parts[1].table.name, [cell.text for cell in parts[1].table.rows[0]]
    (['截至本月。', '', '完。'], '进展', ['南湖区', '12'])
    """
    return list(_parts([line.strip() for line in body.splitlines() if line.strip()]))


def _parts(lines: Sequence[str]) -> Iterator[Part]:
    held = ""  # the line before, which may be the name of a table
    for is_row, group in groupby(lines, _is_row):
        found = list(group)
        if is_row:
            named = held.startswith(NAME)
            if held and not named:
                yield Part(held)
            yield Part(table=_table(held.removeprefix(NAME).strip() if named else "", found))
            held = ""
        else:
            yield from map(Part, found[:-1])
            held = found[-1]
    if held:
        yield Part(held)


def _is_row(line: str) -> bool:
    return len(line) > 2 and line[0] == line[-1] == "|"


def _table(name: str, lines: Sequence[str]) -> Table:
    split = [[cell.strip() for cell in line[1:-1].split("|")] for line in lines]
    width = max(map(len, split))
    header, *rows = [row + [""] * (width - len(row)) for row in split]
    numbers = [bool(rows) and all(_NUMBER.fullmatch(row[at]) for row in rows) for at in range(width)]
    made = [[Cell(text, numbers[at]) for at, text in enumerate(row)] for row in (header, *rows)]
    return Table(name or "表", made[0], made[1:])


def table_lines(name: str, header: Sequence[Any], rows: Sequence[Sequence[Any]]) -> str:
    """A table as the lines of a body.

    >>> table_lines("进展", ["地方", "任务"], [["南湖区", 12]]).splitlines()
    ['表：进展', '| 地方 | 任务 |', '| 南湖区 | 12 |']
    """
    return "\n".join([f"{NAME}{name or '表'}", *(f"| {' | '.join(map(_plain, row))} |" for row in (header, *rows))])


def _plain(cell: Any) -> str:
    return " ".join(str("" if cell is None else cell).replace("|", "｜").split())
