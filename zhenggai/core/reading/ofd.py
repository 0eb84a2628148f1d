"""OFD, China's own format for fixed pages. Source: GB/T 33190-2016.

A zip of XML parts: OFD.xml names the documents, each its pages, each page its layers of text and drawn paths, placed
in millimetres from the top left corner. What a page of characters and strokes means is told in ``paged``.
"""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import join, normpath
from typing import TYPE_CHECKING

from zhenggai.core.reading import limits
from zhenggai.core.reading.archive import Archive
from zhenggai.core.reading.document import Document, tidy
from zhenggai.core.reading.errors import Damaged, NoText, TooLarge
from zhenggai.core.reading.ofd_objects import POINTS, Box, Matrix, box_of, glyphs_of, matrix_of, strokes_of
from zhenggai.core.reading.paged import Budget, document_of
from zhenggai.core.reading.pages import Glyph, Page, Stroke
from zhenggai.core.reading.xml import local, parse

if TYPE_CHECKING:
    from lxml.etree import _Element

_A4: Box = (0, 0, 210, 297)


def read(data: bytes, name: str) -> Document:
    """The document of an .ofd. Raises Damaged, Encrypted, TooLarge, or NoText for a scan."""
    archive = Archive(data)
    root = _part(archive, "OFD.xml")
    pages: list[Page] = []
    titles: list[str] = []
    for body in root.iter("{*}DocBody"):
        titles += [tidy(node.text).strip() for node in body.iter("{*}Title") if node.text]
        for node in body.iter("{*}DocRoot"):
            pages += _Pages(archive, _joined("OFD.xml", node.text)).read(len(pages))
    if not pages:
        raise Damaged
    try:
        return document_of(name, "ofd", pages, tuple(filter(None, titles)))
    except NoText:
        raise NoText(
            "这份 OFD 里没有文字，可能是扫描件。请转成 PDF 后再读（要装文字识别组件），或改传 Word 原件。"
        ) from None


def _part(archive: Archive, name: str) -> _Element:
    content = archive.part(name)
    if content is None:
        raise Damaged
    return parse(content)


def _joined(base: str, target: str | None) -> str:
    """Where a location named in one part leads; a leading stroke means the root of the archive."""
    target = (target or "").strip()
    return normpath(target.lstrip("/") if target.startswith("/") else join(base.rpartition("/")[0], target))


class _Pages:
    """The pages of one document inside the file."""

    def __init__(self, archive: Archive, place: str) -> None:
        self._archive = archive
        self._place = place
        self._root = _part(archive, place)
        self._templates = {
            node.get("ID", ""): _joined(place, node.get("BaseLoc")) for node in self._root.iter("{*}TemplatePage")
        }
        self._size = next((box for node in self._root.iter("{*}PageArea") if (box := _area(node))), _A4)

    def read(self, before: int) -> list[Page]:
        """All pages; ``before`` were read from earlier documents of the file."""
        nodes = list(self._root.iterfind("{*}Pages/{*}Page"))
        budget = Budget(before + len(nodes))
        return [
            budget.spend(self._page(_joined(self._place, node.get("BaseLoc")), number))
            for number, node in enumerate(nodes, before + 1)
        ]

    def _page(self, place: str, number: int) -> Page:
        root = _part(self._archive, place)
        box = next((box for node in root.iterfind("{*}Area") if (box := _area(node))), self._size)
        glyphs: list[Glyph] = []
        strokes: list[Stroke] = []
        watermark = ""
        for layer in (*self._template_layers(root), root):
            for node, matrix in _objects(layer):
                if local(node) == "TextObject" and matrix.is_slanted:
                    watermark += "".join(code.text or "" for code in node)
                elif local(node) == "TextObject":
                    glyphs += glyphs_of(node, matrix)
                else:
                    strokes += strokes_of(node, matrix)
                if len(glyphs) > limits.MAX_CHARACTERS or len(strokes) > limits.MAX_BLOCKS:
                    raise TooLarge
        if len(strokes) > limits.MAX_TABLE_PATHS:
            strokes = []  # a drawing, not a table
        return Page(number, box[2] * POINTS, box[3] * POINTS, glyphs, strokes, tidy(watermark).strip())

    def _template_layers(self, root: _Element) -> Iterator[_Element]:
        """The contents that several pages share."""
        for node in root.iterfind("{*}Template"):
            place = self._templates.get(node.get("TemplateID", ""))
            if place is not None and place in self._archive.names:
                yield _part(self._archive, place)


def _area(node: _Element) -> Box | None:
    return next((box_of(child.text) for child in node if local(child) == "PhysicalBox"), None)


def _objects(root: _Element) -> Iterator[tuple[_Element, Matrix]]:
    """The texts and paths of a page, each with where it stands."""
    for node in root.iter("{*}TextObject", "{*}PathObject"):
        if node.get("Visible", "true") != "false":
            yield node, matrix_of(node.get("CTM"), box_of(node.get("Boundary")))
