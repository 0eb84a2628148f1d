"""The demonstration's visits and help: a full visit and a targeted one with their circulars, one under way, one to come; help
that goes on, that came to its end, and that was asked for."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.demo.dates import Shift
from zhenggai.ledger.models import Task
from zhenggai.supervision.actions import findings, visits
from zhenggai.supervision.actions import help as helping
from zhenggai.supervision.actions.minutes import report_done, settle
from zhenggai.supervision.actions.papers import draft_paper, issue_paper
from zhenggai.supervision.models import Body, DecidedItem, HelpPlan, Paper, StandingDuty, Visit, VisitFinding
from zhenggai.supervision.occurrences import due_dates

Story = Mapping[str, Any]
Happening = tuple[date, Callable[[], object]]


class Visits:
    """Turns those rows of the story into happenings, each with its day."""

    def __init__(self, story: Story, shift: Shift, units: Mapping[str, Unit], people: Mapping[str, Person]) -> None:
        self.story, self.shift, self.units, self.people = story, shift, units, people
        self.place = units[story["city"]["place"]]
        self.tasks = {task.number: task for task in Task.objects.select_related("place", "inspection__place")}
        self.bodies = {row["key"]: row["name"] for row in story["body"]}

    def happenings(self) -> Iterator[Happening]:
        """Everything, in the order in which it happens to each visit and each plan of help."""
        for row in self.story["supervision_visit"]:
            yield self._on(row["planned_on"], 9, self._plan, row)
            for seen in row.get("found", ()):
                yield self._on(seen["on"], 15, self._put_down, row, seen)
                yield from self._after(seen)
            if "closed_on" in row:
                yield self._on(row["closed_on"], 17, self._close, row)
                yield self._on(row["issued_on"], 10, self._issue, row)
        for row in self.story["help_plan"]:
            yield self._on(row["asked_on"], 9, self._ask, row)
            if "arranged_on" in row:
                yield self._on(row["arranged_on"], 10, self._arrange, row)
                for step in row["steps"]:
                    if "done_on" in step:
                        yield self._on(step["done_on"], 11, self._step, row, step)
            if "ended_on" in row:
                yield self._on(row["ended_on"], 16, self._end, row)

    def _on(self, stated: date, hour: int, act: Callable[..., object], *args: Any) -> Happening:
        day = self.shift.day(stated)

        def happen() -> None:
            with clock.pretend(at(day, hour)):
                act(*args)

        return day, happen

    # ── visits ───────────────────────────────────────────────────────────────
    def _plan(self, row: Story) -> None:
        lead = self.people[row["team"][0]]
        visit = visits.plan_visit(
            Body.objects.select_related("place").get(place=self.place, name=self.bodies[row["body"]]), by=lead,
            kind=row["kind"], announced=row["announced"], title=row["title"], area=self.units[row["area"]],
            starts_on=self.shift.day(row["starts_on"]), ends_on=self.shift.day(row["ends_on"]),
            duty=StandingDuty.objects.get(place=self.place, what=row["duty"]) if "duty" in row else None,
        )  # fmt: skip
        visits.set_team(visit, by=lead, team=visits.Team(tuple(self.people[name] for name in row["team"])))

    def _visit(self, row: Story) -> Visit:
        rows = Visit.objects.select_related("place", "body__place", "duty__body")
        found: Visit = rows.get(place=self.place, title=row["title"])
        return found

    def _put_down(self, row: Story, seen: Story) -> None:
        visit, task, by = self._visit(row), self.tasks[seen["task"]], self.people[row["team"][0]]
        if not visit.tasks.filter(task=task).exists():
            visits.add_task(visit, by=by, task=task, reason="督查组要看")
        demand = None
        if "demand" in seen:
            demand = findings.Demand(seen["demand"], self.units[seen["unit"]], self.shift.day(seen["due"]))
        findings.put_down(visit, task, findings.Seen(seen["result"], seen["text"], clock.today()), by=by, demand=demand)

    def _after(self, seen: Story) -> Iterator[Happening]:
        """What the unit said, what it did, and what the visitors thought of it."""
        if "stated_on" in seen:
            yield self._on(seen["stated_on"], 16, self._state, seen)
        if "done_on" in seen:
            yield self._on(seen["done_on"], 10, self._done, seen)
        if "settled_on" in seen:
            yield self._on(seen["settled_on"], 15, self._settle, seen)

    def _finding(self, seen: Story) -> VisitFinding:
        rows = VisitFinding.objects.filter(task=self.tasks[seen["task"]], text=seen["text"])
        found: VisitFinding = rows.select_related("visit", "task").get()
        return found

    def _state(self, seen: Story) -> None:
        findings.state(self._finding(seen), by=self.people[seen["stated_by"]], text=seen["statement"])

    def _done(self, seen: Story) -> None:
        item = DecidedItem.objects.get(finding=self._finding(seen))
        report_done(item, by=self.people[seen["done_by"]], note=seen["note"], done_on=clock.today())

    def _settle(self, seen: Story) -> None:
        item = DecidedItem.objects.get(finding=self._finding(seen))
        settle(item, by=self.people["city-supervision"], done=True, answer=seen["answer"])

    def _close(self, row: Story) -> None:
        visit, by = self._visit(row), self.people[row["team"][0]]
        looked = visit.findings.values("task")
        for left in visit.tasks.exclude(task__in=looked).select_related("task").order_by("position"):
            if "rest" in row:
                findings.put_down(visit, left.task, findings.Seen("as_reported", row["rest"], clock.today()), by=by)
            else:
                visits.skip_task(visit, by=by, task=left.task_id, reason=row["skip"])
        due = None
        if visit.duty and "duty_ago" in row:
            due = due_dates(visit.duty, visit.duty.starts_on, self.shift.today)[-1 - row["duty_ago"]]
        visits.close_visit(visit, by=by, summary=row["summary"], for_due=due)

    def _issue(self, row: Story) -> None:
        by = self.people[row["team"][0]]
        issue_paper(draft_paper(self.place, Paper.Kind.VISIT, by=by, visit=self._visit(row)), by=by)

    # ── help ─────────────────────────────────────────────────────────────────
    def _ask(self, row: Story) -> None:
        helping.ask_help(
            self.tasks[row["task"]], by=self.people[row["by"]], kind=row["kind"], difficulty=row["difficulty"],
            wanted=row.get("wanted", ""),
        )  # fmt: skip

    def _help(self, row: Story) -> HelpPlan:
        found: HelpPlan = HelpPlan.objects.get(task=self.tasks[row["task"]], difficulty=row["difficulty"])
        return found

    def _arrange(self, row: Story) -> None:
        steps = [
            helping.NewStep(step["text"], self.units[step["unit"]], self.shift.day(step["due"])) for step in row["steps"]
        ]  # fmt: skip
        helping.arrange(
            self._help(row), by=self.people[row.get("arranged_by", "city-office")], answer=row["answer"],
            unit=self.units[row["unit"]], helper=row["helper"], until=self.shift.day(row["until"]), steps=steps,
        )  # fmt: skip

    def _step(self, row: Story, step: Story) -> None:
        done = self._help(row).steps.get(text=step["text"])
        helping.report_step(done, by=self.people["city-office"], result=step["result"], done_on=clock.today())

    def _end(self, row: Story) -> None:
        helping.end_help(
            self._help(row), by=self.people["city-office"], outcome=row["outcome"], outcome_reason=row["outcome_reason"]
        )
