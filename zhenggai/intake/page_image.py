"""One page of a PDF as a picture, with passages lit: run in a process of its own, like worker.py, and without Django.

`python -m zhenggai.intake.page_image PATH PAGE SECONDS BYTES` takes a JSON list of passages on standard input and writes a
PNG; it ends with 3 when the file or the page cannot be shown.
"""

import json
import sys
from collections.abc import Iterable, Iterator

import pypdfium2 as pdfium
from PIL import Image, ImageChops, ImageDraw

from zhenggai.core.limited import limit

SCALE = 1.7  # pixels a point: an A4 page is 1,012 pixels wide
MOST_PIXELS = 12_000_000
LIT = (255, 240, 180)
SURE = 12  # characters that must agree before a passage counts as found on the page

Box = tuple[float, float, float, float]


def draw(path: str, number: int, passages: Iterable[str]) -> Image.Image:
    """Page `number` (from 1) with every part of `passages` that stands on it lit. IndexError where there is no page."""
    document = pdfium.PdfDocument(path)
    if not 1 <= number <= len(document):
        raise IndexError(number)
    page = document[number - 1]
    width, height = page.get_size()
    scale = min(SCALE, (MOST_PIXELS / max(width * height, 1)) ** 0.5)
    picture = page.render(scale=scale).to_pil().convert("RGB")
    layer = Image.new("RGB", picture.size, "white")
    pen = ImageDraw.Draw(layer)
    for left, bottom, right, top in boxes(page.get_textpage(), passages):
        pen.rectangle((left * scale, (height - top) * scale, right * scale, (height - bottom) * scale), fill=LIT)
    return ImageChops.multiply(picture, layer)  # like a marker pen: the print stays black


def boxes(text: pdfium.PdfTextPage, passages: Iterable[str]) -> Iterator[Box]:
    """Where the passages stand, a box a line, in points from the lower left corner."""
    characters = text.get_text_range(0, text.count_chars())
    kept = [at for at, character in enumerate(characters) if not character.isspace()]
    squeezed = "".join(characters[at] for at in kept)
    since = 0  # passages come in the order of the text: the same words twice are two places
    for passage in passages:
        if found := stretch("".join(passage.split()), squeezed, since):
            start, end, since = kept[found[0]], kept[found[1] - 1] + 1, found[1]
            for index in range(text.count_rects(start, end - start)):
                yield text.get_rect(index)


def stretch(passage: str, page: str, since: int = 0) -> tuple[int, int] | None:
    """Where `passage`, or the part of it that this page holds, stands in `page`, if it can be behind `since`; both
    without white space.

    >>> stretch("甲乙", "一甲乙二甲乙"), stretch("甲乙", "一甲乙二甲乙", 3), stretch("乙丙", "甲"), stretch("", "甲")
    ((1, 3), (4, 6), None, None)
    """
    if not passage:
        return None
    if (at := page.find(passage, since)) >= 0 or (at := page.find(passage)) >= 0:
        return at, at + len(passage)
    if len(passage) <= SURE:
        return None
    if (at := page.find(passage[:SURE])) >= 0:  # it goes on behind this page
        return at, at + _agreeing(passage, page[at:])
    if (at := page.find(passage[-SURE:])) >= 0:  # it began before this page
        end = at + SURE
        return end - _agreeing(passage[::-1], page[:end][::-1]), end
    return None


def _agreeing(one: str, other: str) -> int:
    for count, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return count
    return min(len(one), len(other))


def main(path: str, number: str, seconds: str, memory: str) -> int:
    limit(int(seconds), int(memory))
    try:
        picture = draw(path, int(number), json.load(sys.stdin))
    except (pdfium.PdfiumError, IndexError, MemoryError, ValueError):
        return 3
    picture.save(sys.stdout.buffer, "PNG")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
