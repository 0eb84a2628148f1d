from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from tests.world import World
from zhenggai.accounts.decisions import Refused
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.models import Entry
from zhenggai.ledger.actions import NewMeasure, set_measures
from zhenggai.ledger.blockers import blockers_of
from zhenggai.ledger.models import Sample, Target, Task
from zhenggai.ledger.standing import standing_of
from zhenggai.ledger.targets import Reading, drop_target, set_target, take_sample

TODAY = date(2026, 11, 22)
START = date(2026, 1, 1)


@pytest.fixture(autouse=True)
def on_the_day() -> object:
    with clock.pretend(at(TODAY)):
        yield


def target_of(world: World, task: Task, **given: object) -> Target:
    usual = {"what": "污水集中处理率", "unit": "%", "baseline": Decimal(60), "goal": Decimal(90), "starts_on": START}
    return set_target(task, by=world.office, **{**usual, **given})


def sampled(world: World, target: Target, day: date, value: str, reason: str = "") -> Sample:
    return take_sample(target, Reading(day, Decimal(value), reason=reason), by=world.south_liaison)


def schedule(task: Task) -> str:
    return Task.objects.with_schedule(TODAY).values_list("schedule", flat=True).get(pk=task.pk)


@pytest.mark.requirement("R34")
def test_progress_is_computed_from_samples_and_measures_by_weight(world: World) -> None:
    task = world.task(measures=[NewMeasure(1, "完成排查"), NewMeasure(2, "提高处理率")])
    target = target_of(world, task, measure=task.measures.get(no=2))
    sampled(world, target, date(2026, 10, 31), "75")
    task.refresh_from_db()
    assert task.achieved == Decimal("25.0")  # half of the way on one of two measures
    set_measures(task, [{"no": 1, "progress": "done", "done_on": "2026-10-01"}])
    task.refresh_from_db()
    assert task.achieved == Decimal("75.0")
    entry = Entry.objects.get(verb="sample.taken")
    assert entry.after["value"] == "75"
    assert entry.task_id == task.pk


def test_a_target_not_to_be_exceeded_counts_downwards(world: World) -> None:
    target = target_of(
        world, world.task(), what="超标天数", unit="天", baseline=Decimal(50), goal=Decimal(30), comparator="le"
    )
    sampled(world, target, date(2026, 10, 31), "40")
    target.refresh_from_db()
    assert target.ratio == Decimal("0.5000")
    sampled(world, target, date(2026, 11, 20), "29")
    target.refresh_from_db()
    assert (target.ratio, target.met_on) == (Decimal(1), date(2026, 11, 20))


def test_an_unmet_target_blocks_the_self_check_whatever_is_said(world: World) -> None:
    task = world.task(measures=[NewMeasure(1, "提高处理率")])
    target = target_of(world, task)
    set_measures(task, [{"no": 1, "progress": "done", "done_on": "2026-11-01"}])
    assert [blocker.text for blocker in blockers_of(task) if blocker.anchor == "targets"] == [
        "量化目标未达到：污水集中处理率不低于90%（基数60%），还没有监测值"
    ]
    sampled(world, target, date(2026, 11, 20), "90")
    assert not [blocker for blocker in blockers_of(task) if blocker.anchor == "targets"]


@pytest.mark.parametrize(
    ("day", "value", "said"),
    [
        (TODAY + timedelta(days=1), "70", "在今天之后"),
        (START - timedelta(days=1), "70", "早于起算日期"),
        (date(2026, 10, 1), "101", "超出可能的范围"),
        (date(2026, 10, 1), "-1", "超出可能的范围"),
        (date(2026, 9, 30), "71", "2026-09-30已填报70%"),
    ],
)
def test_a_value_that_cannot_be_is_refused(world: World, day: date, value: str, said: str) -> None:
    target = target_of(world, world.task())
    sampled(world, target, date(2026, 9, 30), "70")
    with pytest.raises(Refused, match=said):
        sampled(world, target, day, value)
    assert target.samples.count() == 1


