"""One PDF page: its characters and the strokes drawn on it, as the page is shown."""

from __future__ import annotations

import ctypes
import math
from typing import TYPE_CHECKING

from zhenggai.core.reading import limits, scan
from zhenggai.core.reading.document import tidy
from zhenggai.core.reading.pages import Glyph, Page, Point, Stroke

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.Image import Image
    from pypdfium2 import PdfPage

_LEAST_TEXT = 8
_ASLANT = 0.2  # sine of twice the angle to the nearest edge of the page: some 6 degrees


def read_page(page: PdfPage, number: int) -> Page:
    """The page's characters and strokes."""
    shown = _shown(page)
    width, height = page.get_size()
    glyphs, watermark = characters(page)
    return Page(number, width, height, glyphs, _strokes(page, shown), watermark)


def is_picture(sheet: PdfPage, page: Page) -> bool:
    """Whether a page is a scan: nothing but drawings, or a picture over half of it with a stamp's worth of text."""
    import pypdfium2.raw as pdfium

    characters = sum(len(line.text) for line in page.lines)
    if characters > scan.STAMP:
        return False
    for drawn in sheet.get_objects(max_depth=3):
        if characters < _LEAST_TEXT:
            return True
        if drawn.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = drawn.get_bounds()
            if (right - left) * (top - bottom) > page.width * page.height / 2:
                return True
    return False


def picture_of(sheet: PdfPage) -> Image:
    """The page as a picture, of a bounded number of pixels however large the page says it is."""
    width, height = sheet.get_size()
    wanted = scan.DOTS_PER_INCH / 72
    scale = min(wanted, (scan.MOST_PIXELS / max(width * height, 1)) ** 0.5)
    picture: Image = sheet.render(scale=scale).to_pil()
    return picture


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


def characters(page: PdfPage) -> tuple[list[Glyph], str]:
    """The characters that stand upright, in the order of the file, and the text of those aslant."""
    import pypdfium2.raw as pdfium

    shown = _shown(page)
    text_page = page.get_textpage()
    count = min(text_page.count_chars(), limits.MAX_CHARACTERS)
    box = pdfium.FS_RECTF()
    glyphs: list[Glyph] = []
    watermark = ""
    for index in range(count):
        text = tidy(_character(pdfium.FPDFText_GetUnicode(text_page, index)))
        if not text or text in "\n\t" or not pdfium.FPDFText_GetLooseCharBox(text_page, index, ctypes.byref(box)):
            continue
        if abs(math.sin(2 * pdfium.FPDFText_GetCharAngle(text_page, index))) > _ASLANT:
            watermark += text
            continue
        x0, y0 = shown(box.left, box.top)
        x1, y1 = shown(box.right, box.bottom)
        glyphs.append(Glyph(text, min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))
    text_page.close()
    return glyphs, watermark.strip()


def _character(code: int) -> str:
    return chr(code) if 0 < code < 0x110000 else ""


def _strokes(page: PdfPage, shown: Callable[[float, float], Point]) -> list[Stroke]:
    """Straight strokes of all drawn paths: lines, and the sides of rectangles."""
    import pypdfium2.raw as pdfium

    strokes: list[Stroke] = []
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
