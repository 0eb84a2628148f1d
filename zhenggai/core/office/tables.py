"""Tables of official documents: thin borders, a header that repeats on each page, rows that stay whole."""

from collections.abc import Iterable, Sequence

from zhenggai.core.office import standard as gb
from zhenggai.core.office.standard import Style, mm
from zhenggai.core.office.text import as_text
from zhenggai.core.office.wordml import Paragraph, Xml, element

SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
MARGINS = (("top", 0.5), ("left", 1), ("bottom", 0.5), ("right", 1))
ALIGNMENTS = {"l": "left", "c": "center", "r": "right"}


def table(
    header: Sequence[str], rows: Iterable[Sequence[object]], *, widths: Sequence[float] = (), align: str = ""
) -> Xml:
    """A table as wide as the text.

    ``widths`` are relative; ``align`` has one letter a column (``l`` ``c`` ``r``), left where it is not given.
    """
    columns = len(header)
    grid = _grid(widths or [1] * columns, columns)
    alignments = [ALIGNMENTS[letter] for letter in align or "l" * columns]
    if len(alignments) != columns:
        raise ValueError(f"表格有{columns}列，对齐方式却有{len(alignments)}个")
    return element(
        "tbl",
        _properties(),
        element("tblGrid", *(element("gridCol", w=width) for width in grid)),
        _row(header, grid, gb.TABLE_HEADER, ["center"] * columns, element("tblHeader")),
        *(_row(cells, grid, gb.TABLE_TEXT, alignments) for cells in rows),
    )


def _grid(widths: Sequence[float], columns: int) -> list[int]:
    if len(widths) != columns:
        raise ValueError(f"表格有{columns}列，列宽却有{len(widths)}个")
    return [round(gb.TEXT_WIDTH * width / sum(widths)) for width in widths]


def _properties() -> Xml:
    borders = [element(side, val="single", sz=4, space=0, color="auto") for side in SIDES]
    margins = [element(side, w=mm(size), type="dxa") for side, size in MARGINS]
    return element(
        "tblPr",
        element("tblW", w=gb.TEXT_WIDTH, type="dxa"),
        element("jc", val="center"),
        element("tblBorders", *borders),
        element("tblLayout", type="fixed"),
        element("tblCellMar", *margins),
    )


def _row(
    cells: Sequence[object], grid: Sequence[int], style: Style, alignments: Sequence[str], *properties: Xml
) -> Xml:
    if len(cells) != len(grid):
        raise ValueError(f"表格有{len(grid)}列，这一行却有{len(cells)}格")
    made = (_cell(*cell, style) for cell in zip(cells, grid, alignments, strict=True))
    return element("tr", element("trPr", element("cantSplit"), *properties), *made)


def _cell(value: object, width: int, alignment: str, style: Style) -> Xml:
    properties = element("tcPr", element("tcW", w=width, type="dxa"), element("vAlign", val="center"))
    return element("tc", properties, Paragraph(style, as_text(value), (element("jc", val=alignment),)).xml())
