"""The story of each task, told through the real steps on the days on which they happened, up to today.

What falls on a day that the calendar moved (a notice that a holiday made longer) happens on the first day on which the
rules allow it; what the rules do not allow by today does not happen.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.closure.permissions import next_verdict
from zhenggai.demo.dates import Shift
from zhenggai.demo.rhythm import Rhythm
from zhenggai.ledger.lifecycle import take
from zhenggai.ledger.models import Duty, Measure, Task
from zhenggai.ledger.states import ACCEPT, APPLY, FILE, OPEN_NOTICE, REVIEW, SELF_CHECK, STRIKE_OFF
from zhenggai.progress.actions import decide, submit
from zhenggai.publicity.actions import object_to
from zhenggai.publicity.models import Notice

Story = Mapping[str, Any]


@dataclass(order=True)
class Event:
    """Something that happens on a day; `order` keeps the steps of one day in turn."""

    day: date
    order: int
    happen: Callable[[], object] = field(compare=False)


class Teller:
    """Turns the story's rows into events."""

    def __init__(self, story: Story, shift: Shift, units: Mapping[str, Unit], people: Mapping[str, Person]) -> None:
        self.story, self.shift, self.units, self.people = story, shift, units, people
        self.tasks = {task.number: task for task in Task.objects.select_related("place", "inspection__place")}
        self.liaisons = {person.unit_id: person for person in people.values() if person.username.endswith("-liaison")}
        self.reports: dict[str, list[Story]] = {}
        for row in story["report"]:
            self.reports.setdefault(row["task"], []).append(row)

    def events(self) -> list[Event]:
        """Everything that happens, in order."""
        found = [event for row in self.story["task"] for event in self._of_task(row)]
        found += [self._objection(row) for row in self.story["objection"]]
        found += [
            Event(day, 0, happen)
            for day, happen in Rhythm(self.story, self.shift, self.units, self.people).happenings()
        ]
        return sorted(found)

    def _of_task(self, row: Story) -> Iterator[Event]:
        task = self.tasks[row["number"]]
        closing = self.shift.day(row["self_check"]) if "self_check" in row else None
        yield from self._reports(row, task, closing)
        yield from self._closing(row, task)

    # ── reports ──────────────────────────────────────────────────────────────
    def _reports(self, row: Story, task: Task, closing: date | None) -> Iterator[Event]:
        """The month's reports: those that the story words, and one for each month in which a measure moved."""
        moved = [self.shift.day(stone["done"]) for stone in row["milestones"] if "done" in stone]
        moved += [self.shift.day(row["completed"])] if "completed" in row else []
        told = {self.shift.day(report["date"]): report for report in self.reports.get(row["number"], [])}
        if closing:  # what is closing reports no more
            told = {day: report for day, report in told.items() if day.replace(day=1) <= closing}
        days = {(day.year, day.month): min(day, closing or day) for day in told}
        for day in sorted(moved):
            reported = self._report_day(day, closing)
            known = days.get((reported.year, reported.month))
            days[reported.year, reported.month] = max(known, day) if known else reported
        for day in sorted(days.values()):
            if day <= self.shift.today:
                report = next((told[on] for on in told if (on.year, on.month) == (day.year, day.month)), None)
                yield Event(day, 1, self._report(row, task, day, report))

    @staticmethod
    def _report_day(done: date, closing: date | None) -> date:
        """A measure is told in the report of the month it ended in, or of the next where that one was out already."""
        day = done.replace(day=14) if done.day <= 14 else (done.replace(day=1) + timedelta(days=32)).replace(day=14)
        return day if closing is None or day < closing else done

    def _report(self, row: Story, task: Task, day: date, told: Story | None) -> Callable[[], None]:
        def happen() -> None:
            person, measures = self._reporter(row, task), self._progress(row, task, day)
            text = self.shift.text(told["text"]) if told else self._plain_text(measures)
            with clock.pretend(at(day, 10)):
                report = submit(task, text=text, measures=measures, files=[], by=person)
            if told and told["state"] == "submitted":
                return
            reviewed = max(
                self.shift.day(told["reviewed"]) if told and "reviewed" in told else day + timedelta(days=3), day
            )
            if reviewed > self.shift.today:
                return
            accepted = told is None or told["state"] == "accepted"
            with clock.pretend(at(reviewed, 15)):
                reason = "" if accepted or told is None else self.shift.text(told["reason"])
                decide(report, accept=accepted, reason=reason, by=self.people["city-office"])

        return happen

    def _reporter(self, row: Story, task: Task) -> Person:
        """The liaison of the lead unit, else of any unit that answers for the task."""
        lead = self.units[row["lead"]]
        if lead.pk in self.liaisons:
            return self.liaisons[lead.pk]
        duties = Duty.objects.filter(task=task, part__in=["lead", "responsible"], unit__in=self.liaisons)
        return self.liaisons[duties.order_by("part", "position").values_list("unit_id", flat=True)[0]]

    def _progress(self, row: Story, task: Task, day: date) -> list[dict[str, Any]]:
        """How each measure stood on `day`: done when its last milestone was, under way when the first was."""
        rows: list[dict[str, Any]] = []
        for measure in task.measures.prefetch_related("milestones").order_by("no"):
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

    def _milestones(self, measure: Measure, stones: list[Story], day: date) -> list[list[Any]]:
        """The steps that the plan names inside a measure, with the days on which the story finished them."""
        done = {
            self.shift.day(stone["due"]): on.isoformat()
            for stone in stones
            if "done" in stone and (on := self.shift.day(stone["done"])) <= day
        }
        return [[row.no, done.get(row.due)] for row in measure.milestones.all()]

    @staticmethod
    def _plain_text(measures: list[dict[str, Any]]) -> str:
        done = "、".join(str(entry["no"]) for entry in measures if entry["progress"] == Measure.Progress.DONE)
        doing = "、".join(str(entry["no"]) for entry in measures if entry["progress"] == Measure.Progress.DOING)
        parts = [f"第{done}项措施已完成" if done else "", f"第{doing}项措施正在推进" if doing else ""]
        return "，".join(part for part in parts if part) + "，按方案时限安排后续工作，没有需要市级协调的事项。"

    # ── closing ──────────────────────────────────────────────────────────────
    def _closing(self, row: Story, task: Task) -> Iterator[Event]:
        acts: list[tuple[str, Callable[[date], object]]] = [
            ("self_check", lambda day: self._self_check(row, task)),
            ("apply", lambda day: take(APPLY, task, by=self._reporter(row, task), statement="", files=[])),
            ("county", lambda day: self._verdict(task, self.people[f"{row['place']}-office"])),
            ("city", lambda day: self._verdict(task, self.people["city-acceptance"])),
            ("review", lambda day: self._verdict(task, self.people["city-leader"], REVIEW)),
            ("notice_start", lambda day: self._notice(task)),
            ("strike_off", lambda day: take(STRIKE_OFF, task, by=self.people["city-leader"], note="同意销号")),
            ("filing", lambda day: take(FILE, task, by=self.people["city-office"], sent_to="省整改办", reference="")),
        ]
        for order, (name, act) in enumerate(acts, 2):
            if name in row:
                yield Event(self.shift.day(row[name]), order, self._on(self.shift.day(row[name]), name, task, act))

    def _on(self, day: date, name: str, task: Task, act: Callable[[date], object]) -> Callable[[], None]:
        def happen() -> None:
            on = self._allowed_day(day, name, task)
            if on <= self.shift.today:
                with clock.pretend(at(on, 16)):
                    act(on)

        return happen

    @staticmethod
    def _allowed_day(day: date, name: str, task: Task) -> date:
        """The day itself; for a strike-off, not before the notice has ended by the calendar."""
        if name not in ("strike_off", "filing"):
            return day
        ends = Notice.objects.current().filter(items__task=task).values_list("ends_on", flat=True).first()
        return max(day, ends + timedelta(days=1)) if ends else date.max

    def _self_check(self, row: Story, task: Task) -> None:
        done = Measure.objects.filter(task=task, done_on__isnull=False).values_list("done_on", flat=True)
        finished = max([self.shift.day(row["completed"]), *(day for day in done.order_by("no") if day)])
        result = self.shift.text(
            row.get("result") or f"{task.headline}一项已按方案完成整改，各项措施逐一落实，经自查达到整改目标。"
        )
        take(SELF_CHECK, task, by=self._reporter(row, task), result=result, finished_on=finished)

    def _verdict(self, task: Task, by: Person, step: Any = ACCEPT) -> None:
        verdict = next_verdict(task)
        assert verdict is not None
        take(step, task, by=by, level=verdict.pk, result="pass", reason="")

    def _notice(self, task: Task) -> None:
        task.refresh_from_db()
        place = task.place
        issuer = f"{place.name}人民政府"
        take(
            OPEN_NOTICE, task, by=self.people["city-publicity"],
            title=f"{issuer}关于{task.inspection.name}反馈第{task.serial}项问题整改情况的公示",
            issuer=issuer, contact_phone=self.story["city"]["phone"],
            contact_unit=f"{place}生态环境保护督察整改工作领导小组办公室", contact_address=f"{place.name}政务中心",
        )  # fmt: skip

    def _objection(self, row: Story) -> Event:
        day, task = self.shift.day(row["received_on"]), self.tasks[row["task"]]

        def happen() -> None:
            notice = Notice.objects.current().filter(items__task=task).first()
            if notice and notice.is_running(day):
                with clock.pretend(at(day, 20)):
                    object_to(notice, text=row["text"])

        return Event(day, 9, happen)


def tell(story: Story, shift: Shift, units: Mapping[str, Unit], people: Mapping[str, Person]) -> int:
    """Let everything happen up to today; how many things did."""
    events = [event for event in Teller(story, shift, units, people).events() if event.day <= shift.today]
    for event in events:
        event.happen()
    return len(events)
