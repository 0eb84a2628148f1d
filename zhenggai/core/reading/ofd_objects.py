"""Texts and paths on a page of an .ofd: from millimetres inside an object to points on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING

from zhenggai.core.reading.document import tidy
from zhenggai.core.reading.pages import Glyph, Point, Stroke
from zhenggai.core.reading.xml import local

if TYPE_CHECKING:
    from lxml.etree import _Element

Box = tuple[float, float, float, float]
"""Left, top, width, height in millimetres."""

POINTS = 72 / 25.4
"""In a millimetre."""

_ASCENT, _DESCENT = 0.88, 0.12  # of a Chinese character's height, above and below its base line
_SLANT = 0.1
_FURTHEST = 100_000  # millimetres
_PATH = re.compile(r"([A-Za-z])|([-+]?[0-9.]+(?:[eE][-+]?\d+)?)")
_TAKES = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}  # figures that a path's operator takes


@dataclass(frozen=True, slots=True)
class Matrix:
    """Where the inside of an object stands on the page."""

    a: float
    b: float
    c: float
    d: float
    x: float
    y: float

    @property
    def is_slanted(self) -> bool:
        """Whether text in it runs neither along nor down the page, as a watermark does."""
        return min(abs(self.a), abs(self.b)) > _SLANT * max(abs(self.a), abs(self.b))

    def on_page(self, x: float, y: float) -> Point:
        """A point inside the object in points on the page."""
        return (self.a * x + self.c * y + self.x) * POINTS, (self.b * x + self.d * y + self.y) * POINTS


def numbers(text: str | None) -> list[float]:
    """The figures of an attribute; what is no figure, or out of all bounds, counts as 0.

    >>> numbers("0 0 210 x 1e999")
    [0.0, 0.0, 210.0, 0.0, 0.0]
    """
    return [_number(word) for word in (text or "").split()]


def _number(word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        return 0.0
    return value if abs(value) <= _FURTHEST else 0.0


def box_of(text: str | None) -> Box | None:
    """A box written as four figures, None when it is none or empty."""
    found = numbers(text)
    return (found[0], found[1], found[2], found[3]) if len(found) == 4 and min(found[2:]) > 0 else None


def matrix_of(transformation: str | None, boundary: Box | None) -> Matrix:
    """The object's own transformation, then the corner of its boundary."""
    found = numbers(transformation)
    a, b, c, d, x, y = found if len(found) == 6 else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    left, top = (boundary or (0.0, 0.0))[:2]
    return Matrix(a, b, c, d, x + left, y + top)


def glyphs_of(node: _Element, matrix: Matrix) -> Iterator[Glyph]:
    """The characters of a text object, each in its box."""
    size = _number(node.get("Size", "0")) or 3.5
    stretch = _number(node.get("HScale", "1")) or 1.0
    for code in node:
        if local(code) != "TextCode":
            continue
        x, y = _number(code.get("X", "0")), _number(code.get("Y", "0"))
        right, down = steps(code.get("DeltaX")), steps(code.get("DeltaY"))
        for letter in tidy(code.text or ""):
            width = size * stretch * (0.5 if letter.isascii() else 1.0)
            corners = [
                matrix.on_page(across, height)
                for across in (x, x + width)
                for height in (y - _ASCENT * size, y + _DESCENT * size)
            ]
            xs, ys = [corner[0] for corner in corners], [corner[1] for corner in corners]
            if letter.strip() or letter == " ":
                yield Glyph(letter, min(xs), min(ys), max(xs), max(ys))
            x += next(right, 0.0 if code.get("DeltaY") else width)
            y += next(down, 0.0)


def steps(text: str | None) -> Iterator[float]:
    """The distances from character to character; "g 3 2.5" stands for three times 2.5.

    >>> list(steps("1 g 3 2.5 4"))
    [1.0, 2.5, 2.5, 2.5, 4.0]
    """
    words = iter((text or "").split())
    for word in words:
        if word == "g":
            times = next(words, "0")
            yield from repeat(_number(next(words, "0")), int(times) if times.isdigit() and len(times) < 8 else 0)
        else:
            yield _number(word)


def strokes_of(node: _Element, matrix: Matrix) -> Iterator[Stroke]:
    """The straight strokes of a path; of curves nothing."""
    data = next((child.text for child in node if local(child) == "AbbreviatedData"), None)
    start = last = matrix.on_page(0, 0)
    for operator, figures in _operations(data or ""):
        if operator == "C":
            yield last, start
            last = start
            continue
        point = matrix.on_page(figures[-2], figures[-1])
        if operator in {"S", "M"}:
            start = point
        elif operator == "L":
            yield last, point
        last = point


def _operations(data: str) -> Iterator[tuple[str, list[float]]]:
    operator, figures = "", list[float]()
    for match in _PATH.finditer(data):
        if match[1]:
            operator, figures = match[1], []
            if operator == "C":
                yield operator, figures
        else:
            figures.append(_number(match[2]))
        if operator != "C" and figures and len(figures) == _TAKES.get(operator):
            yield operator, figures
            figures = []
