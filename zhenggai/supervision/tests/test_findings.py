"""What a visit saw, beside what had been reported, and what it demanded: neither changes, both are followed to their end."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests.world import World
from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.models import Entry
from zhenggai.closure.tests.test_path import walk
from zhenggai.documents.forms import Upload
from zhenggai.ledger.blockers import blockers_of
from zhenggai.ledger.lifecycle import decide, take
from zhenggai.ledger.models import Task
from zhenggai.ledger.states import STRIKE_OFF, State
from zhenggai.progress.actions import decide as decide_report
from zhenggai.progress.actions import submit
from zhenggai.supervision.actions.findings import Seen, correct, put_down, state
from zhenggai.supervision.actions.minutes import report_done, settle
from zhenggai.supervision.actions.visits import skip_task
from zhenggai.supervision.models import DecidedItem, VisitFinding
from zhenggai.supervision.tests.test_visits import DAY, SAW, demand, late, planned, reported, wrong


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with clock.pretend(at(DAY)):
        yield


# ── what was seen ────────────────────────────────────────────────────────────
@pytest.mark.requirement("R47", "R70")
def test_a_finding_stands_beside_what_was_reported(world: World) -> None:
    task = late(world)
    reported(world, task)
    photo = Upload(ContentFile(b"\xff\xd8\xff"), "排口.jpg", "image/jpeg")
    visit = planned(world)
    found = put_down(visit, task, Seen("false", SAW, DAY, [photo]), by=world.supervision, demand=demand(world))
    assert (found.reported_words, found.reported) == ("南湖区政府2026年10月报告", "三处排口已经完成封堵")
    assert found.stood == "未达到序时进度（已逾期），措施完成0/2"
    assert found.contradicts
    assert found.files.get().name == "排口.jpg"
    told = Entry.objects.get(verb="visit.wrong", task_id=task.pk).note
    assert (
        "虚假整改。现场看了三处排口，两处雨后仍有污水流出。而南湖区政府2026年10月报告说：三处排口已经完成封堵" in told
    )
    assert "要求南湖区政府2026-11-30前：逐个排口查清来源，封堵到位" in told


def test_a_later_report_of_a_cooperating_unit_does_not_stand_in_for_that_of_who_rectifies(world: World) -> None:
    task, only = late(world), late(world)
    reported(world, task)
    for one in (task, only):
        decide_report(submit(one, text="本单位负责的部分按分工推进", measures=[], files=[], by=world.water_liaison),
                      accept=True, by=world.office)  # fmt: skip
    visit = planned(world)
    assert wrong(world, visit, task).reported_words == "南湖区政府2026年10月报告"
    assert wrong(world, visit, only).reported_words == "市水务局2026年11月报告"


def test_what_agrees_asks_for_nothing_and_what_is_wrong_asks_for_something(world: World) -> None:
    task = late(world)
    visit = planned(world)
    with pytest.raises(Refused, match="写明督办事项"):
        put_down(visit, task, Seen("slower", SAW, DAY), by=world.supervision)
    with pytest.raises(Refused, match="不用督办"):
        put_down(visit, task, Seen("as_reported", SAW, DAY), by=world.supervision, demand=demand(world))
    found = put_down(visit, task, Seen("as_reported", SAW, DAY), by=world.supervision)
    assert not found.contradicts
    assert not DecidedItem.objects.exists()


@pytest.mark.parametrize(
    ("seen", "asked", "words"),
    [
        (Seen("slower", SAW, DAY - timedelta(days=1)), {}, "查看日期应在2026-11-20"),
        (Seen("slower", SAW, DAY + timedelta(days=1)), {}, "查看日期应在2026-11-20"),
        (Seen("slower", "看了", DAY), {}, "至少10个字"),
        (Seen("slower", SAW, DAY), {"due": DAY - timedelta(days=1)}, "不能早于今天"),
    ],
)
def test_bad_input_is_answered_and_nothing_is_half_written(world: World, seen: Seen, asked: Any, words: str) -> None:
    task = late(world)
    visit = planned(world)
    with pytest.raises(Refused, match=words):
        put_down(visit, task, seen, by=world.supervision, demand=demand(world, **asked))
    assert not VisitFinding.objects.exists()
    assert not Entry.objects.filter(verb__startswith="visit.", task_id=task.pk).exists()


def test_a_visit_is_not_put_down_before_it_began_nor_without_a_team_nor_twice(world: World) -> None:
    task = late(world)
    coming = planned(world, starts_on=DAY + timedelta(days=1))
    with pytest.raises(Refused, match="从2026-11-21开始"):
        wrong(world, coming, task)
    alone = planned(world, title="没有组", team=())
    with pytest.raises(Refused, match="先确定督查组"):
        wrong(world, alone, task)
    visit = planned(world, title="今天的")
    wrong(world, visit, task)
    with pytest.raises(Stale, match="已经有人登记"):
        wrong(world, visit, task)
    with pytest.raises(Refused, match="不在这次督查里"):
        wrong(world, visit, world.task())


def test_what_was_not_looked_at_may_be_looked_at_after_all(world: World) -> None:
    task = late(world)
    visit = planned(world)
    skip_task(visit, by=world.supervision, task=task.pk, reason="道路中断")
    wrong(world, visit, task)
    assert visit.tasks.get().skipped == ""
    with pytest.raises(Refused, match="已经登记了情况"):
        skip_task(visit, by=world.supervision, task=task.pk, reason="道路中断")


def test_a_finding_never_changes_a_correction_is_a_new_one(world: World) -> None:
    task = late(world)
    visit = planned(world)
    found = wrong(world, visit, task)
    for change in ({"result": "as_reported"}, {"text": "改了"}):
        with pytest.raises(DatabaseError, match="only added"), transaction.atomic():
            VisitFinding.objects.filter(pk=found.pk).update(**change)
    with pytest.raises(DatabaseError, match="only added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM supervision_visitfinding WHERE id = %s", [found.pk])
    with pytest.raises(Refused, match="为什么更正"):
        correct(found, Seen("as_reported", SAW, DAY), by=world.supervision, because=" ")
    fresh = correct(
        found, Seen("as_reported", "第二处是雨水管，看错了，不是污水", DAY), by=world.office, because="看错了管线"
    )
    assert list(VisitFinding.objects.current()) == [fresh]
    item = DecidedItem.objects.get()
    assert (item.state, item.answer) == ("withdrawn", "督查情况已更正：看错了管线")
    with pytest.raises(Refused, match="最新的那一条"):
        correct(found, Seen("as_reported", SAW, DAY), by=world.office, because="再改")
    with pytest.raises(DatabaseError, match="stays so"), transaction.atomic():
        DecidedItem.objects.filter(pk=item.pk).update(state="open")


def test_who_put_a_wrong_down_does_not_take_it_back_alone(world: World) -> None:
    task = late(world)
    found = wrong(world, planned(world), task, "false")
    fresh = Seen("as_reported", "第二处是雨水管，看错了，不是污水", DAY)
    with pytest.raises(Refused, match="其他人或综合协调组更正"):
        correct(found, fresh, by=world.supervision, because="看错了管线")
    with pytest.raises(DatabaseError, match="taken back by another"), transaction.atomic():
        VisitFinding.objects.create(
            visit=found.visit, task=task, result="as_reported", text=SAW, seen_on=DAY, stood="", corrects=found,
            because="看错了管线", recorded_by=world.supervision,
        )  # fmt: skip
    milder = correct(found, Seen("slower", SAW, DAY), by=world.supervision, because="程度写重了", demand=demand(world))
    with pytest.raises(Refused, match="其他人或综合协调组更正"):
        correct(milder, fresh, by=world.supervision, because="看错了管线")
    assert DecidedItem.objects.open().count() == 1
    correct(milder, fresh, by=world.office, because="现场复核过")
    assert not DecidedItem.objects.open().exists()


def test_a_correction_keeps_the_limit_that_has_passed_and_sets_no_other_one_in_the_past(world: World) -> None:
    task = late(world)
    found = wrong(world, planned(world), task)
    first = DecidedItem.objects.get()
    with clock.pretend(at(first.due + timedelta(days=3))):
        seen = Seen("slower", f"{SAW}，写错了地名", DAY)
        with pytest.raises(Refused, match="不能早于今天"):
            again = demand(world, due=first.due + timedelta(days=1))
            correct(found, seen, by=world.supervision, because="地名写错", demand=again)
        correct(found, seen, by=world.supervision, because="地名写错", demand=demand(world, due=first.due))
    stands = DecidedItem.objects.open().get()
    assert (stands.due, stands.decided_on) == (first.due, first.decided_on)


def test_a_demand_is_withdrawn_by_a_correction_alone(world: World) -> None:
    task = late(world)
    wrong(world, planned(world), task)
    with pytest.raises(DatabaseError, match="its finding was corrected"), transaction.atomic():
        DecidedItem.objects.update(state="withdrawn", answer="不办了")
    with pytest.raises(DatabaseError, match="reported done"), transaction.atomic():
        DecidedItem.objects.update(
            state="closed", done_note="好", done_on=DAY, reported_by=world.south_liaison, closed_by=world.office,
            closed_at=clock.now(),
        )  # fmt: skip


def test_the_inspected_unit_has_its_word_once_and_changes_nothing(world: World) -> None:
    task = late(world)
    found = wrong(world, planned(world), task)
    file = Upload(ContentFile(b"%PDF-1"), "说明.pdf", "application/pdf")
    told = state(found, by=world.south_liaison, text="当天泵站检修，次日已恢复。", files=[file])
    assert (told.unit, told.files.get().finding) == (world.south_gov, found)
    with pytest.raises(Refused, match="南湖区政府已经陈述过"):
        state(found, by=world.south_liaison, text="还有话说。")
    with pytest.raises(Refused, match="牵头、责任或配合单位的联络员"):
        state(found, by=world.north_liaison, text="别人的事。")
    with pytest.raises(DatabaseError, match="only added"), transaction.atomic():
        told.__class__.objects.filter(pk=told.pk).update(text="改口")
    found.refresh_from_db()
    assert found.text == SAW


# ── demands ──────────────────────────────────────────────────────────────────
@pytest.mark.requirement("R47", "R70")
def test_a_demand_is_followed_until_who_asked_closes_it(world: World) -> None:
    task = late(world)
    wrong(world, planned(world), task)
    item = DecidedItem.objects.get()
    assert list(DecidedItem.objects.waiting_for(world.south_liaison)) == [item]
    report_done(item, by=world.south_liaison, note="三处都已封堵", done_on=DAY)
    item.refresh_from_db()
    assert list(DecidedItem.objects.waiting_for(world.supervision)) == [item]
    with pytest.raises(Refused, match="由整改督导组或临江市综合协调组办理"):
        settle(item, by=world.case, done=True)
    settle(item, by=world.supervision, done=False, answer="照片是旧的")
    assert list(DecidedItem.objects.waiting_for(world.south_liaison)) == [item]
    item.refresh_from_db()
    report_done(item, by=world.south_liaison, note="重新拍了照片", done_on=DAY)
    item.refresh_from_db()
    assert settle(item, by=world.supervision, done=True).state == "closed"


def test_a_demand_is_not_closed_by_the_unit_that_rectifies_the_task(world: World) -> None:
    task = late(world, lead=[world.city_office])
    wrong(world, planned(world, team=(world.case,)), task)
    report_done(DecidedItem.objects.get(), by=world.south_liaison, note="三处都已封堵", done_on=DAY)
    item = DecidedItem.objects.get()
    assert not DecidedItem.objects.waiting_for(world.office).exists()
    with pytest.raises(Refused, match="你的单位牵头或负责"):
        settle(item, by=world.office, done=True)
    assert list(DecidedItem.objects.waiting_for(world.supervision)) == [item]
    assert settle(item, by=world.supervision, done=True).state == "closed"


def test_a_demand_is_not_put_off_beyond_all_sense(world: World) -> None:
    task = late(world)
    with pytest.raises(Refused, match="办结期限2206-12-31离今天超过五年"):
        wrong(world, planned(world), task, demand=demand(world, due=date(2206, 12, 31)))


@pytest.mark.requirement("R47", "R70")
def test_an_open_demand_stands_between_a_task_and_its_strike_off(world: World) -> None:
    with clock.pretend(at(DAY - timedelta(days=30))):
        task = world.task()
        walk(world, task, State.IN_NOTICE)
    assert decide(STRIKE_OFF, task, world.leader)
    wrong(world, planned(world), task, "superficial")
    task.refresh_from_db()
    told = [(row.text, row.who) for row in blockers_of(task) if row.anchor == "demands"]
    assert told == [
        ("督查要求没有办结：逐个排口查清来源，封堵到位（2026-11-30前）", "由南湖区政府办好并报办结，整改督导组核实")
    ]
    assert "督查要求没有办结" in decide(STRIKE_OFF, task, world.leader).reason
    with pytest.raises(Refused, match="督查要求没有办结"):
        take(STRIKE_OFF, task, by=world.leader)
    with pytest.raises(DatabaseError, match="demanded is not closed"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('zhenggai.step', 'strike_off', true)")
        Task.objects.filter(pk=task.pk).update(state=State.STRUCK_OFF, struck_off_on=DAY)
    item = DecidedItem.objects.get()
    report_done(item, by=world.south_liaison, note="三处都已封堵", done_on=DAY)
    item.refresh_from_db()
    settle(item, by=world.office, done=True)
    assert take(STRIKE_OFF, task, by=world.leader).state == State.STRUCK_OFF


def test_a_finding_has_one_answer_of_the_database(world: World) -> None:
    task = late(world)
    visit = planned(world)
    found = wrong(world, visit, task)
    same = {"visit": visit, "task": task, "text": SAW, "seen_on": DAY, "stood": "甲", "recorded_by": world.supervision}
    with pytest.raises(IntegrityError, match="one_first_finding"), transaction.atomic():
        VisitFinding.objects.create(result="slower", **same)
    with pytest.raises(DatabaseError, match="its own work"), transaction.atomic():
        VisitFinding.objects.create(
            result="slower", corrects=found, because="甲", **(same | {"recorded_by": world.south_liaison})
        )


def test_the_database_takes_a_finding_only_of_the_visit_and_its_days(world: World) -> None:
    task, elsewhere = late(world), world.task()
    visit = planned(world)
    row: dict[str, Any] = {"visit": visit, "task": task, "result": "slower", "text": SAW, "seen_on": DAY, "stood": "甲",
                           "recorded_by": world.supervision}  # fmt: skip
    for change, words in (
        ({"task": elsewhere}, "not one of the visit"),
        ({"seen_on": DAY - timedelta(days=1)}, "since the visit began"),
        ({"seen_on": DAY + timedelta(days=1)}, "not in the future"),
        ({"recorded_by": world.south_liaison}, "its own work"),
        ({"result": "fine"}, "finding_result_is_known"),
    ):
        with pytest.raises(DatabaseError, match=words), transaction.atomic():
            VisitFinding.objects.create(**(row | change))
    with pytest.raises(DatabaseError, match="what is wrong has a demand"), transaction.atomic():
        VisitFinding.objects.create(**row)
        connection.check_constraints()
    found = wrong(world, visit, task)
    with pytest.raises(DatabaseError, match="same visit and the same task"), transaction.atomic():
        VisitFinding.objects.create(
            **(row | {"visit": planned(world, title="另一次"), "corrects": found, "because": "甲"})
        )
    with pytest.raises(DatabaseError, match="decided_item_comes_of_one"), transaction.atomic():
        DecidedItem.objects.create(position=1, text="甲", unit=world.south_gov, task=task, decided_on=DAY, due=DAY)
    taken_back = {"corrects": found, "because": "看错了", "result": "as_reported", "recorded_by": world.office}
    agreeing = VisitFinding.objects.create(**(row | taken_back))
    with pytest.raises(DatabaseError, match="something is wrong"), transaction.atomic():
        DecidedItem.objects.create(
            finding=agreeing, position=1, text="甲", unit=world.south_gov, task=task, decided_on=DAY, due=DAY
        )


def test_what_was_found_stays_with_the_visit_and_the_task_it_was_found_of(world: World) -> None:
    task, elsewhere = late(world), world.task()
    visit = planned(world)
    other = planned(world, title="另一次", team=(world.office,))
    wrong(world, visit, task)
    for table, change in (
        ("visittask", f"task_id = {elsewhere.pk}"),
        ("visittask", f"visit_id = {other.pk}, position = 9"),
        ("visittask", "reason = '领导要看'"),
        ("visitmember", f"visit_id = {other.pk}, position = 9"),
        ("visitmember", f"person_id = {world.case.pk}"),
        ("visit", f"place_id = {world.south.pk}"),
        ("visit", f"planned_by_id = {world.case.pk}"),
    ):
        of = "id" if table == "visit" else "visit_id"
        sql = f"UPDATE supervision_{table} SET {change} WHERE {of} = {visit.pk}"
        with (
            pytest.raises(DatabaseError, match="as it was planned"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
