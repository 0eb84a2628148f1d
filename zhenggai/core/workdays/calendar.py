"""Which days are worked in China: weekends, as the notices of the State Council change them."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from zhenggai.core.workdays.notices import SATURDAY, Notice, read_notices

DAYS_OF_A_WEEK = 7
WORKDAYS_OF_A_WEEK = 5


class Kind(StrEnum):
    """What a day is; only workdays and make-up days are worked."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"

    @property
    def label(self) -> str:
        return LABELS[self]

    @property
    def worked(self) -> bool:
        return self in (Kind.WORKDAY, Kind.MAKEUP)


LABELS = {Kind.WORKDAY: "工作日", Kind.WEEKEND: "双休日", Kind.HOLIDAY: "放假", Kind.MAKEUP: "调休上班"}


@dataclass(frozen=True, slots=True)
class Calendar:
    """The notices turned into days.

    ``off`` and ``on`` are the ordinals of weekdays made free and of weekend days made worked: with them a span
    of any length is counted without walking it.
    """

    notices: Mapping[int, tuple[Notice, ...]]
    named: Mapping[date, tuple[Kind, str]]
    off: tuple[int, ...]
    on: tuple[int, ...]

    def kind(self, day: date) -> Kind:
        if named := self.named.get(day):
            return named[0]
        return Kind.WEEKEND if day.weekday() >= SATURDAY else Kind.WORKDAY

    def name(self, day: date) -> str | None:
        """The holiday that a day off or a make-up day belongs to."""
        named = self.named.get(day)
        return named[1] if named else None

    def workdays_until(self, day: date) -> int:
        """Working days from the beginning of time up to and including this day."""
        ordinal = day.toordinal()
        # Day 1 (0001-01-01) was a Monday.
        weeks, rest = divmod(ordinal, DAYS_OF_A_WEEK)
        weekdays = weeks * WORKDAYS_OF_A_WEEK + min(rest, WORKDAYS_OF_A_WEEK)
        return weekdays - bisect_right(self.off, ordinal) + bisect_right(self.on, ordinal)

    def unpublished(self, start: date, end: date) -> tuple[int, ...]:
        """The years whose missing notice may still change a day between the two.

        The notice of a year may also rearrange the last days of the year before: that of 2019 made
        Saturday 2018-12-29 worked and Monday 2018-12-31 free.
        """
        last = end.year + 1 if (end.month, end.day) >= (12, 29) and end.year in self.notices else end.year
        return tuple(year for year in range(start.year, last + 1) if year not in self.notices)


@cache
def china() -> Calendar:
    """The calendar made of all notices that come with the product."""
    notices = read_notices()
    named = _named_days(notice for year in sorted(notices) for notice in notices[year])
    return Calendar(
        notices,
        named,
        off=_ordinals(day for day, (kind, _) in named.items() if not kind.worked and day.weekday() < SATURDAY),
        on=_ordinals(day for day, (kind, _) in named.items() if kind.worked),
    )


def _named_days(notices: Iterable[Notice]) -> dict[date, tuple[Kind, str]]:
    named: dict[date, tuple[Kind, str]] = {}
    for notice in notices:  # oldest first, so that a later notice wins: 2020-02-01 was to be worked, then was not
        for holiday in notice.holidays:
            named |= dict.fromkeys(holiday.days, (Kind.HOLIDAY, holiday.name))
            named |= dict.fromkeys(holiday.makeup, (Kind.MAKEUP, holiday.name))
    return named


def _ordinals(days: Iterable[date]) -> tuple[int, ...]:
    return tuple(sorted(day.toordinal() for day in days))
