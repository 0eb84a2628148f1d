"""Help for a task that does not move (主动帮扶、一点一策): named by stated rules, arranged for that one task, followed, ended."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.world import World
from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.models import Entry
from zhenggai.closure.tests.test_path import walk
from zhenggai.ledger.actions import NewMeasure
from zhenggai.ledger.blockers import blockers_of
from zhenggai.ledger.lifecycle import take
from zhenggai.ledger.models import Duty, Leader, Task
from zhenggai.ledger.signs import is_hard
from zhenggai.ledger.states import STRIKE_OFF, State
from zhenggai.progress.actions import decide as decide_report
from zhenggai.progress.actions import submit
from zhenggai.supervision.actions.help import NewStep, add_step, arrange, ask_help, decline, end_help, report_step
from zhenggai.supervision.choosing import stuck
from zhenggai.supervision.models import HelpPlan, HelpStep

DAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with clock.pretend(at(DAY)):
        yield


def still(world: World, **given: Any) -> Task:
    """A task one of whose measures is late since three months."""
    with clock.pretend(at(DAY - timedelta(days=120))):
        return world.task(
            due=DAY + timedelta(days=90), measures=[NewMeasure(1, "征地", DAY - timedelta(days=90))], **given
        )


def asked(world: World, task: Task | None = None, **given: Any) -> HelpPlan:
    return ask_help(task or still(world), **(
        {"by": world.south_liaison, "kind": "land", "difficulty": "泵站用地没有调规，林地手续办不下来", "wanted": "请市里协调用地"}
        | given
    ))  # fmt: skip


def step(world: World, **given: Any) -> NewStep:
    return NewStep(**({"text": "完成用地调规", "unit": world.water, "due": DAY + timedelta(days=20)} | given))


def arranged(world: World, plan: HelpPlan | None = None, **given: Any) -> HelpPlan:
    return arrange(plan or asked(world), **(
        {"by": world.office, "answer": "由市水务局牵头，一点一策", "unit": world.water, "helper": "市水务局副局长",
         "until": DAY + timedelta(days=60), "steps": [step(world)]} | given
    ))  # fmt: skip


# ── which tasks ──────────────────────────────────────────────────────────────
@pytest.mark.requirement("R49")
def test_the_rules_name_what_does_not_move_each_with_its_reason(world: World) -> None:
    slow = still(world)
    world.task(measures=[NewMeasure(1, "排查", DAY - timedelta(days=3))])  # behind, but only since three days
    sponsored = still(world)
    Leader.objects.create(task=sponsored, part=Leader.Part.SPONSOR, name="分管副市长")
    back = world.task()
    for text in ("在推进", "还在推进"):
        report = submit(back, text=text, measures=[], files=[], by=world.south_liaison)
        decide_report(report, accept=False, reason="没有写进展", by=world.office)
    found = {row.task: row.grounds for row in stuck(Task.objects.visible_to(world.office), DAY)}
    assert found == {
        slow: [("连续两个月没有达到序时进度", "从2026-08-23起，89天")],
        sponsored: [("连续两个月没有达到序时进度", "从2026-08-23起，89天"), ("重难点并且滞后", "领导领衔督办")],
        back: [("月报告反复退回", "12个月里退回2次以上")],
    }


def test_a_task_that_is_helped_or_finished_is_not_named_again(world: World) -> None:
    helped = still(world)
    asked(world, helped)
    finished = still(world)
    walk(world, finished, State.SELF_CHECKED)
    assert stuck(Task.objects.all(), DAY) == []


def test_naming_takes_as_many_statements_however_many_tasks_there_are(world: World) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked_for:
            stuck(Task.objects.visible_to(world.office), DAY)
        return len(asked_for)

    still(world)
    statements()
    few = statements()
    for _ in range(5):
        still(world)
    assert statements() == few <= 8


# ── asked for and offered ────────────────────────────────────────────────────
@pytest.mark.requirement("R49")
def test_a_unit_asks_its_supervisor_asks_for_it_the_office_offers(world: World) -> None:
    own = asked(world)
    assert (own.asked_unit, own.grounds[0]["rule"]) == (world.south_gov, "连续两个月没有达到序时进度")
    supervised = still(world)
    supervised.duties.create(part=Duty.Part.SUPERVISING, unit=world.north_gov, raw="北塘区政府")
    assert asked(world, supervised, by=world.north_liaison).asked_unit == world.north_gov
    assert asked(world, by=world.supervision).asked_unit == world.city_gov
    told = Entry.objects.filter(verb="help.asked", task_id=own.task_id).values_list("note", flat=True)
    assert list(told) == ["南湖区政府：土地，泵站用地没有调规，林地手续办不下来"]


def test_help_is_one_at_a_time_and_for_what_is_under_rectification(world: World) -> None:
    plan = asked(world)
    with pytest.raises(Refused, match="已经有一份帮扶"):
        asked(world, plan.task)
    with pytest.raises(IntegrityError, match="one_open_help"), transaction.atomic():
        HelpPlan.objects.create(
            task=plan.task, kind="land", difficulty="甲", asked_unit=world.water, asked_by=world.office
        )
    decline(plan, by=world.office, answer="区里能解决")
    again = asked(world, plan.task)
    assert again.state == "asked"
    done = world.task()
    walk(world, done, State.SELF_CHECKED)
    with pytest.raises(Refused, match="不用帮扶"):
        asked(world, done)
    for name in ("north_liaison", "leader", "case", "north_acceptor"):
        with pytest.raises(Refused, match="由任务的牵头、责任、配合、督导单位提出"):
            asked(world, by=world.people[name])


# ── arranged ─────────────────────────────────────────────────────────────────
@pytest.mark.requirement("R49")
def test_a_policy_for_one_task_is_arranged_followed_and_ended(world: World) -> None:
    plan = arranged(world)
    assert plan.state == "helping"
    add_step(
        plan, by=world.office, step=step(world, text="落实资金", unit=world.south_gov, due=DAY + timedelta(days=40))
    )
    first, second = plan.steps.all()
    assert [row.text for row in HelpStep.objects.waiting_for(world.water_liaison, DAY + timedelta(days=15))] == [
        "完成用地调规"
    ]
    assert not HelpStep.objects.waiting_for(world.water_liaison, DAY).exists()
    late = HelpPlan.objects.with_steps(DAY + timedelta(days=30)).get()
    assert (late.steps_all, late.steps_done, late.steps_late, late.next_due) == (2, 0, 1, first.due)
    report_step(first, by=world.water_liaison, result="调规已批复", done_on=DAY)
    with pytest.raises(Refused, match="还有1条措施没有登记结果"):
        end_help(plan, by=world.office, outcome="solved", outcome_reason="用地解决了")
    report_step(second, by=world.office, result="市级补助已下达", done_on=DAY)
    assert list(HelpPlan.objects.waiting_for(world.office, DAY)) == [plan]
    ended = end_help(plan, by=world.office, outcome="solved", outcome_reason="用地和资金都已解决，已经开工")
    assert (ended.state, ended.ended_on) == ("ended", DAY)
    verbs = list(
        Entry.objects.filter(task_id=plan.task_id, verb__startswith="help.")
        .order_by("seq")
        .values_list("verb", flat=True)
    )
    assert verbs == ["help.asked", "help.arranged", "help.step_added", "help.step_done", "help.step_done", "help.ended"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"steps": []}, "至少写一条帮扶措施"),
        ({"until": DAY - timedelta(days=1)}, "不能早于今天"),
        ({"answer": " "}, "安排意见"),
        ({"until": DAY + timedelta(days=10)}, "在帮扶结束的2026-11-30之后"),
    ],
)
def test_an_arrangement_that_cannot_be_is_refused_whole(world: World, given: Any, words: str) -> None:
    with pytest.raises(Refused, match=words):
        arranged(world, **given)
    assert HelpPlan.objects.get().state == "asked"
    assert not HelpStep.objects.exists()


def test_who_may_arrange_report_and_end(world: World) -> None:
    plan = asked(world)
    for name in ("south_liaison", "supervision", "leader", "north_acceptor"):
        with pytest.raises(Refused, match="由任务属地的综合协调组安排"):
            arranged(world, plan, by=world.people[name])
    arranged(world, plan, by=world.south_acceptor)
    with pytest.raises(Stale, match="没有重复办理"):
        arranged(world, plan)
    one = plan.steps.get()
    with pytest.raises(Refused, match="由市水务局的联络员或综合协调组登记"):
        report_step(one, by=world.south_liaison, result="好了", done_on=DAY)
    with pytest.raises(Refused, match="办结日期应在2026-11-20"):
        report_step(one, by=world.water_liaison, result="好了", done_on=DAY - timedelta(days=1))
    report_step(one, by=world.water_liaison, result="好了", done_on=DAY)
    with pytest.raises(Stale, match="已经登记结果"):
        report_step(one, by=world.water_liaison, result="又好了", done_on=DAY)
    with pytest.raises(Refused, match="综合协调组结束"):
        end_help(plan, by=world.water_liaison, outcome="solved", outcome_reason="好了")


def test_help_may_end_without_success_and_is_then_kept(world: World) -> None:
    plan = arranged(world)
    end_help(plan, by=world.office, outcome="unsolved", outcome_reason="林地手续要省里批，已报省里")
    for change in ({"outcome": "solved"}, {"difficulty": "改了"}):
        with pytest.raises(DatabaseError, match="stays as it"), transaction.atomic():
            HelpPlan.objects.filter(pk=plan.pk).update(**change)
    with pytest.raises(DatabaseError, match="help that goes on"), transaction.atomic():
        plan.steps.update(result="好了", done_on=DAY, reported_by=world.office)
    assert asked(world, plan.task).state == "asked"


def test_a_step_stays_as_it_was_agreed(world: World) -> None:
    plan = arranged(world)
    with pytest.raises(DatabaseError, match="as it was agreed"), transaction.atomic():
        plan.steps.update(due=DAY + timedelta(days=300))


def test_help_with_a_step_open_has_solved_nothing_of_the_database(world: World) -> None:
    plan = arranged(world)
    with pytest.raises(DatabaseError, match="while a step is open"), transaction.atomic():
        HelpPlan.objects.filter(pk=plan.pk).update(
            state="ended", outcome="solved", outcome_reason="好了", ended_by=world.office, ended_on=DAY
        )


def test_a_task_that_is_struck_off_gets_no_more_help(world: World) -> None:
    task, going = still(world), arranged(world)
    plan = asked(world, task)
    with pytest.raises(Refused, match="帮扶到哪天：2206-01-01离今天超过五年"):
        arranged(world, plan, until=date(2206, 1, 1))
    for one in (task, going.task):
        walk(world, one, State.IN_NOTICE)
    later = DAY + timedelta(days=30)
    with clock.pretend(at(later)):
        for one in (task, going.task):
            take(STRIKE_OFF, one, by=world.leader)
        with pytest.raises(Refused, match="已经销号，不用再帮扶"):
            arranged(world, plan)
        with pytest.raises(Refused, match="已经销号，不再增加措施"):
            add_step(going, by=world.office, step=step(world))
        assert set(HelpPlan.objects.waiting_for(world.office, later)) == {plan, going}
        assert decline(plan, by=world.office, answer="任务已经销号").state == "declined"
        ended = end_help(going, by=world.office, outcome="partly", outcome_reason="任务已销号，用地手续后补")
        assert ended.state == "ended"


def test_help_marks_a_hard_task_and_blocks_nothing(world: World) -> None:
    task = still(world)
    before = [row.text for row in blockers_of(task)]
    arranged(world, asked(world, task))
    assert list(Task.objects.filter(is_hard())) == [task]
    assert [row.text for row in blockers_of(Task.objects.get(pk=task.pk))] == before


def test_help_is_seen_by_who_sees_the_task_and_by_who_helps(world: World) -> None:
    arranged(world, unit=world.north_gov)
    names = ("office", "south_acceptor", "south_liaison", "water_liaison", "north_liaison", "publicity")
    seeing = {name for name in names if HelpPlan.objects.visible_to(world.fresh(world.people[name])).exists()}
    assert seeing == set(names)
    world.person("other", "liaison", world.north_office)
    assert not HelpPlan.objects.visible_to(world.other).exists()
