"""The demonstration's quarterly filings: the last ones closed, with what was carried over; the running one begun."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.demo.dates import Shift
from zhenggai.ledger.models import Task
from zhenggai.progress.filings import (
    close_filing,
    counts_key,
    figures,
    file,
    keep_up,
    next_quarter,
    open_filing,
    quarter_due,
    quarter_of,
)  # fmt: skip
from zhenggai.progress.models import FiledTask, QuarterFiling

Story = Mapping[str, Any]
Happening = tuple[date, Callable[[], object]]
FILED_BEFORE = timedelta(days=4)  # the units file some days before the filing's day; early ones a month before


class Quarters:
    """The quarters before today's, and today's, as happenings. `reporter` gives who speaks for a task."""

    def __init__(
        self, story: Story, shift: Shift, units: Mapping[str, Unit], people: Mapping[str, Person],
        reporter: Callable[[Story, Task], Person],
    ) -> None:  # fmt: skip
        self.story, self.shift, self.units, self.people, self.reporter = story, shift, units, people, reporter
        self.place, self.rows = units[story["city"]["place"]], {row["number"]: row for row in story["task"]}
        self.told = story["quarters"]

    def happenings(self) -> Iterator[Happening]:
        """Everything, in no order."""
        today = self.shift.today
        quarter = quarter_of(today)
        for _ in range(self.told["closed"]):
            quarter = quarter_of(quarter - timedelta(days=1))
        while quarter <= today:
            due = quarter_due(self.place, quarter)[0]
            closes = due + timedelta(days=self.told["closed_after"])
            yield quarter, partial(self._at, quarter, 1, open_filing, self.place, quarter)
            early = due - timedelta(days=40)
            yield early, partial(self._at, early, 9, self._file, quarter, True)
            yield due - FILED_BEFORE, partial(self._at, due - FILED_BEFORE, 9, self._file, quarter, False)
            yield closes, partial(self._at, closes, 17, self._close, quarter)
            quarter = next_quarter(quarter)

    @staticmethod
    def _at(day: date, hour: int, act: Callable[..., object], *args: Any) -> None:
        with clock.pretend(at(day, hour)):
            act(*args)

    def _filing(self, quarter: date) -> QuarterFiling:
        filing = QuarterFiling.objects.get(place=self.place, quarter=quarter)
        keep_up(filing)
        return filing

    def _file(self, quarter: date, early: bool) -> None:
        """The units file their tasks: those that are always early before the others; the silent ones not at all."""
        silent, first = ({self.units[key].pk for key in self.told[name]} for name in ("silent", "early"))
        waiting = FiledTask.objects.filter(
            filing=self._filing(quarter), state=FiledTask.State.OWED, task__state="rectifying"
        )
        for row in waiting.select_related("task__place", "filing").order_by("pk"):
            by = self.reporter(self.rows[row.task.number], row.task)
            late_starter = by.unit_id not in first
            if by.unit_id in silent or (early and late_starter):
                continue
            remains = "open" if row.open_count else "done" if row.due_count else "none"
            reason = self.told["reasons"][row.task.serial % len(self.told["reasons"])] if row.open_count else ""
            file(row, remains=self.told[f"remains_{remains}"], reason=reason, by=by)

    def _close(self, quarter: date) -> None:
        filing = self._filing(quarter)
        seen = counts_key(figures(FiledTask.objects.filter(filing=filing)))
        close_filing(filing, seen=seen, by=self.people["city-office"])
