"""The skeleton of a text: its numbers, labels, tables and stops, in reading order."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from zhenggai.core.grammar.flat_tables import LONGEST_NAME, FlatTable, find_flat_table
from zhenggai.core.grammar.labels import Label, field_of, labels_in
from zhenggai.core.grammar.numbering import (
    OPENING_SIGNS,
    Marker,
    Sequence,
    inline_markers,
    marker_before_figure,
    markers_at,
    opening_marker,
    places_after_signs,
)
from zhenggai.core.grammar.places import Span
from zhenggai.core.reading import CleanText, Region, Spans
from zhenggai.core.reading.cleaning.spans import lines_between
from zhenggai.core.reading.folding import HAN

_FLAT_LINE = 1_500  # characters: a line this long has swallowed its neighbours
_LEAST_FLAT, _FLAT_COLONS = 120, 6  # characters and colons of two tasks on one line, at least
_FIRST_ROW = re.compile(r"\n\s*1[.`]*\s*(?:\n|\Z)")
"""The line with the first serial number of a flat table."""
_DATE_LINE = re.compile(r" *(?:20\d\d|二零\w\w) ?年 ?\w{1,3} ?月 ?\w{1,3} ?日 *")
_END_LINE = re.compile(r" *(?:附件?|附表|附注|注|抄送|抄报) ?\d{0,2} ?:")
_END_WORDS = ("特此公示", "特此通知", "特此公告", "特此报告", "(此件", "抄送[")
_LIST_TITLES = ("清单", "分解表", "明细表", "一览表", "台账")
_ATTACHMENT = re.compile(r" *附(?:件|表) ?\d{0,2} *")
_LONGEST_TITLE = 60
_STOP_OPENS = frozenset("附注抄特(2二 \t")
_STOP_OPENINGS = ("附", "注", "抄", "特", "(此件", "20", "二零", " ", "\t")
_STOP_ENDS = frozenset("".join(word[-1] for word in _LIST_TITLES) + ")日 \t")
"""With what a line begins or ends that may be a stop, so that most lines are passed over at once."""
_GROUP = re.compile(
    rf"{HAN}{{2,24}}(?:方面|领域|类|问题|不到位|不够|不力|薄弱|短板|突出|滞后|缺失|不严|严重|不足|防治|治理|保护|修复)"
)
"""A heading without a number, by the words that it ends in."""
_HEADING_ENDS = frozenset("面域类题位够力弱板出后失严重足治理护复")
_BULLET = re.compile(
    r"(?:-{1,3}|[●■◆▲★▪•·○□◇※]) *(?=第 ?\w{1,4} ?[项条]|(?:整改)?(?:问题|任务) ?[\d一二三四五六七八九十])"
)
_TOO_COMMON = frozenset({"存在问题", "存在的问题", "主要问题", "突出问题"})
"""What a report tells under such a heading is no task's."""
_BULLET_SIGNS = frozenset("-●■◆▲★▪•·○□◇※")
"""A bullet before a task's number: `——第3项任务：…`."""
_LONGEST_GROUP, _LONGEST_RUN_IN = 26, 9
_OPENS_TASK = frozenset({"serial", "issue"})
PLAIN, _LABELS_RANK = "plain", 24
"""The style of a heading without a number, and its rank where no number stands below it either."""
_SIGNS = ("局", "委", "委员会", "办公室", "厅", "政府", "小组", "指挥部", "管委会", "中心", "公司")
_SIGNER = 40  # longest line that may be the signing body above a date


class Stop(NamedTuple):
    """What ends a task's text at ``start``: a signature, a list of attachments; or the title of a new list."""

    start: int
    end: int


class TableBlock(NamedTuple):
    """A table: its regions, and the stretch of text it fills."""

    start: int
    end: int
    regions: tuple[Region, ...]


def rows_of(block: TableBlock) -> dict[int, list[Region]]:
    """The cells of a table by the row that they begin in, rows in order."""
    rows: dict[int, list[Region]] = {}
    for region in block.regions:
        rows.setdefault(region.row or 0, []).append(region)
    return dict(sorted(rows.items()))


Token = Marker | Label | Stop | TableBlock | FlatTable


class Outline:
    """The tokens of a cleaned text, and the folded text they were found in."""

    def __init__(self, source: CleanText, folded: str, tokens: tuple[Token, ...]) -> None:
        self.source = source
        self.folded = folded
        self.tokens = tokens
        self._headings: dict[int, Span] = {}

    def heading(self, number: Marker) -> Span:
        """The words of the heading with this number: to the end of its line, or to what follows on the line."""
        span = self._headings.get(number.start)
        if span is None:
            end, following = self.line_end(number.end), self.next_token(number.start)
            span = number.end, min(end, following) if following > number.start else end
            self._headings[number.start] = span
        return span

    def line_end(self, offset: int) -> int:
        """Where the line that holds this offset ends."""
        end = self.folded.find("\n", offset)
        return len(self.folded) if end < 0 else end

    def next_token(self, offset: int) -> int:
        """Where the first token after this offset starts; the end of the text when there is none."""
        index = bisect_right(self.starts, offset)
        return self.starts[index] if index < len(self.starts) else len(self.folded)

    @cached_property
    def starts(self) -> list[int]:
        """Where the tokens start, in order."""
        return [token.start for token in self.tokens]


