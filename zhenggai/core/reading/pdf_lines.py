"""One PDF page as lines of text and drawn strokes, in points from the top left corner as the page is shown."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zhenggai.core.reading import limits
from zhenggai.core.reading.document import tidy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pypdfium2 import PdfPage

Point = tuple[float, float]


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
    """A page as shown: ``glyphs`` not yet in a table, the ``lines`` they make, and the ``strokes`` drawn on it."""

    number: int
    width: float
    height: float
    glyphs: list[Glyph]
    strokes: list[tuple[Point, Point]]
    lines: list[Line] = field(default_factory=list)


def read_page(page: PdfPage, number: int) -> Page:
    """The page's characters and strokes."""
    shown = _shown(page)
    width, height = page.get_size()
    result = Page(number, width, height, list(_glyphs(page, shown)), _strokes(page, shown))
    result.lines = lines_of(result.glyphs)
    return result


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


def _shown(page: PdfPage) -> Callable[[float, float], Point]:
    """From the page's own coordinates (up from the bottom left) to those of the page as shown."""
    left, bottom, right, top = page.get_cropbox()
    rotation = page.get_rotation()

    def shown(x: float, y: float) -> Point:
        if rotation == 90:
            return y - bottom, x - left
        if rotation == 180:
            return right - x, y - bottom
        if rotation == 270:
            return top - y, right - x
        return x - left, top - y

    return shown


def _glyphs(page: PdfPage, shown: Callable[[float, float], Point]) -> Iterator[Glyph]:
    import pypdfium2.raw as pdfium

    text_page = page.get_textpage()
    count = min(text_page.count_chars(), limits.MAX_CHARACTERS)
    box = pdfium.FS_RECTF()
    for index in range(count):
        text = tidy(_character(pdfium.FPDFText_GetUnicode(text_page, index)))
        if not text or text in "\n\t" or not pdfium.FPDFText_GetLooseCharBox(text_page, index, ctypes.byref(box)):
            continue
        x0, y0 = shown(box.left, box.top)
        x1, y1 = shown(box.right, box.bottom)
        yield Glyph(text, min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    text_page.close()


def _character(code: int) -> str:
    return chr(code) if 0 < code < 0x110000 else ""


def _strokes(page: PdfPage, shown: Callable[[float, float], Point]) -> list[tuple[Point, Point]]:
    """Straight strokes of all drawn paths: lines, and the sides of rectangles."""
    import pypdfium2.raw as pdfium

    strokes: list[tuple[Point, Point]] = []
    for drawn in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=3):
        matrix = drawn.get_matrix()
        start: Point | None = None
        last: Point | None = None
        for index in range(pdfium.FPDFPath_CountSegments(drawn)):
            segment = pdfium.FPDFPath_GetPathSegment(drawn, index)
            x, y = ctypes.c_float(), ctypes.c_float()
            if not pdfium.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y)):
                continue
            point = shown(*matrix.on_point(x.value, y.value))
            kind = pdfium.FPDFPathSegment_GetType(segment)
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                start = point
            elif kind == pdfium.FPDF_SEGMENT_LINETO and last is not None:
                strokes.append((last, point))
            if pdfium.FPDFPathSegment_GetClose(segment) and start is not None:
                strokes.append((point, start))
            last = point
            if len(strokes) > limits.MAX_TABLE_PATHS:
                return []  # a drawing, not a table
    return strokes
