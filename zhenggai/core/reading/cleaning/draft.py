"""The text while it is being cleaned: rules look at it and name cuts, the draft makes them and keeps the maps."""

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from zhenggai.core.reading.cleaning.result import CleanText, Region, Removed
from zhenggai.core.reading.cleaning.spans import Spans, lines_between
from zhenggai.core.reading.document import Document, Paragraph, Table
from zhenggai.core.reading.folding import fold

_WIDE_GAP = "  "  # what a tab is in running text; a single space would be one that a conversion put there
_ODD_SPACES = "\xa0\u2002\u2003\u2009\u202f"


class Cut(NamedTuple):
    """Characters [start, end) of the draft that are not the document's, and the rule that says so."""

    start: int
    end: int
    rule: str


class _Parts(NamedTuple):
    text: str
    source: str
    segments: tuple[tuple[int, int], ...]
    regions: tuple[Region, ...]
    removed: tuple[Removed, ...] = ()
    flattened: bool = False
    laid_out: bool = False  # the reader knew real paragraphs, so a line break is the author's


class Draft(_Parts):
    """A stage of cleaning; its tables are stretches that rules about lines keep out of."""

    @cached_property
    def folded(self) -> str:
        """The text in one alphabet, for matching."""
        return fold(self.text)

    @cached_property
    def lines(self) -> list[tuple[int, int]]:
        """Where the lines outside tables that hold anything start and end."""
        tables = self.in_table()
        lines = lines_between(self.text)
        return [line for line in lines if line[0] not in tables] if tables.starts else lines

    def without(self, cuts: list[Cut]) -> "Draft":
        """The draft after these cuts; overlapping ones are made once."""
        cuts = _disjoint(cuts) if cuts else cuts
        if not cuts:
            return self
        shifts = [0, *accumulate(cut.end - cut.start for cut in cuts)]
        ends = [cut.end for cut in cuts]
        starts = [cut.start for cut in cuts]

        def moved(offset: int) -> int:
            index = bisect_right(ends, offset)
            inside = max(0, offset - starts[index]) if index < len(cuts) and offset > starts[index] else 0
            return offset - shifts[index] - inside

        kept = list(zip([0, *ends], [*starts, len(self.text)], strict=True))
        removed = tuple(self._record(cut) for cut in cuts)
        after = self._replace(
            text="".join([self.text[start:end] for start, end in kept]),
            segments=self._cut_segments(kept, shifts),
            regions=tuple(one._replace(start=moved(one.start), end=moved(one.end)) for one in self.regions),
            removed=self.removed + removed,
            flattened=self.flattened or any(cut.rule == "upload_fragment" for cut in cuts),
        )
        after.folded = "".join([self.folded[start:end] for start, end in kept])  # folding keeps every offset
        return after

    def origin(self, offset: int) -> int:
        """Where the character at ``offset`` stood in the source."""
        index = bisect_right(self.segments, (offset, len(self.source) + 1)) - 1
        start, source = self.segments[max(index, 0)]
        return source + offset - start

    def in_table(self) -> Spans:
        """The stretches that tables fill."""
        return Spans.joined([(region.start, region.end) for region in self.regions if region.table])

    def in_metadata(self) -> Spans:
        """The stretches that describe the document instead of being it."""
        return Spans.joined([(region.start, region.end) for region in self.regions if region.metadata])

    def result(self, document: Document, listed_titles: tuple[str, ...]) -> CleanText:
        """The finished text with everything that was left out, by readers too."""
        cleaned = CleanText(
            text=self.text,
            source=self.source,
            segments=self.segments,
            regions=self.regions,
            removed=(*(Removed(item.rule, item.text) for item in document.dropped), *self.removed),
            titles=tuple(dict.fromkeys((*document.titles, *listed_titles))),
            flattened=self.flattened,
            published=document.published,
        )
        cleaned.folded = self.folded
        return cleaned

    def _record(self, cut: Cut) -> Removed:
        start = self.origin(cut.start)
        return Removed(cut.rule, self.text[cut.start : cut.end], start, self.origin(cut.end - 1) + 1)

    def _cut_segments(self, kept: list[tuple[int, int]], shifts: list[int]) -> tuple[tuple[int, int], ...]:
        """The segments of the kept stretches, each of which moves to the left by its shift."""
        fresh: list[tuple[int, int]] = []
        segments = self.segments
        index, last = 0, len(segments) - 1
        for (start, end), shift in zip(kept, shifts, strict=True):
            while index < last and segments[index + 1][0] <= start:
                index += 1
            follower = index
            while start < end and follower <= last and segments[follower][0] < end:
                begin, origin = segments[follower]
                first = max(begin, start)
                fresh.append((first - shift, origin + first - begin))
                follower += 1
        return tuple(fresh)


def _disjoint(cuts: list[Cut]) -> list[Cut]:
    """Cuts in order, trimmed where they overlap, without empty ones."""
    ordered: list[Cut] = []
    reached = 0
    for cut in sorted(cuts, key=lambda cut: (cut.start, cut.end)):
        start = max(cut.start, reached)
        if start < cut.end:
            ordered.append(Cut(start, cut.end, cut.rule))
            reached = cut.end
    return ordered


def draft_of(document: Document) -> Draft:
    """A document as one text: paragraphs a line each, table rows a line each with cells apart by tabs."""
    pieces: list[str] = []
    regions: list[Region] = []
    length = tables = 0
    for block in document.blocks:
        if isinstance(block, Paragraph):
            text, page, metadata = block
            text = text.replace("\t", _WIDE_GAP) if "\t" in text and not metadata else text
            if page or metadata:
                regions.append(Region(length, length + len(text), page=page, metadata=metadata))
            piece = text + "\n"
        else:
            tables += 1
            piece, cells = _table(block, tables, length)
            regions += cells
        pieces.append(piece)
        length += len(piece)
    source = "".join(pieces)
    for space in _ODD_SPACES:
        source = source.replace(space, " ")
    laid_out = document.kind in {"docx", "doc", "html", "pdf"}
    return Draft(source, source, segments=((0, 0),), regions=tuple(regions), laid_out=laid_out)


def _table(table: Table, number: int, start: int) -> tuple[str, list[Region]]:
    """The text of a table that begins at ``start``, and where its cells stand."""
    pieces: list[str] = []
    regions = []
    last = len(table.cells) - 1
    for index, cell in enumerate(table.cells):
        ends_row = index == last or table.cells[index + 1].row != cell.row
        end = start + len(cell.text)
        pieces += (cell.text.replace("\t", " "), "\n" if ends_row else "\t")
        here = Region(start, end, cell.page, number, cell.row, cell.column, cell.rows, cell.columns, box=cell.box)
        regions.append(here)
        start = end + 1
    return "".join(pieces), regions
