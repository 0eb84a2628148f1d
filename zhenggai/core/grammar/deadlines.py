"""Time limits: the one of a deadline field, and those that stand inside a measure."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from zhenggai.core.grammar.dates import PointInTime, find_dates
from zhenggai.core.grammar.objects import Deadline, DeadlineKind, Place
from zhenggai.core.reading import Spans
from zhenggai.core.reading.folding import fold

Placed = Callable[[int, int], Place]
_LONG_TERM = re.compile(r"长期(?!以来)|持续(?:坚持|推进|整改|保持|巩固|实施|开展|改善|深化)|常态化|一以贯之")
_IMMEDIATE = (
    "立行立改",
    "立即",
    "即知即改",
    "即行即改",
    "立改立行",
    "立查立改",
    "立整立改",
    "边督边改",
    "马上",
    "当即",
    "即时",
)
_RECURRING = re.compile(r"每(?:年|半年|季|月|旬|周|天|日)|按(?:年|季|月|周)(?!内)|逐年|逐月")
_WAS_DONE = re.compile(
    r"已(?:经|按期|如期|提前|全部)*(?:于|在)[^,!;前]{2,14}(?:完成|销号|办结|整改到位)(?:整改|销号|验收|任务)?"
)
"""A limit field that tells when the task was done sets no limit."""
_SAYS_DONE = re.compile(r"已(?:经|按期|基本|全部|如期|提前)*(?:完成|销号|办结|整改到位|整改完成)|完成整改|无|/|-+")
_OWN_WORDS = (
    "立行立改",
    "即知即改",
    "立即整改到位",
    "立即整改",
    "立即落实",
    "并长期坚持",
    "长期坚持",
    "长期保持",
    "持续推进",
    "持续坚持",
)
"""Words that set a limit inside a measure only where they make a clause by themselves."""

_CLAUSE_END = re.compile("[!;]")
_OWN_SIGN = re.compile("[立即长持]")  # one of them is in each of these words
_NEARBY = 30  # characters after a date in which 长期坚持 belongs to it
_EDGES = frozenset(",!;:(`) \n") | {""}
_REACHED_BY = re.compile(r"(?:力争|确保|争取|计划|到|至|于|在) ?$")
_STATUS_BEFORE = ("截至", "截止", "截止到", "自", "从", "依据", "根据", "按照")
_IN_A_NAME = re.compile(r"<[^>]{0,60}$")
_BEGINNING_AFTER = re.compile(r" ?(?:起|以后|之后|开始|后)")
_STATUS_AFTER = re.compile(r" ?(?:以来|起|开始|至今|以后|之后|后|制定的|版|期间|度)")
_ISSUED_AFTER = re.compile(r" ?(?:印发|发布|出台|下发)")  # 2018年印发的方案; 2018年底前印发 is a limit
_ACHIEVED = (
    "完成", "实现", "建成", "达到", "竣工", "投用", "投运", "消除", "到位", "解决", "开工", "退出", "关停", "搬迁", "通水", "销号", "验收", "达标", "形成", "基本",
)  # fmt: skip


def parse_deadline(
    text: str, year: int | None = None, placed: Placed = Place, folded: str | None = None
) -> Deadline | None:
    """The limit that the value of a deadline field sets; None for an empty value. ``placed`` makes Places of offsets in it.

    ``folded`` is the text folded, if that is at hand.

    >>> one = parse_deadline("2018年底前完成,并长期坚持"); one.kind, one.due, one.then_long_term
    ('date', '2018-12-31', True)
    >>> [parse_deadline(text).kind for text in ("立行立改", "长期坚持", "每月", "已完成")]
    ['immediate', 'long_term', 'recurring', None]
    >>> parse_deadline("202591日").doubt
    '“202591日”缺了字，按2025-09-01读'
    """
    stripped = text.strip(" \t\n，,。；;、.")
    if not stripped:
        return None
    start = text.index(stripped)
    folded = fold(stripped) if folded is None else folded[start : start + len(stripped)]
    kind, point, doubt = (_judged_once if len(stripped) <= _LONGEST_REMEMBERED else _judged)(stripped, folded, year)
    return Deadline(
        raw=stripped,
        kind=kind,
        due=point.due.isoformat() if point and point.due else None,
        then_long_term=kind in {"date", "immediate"} and _LONG_TERM.search(folded) is not None,
        place=placed(start, start + len(stripped)),
        doubt=doubt,
    )


def _judged(text: str, folded: str, year: int | None) -> tuple[DeadlineKind | None, PointInTime | None, str | None]:
    points = find_dates(text, year, folded)
    if _WAS_DONE.fullmatch(folded):
        return None, None, None
    points = [point for point in points if not _BEGINNING_AFTER.match(folded, point.end)] or points
    returns = _RECURRING.search(folded) is not None
    if points and not (returns and not any(point.named_year for point in points)):
        last, doubt = _latest(points)
        return "date", last, doubt
    if _SAYS_DONE.fullmatch(folded):
        return None, None, None
    if returns:
        return "recurring", None, None
    if any(word in folded for word in _IMMEDIATE):
        return "immediate", None, None
    if _LONG_TERM.search(folded):
        return "long_term", None, None
    doubt = None if _SAYS_DONE.search(folded) and not any(map(str.isdigit, folded)) else f"“{text}”读不出日期"
    return None, None, doubt


_LONGEST_REMEMBERED = 60
_judged_once = lru_cache(maxsize=1_024)(_judged)
"""A plan repeats its limits: most tasks are due on one of a few days."""


def _latest(points: list[PointInTime]) -> tuple[PointInTime, str | None]:
    """The last of several points, with the first doubt there is."""
    dated = [point for point in points if point.due]
    last = max(dated, key=lambda point: str(point.due), default=points[-1])
    doubts = [point.doubt for point in points if point.doubt]
    if len({point.due for point in dated}) > 1:
        doubts.append(f"写有几个日期，按最后一个{last.due}读")
    return last, doubts[0] if doubts else None


def find_deadlines(
    text: str, year: int | None = None, folded: str | None = None, placed: Placed = Place
) -> list[Deadline]:
    """The limits inside a measure's text; dates that only tell what was, or name a plan, are left out.

    ``folded`` is the text folded, if that is at hand; ``placed`` makes Places of offsets in the text.

    >>> [one.raw for one in find_deadlines("列入2018年区级计划，2019年6月底之前建成，2020年完成改造。立行立改。")]
    ['2019年6月底之前', '2020年', '立行立改']
    >>> find_deadlines("2017年以来很少研究，截至2018年底未完成。")
    []
    """
    folded = fold(text) if folded is None else folded
    points = [point for point in find_dates(text, year, folded) if _sets_limit(folded, point)]
    found = [_dated(text, folded, point, placed) for point in points]
    if _OWN_SIGN.search(folded):
        told = Spans.joined(
            (point.start, point.end + _NEARBY) for point, one in zip(points, found, strict=True) if one.then_long_term
        )
        for start, end, kind in _own_clauses(folded):
            if start not in told:
                found.append(Deadline(text[start:end], kind, None, False, placed(start, end)))
    return sorted(found, key=lambda one: one.place.start) if len(found) > 1 else found


def _own_clauses(folded: str) -> Iterator[tuple[int, int, DeadlineKind]]:
    for word in _OWN_WORDS:
        start = folded.find(word)
        while start >= 0:
            end = start + len(word)
            if folded[max(start - 1, 0) : start] in _EDGES and folded[end : end + 1] in _EDGES:
                yield start, end, "immediate" if word.startswith(("立", "即")) else "long_term"
            start = folded.find(word, end)


def _sets_limit(folded: str, point: PointInTime) -> bool:
    before = folded[max(0, point.start - 70) : point.start]
    if before.removesuffix(" ").endswith(_STATUS_BEFORE) or _STATUS_AFTER.match(folded, point.end):
        return False
    if not point.bounded and _ISSUED_AFTER.match(folded, point.end):
        return False
    if "<" in before and _IN_A_NAME.search(before.removesuffix(" ")):
        return False
    if point.bounded:
        return True
    clause = _CLAUSE_END.split(folded[point.end : point.end + 80], maxsplit=1)[0]
    return any(word in clause for word in _ACHIEVED) and (
        _REACHED_BY.search(before) is not None or before[-1:] in _EDGES
    )


def _dated(text: str, folded: str, point: PointInTime, placed: Placed) -> Deadline:
    return Deadline(
        raw=text[point.start : point.end],
        kind="date",
        due=point.due.isoformat() if point.due else None,
        then_long_term="长期坚持" in folded and _then_long_term(folded, point.end),
        place=placed(point.start, point.end),
        doubt=point.doubt,
    )


def _then_long_term(folded: str, start: int) -> bool:
    """Whether the sentence goes on with `并长期坚持`."""
    sentence = _CLAUSE_END.split(folded[start : start + 60], maxsplit=1)[0]
    return any(f"{link}长期坚持" in sentence for link in ("并", "且", "后", ","))
