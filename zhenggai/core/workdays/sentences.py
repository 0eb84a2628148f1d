"""The Chinese sentence that explains how a period was counted."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from zhenggai.core.workdays.calendar import Kind, china
from zhenggai.core.workdays.periods import ONE_DAY, Day, Period, Unit

MOST_WEEKEND_DAYS_LISTED = 6


def explain(period: Period, *, begins: str = "发布") -> str:
    """How a period was counted, in one sentence; ``begins`` is what happened on its first day.

    >>> from zhenggai.core.workdays import add, calendar_period
    >>> explain(add(date(2024, 12, 26), 10))
    '12月26日发布，当日计第1日；12月28日、29日、1月4日、5日为双休日，1月1日元旦放假，不计；第10日是2025年1月9日'
    >>> explain(add(date(2025, 1, 21), 10))
    '1月21日发布，当日计第1日；1月25日为双休日，1月28日至2月4日春节放假，不计；1月26日、2月8日调休上班，计入；第10日是2025年2月8日'
    >>> explain(add(date(2026, 12, 30), 3))
    '12月30日发布，当日计第1日；第3日是2027年1月1日；国务院办公厅尚未公布2027年放假安排，暂按双休日推算'
    >>> explain(calendar_period(date(2025, 9, 26), 7, shift=True), begins="送达")
    '9月26日送达，当日计第1日；按自然日计算；第7日是2025年10月2日，当日国庆节、中秋节放假，顺延至2025年10月9日'
    """
    clauses = [_beginning(period, begins), *_middle(period), _ending(period), *_reservations(period)]
    return "；".join(clauses)


def _beginning(period: Period, begins: str) -> str:
    start, first = period.days[0], period.counted[0]
    opening = f"{_month_day(start.date)}{begins}"
    if start is first:
        return f"{opening}，当日计第1日"
    reason = "当日不计" if start.kind.worked or period.unit is Unit.CALENDAR else f"当日{_day_off(start)}"
    return f"{opening}，{reason}，自{_month_day(first.date)}起计"


def _middle(period: Period) -> list[str]:
    if period.unit is Unit.CALENDAR:
        return ["按自然日计算"]
    after_start = period.days[1:]
    reasons = [*_weekends(after_start), *_holidays(after_start)]
    makeup = [day.date for day in period.days if day.kind is Kind.MAKEUP and day.counted]
    return [
        *([f"{'，'.join(reasons)}，不计"] if reasons else []),
        *([f"{_list(makeup)}调休上班，计入"] if makeup else []),
    ]


def _weekends(days: Iterable[Day]) -> list[str]:
    weekend = [day.date for day in days if day.kind is Kind.WEEKEND]
    if len(weekend) > MOST_WEEKEND_DAYS_LISTED:
        return [f"其间双休日共{len(weekend)}天"]
    return [f"{_list(weekend)}为双休日"] if weekend else []


def _holidays(days: Iterable[Day]) -> list[str]:
    holidays = [day for day in days if day.kind is Kind.HOLIDAY]
    return [f"{_list([day.date for day in group])}{name}放假" for name, group in groupby(holidays, lambda d: d.name)]


def _ending(period: Period) -> str:
    last = period.counted[-1]
    ending = f"第{period.length}日是{_full(last.date)}"
    if last.date == period.end:
        return ending
    return f"{ending}，当日{_day_off(last)}，顺延至{_full(period.end)}"


def _reservations(period: Period) -> list[str]:
    """The sentence admits what it does not know."""
    first_year = min(china().notices)
    coming = [year for year in period.unpublished if year > first_year]
    earlier = [year for year in period.unpublished if year < first_year]
    return [
        *([f"本系统未收录{_years(earlier)}放假安排，暂按双休日推算"] if earlier else []),
        *([f"国务院办公厅尚未公布{_years(coming)}放假安排，暂按双休日推算"] if coming else []),
    ]


def _day_off(day: Day) -> str:
    return f"{day.name}放假" if day.kind is Kind.HOLIDAY else "为双休日"


def _list(days: Sequence[date]) -> str:
    """Dates as people write them: runs of three and more as a span, the month only where it changes.

    >>> _list([date(2024, 12, 28), date(2024, 12, 29), date(2025, 1, 4)])
    '12月28日、29日、1月4日'
    >>> _list([date(2025, 5, day) for day in range(1, 6)])
    '5月1日至5日'
    """
    parts: list[str] = []
    month = 0
    for run in _runs(days):
        for day in run:
            parts.append(f"{day.day}日" if day.month == month else _month_day(day))
            month = day.month
        if len(run) > 2:
            parts[-len(run) :] = [f"{parts[-len(run)]}至{_last_of(run)}"]
    return "、".join(parts)


def _last_of(run: Sequence[date]) -> str:
    return f"{run[-1].day}日" if run[-1].month == run[0].month else _month_day(run[-1])


def _runs(days: Sequence[date]) -> list[list[date]]:
    runs: list[list[date]] = []
    for day in days:
        if runs and day == runs[-1][-1] + ONE_DAY:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _years(years: Iterable[int]) -> str:
    return "、".join(f"{year}年" for year in years)


def _month_day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _full(day: date) -> str:
    return f"{day.year}年{_month_day(day)}"
