"""Comma-separated values: one table, whatever sign parts the columns."""

import csv
import io
from collections import Counter

from zhenggai.core.reading import limits
from zhenggai.core.reading.document import Block, Cell, Document, Paragraph, Table, tidy
from zhenggai.core.reading.errors import Damaged, Empty, TooLarge
from zhenggai.core.reading.sheets import Sheet
from zhenggai.core.reading.text import decode

_SIGNS = ",\t;，"
_SAMPLE = 20_000  # characters that tell which sign parts the columns


def read(data: bytes, name: str) -> Document:
    """The rows of a .csv as one table; rows with a single value above it are its title lines. Raises Empty,
    TooLarge or Damaged.

    >>> read("整改清单\\n序号,目标\\n1,达标".encode(), "a.csv").blocks[0].text
    '整改清单'
    """
    rows = [row for row in _rows(_decoded(data)) if any(row)]
    if not rows:
        raise Empty
    blocks: list[Block] = []
    while rows and sum(map(bool, rows[0])) == 1:
        blocks.append(Paragraph(next(filter(None, rows.pop(0)))))
    if rows:
        cells = [Cell(text, row, column) for row, texts in enumerate(rows, 1) for column, text in enumerate(texts, 1)]
        blocks.append(Table(tuple(cells), height=len(rows), width=max(map(len, rows))))
    return Document(name=name, kind="csv", blocks=tuple(blocks))


def sheets(data: bytes) -> list[Sheet]:
    """The one sheet of a .csv, its cells where they stand. Raises Empty, TooLarge or Damaged."""
    sheet = Sheet("csv")
    for row, texts in enumerate(_rows(_decoded(data)), 1):
        for column, text in enumerate(texts, 1):
            sheet.put(row, column, text)
    return [sheet]


def _decoded(data: bytes) -> str:
    text = tidy(decode(data))
    if len(text) > limits.MAX_CHARACTERS:
        raise TooLarge
    return text


def _evenness(text: str, sign: str) -> float:
    """The share of rows that have the number of columns that most have, when this sign parts them."""
    sizes = Counter(len(row) for row in csv.reader(io.StringIO(text), delimiter=sign))
    return max((count for size, count in sizes.items() if size > 1), default=0) / max(sizes.total(), 1)


def _rows(text: str) -> list[list[str]]:
    """The rows; the sign that gives the most even rows parts the columns (，stands in sentences, too)."""
    csv.field_size_limit(limits.MAX_CHARACTERS)
    try:
        sign = max(_SIGNS, key=lambda one: _evenness(text[:_SAMPLE], one))
        rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=sign)]
    except csv.Error as error:
        raise Damaged from error
    if sum(map(len, rows)) > limits.MAX_BLOCKS:
        raise TooLarge
    return rows
