"""Pictures of what was uploaded: run in a process of its own, without Django (apart.py).

`python -m zhenggai.documents.rendering WHAT PATH WORD SECONDS BYTES`, where WHAT and WORD are

    picture SIDE     a JPEG of the picture, upright, its longer side at most SIDE pixels, without anything but pixels
    page N,SIDE      the same of page N (from 1) of a PDF
    count -          how many pages a PDF has, as JSON
    pdf ENDING       an office file as PDF
    text NAME        {"text", "rows", "cut"}: what a text, a table of commas or an OFD document says

on standard output. It ends with SHOWN, or with why it shows nothing: BROKEN, LARGE, LOCKED.
"""

import csv
import io
import json
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from zhenggai.core.limited import limit

if TYPE_CHECKING:  # each of these is loaded where it is needed alone
    from PIL.Image import Image
    from pypdfium2 import PdfDocument

SHOWN, BROKEN, LARGE, LOCKED = 0, 3, 4, 5
MOST_PIXELS = 120_000_000  # of a picture as it was sent; an A3 scan at 600 dots an inch has 70 million
MOST_TEXT = 200_000  # characters shown
MOST_ROWS, MOST_COLUMNS = 300, 40
QUALITY = 82
# Ending → what LibreOffice's filter for it is called.
FILTERS = {
    "doc": "MS Word 97", "docx": "MS Word 2007 XML", "xls": "MS Excel 97", "xlsx": "Calc MS Excel 2007 XML",
    "ppt": "MS PowerPoint 97", "pptx": "Impress MS PowerPoint 2007 XML",
}  # fmt: skip


class TooLarge(Exception):
    """More pixels than are taken on."""


class Locked(Exception):
    """The file asks for a password."""


def picture(path: str, word: str) -> bytes:
    from PIL import Image, ImageOps

    side = int(word)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of sizes that are looked at here
        Image.MAX_IMAGE_PIXELS = None
        with Image.open(path, formats=("JPEG", "PNG")) as source:
            if source.width * source.height > MOST_PIXELS:
                raise TooLarge
            source.draft("RGB", (side, side))  # a JPEG is decoded at about the size that is wanted
            source.thumbnail((side, side))
            upright = ImageOps.exif_transpose(source)
    return _jpeg(_on_white(upright))


def _on_white(source: "Image") -> "Image":
    """What is transparent would turn black."""
    from PIL import Image

    if source.mode in ("RGBA", "LA", "PA") or "transparency" in source.info:
        layer = source.convert("RGBA")
        ground = Image.new("RGB", layer.size, "white")
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    return source.convert("RGB")


def _jpeg(source: "Image") -> bytes:
    """The pixels and nothing else: a fresh picture has no metadata."""
    from PIL import Image

    bare = Image.new("RGB", source.size)
    bare.paste(source)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def page(path: str, word: str) -> bytes:
    number, side = (int(part) for part in word.split(","))
    document = _opened(path)
    if not 1 <= number <= len(document):
        raise ValueError(number)
    sheet = document[number - 1]
    width, height = sheet.get_size()
    return _jpeg(sheet.render(scale=side / max(width, height, 1)).to_pil().convert("RGB"))


def count(path: str, word: str) -> bytes:
    return json.dumps(len(_opened(path))).encode()


def _opened(path: str) -> "PdfDocument":
    import pypdfium2 as pdfium

    try:
        return pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        raise Locked if "password" in str(error).lower() else ValueError from error


def pdf(path: str, ending: str) -> bytes:
    from zhenggai.core.reading import libreoffice

    made = libreoffice.converted(Path(path).read_bytes(), f".{ending}", reads=FILTERS[ending], to="pdf")
    if made is None:
        raise ValueError(ending)
    return made


def text(path: str, name: str) -> bytes:
    from zhenggai.core.reading import clean, read
    from zhenggai.core.reading.text import decode

    data, ending = Path(path).read_bytes(), name.rsplit(".", 1)[-1].lower()
    if ending in ("ofd", "htm", "html"):
        return _told(clean(read(data, name)).text)
    words = decode(data)
    if ending != "csv":
        return _told(words)
    rows = [row for _, row in zip(range(MOST_ROWS + 1), csv.reader(io.StringIO(words)), strict=False)]
    cut = len(rows) > MOST_ROWS or any(len(row) > MOST_COLUMNS for row in rows)
    return json.dumps({"text": "", "rows": [row[:MOST_COLUMNS] for row in rows[:MOST_ROWS]], "cut": cut}).encode()


def _told(words: str) -> bytes:
    return json.dumps({"text": words[:MOST_TEXT], "rows": [], "cut": len(words) > MOST_TEXT}).encode()


WORK = {"picture": picture, "page": page, "count": count, "pdf": pdf, "text": text}


def main(what: str, path: str, word: str, seconds: str, memory: str) -> int:
    limit(int(seconds), int(memory))
    try:
        shown = WORK[what](path, word)
    except (TooLarge, MemoryError):
        return LARGE
    except Locked:
        return LOCKED
    except Exception:  # whatever a broken byte leads the parsers to
        return BROKEN
    sys.stdout.buffer.write(shown)
    return SHOWN


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
