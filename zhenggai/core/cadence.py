"""Recurring dates as data: 每月15日，遇休息日顺延; 每季度末月25日; 每周五.

A cadence is a rule of RFC 5545 (RRULE) and what happens when its day is not worked. Only rules without an end, a time of
day or a start of their own are taken, so that the same cadence gives the same dates wherever the question begins, and only
those that can be put into words, so that a person can check what the machine will do. Where INTERVAL is above 1 it counts
from 2001-01-01, a Monday, and names no day before: FREQ=MONTHLY;INTERVAL=3 means January, April, July and October.

No clock is read here: every date comes in as an argument.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal, get_args

from zhenggai.core import workdays

Shift = Literal["none", "next", "previous"]
SHIFT_WORDS: dict[str, str] = {"none": "", "next": "，遇休息日顺延", "previous": "，遇休息日提前"}
WEEKDAYS = {"MO": "周一", "TU": "周二", "WE": "周三", "TH": "周四", "FR": "周五", "SA": "周六", "SU": "周日"}
ALLOWED: dict[str, frozenset[str]] = {
    "DAILY": frozenset({"INTERVAL"}),
    "WEEKLY": frozenset({"INTERVAL", "BYDAY"}),
    "MONTHLY": frozenset({"INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY"}),
    "YEARLY": frozenset({"BYMONTH", "BYMONTHDAY", "BYDAY"}),
}
ANCHOR = date(2001, 1, 1)
QUARTER_ENDS, QUARTER_STARTS = (3, 6, 9, 12), (1, 4, 7, 10)
LONGEST_RULE = 200
LONGEST_SPAN = timedelta(days=20 * 366)
# No run of days off has been longer than eleven days; a month covers any notice to come.
REACH = timedelta(days=31)
EXAMPLE = "例如 FREQ=MONTHLY;BYMONTHDAY=15"


class CadenceError(ValueError):
    """A cadence that cannot be followed; the message says what is wrong and what would do."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time of a cadence: the day that the rule names, and the day that counts after the adjustment."""

    named: date
    day: date


@dataclass(frozen=True)
class Cadence:
    """A recurring date. Raises CadenceError where the rule cannot be followed.

    >>> monthly = Cadence("FREQ=MONTHLY;BYMONTHDAY=15", "next")
    >>> monthly.words, monthly.dates(date(2026, 11, 1), date(2026, 12, 31))
    ('每月15日，遇休息日顺延', [datetime.date(2026, 11, 16), datetime.date(2026, 12, 15)])
    """

    rule: str
    shift: Shift = "next"

    def __post_init__(self) -> None:
        if self.shift not in get_args(Shift):
            raise CadenceError(f"遇休息日只能是不变（none）、顺延（next）、提前（previous）之一，现在是{self.shift!r}")
        _check(self._parts)

    def dates(self, first: date, last: date) -> list[date]:
        """The business dates from `first` to `last`, both included, after the adjustment; each once, in order."""
        around = self.occurrences(first - REACH, last + REACH)
        return sorted({found.day for found in around if first <= found.day <= last})

    def occurrences(self, first: date, last: date) -> list[Occurrence]:
        """The times whose day by the rule lies from `first` to `last`; the day that counts may lie outside.

        >>> Cadence("FREQ=MONTHLY;BYMONTHDAY=-1").occurrences(date(2026, 1, 31), date(2026, 1, 31))[0].day
        datetime.date(2026, 2, 2)
        """
        from dateutil.rrule import rrulestr

        if last - first > LONGEST_SPAN:
            raise CadenceError("一次最多推算20年的日期，请缩小范围")
        start = ANCHOR if self._interval > 1 else first
        rule = rrulestr(self.rule, dtstart=_midnight(start))
        found = [moment.date() for moment in rule.between(_midnight(first), _midnight(last), inc=True)]
        return [Occurrence(day, self.adjusted(day)) for day in found]

    def adjusted(self, day: date) -> date:
        """`day`, or the next or the last working day where it is not worked, as the cadence says."""
        if self.shift == "next":
            return workdays.shift_to_workday(day)
        while self.shift == "previous" and not workdays.is_workday(day):
            day -= timedelta(days=1)
        return day

    @property
    def words(self) -> str:
        """What people read.

        >>> [Cadence(rule, "none").words for rule in ("FREQ=WEEKLY;BYDAY=MO,FR", "FREQ=MONTHLY;BYDAY=-1FR",
        ...     "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=25", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1")]
        ['每周一、周五', '每月最后一个周五', '每季度末月25日', '每年12月最后一天']
        """
        frequency, parts = self._parts["FREQ"], self._parts
        days = "、".join([_month_day(int(day)) for day in _list(parts, "BYMONTHDAY")] or _weekdays(parts))
        return {"DAILY": _daily, "WEEKLY": _weekly, "MONTHLY": _monthly, "YEARLY": _yearly}[frequency](
            self._interval, parts, days
        ) + SHIFT_WORDS[self.shift]

    @cached_property
    def _parts(self) -> dict[str, str]:
        return _parsed(self.rule)

    @property
    def _interval(self) -> int:
        return int(self._parts.get("INTERVAL", "1"))


