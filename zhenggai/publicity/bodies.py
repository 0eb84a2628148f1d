"""The body of an article: plain text that may hold headings and tables, so that a clerk can edit them, the release check
reads them, and versions show their differences.

A heading is a line that begins with a hash. A table is lines that begin and end with a bar, the first of them its head; the line before it that begins with 表： is its name:

    # 总体进展
    表：各地整改进展
    | 地方 | 任务 | 已销号 |
    | 南湖区 | 12 | 3 |
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

HEADING, NAME = "# ", "表："
NARROW = 10  # characters of a column that is kept on one line
MOST_COLUMNS = 30  # of a table; what stands in a row beyond them stays in its last cell
_NUMBER = re.compile(r"[-+−]?[\d,，]+(\.\d+)?\s*[%％]?|[-—]?")


@dataclass(frozen=True)
class Cell:
    """One cell; `number`: it stands in a column of numbers, to the right; `narrow`: nothing in its column is long."""

    text: str
    number: bool
    narrow: bool


@dataclass(frozen=True)
class Table:
    name: str
    header: list[Cell]
    rows: list[list[Cell]]


@dataclass(frozen=True)
class Part:
    """A paragraph, a heading, or a table."""

    text: str = ""
    heading: str = ""
    table: Table | None = None


def parts_of(body: str) -> list[Part]:
    """The paragraphs and tables of a body, in order.

    >>> parts = parts_of("截至本月。\\n表：进展\\n| 地方 | 任务 |\\n| 南湖区 | 12 |\\n完。")
    >>> [part.text for part in parts], parts[1].table.name, [cell.text for cell in parts[1].table.rows[0]]
    (['截至本月。', '', '完。'], '进展', ['南湖区', '12'])
    >>> wide = parts_of("|" * 10_000 + "\\n|a|")[0].table
    >>> len(wide.header), len(wide.rows[0])
    (30, 30)
    """
    return list(_parts([line.strip() for line in body.splitlines() if line.strip()]))


def _parts(lines: Sequence[str]) -> Iterator[Part]:
    held = ""  # the line before, which may be the name of a table
    for is_row, group in groupby(lines, _is_row):
        found = list(group)
        if is_row:
            named = held.startswith(NAME)
            if held and not named:
                yield _part(held)
            yield Part(table=_table(held.removeprefix(NAME).strip() if named else "", found))
            held = ""
        else:
            yield from map(_part, found[:-1])
            held = found[-1]
    if held:
        yield _part(held)


def _part(line: str) -> Part:
    return Part(heading=line.removeprefix(HEADING).strip()) if line.startswith(HEADING) else Part(line)


def _is_row(line: str) -> bool:
    return len(line) > 2 and line[0] == line[-1] == "|"


def _table(name: str, lines: Sequence[str]) -> Table:
    split = [[cell.strip() for cell in line[1:-1].split("|", MOST_COLUMNS - 1)] for line in lines]
    width = max(map(len, split))
    header, *rows = [row + [""] * (width - len(row)) for row in split]
    numbers = [bool(rows) and all(_NUMBER.fullmatch(row[at]) for row in rows) for at in range(width)]
    narrow = [max(len(row[at]) for row in (header, *rows)) <= NARROW for at in range(width)]
    made = [[Cell(text, numbers[at], narrow[at]) for at, text in enumerate(row)] for row in (header, *rows)]
    return Table(name or "表", made[0], made[1:])


def words_of(body: str) -> str:
    """A body as running words, without the marks of headings and tables: what a search and a feed show.

    >>> words_of("# 进展\\n表：各地\\n| 地方 | 任务 |\\n| 南湖区 | 12 |")
    '进展\\n各地\\n地方 任务\\n南湖区 12'
    """
    lines = []
    for part in parts_of(body):
        if part.table:
            rows = (part.table.header, *part.table.rows)
            lines += [part.table.name, *(" ".join(cell.text for cell in row if cell.text) for row in rows)]
        else:
            lines.append(part.heading or part.text)
    return "\n".join(lines)


def table_lines(name: str, header: Sequence[Any], rows: Sequence[Sequence[Any]]) -> str:
    """A table as the lines of a body.

    >>> table_lines("进展", ["地方", "任务"], [["南湖区", 12]]).splitlines()
    ['表：进展', '| 地方 | 任务 |', '| 南湖区 | 12 |']
    """
    return "\n".join([f"{NAME}{name or '表'}", *(f"| {' | '.join(map(_plain, row))} |" for row in (header, *rows))])


def _plain(cell: Any) -> str:
    return " ".join(str("" if cell is None else cell).replace("|", "｜").split())
