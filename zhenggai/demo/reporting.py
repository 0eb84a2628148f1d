"""The monthly reports of the demonstration: every unit that owes one speaks each month, in its own way. What it says of a
task in words of its own, and where it is late, silent, without progress or sent back, is told by the story."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.core import workdays
from zhenggai.demo.dates import Shift
from zhenggai.ledger.models import Duty, Measure, Task
from zhenggai.progress.actions import decide, submit
from zhenggai.progress.models import Report
from zhenggai.progress.rounds import month_of, report_due

Story = Mapping[str, Any]
Happening = tuple[date, Callable[[], object]]
REVIEWED_AFTER, MENDED_AFTER = timedelta(days=3), timedelta(days=2)
DOING = (
    "第{doing}项措施按计划推进，每周到现场看一次，发现的问题当周改完。",
    "第{doing}项措施正在实施，人员和设备已到位，下月重点抓进度。",
    "第{doing}项措施完成了本月的工作量，台账随进度整理，资料另附。",
    "第{doing}项措施正在推进，有关单位本月碰头一次，分工和完成时间已经明确。",
    "第{doing}项措施本月接着做，进度和上月排定的一致，没有需要市级协调的事项。",
)
NOTHING_YET = "正在做前期工作：现场踏勘、方案论证和资金落实，按方案的时限开工。"
BESIDE = "本单位负责的部分按分工推进，资料已交牵头组稿的单位，没有需要市级协调的事项。"
MENDED = "已按退回的意见补充说明和资料。"


@dataclass(frozen=True)
class Said:
    """One month's report of a unit: its day, the story's own row of it, and how the month fell short."""

    day: date
    told: Story | None
    lapse: Story


def rounds_since(story: Story, shift: Shift) -> date:
    """The first month that the city dispatched: the one in which its first task was checked as done."""
    return month_of(min(shift.day(row["self_check"]) for row in story["task"] if "self_check" in row))


class Reports:
    """Turns the story's tasks, reports and lapses into happenings, each with its day."""

    def __init__(self, story: Story, shift: Shift, units: Mapping[str, Unit], people: Mapping[str, Person]) -> None:
        self.story, self.shift, self.units, self.people = story, shift, units, people
        self.tasks = {task.number: task for task in Task.objects.select_related("place", "inspection__place")}
        self.liaisons = {person.unit_id: person for person in people.values() if person.username.endswith("-liaison")}
        self.told = {(row["task"], month_of(shift.day(row["date"]))): row for row in story["report"]}
        self.lapses = {(units[row["unit"]].pk, self._month(ago)): row for row in story["lapse"] for ago in row["ago"]}
        self.dues: dict[date, date] = {}
        self.measures: dict[int, list[Measure]] = {}
        self.since = rounds_since(story, shift)

    def _month(self, ago: int) -> date:
        month = month_of(self.shift.today)
        for _ in range(ago):
            month = month_of(month - timedelta(days=1))
        return month

    def happenings(self) -> Iterator[Happening]:
        """Everything, in no order."""
        for row in self.story["task"]:
            task = self.tasks[row["number"]]
            first = self.reporter(row, task)
            yield from self._of(row, task, first, main=True)
            for unit in self._others(row, task, first):
                yield from self._of(row, task, self.liaisons[unit], main=False)

    def reporter(self, row: Story, task: Task) -> Person:
        """The liaison of the lead unit, else of any unit that answers for the task."""
        lead = self.units[row["lead"]]
        if lead.pk in self.liaisons:
            return self.liaisons[lead.pk]
        duties = Duty.objects.filter(task=task, part__in=["lead", "responsible"], unit__in=self.liaisons)
        return self.liaisons[duties.order_by("part", "position").values_list("unit_id", flat=True)[0]]

    def _others(self, row: Story, task: Task, first: Person) -> list[int]:
        """Where the plan names no lead unit: the others that answer for the task."""
        if Duty.objects.filter(task=task, part="lead").exists():
            return []
        answering = Duty.objects.filter(task=task, part="responsible", unit__in=self.liaisons).exclude(
            unit=first.unit_id
        )
        return list(answering.order_by("position").values_list("unit_id", flat=True))

    # ── which months, on which day ───────────────────────────────────────────
    def _of(self, row: Story, task: Task, person: Person, *, main: bool) -> Iterator[Happening]:
        closing = self.shift.day(row["self_check"]) if "self_check" in row else None
        for said in self._closed_by(self._months(row, task, person, closing, main), row, closing, main):
            if said.day <= self.shift.today:
                yield said.day, partial(self._report, row, task, said, person, main, closing)

    def _months(self, row: Story, task: Task, person: Person, closing: date | None, main: bool) -> Iterator[Said]:
        month = max(month_of(timezone.localdate(task.entered_at) + timedelta(days=31)), self.since)
        while month <= month_of(min(self.shift.today, closing or date.max)):
            lapse = self.lapses.get((person.unit_id, month), {})
            lapse = lapse if row["number"] in lapse.get("tasks", [row["number"]]) else {}
            told = self.told.get((row["number"], month)) if main and not lapse else None
            if lapse.get("how") != "silent" or (closing and month == month_of(closing)):
                yield Said(self._day(person, month, told, lapse), told, lapse)
            month = month_of(month + timedelta(days=31))

    def _day(self, person: Person, month: date, told: Story | None, lapse: Story) -> date:
        """The story's own day; else the unit's usual one, some days before reports are due; after that day when late."""
        if month not in self.dues:
            self.dues[month] = report_due(self.story_place, month)[0]
        due = self.dues[month]
        if told:
            day = self.shift.day(told["date"])
            return day if told.get("late") else min(day, due)
        if lapse.get("how") == "late":
            return due + timedelta(days=lapse["days"])
        day = month.replace(day=9 + (person.unit_id or 0) % 6)
        while not workdays.is_workday(day):
            day -= timedelta(days=1)
        return min(day, due)

    @property
    def story_place(self) -> Unit:
        return self.units[self.story["city"]["place"]]

    def _closed_by(self, months: Iterator[Said], row: Story, closing: date | None, main: bool) -> Iterator[Said]:
        """What is closing reports no more; the last report comes when everything is done, and tells it."""
        if closing is None:
            yield from months
            return
        found = list(months)
        before = [said for said in found if month_of(said.day) < month_of(closing)]
        yield from before
        last = next((said for said in found if month_of(said.day) == month_of(closing)), None)
        finished = self.shift.day(row["completed"])
        if main and not any(said.day >= finished for said in before):
            day = min(max(last.day, finished), closing) if last else closing
            yield Said(day, last.told if last else None, {})
        elif last and last.day <= closing:
            yield Said(last.day, last.told, {})

    # ── what is said ─────────────────────────────────────────────────────────
    def _report(self, row: Story, task: Task, said: Said, person: Person, main: bool, closing: date | None) -> None:
        nil = said.lapse.get("how") == "nil"
        measures = [] if nil or not main else self._progress(row, task, said.day)
        text = self._text(task, said, measures, main)
        report = self._submit(task, text, measures, nil, person, said.day)
        told, day = said.told or {}, said.day
        if told.get("state") == "submitted":
            return
        if said.lapse.get("how") == "returned":
            day += MENDED_AFTER
            if not self._decide(report, said.lapse["reason"], day) or (day := day + MENDED_AFTER) > self.shift.today:
                return
            report = self._submit(task, f"{text}{MENDED}", measures, nil, person, day)
        reviewed = self.shift.day(told["reviewed"]) if "reviewed" in told else day + REVIEWED_AFTER
        reason = self.shift.text(told["reason"]) if told.get("state") == "returned" else ""
        self._decide(report, reason, min(max(reviewed, day), closing or date.max))

    @staticmethod
    def _submit(task: Task, text: str, measures: list[dict[str, Any]], nil: bool, by: Person, day: date) -> Report:
        with clock.pretend(at(day, 10)):
            return submit(task, text=text, measures=measures, files=[], nil=nil, by=by)

    def _decide(self, report: Report, reason: str, on: date) -> bool:
        """Accepted, or returned where there is a reason; whether that has happened by today."""
        if on > self.shift.today:
            return False
        with clock.pretend(at(on, 15)):
            decide(report, accept=not reason, reason=reason, by=self.people["city-office"])
        return True

    def _text(self, task: Task, said: Said, measures: list[dict[str, Any]], main: bool) -> str:
        if said.told:
            return self.shift.text(said.told["text"], until=said.day)
        if said.lapse.get("how") == "nil":
            return str(said.lapse["reason"])
        if not main:
            return BESIDE
        numbers = {
            state: "、".join(str(entry["no"]) for entry in measures if entry["progress"] == state)
            for state in (Measure.Progress.DONE, Measure.Progress.DOING)
        }
        done, doing = numbers[Measure.Progress.DONE], numbers[Measure.Progress.DOING]
        parts = [f"第{done}项措施已完成，转入日常管护。"] if done else []
        if doing:
            parts.append(DOING[(task.serial + said.day.month) % len(DOING)].format(doing=doing))
        return "".join(parts) or NOTHING_YET

    def _progress(self, row: Story, task: Task, day: date) -> list[dict[str, Any]]:
        """How each measure stood on `day`: done when its last milestone was, under way when the first was."""
        rows: list[dict[str, Any]] = []
        for measure in self._measures(task):
            stones = [stone for stone in row["milestones"] if stone["measure"] == measure.no]
            done = [self.shift.day(stone["done"]) for stone in stones if "done" in stone]
            past = [on for on in done if on <= day]
            if stones and len(past) == len(stones):
                rows.append({"no": measure.no, "progress": Measure.Progress.DONE, "done_on": max(past).isoformat()})
            else:
                state = Measure.Progress.DOING if past or not stones else Measure.Progress.OPEN
                rows.append({"no": measure.no, "progress": state, "done_on": None})
            rows[-1]["milestones"] = self._milestones(measure, stones, day)
        finished = self.shift.day(row["completed"]) if "completed" in row else None
        if finished and day >= finished:
            for entry in rows:
                entry["milestones"] = [[no, done or finished.isoformat()] for no, done in entry["milestones"]]
                if entry["progress"] != Measure.Progress.DONE:
                    entry.update(progress=Measure.Progress.DONE, done_on=finished.isoformat())
        return rows

    def _measures(self, task: Task) -> list[Measure]:
        """The task's measures with their milestones, whose numbers and texts do not change while the year is told."""
        if task.pk not in self.measures:
            self.measures[task.pk] = list(task.measures.prefetch_related("milestones").order_by("no"))
        return self.measures[task.pk]

    def _milestones(self, measure: Measure, stones: list[Story], day: date) -> list[list[Any]]:
        """The steps that the plan names inside a measure, with the days on which the story finished them."""
        done = {
            self.shift.day(stone["due"]): on.isoformat()
            for stone in stones
            if "done" in stone and (on := self.shift.day(stone["done"])) <= day
        }
        return [[row.no, done.get(row.due)] for row in measure.milestones.all()]