def outline(source: CleanText) -> Outline:
    """The tokens of a cleaned text. Metadata lines give none.

    >>> from zhenggai.core.reading import clean, read
    >>> text = "一、大气类\\n1.扬尘问题突出。\\n整改目标：达标。整改时限：2024年底"
    >>> [type(token).__name__ for token in outline(clean(read(text.encode(), "a.txt"))).tokens]
    ['Marker', 'Marker', 'Label', 'Label']
    """
    reader = _LineReader(source)
    position = 0
    for block in _tables(source.regions):
        reader.read(position, block.start)
        reader.tokens.append(block)
        position = block.end
    reader.read(position, len(source.folded))
    return Outline(source, source.folded, tuple(reader.tokens))


def _tables(regions: tuple[Region, ...]) -> list[TableBlock]:
    grouped: dict[int, list[Region]] = {}
    for region in regions:
        if region.table:
            grouped.setdefault(region.table, []).append(region)
    blocks = (
        TableBlock(min(r.start for r in group), max(r.end for r in group), tuple(group)) for group in grouped.values()
    )
    return sorted(blocks, key=lambda block: block.start)


class _LineReader:
    """Reads the lines of a text in their order and follows the counting of its numbers."""

    def __init__(self, source: CleanText) -> None:
        self.tokens: list[Token] = []
        self._source = source
        self._folded = folded = source.folded
        self._flattened = source.flattened
        self._described = any(region.metadata for region in source.regions)
        self._has_rows = _FIRST_ROW.search(folded) is not None
        self._sequence = Sequence()
        self._places = iter([] if source.flattened else places_after_signs(folded))
        self._place = next(self._places, len(folded))  # the next one where a number may stand inside a line

    def read(self, start: int, end: int) -> None:
        """Adds the tokens of a stretch of running text."""
        lines = lines_between(self._source.text, start, end)
        if self._described:
            regions = map(self._source.region_at, [start for start, _ in lines])
            lines = [line for line, one in zip(lines, regions, strict=True) if one is None or not one.metadata]
        if self._has_rows:
            self._read_with_flat_tables(lines)
        else:
            for index, line in enumerate(lines):
                if self._folded[line[1] - 1] in _HEADING_ENDS and self._names_group(lines, index):
                    continue
                self._read_line(*line)

    def _names_group(self, lines: list[Span], index: int) -> bool:
        """Takes a line for a heading that has no number: a few words such as `大气污染方面` right above a numbered line.

        It stands just outside the number below it.
        """
        start, end = lines[index]
        line = self._folded[start:end].strip()
        if len(line) > _LONGEST_GROUP or index + 1 == len(lines) or not _GROUP.fullmatch(line) or field_of(line):
            return False
        following = opening_marker(self._folded, *lines[index + 1])
        if following is None:
            labels = labels_in(self._folded, *lines[index + 1], False)
            if not labels or not labels[0].opens_line or labels[0].field not in _OPENS_TASK:
                return False
        self.tokens.append(Marker(PLAIN, following.rank - 1 if following else _LABELS_RANK, 1, start, start, True))
        return True

    def _read_with_flat_tables(self, lines: list[Span]) -> None:
        index = 0
        while index < len(lines):
            start, end = lines[index]
            table, following = None, index + 1
            if end - start <= LONGEST_NAME or self._folded[start].isspace() or self._folded[end - 1].isspace():
                table, after = find_flat_table(self._folded, lines, index)
                following = after if table else following
            if table:
                self.tokens.append(table)
            else:
                self._read_line(start, end)
            index = following

    def _read_line(self, start: int, end: int) -> None:
        folded, tokens = self._folded, self.tokens
        if folded[start] in _STOP_OPENS or folded[end - 1] in _STOP_ENDS:
            stop = _stop(tokens, folded, start, end)
            if stop:
                tokens.append(stop)
                return
        line = start
        if folded[start] in _BULLET_SIGNS:
            bullet = _BULLET.match(folded, start, end)
            start = bullet.end() if bullet and bullet.end() < end else start
        flattened = self._flattened or end - start > _FLAT_LINE or self._swallowed(start, end)
        opening = _opening(folded, start, end, self._sequence) if folded[start] in OPENING_SIGNS else None
        if opening and line < start:
            opening = opening._replace(start=line)
        body = opening.end if opening else start
        labels = labels_in(folded, body, end, flattened)
        if opening and not labels and "!" in folded[body : body + _LONGEST_RUN_IN]:
            labels = _run_in_label(folded, body, end)
        if opening:
            self._sequence.take(opening)
            if labels and not folded[body : labels[0].start].strip(" [<("):
                labels[0] = Label(labels[0].field, start, labels[0].end, True, opening)
            else:
                tokens.append(opening)
        if flattened:
            tokens += self._in_order(inline_markers(folded, body, end, flattened=True), labels)
        elif self._place < end:
            numbers = markers_at(self._places_within(body, end), folded, end)
            tokens += self._in_order([*_before_figures(folded, labels, end), *numbers], labels)
        else:
            tokens += labels

    def _swallowed(self, start: int, end: int) -> bool:
        """Whether a shorter line holds the labels of several tasks."""
        if end - start < _LEAST_FLAT or self._folded.count(":", start, end) < _FLAT_COLONS:
            return False
        fields = [label.field for label in labels_in(self._folded, start, end, True)]
        return max(map(fields.count, fields), default=0) > 1 and len(set(fields)) > 1

    def _in_order(self, numbers: list[Marker], labels: list[Label]) -> Iterator[Token]:
        """Labels, and between them the numbers that are no part of a label and count on."""
        inside = Spans.joined((label.start, label.end) for label in labels)
        apart = [marker for marker in numbers if marker.start not in inside]
        both: list[Token] = [*apart, *labels]
        for token in sorted(both, key=_start):
            if isinstance(token, Marker):
                if not self._sequence.fits(token):
                    continue
                self._sequence.take(token)
            yield token

    def _places_within(self, start: int, end: int) -> Iterator[int]:
        while self._place < end:
            if self._place > start:
                yield self._place
            self._place = next(self._places, len(self._folded))


