"""What of a document went into no value: every stretch of the cleaned text is a value, has a known role, or is unread.

A clerk has to see what was left out. So the text is told apart to the last character: the values with their places,
the words that carry no value of their own (titles, numbers, labels, headings, openings, closings, general sections),
joints too short to say anything, and the rest, which is `unread`.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from zhenggai.core.grammar.complaint_words import piece_field
from zhenggai.core.grammar.front_matter import FrontMatter
from zhenggai.core.grammar.labels import Label, column_field
from zhenggai.core.grammar.notice_headings import part_of
from zhenggai.core.grammar.numbering import Marker
from zhenggai.core.grammar.objects import Complaints, Extraction, Notice, Place, Task, Unread
from zhenggai.core.grammar.outline import Outline, Stop, TableBlock
from zhenggai.core.grammar.places import Span, place_of, trimmed
from zhenggai.core.reading import Spans

Role = Literal["value", "metadata", "label", "heading", "opening", "closing", "general", "joint", "unread"]


class Part(NamedTuple):
    """A stretch [start, end) of the cleaned text and what it is."""

    start: int
    end: int
    role: Role


_LEAST = 6  # characters that may say something; fewer are a joint between values
_LONGEST_HEADING = 40
_HEADING_RANK = 20  # 一、 and （一）
_SIGNS = (Label, Marker)
_TELLS_IN_SENTENCES = frozenset({"complaints", "notice", "work_plan"})
"""Kinds whose values stand within sentences, so that the words around them are read too."""
_SAYS_NOTHING = re.compile(r"[\s!-/:-@\[-`{-~。，、；：！？（）【】《》〈〉“”‘’…—·●■◆▲★▪•○□◇|｜]+")
_SENTENCE = re.compile(r"[^!\n]+!?\"?")
_LINE = re.compile(r"[^\n\t]+")

_GENERAL = re.compile(
    r"指导思想|总体(?:要求|思路)|基本原则|工作原则|整改原则|重要意义|思想认识|提高认识|统一思想|组织(?:领导|保障|机构|实施)|(?:保障|工作)(?:措施|要求|机制)$|有关要求|几点要求"
    r"|相关要求|纪律要求|责任追究|严肃(?:问责|纪律)|信息公开|宣传(?:引导|报道)|工作保障|落实责任|(?:压实|强化|明确)责任|(?:强化|加强|严格|严肃)(?:组织|领导|督导|督查|督办|考核|问责|宣传|保障|监督|协调|协作|统筹)"
)
"""Headings over what every plan says and no field of the format holds: principles, leadership, safeguards."""
_OPENING = re.compile(
    r"(?:制定|制订|特制定|提出|拟定)(?:本|如下|以下|了|此|《)|(?:如下|以下)(?:整改)?(?:方案|计划|措施|清单|内容)|(?:现将|现就|现予以?|将|通报|公告|公示|报告|公布|部署|说明|汇报)[^!\n]{0,80}如下|印发给你们|请(?:认真|遵照|结合|抓好)[^!\n]{0,30}(?:贯彻|组织|执行|落实|实施)"
    r"|(?:交办|转办|移交|收到|受理)[^!\n]{0,40}(?:件|宗|批)"
    r"|^(?:各|市|县|区|省|州)[^!\n,]{1,80}:$|(?:督察|督查)组[^!\n]{0,60}(?:进驻|反馈|督察)|(?:根据|按照|为|为了)[^!\n]{4,}"
)
_CLOSING = re.compile(
    r"^(?:附件?|附表|附注|注|备注|抄送|抄报|主送|印发|联系人|填报|审核|签发|校对|特此|此件|主办|承办|来源|责任编辑|编辑|扫一扫|单位\(?盖章|制表|填表)|公开(?:属性|方式|选项)|印发$|印$|传 {0,4}真|特此|^\(?(?:以上|上述)|监督|异议|反映"
)
_DATE_ONLY = re.compile(r"(?:20\d\d|二零\w\w) ?[年./-] ?\w{1,3} ?[月./-] ?\w{1,3} ?日?(?:印发)?")


def parts_of(outline: Outline, matter: FrontMatter, found: Extraction) -> list[Part]:
    """The whole text in parts, in order and without gaps."""
    known: list[tuple[int, int, Role]] = [(*span, "value") for span in _values(found)]
    known += [(*span, "heading") for span in matter.spans.values()]
    known += [(*span, "label") for span in _labels(outline)]
    known += [(*span, "metadata") for span in _metadata(outline)]
    known.sort()
    general = Spans.joined(_general(outline))
    parts: list[Part] = []
    position, end = 0, len(outline.folded)
    for first, last, role in [*known, (end, end, "joint")]:
        if first > position:
            parts += _remainder(outline, found, general, (position, first))
            position = first
        if last > position:
            parts.append(Part(position, last, role))
            position = last
    return parts


def unread_of(outline: Outline, matter: FrontMatter, found: Extraction) -> tuple[Unread, ...]:
    """The passages that no value holds and no role explains, in order; what follows one another is one passage."""
    source = outline.source
    passages: list[Span] = []
    general: Spans | None = None
    for gap in _gaps(outline, matter, found):
        general = Spans.joined(_general(outline)) if general is None else general
        for part in _remainder(outline, found, general, gap):
            if part.role != "unread":
                continue
            start, end = trimmed(source.text, part[:2])
            if passages and not source.text[passages[-1][1] : start].strip(" \n"):
                passages[-1] = passages[-1][0], end
            else:
                passages.append((start, end))
    return tuple([Unread(source.text[start:end], place_of(source, (start, end))) for start, end in passages])


def _gaps(outline: Outline, matter: FrontMatter, found: Extraction) -> Iterator[Span]:
    """The stretches between what is known that are long enough to say something."""
    known = [*_values(found), *matter.spans.values(), *_labels(outline), *_metadata(outline)]
    known.sort()
    position = 0
    for start, end in known:
        if start - position >= _LEAST:
            yield position, start
        if end > position:
            position = end
    if len(outline.folded) - position >= _LEAST:
        yield position, len(outline.folded)


# values


def _values(found: Extraction) -> list[Span]:
    """Where the values stand."""
    spans: list[Span] = []
    for task in found.tasks:
        _add_task(spans, task)
    spans += [one.place[:2] for one in found.duties]
    spans += [one.place[:2] for one in found.bodies]
    if found.notice:
        spans += _of_notice(found.notice)
    if found.complaints:
        spans += _of_complaints(found.complaints)
    if found.work_plan:
        spans += [place[:2] for places in found.work_plan.places.values() for place in places]
        spans += [step.place[:2] for step in found.work_plan.timetable]
        for task in found.work_plan.tasks:
            _add_task(spans, task)
    return spans


def _add_task(spans: list[Span], task: Task) -> None:
    for places in task.places.values():
        spans += [place[:2] for place in places]
    for measure in task.measures:
        spans.append(measure.place[:2])
        if measure.unit_places:
            spans += [place[:2] for place in measure.unit_places]
        spans += [one.place[:2] for one in measure.deadlines if one.place.end > measure.place.end]
    if task.deadline:
        spans.append(task.deadline.place[:2])


def _of_notice(notice: Notice) -> Iterator[Span]:
    yield from _flat(notice.places)
    if notice.period:
        yield notice.period.place[:2]
    if notice.contact:
        yield from _flat(notice.contact.places)


def _of_complaints(complaints: Complaints) -> Iterator[Span]:
    for one in (*complaints.by_region, *complaints.by_type, *complaints.outcomes):
        yield one.place[:2]
    for piece in complaints.pieces:
        yield from _flat(piece.places)


def _flat(places: dict[str, tuple[Place, ...]]) -> Iterator[Span]:
    for found in places.values():
        for place in found:
            yield place[:2]


# words that carry no value of their own


def _labels(outline: Outline) -> list[Span]:
    """Numbers, labels, column names."""
    spans = [(token.start, token.end) for token in outline.tokens if isinstance(token, _SIGNS)]
    if outline.source.regions:
        text = outline.source.text
        cells = [cell for token in outline.tokens if isinstance(token, TableBlock) for cell in token.regions]
        short = [(one.start, one.end) for one in cells if one.end - one.start <= _LONGEST_HEADING]
        spans += [one for one in short if column_field(text[slice(*one)]) or piece_field(text[slice(*one)])]
    return spans


def _metadata(outline: Outline) -> list[Span]:
    """What the page says about the document."""
    return [(region.start, region.end) for region in outline.source.regions if region.metadata]


def _general(outline: Outline) -> Iterator[Span]:
    """The sections under general headings, each to the next number of its own or an outer rank."""
    folded = outline.folded
    rank: int | None = None
    start = 0
    for token in outline.tokens:
        if isinstance(token, Stop | TableBlock):
            if rank is not None:
                yield start, token.start
            rank = None
        elif isinstance(token, Marker) and token.opens_line and (rank is None or token.rank <= rank):
            if rank is not None:
                yield start, token.start
            rank, start = (
                (token.rank if token.rank <= _HEADING_RANK and _opens_general(folded, token) else None),
                token.start,
            )
    if rank is not None:
        yield start, len(folded)


def _opens_general(folded: str, number: Marker) -> bool:
    """Whether the first words behind a number, up to a stop, are a general heading."""
    end = min(folded.find("\n", number.end) % (len(folded) + 1), number.end + _LONGEST_HEADING)
    stop = folded.find("!", number.end, end)
    return _GENERAL.search(folded, number.end, end if stop < 0 else stop) is not None


# what is left


def _remainder(outline: Outline, found: Extraction, general: Spans, span: Span) -> Iterator[Part]:
    """The lines of a stretch without values, each with its role."""
    folded = outline.folded
    if found.kind in _TELLS_IN_SENTENCES:
        first, last = _whole_sentences(folded, span)
        if first > span[0]:
            yield Part(span[0], first, "joint")
        if last < span[1]:
            yield from _lines(outline, general, (first, last))
            yield Part(last, span[1], "joint")
            return
        span = first, span[1]
    yield from _lines(outline, general, span)


def _whole_sentences(folded: str, span: Span) -> Span:
    """The span without the rest of the sentence of the value before it, and the beginning of that of the value after it."""
    start, end = span
    if start and folded[start - 1] not in "!\n":
        stop = min((one for sign in "!\n" if (one := folded.find(sign, start, end)) >= 0), default=end - 1)
        start = stop + 1
    if end < len(folded) and start < end:
        end = max(start, max(folded.rfind(sign, start, end) for sign in "!\n") + 1)
    return start, end


def _lines(outline: Outline, general: Spans, span: Span) -> Iterator[Part]:
    folded = outline.folded
    position = span[0]
    for match in _LINE.finditer(folded, *span):
        if match.start() > position:
            yield Part(position, match.start(), "joint")
        yield Part(match.start(), match.end(), _role(outline, general, match.span()))
        position = match.end()
    if position < span[1]:
        yield Part(position, span[1], "joint")


def _role(outline: Outline, general: Spans, span: Span) -> Role:
    folded = outline.folded
    start, end = span
    words = folded[start:end].strip()
    if len(_SAYS_NOTHING.sub("", words)) < _LEAST:
        return "joint"
    if start in general:
        return "general"
    if _CLOSING.search(words) or _DATE_ONLY.fullmatch(words):
        return "closing"
    whole = start == 0 or folded[start - 1] == "\n" or folded[:start].endswith(("`", ".", ")", "]"))
    if (
        whole
        and len(words) <= _LONGEST_HEADING
        and not set("!;") & set(words)
        and ":" not in words[:-1]
        and (end == len(folded) or folded[end] == "\n")
    ):
        return "heading"
    if part_of(words) or _OPENING.search(words):
        return "opening"
    return "unread"


__all__ = ["Part", "Role", "parts_of", "unread_of"]
