"""What every paper is made of before a person has seen it: a title and blocks of text, some with a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]


@dataclass(frozen=True)
class Draft:
    """A paper before a person has seen it."""

    title: str
    addressee: str
    blocks: list[Block]


def block(key: str, heading: str, text: str, table: dict[str, Any] | None = None) -> Block:
    """One block; what the figures gave is kept beside what a person makes of it."""
    return {"key": key, "heading": heading, "text": text, "drafted": text, "table": table}


def table(caption: str, header: Sequence[str], rows: Sequence[Sequence[Any]], align: str,
          widths: Sequence[float]) -> dict[str, Any]:  # fmt: skip
    """A table as core.office writes it; cells are text or numbers."""
    cells = [[cell if isinstance(cell, int) else str(cell) for cell in row] for row in rows]
    return {"caption": caption, "header": list(header), "rows": cells, "align": align, "widths": list(widths)}
