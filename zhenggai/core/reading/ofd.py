"""OFD, China's own format for fixed pages. Source: GB/T 33190-2016.

A zip of XML parts: OFD.xml names the documents, each its pages, each page its layers of text and drawn paths, placed
in millimetres from the top left corner. What a page of characters and strokes means is told in ``paged``; pages that
are pictures are read in ``ofd_pictures``.
"""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import join, normpath
from typing import TYPE_CHECKING

from zhenggai.core.reading import limits
from zhenggai.core.reading.archive import Archive
from zhenggai.core.reading.document import Document, tidy
from zhenggai.core.reading.errors import Damaged, TooLarge
from zhenggai.core.reading.ofd_objects import POINTS, Box, Matrix, box_of, glyphs_of, matrix_of, strokes_of
from zhenggai.core.reading.ofd_pictures import Leaf, Placed, with_scans_read
from zhenggai.core.reading.paged import Budget, document_of
from zhenggai.core.reading.pages import Glyph, Page, Stroke
from zhenggai.core.reading.xml import local, parse

if TYPE_CHECKING:
    from lxml.etree import _Element

_A4: Box = (0, 0, 210, 297)


def read(data: bytes, name: str) -> Document:
    """The document of an .ofd. Raises Damaged, Encrypted, TooLarge, or NoText for a scan that cannot be recognised."""
    archive = Archive(data)
    leaves, titles = leaves_of(archive)
    pages, remarks = with_scans_read(archive, leaves)
    return document_of(name, "ofd", pages, titles, remarks)


def leaves_of(archive: Archive) -> tuple[list[Leaf], tuple[str, ...]]:
    """All pages of the file with their pictures, and its titles. Raises Damaged, TooLarge."""
    root = _part(archive, "OFD.xml")
    leaves: list[Leaf] = []
    titles: list[str] = []
    for body in root.iter("{*}DocBody"):
        titles += [tidy(node.text).strip() for node in body.iter("{*}Title") if node.text]
        for node in body.iter("{*}DocRoot"):
            leaves += _Pages(archive, _joined("OFD.xml", node.text)).read(len(leaves))
    if not leaves:
        raise Damaged
    return leaves, tuple(filter(None, titles))


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
        self._media = dict(self._resources())

    def read(self, before: int) -> list[Leaf]:
        """All pages; ``before`` were read from earlier documents of the file."""
        nodes = list(self._root.iterfind("{*}Pages/{*}Page"))
        budget = Budget(before + len(nodes))
        leaves = []
        for number, node in enumerate(nodes, before + 1):
            leaves.append(self._leaf(_joined(self._place, node.get("BaseLoc")), number))
            budget.spend(leaves[-1].page)
        return leaves

    def _resources(self) -> Iterator[tuple[str, str]]:
        """The identifier of each picture, and the part of the archive that holds it."""
        for node in self._root.iterfind("{*}CommonData/*"):
            place = _joined(self._place, node.text)
            if local(node) not in {"PublicRes", "DocumentRes"} or place not in self._archive.names:
                continue
            root = _part(self._archive, place)
            folder = _joined(place, root.get("BaseLoc")) + "/"
            for medium in root.iter("{*}MultiMedia"):
                file = next((child.text for child in medium if local(child) == "MediaFile"), None)
                yield medium.get("ID", ""), _joined(folder, file)

    def _leaf(self, place: str, number: int) -> Leaf:
        root = _part(self._archive, place)
        box = next((box for node in root.iterfind("{*}Area") if (box := _area(node))), self._size)
        glyphs: list[Glyph] = []
        strokes: list[Stroke] = []
        pictures: list[Placed] = []
        watermark = ""
        for layer in (*self._template_layers(root), root):
            for node, matrix in _objects(layer):
                if local(node) == "TextObject" and matrix.is_slanted:
                    watermark += "".join(code.text or "" for code in node)
                elif local(node) == "TextObject":
                    glyphs += glyphs_of(node, matrix)
                elif local(node) == "ImageObject":
                    pictures += self._picture(node)
                else:
                    strokes += strokes_of(node, matrix)
                if len(glyphs) > limits.MAX_CHARACTERS or len(strokes) > limits.MAX_BLOCKS:
                    raise TooLarge
        if len(strokes) > limits.MAX_TABLE_PATHS:
            strokes = []  # a drawing, not a table
        page = Page(number, box[2] * POINTS, box[3] * POINTS, glyphs, strokes, tidy(watermark).strip())
        return Leaf(page, tuple(pictures))

    def _picture(self, node: _Element) -> list[Placed]:
        """The picture of an image object, nothing where its file is not there."""
        box, part = box_of(node.get("Boundary")), self._media.get(node.get("ResourceID", ""))
        return [Placed(box, part)] if box and part in self._archive.names else []

    def _template_layers(self, root: _Element) -> Iterator[_Element]:
        """The contents that several pages share."""
        for node in root.iterfind("{*}Template"):
            place = self._templates.get(node.get("TemplateID", ""))
            if place is not None and place in self._archive.names:
                yield _part(self._archive, place)


def _area(node: _Element) -> Box | None:
    return next((box_of(child.text) for child in node if local(child) == "PhysicalBox"), None)


def _objects(root: _Element) -> Iterator[tuple[_Element, Matrix]]:
    """The texts, paths and pictures of a page, each with where it stands."""
    for node in root.iter("{*}TextObject", "{*}PathObject", "{*}ImageObject"):
        if node.get("Visible", "true") != "false":
            yield node, matrix_of(node.get("CTM"), box_of(node.get("Boundary")))