def cadence_from(data: Any, name: str) -> Cadence:
    """The cadence in a rulebook's JSON: {"rule": …, "shift": …}. `name` is what people call it in the message.

    >>> cadence_from({"rule": "FREQ=HOURLY"}, "月报截止")
    Traceback (most recent call last):
    zhenggai.core.cadence.CadenceError: “月报截止”：只认每天、每周、每月、每年（FREQ=DAILY、WEEKLY、MONTHLY、YEARLY），现在是HOURLY
    """
    if isinstance(data, Cadence):
        return data
    if not isinstance(data, dict) or not isinstance(data.get("rule"), str) or set(data) - {"rule", "shift"}:
        raise CadenceError(f"“{name}”要写成规则和遇休息日的办法，{EXAMPLE}、next")
    try:
        return Cadence(data["rule"], data.get("shift", "next"))
    except CadenceError as error:
        raise CadenceError(f"“{name}”：{error}") from error


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _parsed(rule: str) -> dict[str, str]:
    if not isinstance(rule, str) or not rule or len(rule) > LONGEST_RULE:
        raise CadenceError(f"规则要写成RFC 5545的样子，{EXAMPLE}")
    pairs = [part.partition("=") for part in rule.split(";")]
    if any(not (name and value) for name, _, value in pairs):
        raise CadenceError(f"看不懂规则“{rule}”：每一段都是“名称=值”，{EXAMPLE}")
    parts = {name: value for name, _, value in pairs}
    if len(parts) != len(pairs):
        raise CadenceError(f"规则“{rule}”里有一段写了两次")
    return parts


def _check(parts: dict[str, str]) -> None:
    frequency = parts.get("FREQ", "")
    if frequency not in ALLOWED:
        raise CadenceError(
            f"只认每天、每周、每月、每年（FREQ=DAILY、WEEKLY、MONTHLY、YEARLY），现在是{frequency or '没有写'}"
        )
    if unknown := sorted(set(parts) - ALLOWED[frequency] - {"FREQ"}):
        raise CadenceError(f"FREQ={frequency}的规则里不能写{'、'.join(unknown)}：节奏没有起止和钟点，只说哪一天")
    if (interval := _number(parts.get("INTERVAL", "1"))) is None or not 1 <= interval <= 99:
        raise CadenceError("INTERVAL（隔多久）应是1到99的整数")
    if frequency == "WEEKLY":
        _check_weekdays(parts, ordinal=False)
    elif frequency != "DAILY":
        _check_days_of_months(parts, frequency, interval)


def _check_days_of_months(parts: dict[str, str], frequency: str, interval: int) -> None:
    if ("BYMONTHDAY" in parts) == ("BYDAY" in parts):
        raise CadenceError(f"要写明哪一天：BYMONTHDAY（几日）或BYDAY（第几个周几）之一，{EXAMPLE}")
    months = _check_months(parts)
    if frequency == "YEARLY" and not months:
        raise CadenceError("每年的规则要写明月份，例如 FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31")
    if frequency == "MONTHLY" and months and interval > 1:
        raise CadenceError("每月的规则里，BYMONTH（哪几个月）和INTERVAL（隔几个月）只能写一个")
    if "BYDAY" in parts:
        _check_weekdays(parts, ordinal=True)
        return
    longest = max(monthrange(2000, month)[1] for month in months or range(1, 13))  # 2000 is a leap year
    days = [_number(day) for day in _list(parts, "BYMONTHDAY")]
    if any(day is None or day == 0 or abs(day) > longest for day in days):
        raise CadenceError(f"BYMONTHDAY（几日）应是1到{longest}，或从月底倒数的-1到-{longest}")


def _check_months(parts: dict[str, str]) -> list[int]:
    months = [_number(month) or 0 for month in _list(parts, "BYMONTH")]
    if any(not 1 <= month <= 12 for month in months) or any(before >= after for before, after in pairwise(months)):
        raise CadenceError("BYMONTH（哪几个月）应是1到12，由小到大，例如 3,6,9,12")
    return months


def _check_weekdays(parts: dict[str, str], *, ordinal: bool) -> None:
    for written in _list(parts, "BYDAY") or [""]:
        number, day = written[:-2], written[-2:]
        count = _number(number)
        fits = count is not None and 1 <= abs(count) <= 5 if ordinal else not number
        if day not in WEEKDAYS or not fits:
            raise CadenceError(f"BYDAY（周几）写不成“{written}”：" + ("例如2MO（第2个周一）、-1FR（最后一个周五）" if ordinal else "例如MO、FR"))  # fmt: skip


def _number(text: str) -> int | None:
    digits = text[1:] if text[:1] in ("-", "+") else text
    return int(text) if digits.isascii() and digits.isdecimal() and len(digits) <= 3 else None


def _list(parts: dict[str, str], name: str) -> list[str]:
    return parts[name].split(",") if name in parts else []


def _month_day(day: int) -> str:
    return f"{day}日" if day > 0 else "最后一天" if day == -1 else f"倒数第{-day}天"


def _weekdays(parts: dict[str, str]) -> list[str]:
    return [_ordinal(day[:-2]) + WEEKDAYS[day[-2:]] for day in _list(parts, "BYDAY")]


def _ordinal(number: str) -> str:
    if not number:
        return ""
    count = int(number)
    return f"第{count}个" if count > 0 else "最后一个" if count == -1 else f"倒数第{-count}个"


def _daily(interval: int, parts: dict[str, str], days: str) -> str:
    return "每天" if interval == 1 else f"每{interval}天"


def _weekly(interval: int, parts: dict[str, str], days: str) -> str:
    return f"每{days}" if interval == 1 else f"每{interval}周的{days}"


def _monthly(interval: int, parts: dict[str, str], days: str) -> str:
    if "BYMONTH" in parts:
        return _yearly(interval, parts, days)
    return f"每月{days}" if interval == 1 else f"每{interval}个月的{days}"


def _yearly(interval: int, parts: dict[str, str], days: str) -> str:
    months = tuple(int(month) for month in _list(parts, "BYMONTH"))
    if months in (QUARTER_ENDS, QUARTER_STARTS):
        return f"每季度{'末' if months == QUARTER_ENDS else '首'}月{days}"
    return "每年" + "、".join(f"{month}月" for month in months) + days
