"""What of a report reaches the ledger, and in which order."""

from datetime import date
from typing import Any

import pytest

from tests.world import World
from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.ledger.actions import NewMeasure
from zhenggai.ledger.models import Task
from zhenggai.progress.actions import decide, submit
from zhenggai.progress.models import Report

WORDS = "排查已经完成，正在组织改造施工，下月完成管网接驳。"
DIG = NewMeasure(1, "完成改造", date(2026, 12, 31), (("开工", date(2026, 11, 1)), ("通水", date(2026, 12, 1))))


@pytest.fixture(autouse=True)
def on_the_day() -> Any:
    with clock.pretend(at(date(2026, 11, 13))):
        yield


def told(progress: str, done_on: str | None = None, *milestones: list[Any]) -> list[dict[str, Any]]:
    return [{"no": 1, "progress": progress, "done_on": done_on, "milestones": list(milestones)}]


def sent(task: Task, by: Person, measures: list[dict[str, Any]], nil: bool = False) -> Report:
    return submit(task, text=WORDS, measures=measures, files=[], nil=nil, by=by)


def test_what_a_unit_left_as_it_found_it_does_not_undo_what_another_did(world: World) -> None:
    task = world.task()
    other = sent(task, world.water_liaison, told("open"))
    decide(sent(task, world.south_liaison, told("done", "2026-11-10")), accept=True, by=world.office)
    decide(other, accept=True, by=world.office)
    assert task.measures.get(no=1).progress == "done"


def test_of_two_that_moved_a_measure_the_later_word_stands(world: World) -> None:
    task = world.task()
    first = sent(task, world.south_liaison, told("doing"))
    with clock.pretend(at(date(2026, 12, 3))):
        decide(sent(task, world.south_liaison, told("done", "2026-12-01")), accept=True, by=world.office)
        decide(first, accept=True, by=world.office)
    assert task.measures.get(no=1).done_on == date(2026, 12, 1)
    second = world.task()
    mine, theirs = (
        sent(second, world.south_liaison, told("doing")),
        sent(second, world.water_liaison, told("done", "2026-11-12")),
    )
    for report in (mine, theirs):
        decide(report, accept=True, by=world.office)
    assert second.measures.get(no=1).progress == "done"


def test_milestones_of_one_measure_are_told_apart(world: World) -> None:
    task = world.task(measures=[DIG])
    dug = sent(task, world.south_liaison, told("open", None, [1, "2026-11-02"], [2, None]))
    flows = sent(task, world.water_liaison, told("doing", None, [1, None], [2, "2026-11-11"]))
    decide(flows, accept=True, by=world.office)
    decide(dug, accept=True, by=world.office)
    measure = task.measures.get()
    assert list(measure.milestones.order_by("no").values_list("done_on", flat=True)) == [
        date(2026, 11, 2),
        date(2026, 11, 11),
    ]
    assert measure.progress == "doing"


def test_who_says_that_nothing_moved_moves_no_milestone(world: World, login: Any) -> None:
    task = world.task(measures=[DIG])
    with pytest.raises(Refused, match="报了无进展"):
        sent(task, world.south_liaison, told("open", None, [1, "2026-11-02"]), nil=True)
    form = {"text": WORDS, "nil": "on", "measure_1": "open", "stone_1_1": "2026-11-02"}
    answer = login(world.south_liaison).post(f"/tasks/{task.pk}/report/", form)
    assert answer.status_code == 422
    assert "报了无进展" in answer.content.decode()


def test_a_milestone_was_not_reached_years_before_the_task(world: World, login: Any) -> None:
    task = world.task(measures=[DIG])
    form = {"text": WORDS, "measure_1": "doing", "stone_1_1": "0206-11-02"}
    answer = login(world.south_liaison).post(f"/tasks/{task.pk}/report/", form)
    assert answer.status_code == 422
    assert "早得不合情理" in answer.content.decode()


def test_who_decides_sees_the_milestones(world: World, login: Any) -> None:
    task = world.task(measures=[DIG])
    report = sent(task, world.south_liaison, told("doing", None, [1, "2026-11-02"], [2, None]))
    page = login(world.office).get(f"/reports/{report.month_key}/{report.pk}/").content.decode()
    assert "开工" in page
    assert "2026-11-02" in page
