"""Tables drawn on PDF pages: strokes to cells, cells to tables, tables joined over page breaks."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace

from zhenggai.core.reading.document import Cell, Dropped, Table
from zhenggai.core.reading.page_layout import cell_text
from zhenggai.core.reading.pages import Glyph, Line, Page, Stroke, lines_of
from zhenggai.core.reading.signs import is_unfinished, opens_item

_STRAIGHT = 1.5  # points by which a ruled line may lean
_SNAP = 3.0
_SHORTEST = 4.0
_OVERLAP = 0.5  # points by which characters and rules may overlap
_MOST_EDGES = 600  # after merging; a page of a ledger has about 60
_MOST_CROSSINGS = 6_000
_MOST_LOOKUPS = 5_000_000  # cells times characters

Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class PlacedTable:
    """A table and where it stands; ``columns`` are the offsets of its vertical lines, by which a continuation is known."""

    table: Table
    page: int
    top: float
    bottom: float
    columns: tuple[float, ...]
    page_height: float
    last_page: int


def placed_tables(page: Page) -> list[PlacedTable]:
    """The ruled tables of a page, top to bottom; their characters are taken out of the page's lines."""
    if len(page.strokes) < 4:
        return []
    found = []
    for boxes in _grids(page.strokes):
        xs = _levels([box[0] for box in boxes] + [box[2] for box in boxes])
        ys = _levels([box[1] for box in boxes] + [box[3] for box in boxes])
        if len(xs) < 3 or len(ys) < 2:
            continue
        if len(boxes) * len(page.glyphs) > _MOST_LOOKUPS:
            continue
        table = _table(page, boxes, xs, ys)
        if any(cell.text for cell in table.cells):
            found.append(PlacedTable(table, page.number, ys[0], ys[-1], tuple(xs), page.height, page.number))
    for placed in found:
        page.glyphs = [glyph for glyph in page.glyphs if not _within(glyph, placed)]
    if found:
        page.lines = lines_of(page.glyphs)
    return sorted(found, key=lambda placed: placed.top)


def _within(glyph: Glyph, placed: PlacedTable) -> bool:
    return placed.top <= glyph.middle <= placed.bottom and placed.columns[0] - 2 <= glyph.left <= placed.columns[-1] + 2


def _grids(strokes: list[Stroke]) -> list[list[Box]]:
    """Groups of cell boxes that touch, one group a table."""
    edges = [edge for edge in map(_edge, strokes) if edge]
    kinds = {edge["orientation"] for edge in edges}
    if kinds != {"h", "v"}:
        return []
    from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells, merge_edges

    merged = merge_edges(edges, _SNAP, _SNAP, _SNAP, _SNAP)
    merged = [edge for edge in merged if max(edge["x1"] - edge["x0"], edge["bottom"] - edge["top"]) >= _SHORTEST]
    if len(merged) > _MOST_EDGES:
        return []
    crossings = edges_to_intersections(merged, _SNAP, _SNAP)
    if len(crossings) > _MOST_CROSSINGS:
        return []
    return [list(table) for table in cells_to_tables(intersections_to_cells(crossings))]


def _edge(stroke: Stroke) -> dict[str, float | str] | None:
    """A stroke in the form pdfplumber's table functions take, None when it is slanted or a dot."""
    (x0, y0), (x1, y1) = stroke
    across, down = abs(x1 - x0), abs(y1 - y0)
    if min(across, down) > _STRAIGHT or max(across, down) < 1:
        return None
    return {
        "x0": min(x0, x1),
        "x1": max(x0, x1),
        "top": min(y0, y1),
        "bottom": max(y0, y1),
        "width": across,
        "height": down,
        "orientation": "h" if across >= down else "v",
    }


def _levels(values: list[float]) -> list[float]:
    levels: list[float] = []
    for value in sorted(values):
        if not levels or value - levels[-1] > _SNAP:
            levels.append(value)
    return levels


def _level(levels: list[float], value: float) -> int:
    return bisect_left(levels, value - _SNAP)


def _table(page: Page, boxes: list[Box], xs: list[float], ys: list[float]) -> Table:
    lines = [lines_of(inside) for inside in _shared_out(page.glyphs, boxes)]
    margin = _margin(boxes, lines)
    cells = []
    for box, inside in zip(boxes, lines, strict=True):
        left, top, right, bottom = box
        row, column = _level(ys, top), _level(xs, left)
        cells.append(
            Cell(
                text=cell_text(inside, right - left - 2 * margin),
                row=row + 1,
                column=column + 1,
                rows=max(1, _level(ys, bottom) - row),
                columns=max(1, _level(xs, right) - column),
                page=page.number,
                box=(
                    round(left / page.width, 4),
                    round(top / page.height, 4),
                    round(right / page.width, 4),
                    round(bottom / page.height, 4),
                ),
            )
        )
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return Table(tuple(cells), height=len(ys) - 1, width=len(xs) - 1)


