"""Pages that are pictures, read by text recognition: rapidocr with the models it brings, nothing from the network.

An optional part (extra `ocr`). A page that lies on its side or stands on its head is turned first. Each recognised
line is flattened to its own height and the page is turned upright by the angle of its lines, so that the rules for
printed pages hold for scans; ruled lines are found in the picture.
"""

from __future__ import annotations

import math
import os
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
STAMP = 50  # characters that a scanner or an office prints on a picture

_POINTS = 72
_A4_WIDTH = 595  # points
_DOUBTFUL_LINE, _DOUBTFUL_CHARACTER = 0.9, 0.6
_UPRIGHT = 0.1  # degrees by which a page may lean
_LONG_BOX = 6  # times its height: a line whose angle can be trusted
_RULE_PART = 25  # a ruled line is at least this part of the page's width
_DOUBTS_SHOWN = 3
_SEEMS_TURNED = 0.8  # confidence of a page below which it may stand on its head

# Measured on A4 pages of 25 to 150 lines, see benchmarks/extraction.py: a line is recognised at its own width, since a
# batch is padded to its longest; finding lines needs no more than 1,280 points a side; the classifier of single lines
# turns more upright lines round than it sets right. One line takes one processor: two that share a line wait for each
# other and take 1.7 times the work, so lines are shared out instead (_engine).
_SETTINGS: dict[str, Any] = {
    "Global.log_level": "critical",
    "Global.use_cls": False,
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "Det.limit_type": "max",
    "Det.limit_side_len": 1280,
    "Rec.rec_batch_num": 1,
    "Rec.rec_img_shape": [3, 48, 80],
}


@dataclass(frozen=True, slots=True)
class Recognised:
    """A page with how sure its recognition is, and the lines that a person should look at.

    The page is that of the picture turned by ``quarters`` of a turn and then by ``angle`` degrees, both against the
    clock (``upright``); ``lines`` are its lines as they were recognised, the cells of a table apart.
    """

    page: Page
    confidence: float
    doubtful: tuple[str, ...]
    quarters: int = 0
    angle: float = 0.0
    lines: tuple[tuple[Glyph, ...], ...] = ()


def available() -> bool:
    """Whether the optional part is installed."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def recognise(picture: Image, number: int, points: float | None = None) -> Recognised:
    """The text of one picture; ``points`` is the width of the page it shows, A4 when it is not known."""
    import numpy

    picture = bounded(picture.convert("RGB"))
    quarters, pixels, found = _right_way_up(numpy.asarray(picture))
    height, width = pixels.shape[:2]
    scale = points / picture.width if points else _A4_WIDTH / width
    angle = _angle([line.box for line in found])
    turned = _turn(angle, width / 2, height / 2)
    lines = tuple(tuple(_glyphs(line.box, line.words, turned, scale)) for line in found)
    glyphs = [glyph for line in lines for glyph in line]
    return Recognised(
        Page(number, width * scale, height * scale, glyphs, _rules(pixels, angle, scale)),
        confidence=_confidence(found),
        doubtful=tuple(line.text for line in found if _is_doubtful(line.score, line.words)),
        quarters=quarters,
        angle=angle,
        lines=lines,
    )


def upright(picture: Image, quarters: int, angle: float) -> Image:
    """The picture as the page that was recognised in it stands."""
    turned = picture.rotate(90 * quarters, expand=True) if quarters else picture
    return turned.rotate(angle, fillcolor="white") if angle else turned


@dataclass(frozen=True, slots=True)
class _Found:
    """A recognised line: its four corners from the top left, and its words as (text, sureness, corners)."""

    text: str
    score: float
    box: Any
    words: Any


def _right_way_up(pixels: Any) -> tuple[int, Any, list[_Found]]:
    """The page turned so that it can be read: by how many quarters, its pixels, its lines.

    Lines that run down the page were turned against the clock to be recognised: they were right when they could be read.
    """
    import numpy

    found = _lines(pixels)
    sure = _confidence(found)
    tries: tuple[int, ...] = (2,) if found and sure < _SEEMS_TURNED else ()
    best = sure
    if found and sum(_runs_down(line.box) for line in found) > len(found) / 2:
        tries, best = ((1, 3) if sure >= _SEEMS_TURNED else (3, 1)), 0.0
    kept = 0, pixels, found
    for quarters in tries:
        turned = numpy.ascontiguousarray(numpy.rot90(pixels, quarters))
        again = _lines(turned)
        if _confidence(again) > best:
            best, kept = _confidence(again), (quarters, turned, again)
        if best >= _SEEMS_TURNED:
            break
    return kept


def _lines(pixels: Any) -> list[_Found]:
    found = _engine()(pixels, return_word_box=True, return_single_char_box=True)
    if not found.txts:
        return []
    rows = zip(found.txts, found.scores, found.boxes, found.word_results, strict=False)
    return [_Found(text, float(score), box, words) for text, score, box, words in rows]


def _confidence(found: list[_Found]) -> float:
    return fmean([line.score for line in found]) if found else 0.0


def _runs_down(box: Any) -> bool:
    (x0, y0), (x1, y1), _, (left, bottom) = box
    return math.hypot(left - x0, bottom - y0) > 1.5 * math.hypot(x1 - x0, y1 - y0)


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


_MOST_AT_ONCE = 4  # lines


@cache
def _engine() -> Any:
    """The recognition, with the lines of a page shared out among the processors, long and short ones alike."""
    from concurrent.futures import ThreadPoolExecutor
    from dataclasses import replace

    from rapidocr import RapidOCR

    at_once = min(
        _MOST_AT_ONCE, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )

    engine: Any = RapidOCR(params=_SETTINGS)
    one_share = engine.recognize_txt

    def shared_out(lines: list[Any]) -> Any:
        order = sorted(range(len(lines)), key=lambda one: lines[one].shape[1] / lines[one].shape[0])
        shares = [order[first::at_once] for first in range(min(at_once, len(lines)))]
        with ThreadPoolExecutor(at_once) as pool:
            done = list(pool.map(lambda share: one_share([lines[one] for one in share]), shares))
        found: dict[int, Any] = {}
        for share, result in zip(shares, done, strict=True):
            found |= zip(share, zip(result.txts, result.scores, result.word_results, strict=True), strict=True)
        texts, scores, words = zip(*(found[one] for one in range(len(lines))), strict=True)
        return replace(done[0], imgs=lines, txts=texts, scores=scores, word_results=words)

    engine.recognize_txt = shared_out
    return engine


def bounded(picture: Image) -> Image:
    """The picture, made smaller where it has too many pixels."""
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
