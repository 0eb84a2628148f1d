"""A page as lines of text and drawn strokes, in points from its top left corner: what .pdf, .ofd and scans share."""

from __future__ import annotations

from dataclasses import dataclass, field

Point = tuple[float, float]
Stroke = tuple[Point, Point]


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character and its box."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        """Height of the middle line."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Line:
    """Characters on one height, from left to right; ``size`` is the height of the script."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float

    @property
    def middle(self) -> float:
        """Height of the middle line."""
        return (self.top + self.bottom) / 2


@dataclass(slots=True)
class Page:
    """A page as shown: ``glyphs`` not yet in a table, the ``lines`` they make, and the ``strokes`` drawn on it.

    ``watermark`` is what stands aslant across it, which is none of the document's text.
    """

    number: int
    width: float
    height: float
    glyphs: list[Glyph]
    strokes: list[Stroke]
    watermark: str = ""
    lines: list[Line] = field(init=False)

    def __post_init__(self) -> None:
        self.lines = lines_of(self.glyphs)


def lines_of(glyphs: list[Glyph]) -> list[Line]:
    """Characters gathered into lines, top to bottom."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda glyph: (round(glyph.middle, 1), glyph.left)):
        if rows and _same_row(rows[-1], glyph):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    return [line for line in map(_line, rows) if line.text.strip()]


def _same_row(row: list[Glyph], glyph: Glyph) -> bool:
    height = max(row[0].bottom - row[0].top, glyph.bottom - glyph.top, 1)
    return abs(row[0].middle - glyph.middle) < 0.45 * height


def _line(row: list[Glyph]) -> Line:
    row.sort(key=lambda glyph: glyph.left)
    text = ""
    reached: float | None = None
    for glyph in row:
        size = glyph.bottom - glyph.top
        if reached is not None and glyph.left - reached > 0.6 * size and not text.endswith(" ") and glyph.text != " ":
            text += " "
        text += glyph.text
        reached = glyph.right
    solid = [glyph for glyph in row if glyph.text.strip()] or row
    return Line(
        text=text.strip(),
        left=solid[0].left,
        top=min(glyph.top for glyph in solid),
        right=max(glyph.right for glyph in solid),
        bottom=max(glyph.bottom for glyph in solid),
        size=sorted(glyph.bottom - glyph.top for glyph in solid)[len(solid) // 2],
    )
