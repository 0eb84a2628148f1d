"""Visits (督查): tasks chosen by stated rules, what was seen beside what was reported, demands followed to their end."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.world import World
from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.models import Entry
from zhenggai.closure.tests.test_path import walk
from zhenggai.ledger.actions import NewMeasure
from zhenggai.ledger.models import Leader, Task
from zhenggai.ledger.states import State
from zhenggai.progress.actions import decide as decide_report
from zhenggai.progress.actions import submit
from zhenggai.supervision.actions.duties import keep_body, mirror, set_duty
from zhenggai.supervision.actions.findings import Demand, Seen, put_down
from zhenggai.supervision.actions.visits import (
    Team,
    add_task,
    cancel_visit,
    change_visit,
    close_visit,
    drop_task,
    plan_visit,
    set_team,
    skip_task,
)
from zhenggai.supervision.models import Body, DecidedItem, Visit, VisitFinding

DAY = date(2026, 11, 20)
SAW = "现场看了三处排口，两处雨后仍有污水流出"


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with clock.pretend(at(DAY)):
        yield


def office(world: World) -> Body:
    """The city's supervision office, a team of its leading group."""
    if found := Body.objects.filter(place=world.city, role="supervision").first():
        return found
    group = keep_body(world.city, by=world.office, name="整改工作领导小组", responsibilities="统一领导。")
    return keep_body(
        world.city, by=world.office, name="整改督导组", responsibilities="督查。", group=group, role="supervision"
    )


def planned(world: World, **given: Any) -> Visit:
    """A targeted visit of today to the city's tasks, not announced; the supervision team's person is on it."""
    team = given.pop("team", (world.supervision,))
    visit = plan_visit(office(world), by=world.supervision, **(
        {"kind": "targeted", "announced": False, "area": world.city, "starts_on": DAY, "ends_on": DAY + timedelta(days=2)}
        | given
    ))  # fmt: skip
    return set_team(visit, by=world.supervision, team=Team(team)) if team else visit


def late(world: World, **given: Any) -> Task:
    """A task overdue since ten days, entered three months ago."""
    with clock.pretend(at(DAY - timedelta(days=90))):
        return world.task(due=DAY - timedelta(days=10), **given)


def demand(world: World, **given: Any) -> Demand:
    return Demand(**(
        {"text": "逐个排口查清来源，封堵到位", "unit": world.south_gov, "due": DAY + timedelta(days=10)} | given
    ))  # fmt: skip


def wrong(world: World, visit: Visit, task: Task, result: str = "slower", **given: Any) -> VisitFinding:
    return put_down(visit, task, Seen(result, SAW, clock.today()), by=given.pop("by", world.supervision),
                    demand=given.pop("demand", demand(world)))  # fmt: skip


def reported(world: World, task: Task, text: str = "三处排口已经完成封堵") -> None:
    """An accepted report of last month."""
    with clock.pretend(at(DAY - timedelta(days=20))):
        report = submit(task, text=text, measures=[], files=[], by=world.south_liaison)
        decide_report(report, accept=True, by=world.office)


def grounds(visit: Visit) -> dict[int, list[str]]:
    return {row.task_id: [ground["rule"] for ground in row.grounds] for row in visit.tasks.order_by("position")}


# ── which tasks ──────────────────────────────────────────────────────────────
@pytest.mark.requirement("R47", "R70")
def test_a_targeted_visit_takes_the_tasks_that_the_rules_name_each_with_its_reason(world: World) -> None:
    with clock.pretend(at(DAY - timedelta(days=200))):
        unseen = world.task(due=DAY + timedelta(days=300))
    overdue, calm = late(world), world.task()
    behind = world.task(measures=[NewMeasure(1, "排查", DAY - timedelta(days=3))])
    hard = world.task()
    Leader.objects.create(task=hard, part=Leader.Part.SPONSOR, name="分管副市长")
    finished = world.task()
    walk(world, finished, State.SELF_CHECKED)
    visit = planned(world)
    assert grounds(visit) == {
        overdue.pk: ["已逾期"], behind.pk: ["未达到序时进度"], hard.pk: ["重难点"], unseen.pk: ["长期没有督查"],
        finished.pk: ["完成后没有看过"],
    }  # fmt: skip
    assert calm.pk not in grounds(visit)
    words = {row.task_id: row.grounds[0]["words"] for row in visit.tasks.all()}
    assert words[overdue.pk] == "时限2026-11-10，逾期10天"
    assert words[hard.pk] == "领导领衔督办"
    assert words[unseen.pk] == "2026-05-04挂账以来没有督查过，200天"


