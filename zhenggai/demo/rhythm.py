"""What the story tells besides each task's own life: a year of monthly rounds, targets with their values, extensions, a
sweep for like problems, who among the leaders answers."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils import timezone

from zhenggai.accounts.models import Person, Unit
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.demo.dates import Shift
from zhenggai.demo.reporting import rounds_since
from zhenggai.ledger.extensions import ask_extension, decide_extension
from zhenggai.ledger.models import Extension, Leader, Sweep, Target, Task
from zhenggai.ledger.sweeps import answer_sweep, ask_sweep
from zhenggai.ledger.targets import Reading, set_target, take_sample
from zhenggai.progress.rounds import close_round, counts_key, counts_of, month_of, open_round

Story = Mapping[str, Any]
Happening = tuple[date, Callable[[], object]]
CLOSES_AFTER = timedelta(days=2)


class Rhythm:
    """Turns those rows of the story into happenings, each with its day."""

    def __init__(self, story: Story, shift: Shift, units: Mapping[str, Unit], people: Mapping[str, Person]) -> None:
        self.story, self.shift, self.units, self.people = story, shift, units, people
        self.tasks = {task.number: task for task in Task.objects.select_related("place", "inspection__place")}

    def happenings(self) -> Iterator[Happening]:
        """Everything, in no order."""
        for row in self.story["target"]:
            yield from self._target(row)
        for row in self.story["extension"]:
            yield from self._extension(row)
        for row in self.story["sweep"]:
            yield from self._sweep(row)
        for row in self.story["leader"]:
            task = self.tasks[row["task"]]
            yield _entered(task), partial(Leader.objects.create, task=task, part=row["part"], name=row["name"])
        yield from self._rounds()

    # ── targets ──────────────────────────────────────────────────────────────
    def _target(self, row: Story) -> Iterator[Happening]:
        task = self.tasks[row["task"]]
        set_on = _entered(task) + timedelta(days=1)
        yield set_on, partial(self._set, row, task)
        for sample in row["samples"]:
            day = self.shift.day(sample["on"])
            yield day, partial(self._take, row, task, sample, day)

    def _set(self, row: Story, task: Task) -> None:
        comparator = Target.Comparator.AT_LEAST if row["good"] == ">=" else Target.Comparator.AT_MOST
        with clock.pretend(at(_entered(task) + timedelta(days=1))):
            set_target(
                task, by=self.people["city-office"], what=row["name"], unit=row["unit"], comparator=comparator,
                baseline=Decimal(str(row["baseline"])), goal=Decimal(str(row["target"])),
                pace=Target.Pace.EVEN if row.get("even") else Target.Pace.END, method="主管部门按月测算",
            )  # fmt: skip

    def _take(self, row: Story, task: Task, sample: Story, day: date) -> None:
        task.refresh_from_db()
        if task.state != "rectifying":
            return
        target = Target.objects.get(task=task, what=row["name"])
        with clock.pretend(at(day, 9)):
            reading = Reading(day, Decimal(str(sample["value"])), source="月度监测", reason=sample.get("reason", ""))
            take_sample(target, reading, by=self.people["city-office"])

    # ── extensions ───────────────────────────────────────────────────────────
    def _extension(self, row: Story) -> Iterator[Happening]:
        task, day = self.tasks[row["task"]], self.shift.day(row["applied_on"])
        unit = self.units[row["applicant"]]
        by = next(
            person for person in self.people.values() if person.unit_id == unit.pk and person.units_as(Role.LIAISON)
        )

        def ask() -> None:
            with clock.pretend(at(day, 10)):
                ask_extension(task, new_due=self.shift.day(row["new_due"]), reason=row["reason"], by=by)

        yield day, ask
        if row["state"] != "waiting":
            decided = self.shift.day(row["decided_on"])

            def decide() -> None:
                with clock.pretend(at(decided, 11)):
                    decide_extension(
                        Extension.objects.get(task=task, granted=None), grant=row["state"] == "granted",
                        answer=row["decision"], by=self.people["city-leader"],
                    )  # fmt: skip

            yield decided, decide

    # ── sweeps ───────────────────────────────────────────────────────────────
    def _sweep(self, row: Story) -> Iterator[Happening]:
        task, day = self.tasks[row["task"]], self.shift.day(row["asked_on"])
        units = [self.units[answer["unit"]] for answer in row["answers"]]

        def ask() -> None:
            with clock.pretend(at(day, 10)):
                ask_sweep(
                    task,
                    what=row["what"],
                    units=units,
                    due_on=self.shift.day(row["due_on"]),
                    by=self.people["city-office"],
                )

        yield day, ask
        for told in row["answers"]:
            if "answered_on" in told:
                on = self.shift.day(told["answered_on"])
                yield on, partial(self._answer, task, told, on)

    def _answer(self, task: Task, told: Story, on: date) -> None:
        answer = Sweep.objects.get(task=task).answers.get(unit=self.units[told["unit"]])
        with clock.pretend(at(on, 15)):
            answer_sweep(answer, text=told["text"], found=[], by=self.people[told["by"]])

    # ── rounds ───────────────────────────────────────────────────────────────
    def _rounds(self) -> Iterator[Happening]:
        """A round a month; those of months gone by are closed."""
        place = next(iter(self.tasks.values())).inspection.place
        month = rounds_since(self.story, self.shift)
        while month <= month_of(self.shift.today):
            yield month, partial(self._open, place, month)
            closes = month_of(month + timedelta(days=31)) + CLOSES_AFTER  # late reports and corrections are in by then
            if closes <= self.shift.today:
                yield closes, partial(self._close, place, month, closes)
            month = month_of(month + timedelta(days=31))

    @staticmethod
    def _open(place: Unit, month: date) -> None:
        with clock.pretend(at(month, 1)):
            open_round(place, month)

    def _close(self, place: Unit, month: date, closes: date) -> None:
        with clock.pretend(at(closes, 17)):
            found = open_round(place, month)
            close_round(found, seen=counts_key(counts_of(found)), by=self.people["city-office"])


def _entered(task: Task) -> date:
    return timezone.localdate(task.entered_at)
