"""Word documents (.docx): paragraphs and tables in their order, as a reader of the page would see them.

Automatic numbers become text, insertions are accepted and deletions dropped, text boxes follow the paragraph they
hang on, headers, footers and footnotes are kept apart. Source: ECMA-376 part 1, 17.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhenggai.core.reading import limits
from zhenggai.core.reading.archive import Archive, remarks_on
from zhenggai.core.reading.document import Block, Cell, Document, Dropped, Paragraph, Remark, Table, tidy
from zhenggai.core.reading.docx_numbering import Numbering, W
from zhenggai.core.reading.errors import Damaged, Empty, TooLarge
from zhenggai.core.reading.xml import parse

if TYPE_CHECKING:
    from lxml.etree import _Element

_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"

# Left out with all they hold: deleted or moved-away text, the second copy of a drawing, field codes, pinyin above.
_SKIPPED = frozenset(
    {f"{W}{tag}" for tag in ("del", "moveFrom", "instrText", "delText", "rPr", "pPr", "sectPr", "rt")} | {_FALLBACK}
)
_STRICT, _USUAL = b"http://purl.oclc.org/ooxml/wordprocessingml/main", W.strip("{}").encode()
_CHARACTERS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}


def read(data: bytes, name: str) -> Document:
    """The document of a .docx. Raises Damaged, Encrypted, TooLarge or Empty."""
    archive = Archive(data)
    main = _part(archive, _main_part(archive))
    body = None if main is None else main.find(f"{W}body")
    if body is None:
        raise Damaged
    reader = _Body(archive)
    blocks = tuple(reader.blocks(body, nesting=0))
    if not any(_text_of(block).strip() for block in blocks):
        raise Empty
    return Document(
        name=name,
        kind="docx",
        blocks=blocks,
        titles=_titles(archive),
        headers=_side_texts(archive, "word/header", "word/footer"),
        footnotes=_side_texts(archive, "word/footnotes", "word/endnotes"),
        dropped=tuple(reader.dropped),
        remarks=(*reader.remarks(), *remarks_on(archive)),
    )


def _main_part(archive: Archive) -> str:
    """The part that holds the text: some programs call it word/document2.xml."""
    relations = archive.part("_rels/.rels")
    if relations is not None and "word/document.xml" not in archive.names:
        for node in parse(relations).iter("{*}Relationship"):
            if node.get("Type", "").endswith("/officeDocument"):
                return node.get("Target", "").lstrip("/")
    return "word/document.xml"


def _part(archive: Archive, name: str) -> _Element | None:
    """A part in the usual namespace; that of "Strict Open XML" differs in nothing else."""
    content = archive.part(name)
    return None if content is None else parse(content.replace(_STRICT, _USUAL))


def _text_of(block: Block) -> str:
    return block.text if isinstance(block, Paragraph) else "".join(cell.text for cell in block.cells)


def _titles(archive: Archive) -> tuple[str, ...]:
    part = archive.part("docProps/core.xml")
    title = parse(part).findtext(_TITLE) if part else None
    return (tidy(title).strip(),) if title and title.strip() else ()


def _side_texts(archive: Archive, *prefixes: str) -> tuple[str, ...]:
    """The paragraphs of headers or notes, each once."""
    found: dict[str, None] = {}
    for name in sorted(archive.names):
        if name.startswith(prefixes) and name.endswith(".xml"):
            part = _part(archive, name)
            for paragraph in part.iter(f"{W}p") if part is not None else ():
                text = "".join(node.text or "" for node in paragraph.iter(f"{W}t"))
                if text.strip():
                    found[tidy(text).strip()] = None
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Style:
    based_on: str
    numbering: tuple[str, int] | None


class _Body:
    """Walks the body once, counting automatic numbers as it goes."""

    def __init__(self, archive: Archive) -> None:
        self._numbering = Numbering(_part(archive, "word/numbering.xml"))
        self._styles = _styles(_part(archive, "word/styles.xml"))
        self._count = 0
        self._tracked = False
        self.dropped: list[Dropped] = []

    def remarks(self) -> tuple[Remark, ...]:
        """What the sender should know: that the file still carried tracked changes."""
        if not self._tracked:
            return ()
        return (Remark("tracked_changes", "文件带有修订痕迹，已按“接受全部修订”读取。"),)

    def blocks(self, parent: _Element, nesting: int) -> Iterator[Block]:
        for node in parent:
            if node.tag == f"{W}p":
                yield from self._paragraph(node, nesting)
            elif node.tag == f"{W}tbl":
                yield self._table(node, nesting + 1)
            elif node.tag in _SKIPPED or not isinstance(node.tag, str):
                self._tracked |= node.tag == f"{W}del"
            elif node.tag in {f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}moveTo"}:
                yield from self.blocks(node, nesting)

    def _paragraph(self, node: _Element, nesting: int) -> Iterator[Block]:
        self._spend()
        pieces: list[str] = []
        boxes: list[_Element] = []
        self._collect(node, pieces, boxes)
        text = tidy("".join(pieces)).rstrip("\n")
        if text.strip():
            text = self._number(node) + text
        yield Paragraph(text)
        if nesting > limits.MAX_TABLE_NESTING and boxes:
            raise TooLarge
        for box in boxes:
            yield from self.blocks(box, nesting + 1)

    def _collect(self, node: _Element, pieces: list[str], boxes: list[_Element]) -> None:
        """The text of a paragraph; text boxes inside are set aside."""
        for child in node:
            tag = child.tag
            if tag in _SKIPPED or not isinstance(tag, str):
                self._note_deletion(child)
            elif tag == f"{W}t":
                pieces.append(child.text or "")
            elif tag in _CHARACTERS:
                if child.get(f"{W}type") not in {"page", "column"}:
                    pieces.append(_CHARACTERS[tag])
            elif tag == f"{W}txbxContent":
                boxes.append(child)
            elif tag == f"{W}r" and _is_hidden(child):
                self.dropped.append(Dropped("".join(part.text or "" for part in child.iter(f"{W}t")), "hidden_text"))
            else:
                self._tracked |= tag == f"{W}ins"
                self._collect(child, pieces, boxes)

    def _note_deletion(self, node: _Element) -> None:
        if node.tag in {f"{W}del", f"{W}moveFrom"}:
            self._tracked = True
            text = "".join(part.text or "" for part in node.iter(f"{W}delText", f"{W}t"))
            if text.strip():
                self.dropped.append(Dropped(tidy(text), "tracked_deletion"))

    def _number(self, node: _Element) -> str:
        found = _numbering_of(node.find(f"{W}pPr"))
        style = node.find(f"{W}pPr/{W}pStyle")
        if found is None and style is not None:
            found = self._style_numbering(style.get(f"{W}val", ""))
        return self._numbering.label(*found) if found else ""

    def _style_numbering(self, style: str) -> tuple[str, int] | None:
        seen: set[str] = set()
        while style and style not in seen:
            seen.add(style)
            known = self._styles.get(style)
            if known is None:
                return None
            if known.numbering:
                return known.numbering
            style = known.based_on
        return None

    def _table(self, node: _Element, nesting: int) -> Table:
        if nesting > limits.MAX_TABLE_NESTING:
            raise TooLarge
        builder = _TableBuilder()
        for row in _rows(node):
            builder.start_row(_grid_number(row, "trPr/{0}gridBefore"))
            for cell in _cells(row):
                self._spend()
                blocks = self.blocks(cell, nesting)
                text = "\n".join(filter(None, (_flat(block) for block in blocks)))
                builder.add(text, _grid_number(cell, "tcPr/{0}gridSpan") or 1, _continues(cell))
        return builder.table()

    def _spend(self) -> None:
        self._count += 1
        if self._count > limits.MAX_BLOCKS:
            raise TooLarge


class _TableBuilder:
    """Collects cells row by row; a vertically merged cell grows instead of being added again."""

    def __init__(self) -> None:
        self._cells: list[Cell] = []
        self._owner: dict[int, int] = {}  # column -> index of the cell that last began there
        self._row = 0
        self._column = 1
        self._width = 0

    def start_row(self, skipped: int) -> None:
        self._row += 1
        self._column = 1 + min(skipped, limits.MAX_SPAN)

    def add(self, text: str, columns: int, continues: bool) -> None:
        columns = min(columns, limits.MAX_SPAN)
        owner = self._owner.get(self._column)
        if continues and owner is not None:
            above = self._cells[owner]
            grown = self._row - above.row + 1
            self._cells[owner] = Cell(above.text, above.row, above.column, grown, above.columns)
        else:
            self._owner[self._column] = len(self._cells)
            self._cells.append(Cell(text, self._row, self._column, 1, columns))
        self._column += columns
        self._width = max(self._width, self._column - 1)

    def table(self) -> Table:
        ordered = sorted(self._cells, key=lambda cell: (cell.row, cell.column))
        return Table(tuple(ordered), height=self._row, width=self._width)


def _flat(block: Block) -> str:
    """A block inside a cell as lines of text; a table inside a cell keeps its rows as lines."""
    if isinstance(block, Paragraph):
        return block.text.strip()
    lines: dict[int, list[str]] = {}
    for cell in block.cells:
        lines.setdefault(cell.row, []).append(cell.text)
    return "\n".join(" ".join(texts) for texts in lines.values())


def _rows(table: _Element) -> Iterator[_Element]:
    yield from (node for node in _through_wrappers(table) if node.tag == f"{W}tr" and not _deleted_row(node))


def _cells(row: _Element) -> Iterator[_Element]:
    yield from (node for node in _through_wrappers(row) if node.tag == f"{W}tc")


def _through_wrappers(parent: _Element) -> Iterator[_Element]:
    for node in parent:
        if node.tag in {f"{W}sdt", f"{W}sdtContent", f"{W}customXml"}:
            yield from _through_wrappers(node)
        else:
            yield node


def _deleted_row(row: _Element) -> bool:
    return row.find(f"{W}trPr/{W}del") is not None


def _continues(cell: _Element) -> bool:
    merge = cell.find(f"{W}tcPr/{W}vMerge")
    return merge is not None and merge.get(f"{W}val", "continue") == "continue"


def _grid_number(node: _Element, path: str) -> int:
    found = node.find(W + path.format(W))
    value = "" if found is None else found.get(f"{W}val", "")
    return int(value) if value.isdigit() and len(value) < 6 else 0


def _is_hidden(run: _Element) -> bool:
    vanish = run.find(f"{W}rPr/{W}vanish")
    return vanish is not None and vanish.get(f"{W}val", "true") not in {"0", "false", "off"}


def _numbering_of(properties: _Element | None) -> tuple[str, int] | None:
    """(numId, level) that paragraph properties name; numId 0 switches a style's numbering off."""
    if properties is None:
        return None
    number = properties.find(f"{W}numPr/{W}numId")
    level = properties.find(f"{W}numPr/{W}ilvl")
    if number is None:
        return None
    depth = "0" if level is None else level.get(f"{W}val", "0")
    return number.get(f"{W}val", ""), int(depth) if depth.isdigit() else 0


def _styles(root: _Element | None) -> dict[str, _Style]:
    found = {}
    for node in root.iter(f"{W}style") if root is not None else ():
        based_on = node.find(f"{W}basedOn")
        found[node.get(f"{W}styleId", "")] = _Style(
            based_on="" if based_on is None else based_on.get(f"{W}val", ""),
            numbering=_numbering_of(node.find(f"{W}pPr")),
        )
    return found
