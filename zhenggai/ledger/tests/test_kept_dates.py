"""The dates kept in a task's row give, on every day, the grade that its parts give (standing.py)."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from tests.world import World
from zhenggai.audit import clock
from zhenggai.audit.actions import record
from zhenggai.audit.clock import at
from zhenggai.ledger.models import Measure, Milestone, Target, Task
from zhenggai.ledger.querysets import Schedule
from zhenggai.ledger.revisions import REVISED
from zhenggai.ledger.standing import standing_of

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def on_the_day() -> object:
    with clock.pretend(at(TODAY)):
        yield


def near(chance: random.Random) -> date | None:
    return chance.choice([None, TODAY + timedelta(days=chance.randrange(-150, 150))])


def with_parts(world: World, chance: random.Random) -> Task:
    """A task with some measures, milestones and targets in any condition."""
    task = world.task(measures=[], due=TODAY + timedelta(days=400))
    for no in range(1, chance.randrange(1, 4)):
        progress = chance.choice(Measure.Progress.values)
        measure = Measure.objects.create(
            task=task, no=no, text="措施", due=near(chance), progress=progress,
            done_on=TODAY if progress == "done" else None,
        )  # fmt: skip
        for step in range(1, chance.randrange(1, 3)):
            due = near(chance) or TODAY
            Milestone.objects.create(measure=measure, no=step, text="节点", due=due, done_on=near(chance))
    for no in range(1, chance.randrange(1, 4)):
        ratio = Decimal(chance.randrange(0, 10001, 625)) / 10000
        starts = TODAY - timedelta(days=chance.randrange(10, 200))
        Target.objects.create(
            task=task, no=no, what="指标", unit="%", goal=Decimal(90), starts_on=starts, ratio=ratio,
            due=starts + timedelta(days=chance.randrange(5, 400)), pace=chance.choice(Target.Pace.values),
            met_on=TODAY if ratio == 1 else None,
        )  # fmt: skip
    return task


def grade_of_parts(task: Task, today: date) -> str:
    """The grade of an open task, asked of each part."""
    parts = standing_of(task, today).parts
    measures, targets = list(task.measures.all()), list(task.targets.all())
    nodes = [node for measure in measures for node in measure.milestones.all()]
    late_node = any(node.due < today and node.done_on is None for node in nodes)
    late_measure = any(row.due and row.due < today and row.progress != "done" for row in measures)
    # a measure's own targets count by themselves too: a mean may hide one that is late
    if late_node or late_measure or any(part.is_late for part in parts if part.label.startswith("指标")):
        return Schedule.BEHIND
    began = any(row.progress != "open" for row in measures) or any(node.done_on for node in nodes)
    if not began and not any(target.ratio > 0 for target in targets):
        return Schedule.NOT_STARTED
    done = [row.due for row in measures if row.progress == "done" and row.due]
    done += [node.due for node in nodes if node.done_on] + [row.due for row in targets if row.met_on and row.due]
    return Schedule.AHEAD if done and max(done) > today else Schedule.ON_SCHEDULE


def test_the_kept_dates_say_on_every_day_what_the_parts_say(world: World) -> None:
    chance = random.Random(5)
    tasks = [with_parts(world, chance) for _ in range(30)]
    days = [TODAY + timedelta(days=shift) for shift in range(-170, 300, 7)] + [date(2026, 12, 1), date(2026, 11, 30)]
    seen = set()
    for task in tasks:
        whole = Task.objects.prefetch_related("targets", "measures__milestones").get(pk=task.pk)
        for day in days:
            found = Task.objects.with_schedule(day).values_list("schedule", flat=True).get(pk=task.pk)
            assert found == grade_of_parts(whole, day), (task.pk, day)
            seen.add(found)
    assert seen == {"N", "B", "T", "P"}


def revising(world: World, *tasks: Task) -> None:
    """Parts change as a new version of the plan changes them: with its row on the trail."""
    for task in tasks:
        record(REVISED, by=world.office, target=task, task_id=task.pk)


def test_every_change_of_a_part_is_followed(world: World) -> None:
    task = world.task(measures=[])
    revising(world, task)

    def kept() -> tuple[date | None, date | None, bool]:
        return Task.objects.values_list("late_from", "early_until", "started").get(pk=task.pk)

    due = date(2026, 12, 5)
    assert kept() == (None, None, False)
    measure = Measure.objects.create(task=task, no=1, text="措施", due=due)
    assert kept() == (date(2026, 12, 6), None, False)
    node = Milestone.objects.create(measure=measure, no=1, text="节点", due=date(2026, 12, 1))
    assert kept() == (date(2026, 12, 2), None, False)
    Milestone.objects.filter(pk=node.pk).update(done_on=TODAY)
    assert kept() == (date(2026, 12, 6), date(2026, 12, 1), True)
    Measure.objects.filter(pk=measure.pk).update(progress="done", done_on=TODAY)
    assert kept() == (None, due, True)
    target = Target.objects.create(
        task=task, no=1, what="指标", unit="%", goal=Decimal(90), starts_on=TODAY, due=date(2027, 6, 1), pace="even"
    )
    assert kept() == (date(2026, 12, 1), due, True)
    target.delete()
    node.delete()
    measure.delete()
    assert kept() == (None, None, False)


def test_one_statement_over_many_tasks_keeps_each_of_them(world: World) -> None:
    tasks = [world.task() for _ in range(3)]
    revising(world, *tasks)
    Measure.objects.filter(task__in=tasks, no=1).update(due=date(2026, 12, 5))
    assert set(Task.objects.values_list("late_from", flat=True)) == {date(2026, 12, 6)}


def test_the_dates_can_be_made_anew_for_the_whole_ledger(world: World) -> None:
    task = world.task()
    revising(world, task)
    Measure.objects.filter(task=task, no=1).update(due=date(2026, 12, 5))
    Task.objects.filter(pk=task.pk).update(late_from=None, started=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT keep_task_dates(ARRAY(SELECT id FROM ledger_task))")
    task.refresh_from_db()
    assert (task.late_from, task.started) == (date(2026, 12, 6), False)
