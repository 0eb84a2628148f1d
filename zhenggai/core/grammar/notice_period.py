"""The period of a notice (公示期): from when to when objections are heard, and whether the figures agree.

`公示期：2025年1月21日—2月8日（10个工作日）`, `即日起5日内`, `公示时间为7天`. The first day counts, make-up working
days count, public holidays do not; a length in 日 or 天 without 工作 is calendar days (EXTRACTION, "Notice", "Rulings").
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from zhenggai.core.grammar.dates import ONE_DAY, find_dates
from zhenggai.core.grammar.objects import DayKind, Period, Warning
from zhenggai.core.grammar.places import Span, place_of
from zhenggai.core.reading import CleanText
from zhenggai.core.reading.numerals import to_number

_DAY = (
    r"(?:(?:(?:20\d\d|二零\w\w) ?年 ?)?\w{1,3} ?月 ?\w{1,3} ?(?:日|号)|(?:20\d\d)[-./]\d{1,2}[-./]\d{1,2}|20\d{6}(?!\d)"
    r"|20\d\d ?年? ?\d{2,4} ?日|\d{1,2}[./]\d{1,2}(?![\d.]))"
)
_BESIDE = r"(?: ?\((?:星期|周)\w\))?(?: ?(?:上午|下午)?\d{1,2}(?:时|:)\d{0,2}分?)?"
_RANGE = re.compile(
    rf"(?P<first>{_DAY}){_BESIDE} ?(?:起 ?,? ?)?(?:至|到|--?|~|一) ?(?P<last>{_DAY}|(?:\d{{1,2}}) ?(?:日|号)){_BESIDE}"
)
_FROM = re.compile(rf"(?:自|从)? ?(?P<first>{_DAY}) ?(?:起|开始)")
_LENGTH = re.compile(
    r"(?<![\d月年第])(?P<number>\d{1,3}|[一二两三四五六七八九十]{1,3}) ?(?P<kind>个?工作日|个?自然日|个?日历日|日|天)(?!常|均|益|前|内瓦)"
)
_FROM_TODAY = re.compile(
    r"(?:自|从)?(?:即日|公示之日|发布之日|公布之日|本公示(?:发布)?之日|公告之日|公示发布之日|见报之日|今日|今天)(?:起|开始)"
)
_SPEAKS_OF = re.compile(r"公 {0,4}示|异议|即日起|之日起")
_LABEL = re.compile(r"公 {0,4}示 {0,4}(?:起止)?(?:期|起止(?=:)|时 {0,4}[间限]|日 {0,4}期|天数)(?: {0,4}限|间)?")
_NARRATED = re.compile(
    r"(?:已|经|曾|完成|网上|予以)(?:\w{0,6})公示(?:完毕|无异议|期满)|公示(?:期满|完毕|无异议|期间未|期内未)|进行了公示"
)
_SENTENCE = re.compile(r"[^!\n]+")
_BETWEEN = 24  # characters between the dates and the length of one period
_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class _Found:
    """The words of a period in one sentence, by what they say."""

    span: Span
    first: date | None
    last: date | None
    days: int | None
    kind: DayKind | None
    from_today: bool
    labelled: bool
    doubts: tuple[str, ...]

    @property
    def weight(self) -> tuple[int, ...]:
        """How much it says: dates before a length, a period that is labelled as one before others."""
        dates = (self.first is not None) + (self.last is not None)
        return dates, self.labelled or self.from_today, self.days is not None, -self.span[0]


def read_period(source: CleanText, published: str | None) -> tuple[Period | None, list[Warning]]:
    """The period of the notice and what is doubtful about it; ``published`` is the notice's own date.

    >>> from zhenggai.core.reading import clean, read
    >>> def shown(text): return read_period(clean(read(text.encode(), "a.txt")), "2021-09-24")[0]
    >>> one = shown("公示期：2025年1月21日—2025年2月8日（10个工作日）"); one.start, one.end, one.days, one.consistent
    ('2025-01-21', '2025-02-08', 10, True)
    >>> one = shown("如有异议，请在公示期间（即日起5日内）反映。"); one.raw, one.start, one.end, one.day_kind, one.stated
    ('即日起5日内', '2021-09-24', '2021-09-28', 'calendar', False)
    """
    day = date.fromisoformat(published) if published else None
    found = max(_candidates(source, day), key=lambda one: one.weight, default=None)
    return _judged(source, found, day) if found else (None, [])


def _candidates(source: CleanText, day: date | None) -> Iterator[_Found]:
    folded = source.folded
    labelled = -1  # end of a line that is only a label: its value stands on the next line
    for match in _SENTENCE.finditer(folded):
        spoken = _SPEAKS_OF.search(folded, *match.span())
        after_label = labelled >= 0 and not folded[labelled : match.start()].strip()
        if (spoken or after_label) and not _NARRATED.search(match[0]):
            found = _in_sentence(source, match.span(), day, after_label)
            if found:
                yield found
        alone = _LABEL.fullmatch(match[0].strip(" \t:[]()<>").rpartition("`")[2])
        labelled = match.end() if alone else -1


def _in_sentence(source: CleanText, sentence: Span, day: date | None, after_label: bool) -> _Found | None:
    folded = source.folded
    label = _LABEL.search(folded, *sentence)
    today = _FROM_TODAY.search(folded, *sentence)
    begins = label.end() if label else sentence[0]
    dated = _RANGE.search(folded, begins, sentence[1]) or _RANGE.search(folded, *sentence)
    opened = None if dated else _FROM.search(folded, begins, sentence[1])
    near = dated or today or opened
    length = _length(folded, near, label, sentence)
    if not (dated or length) or (dated and length is None and not (label or after_label or today)):
        return None
    parts = [one.span() for one in (dated or opened, today if not dated else None, length) if one]
    span = _closed(folded, (min(start for start, _ in parts), max(end for _, end in parts)), sentence[1])
    first, last, doubts = _dates(source, dated or opened, day)
    return _Found(
        span=span,
        first=first,
        last=last,
        days=to_number(length["number"]) if length else None,
        kind=_kind(length["kind"]) if length else None,
        from_today=today is not None,
        labelled=label is not None or after_label,
        doubts=doubts,
    )


def _length(
    folded: str, near: re.Match[str] | None, label: re.Match[str] | None, sentence: Span
) -> re.Match[str] | None:
    """The length beside the dates, else beside the label or the word 公示; before the dates it may stand too."""
    if near:
        after = _LENGTH.search(folded, near.end(), min(sentence[1], near.end() + _BETWEEN))
        first = max(sentence[0], near.start() - _BETWEEN)
        before = [one for one in _LENGTH.finditer(folded, first, near.start()) if one.end() <= near.start()]
        return after or (before[-1] if before else None)
    start = label.end() if label else max(folded.find("公示", *sentence), sentence[0])
    return _LENGTH.search(folded, start, min(sentence[1], start + _BETWEEN))


def _kind(word: str) -> DayKind:
    return "working" if "工作" in word else "calendar"


def _closed(folded: str, span: Span, stop: int) -> Span:
    """The span with 内 and the bracket that closes what it opened."""
    start, end = span
    if folded.startswith("内", end) and end < stop:
        end += 1
    if folded.count("(", start, end) > folded.count(")", start, end) and folded.startswith(")", end):
        end += 1
    return start, end


def _dates(
    source: CleanText, found: re.Match[str] | None, day: date | None
) -> tuple[date | None, date | None, tuple[str, ...]]:
    """First and last day; a last day without year or month has those of the first, or the next year's."""
    if found is None:
        return None, None, ()
    text = source.text
    named = find_dates(text[slice(*found.span("first"))], day.year if day else None)
    first = named[0].due if named else None
    doubts = [point.doubt for point in named[:1] if point.doubt]
    if "last" not in found.groupdict():
        return first, None, tuple(doubts)
    words = text[slice(*found.span("last"))]
    if first and not re.search(r"[月./-]|\d{5}", words):
        words = f"{first.month}月{words}"
    ends = find_dates(words, first.year if first else day.year if day else None)
    last = ends[0].due if ends else None
    doubts += [point.doubt for point in ends[:1] if point.doubt and "没有写年份" not in point.doubt]
    if first and last and last < first and not ends[0].named_year and first - last < _YEAR:
        last = last.replace(year=last.year + 1)
    return first, last, tuple(doubts)


