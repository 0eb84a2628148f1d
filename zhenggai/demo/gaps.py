"""The rules that let failings of the demonstration's tasks happen: one mended and confirmed, one still open (gaps.toml)."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.core.office import Paper
from zhenggai.demo.closing import upload
from zhenggai.demo.dates import Shift
from zhenggai.ledger.gaps import Found, Mended, decide, find_gap, hand_in, lead_to
from zhenggai.ledger.models import Gap, Remedy, Task

Story = Mapping[str, Any]
Happening = tuple[date, Callable[[], object]]


class Gaps:
    """Turns those rows of the story into happenings, each with its day."""

    def __init__(self, story: Story, shift: Shift, units: Mapping[str, Unit], people: Mapping[str, Person]) -> None:
        self.story, self.shift, self.units, self.people = story, shift, units, people
        self.gaps: dict[str, Gap] = {}

    def happenings(self) -> Iterator[Happening]:
        """Everything, in no order."""
        for row in self.story["gap"]:
            day = self.shift.day(row["found_on"])
            yield day, partial(self._find, row, day)
            if remedy := row.get("remedy"):
                on, decided_on = self.shift.day(remedy["on"]), self.shift.day(remedy["decided_on"])
                yield on, partial(self._hand_in, row, remedy, on)
                yield decided_on, partial(self._decide, row, remedy, decided_on)

    def _find(self, row: Story, day: date) -> None:
        found = Found(
            self.units[row["unit"]], row["kind"], row["wrong"], row["way"], row["todo"], self.shift.day(row["due"]),
            row.get("rule", ""), row.get("number", ""),
        )  # fmt: skip
        first, *others = row["tasks"]
        by = self.people[row["by"]]
        with clock.pretend(at(day, 14)):
            gap = find_gap([_task(first)], found, how=first["how"], by=by)
            for told in others:
                lead_to(gap, [_task(told)], how=told["how"], by=by)
        self.gaps[row["wrong"]] = gap

    def _hand_in(self, row: Story, remedy: Story, day: date) -> None:
        paper = Paper(created=day).title(remedy["name"]).paragraph(remedy["note"])
        with clock.pretend(at(day, 10)):
            mended = Mended(
                remedy["name"], remedy["number"].format(year=day.year), remedy["issued_by"],
                self.shift.day(remedy["effective_on"]), remedy["note"], upload(f"{remedy['name']}.docx", paper),
            )  # fmt: skip
            hand_in(self.gaps[row["wrong"]], mended, by=self.people[remedy["by"]])

    def _decide(self, row: Story, remedy: Story, day: date) -> None:
        with clock.pretend(at(day, 15)):
            handed_in = Remedy.objects.get(gap=self.gaps[row["wrong"]])
            decide(handed_in, confirm=True, reason=remedy["reason"], by=self.people[remedy["decided_by"]])


def _task(told: Story) -> Task:
    return Task.objects.get(number=told["number"])
