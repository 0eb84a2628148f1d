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
from zhenggai.closure.models import Verdict
from zhenggai.closure.permissions import next_verdict
from zhenggai.demo.closing import OPINIONS, needs, summary_of
from zhenggai.demo.column import Column
from zhenggai.demo.dates import Shift
from zhenggai.demo.duties import Duties
from zhenggai.demo.gaps import Gaps
from zhenggai.demo.meetings import Meetings
from zhenggai.demo.quarters import Quarters
from zhenggai.demo.reporting import Reports
from zhenggai.demo.rhythm import Rhythm
from zhenggai.demo.visits import Visits
from zhenggai.ledger.lifecycle import take
from zhenggai.ledger.models import Measure, Task
from zhenggai.ledger.states import ACCEPT, APPLY, FILE, OPEN_NOTICE, REVIEW, SELF_CHECK, STRIKE_OFF
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
        self.reports = Reports(story, shift, units, people)

    def events(self) -> list[Event]:
        """Everything that happens, in order."""
        found = [event for row in self.story["task"] for event in self._closing(row, self.tasks[row["number"]])]
        found += [Event(day, 1, happen) for day, happen in self.reports.happenings()]
        found += [self._objection(row) for row in self.story["objection"]]
        told = (self.story, self.shift, self.units, self.people)
        found += [
            Event(day, 0, happen) for teller in (Rhythm, Duties, Gaps) for day, happen in teller(*told).happenings()
        ]
        found += [Event(day, 10, happen) for day, happen in Meetings(*told).happenings()]
        found += [Event(day, 12, happen) for day, happen in Column(*told).happenings()]
        found += [Event(day, 13, happen) for day, happen in Visits(*told).happenings()]
        quarters = Quarters(*told, reporter=self.reports.reporter)
        return sorted([*found, *(Event(day, 11, happen) for day, happen in quarters.happenings())])

    # ── closing ──────────────────────────────────────────────────────────────
    def _closing(self, row: Story, task: Task) -> Iterator[Event]:
        acts: list[tuple[str, Callable[[date], object]]] = [
            ("self_check", lambda day: self._self_check(row, task)),
            ("apply", lambda day: self._apply(row, task)),
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
        take(SELF_CHECK, task, by=self.reports.reporter(row, task), result=result, finished_on=finished)

    def _apply(self, row: Story, task: Task) -> None:
        task.refresh_from_db()
        take(APPLY, task, by=self.reports.reporter(row, task), statement="", files=[summary_of(task)])

    def _verdict(self, task: Task, by: Person, step: Any = ACCEPT) -> None:
        verdict = next_verdict(task)
        assert verdict is not None
        take(
            step,
            task,
            by=by,
            level=verdict.pk,
            result="pass",
            reason=OPINIONS[Verdict.Kind(verdict.kind)],
            **needs(verdict, by),
        )

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
