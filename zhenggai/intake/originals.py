"""The original as a person sees it: its pages as pictures, and where each character stands on them. Without Django.

PDF, OFD and pictures are shown as they are; Word files as LibreOffice lays them out, where it is installed. What takes
long (that layout, the recognition of a scan) is kept in a folder of the original's own and made once.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import pypdfium2 as pdfium
from PIL import Image

from zhenggai.core.reading import libreoffice, limits, scan
from zhenggai.core.reading.archive import Archive
from zhenggai.core.reading.errors import Unreadable
from zhenggai.core.reading.folding import fold
from zhenggai.core.reading.ofd import leaves_of
from zhenggai.core.reading.ofd_pictures import Leaf, opened, recognised_leaf
from zhenggai.core.reading.pages import Glyph
from zhenggai.core.reading.pdf_pages import characters, is_picture, picture_of, read_page
from zhenggai.core.reading.sniffing import sniff
from zhenggai.intake.ofd_drawing import draw

Box = tuple[float, float, float, float]

SCALE = 1.7  # pixels a point: an A4 page is 1,012 pixels wide
MOST_PIXELS = 12_000_000
_FILTERS = {"docx": "MS Word 2007 XML", "doc": "MS Word 97"}
_A4_WIDTH = 595


class NoPicture(Exception):
    """The original, or this page of it, cannot be shown as a picture here."""


@dataclass(frozen=True)
class Written:
    """What stands on a page: its characters without white space, folded; the box of each as shares of the page's width
    and height; where each line begins, when the lines are known; how a scan was turned (scan.upright)."""

    text: str
    boxes: list[Box]
    lines: list[int]
    quarters: int = 0
    angle: float = 0.0


class Original(Protocol):
    """Pages count from 1."""

    def __len__(self) -> int: ...

    def written(self, number: int) -> Written: ...

    def picture(self, number: int) -> Image.Image: ...


def opened_original(path: Path, name: str, folder: Path) -> Original:
    """The original at `path`; `folder` keeps what was made of it. Raises NoPicture."""
    data = path.read_bytes()
    try:
        kind = sniff(data, name)
        if kind in _FILTERS:
            return _Pdf(_laid_out(data, kind, folder), folder)
        if kind == "pdf":
            return _Pdf(data, folder)
        if kind == "ofd":
            return _Ofd(data, folder)
        if kind == "image":
            return _Pictures(path, folder)
    except (Unreadable, pdfium.PdfiumError, OSError) as error:
        raise NoPicture from error
    raise NoPicture


def _laid_out(data: bytes, kind: str, folder: Path) -> bytes:
    """The Word file as a PDF. A file that LibreOffice cannot lay out is not tried again."""
    kept, failed = folder / "original.pdf", folder / "failed"
    if kept.exists():
        return kept.read_bytes()
    if failed.exists() or libreoffice.program() is None:
        raise NoPicture
    made = libreoffice.converted(data, f".{kind}", reads=_FILTERS[kind], to="pdf")
    if made is None:
        keep(failed, b"")
        raise NoPicture
    keep(kept, made)
    return made


def keep(path: Path, data: bytes) -> None:
    """Writes a file that is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
    os.replace(beside, path)


def _kept(path: Path, make: Callable[[], Written]) -> Written:
    if path.exists():
        return Written(**json.loads(path.read_text("utf-8")))
    made = make()
    keep(path, json.dumps(asdict(made), ensure_ascii=False).encode())
    return made


def _written(lines: list[list[Glyph]], width: float, height: float, quarters: int = 0, angle: float = 0.0) -> Written:
    text, boxes, starts = "", [], []
    for line in lines:
        starts.append(len(text))
        for glyph in line:
            for letter in fold(glyph.text):
                if not letter.isspace():
                    text += letter
                    box = glyph.left / width, glyph.top / height, glyph.right / width, glyph.bottom / height
                    boxes.append(box)
    return Written(text, boxes, starts if len(lines) > 1 else [], quarters, angle)


def _recognised(found: scan.Recognised) -> Written:
    lines = [list(line) for line in found.lines]
    return _written(lines, found.page.width, found.page.height, found.quarters, found.angle)


def _bounded(width: float, height: float) -> float:
    return min(SCALE, (MOST_PIXELS / max(width * height, 1)) ** 0.5)


class _Pdf:
    def __init__(self, data: bytes, folder: Path) -> None:
        self._source, self._folder = pdfium.PdfDocument(data), folder
        if len(self._source) > limits.MAX_PAGES:
            raise NoPicture

    def __len__(self) -> int:
        return len(self._source)

    def written(self, number: int) -> Written:
        return _kept(self._folder / f"{number}.json", lambda: self._write(number))

    def _write(self, number: int) -> Written:
        sheet = self._source[number - 1]
        glyphs, _ = characters(sheet)
        width, height = sheet.get_size()
        if len(glyphs) <= scan.STAMP and scan.available() and is_picture(sheet, read_page(sheet, number)):
            return _recognised(scan.recognise(picture_of(sheet), number, width))
        return _written([glyphs], width, height)

    def picture(self, number: int) -> Image.Image:
        sheet = self._source[number - 1]
        picture: Image.Image = sheet.render(scale=_bounded(*sheet.get_size())).to_pil().convert("RGB")
        written = self.written(number)
        return scan.upright(picture, written.quarters, written.angle)


class _Pictures:
    """A picture, each frame of a .tif a page."""

    def __init__(self, path: Path, folder: Path) -> None:
        self._source, self._folder = Image.open(path), folder
        if self._source.width * self._source.height > limits.MAX_PIXELS:
            raise NoPicture

    def __len__(self) -> int:
        return int(getattr(self._source, "n_frames", 1))

    def _frame(self, number: int) -> Image.Image:
        from PIL import ImageOps

        self._source.seek(number - 1)
        return ImageOps.exif_transpose(self._source).convert("RGB")

    def written(self, number: int) -> Written:
        return _kept(self._folder / f"{number}.json", lambda: _recognised(scan.recognise(self._frame(number), number)))

    def picture(self, number: int) -> Image.Image:
        return _as_wide_as_a_page(self._frame(number), self.written(number))


class _Ofd:
    def __init__(self, data: bytes, folder: Path) -> None:
        self._archive, self._folder = Archive(data), folder
        self._leaves, _ = leaves_of(self._archive)

    def __len__(self) -> int:
        return len(self._leaves)

    def written(self, number: int) -> Written:
        return _kept(self._folder / f"{number}.json", lambda: self._write(self._leaves[number - 1]))

    def _write(self, leaf: Leaf) -> Written:
        found = recognised_leaf(self._archive, leaf) if leaf.scan and scan.available() else None
        return _recognised(found) if found else _written([leaf.page.glyphs], leaf.page.width, leaf.page.height)

    def picture(self, number: int) -> Image.Image:
        leaf = self._leaves[number - 1]
        scanned = opened(self._archive, leaf.scan.part) if leaf.scan else None
        if scanned is not None:
            return _as_wide_as_a_page(scanned, self.written(number))
        made = draw(self._archive, leaf, _bounded(leaf.page.width, leaf.page.height))
        if made is None:
            raise NoPicture
        return made


def _as_wide_as_a_page(picture: Image.Image, written: Written) -> Image.Image:
    upright = scan.upright(picture, written.quarters, written.angle)
    width = round(_A4_WIDTH * SCALE)
    return upright.resize((width, max(round(upright.height * width / upright.width), 1)))