@pytest.mark.requirement("R70")
def test_a_full_visit_takes_every_open_task_of_its_area(world: World) -> None:
    south, north = world.task(), world.task(lead=[world.north_gov], responsible=[world.north_gov], place=world.north)
    assert set(grounds(planned(world, kind="full"))) == {south.pk, north.pk}
    visit = planned(world, kind="full", area=world.south, starts_on=DAY + timedelta(days=1))
    assert grounds(visit) == {south.pk: ["全面督查"]}


def test_what_was_looked_at_lately_is_not_called_unseen(world: World) -> None:
    with clock.pretend(at(DAY - timedelta(days=200))):
        task = world.task(due=DAY + timedelta(days=300))
    visit = planned(world)
    put_down(visit, task, Seen("as_reported", SAW, DAY), by=world.supervision)
    assert grounds(planned(world, title="又一次")) == {}


def test_choosing_takes_as_many_statements_however_many_tasks_there_are(world: World) -> None:
    def statements(title: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            planned(world, title=title, team=())
        return len(asked)

    late(world)
    statements("先热一下")
    few = statements("甲")
    for _ in range(6):
        late(world)
    assert statements("乙") == few


def test_tasks_are_added_and_dropped_with_a_reason(world: World) -> None:
    overdue, calm = late(world), world.task()
    visit = planned(world)
    add_task(visit, by=world.supervision, task=calm, reason="有群众反映")
    drop_task(visit, by=world.supervision, task=overdue.pk, reason="上周刚去过")
    assert grounds(visit) == {calm.pk: []}
    for words, task, reason in (("已经在", calm, "再看"), ("为什么要看", overdue, " ")):
        with pytest.raises(Refused, match=words):
            add_task(visit, by=world.supervision, task=task, reason=reason)
    with pytest.raises(Refused, match="为什么不看"):
        drop_task(visit, by=world.supervision, task=calm.pk, reason="")
    with pytest.raises(Stale, match="已经不在"):
        drop_task(visit, by=world.supervision, task=overdue.pk, reason="上周刚去过")


@pytest.mark.requirement("R47")
def test_a_district_s_leading_group_visits_its_own_tasks_and_the_city_looks_on(world: World) -> None:
    office(world)
    mirror(world.south, by=world.south_acceptor)
    body = Body.objects.get(place=world.south, role="supervision")
    task = late(world)
    late(world, place=world.north, lead=[world.north_gov], responsible=[world.north_gov])
    visit = plan_visit(
        body, by=world.south_acceptor, kind="full", announced=True, area=world.south, starts_on=DAY, ends_on=DAY
    )
    assert set(grounds(visit)) == {task.pk}
    set_team(visit, by=world.south_acceptor, team=Team((world.south_acceptor,)))
    found = wrong(world, visit, task, by=world.south_acceptor)
    assert found.demand.origin == visit
    assert list(Visit.objects.visible_to(world.office)) == [visit]
    with pytest.raises(Refused, match="由整改督导组或南湖区综合协调组办理"):
        wrong(world, visit, task, by=world.north_acceptor)
    with pytest.raises(Refused, match="由整改督导组或南湖区综合协调组办理"):
        plan_visit(body, by=world.office, kind="full", announced=True, area=world.south, starts_on=DAY, ends_on=DAY)


# ── who goes ─────────────────────────────────────────────────────────────────
def test_nobody_looks_at_its_own_work(world: World) -> None:
    task = late(world)
    visit = planned(world)
    reported(world, task)
    for member, words in (
        (world.south_liaison, "牵头或责任单位的人"), (world.south_gov, "是省督.*的牵头或责任单位"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=f"不能督查自己办的事.*{words}.*把这些任务从这次督查里去掉"):
            set_team(visit, by=world.supervision, team=Team((world.supervision, member)))
    submit(world.task(), text="配合", measures=[], files=[], by=world.water_liaison)
    set_team(
        visit, by=world.supervision, team=Team((world.supervision, world.water))
    )  # only cooperates, reported nothing
    submit(task, text="管网已接通", measures=[], files=[], by=world.water_liaison)
    with pytest.raises(Refused, match="报送过.*的月报告"):
        set_team(visit, by=world.supervision, team=Team((world.water_liaison,)))
    with pytest.raises(Refused, match="先换人"):
        add_task(
            visit, by=world.supervision, reason="要看", task=world.task(lead=[world.water], responsible=[world.water])
        )


def test_the_database_keeps_those_who_rectify_off_the_team(world: World) -> None:
    late(world)
    visit = planned(world)
    with pytest.raises(DatabaseError, match="its own work"), transaction.atomic():
        visit.members.create(person=world.south_liaison, position=2)
    with pytest.raises(DatabaseError, match="its own work"), transaction.atomic():
        visit.members.create(unit=world.south_gov, position=2)


@pytest.mark.parametrize("name", ["case", "publicity", "south_acceptor", "south_liaison", "leader", "nobody"])
def test_only_who_acts_for_the_body_plans_and_puts_down(world: World, name: str) -> None:
    late(world)
    visit = planned(world)
    person = world.people[name]
    with pytest.raises(Refused, match="由整改督导组或临江市综合协调组办理"):
        plan_visit(office(world), by=person, kind="full", announced=True, area=world.city, starts_on=DAY, ends_on=DAY)
    with pytest.raises(Refused, match="由整改督导组或临江市综合协调组办理"):
        wrong(world, visit, Task.objects.get(), by=person)


def test_who_is_on_the_team_may_put_down(world: World) -> None:
    task = late(world)
    visit = planned(world, team=(world.supervision, world.north_acceptor))
    assert wrong(world, visit, task, by=world.north_acceptor).recorded_by == world.north_acceptor


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"ends_on": DAY - timedelta(days=1)}, "结束日期不能早于"),
        ({"starts_on": date(2062, 11, 20), "ends_on": date(2062, 11, 21)}, "超过一年"),
        ({"title": "同名"}, "已经有叫“同名”"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_in_words(world: World, given: Any, words: str) -> None:
    planned(world, title="同名")
    with pytest.raises(Refused, match=words):
        planned(world, **({"title": "另一次"} | given))
    assert Visit.objects.count() == 1


def test_a_visit_stays_in_its_place(world: World) -> None:
    with pytest.raises(Refused, match="临江市以内"):
        planned(world, area=world.province)


# ── the end ──────────────────────────────────────────────────────────────────
@pytest.mark.requirement("R54", "R70")
def test_a_closed_visit_is_the_session_of_the_duty_that_it_was_held_for(world: World) -> None:
    task, skipped = late(world), late(world)
    duty = set_duty(world.city, by=world.office, body=office(world), kind="inspection", what="一周一督查一通报",
                    rule="FREQ=WEEKLY;BYDAY=FR", shift="none", starts_on=DAY - timedelta(days=20), source="方案")  # fmt: skip
    visit = planned(world, duty=duty)
    wrong(world, visit, task)
    with pytest.raises(Refused, match=f"{skipped.number}还没有登记情况"):
        close_visit(visit, by=world.supervision, summary="看了两处。", for_due=DAY)
    skip_task(visit, by=world.supervision, task=skipped.pk, reason="道路中断")
    closed = close_visit(visit, by=world.supervision, summary="看了两处，一处问题突出。", for_due=DAY)
    session = closed.session
    assert (session.duty, session.for_due, session.held_on, session.topic) == (duty, DAY, DAY, visit.title)
    assert list(session.tasks.all()) == [task]
    with pytest.raises(Refused, match="已结束，不能再改"):
        add_task(visit, by=world.supervision, task=world.task(), reason="还想看")
    with pytest.raises(DatabaseError, match="stands still"), transaction.atomic():
        Visit.objects.filter(pk=visit.pk).update(summary="改了")
    with pytest.raises(DatabaseError, match="stands still"), transaction.atomic():
        visit.tasks.all().delete()


def test_a_visit_of_another_body_does_not_stand_for_a_duty(world: World) -> None:
    duty = set_duty(world.city, by=world.office, unit=world.south_gov, kind="inspection", what="每周督查",
                    rule="FREQ=WEEKLY;BYDAY=FR", shift="none", starts_on=DAY, source="方案")  # fmt: skip
    with pytest.raises(Refused, match="不是整改督导组现在的职责"):
        planned(world, duty=duty)


def test_a_visit_is_cancelled_only_while_it_found_nothing(world: World) -> None:
    task = late(world)
    visit = planned(world)
    with pytest.raises(Refused, match="一项都没有看"):
        skip_task(visit, by=world.supervision, task=task.pk, reason="道路中断")
        close_visit(visit, by=world.supervision, summary="没有看成。")
    other = planned(world, title="另一次")
    assert cancel_visit(other, by=world.supervision, reason="防汛").state == "cancelled"
    third = planned(world, title="第三次")
    wrong(world, third, task)
    with pytest.raises(Refused, match="不能取消"):
        cancel_visit(third, by=world.supervision, reason="不想看了")
    with pytest.raises(Refused, match="开始日期不能更晚"):
        change_visit(third, by=world.supervision, title="第三次", announced=False, starts_on=DAY + timedelta(days=1),
                     ends_on=DAY + timedelta(days=1))  # fmt: skip


def test_the_database_ends_no_visit_that_is_not_whole(world: World) -> None:
    task = late(world)
    visit = planned(world)
    over = {"state": "closed", "summary": "看了。", "closed_by": world.office, "closed_at": clock.now()}
    with pytest.raises(DatabaseError, match="each of its tasks was looked at"), transaction.atomic():
        Visit.objects.filter(pk=visit.pk).update(**over)
    wrong(world, visit, task)
    for change, words in (
        ({"state": "cancelled", "cancel_reason": "不看了"}, "found something is not cancelled"),
        ({"state": "closed"}, "closed_visit_says"),
    ):
        with pytest.raises(DatabaseError, match=words), transaction.atomic():
            Visit.objects.filter(pk=visit.pk).update(**change)
    with pytest.raises(DatabaseError, match="stays in the visit"), transaction.atomic():
        visit.tasks.all().delete()
    with pytest.raises(DatabaseError, match="begins as a plan"), transaction.atomic():
        Visit.objects.create(place=world.city, body=office(world), kind="full", announced=True, title="补记", area=world.city,
                             starts_on=DAY, ends_on=DAY, figures_on=DAY, planned_by=world.office, **over)  # fmt: skip


def test_two_people_do_not_overwrite_one_another(world: World) -> None:
    task = late(world)
    visit = planned(world)
    seen = Visit.objects.get().version
    add_task(visit, by=world.supervision, task=world.task(), reason="要看")
    with pytest.raises(Stale, match="有人改过"):
        drop_task(visit, by=world.office, seen=seen, task=task.pk, reason="不看")


# ── who sees ─────────────────────────────────────────────────────────────────
@pytest.mark.requirement("R70")
def test_an_unannounced_visit_is_seen_by_units_once_something_was_found(world: World) -> None:
    task = late(world)
    visit = planned(world)

    def seeing() -> set[str]:
        names = ("office", "supervision", "leader", "south_acceptor", "south_liaison", "water_liaison", "north_liaison")
        return {name for name in names if Visit.objects.visible_to(world.fresh(world.people[name])).exists()}

    inside = {"office", "supervision", "leader"}
    assert seeing() == inside
    assert not Entry.objects.filter(task_id=task.pk, verb__startswith="visit.").exists()
    change_visit(visit, by=world.supervision, title=visit.title, announced=True, starts_on=DAY, ends_on=DAY)
    assert seeing() == inside | {"south_acceptor", "south_liaison", "water_liaison"}
    change_visit(visit, by=world.supervision, title=visit.title, announced=False, starts_on=DAY, ends_on=DAY)
    wrong(world, visit, task)
    assert seeing() == inside | {"south_acceptor", "south_liaison", "water_liaison"}
    assert DecidedItem.objects.visible_to(world.south_acceptor).exists()
    assert not VisitFinding.objects.visible_to(world.north_liaison).exists()
