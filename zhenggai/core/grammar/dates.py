"""Points in time as Chinese plans write them, each with the last day that still counts.

Rulings (EXTRACTION): 6月底 is 06-30, 年底 12-31, 6月30日前 is 06-30, 下旬 the month's last day, 第三季度 is 09-30,
上半年 is 06-30. A point that may be meant in two ways is read in the later one and carries a doubt.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from zhenggai.core.grammar.scanning import matches_from, matches_of
from zhenggai.core.reading.folding import fold

# Chinese figures as Arabic ones, character for character (十 as X), so that one pattern reads both.
_FIGURES = dict(zip("零一二三四五六七八九十", "0123456789X", strict=True))
_CHINESE_FIGURE = re.compile("[零一二三四五六七八九十]")
_ANY_SIGN = re.compile("[年月季十0零9九](?:(?<=[年月季十])|(?<=[2二].)|(?<=[1一].))")  # every form has one of these
_BEFORE = r"(?P<before>[ ]?(?:之前|以前|前(?!期|述|三|两|瞻|沿|后)|止|之内|以内|内))?"
_CALENDAR = re.compile(
    rf"""(?:(?:(?P<year>(?<!\d)(?:19|20)\d\d|(?<![\d.-])\d\d)[ ]?年度?|(?P<relative>今年|本年|当年|明年)度?)[ ]?)?
    (?:
        (?P<month>(?<![\dX])[\dX]{{1,2}})[ ]?月份?(?!龄)(?!1(?![\dX]|[ ]?(?:日|号)))[ ]?
            (?:(?P<day>[\dX]{{1,3}})[ ]?(?:日|号)|(?P<third>上旬|中旬|下旬)|(?P<part>底|末|初|中(?!上旬|下旬)))?
      | (?:(?<=年)[ ]?年?|(?<!\d)(?<!每)(?<!逐)年)(?P<year_part>底|末|终|中(?!央)|初)
      | (?P<half>上半年|下半年)
      | (?:第|前)?(?P<quarter>[1-4])季度(?!1)(?P<quarter_part>末|底)?
      | (?(year)(?P<bare>)|(?!))
    )
    {_BEFORE}""",
    re.VERBOSE,
)
_CALENDAR_SIGNS = re.compile(  # with which it begins, and what has to follow
    r"[\dX今本当明年上下第前底末终中初 ](?:(?<=[\dX])(?:(?<!\d.)(?=[\dX]{0,3} ?[年月])|(?=季度))|(?<=[今本当明])(?=年)"
    r"|(?<=[上下])(?=半年)|(?<=[第前])(?=[1-4]季度)|(?<=年)(?=[底末终中初])|(?<=年[底末终中初])|(?<=年 )(?=[年底末终中初]))"
)
_DOTTED = re.compile(
    r"(?P<year>(?:19|20)(?<![\d.]..)\d\d)[-./](?P<month>1[0-2]|0?[1-9])(?:[-./](?P<day>3[01]|[12]\d|0?[1-9]))?(?![\d.]*\d)"
    + _BEFORE
)
_SEASON = re.compile(
    rf" ?(?:春节|元旦|清明|五一|端午|国庆|中秋|主汛期|汛期|雨季|入冬|采暖季|供暖季|供暖|春季|夏季|秋季|冬季|春耕|秋收)(?:之?间|到来|开始|来临|结束)?{_BEFORE}"
)
"""A time of the year that no calendar dates: 2025年汛期前."""
_FIVE_YEARS = re.compile(r'"?X(?P<plan>[3-6])5"?(?:规划)?(?:末|期末|期间|时期)' + _BEFORE)
_FIVE_YEARS_END = {"3": 2020, "4": 2025, "5": 2030, "6": 2035}
# A date that lost 年 or 月 on the way: 202591日, 20246月底, 2024年630日, 20241226.
_LOST = re.compile(
    r"(?P<year>20(?<![\d.-]..)\d\d)(?:(?P<run>\d{2,4})(?:日|号)|年(?P<run2>\d{3,4})(?:日|号)"
    r"|(?P<month>\d{1,2})月(?P<part>底|末|(?P<third>上旬|中旬|下旬))?(?!\d)|(?P<compact>\d{4})(?![\d.-]))" + _BEFORE
)
_LINK = re.compile(r" ?(?:至|到|--?|~) ?")
_YEAR_RANGE = re.compile(
    r"(?P<year>20(?<!\d..)\d\d) ?年? ?(?:至|到|--?|~) ?(?P<last>20\d\d) ?年(?!\d|底|末| ?\d{1,2} ?月)" + _BEFORE
)
_AROUND_YEAR = re.compile(r"[12][09]\d\d(?:\d|年\d{3}|[./]| ?年? ?[至到~-])")
"""What every date that is not the calendar's own has at its year, 十四五末 aside."""


ONE_DAY = timedelta(days=1)


