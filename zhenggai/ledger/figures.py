"""Figures that upper apps keep and that their neighbours need. Whoever keeps them registers here; whoever needs them asks
here, and neither imports the other."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from zhenggai.accounts.models import Unit


@dataclass(frozen=True)
class UnitReports:
    """One unit's reports of a month: how many it owes, and of these how many came in time, came late, stand returned, and
    have not come though the limit has passed."""

    owed: int
    in_time: int = 0
    late: int = 0
    returned: int = 0
    missing: int = 0


@dataclass(frozen=True)
class MonthReports:
    """A month's reports in one place: until when they were due, and each unit's (by its id)."""

    month: date
    due_on: date
    units: dict[int, UnitReports]


Source = Callable[[Unit, date, date], MonthReports | None]
_sources: list[Source] = []


def keeps_reports(source: Source) -> Source:
    """Register who answers (place, month, today) with the month's reports, or None where no round was opened."""
    _sources.append(source)
    return source


def reports_of(place: Unit, month: date, today: date) -> MonthReports | None:
    """The reports of `month` in `place` as they stand `today`; None where nobody keeps any."""
    return next((found for source in _sources if (found := source(place, month, today))), None)
