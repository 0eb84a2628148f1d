"""The demonstration's leading group with its teams, and what they owe again and again: most of it held, some late, some not."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.core.cadence import Cadence
from zhenggai.demo.dates import Shift
from zhenggai.supervision.actions.duties import keep_body, record_session, set_duty
from zhenggai.supervision.models import Body, StandingDuty

Story = Mapping[str, Any]
Happening = tuple[date, Callable[[], object]]
BEFORE, AFTER = timedelta(days=1), timedelta(days=3)


class Duties:
    """Turns those rows of the story into happenings, each with its day."""

    def __init__(self, story: Story, shift: Shift, units: Mapping[str, Unit], people: Mapping[str, Person]) -> None:
        self.story, self.shift, self.units, self.people = story, shift, units, people
        self.place, self.office = units[story["city"]["place"]], people["city-office"]
        self.bodies: dict[str, Body] = {}
        self.duties: dict[str, StandingDuty] = {}

    def happenings(self) -> Iterator[Happening]:
        """Everything, in no order."""
        set_up = min(self.shift.day(row["starts_on"]) for row in self.story["duty"])
        yield set_up, partial(self._set_up, set_up)
        for row in self.story["duty"]:
            yield from self._sessions(row)

    def _set_up(self, day: date) -> None:
        with clock.pretend(at(day, 9)):
            for row in self.story["body"]:
                self.bodies[row["key"]] = keep_body(
                    self.place, by=self.office, name=row["name"], responsibilities=row["responsibilities"],
                    group=self.bodies.get("group"), role=row.get("role", ""),
                    daily_unit=self.units[row["unit"]] if "unit" in row else None, members=row["members"],
                )  # fmt: skip
            for row in self.story["duty"]:
                self.duties[row["what"]] = set_duty(
                    self.place, by=self.office, unit=self.units[row["unit"]] if "unit" in row else None,
                    body=self.bodies[row["body"]] if "body" in row else None, kind=row["kind"], what=row["what"],
                    rule=row["rule"], shift="previous", starts_on=self.shift.day(row["starts_on"]), source=row["source"],
                )  # fmt: skip

    def _sessions(self, row: Story) -> Iterator[Happening]:
        """The day before each due day, or some days after it; `missed`, `late` and `visited` (a visit stands for it) count back
        from the last one."""
        first, today = self.shift.day(row["starts_on"]), self.shift.today
        dues = Cadence(row["rule"], "previous").dates(first, today)
        opens = [first, *(due + timedelta(days=1) for due in dues)]  # holidays may bring two days close together
        for ago, (due, opened) in enumerate(reversed(list(zip(dues, opens, strict=False)))):
            day = due + AFTER if ago in row["late"] else max(due - BEFORE, opened)
            if ago not in (*row["missed"], *row.get("visited", ())) and day <= today:
                yield day, partial(self._record, row, day, due, row["topics"][ago % len(row["topics"])])

    def _record(self, row: Story, day: date, due: date, topic: str) -> None:
        with clock.pretend(at(day, 17)):
            record_session(
                self.duties[row["what"]], by=self.people[row["by"]], held_on=day, topic=topic, text=row["record"],
                for_due=due,
            )  # fmt: skip