def _run_in_label(folded: str, start: int, end: int) -> list[Label]:
    """`（一）整改目标。…`: behind a number, the words of a label that a stop parts from its value."""
    stop = folded.find("!", start, min(end, start + _LONGEST_RUN_IN))
    words = folded[start:stop] if start < stop < end else ""
    field = field_of(words) if len(words) >= 3 else None
    return [Label(field, start, stop + 1, True)] if field and field != "other" and words not in _TOO_COMMON else []


def _opening(folded: str, start: int, end: int, sequence: Sequence) -> Marker | None:
    """The number that opens the line."""
    opening = opening_marker(folded, start, end)
    if opening is not None:
        return _with_own_number(folded, opening, end)
    before_figure = marker_before_figure(folded, start, end) if folded[start].isdecimal() else None
    return before_figure if before_figure and sequence.continues(before_figure) else None


def _before_figures(folded: str, labels: list[Label], end: int) -> Iterator[Marker]:
    """The first number behind a label that looks like a decimal fraction, where a second follows: `1.36家…；2.搬迁…`."""
    for label in labels:
        first = folded.startswith("1.", label.end) and marker_before_figure(folded, label.end, end)
        if first and first.number == 1 and (";2." in folded[label.end : end] or "!2." in folded[label.end : end]):
            yield first._replace(opens_line=False)


def _start(token: Token) -> int:
    return token.start


def _with_own_number(folded: str, opening: Marker, end: int) -> Marker:
    """`二、任务16：…` is task 16, at the depth of its heading's number."""
    inner = opening_marker(folded, opening.end, end) if opening.style in {"han", "han_brackets", "dot"} else None
    if inner is None or inner.style not in {"word", "item"}:
        return opening
    return opening._replace(number=inner.number, end=inner.end)


def _stop(tokens: list[Token], folded: str, start: int, end: int) -> Stop | None:
    """The stop that this line makes; a date alone closes the text above it, with the signing body before the date."""
    if folded[end - 1] not in _STOP_ENDS and not folded.startswith(_STOP_OPENINGS, start):
        return None
    if _END_LINE.match(folded, start, end) or _is_list_title(folded[start:end].strip()):
        return Stop(start, end)
    if not _DATE_LINE.fullmatch(folded, start, end):
        return None
    last = tokens[-1] if tokens else None
    if isinstance(last, Label) and not folded[last.end : start].strip():
        return None  # the value of a deadline that stands on the line below its label
    signer = folded.rfind("\n", 0, max(start - 1, 0)) + 1
    run_in = folded.rfind("!", signer, max(start - 2, signer)) + 1
    if run_in and folded.endswith(_SIGNS, run_in, start - 1):
        signer = run_in  # …整改到位。某市水务局
    above = folded[signer : max(start - 1, signer)]
    takes_signer = (
        above and len(above) <= _SIGNER and not set("!,;:") & set(above) and (not last or last.start < signer)
    )
    return Stop(signer if takes_signer else start, end)


def _is_list_title(line: str) -> bool:
    if line.startswith(_END_WORDS) or _ATTACHMENT.fullmatch(line):
        return True
    title = line[: line.rfind("(")] if line.endswith(")") and "(" in line else line
    return title.endswith(_LIST_TITLES) and len(line) <= _LONGEST_TITLE and not set("!,;:") & set(title)
