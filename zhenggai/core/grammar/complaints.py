"""Complaint batches (信访举报件): how many came, from where, about what, what became of them, and each piece.

A bulletin speaks of one batch and of all so far. Which of the two a list of counts belongs to is told by its sentence
(累计, 截至…), and by the total that it adds up to.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from zhenggai.core.grammar.count_tables import table_listings, type_listing
from zhenggai.core.grammar.counts import Listing, find_listings
from zhenggai.core.grammar.objects import Complaints, Count, Piece, Warning
from zhenggai.core.grammar.outline import Outline, TableBlock
from zhenggai.core.grammar.pieces import read_pieces
from zhenggai.core.grammar.places import Span, place_of
from zhenggai.core.reading import CleanText
from zhenggai.core.reading.folding import HAN
from zhenggai.core.reading.numerals import to_number

_NUMBER = rf"(?:\d{{1,3}}|{HAN}{{1,4}}?)"
_BATCH = re.compile(rf"第 ?(?P<batch>{_NUMBER}(?:(?:`|和|及|,){_NUMBER})*) ?批(?! ?(?:至|到|-|~))")
_BATCH_OF = re.compile(rf"(?<![至到`-])第 ?{_NUMBER} ?批 ?\d{{1,5}} ?件")
_RANGE_BEFORE = re.compile(rf"(?:批 ?|{_NUMBER} ?)(?:至|到|-+|~) ?$")
_SENTENCE = re.compile(r"[^!\n]+[!\n]?")
_PIECES = re.compile(
    r"(?<![\d.第+])(?P<count>\d{1,6}) ?(?:\(\+\d+\) ?)?(?:余)?(?:件(?!次)|宗|起(?!来)|个(?:问题|信访|举报))"
)
_CHANGES_HANDS = re.compile(r"本批|交办|转办|移交|转交|受理|收到|接收|接到|交由|批转|举报|信访|投诉")
_SO_FAR = re.compile(r"累计|(?:进驻|督察|开展)以来|截[至止]|共计?(?:交办|转办|收到|受理|接到|接收)[^!,;]{0,10}批")
_ALTOGETHER = re.compile(r"累计|总计|合计|共计?")
_OF_ALL = re.compile(r"累计|总计|合计|共计?(?:交办|转办|移交|收到|受理|接到|接收)")
_BY_NOW = re.compile(r"截[至止]")
_OTHER_COUNTS = re.compile(r"办结|反馈|核查|责令|约谈|问责|立案|查处|销号|重点|公示")
_PROBLEMS = re.compile(
    r"涉及(?:环境|生态环境|生态)?问题(?P<before>\d{1,6}) ?个|(?:涉及|共)(?P<after>\d{1,6}) ?个(?:环境)?问题"
)
_MANY_UNITS = re.compile(r"一件多派|合办|多个(?:地区|县区|单位)|分解后")
_MANY_TYPES = re.compile(r"多种(?:污染)?类型|两项以上|分别统计|多个类型|重复统计")


class _Totals(NamedTuple):
    """The figures of the batch and of all so far, with the sentences they were read from."""

    received: int | None
    cumulative: int | None
    batches: tuple[int, ...]
    starts: tuple[int, ...]  # where each sentence begins that says how many a batch has


def read_complaints(outline: Outline) -> tuple[Complaints, list[Warning]]:
    """The batch that a text tells of, and the totals in it that do not add up.

    >>> from zhenggai.core.grammar.outline import outline
    >>> from zhenggai.core.reading import clean, read
    >>> text = "5月2日，转办第七批群众举报件9件，其中甲区5件、乙县3件。截至5月2日累计转办88件。"
    >>> found, warnings = read_complaints(outline(clean(read(text.encode(), "a.txt"))))
    >>> found.batch, found.received, found.cumulative, [(one.name, one.count) for one in found.by_region]
    ('7', 9, 88, [('甲区', 5), ('乙县', 3)])
    >>> [warning.code for warning in warnings]
    ['total_mismatch']
    """
    source = outline.source
    pieces, in_tables = read_pieces(outline)
    prose = _blanked(source.folded, in_tables)
    totals = _totals(prose)
    blocks = [token for token in outline.tokens if isinstance(token, TableBlock)]
    in_counts = [
        one for block in blocks for one in (*table_listings(source, block), type_listing(source, block)) if one
    ]
    listings = sorted([*find_listings(prose), *in_counts], key=lambda one: one.span)
    scoped = [(one, _is_so_far(prose, one, totals)) for one in listings]
    chosen = {sort: _chosen(scoped, sort, totals) for sort in ("region", "type", "verdict", "state")}
    outcomes = [*chosen["verdict"], *chosen["state"]]
    found = Complaints(
        batch="、".join(map(str, totals.batches)) or None,
        received=totals.received,
        cumulative=totals.cumulative,
        by_region=_counts(source, chosen["region"]),
        by_type=_counts(source, chosen["type"]),
        outcomes=_counts(source, outcomes),
        pieces=pieces,
    )
    return found, [*_checked(source, prose, scoped, totals), *_piece_doubts(source, found, totals)]


def _blanked(folded: str, spans: Iterable[Span]) -> str:
    """The text with tables of pieces left blank: figures in a piece are no totals."""
    parts, position = [], 0
    for start, end in sorted(spans):
        parts += [folded[position:start], "\n" * (end - start)]
        position = max(position, end)
    return "".join([*parts, folded[position:]])


def _totals(folded: str) -> _Totals:
    received: list[tuple[int, int]] = []
    cumulative = None
    waiting = False  # the sentence before told of a batch, and this one may say how many: `共3件`
    for match in _SENTENCE.finditer(folded):
        for start, end, so_far in _clauses(folded, *match.span()):
            if so_far:
                cumulative = _so_far_count(folded, start, end) if cumulative is None else cumulative
            elif _CHANGES_HANDS.search(folded, start, end) or (waiting and _ALTOGETHER.match(folded, start)):
                count = _first_count(folded, start, end)
                waiting = count is None
                if count is not None:
                    received.append((count, match.start()))
    batches = _batches(folded)
    distinct = list(dict.fromkeys(received))
    several = len(batches) > 1 and len(distinct) == len(batches)
    total = sum(count for count, _ in distinct) if several else received[0][0] if received else None
    return _Totals(total, cumulative, batches, tuple(start for _, start in distinct) if several else ())


def _clauses(folded: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """A sentence as what it says of the batch and what of all so far: `转办11件，累计转办151件`."""
    turn = _SO_FAR.search(folded, start, end)
    if turn is None:
        yield start, end, False
        return
    if turn.start() > start:
        yield start, turn.start(), False
    named = _BATCH_OF.search(folded, turn.start(), end) and "累计" not in turn[0]
    single = named or (_BY_NOW.match(turn[0]) and not _OF_ALL.search(folded, turn.start(), end))
    yield turn.start(), end, not (single and _single_batch(folded, turn.start(), end))


def _single_batch(folded: str, start: int, end: int) -> bool:
    """`截至4月3日，第一批18件已办结13件` is about that batch."""
    match = _BATCH.search(folded, start, end)
    return match is not None and not _RANGE_BEFORE.search(folded, start, match.start())


def _so_far_count(folded: str, start: int, end: int) -> int | None:
    """The count after 累计 or 共; a count of what was closed or checked is none."""
    for match in _PIECES.finditer(folded, start, end):
        before = folded[max(start, match.start() - 30) : match.start()]
        if not _OTHER_COUNTS.search(re.split(r"[,;`(]", before)[-1]):
            return int(match["count"])
    return None


def _first_count(folded: str, start: int, end: int) -> int | None:
    for match in _PIECES.finditer(folded, start, end):
        clause = re.split(r"[,;`(!]", folded[max(start, match.start() - 30) : match.start()])[-1]
        if not _OTHER_COUNTS.search(clause):
            return int(match["count"])
        if _CHANGES_HANDS.search(clause):
            return None
    return None


def _batches(folded: str) -> tuple[int, ...]:
    """The batch that the text is about: the first that is not the end of a range."""
    for match in _BATCH.finditer(folded):
        if _RANGE_BEFORE.search(folded, max(0, match.start() - 8), match.start()):
            continue
        numbers = [to_number(part) for part in re.split(r"`|和|及|,", match["batch"])]
        known = tuple(number for number in numbers if number)
        if known:
            return known
    return ()


# lists of counts


def _is_so_far(folded: str, one: Listing, totals: _Totals) -> bool:
    """Whether a list counts all pieces so far: it adds up to them, or its sentence says so."""
    if totals.cumulative is None or one.total in {totals.received, totals.cumulative}:
        return one.total == totals.cumulative
    start = max(folded.rfind("!", 0, one.span[0]), folded.rfind("\n", 0, one.span[0])) + 1
    if _SO_FAR.search(folded, start, one.span[0]):
        return True
    if folded[start : one.span[0]].lstrip().startswith("其中"):
        above = max(folded.rfind("!", 0, max(start - 1, 0)), folded.rfind("\n", 0, max(start - 1, 0))) + 1
        return _SO_FAR.search(folded, above, start) is not None
    return totals.received is not None and one.total > 2 * totals.received and one.total >= totals.cumulative


def _chosen(scoped: list[tuple[Listing, bool]], sort: str, totals: _Totals) -> list[Listing]:
    """The lists of one sort that count: the first of the batch, or where it has none of all so far."""
    same = [(one, so_far) for one, so_far in scoped if one.sort == sort]
    if not same:
        return []
    of_batch = [one for one, so_far in same if not so_far] or [one for one, _ in same]
    of_batch = [one for one in of_batch if len(one.entries) > 1] or of_batch
    if totals.starts:
        return of_batch
    return of_batch if sort in {"verdict", "state"} else of_batch[:1]


def _counts(source: CleanText, listings: list[Listing]) -> tuple[Count, ...]:
    found: dict[str, Count] = {}
    for one in listings:
        for entry in one.entries:
            name = source.text[entry.start : entry.end]
            known = found.get(name)
            place = known.place if known else place_of(source, (entry.start, entry.end))
            found[name] = Count(name, entry.number + (known.count if known else 0), place)
    return tuple(found.values())


# what does not add up


def _checked(source: CleanText, folded: str, scoped: list[tuple[Listing, bool]], totals: _Totals) -> Iterator[Warning]:
    if totals.starts:
        return
    problems = _PROBLEMS.search(folded)
    stated = int(problems["before"] or problems["after"]) if problems else None
    for one, so_far in scoped:
        if len(one.entries) < 2:
            continue
        total = totals.cumulative if so_far else totals.received
        if total is None or one.total == total or (one.sort == "type" and one.total == stated):
            overlapping = one.sort == "type" and total is not None and one.total > total
            if not overlapping:
                continue
        place = place_of(source, one.span)
        if one.sort == "region":
            why = "（文中说明有的信访件交给几个地方）" if _MANY_UNITS.search(folded) else ""
            yield Warning("total_mismatch", f"各地相加是{one.total}件，写的总数是{total}件{why}。", place)
        elif one.sort == "type" and total is not None and (one.total > total or _MANY_TYPES.search(folded)):
            yield Warning("types_overlap", f"各类型相加是{one.total}，信访件是{total}件，一件可能涉及几种类型。", place)
        elif one.sort == "type":
            yield Warning("total_mismatch", f"各类型相加是{one.total}，写的总数是{total}件。", place)
        elif one.sort in {"verdict", "state"}:
            yield Warning("total_mismatch", f"各办理结果相加是{one.total}件，写的总数是{total}件。", place)


def _piece_doubts(source: CleanText, found: Complaints, totals: _Totals) -> Iterator[Warning]:
    """More pieces listed than received; fewer may be a part of the batch."""
    pieces: tuple[Piece, ...] = found.pieces
    if pieces and totals.received is not None and len(pieces) != totals.received:
        message = f"列出的信访件是{len(pieces)}件，写的总数是{totals.received}件。"
        yield Warning("total_mismatch", message, pieces[0].place)


__all__ = ["read_complaints"]
