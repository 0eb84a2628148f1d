"""Excel workbooks (.xlsx, .xlsm): every visible sheet, numbers and dates as the sheet shows them.

Read here rather than by a library because a library gives 2024-06-01 where the sheet shows 2024年6月, and lays out a
sheet of two far-apart cells in full. Source: ECMA-376 part 1, 18.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zhenggai.core.reading import limits
from zhenggai.core.reading.archive import Archive, remarks_on
from zhenggai.core.reading.document import Document
from zhenggai.core.reading.errors import Damaged, TooLarge
from zhenggai.core.reading.number_formats import BUILT_IN, plain, shown
from zhenggai.core.reading.sheets import Merge, Sheet, document_of
from zhenggai.core.reading.xml import local, parse, stream

if TYPE_CHECKING:
    from lxml.etree import _Element

_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_RELATED_STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


@dataclass(slots=True)
class _Book:
    """What all sheets share."""

    strings: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)  # by the number of the cell's style
    since_1904: bool = False
    spent: int = 0

    def value(self, cell: _Element) -> str:
        """What a cell shows."""
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return _text(cell)
        raw = next((node.text or "" for node in cell if local(node) == "v"), "")
        if kind == "s":
            return self.strings[int(raw)] if raw.isdigit() and int(raw) < len(self.strings) else ""
        if kind == "b":
            return "TRUE" if raw == "1" else "FALSE"
        if kind in {"str", "d"}:
            return _unescaped(raw)
        return self._number(raw, cell.get("s", "0")) if kind == "n" else ""

    def _number(self, raw: str, style: str) -> str:
        try:
            value = float(raw)
        except ValueError:
            return ""
        if not abs(value) < 1e300:
            return ""
        code = self.formats[int(style)] if style.isdigit() and int(style) < len(self.formats) else ""
        return shown(value, code, self.since_1904) if code else plain(value)


def read(data: bytes, name: str) -> Document:
    """The document of an .xlsx. Raises Damaged, Encrypted, TooLarge or Empty."""
    archive = Archive(data)
    found, hidden = _read(archive)
    return document_of(name, "xlsx", found, hidden, remarks_on(archive))


def sheets(data: bytes) -> list[Sheet]:
    """The visible sheets in order, cell by cell. Raises Damaged, Encrypted or TooLarge."""
    return _read(Archive(data))[0]


def _read(archive: Archive) -> tuple[list[Sheet], list[str]]:
    """The visible sheets, and the names of the hidden ones."""
    workbook = parse(archive.part("xl/workbook.xml") or b"")
    targets = _targets(archive)
    book = _Book(
        strings=_strings(archive.part("xl/sharedStrings.xml")),
        formats=_formats(archive.part("xl/styles.xml")),
        since_1904=any(node.get("date1904") in {"1", "true"} for node in workbook.iter("{*}workbookPr")),
    )
    found, hidden = [], []
    for node in workbook.iter("{*}sheet"):
        title = node.get("name", "")
        part = targets.get(node.get(_RELATED) or node.get(_RELATED_STRICT) or "")
        if node.get("state", "visible") != "visible":
            hidden.append(title)
        elif part is not None and part in archive.names:
            found.append(_sheet(title, archive.part(part) or b"", book))
    return found, hidden


def _targets(archive: Archive) -> dict[str, str]:
    """Relation id -> the part of the worksheet."""
    part = archive.part("xl/_rels/workbook.xml.rels")
    if part is None:
        raise Damaged
    found = {}
    for node in parse(part).iter("{*}Relationship"):
        target = node.get("Target", "")
        if node.get("Type", "").endswith("/worksheet"):
            found[node.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


def _strings(part: bytes | None) -> list[str]:
    found = []
    for node in stream(part, "{*}si") if part else ():
        found.append(_text(node))
        if len(found) > limits.MAX_BLOCKS:
            raise TooLarge
    return found


def _text(node: _Element) -> str:
    """The text of a string, its runs together, without the reading aids above Chinese characters."""
    return _unescaped("".join(one.text or "" for one in node.iter("{*}t") if local(one.getparent()) != "rPh"))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _formats(part: bytes | None) -> list[str]:
    """The format code of each cell style, "" where the number is shown as it is."""
    if part is None:
        return []
    root = parse(part)
    codes = {node.get("numFmtId", ""): node.get("formatCode", "") for node in root.iter("{*}numFmt")}
    found = []
    for node in root.iterfind("{*}cellXfs/{*}xf"):
        number = node.get("numFmtId", "0")
        built_in = BUILT_IN.get(int(number), "") if number.isdigit() and len(number) < 6 else ""
        found.append(codes.get(number, built_in))
    return found


def _sheet(title: str, part: bytes, book: _Book) -> Sheet:
    sheet = Sheet(title)
    row = 0
    for node in stream(part, "{*}row", "{*}mergeCell"):
        if local(node) == "mergeCell":
            sheet.merges += _merge(node.get("ref", ""))
            book.spent += 1
        else:
            number = node.get("r", "")
            row = int(number) if number.isdigit() and len(number) < 8 else row + 1
            _row(node, row, sheet, book)
        if book.spent > limits.MAX_BLOCKS:
            raise TooLarge
    return sheet


def _row(node: _Element, row: int, sheet: Sheet, book: _Book) -> None:
    column = 0
    for cell in node:
        if local(cell) != "c":
            continue
        match = _PLACE.fullmatch(cell.get("r", ""))
        column = _column(match[1]) if match else column + 1
        if len(cell):
            book.spent += 1
            sheet.put(row, column, book.value(cell))
            if local(cell[0]) == "f":
                sheet.formulas.add((row, column))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _merge(reference: str) -> list[Merge]:
    """The merged range, as a list of one; none where the reference is broken.

    >>> _merge("A1:C2"), _merge("A1")
    ([(1, 1, 2, 3)], [])
    """
    ends = [_PLACE.fullmatch(end) for end in reference.replace("$", "").split(":")]
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        return []
    return [(int(ends[0][2]), _column(ends[0][1]), int(ends[1][2]), _column(ends[1][1]))]
