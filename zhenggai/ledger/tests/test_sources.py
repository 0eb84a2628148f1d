"""Tasks from other sources than the feedback, sweeps for like problems, tasks that answer tasks, yearly checks."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from tests.world import World
from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.naming import Named
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.closure.tests.test_path import walk
from zhenggai.ledger.actions import NewMeasure, NewTask, set_measures
from zhenggai.ledger.blockers import blockers_of
from zhenggai.ledger.cascade import answer_to, lower_of, roll_up
from zhenggai.ledger.models import Sweep, Task, YearlyCheck
from zhenggai.ledger.states import State
from zhenggai.ledger.sweeps import answer_sweep, ask_sweep, enter_own
from zhenggai.ledger.yearly import check_yearly, open_yearly_checks
from zhenggai.rulebook.actions import approve, draft

TODAY = date(2026, 11, 22)
DUE = date(2026, 12, 20)


@pytest.fixture(autouse=True)
def on_the_day() -> object:
    with clock.pretend(at(TODAY)):
        yield


def own(world: World, **given: object) -> NewTask:
    usual = {
        "serial": 0, "issue": "北塘排口有同类溢流。", "passage": "现场登记", "source": "self_found", "increment": True,
        "duties": {"lead": [Named("北塘区政府", unit=world.north_gov)]}, "measures": [NewMeasure(1, "改造排口")],
        "due": date(2027, 3, 31), "due_kind": "date",
    }  # fmt: skip
    return NewTask(**{**usual, **given})


def swept(world: World) -> Sweep:
    return ask_sweep(
        world.task(), what="排查各区雨天溢流的排口", units=[world.north, world.south], due_on=DUE, by=world.office
    )


@pytest.mark.requirement("R04")
@pytest.mark.requirement("R62")
def test_a_sweep_finds_like_problems_and_puts_them_on_the_account(world: World) -> None:
    sweep = swept(world)
    north, south = sweep.answers.get(unit=world.north), sweep.answers.get(unit=world.south)
    answer_sweep(north, text="排查辖区全部41处排口", found=[own(world), own(world)], by=world.north_acceptor)
    answer_sweep(south, text="排查辖区全部排口，均正常", found=[], by=world.south_acceptor)
    found = Task.objects.filter(found_by=north).order_by("pk")
    assert [task.number for task in found] == ["自查-01", "自查-02"]
    assert {(task.place, task.increment, task.source) for task in found} == {(world.north, True, "self_found")}
    assert south.__class__.objects.get(pk=south.pk).nothing_found is True


def test_a_sweep_not_answered_blocks_the_application(world: World) -> None:
    sweep = swept(world)
    assert [row.text for row in blockers_of(sweep.task) if row.anchor == "sweeps"] == [
        "举一反三排查还没有回报：北塘区、南湖区"
    ]


def test_a_sweep_is_refused_with_the_reason(world: World) -> None:
    task = world.task()
    for given, said in (
        ({"units": []}, "选择由哪些单位"),
        ({"due_on": TODAY}, "今天之后"),
        ({"what": "排查"}, "写明排查什么"),
        ({"by": world.south_liaison}, "由综合协调组或督导组"),
    ):
        usual = {"what": "排查各区雨天溢流", "units": [world.north], "due_on": DUE, "by": world.office}
        with pytest.raises(Refused, match=said):
            ask_sweep(task, **{**usual, **given})
    asked = swept(world)
    with pytest.raises(Refused, match="同样的排查已经布置"):
        ask_sweep(asked.task, what=asked.what, units=[world.water], due_on=DUE, by=world.office)
    answer = asked.answers.get(unit=world.north)
    with pytest.raises(Refused, match="由北塘区的联络员"):
        answer_sweep(answer, text="排查了别人的辖区，没有发现", found=[], by=world.south_acceptor)
    with pytest.raises(Refused, match="至少10个字"):
        answer_sweep(answer, text="没有", found=[], by=world.north_acceptor)
    answer_sweep(answer, text="排查辖区全部排口，均正常", found=[], by=world.north_acceptor)
    with pytest.raises(Stale):
        answer_sweep(answer, text="排查辖区全部排口，均正常", found=[], by=world.north_acceptor)


def test_a_problem_found_by_oneself_is_registered_once_a_number(world: World) -> None:
    first = enter_own(world.south, own(world, source="patrol"), by=world.south_acceptor)
    second = enter_own(world.south, own(world, source="complaint"), by=world.office)
    assert (first.number, second.number) == ("自查-01", "自查-02")
    assert first.inspection == second.inspection
    with pytest.raises(Refused, match="由南湖区的综合协调组登记"):
        enter_own(world.south, own(world), by=world.north_acceptor)
    with pytest.raises(Refused, match="从整改方案导入"):
        enter_own(world.south, own(world, source="feedback"), by=world.office)


@pytest.mark.requirement("R40")
def test_tasks_answer_tasks_and_roll_up(world: World) -> None:
    upper = world.task(measures=[])
    for done in (True, False):
        lower = world.task(measures=[NewMeasure(1, "改造")])
        answer_to(lower, upper=upper, by=world.office)
        if done:
            set_measures(lower, [{"no": 1, "progress": "done", "done_on": "2026-11-01"}])
    rolled = roll_up(upper)
    assert rolled is not None
    assert (rolled.total, rolled.closed, rolled.achieved) == (2, 0, Decimal("50.0"))
    assert lower_of(upper, world.south_liaison).count() == 2
    assert lower_of(upper, world.north_liaison).count() == 0
    assert roll_up(lower) is None
    answer_to(lower, upper=None, upper_number="省序号12", by=world.office)
    assert Task.objects.get(pk=lower.pk).upper_number == "省序号12"


def test_a_circle_is_refused_by_the_database_and_in_words(world: World) -> None:
    first, second, third = world.task(), world.task(), world.task()
    answer_to(second, upper=first, by=world.office)
    answer_to(third, upper=second, by=world.office)
    for upper in (third, first):
        with pytest.raises(Refused, match="不能倒过来作它的上级"):
            answer_to(first, upper=upper, by=world.office)
    with pytest.raises(Refused, match="由任务所在地的综合协调组"):
        answer_to(first, upper=None, by=world.south_liaison)
    with pytest.raises(DatabaseError, match="answer itself"), transaction.atomic():
        connection.cursor().execute("UPDATE ledger_task SET upper_id = %s WHERE id = %s", [third.pk, first.pk])


def test_what_blocks_a_strike_off_is_not_unlinked(world: World) -> None:
    upper, other, lower = world.task(), world.task(), world.task()
    answer_to(lower, upper=upper, by=world.office)
    walk(world, upper, State.SELF_CHECKED)
    for to in (None, other):
        with pytest.raises(Refused, match=f"上级任务{upper.number}在“自查自验”环节"):
            answer_to(lower, upper=to, by=world.office)
    with pytest.raises(Refused, match=f"上级任务{upper.number}在“自查自验”环节"):
        answer_to(other, upper=upper, by=world.office)
    with pytest.raises(DatabaseError, match="what blocks it is not unlinked"), transaction.atomic():
        connection.cursor().execute("UPDATE ledger_task SET upper_id = NULL WHERE id = %s", [lower.pk])


@pytest.mark.requirement("R61")
def test_long_term_tasks_are_looked_at_once_a_year(world: World) -> None:
    with clock.pretend(at(date(2025, 3, 1))):
        task = world.task(due=None)
        world.task()
    world.task(due=None)  # of this year: its first check is next year's
    rule = {"rule": "FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=-1", "shift": "previous"}
    with clock.pretend(at(date(2026, 12, 20))):
        approve(
            draft(
                world.city,
                name="十月复核",
                effective_from=date(2027, 1, 1),
                data={"yearly_check": rule},
                by=world.office,
            ),
            by=world.leader,
        )
    assert open_yearly_checks(TODAY) == 1
    assert open_yearly_checks(TODAY) == 0
    check = YearlyCheck.objects.get()
    assert (check.task, check.due_on) == (task, date(2026, 11, 30))
    with pytest.raises(Refused, match="由综合协调组或督导组复核"):
        check_yearly(check, result="holds", text="现场看了三处排口，均正常", by=world.south_liaison)
    with pytest.raises(Refused, match="写明去了哪里"):
        check_yearly(check, result="holds", text="好", by=world.supervision)
    check_yearly(check, result="slipped", text="现场看了三处排口，一处又有溢流", by=world.supervision)
    with pytest.raises(Stale):
        check_yearly(check, result="holds", text="现场看了三处排口，均正常", by=world.supervision)
    assert YearlyCheck.objects.get().get_result_display() == "出现反弹"
    with clock.pretend(at(date(2027, 1, 4))):
        assert open_yearly_checks(clock.today()) == 2
    assert set(YearlyCheck.objects.filter(year=2027).values_list("due_on", flat=True)) == {date(2027, 10, 29)}
