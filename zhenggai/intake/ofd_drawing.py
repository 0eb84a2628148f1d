"""A page of an .ofd drawn from what its reader found: strokes, pictures, and characters in a font of this machine."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from zhenggai.core.reading.archive import Archive
from zhenggai.core.reading.ofd_objects import POINTS
from zhenggai.core.reading.ofd_pictures import Leaf, opened

_INK = (20, 20, 20)


def draw(archive: Archive, leaf: Leaf, scale: float) -> Image.Image | None:
    """The page at `scale` pixels a point; None where the machine has no Chinese font."""
    font = _font()
    if font is None:
        return None
    picture = Image.new("RGB", (round(leaf.page.width * scale), round(leaf.page.height * scale)), "white")
    for placed in leaf.pictures:
        left, top, width, height = (round(length * POINTS * scale) for length in placed.box)
        shown = opened(archive, placed.part)
        if shown is not None and 0 < width <= picture.width * 2 and 0 < height <= picture.height * 2:
            picture.paste(shown.resize((width, height)), (left, top))
    pen = ImageDraw.Draw(picture)
    for (x0, y0), (x1, y1) in leaf.page.strokes:
        pen.line((x0 * scale, y0 * scale, x1 * scale, y1 * scale), fill=_INK)
    for glyph in leaf.page.glyphs:
        size = min(max(round((glyph.bottom - glyph.top) * scale), 1), 200)
        pen.text((glyph.left * scale, glyph.top * scale), glyph.text, fill=_INK, font=_sized(font, size))
    return picture


@cache
def _font() -> str | None:
    """A Chinese font of this machine, by fontconfig."""
    program = shutil.which("fc-match")
    if program is None:
        return None
    asked = [program, "-f", "%{file}", "serif:lang=zh-cn"]
    file = subprocess.run(asked, capture_output=True, text=True, check=False).stdout  # noqa: S603 - our own words
    return file if file and Path(file).is_file() else None


@cache
def _sized(font: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font, size)