def test_a_cumulative_value_that_falls_is_refused_and_stands_with_a_reason(world: World) -> None:
    target = target_of(
        world, world.task(), what="完成改造小区", unit="个", baseline=Decimal(0), goal=Decimal(26), cumulative=True
    )
    sampled(world, target, date(2026, 9, 30), "12")
    with pytest.raises(Refused, match="累计数，2026-09-30已填报12个，与2026-10-31的10个矛盾"):
        sampled(world, target, date(2026, 10, 31), "10")
    with pytest.raises(Refused, match="累计数，2026-09-30已填报12个"):
        sampled(world, target, date(2026, 8, 31), "13")
    sample = sampled(world, target, date(2026, 10, 31), "10", "两个小区核查后退回")
    assert sample.reason == "两个小区核查后退回"
    target.refresh_from_db()
    assert target.value == 10


def test_a_correction_is_a_new_version_and_the_old_one_stays(world: World) -> None:
    target = target_of(world, world.task())
    sampled(world, target, date(2026, 9, 30), "70")
    sampled(world, target, date(2026, 9, 30), "68", "监测报告更正")
    assert list(target.samples.values_list("version", "value")) == [(2, Decimal(68)), (1, Decimal(70))]
    target.refresh_from_db()
    assert target.value == 68


@pytest.mark.parametrize("statement", ["UPDATE ledger_sample SET value = 99", "DELETE FROM ledger_sample"])
def test_the_database_keeps_samples(world: World, statement: str) -> None:
    sampled(world, target_of(world, world.task()), date(2026, 9, 30), "70")
    with pytest.raises(DatabaseError, match="corrected by a further version"), transaction.atomic():
        connection.cursor().execute(statement)


def test_only_the_coordination_team_sets_targets_and_only_reporters_fill_them(world: World) -> None:
    task = world.task()
    with pytest.raises(Refused, match="由综合协调组设定"):
        set_target(task, by=world.south_liaison, what="率", unit="%", goal=Decimal(9))
    target = target_of(world, task)
    with pytest.raises(Refused, match="联络员填报"):
        take_sample(target, Reading(TODAY, Decimal(70)), by=world.north_liaison)
    take_sample(target, Reading(TODAY, Decimal(70)), by=world.water_liaison)  # who cooperates may report


def test_a_goal_on_the_wrong_side_of_its_baseline_is_refused(world: World) -> None:
    with pytest.raises(Refused, match="目标值要大于基数"):
        target_of(world, world.task(), baseline=Decimal(90), goal=Decimal(60))
    with pytest.raises(Refused, match="要有时限"):
        target_of(world, world.task(due=None), pace="even")
    with pytest.raises(Refused, match="不是这项任务的"):
        target_of(world, world.task(), measure=world.task().measures.first())


def test_a_target_with_samples_is_not_dropped(world: World) -> None:
    task = world.task()
    mistaken, kept = target_of(world, task), target_of(world, task, what="达标率")
    drop_target(mistaken, reason="设错了指标", by=world.office)
    sampled(world, kept, TODAY, "70")
    with pytest.raises(Refused, match="已有监测值"):
        drop_target(kept, reason="不想要了", by=world.office)


@pytest.mark.parametrize(
    ("value", "code"),
    [(None, "B"), ("60.3", "B"), ("84.9", "B"), ("85.1", "T"), ("90", "P")],
)
def test_an_evenly_paced_target_is_held_against_its_line(world: World, value: str | None, code: str) -> None:
    """From 60 to 90 within 2026: 304 of 364 days have passed by the end of October, so 85.05… is due."""
    task = world.task(due=date(2026, 12, 31), measures=[NewMeasure(1, "提高处理率")])
    target = target_of(world, task, pace="even", baseline=Decimal(60), goal=Decimal(90))
    if value:
        sampled(world, target, date(2026, 10, 31), value)
    assert schedule(task) == code
    fresh = Task.objects.get(pk=task.pk)
    late = any(part.is_late for part in standing_of(fresh, TODAY).parts)
    assert late == (schedule(task) == "B")


def test_milestones_inside_a_measure_count_and_show_lateness(world: World) -> None:
    passed, coming = TODAY - timedelta(days=5), TODAY + timedelta(days=5)
    task = world.task(measures=[NewMeasure(1, "建泵站", coming, [("完成设计", passed), ("建成", coming)])])
    assert schedule(task) == "B"
    set_measures(task, [{"no": 1, "progress": "doing", "done_on": None, "milestones": [[1, "2026-11-15"]]}])
    assert schedule(task) == "T"
    task.refresh_from_db()
    assert task.achieved == Decimal("50.0")
    part = standing_of(task, TODAY).parts[0]
    assert (part.achieved, part.expected) == (Decimal("0.5"), Decimal("0.5"))
