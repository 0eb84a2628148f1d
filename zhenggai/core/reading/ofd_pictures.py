"""Pictures on the pages of an .ofd: where each stands, and the pages that are scans, read by text recognition."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhenggai.core.reading import limits, scan
from zhenggai.core.reading.archive import Archive
from zhenggai.core.reading.document import Remark
from zhenggai.core.reading.errors import NoText, TooLarge
from zhenggai.core.reading.ofd_objects import POINTS, Box
from zhenggai.core.reading.pages import Page

if TYPE_CHECKING:
    from PIL.Image import Image

_KINDS = ("PNG", "JPEG", "TIFF", "BMP", "GIF")  # JBIG2, which the standard also allows, has no reader here


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture on a page: its box in millimetres, and the part of the archive that holds it."""

    box: Box
    part: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page with the pictures that stand on it."""

    page: Page
    pictures: tuple[Placed, ...]

    @property
    def scan(self) -> Placed | None:
        """The picture that is the page: it covers more than half, and there is a stamp's worth of text at most."""
        if sum(len(line.text) for line in self.page.lines) > scan.STAMP:
            return None
        half = self.page.width * self.page.height / 2
        return next((one for one in self.pictures if one.box[2] * one.box[3] * POINTS**2 > half), None)


def opened(archive: Archive, part: str) -> Image | None:
    """The picture in a part of the archive, None where it cannot be shown. Raises TooLarge."""
    from PIL import Image

    data = archive.part(part)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of sizes that are looked at here
            picture = Image.open(io.BytesIO(data or b""), formats=_KINDS)
            if picture.width * picture.height > limits.MAX_PIXELS:
                raise TooLarge
            return picture.convert("RGB")
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError):
        return None


def with_scans_read(archive: Archive, leaves: list[Leaf]) -> tuple[list[Page], tuple[Remark, ...]]:
    """The pages, those that are scans recognised; what could not be is told. Raises NoText, TooLarge."""
    pages = [leaf.page for leaf in leaves]
    scans = [(index, leaf.scan) for index, leaf in enumerate(leaves) if leaf.scan]
    if scans and len(scans) == len(pages) and not scan.available():
        raise NoText(scan.NOT_INSTALLED)
    if len(scans) > limits.MAX_RECOGNISED_PAGES:
        raise TooLarge
    recognised, unread = [], []
    for index, placed in scans:
        found = recognised_leaf(archive, leaves[index]) if scan.available() and placed else None
        if found is None:
            unread.append(str(pages[index].number))
        else:
            pages[index] = found.page
            recognised.append(found)
    remarks = scan.remarks(recognised)
    if unread:
        numbers = "、".join(unread[:20]) + ("等" if len(unread) > 20 else "")
        remarks += (Remark("pages_not_read", f"第 {numbers} 页是图片，没有读出文字。请改传 PDF 或 Word 原件。"),)
    return pages, remarks


def recognised_leaf(archive: Archive, leaf: Leaf) -> scan.Recognised | None:
    """What the scan that is a page says, the scan taken for the whole page; None where the picture cannot be opened."""
    placed = leaf.scan
    picture = opened(archive, placed.part) if placed else None
    if placed is None or picture is None:
        return None
    return scan.recognise(picture, leaf.page.number, placed.box[2] * POINTS)
