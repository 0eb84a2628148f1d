"""The pieces of a complaint batch: rows of a table, of a table whose cells became lines, or labelled blocks."""

import re
from collections.abc import Iterator

from zhenggai.core.grammar.complaint_words import FIELD_OF, VERDICTS, piece_field
from zhenggai.core.grammar.flat_tables import find_flat_table
from zhenggai.core.grammar.objects import Piece, Place
from zhenggai.core.grammar.outline import Outline, TableBlock, rows_of
from zhenggai.core.grammar.places import Span, place_of, trimmed
from zhenggai.core.reading import CleanText, Region
from zhenggai.core.reading.folding import fold

_HEADER_WITHIN = 4
_LEAST_COLUMNS = 3
_LABEL = re.compile(
    rf"(?:{'|'.join(' {0,3}'.join(map(re.escape, word)) for word in sorted(FIELD_OF, key=len, reverse=True))})(?:\([^()\n]{{1,12}}\))? ?:"
)
_OPENS_PIECE = frozenset({"row", "number"})
_SHORT = frozenset({"number", "region", "types", "verified", "closure"})
_FIRST_VERDICT = re.compile(rf"(?:经(?:查|核实|调查),?)?(?P<verdict>{'|'.join(VERDICTS)})(?=[!,;])")
_IN_FINDINGS = re.compile(
    rf"(?:反映|举报|投诉|信访|群众|该)(?:的)?(?:\w{{0,8}}?)(?:问题|内容|情况|事项)?(?:经查)?(?:为|,)?(?P<verdict>{'|'.join(VERDICTS)})"
)
_TYPE_PARTS = re.compile(r"[^`,;/\n 和及与+]+")

Cells = dict[str, Span]


def read_pieces(outline: Outline) -> tuple[tuple[Piece, ...], list[Span]]:
    """The pieces of a text in their order, and the stretches of text that they fill."""
    source = outline.source
    rows: list[Cells] = []
    filled: list[Span] = []
    header: dict[int, str] | None = None
    for token in outline.tokens:
        if isinstance(token, TableBlock):
            found = _form(source, token)
            if not found:
                header, found = _table_rows(source, token, header)
            rows += found
            filled += [(token.start, token.end)] if found else []
    for found, span in (*_flat_rows(source), *_labelled(source)):
        if rows and any(start <= span[0] < end for start, end in filled):
            continue
        rows += found
        filled.append(span)
    pieces = (_piece(source, cells) for cells in rows)
    return tuple(piece for piece in pieces if piece.text or piece.number), filled


def _table_rows(
    source: CleanText, block: TableBlock, known: dict[int, str] | None
) -> tuple[dict[int, str] | None, list[Cells]]:
    """The rows under the column names; a table without names goes on with those before it."""
    by_row = {
        row: [(region.column or 0, (region.start, region.end)) for region in regions]
        for row, regions in rows_of(block).items()
    }
    columns, first = known, 0
    for row in list(by_row)[:_HEADER_WITHIN]:
        fields = {column: piece_field(source.text[slice(*span)]) for column, span in by_row[row]}
        named = {column: field for column, field in fields.items() if field}
        if len(named) >= _LEAST_COLUMNS and "text" in named.values():
            columns, first = named, row
            last = row + max(region.rows for region in rows_of(block)[row]) - 1
            for below in range(row + 1, last + 1):  # names on two rows: the lower ones say more exactly
                told = {column: piece_field(source.text[slice(*span)]) for column, span in by_row.get(below, [])}
                columns = {**columns, **{column: field for column, field in told.items() if field}}
                first = below
            break
    if columns is None:
        return None, []
    found = []
    for row in by_row:
        cells = {columns[column]: span for column, span in by_row[row] if column in columns and row > first}
        if cells.get("text") and source.text[slice(*cells["text"])].strip() and not _is_header(source, cells):
            found.append(cells)
    return columns, found


def _form(source: CleanText, block: TableBlock) -> list[Cells]:
    """The pieces of a form, a label beside each value: one, or several below each other."""
    found: list[Cells] = []
    by_column: dict[int, Region] = {}  # end of a cell's columns -> the last cell that ends there
    for cell in block.regions:
        label = by_column.get(cell.column or 0)
        if label is not None and (label.row or 0) <= (cell.row or 0) < (label.row or 0) + label.rows:
            name = piece_field(source.text[label.start : label.end])
            if name and not piece_field(source.text[cell.start : cell.end]):
                if not found or (name in found[-1] and name in {"row", "number", "text"}):
                    found.append({})
                found[-1].setdefault(name, (cell.start, cell.end))
        by_column[(cell.column or 0) + cell.columns] = cell
    whole = all("text" in cells and len(cells) >= _LEAST_COLUMNS for cells in found)
    return found if whole else []


