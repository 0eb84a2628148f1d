"""The sections of a notice: each stretch of its text under the heading or label that says what it is.

Where line breaks were lost, the numbers of the headings part the text (`一、反馈问题…二、整改情况…`). A section ends
with the next one, or where the notice turns to its readers: 特此公示, 公示期…, 如有异议….
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from zhenggai.core.grammar.labels import labels_in
from zhenggai.core.grammar.measures import items_of
from zhenggai.core.grammar.notice_headings import Part, part_of
from zhenggai.core.grammar.numbering import Marker, inline_markers, opening_marker
from zhenggai.core.grammar.outline import Outline, Stop, TableBlock, rows_of
from zhenggai.core.grammar.places import Span, trimmed
from zhenggai.core.reading import CleanText
from zhenggai.core.reading.folding import HAN

_LONGEST_HEADING = 32
_LEAST_PARTS = 3  # of a table that sets out a notice
_HEADING_RANK = 20  # 一、 and （一）
_COLON = re.compile(r"[^:\n!;,]{2,32}:")
_TOLD = re.compile(
    r"(?!针对|对|围绕|根据|按照|结合|落实)[^:!;\n]{0,30}(?:(?P<found>(?:督察|督查|反馈意见|督察报告|督察组)[^:!;,\n]{0,12}(?:(?:指出|反馈|发现|认为) ?[:,]|的问题(?:是)? ?:))"
    r"|(?:做了|开展了?|采取了?|落实了?|完成了?|实施了?|推进了?)(?:以下|如下|下列)(?:[一二三四五六七八九几]?[项个]|几方面)?(?:整改)?(?:工作|措施|举措)[^:!;,\n]{0,6} ?:)"
)
"""A sentence that leads to what was found, or to what was done: `督察指出：…`, `我公司做了以下工作：`."""
_UNKNOWN_LABEL = re.compile(rf"{HAN}{{4,8}}(?:情况|意见|结果|结论|部门|单位|编号|时间|方式|范围|类型|来源|领导): ?\S")
_SHORT_PARTS = frozenset({"issue", "goal", "units", "deadline"})
_GOES_ON = re.compile(r"(?<=!)该(?:项)?(?:问题|任务)(?:被?列[入为]|为|系|是|由|对应|涉及)")
_SPACED = re.compile(rf"(?P<words>{HAN}{{4,10}}) +(?=\S)")
"""A heading parted from its words by white space only."""
_RUN_IN = re.compile(rf"(?:{HAN}|`){{2,16}}")
_BRACKETED = re.compile(r"\[([^\[\]\n]{2,20})\] ?:?")

# Where a notice turns from what was done to its readers.
_SUBJECT = r"(?:以上|上述|对(?:以上|上述|该|本|此))"
_TO_READERS = re.compile(
    rf"(?:(?<=[!\n;])|^)[ ]*(?:\w{{1,3}}`)?(?:特此(?:公示|公告|说明)|(?:现(?:将|就|予|对|进行)|根据|按照)[^!\n]{{0,120}}公示"
    rf"|{_SUBJECT}[^!\n]{{0,80}}(?:公示|异议)|对[^!\n]{{0,60}}(?:有异议|有不同意见)|(?:本次)?公示(?:期|时间|日期|起止|开始|截止|期限)|(?:公众|社会各界|任何单位|有关单位|单位和个人|各单位|广大)"
    rf"[^!\n]{{0,60}}(?:异议|监督|意见)|(?:如|若|凡|任何)[^!\n]{{0,60}}(?:异议|不同意见|意见|反映)|(?:请|欢迎|恳请)[^!\n]{{0,60}}监督"
    rf"|自?(?:即日|本?(?:公示|公告)(?:发布)?之日|发布之日)起|在公示期|(?:联 {{0,3}}系 {{0,3}}(?:人|电 {{0,3}}话|方式|地址|单位|部门)|(?:监督|举报|受理)(?:举报|投诉|监督|反映)?(?:电话|部门|单位)|通讯地址|电子邮箱) ?:"
    r"|附(?:件|表) ?\d{0,2} ?:)",
    re.MULTILINE,
)
_DATE_LINE = re.compile(r"^ *(?:20\d\d|二零\w\w) ?年 ?\w{1,3} ?月 ?\w{1,3} ?日 *$", re.MULTILINE)


class Section(NamedTuple):
    """One section: what it is, where its heading begins, and its words."""

    part: Part
    start: int
    span: Span


def sections(outline: Outline) -> list[Section]:
    """The sections of a notice in their order."""
    heads = list(_heads(outline))
    starts = [head.start for head in heads]
    ends = [*starts[1:], len(outline.folded)]
    limits = _limits(outline)
    found = []
    for (part, start, content), end in zip(heads, ends, strict=False):
        turn = _TO_READERS.search(outline.folded, content, end)
        stop = next((limit for limit in limits if limit >= content), end)
        last = min(end, stop, turn.start() if turn else end)
        listed = _GOES_ON.search(outline.folded, content, last) if part == "issue" else None
        last = listed.start() if listed else last
        found.append(Section(part, start, trimmed(outline.source.text, (content, max(content, last)))))
    return sorted([*found, *_in_forms(outline)], key=lambda section: section.start)


def _in_forms(outline: Outline) -> Iterator[Section]:
    """The parts that a table sets out with a heading beside each: `整改措施 | 1.…`."""
    text = outline.source.text
    for token in outline.tokens:
        if not isinstance(token, TableBlock):
            continue
        rows = [[one for one in row if text[one.start : one.end].strip()] for row in rows_of(token).values()]
        pairs = [(label, value) for label, value in (row for row in rows if len(row) == 2)]
        named = [(part, *pair) for pair in pairs if (part := part_of(text[pair[0].start : pair[0].end]))]
        if len(named) >= _LEAST_PARTS and 2 * len(named) > len(pairs):
            for part, label, value in named:
                yield Section(part, label.start, trimmed(text, (value.start, value.end)))


class _Head(NamedTuple):
    part: Part
    start: int
    content: int


def _limits(outline: Outline) -> list[int]:
    """Where signatures and lists of attachments begin."""
    return [token.start for token in outline.tokens if isinstance(token, Stop)]


def _heads(outline: Outline) -> Iterator[_Head]:
    folded = outline.folded
    rank: int | None = None
    last: Part | None = None
    for start, end in _lines(outline.source, folded):
        marker = opening_marker(folded, start, end)
        body = marker.end if marker else start
        head = _head_of_line(folded, start, body, end)
        if head and head.part == last == "issue" and _TOLD.match(folded, body, end):
            head = None  # 一、问题概况, and below it 督察发现，…
        if head is None and last in _SHORT_PARTS and not marker and _UNKNOWN_LABEL.match(folded, body, end):
            head = _Head("other", start, end)
        if head:
            last = head.part
            rank = marker.rank if marker else rank
            yield head
            body = head.content
        elif marker and rank is not None and marker.rank <= rank <= _HEADING_RANK and end - start <= _LONGEST_HEADING:
            yield _Head("other", start, end)
            continue
        yield from _inside(outline.source.text, folded, body, end)


def _lines(source: CleanText, folded: str) -> Iterator[Span]:
    """Lines, and in a flattened text the stretches between the numbers of headings."""
    for match in re.finditer(r"[^\n]+", folded):
        start, end = match.span()
        region = source.region_at(start)
        if region is not None and (region.metadata or region.table is not None):
            continue
        cuts = [marker.start for marker in _run_in_numbers(folded, start, end, source.flattened)]
        yield from zip([start, *cuts], [*cuts, end], strict=True)


def _run_in_numbers(folded: str, start: int, end: int, flattened: bool) -> Iterator[Marker]:
    """Numbers of headings in the middle of a line: those that heading words follow."""
    for marker in inline_markers(folded, start, end, flattened):
        if marker.rank <= _HEADING_RANK and _run_in_heading(folded, marker.end, end):
            yield marker


def _head_of_line(folded: str, start: int, body: int, end: int) -> _Head | None:
    """The heading that a line opens with: the whole line, up to a colon, in brackets, or run into its text."""
    bracketed = _BRACKETED.match(folded, body, end)
    if bracketed:
        part = part_of(bracketed[1])
        return _Head(part, start, bracketed.end()) if part else None
    told = _TOLD.match(folded, body, end)
    if told:
        return _Head("issue" if told["found"] else "measures", start, told.end())
    colon = _COLON.match(folded, body, end)
    if colon:
        part = part_of(colon[0][:-1].strip(' "'))
        if part:
            return _Head(part, start, colon.end())
    spaced = _SPACED.match(folded, body, end)
    if spaced and (part := part_of(spaced["words"])):
        return _Head(part, start, spaced.end())
    line = folded[body:end].strip(" :[]<>!*#")
    part = part_of(line) if len(line) <= _LONGEST_HEADING else None
    if part:
        return _Head(part, start, end)
    if body == start or folded[body - 1] == "是":  # 一是完成方案编制…: a sentence
        return None
    content = _run_in_heading(folded, body, end)
    return _Head(content[0], start, content[1]) if content else None


def _run_in_heading(folded: str, start: int, end: int) -> tuple[Part, int] | None:
    """The heading words right after a number, and where the text begins that was run into them.

    A stop or space may stand between them (`一、反馈问题。某镇…`); without any, the longest heading counts.
    """
    words = _RUN_IN.match(folded, start, end)
    if not words:
        return None
    first = words.start()
    for last in range(words.end(), first + 3, -1):
        sign = folded[last : last + 1]
        part = part_of(folded[first:last])
        if part and part not in {"period", "contact", "other"}:
            return part, last + (sign in {"!", ":", " ", ";"})
    return None


def _inside(text: str, folded: str, start: int, end: int) -> Iterator[_Head]:
    """Labels further on in a line: `…的问题。责任单位：市水务局`; 《整改方案》 is a title and no label."""
    for label in labels_in(folded, start, end, flattened=end - start > 400):
        if text[label.start] in "《〈":
            continue
        words = folded[label.start : label.end].strip(" :[]<>(")
        part = part_of(words) or (part_of(words[-4:]) if len(words) > 4 else None)
        if part and not (label.opens_line and label.start <= start and label.end >= end):
            yield _Head(part, label.start, label.end)


def without_only_number(folded: str, span: Span) -> Span:
    """The span without the number before it, where it is the only one: `（一）园区某河段漂有浮萍。`"""
    items = items_of(folded, span)
    if len(items) == 1 and items[0].start == span[0] and items[0].number == 1:
        return items[0].end, span[1]
    return span
