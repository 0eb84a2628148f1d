"""The monthly rounds with what was owed, reported and frozen."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection

from benchmarks.believable import words
from benchmarks.believable.copying import Numbers, copy
from benchmarks.believable.places import Place, Tree
from benchmarks.believable.scale import Scale
from benchmarks.believable.tasks import Made
from benchmarks.believable.trail import Event
from zhenggai.audit import clock
from zhenggai.ledger.standing import percent
from zhenggai.progress.models import Owed, Report, Round, RoundTask
from zhenggai.progress.rounds import digest_of
from zhenggai.rulebook.rules import Rules

REPORT = (
    "id", "month", "task_id", "unit_id", "version", "text", "nil", "measures", "due_on", "submitted_by_id",
    "submitted_on", "first_on", "submitted_at", "state", "decided_by_id", "decided_at", "reason",
)  # fmt: skip
OWED = (
    "id", "month", "round_id", "task_id", "unit_id", "part", "due_on", "state", "report_id", "version", "nil", "first_on",
    "last_on",
)  # fmt: skip
FROZEN = (
    "id", "month", "round_id", "task_id", "place_id", "state", "schedule", "achieved", "measures_done",
    "measures_total", "due",
)  # fmt: skip
CLOSES_AFTER = timedelta(days=3)


@dataclass
class _Month:
    """One round while it is written. `closed`: the day on which it was frozen, None while it is open."""

    id: int
    register: Place
    month: date
    due_on: date
    closed: date | None
    today: date


def fill(
    scale: Scale, tree: Tree, made: list[Made], chance: random.Random, numbers: Numbers, today: date
) -> Iterator[Event]:  # fmt: skip
    """Store the rounds of all registers; yields what happened in them, for the trail."""
    months = _months(today, scale.months)
    with connection.cursor() as cursor:
        for month in months:
            cursor.execute("SELECT progress_month(%s)", [month])
    registers = {task.register.id: task.register for task in made}
    for register in registers.values():
        own = [task for task in made if task.register is register]
        for month in months:
            due_on = Rules().report_due(month)
            closed = due_on + CLOSES_AFTER if due_on + CLOSES_AFTER <= today else None
            if not any(task.course.entered <= (closed or today) for task in own):
                continue
            round_ = _Month(numbers.next(Round), register, month, due_on, closed, today)
            yield from _write(round_, own, tree, chance, numbers)


def _months(today: date, count: int) -> list[date]:
    index = today.year * 12 + today.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(index - count + 1, index + 1)]


def _write(
    round_: _Month, own: list[Made], tree: Tree, chance: random.Random, numbers: Numbers
) -> Iterator[Event]:  # fmt: skip
    office = tree.offices[round_.register.id]
    made = Round.objects.create(
        pk=round_.id, place_id=round_.register.id, month=round_.month, due_on=round_.due_on, rulebook_id=tree.rulebook,
        opened_at=clock.at(round_.month),
    )  # fmt: skip
    yield Event(clock.at(round_.month), None, "round.opened", "progress.round", round_.id)
    reports: list[tuple[object, ...]] = []
    owed: list[tuple[object, ...]] = []
    for task in own:
        if _owes(task, round_):
            for unit in task.units:
                yield from _answer(round_, task, unit, office, tree, chance, numbers, reports, owed)
    copy(Report, REPORT, reports)
    copy(Owed, OWED, owed)
    if round_.closed:
        copy(
            RoundTask, FROZEN, (_frozen(round_, task, numbers) for task in own if task.course.entered <= round_.closed)
        )
        made.closed_by_id, made.closed_at, made.digest = office, clock.at(round_.closed, 17), digest_of(made)
        made.save(update_fields=["closed_by", "closed_at", "digest"])
        yield Event(made.closed_at, office, "round.closed", "progress.round", round_.id)


def _owes(task: Made, round_: _Month) -> bool:
    """Whether the task was in the ledger and in rectification on the report day."""
    day, course = min(round_.due_on, round_.today), task.course
    return course.entered <= day and course.state_on(day) == "rectifying"


def _answer(
    round_: _Month, task: Made, unit: int, office: int, tree: Tree, chance: random.Random, numbers: Numbers,
    reports: list[tuple[object, ...]], owed: list[tuple[object, ...]],
) -> Iterator[Event]:  # fmt: skip
    """What a unit reported on a task, or that it did not."""
    part, by = "lead" if unit == task.units[0] else "responsible", tree.people[unit]
    state, on = _outcome(round_, chance)
    if on is None:
        owed.append((numbers.next(Owed), round_.month, round_.id, task.id, unit, part, round_.due_on, state, None, 0, False,
                     None, None))  # fmt: skip
        return
    nil, report, sent = chance.random() < 0.04, numbers.next(Report), clock.at(on, 10, chance.randrange(60))
    decided = None if state == "submitted" else sent + timedelta(days=2)
    reports.append((
        report, round_.month, task.id, unit, 1, _text(task, on, nil, chance), nil, _measures(task, on), round_.due_on, by, on,
        on, sent, state, decided and office, decided, "请补充现场照片和监测数据。" if state == "returned" else "",
    ))  # fmt: skip
    owed.append((numbers.next(Owed), round_.month, round_.id, task.id, unit, part, round_.due_on, state, report, 1, nil, on,
                 on))  # fmt: skip
    yield Event(sent, by, "report.submitted", "progress.report", report, task.id, after={"month": f"{round_.month}"})
    if decided:
        yield Event(decided, office, f"report.{state}", "progress.report", report, task.id, after={"state": state})


def _outcome(round_: _Month, chance: random.Random) -> tuple[str, date | None]:
    """The state of what was owed, and when it came."""
    if round_.closed is None:
        state = chance.choices(("owed", "submitted", "accepted", "returned"), (45, 25, 26, 4))[0]
        came = min(round_.today, round_.due_on) - timedelta(days=chance.randrange(2, 9))
        return state, None if state == "owed" else max(came, round_.month)
    state = chance.choices(("accepted", "late", "owed", "submitted"), (93, 4, 2, 1))[0]
    if state == "late":
        return "accepted", round_.due_on + timedelta(days=chance.randrange(1, 3))
    return state, None if state == "owed" else round_.due_on - timedelta(days=chance.randrange(3, 14))


def _text(task: Made, on: date, nil: bool, chance: random.Random) -> str:
    if nil:
        return words.NO_PROGRESS.format(day=on.day)
    step = words.STEPS[min(task.course.done_on(on), len(words.STEPS) - 1)]
    return chance.choice(words.PROGRESS).format(
        what=task.what,
        n=chance.randrange(1, 12),
        money=chance.randrange(20, 900),
        share=chance.randrange(10, 95),
        step=step,
    )


def _measures(task: Made, on: date) -> str:
    """Each measure as the report tells it."""
    return json.dumps([
        {"no": no, "progress": "done", "done_on": part.done_on.isoformat()}
        if part.done_on and part.done_on <= on else {"no": no, "progress": "doing", "done_on": None}
        for no, part in enumerate(task.course.parts, 1)
    ])  # fmt: skip


def _frozen(round_: _Month, task: Made, numbers: Numbers) -> tuple[object, ...]:
    assert round_.closed is not None
    course, day = task.course, round_.closed
    done, total = course.done_on(day), len(course.parts)
    due = course.first_due if course.extended_on and course.extended_on > day else course.due
    return (
        numbers.next(RoundTask), round_.month, round_.id, task.id, task.place.id, course.state_on(day),
        course.schedule_on(day), percent([(1, Decimal(done) / total)]), done, total, due,
    )  # fmt: skip