def _is_header(source: CleanText, cells: Cells) -> bool:
    return piece_field(source.text[slice(*cells["text"])]) == "text"


def _flat_rows(source: CleanText) -> Iterator[tuple[list[Cells], Span]]:
    """Tables with a cell a line."""
    folded = source.folded
    lines = [match.span() for match in re.finditer(r"[^\n]+", folded) if match[0].strip()]
    index = 0
    while index < len(lines):
        named = piece_field(folded[slice(*lines[index])]) is not None
        table, following = find_flat_table(folded, lines, index, piece_field, "row") if named else (None, index)
        if table:
            yield [dict(row.cells) for row in table.rows], (table.start, table.end)
        index = following if table else index + 1


def _labelled(source: CleanText) -> Iterator[tuple[list[Cells], Span]]:
    """Pieces set out with a label before each value; a new piece begins where its first labels come again."""
    folded = source.folded
    labels = [match for match in _LABEL.finditer(folded) if _opens(folded, match.start())]
    found: list[Cells] = []
    for label, end in zip(labels, [*(one.start() for one in labels[1:]), len(folded)], strict=False):
        field = FIELD_OF[label[0].partition("(")[0].replace(" ", "").rstrip(":")]
        if not found or field in found[-1]:
            if not found and field == "other":
                continue
            found.append({})
        found[-1][field] = (label.end(), _value_end(folded, label.end(), end))
    whole = [cells for cells in found if "text" in cells and len(cells) >= 2]
    if whole:
        yield whole, (min(start for start, _ in whole[0].values()), max(end for _, end in whole[-1].values()))


def _opens(folded: str, start: int) -> bool:
    return start == 0 or folded[start - 1] in "\n !;,`[)(." or folded[start - 1].isdecimal()


def _value_end(folded: str, start: int, end: int) -> int:
    """The end of a value: before the number of the next label or a blank line."""
    text = folded[start:end].rstrip()
    text = re.sub(r"[\n ;](?:\d{1,3}[.`]?|\(\d{1,3}\)|\w{1,3}`)$", "", text)
    return start + len(text)


def _piece(source: CleanText, cells: Cells) -> Piece:
    text = source.text
    ends = {name: " \t\n。；;" if name in _SHORT else " \t\n" for name in cells}
    spans = {name: trimmed(text, span, ends[name]) for name, span in cells.items() if name != "other"}
    spans = {name: span for name, span in spans.items() if span[0] < span[1]}
    if "number" not in spans and "row" in spans:
        spans["number"] = trimmed(text, spans["row"], " .、．")
    _verdict_in_its_column(source, spans)
    if "verified" not in spans and "findings" in spans:
        told = spans["findings"]
        match = _FIRST_VERDICT.match(source.folded, *told) or _IN_FINDINGS.search(source.folded, *told)
        if match:
            spans["verified"] = match.span("verdict")
    spans.pop("row", None)
    types = _types(source, spans["types"]) if "types" in spans else []
    places: dict[str, tuple[Place, ...]] = {
        name: (place_of(source, span),) for name, span in spans.items() if name != "types"
    }
    if types:
        places["types"] = tuple(place_of(source, span) for span in types)
    values = {name: text[slice(*span)] for name, span in spans.items()}
    whole = min(start for start, _ in cells.values()), max(end for _, end in cells.values())
    return Piece(
        number=values.get("number"),
        region=values.get("region"),
        text=values.get("text"),
        types=tuple(text[slice(*span)] for span in types),
        verified=values.get("verified"),
        outcome=values.get("outcome"),
        findings=values.get("findings"),
        closure=values.get("closure"),
        accountability=values.get("accountability"),
        place=place_of(source, trimmed(text, whole)),
        places=places,
    )


def _verdict_in_its_column(source: CleanText, spans: Cells) -> None:
    """A cell without a verdict in the column of verdicts is the rest of the findings before it."""
    if "verified" in spans and not any(
        word in source.text[slice(*spans["verified"])] for word in (*VERDICTS, "是", "否")
    ):
        rest = spans.pop("verified")
        if "findings" in spans:
            spans["findings"] = spans["findings"][0], max(spans["findings"][1], rest[1])


def _types(source: CleanText, span: Span) -> list[Span]:
    """The types of a cell: `大气、噪声` are two."""
    folded = fold(source.text[slice(*span)])
    return [(span[0] + match.start(), span[0] + match.end()) for match in _TYPE_PARTS.finditer(folded)]
