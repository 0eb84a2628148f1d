"""Places: offsets in the cleaned text with the page or table cell they fall in."""

from collections.abc import Callable

from zhenggai.core.grammar.objects import Place
from zhenggai.core.reading import CleanText

Span = tuple[int, int]

_NEW = tuple.__new__  # a Place at a third of the price: its own __new__ is written in Python
_EDGE = " \t\n"
_SEPARATORS = " \t\n，,。；;、：:"


def place_of(source: CleanText, span: Span) -> Place:
    """The place of [start, end) of the cleaned text."""
    if not source.regions:
        return Place(*span)
    region = source.region_at(span[0])
    if region is None:
        return Place(*span)
    return Place(*span, region.page, region.table, region.row, region.column, region.box)


def places_from(source: CleanText, base: int) -> Callable[[int, int], Place]:
    """What makes a Place of offsets that count from ``base``."""
    if not source.regions:
        return lambda start, end: _NEW(Place, (start + base, end + base, None, None, None, None, None))
    return lambda start, end: place_of(source, (start + base, end + base))


def trimmed(text: str, span: Span, characters: str = _EDGE) -> Span:
    """The span without these characters at its ends.

    >>> trimmed("  达标。 ", (0, 6))
    (2, 5)
    """
    start, end = span
    while start < end and text[start] in characters:
        start += 1
    while end > start and text[end - 1] in characters:
        end -= 1
    return start, end


def trimmed_value(text: str, span: Span) -> Span:
    """The span of a short value: without separators, and without a closing bracket that opened before it.

    >>> "市水务局；）"[slice(*trimmed_value("市水务局；）", (0, 6)))]
    '市水务局'
    """
    start, end = trimmed(text, span, _SEPARATORS)
    if end > start and text[end - 1] in "(（[【":
        start, end = trimmed(text, (start, end - 1), _SEPARATORS)
    while end > start and text[end - 1] in ")）】" and not _closes_inside(text[start:end]):
        start, end = trimmed(text, (start, end - 1), _SEPARATORS)
    return start, end


def _closes_inside(value: str) -> bool:
    opening, closing = {")": "(（", "）": "(（", "】": "【"}[value[-1]], ")）" if value[-1] in ")）" else "】"
    return sum(character in opening for character in value) >= sum(character in closing for character in value)
