"""The cleaned text and its maps: to the source text, to pages, to table cells."""

from bisect import bisect_right
from functools import cached_property
from typing import NamedTuple

from zhenggai.core.reading.document import Box
from zhenggai.core.reading.folding import fold


class Region(NamedTuple):
    """A stretch of text of which more is known: its page, the table cell it fills, or that it is metadata.

    ``table``, ``row`` and ``column`` count from 1; ``rows`` and ``columns`` are what a merged cell covers,
    ``box`` where it was drawn on its page.
    """

    start: int
    end: int
    page: int | None = None
    table: int | None = None
    row: int | None = None
    column: int | None = None
    rows: int = 1
    columns: int = 1
    metadata: bool = False
    box: Box | None = None


class Removed(NamedTuple):
    """What a rule took out, with its offsets in the source text (None for what a reader had left out before)."""

    rule: str
    text: str
    start: int | None = None
    end: int | None = None


class _Parts(NamedTuple):
    text: str
    source: str
    segments: tuple[tuple[int, int], ...]
    regions: tuple[Region, ...]
    removed: tuple[Removed, ...]
    titles: tuple[str, ...] = ()
    flattened: bool = False
    published: str | None = None


class CleanText(_Parts):
    """One document as one text. All offsets of the extraction point into ``text``.

    ``source`` is the text before cleaning and ``segments`` the kept stretches as (start in ``text``, start in
    ``source``); ``titles`` are names that the file or site gives the document; ``flattened`` tells that line breaks
    were lost before the file came here, so headings and labels may stand in the middle of a line.
    """

    @cached_property
    def _segment_starts(self) -> list[int]:
        return [start for start, _ in self.segments]

    @cached_property
    def _region_starts(self) -> list[int]:
        return [region.start for region in self.regions]

    @cached_property
    def folded(self) -> str:
        """The text in one alphabet, for matching; every offset is that of ``text``."""
        return fold(self.text)

    def source_offset(self, offset: int) -> int:
        """Where the character at ``offset`` of the cleaned text stood in the source text."""
        if not self.segments:
            return offset
        start, origin = self.segments[max(bisect_right(self._segment_starts, offset) - 1, 0)]
        return origin + offset - start

    def region_at(self, offset: int) -> Region | None:
        """The region that holds this offset, None in plain running text."""
        index = bisect_right(self._region_starts, offset) - 1
        if index < 0:
            return None
        region = self.regions[index]
        return region if offset < region.end or offset == region.start else None
