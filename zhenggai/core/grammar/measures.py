"""Measures (整改措施): the items of a field or cell, each with its own limits and figures."""

import re
from typing import NamedTuple

from zhenggai.core.grammar.deadlines import find_deadlines, parse_deadline
from zhenggai.core.grammar.numbering import Marker, Sequence, inline_markers, opening_marker
from zhenggai.core.grammar.objects import Deadline, Measure, Place
from zhenggai.core.grammar.places import Span, places_from, trimmed, trimmed_value
from zhenggai.core.grammar.quantities import find_quantities
from zhenggai.core.grammar.unit_lists import parse_units
from zhenggai.core.grammar.unit_names import Name
from zhenggai.core.reading import CleanText

_LEAST_PREFACE = 8  # characters before the first number that may be a measure by themselves
_BULLET = re.compile(r"(?:[●■◆▲★▪•·○□◇*-]|——?) *(?=\w)")
_ONE_BY_ONE = 55  # rank of 一是, 二是


class MeasureText(NamedTuple):
    """Where one measure's words stand, and the units and limits written beside it."""

    no: int | None
    span: Span
    units: tuple[Span, ...] = ()
    deadlines: tuple[Span, ...] = ()


def items_of(folded: str, span: Span) -> list[Marker]:
    """The numbers of the items in a stretch of text: those of the style that its first number has.

    A further row of a table goes on counting, so a number that opens the stretch need not be 1.
    """
    markers: list[Marker] = []
    sequence = Sequence()
    for start, end in lines_of(folded, span):
        opening = opening_marker(folded, start, end)
        found = [opening] if opening else []
        body = opening.end if opening else start
        for marker in (*found, *inline_markers(folded, body, end, flattened=False)):
            if sequence.fits(marker):
                sequence.take(marker)
                markers.append(marker)
    if not markers or (markers[0].number != 1 and folded[span[0] : markers[0].start].strip()):
        return []
    return [marker for marker in markers if marker.style == markers[0].style]


def lines_of(folded: str, span: Span) -> list[Span]:
    """The lines of a stretch that hold anything."""
    found = []
    start = span[0]
    while start < span[1]:
        end = folded.find("\n", start, span[1])
        end = span[1] if end < 0 else end
        if folded[start:end].strip():
            found.append((start, end))
        start = end + 1
    return found


def split_measures(folded: str, span: Span, items: list[Marker]) -> list[MeasureText]:
    """The measures of a field: by its numbers, else a line each."""
    if not items or not _counts_items(folded, span, items):
        return [MeasureText(None, line) for line in lines_of(folded, span)]
    ends = [*(item.start for item in items[1:]), span[1]]
    measures = [MeasureText(item.number, (item.end, end)) for item, end in zip(items, ends, strict=True)]
    preface = folded[span[0] : items[0].start].strip()
    if len(preface) >= _LEAST_PREFACE and not preface.endswith(":"):
        measures.insert(0, MeasureText(None, (span[0], items[0].start)))
    return measures


def _counts_items(folded: str, span: Span, items: list[Marker]) -> bool:
    """`加强监管，一是…，二是…` is one sentence, not a list."""
    preface = folded[span[0] : items[0].start].strip()
    return items[0].rank < _ONE_BY_ONE or not preface or preface[-1] in ":!;"


def build_measure(source: CleanText, measure: MeasureText, year: int | None) -> Measure | None:
    """The measure with what it promises; None where nothing but signs is left of it."""
    start, end = trimmed(source.text, measure.span)
    bullet = _BULLET.match(source.text, start, end)
    start = bullet.end() if bullet else start
    text, folded = source.text[start:end], source.folded[start:end]
    if not text.strip("；;，,。、 \n"):
        return None
    placed = places_from(source, start)
    stated = [one for place in measure.deadlines if (one := _stated(source, place, year))]
    named = [(name.text, place) for one in measure.units for name, place in _names(source, one)]
    return Measure(
        no=None if measure.no is None else str(measure.no),
        text=text,
        deadlines=(*find_deadlines(text, year, folded, placed), *stated),
        quantities=tuple(find_quantities(text, folded, placed)),
        place=placed(0, end - start),
        responsible_units=tuple(dict.fromkeys([name for name, _ in named])) if named else (),
        unit_places=tuple([place for _, place in named]) if named else (),
    )


def _stated(source: CleanText, span: Span, year: int | None) -> Deadline | None:
    """The limit in a field of the measure's own."""
    start, end = trimmed_value(source.text, span)
    return parse_deadline(source.text[start:end], year, places_from(source, start))


def _names(source: CleanText, span: Span) -> list[tuple[Name, Place]]:
    start, end = trimmed_value(source.text, span)
    units = parse_units(source.text[start:end])
    placed = places_from(source, start)
    return [(name, placed(name.start, name.end)) for name in (*units.lead, *units.responsible)]
