"""The course of one task, as dates: when it entered, when each part of it was due and done, when it ended."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

LONGEST = 36 * 30  # days that a plan allows
STEADY, SLOW, STUCK = "steady", "slow", "stuck"


@dataclass
class Part:
    """A measure or a milestone."""

    due: date
    done_on: date | None
    inner: list["Part"] = field(default_factory=list)


@dataclass
class Course:
    """`due` is None for what is kept up for good. `first_due` differs where an extension was granted on `extended_on`."""

    entered: date
    due: date | None
    kind: str
    first_due: date | None
    extended_on: date | None
    parts: list[Part]
    finished_on: date | None = None
    struck_off_on: date | None = None
    filed: bool = False

    @property
    def state(self) -> str:
        if self.struck_off_on:
            return "filed" if self.filed else "struck_off"
        return "self_checked" if self.finished_on else "rectifying"

    def state_on(self, day: date) -> str:
        """The state at the end of `day`."""
        if self.struck_off_on and self.struck_off_on <= day:
            return "struck_off"
        return "self_checked" if self.finished_on and self.finished_on <= day else "rectifying"

    def done_on(self, day: date) -> int:
        """How many measures were done by then."""
        return sum(part.done_on is not None and part.done_on <= day for part in self.parts)

    def schedule_on(self, day: date) -> str:
        """The grade that the ledger would have given at the end of `day` (ledger/querysets.py), targets left aside."""
        state = self.state_on(day)
        if state != "rectifying":
            return "X" if state == "struck_off" else "D"
        if self.due and self.due < day:
            return "O"
        dates = [(one.due, one.done_on) for part in self.parts for one in (part, *part.inner)]
        if any(due < day and (done is None or done > day) for due, done in dates):
            return "B"
        done = [due for due, when in dates if when and when <= day]
        if not done:
            return "N"
        return "P" if max(done) > day else "T"


def run(chance: random.Random, entered: date, today: date) -> Course:
    """A task that entered on `entered`, as it stands on `today`."""
    pace = chance.choices((STEADY, SLOW, STUCK), (62, 26, 12))[0]
    kind = chance.choices(("date", "immediate", "long_term"), (87, 5, 8))[0]
    days = 60 if kind == "immediate" else chance.randrange(180, LONGEST)
    end = _month_end(entered + timedelta(days=days))
    extended_on = None
    first = end
    if kind == "date" and pace != STEADY and chance.random() < 0.2 and end < today + timedelta(days=200):
        extended_on = end - timedelta(days=chance.randrange(20, 60))
        end = _month_end(end + timedelta(days=chance.randrange(60, 200)))
        if extended_on >= today:
            extended_on, end = None, first
    parts = _parts(chance, entered, first, today, pace)
    due = None if kind == "long_term" else end
    course = Course(entered, due, kind, due and first, extended_on, parts)
    if kind != "long_term":
        _finish(chance, course, end, today, pace)
    return course


def _parts(chance: random.Random, entered: date, end: date, today: date, pace: str) -> list[Part]:
    count, span = chance.randrange(2, 7), (end - entered).days
    parts = []
    for no in range(1, count + 1):
        due = entered + timedelta(days=span * no // count)
        done_on = _done(chance, entered, due, today, pace)
        inner = []
        if chance.random() < 0.4 and span // count > 40:
            for step in range(1, chance.randrange(2, 4) + 1):
                inner_due = due - timedelta(days=30 * (4 - step))
                inner_done = (
                    done_on if done_on and done_on < inner_due else _done(chance, entered, inner_due, today, pace)
                )
                inner.append(Part(max(inner_due, entered), done_on if done_on and not inner_done else inner_done))
        parts.append(Part(due, done_on, inner))
    return parts


def _done(chance: random.Random, entered: date, due: date, today: date, pace: str) -> date | None:
    if pace == STUCK and chance.random() < 0.5:
        return None
    early, late = {STEADY: (40, 4), SLOW: (15, 60), STUCK: (5, 150)}[pace]
    day = max(due + timedelta(days=chance.randrange(-early, late)), entered + timedelta(days=3))
    return day if day <= today else None


def _finish(chance: random.Random, course: Course, end: date, today: date, pace: str) -> None:
    if pace == STUCK:
        return
    wanted = end + timedelta(days=chance.randrange(-60, 10) if pace == STEADY else chance.randrange(-20, 110))
    last = max((part.done_on or today for part in course.parts), default=wanted)
    finished = max(wanted, last)
    if finished > today or any(part.done_on is None for part in course.parts):
        return
    for part in course.parts:
        for inner in part.inner:
            inner.done_on = inner.done_on or part.done_on
    course.finished_on = finished
    struck_off = finished + timedelta(days=chance.randrange(40, 110))
    if struck_off <= today:
        course.struck_off_on, course.filed = struck_off, struck_off + timedelta(days=15) <= today


def _month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
