"""Pages that are pictures, read by text recognition: rapidocr with the models it brings, nothing from the network.

An optional part (extra `ocr`). Each recognised line is flattened to its own height and the page is turned upright by
the angle of its lines, so that the rules for printed pages hold for scans; ruled lines are found in the picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from zhenggai.core.reading.document import Remark, tidy
from zhenggai.core.reading.pages import Glyph, Page, Stroke

if TYPE_CHECKING:
    from PIL.Image import Image

NOT_INSTALLED = "这是图片或扫描件，要先识别文字。请安装文字识别组件（zhenggai[ocr]）后再读，或改传 Word 原件。"
DOTS_PER_INCH = 200
MOST_PIXELS = 24_000_000  # of one page; larger ones are made smaller

_POINTS = 72
_A4_WIDTH = 595  # points
_DOUBTFUL_LINE, _DOUBTFUL_CHARACTER = 0.9, 0.6
_UPRIGHT = 0.1  # degrees by which a page may lean
_LONG_BOX = 6  # times its height: a line whose angle can be trusted
_RULE_PART = 25  # a ruled line is at least this part of the page's width
_DOUBTS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Recognised:
    """A page with how sure its recognition is, and the lines that a person should look at."""

    page: Page
    confidence: float
    doubtful: tuple[str, ...]


def available() -> bool:
    """Whether the optional part is installed."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def recognise(picture: Image, number: int, points: float | None = None) -> Recognised:
    """The text of one picture; ``points`` is the width of the page it shows, A4 when it is not known."""
    import numpy

    picture = _bounded(picture.convert("RGB"))
    scale = (points or _A4_WIDTH) / picture.width
    pixels = numpy.asarray(picture)
    found = _engine()(pixels, return_word_box=True, return_single_char_box=True)
    lines = list(
        zip(
            found.txts or (),
            found.scores or (),
            found.boxes if found.txts else (),
            found.word_results or (),
            strict=False,
        )
    )
    angle = _angle([box for _, _, box, _ in lines])
    turned = _turn(angle, picture.width / 2, picture.height / 2)
    glyphs = [glyph for _, _, box, words in lines for glyph in _glyphs(box, words, turned, scale)]
    page = Page(number, picture.width * scale, picture.height * scale, glyphs, _rules(pixels, angle, scale))
    return Recognised(
        page,
        confidence=fmean([float(score) for _, score, _, _ in lines]) if lines else 0.0,
        doubtful=tuple(text for text, score, _, words in lines if _is_doubtful(score, words)),
    )


def remarks(recognised: list[Recognised]) -> tuple[Remark, ...]:
    """What the reader of a scan must know: that it is one, how sure each page is, and which lines to look at."""
    if not recognised:
        return ()
    sure = "、".join(f"第{one.page.number}页 {one.confidence:.0%}" for one in recognised[:20])
    more = "等" if len(recognised) > 20 else ""
    found = [Remark("recognised", f"由文字识别读出，请对照原件。识别把握：{sure}{more}。")]
    for one in recognised:
        if one.doubtful:
            lines = "；".join(f"“{tidy(line)[:40]}”" for line in one.doubtful[:_DOUBTS_SHOWN])
            message = f"第{one.page.number}页有 {len(one.doubtful)} 行识别把握不大，请对照原件：{lines}。"
            found.append(Remark("low_confidence", message))
    return tuple(found)


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "critical"})


def _bounded(picture: Image) -> Image:
    excess = picture.width * picture.height / MOST_PIXELS
    if excess <= 1:
        return picture
    return picture.resize((int(picture.width / excess**0.5) or 1, int(picture.height / excess**0.5) or 1))


def _is_doubtful(score: float, words: Any) -> bool:
    return score < _DOUBTFUL_LINE or any(sure < _DOUBTFUL_CHARACTER for _, sure, _ in words)


def _angle(boxes: list[Any]) -> float:
    """How many degrees the page leans, by its long lines."""
    angles = []
    for (x0, y0), (x1, y1), _, (_, bottom) in boxes:
        if x1 - x0 > _LONG_BOX * max(bottom - y0, 1):
            angles.append(math.degrees(math.atan2(y1 - y0, x1 - x0)))
    angle = median(angles) if angles else 0.0
    return angle if abs(angle) > _UPRIGHT else 0.0


def _turn(angle: float, x: float, y: float) -> Any:
    """Turning a point back by the angle around the middle of the page."""
    cosine, sine = math.cos(math.radians(-angle)), math.sin(math.radians(-angle))

    def turned(point: Any) -> tuple[float, float]:
        across, down = float(point[0]) - x, float(point[1]) - y
        return x + across * cosine - down * sine, y + across * sine + down * cosine

    return turned


def _glyphs(box: Any, words: Any, turned: Any, scale: float) -> list[Glyph]:
    """The characters of one line, all at the height of the line."""
    corners = [turned(corner) for corner in box]
    top = (corners[0][1] + corners[1][1]) / 2 * scale
    bottom = (corners[2][1] + corners[3][1]) / 2 * scale
    glyphs = []
    for text, _, place in words:
        edges = [turned(corner)[0] * scale for corner in place]
        glyphs += [Glyph(letter, min(edges), top, max(edges), bottom) for letter in tidy(text)]
    return glyphs


def _rules(pixels: Any, angle: float, scale: float) -> list[Stroke]:
    """The ruled lines of a picture: long runs of dark pixels, once the page is upright."""
    import cv2

    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    height, width = grey.shape
    if angle:
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
        grey = cv2.warpAffine(grey, matrix, (width, height), borderValue=255)
    dark = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 12)
    length = max(width // _RULE_PART, 10)
    strokes: list[Stroke] = []
    for size in ((length, 1), (1, length)):
        kept = cv2.morphologyEx(dark, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, size))
        for left, top, across, down, _ in cv2.connectedComponentsWithStats(kept)[2][1:]:
            if size[0] > 1:
                middle = (top + down / 2) * scale
                strokes.append(((left * scale, middle), ((left + across) * scale, middle)))
            else:
                middle = (left + across / 2) * scale
                strokes.append(((middle, top * scale), (middle, (top + down) * scale)))
    return strokes
