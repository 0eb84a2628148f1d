"""Periods in working days and in calendar days, day by day.

Public notices say 「公示期：2025年1月21日—2025年2月8日（10个工作日）」. Read from such notices (DOMAIN, section 2):
the day of publication counts as day 1, weekends and holidays do not count, make-up workdays do. Where a rule
says that the first day does not count (民法典第201条: 开始的当日不计入), pass ``first_counts=False``.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import takewhile

from zhenggai.core.workdays.calendar import Kind, china
from zhenggai.core.workdays.notices import Notice

ONE_DAY = timedelta(days=1)


class Unit(StrEnum):
    WORKDAY = "workday"
    CALENDAR = "calendar"

    @property
    def label(self) -> str:
        return "个工作日" if self is Unit.WORKDAY else "日"


@dataclass(frozen=True, slots=True)
class Day:
    """One calendar day inside a period: its number if it counts, and why it does or does not."""

    date: date
    counted: bool
    number: int | None
    kind: Kind
    name: str | None


@dataclass(frozen=True, slots=True)
class Period:
    """A period with every calendar day from ``start`` to ``end``, so that a screen can show the arithmetic.

    ``unpublished`` names the years whose notice is missing and may still change the result.
    """

    start: date
    end: date
    length: int
    unit: Unit
    days: tuple[Day, ...]
    unpublished: tuple[int, ...]

    @property
    def provisional(self) -> bool:
        return bool(self.unpublished)

    @property
    def counted(self) -> tuple[Day, ...]:
        return tuple(day for day in self.days if day.counted)


def is_workday(day: date) -> bool:
    """Whether offices work on this day; weekdays only in a year without a notice.

    >>> is_workday(date(2025, 1, 26)), is_workday(date(2025, 1, 27)), is_workday(date(2025, 1, 28))
    (True, True, False)
    """
    return china().kind(day).worked


def known(year: int) -> bool:
    """Whether the notice of this year has been published and taken in.

    >>> known(2026), known(2027)
    (True, False)
    """
    return year in china().notices


def year_notices(year: int) -> tuple[Notice, ...]:
    """The notices of a year, oldest first; none for a year without.

    >>> [notice.number for notice in year_notices(2020)]
    ['国办发明电〔2019〕16号', '国办发明电〔2020〕1号']
    """
    return china().notices.get(year, ())


def count(start: date, end: date) -> int:
    """Working days from ``start`` to ``end``, both included; 0 if ``end`` lies before ``start``.

    >>> count(date(2024, 12, 26), date(2025, 1, 9))
    10

    A notice that ran from 2024-09-29 to 2024-10-09 and called itself "10 working days" was not:

    >>> count(date(2024, 9, 29), date(2024, 10, 9))
    4
    """
    return max(0, china().workdays_until(end) - china().workdays_until(start - ONE_DAY))


def remaining(today: date, end: date) -> int:
    """Working days left after today up to and including ``end``; 0 on the last day, negative once overdue.

    >>> remaining(date(2024, 12, 31), date(2025, 1, 9))
    6
    >>> remaining(date(2025, 1, 9), date(2025, 1, 9)), remaining(date(2025, 1, 13), date(2025, 1, 9))
    (0, -2)
    """
    return china().workdays_until(end) - china().workdays_until(today)


def shift_to_workday(day: date) -> date:
    """The day itself, or the next working day (顺延; 民法典第203条: 期间的最后一日是法定休假日的).

    >>> shift_to_workday(date(2025, 10, 1)), shift_to_workday(date(2025, 9, 28))
    (datetime.date(2025, 10, 9), datetime.date(2025, 9, 28))
    """
    while not is_workday(day):
        day += ONE_DAY
    return day


def add(start: date, n: int, *, first_counts: bool = True) -> Period:
    """The period of ``n`` working days that begins on ``start``.

    The first counted day is the first working day on or after ``start``; with ``first_counts=False`` it is the
    first working day after ``start``.

    >>> add(date(2024, 12, 26), 10).end
    datetime.date(2025, 1, 9)
    >>> add(date(2025, 1, 21), 10).end  # 26 January and 8 February are make-up workdays
    datetime.date(2025, 2, 8)
    >>> [(day.date.day, day.number, day.kind.label) for day in add(date(2025, 5, 30), 2).days]
    [(30, 1, '工作日'), (31, None, '放假'), (1, None, '放假'), (2, None, '放假'), (3, 2, '工作日')]
    """
    days = _walk(start, n, lambda day: is_workday(day) and (first_counts or day > start))
    end = days[-1].date
    return Period(start, end, n, Unit.WORKDAY, days, china().unpublished(start, end))


def calendar_period(start: date, n: int, *, first_counts: bool = True, shift: bool = False) -> Period:
    """The period of ``n`` calendar days that begins on ``start``; with ``shift``, one that ends on a day off
    runs on to the next working day.

    >>> calendar_period(date(2025, 9, 26), 7).end, calendar_period(date(2025, 9, 26), 7, shift=True).end
    (datetime.date(2025, 10, 2), datetime.date(2025, 10, 9))
    """
    days = _walk(start, n, lambda day: first_counts or day > start)
    end = days[-1].date
    if not shift:
        return Period(start, end, n, Unit.CALENDAR, days, ())
    shifted = shift_to_workday(end)
    added = tuple(_day(day, None) for day in takewhile(lambda day: day <= shifted, _days_from(end + ONE_DAY)))
    return Period(start, shifted, n, Unit.CALENDAR, days + added, china().unpublished(end, shifted))


def _walk(start: date, n: int, counts: Callable[[date], bool]) -> tuple[Day, ...]:
    if n < 1:
        raise ValueError(f"期限至少为1日，不能是{n}日")
    days: list[Day] = []
    number = 0
    for day in _days_from(start):
        counted = counts(day)
        number += counted
        days.append(_day(day, number if counted else None))
        if number == n:
            break
    return tuple(days)


def _days_from(day: date) -> Iterator[date]:
    while True:
        yield day
        day += ONE_DAY


def _day(day: date, number: int | None) -> Day:
    calendar = china()
    return Day(day, number is not None, number, calendar.kind(day), calendar.name(day))
