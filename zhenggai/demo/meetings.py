"""The meetings, papers and consultations of the demonstration's year."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.demo.dates import Shift
from zhenggai.ledger.models import Task
from zhenggai.progress.rounds import month_of
from zhenggai.supervision.actions import consultations as consulting
from zhenggai.supervision.actions import meetings as preparing
from zhenggai.supervision.actions import minutes as recording
from zhenggai.supervision.actions import papers as writing
from zhenggai.supervision.models import Attendee, Consultation, DecidedItem, Meeting, Paper

Story = Mapping[str, Any]
Happening = tuple[date, Callable[[], object]]


class Meetings:
    """Turns those rows of the story into happenings, each with its day. What one happening makes and a later one goes on
    with is kept under the row's place in the story."""

    def __init__(self, story: Story, shift: Shift, units: Mapping[str, Unit], people: Mapping[str, Person]) -> None:
        self.story, self.shift, self.units, self.people = story, shift, units, people
        self.place = units[story["city"]["place"]]
        self.office = people["city-office"]
        self.tasks = {task.number: task for task in Task.objects.select_related("inspection__place")}
        self.made: dict[tuple[str, int], Any] = {}

    def happenings(self) -> Iterator[Happening]:
        """Everything, in no order."""
        for number, row in enumerate(self.story["meeting"]):
            yield self._on(row, "drafted_on", 10, self._draft, number)
            yield self._on(row, "planned_on", row["hour"] + 3, self._hold, number)
            for item in row.get("decided", ()):
                yield from self._item(item)
        for number, row in enumerate(self.story["paper"]):
            yield self._on(row, "drafted_on", 16, self._draft_paper, number)
            for name, act in (("submitted_on", self._submit_paper), ("issued_on", self._issue_paper)):
                if name in row:
                    yield self._on(row, name, 17, act, number)
        for number, row in enumerate(self.story["consultation"]):
            for name, act in (("asked_on", self._ask), ("taken_up_on", self._take_up), ("held_on", self._conclude)):
                if name in row:
                    yield self._on(row, name, 11, act, number)

    def _on(self, row: Story, name: str, hour: int, act: Callable[..., object], *args: Any) -> Happening:
        day = self.shift.day(row[name])

        def happen() -> None:
            with clock.pretend(at(day, hour)):
                act(row, *args)

        return day, happen

    # ── meetings ─────────────────────────────────────────────────────────────
    def _draft(self, row: Story, number: int) -> None:
        planned = self.shift.day(row["planned_on"])
        meeting = preparing.draft_meeting(
            self.place, by=self.office, kind=row["kind"], month=month_of(planned), planned_at=at(planned, row["hour"]),
            where=row["where"], chair=row["chair"],
        )  # fmt: skip
        preparing.invite(meeting, by=self.office, names=row["attendees"])
        if "other" in row:
            preparing.add_item(meeting, by=self.office, kind="other", title=row["other"])
        self._issue(writing.draft_paper(self.place, Paper.Kind.NOTICE, by=self.office, meeting=meeting))
        self.made["meeting", number] = meeting

    def _hold(self, row: Story, number: int) -> None:
        meeting = Meeting.objects.get(pk=self.made["meeting", number].pk)
        away = dict.fromkeys(row["excused"], Attendee.Presence.EXCUSED)
        away |= dict.fromkeys(row["substitute"], Attendee.Presence.SUBSTITUTE)
        came = {
            attendee.pk: away.get(attendee.name, Attendee.Presence.PRESENT)
            for attendee in meeting.attendees.order_by("position")
        }
        recording.hold(meeting, by=self.office, held_on=clock.today(), presence=came)
        for item in row["decided"]:
            self.made["decided", id(item)] = recording.decide_item(
                meeting, by=self.office, text=item["text"], unit=self.units[item["unit"]],
                due=self.shift.day(item["due"]), task=self.tasks[item["task"]] if "task" in item else None,
            )  # fmt: skip
        speakers = meeting.speakers.filter(speaks=True).order_by("position")
        said = row["statements"]
        statements = {speaker.pk: said[place % len(said)] for place, speaker in enumerate(speakers)}
        recording.minute(meeting, by=self.office, text=row["minutes"], statements=statements, files=[])
        self._issue(writing.draft_paper(self.place, Paper.Kind.MINUTES, by=self.office, meeting=meeting))

    def _item(self, item: Story) -> Iterator[Happening]:
        """What became of a decision: reported done, closed or sent back; nothing where it is still open."""
        if "done_on" in item:
            yield self._on(item, "done_on", 10, self._done)
        if "settled_on" in item:
            yield self._on(item, "settled_on", 15, self._settle, True)
        if "returned_on" in item:
            yield self._on(item, "returned_on", 15, self._settle, False)

    def _done(self, item: Story) -> None:
        unit = self.units[item["unit"]]
        by = next(who for who in self.people.values() if who.unit_id == unit.pk and who.username.endswith("-liaison"))
        row = DecidedItem.objects.get(pk=self.made["decided", id(item)].pk)
        recording.report_done(row, by=by, note=item["note"], done_on=clock.today())

    def _settle(self, item: Story, done: bool) -> None:
        row = DecidedItem.objects.get(pk=self.made["decided", id(item)].pk)
        recording.settle(row, by=self.office, done=done, answer=item.get("answer", ""))

    # ── papers ───────────────────────────────────────────────────────────────
    def _draft_paper(self, row: Story, number: int) -> None:
        self.made["paper", number] = writing.draft_paper(self.place, row["kind"], by=self.office)

    def _submit_paper(self, row: Story, number: int) -> None:
        writing.submit_paper(self.made["paper", number], by=self.office)

    def _issue_paper(self, row: Story, number: int) -> None:
        self._issue(self.made["paper", number])

    def _issue(self, paper: Paper) -> None:
        by = self.people["city-leader"] if paper.kind == Paper.Kind.SPECIAL else self.office
        writing.issue_paper(paper, by=by)

    # ── consultations ────────────────────────────────────────────────────────
    def _ask(self, row: Story, number: int) -> None:
        tasks = [self.tasks[task] for task in row["tasks"]]
        self.made["consultation", number] = consulting.ask(
            tasks, by=self.people[row["by"]], problem=row["problem"], asked=row["asked"]
        )

    def _take_up(self, row: Story, number: int) -> None:
        found: Consultation = self.made["consultation", number]
        if row.get("decline"):
            consulting.take_up(found, by=self.office, accept=False, reason=row["reason"])
            return
        consulting.take_up(
            found, by=self.office, accept=True, reason=row["reason"], form=row["form"], where=row["where"],
            planned_on=self.shift.day(row["planned_on"]), invited=row["invited"],
        )  # fmt: skip

    def _conclude(self, row: Story, number: int) -> None:
        found: Consultation = self.made["consultation", number]
        consulting.conclude(found, by=self.office, held_on=clock.today(), conclusion=row["conclusion"])
