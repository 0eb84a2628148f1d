"""The public copy of an Excel workbook: a new one with the visible cells of the visible sheets, values in place of
formulas. Nothing of the old file is copied, so nothing can hide in it."""

import re
from io import BytesIO

import xlsxwriter

from zhenggai.core.reading.archive import Archive
from zhenggai.core.reading.errors import Damaged
from zhenggai.core.reading.sheets import Sheet
from zhenggai.core.reading.xlsx import sheets
from zhenggai.core.reading.xml import parse
from zhenggai.publicity.release.copies import Copy

_LEFT = {
    "comments": re.compile(r"xl/(comments|threadedComments|persons)"),
    "metadata": re.compile(r"docProps/|customXml/"),
    "embedded": re.compile(r"xl/(embeddings|charts|drawings|media|pivot|externalLinks|connections|queryTables)"),
    "macros": re.compile(r".*vbaProject\.bin$"),
}
_RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


def xlsx(data: bytes) -> Copy:
    """The public copy of an .xlsx. Raises Unreadable for what is damaged, locked or too large."""
    archive, copy = Archive(data), Copy()
    for kind, pattern in _LEFT.items():
        if any(pattern.match(name) for name in archive.names):
            copy.leave(kind)
    visible, hidden = _sheets(archive)
    for name in hidden:
        copy.leave("hidden_sheet", name)
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        for number, (sheet, part) in enumerate(zip(sheets(data), visible, strict=True), 1):
            rows, columns = _unseen(archive.part(part) or b"")
            if rows or columns:
                copy.leave("hidden_cells", sheet.name)
            if sheet.formulas:
                copy.leave("formulas")
            _write(book, sheet, rows, columns, number, copy)
    copy.data = out.getvalue()
    return copy


def _write(book: xlsxwriter.Workbook, sheet: Sheet, rows: set[int], columns: set[int], number: int, copy: Copy) -> None:
    name = _FORBIDDEN.sub("", sheet.name).strip("'")[:31] or f"表{number}"
    page = book.add_worksheet(name)
    shown = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    copy.text += f"\n{name}"
    for (row, column), text in sheet.cells.items():
        if row not in rows and column not in columns:
            page.write_string(row - 1, column - 1, text[:32767], shown)
            copy.text += f"\n{text}"
    for first_row, first_column, last_row, last_column in sheet.merges:
        seen = first_row not in rows and first_column not in columns
        if seen and (first_row, first_column) != (last_row, last_column):
            text = sheet.cells.get((first_row, first_column), "")
            page.merge_range(first_row - 1, first_column - 1, last_row - 1, last_column - 1, text, shown)


def _sheets(archive: Archive) -> tuple[list[str], list[str]]:
    """The parts of the visible sheets in order, and the names of the others."""
    workbook, related = archive.part("xl/workbook.xml"), archive.part("xl/_rels/workbook.xml.rels")
    if workbook is None or related is None:
        raise Damaged
    targets = {node.get("Id"): node.get("Target", "") for node in parse(related).iter("{*}Relationship")}
    visible, hidden = [], []
    for node in parse(workbook).iter("{*}sheet"):
        target = targets.get(node.get(_RELATED), "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if node.get("state", "visible") != "visible":
            hidden.append(node.get("name", ""))
        elif part in archive.names and "worksheets/" in part:
            visible.append(part)
    return visible, hidden


def _unseen(part: bytes) -> tuple[set[int], set[int]]:
    """The rows and columns of a sheet that are hidden, counted from 1."""
    root = parse(part)
    rows = {
        int(node.get("r", "0"))
        for node in root.iter("{*}row")
        if _on(node.get("hidden")) and node.get("r", "").isdigit()
    }
    columns: set[int] = set()
    for node in root.iter("{*}col"):
        if _on(node.get("hidden")):
            columns.update(range(int(node.get("min", "1")), min(int(node.get("max", "1")), 16384) + 1))
    return rows, columns


def _on(value: str | None) -> bool:
    return value in ("1", "true")