def _shared_out(glyphs: list[Glyph], boxes: list[Box]) -> list[list[Glyph]]:
    """The characters by the cell they stand in. One that hangs over the edge is its line's: `公里。` in a narrow column."""
    shares: list[list[Glyph]] = [[] for _ in boxes]
    before: tuple[Glyph, int] | None = None
    for glyph in glyphs:
        middle = (glyph.left + glyph.right) / 2
        holds = (
            index
            for index, (left, top, right, bottom) in enumerate(boxes)
            if left <= middle < right and top <= glyph.middle < bottom
        )
        index = next(holds, None)
        hangs = index is None or glyph.left < boxes[index][0] - _OVERLAP
        if hangs and before and _follows(before[0], glyph) and glyph.left < boxes[before[1]][2] + _OVERLAP:
            index = before[1]
        if index is not None:
            shares[index].append(glyph)
            before = glyph, index
    return shares


def _follows(glyph: Glyph, following: Glyph) -> bool:
    """Whether the second character is the next on the line."""
    height = glyph.bottom - glyph.top
    return abs(glyph.middle - following.middle) < 0.2 * height and abs(following.left - glyph.right) < 0.3 * height


def _margin(boxes: list[Box], lines: list[list[Line]]) -> float:
    """What the cells of a table leave free beside their text: the least that any of them leaves on its left."""
    gaps = [line.left - box[0] for box, inside in zip(boxes, lines, strict=True) for line in inside]
    return min((gap for gap in gaps if gap > _OVERLAP), default=_SNAP)


def join_tables(pages: list[list[PlacedTable]]) -> tuple[list[PlacedTable], tuple[Dropped, ...]]:
    """All tables, those broken by a page end put together; header rows that come back are returned as dropped."""
    joined: list[PlacedTable] = []
    dropped: list[Dropped] = []
    for placed in (table for tables in pages for table in tables):
        if joined and _goes_on(joined[-1], placed):
            whole, header = _appended(joined[-1], placed)
            dropped += header
            joined[-1] = whole
        else:
            joined.append(placed)
    return joined, tuple(dropped)


def _goes_on(table: PlacedTable, following: PlacedTable) -> bool:
    """The next page, at its top, with the same columns."""
    return (
        following.page == table.last_page + 1
        and following.top < following.page_height * 0.25
        and len(table.columns) == len(following.columns)
        and all(abs(a - b) < 3 * _SNAP for a, b in zip(table.columns, following.columns, strict=True))
    )


def _appended(table: PlacedTable, following: PlacedTable) -> tuple[PlacedTable, list[Dropped]]:
    cells = list(table.table.cells)
    rows = _by_rows(following.table)
    dropped: list[Dropped] = []
    while rows and _repeats_header(table.table, rows[0], len(dropped) + 1):
        dropped.append(Dropped("\t".join(cell.text for cell in rows.pop(0)), "repeated_table_header"))
    if rows and _continues_row(cells, rows[0]):
        cells = _merged(cells, rows.pop(0))
    height = table.table.height
    for number, row in enumerate(rows, height + 1):
        cells += [cell._replace(row=number) for cell in row]
    whole = Table(tuple(cells), height + len(rows), table.table.width)
    return replace(table, table=whole, last_page=following.page), dropped


def _by_rows(table: Table) -> list[list[Cell]]:
    rows: list[list[Cell]] = [[] for _ in range(table.height)]
    for cell in table.cells:
        rows[cell.row - 1].append(cell)
    return rows


def _repeats_header(table: Table, row: list[Cell], number: int) -> bool:
    header = [cell.text for cell in table.cells if cell.row == number]
    return bool(header) and header == [cell.text for cell in row]


def _continues_row(cells: list[Cell], row: list[Cell]) -> bool:
    """The page broke within a row: no serial number, and a sentence goes on."""
    if any(cell.column == 1 and cell.text.strip() for cell in row):
        return False
    last = _last_in_columns(cells)
    return any(
        cell.text and cell.column in last and is_unfinished(cells[last[cell.column]].text) and not opens_item(cell.text)
        for cell in row
    )


def _last_in_columns(cells: list[Cell]) -> dict[int, int]:
    return {cell.column: index for index, cell in enumerate(cells)}


def _merged(cells: list[Cell], row: list[Cell]) -> list[Cell]:
    """The cells with the texts of a continued row added to those above."""
    merged = list(cells)
    last = _last_in_columns(cells)
    for cell in row:
        index = last.get(cell.column)
        if index is None or not cell.text:
            continue
        above = merged[index]
        separator = "\n" if above.text and opens_item(cell.text) else ""
        text = above.text + separator + cell.text
        merged[index] = above._replace(text=text, box=None)  # it stands on two pages
    return merged