def _judged(source: CleanText, found: _Found, day: date | None) -> tuple[Period, list[Warning]]:
    """The period with its arithmetic."""
    from zhenggai.core.workdays import add, calendar_period, count, known  # reads its notices: only where needed

    place = place_of(source, found.span)
    warnings = [Warning("uncertain_date", doubt, place) for doubt in found.doubts]
    first, last = found.first, found.last
    stated = first is not None and last is not None
    if first is None and last is None and found.days and day:
        first = day
        if not found.from_today:
            warnings.append(Warning("period_start_assumed", f"没有写公示从哪天起，按公示日期{day}起算。", place))
    if first and last is None and found.days:
        working = found.kind == "working"
        last = (add(first, found.days) if working else calendar_period(first, found.days)).end
    actual = None
    if first and last and first <= last:
        actual = count(first, last) if found.kind == "working" else (last - first + ONE_DAY).days
    consistent = not (first and last and (first > last or (found.days is not None and found.days != actual)))
    if not consistent:
        warnings.append(Warning("period_mismatch", _mismatch(found, first, last, actual), place))
    if found.kind == "working" and first and last and not (known(first.year) and known(last.year)):
        warnings.append(Warning("holidays_unknown", "这一年的放假安排没有收录，工作日按双休日推算。", place))
    period = Period(
        raw=source.text[slice(*found.span)],
        start=first.isoformat() if first else None,
        end=last.isoformat() if last else None,
        days=found.days,
        day_kind=found.kind,
        stated=stated,
        consistent=consistent,
        actual_days=actual,
        place=place,
    )
    return period, warnings


def _mismatch(found: _Found, first: date | None, last: date | None, actual: int | None) -> str:
    if actual is None:
        return f"公示期的截止日{last}早于开始日{first}。"
    unit = "个工作日" if found.kind == "working" else "天"
    return f"公示期写明{found.days}{unit}，{first}至{last}实为{actual}{unit}。"