class PointInTime(NamedTuple):
    """A point (or the end of a range) at [start, end) of a text; ``due`` is None where it cannot be told.

    ``bounded`` says that words such as 前 or 底 make it a limit by themselves; ``named_year`` that the year stands there.
    """

    start: int
    end: int
    due: date | None
    bounded: bool
    named_year: bool
    doubt: str | None = None


def find_dates(text: str, year: int | None = None, folded: str | None = None) -> list[PointInTime]:
    """All points in time in a text, ranges as one. ``year`` is that of the document, for dates that name none.

    ``folded`` is the text folded, if that is at hand.

    >>> [str(point.due) for point in find_dates("2018 年底之前；2019年8月下旬；2024.6.30；二〇二四年六月底；2019-2023年")]
    ['2018-12-31', '2019-08-31', '2024-06-30', '2024-06-30', '2023-12-31']
    >>> [str(point.due) for point in find_dates("2019年3月1日至6月30日，12月底前，第三季度，上半年")]
    ['2019-06-30', '2019-12-31', '2019-09-30', '2019-06-30']
    >>> [(str(point.due), point.doubt) for point in find_dates("2025年汛期前完成")]
    [('None', '“2025年汛期前”没有确切的日子')]
    >>> [(str(point.due), point.doubt) for point in find_dates("2024111日，2024528日")]
    [('None', '“2024111日”缺了字，有不止一种读法'), ('2024-05-28', '“2024528日”缺了字，按2024-05-28读')]
    """
    folded = fold(text) if folded is None else folded
    if not _ANY_SIGN.search(folded):
        return []
    folded = _CHINESE_FIGURE.sub(_figure_of, folded)
    if "元月" in folded:
        folded = folded.replace("元月", "1月")
    points: list[PointInTime] = []
    named: int | None = None
    for match, finish in _matches(folded):
        own = _year_of(match)
        named = own or named
        point = finish(match, _words(text, match), own or named or year)
        if point is None:
            continue
        if named is None and not point.named_year and point.due is not None:
            point = point._replace(doubt=f"“{_words(text, match)}”没有写年份，按{point.due.year}年读")
        points.append(point)
    return _ranges_joined(folded, points) if len(points) > 1 else points


def _figure_of(match: re.Match[str]) -> str:
    return _FIGURES[match[0]]


def _words(text: str, match: re.Match[str]) -> str:
    return text[match.start() : match.end()]


def _figure(text: str) -> int:
    """The value of Arabic figures in which X is 十; 0 where they make no number.

    >>> _figure("2024"), _figure("X2"), _figure("3X"), _figure("X")
    (2024, 12, 30, 10)
    """
    if "X" not in text:
        return int(text)
    tens, _, ones = text.partition("X")
    return (int(tens) if tens else 1) * 10 + (int(ones) if ones.isdecimal() else 0)


def _matches(folded: str) -> list[tuple[re.Match[str], "_Finish"]]:
    """Matches of all forms in order; where two overlap, the form listed first."""
    found: list[tuple[re.Match[str], _Finish]] = []
    covered: set[int] = set()
    forms = _UNUSUAL if _AROUND_YEAR.search(folded) else _UNUSUAL[-1:] if "X" in folded else ()
    for pattern, finish in forms:
        for match in matches_of(pattern, folded):
            if match.start() not in covered and match.end() - 1 not in covered:
                found.append((match, finish))
                covered.update(range(*match.span()))
    if any(map(folded.__contains__, ("年", "月", "季度"))):
        for match in matches_from(_CALENDAR_SIGNS, _CALENDAR, folded):
            if match.start() not in covered and match.end() - 1 not in covered:
                found.append((match, _calendar))
    return sorted(found, key=_start) if len(found) > 1 else found


def _start(found: tuple[re.Match[str], "_Finish"]) -> int:
    return found[0].start()


def _year_of(match: re.Match[str]) -> int | None:
    text = match["year"] if "year" in match.re.groupindex else None
    if not text:
        return None
    return int(text) + 2000 if len(text) == 2 else int(text)


def _calendar(match: re.Match[str], words: str, year: int | None) -> PointInTime | None:
    """A point named by the calendar: 2018年底, 6月30日前, 第三季度."""
    short = len(match["year"] or "2000") == 2
    if match["month"]:
        due, doubt, bounded = _in_month(year, _figure(match["month"]), match["day"], match["third"], match["part"])
    elif (short and match["bare"] is not None) or match[0][0] in "底末终中初":
        return None  # a two-digit number of years; the 底 of 每年底
    else:
        due, doubt, bounded = _in_year(match, year)
    season = _SEASON.match(match.string, match.end()) if match["bare"] is not None else None
    if season:
        doubt = f"“{words}{season[0]}”没有确切的日子"
        return PointInTime(
            match.start(), season.end(), None, season["before"] is not None, match["year"] is not None, doubt
        )
    before = match["before"] is not None
    if before and not bounded and not match["day"] and not match["third"]:
        doubt = doubt or f"“{words}”可指这段时间开始之前，按这段时间结束之日读"
    if short:
        doubt = f"“{words}”的年份只有两位，按{year}年读"
    if match["relative"]:
        doubt = f"“{words}”没有写明年份"
        due = None if match["relative"] == "明年" else due
    return PointInTime(match.start(), match.end(), due, bounded or before, match["year"] is not None, doubt)


def _dotted(match: re.Match[str], words: str, year: int | None) -> PointInTime | None:
    """2024.6.30, 2024-06."""
    due, doubt, bounded = _in_month(year, int(match["month"]), match["day"])
    before = match["before"] is not None
    if before and not bounded and not match["day"]:
        doubt = doubt or f"“{words}”可指这段时间开始之前，按这段时间结束之日读"
    return PointInTime(match.start(), match.end(), due, bounded or before, True, doubt)


def _in_month(
    year: int | None, month: int, day: str | None = None, third: str | None = None, edge: str | None = None
) -> tuple[date | None, str | None, bool]:
    """The day, what is doubtful about it, and whether its words make it a limit."""
    if year is None or not 1 <= month <= 12:
        return None, "没有写年份" if year is None else "月份不对", True
    last = _last_day(year, month)
    if day is not None:
        number = _figure(day)
        return (date(year, month, number), None, False) if 1 <= number <= last else (None, "没有这一天", False)
    if third is not None:
        return date(year, month, {"上旬": 10, "中旬": 20, "下旬": last}[third]), None, False
    if edge in {"初", "中"}:
        number = 10 if edge == "初" else 20
        return date(year, month, number), f"“月{edge}”没有确切的日子，按{number}日读", False
    return date(year, month, last), None, edge is not None


def _in_year(match: re.Match[str], year: int | None) -> tuple[date | None, str | None, bool]:
    if year is None:
        return None, "没有写年份", True
    if match["half"]:
        return (date(year, 6, 30) if match["half"] == "上半年" else date(year, 12, 31)), None, False
    if match["quarter"]:
        month = 3 * int(match["quarter"])
        return date(year, month, _last_day(year, month)), None, match["quarter_part"] is not None
    edge = match["year_part"]
    if edge == "初":
        return None, "“年初”没有确切的日子", False
    if edge == "中":
        return date(year, 6, 30), "“年中”没有确切的日子，按6月30日读", False
    return date(year, 12, 31), None, edge is not None


def _year_range(match: re.Match[str], words: str, year: int | None) -> PointInTime:
    return PointInTime(match.start(), match.end(), date(int(match["last"]), 12, 31), match["before"] is not None, True)


def _five_years(match: re.Match[str], words: str, year: int | None) -> PointInTime:
    return PointInTime(match.start(), match.end(), date(_FIVE_YEARS_END[match["plan"]], 12, 31), True, True)


def _lost(match: re.Match[str], words: str, year: int | None) -> PointInTime:
    """A date that lost characters: read only if one reading is possible, and always with a doubt."""
    readings = _readings(match)
    due = readings.pop() if len(readings) == 1 else None
    reading = f"按{due}读" if due else "有不止一种读法" if readings else "读不出日期"
    return PointInTime(
        match.start(), match.end(), due, match["before"] is not None, True, f"“{words}”缺了字，{reading}"
    )


def _readings(match: re.Match[str]) -> set[date]:
    year = int(match["year"])
    if match["month"]:
        due = _in_month(year, int(match["month"]), third=match["third"])[0]
        return {due} if due else set()
    run = match["run"] or match["run2"] or match["compact"]
    found = set()
    for cut in (1, 2):
        month_text, day_text = run[:cut], run[cut:]
        if day_text and len(day_text) <= 2 and (len(month_text) == 2 or not month_text.startswith("0")):
            day = _day(year, int(month_text), int(day_text))
            if day and not (len(day_text) == 1 and day_text == "0"):
                found.add(day)
    return found


def _last_day(year: int, month: int) -> int:
    """The number of the month's last day (`calendar.monthrange` without loading a module for it)."""
    return (date(year + month // 12, month % 12 + 1, 1) - ONE_DAY).day


def _day(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if 1 <= month <= 12 and 1 <= day <= _last_day(year, month) else None


def _ranges_joined(folded: str, points: list[PointInTime]) -> list[PointInTime]:
    """From … to … is one point, its end."""
    joined: list[PointInTime] = []
    for point in points:
        if joined and _LINK.fullmatch(folded, joined[-1].end, point.start):
            first = joined.pop()
            point = point._replace(start=first.start, named_year=first.named_year or point.named_year)
        joined.append(point)
    return joined


_Finish = Callable[[re.Match[str], str, int | None], PointInTime | None]
_UNUSUAL: tuple[tuple[re.Pattern[str], _Finish], ...] = (
    (_LOST, _lost),
    (_YEAR_RANGE, _year_range),
    (_DOTTED, _dotted),
    (_FIVE_YEARS, _five_years),
)
"""The forms of a date beside the calendar's own, and what reads each."""
