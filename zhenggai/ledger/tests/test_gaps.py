"""From a failing back to the rule that let it happen, and the rule mended: what works, and each refusal."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from tests.world import World, evidence
from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.models import Entry
from zhenggai.closure.querysets import tasks_to_apply_for
from zhenggai.closure.tests.test_path import finish_measures, walk
from zhenggai.closure.tests.walking import lay_down
from zhenggai.ledger.blockers import blockers_of
from zhenggai.ledger.gaps import Found, Mended, correct, decide, drop, find_gap, find_none, hand_in, lead_to
from zhenggai.ledger.lifecycle import take
from zhenggai.ledger.models import Gap, Inquiry, Remedy, Task
from zhenggai.ledger.states import APPLY, SELF_CHECK, State
from zhenggai.rulebook.rules import Rules

TODAY = date(2026, 11, 22)
DUE = date(2027, 3, 31)
HOW = "没有人负责巡查，排口溢流半年没有人发现。"


@pytest.fixture(autouse=True)
def on_the_day() -> object:
    with clock.pretend(at(TODAY)):
        yield


def found(world: World, **given: Any) -> Found:
    usual: dict[str, Any] = {
        "unit": world.south_gov, "rule": "南湖区排水管理办法", "number": "南政发〔2019〕3号", "kind": "unclear",
        "wrong": "没有写明雨水排口由谁巡查、多久巡查一次。", "way": "revise", "todo": "修订办法，写明巡查单位和次数", "due": DUE,
    }  # fmt: skip
    return Found(**usual | given)


def gap_of(world: World, *tasks: Task, by: Person | None = None, **given: Any) -> Gap:
    return find_gap(tasks or [world.task()], found(world, **given), how=HOW, by=by or world.office)


def mended(**given: Any) -> Mended:
    usual: dict[str, Any] = {
        "name": "南湖区排水管理办法（修订）", "number": "南政发〔2026〕12号", "issued_by": "南湖区人民政府",
        "effective_on": TODAY, "note": "第九条写明由区住建局每周巡查一次。", "file": evidence("办法.pdf"),
    }  # fmt: skip
    return Mended(**usual | given)


def state_of(gap: Gap, on: date = TODAY) -> str:
    return str(Gap.objects.with_state(on).get(pk=gap.pk).state)


@pytest.mark.requirement("R63")
def test_a_failing_is_led_back_to_a_rule_and_the_rule_is_mended(world: World) -> None:
    first, second = world.task(), world.task()
    gap = gap_of(world, first, second)
    assert state_of(gap) == "open"
    assert [row.gap for task in (first, second) for row in task.inquiries.all()] == [gap, gap]
    remedy = hand_in(gap, mended(), by=world.south_liaison)
    with remedy.file.open() as file:
        assert (state_of(gap), file.read()) == ("handed_in", b"%PDF-1.7 evidence")
    decide(remedy, confirm=True, reason="核对第九条，已写明巡查单位和次数", by=world.office)
    assert state_of(gap) == "mended"
    told = Entry.objects.filter(task_id=second.pk).order_by("seq").values_list("verb", flat=True)
    assert list(told)[-3:] == ["gap.found", "gap.handed_in", "gap.confirmed"]


def test_the_same_rule_explains_a_further_task(world: World) -> None:
    gap, later = gap_of(world), world.task()
    lead_to(gap, [later], how=HOW, by=world.south_liaison)
    assert gap.inquiries.count() == 2
    with pytest.raises(Refused, match="已经对应制度缺陷"):
        lead_to(gap, [later], how=HOW, by=world.office)


def test_what_does_not_exist_is_made(world: World) -> None:
    gap = gap_of(world, kind="missing", rule="", number="", way="make")
    assert gap.rule_words == "没有这样的制度"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"kind": "missing"}, "“哪项制度”要空着"),
        ({"kind": "outdated", "rule": "", "number": ""}, "要写明是哪项制度"),
        ({"rule": "", "number": ""}, "只能“制定”"),
        ({"rule": "", "way": "make"}, "没有文号"),
        ({"kind": "other"}, "选择是哪一种缺陷"),
        ({"way": "wait"}, "怎样补"),
        ({"wrong": "不好"}, "写明错在哪里"),
        ({"todo": "修订"}, "写明要做什么"),
        ({"due": TODAY}, "今天之后"),
        ({"due": date(2040, 1, 1)}, "五年之内"),
    ],
)
def test_a_gap_that_contradicts_itself_is_refused(world: World, given: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why):
        gap_of(world, **given)
    assert not Gap.objects.exists()


def test_a_gap_is_found_by_who_may_and_charged_to_who_is_in_reach(world: World) -> None:
    task = world.task()
    assert gap_of(world, task, by=world.south_liaison).entered_by == world.south_liaison
    for by, unit, why in (
        (world.water_liaison, world.water, "由综合协调组、案件查办组、督导组或牵头单位倒查"),
        (world.south_liaison, world.water, "市水务局不在你的范围内，请上一级登记"),
        (world.south_acceptor, world.water, "市水务局不在你的范围内"),
    ):
        with pytest.raises(Refused, match=why):
            gap_of(world, task, by=by, unit=unit, wrong="另一处没有写明的巡查责任在哪里。")
    with pytest.raises(Refused, match="不在你的范围内"):
        gap_of(world, task, by=world.north_liaison, unit=world.north_gov)
    with pytest.raises(Refused, match="没有重复登记"):
        gap_of(world, task)


def test_that_there_is_none_is_an_answer_too_but_not_of_the_unit_itself(world: World) -> None:
    task = world.task()
    why = "查了排水管理办法等三项，规定清楚、有人执行，问题是管道突然破裂造成的。"
    with pytest.raises(Refused, match="责任单位自己不能认定"):
        find_none(task, why=why, by=world.south_liaison)
    with pytest.raises(Refused, match="至少20个字"):
        find_none(task, why="没有", by=world.case)
    made = find_none(task, why=why, by=world.case)
    with pytest.raises(Refused, match="已经有“没有查出制度缺陷”的结论"):
        find_none(task, why=why, by=world.office)
    gap = gap_of(world, task)
    made.refresh_from_db()
    assert made.dropped_why == f"后来查出{gap}"
    with pytest.raises(Refused, match=f"已经对应{gap}"):
        find_none(task, why=why, by=world.office)


def test_an_answer_is_dropped_with_a_reason_and_stays(world: World) -> None:
    task = world.task()
    gap = gap_of(world, task)
    row = gap.inquiries.get()
    with pytest.raises(Refused, match="由综合协调组、案件查办组或督导组取消"):
        drop(row, why="对应错了，不是这项", by=world.south_liaison)
    with pytest.raises(Refused, match="写明为什么取消"):
        drop(row, why="错", by=world.office)
    drop(row, why="对应错了，不是这项", by=world.office)
    assert (state_of(gap), Inquiry.objects.get().dropped_by) == ("unlinked", world.office)
    with pytest.raises(Stale):
        drop(row, why="对应错了，不是这项", by=world.office)
    with pytest.raises(Refused, match="没有任务对应"):
        hand_in(gap, mended(), by=world.south_liaison)
    lead_to(gap, [task], how=HOW, by=world.office)
    assert state_of(gap) == "open"


def test_a_task_that_has_gone_on_keeps_an_answer(world: World) -> None:
    task = world.task()
    row = gap_of(world, task).inquiries.get()
    walk(world, task, State.IN_ACCEPTANCE)
    with pytest.raises(Refused, match="倒查不能没有结论"):
        drop(row, why="对应错了，不是这项", by=world.office)


def test_a_correction_leaves_what_stood_before(world: World) -> None:
    gap = gap_of(world)
    done = correct(gap, found(world, due=date(2027, 6, 30)), reason="办法要先征求意见", seen=1, by=world.office)
    entry = Entry.objects.get(verb="gap.corrected")
    assert (done.due, done.version) == (date(2027, 6, 30), 2)
    assert (entry.before, entry.after, entry.note) == (
        {"期限": "2027-03-31"}, {"期限": "2027-06-30"}, "办法要先征求意见",
    )  # fmt: skip
    for given, why in (
        ({"seen": 1}, "请看过现在的内容"),
        ({"by": world.south_liaison}, "由南湖区政府所在地的"),
        ({"reason": "改"}, "写明为什么更正"),
        ({"found": found(world, due=date(2027, 6, 30))}, "没有改动"),
        ({"found": found(world, unit=world.north_gov), "by": world.south_acceptor}, "不在你的范围内"),
    ):
        usual: dict[str, Any] = {"found": found(world), "reason": "恢复原来的期限", "seen": 2, "by": world.office}
        usual |= given
        with pytest.raises(Refused, match=why):
            correct(gap, usual.pop("found"), **usual)
    hand_in(gap, mended(), by=world.south_liaison)
    with pytest.raises(Refused, match="缺陷的内容不能再改"):
        correct(gap, found(world), reason="恢复原来的期限", seen=2, by=world.office)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"number": " "}, "没有文号的写“无文号”"),
        ({"note": "改了"}, "写明怎样堵住缺陷"),
        ({"effective_on": date(2036, 1, 1)}, "超过五年"),
    ],
)
def test_a_remedy_names_the_rule(world: World, given: dict[str, Any], why: str) -> None:
    gap = gap_of(world)
    with pytest.raises(Refused, match=why):
        hand_in(gap, mended(**given), by=world.south_liaison)
    assert not Remedy.objects.exists()


def test_a_remedy_comes_from_the_unit_charged_once_at_a_time(world: World) -> None:
    gap = gap_of(world)
    for by in (world.north_liaison, world.water_liaison, world.leader):
        with pytest.raises(Refused, match="由南湖区政府的联络员或当地综合协调组报"):
            hand_in(gap, mended(), by=by)
    hand_in(gap, mended(), by=world.south_liaison)
    with pytest.raises(Refused, match="等确认"):
        hand_in(gap, mended(), by=world.south_liaison)


def test_who_did_it_does_not_confirm_it(world: World) -> None:
    gap = gap_of(world)
    remedy = hand_in(gap, mended(), by=world.south_acceptor)
    for by, why in (
        (world.south_acceptor, "由另一个人确认"),
        (world.south_liaison, "由南湖区政府所在地的综合协调组"),
        (world.north_acceptor, "由南湖区政府所在地的综合协调组"),
    ):
        with pytest.raises(Refused, match=why):
            decide(remedy, confirm=True, reason="核对第九条，已写明", by=by)
    with pytest.raises(Refused, match="写明核对了什么"):
        decide(remedy, confirm=True, reason="好", by=world.supervision)
    decide(remedy, confirm=False, reason="没有写多久巡查一次", by=world.supervision)
    assert state_of(gap) == "open"
    with pytest.raises(Stale):
        decide(remedy, confirm=True, reason="核对第九条，已写明", by=world.office)
    again = hand_in(gap, mended(), by=world.south_acceptor)
    decide(again, confirm=True, reason="核对第九条，已写明", by=world.office)
    assert (state_of(gap), gap.remedies.count()) == ("mended", 2)
    with pytest.raises(Refused, match="已经补上并确认"):
        hand_in(gap, mended(), by=world.south_acceptor)


def test_a_rule_is_confirmed_once_it_is_in_force(world: World) -> None:
    gap = gap_of(world)
    remedy = hand_in(gap, mended(effective_on=date(2027, 1, 1)), by=world.south_liaison)
    with pytest.raises(Refused, match="2027-01-01才施行"):
        decide(remedy, confirm=True, reason="核对第九条，已写明", by=world.office)
    assert not Remedy.objects.waiting_for(world.office, TODAY).exists()
    with clock.pretend(at(date(2027, 1, 1))):
        decide(remedy, confirm=True, reason="核对第九条，已写明", by=world.office)


def test_a_gap_is_late_until_something_is_handed_in(world: World) -> None:
    gap = gap_of(world)
    assert state_of(gap, DUE + timedelta(days=1)) == "late"
    hand_in(gap, mended(), by=world.south_liaison)
    assert state_of(gap, DUE + timedelta(days=1)) == "handed_in"


def test_a_rule_that_comes_into_force_years_later_hides_no_gap(world: World) -> None:
    gap = gap_of(world)
    remedy = hand_in(gap, mended(effective_on=date(2031, 1, 1)), by=world.south_liaison)
    assert state_of(gap) == "handed_in"
    assert state_of(gap, DUE + timedelta(days=1)) == "late"
    decide(remedy, confirm=False, reason="五年以后才施行，不能补上", by=world.office)
    assert state_of(gap) == "open"


# ── before one applies ───────────────────────────────────────────────────────
def asking(world: World) -> None:
    rules = Rules().as_json()
    lay_down(world, rules | {"chains": [rules["chains"][0] | {"inquiry": True}]})


def ready(world: World) -> Task:
    task = world.task()
    finish_measures(world, task)
    take(SELF_CHECK, task, by=world.south_liaison, result="排口已全部改造，经自查不再溢流。", finished_on=TODAY)
    return task


def test_where_the_rulebook_asks_nobody_applies_without_an_answer(world: World) -> None:
    asking(world)
    task = ready(world)
    assert [(row.text, row.anchor) for row in blockers_of(task) if row.step == APPLY] == [
        ("还没有倒查制度缺陷", "gaps")
    ]
    with pytest.raises(Refused, match="还没有倒查制度缺陷，由牵头单位"):
        take(APPLY, task, by=world.south_liaison, statement="", files=[evidence()])
    assert not tasks_to_apply_for(world.south_liaison).exists()
    find_none(task, why="查了排水管理办法等三项，规定清楚，是管道突然破裂造成的。", by=world.office)
    assert tasks_to_apply_for(world.south_liaison).get() == task
    assert take(APPLY, Task.objects.get(pk=task.pk), by=world.south_liaison, statement="", files=[evidence()])


@pytest.mark.parametrize(
    ("chain", "asked"),
    [
        ({"sources": ["complaint"]}, False), ({"sources": ["feedback"]}, True), ({"inspections": ["central"]}, False),
        ({"inspections": ["provincial"]}, True), ({"terms": ["long_term"]}, False), ({"terms": ["dated"]}, True),
    ],
)  # fmt: skip
def test_queue_and_permission_ask_the_same_kinds_of_task(world: World, chain: dict[str, Any], asked: bool) -> None:
    usual = Rules().as_json()["chains"][0]
    chains = [usual | {"name": "要倒查的", "inquiry": True} | chain, usual]
    lay_down(world, Rules().as_json() | {"chains": chains})
    task = ready(world)
    assert any(row.anchor == "gaps" for row in blockers_of(task)) == asked
    assert tasks_to_apply_for(world.south_liaison).exists() != asked


def test_the_database_too_refuses_an_application_without_an_answer(world: World, monkeypatch: Any) -> None:
    asking(world)
    task = ready(world)
    monkeypatch.setattr("zhenggai.ledger.gaps.BEFORE_APPLYING", ())
    with pytest.raises(DatabaseError, match="nobody has asked which rule"), transaction.atomic():
        take(APPLY, task, by=world.south_liaison, statement="", files=[evidence()])


def test_a_rulebook_that_says_nothing_asks_for_nothing(world: World) -> None:
    task = ready(world)
    assert tasks_to_apply_for(world.south_liaison).get() == task
    assert not [row for row in blockers_of(task) if row.step == APPLY]
    assert take(APPLY, task, by=world.south_liaison, statement="", files=[evidence()])


# ── what the database refuses ────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE ledger_gap SET due = due + 30", "is mended and stays"),
        ("DELETE FROM ledger_gap", "as they were written"),
        ("UPDATE ledger_inquiry SET how = '别的'", "as they were written"),
        ("UPDATE ledger_inquiry SET dropped_at = now()", "dropped_inquiry_says_who_and_why"),
        ("DELETE FROM ledger_inquiry", "as they were written"),
        ("UPDATE ledger_remedy SET name = '别的'", "as they were written"),
        ("DELETE FROM ledger_remedy", "as they were written"),
        ("UPDATE ledger_remedy SET confirmed = true, decided_by_id = by_id, decided_on = \"on\", reason = '好'",
         "remedy_decided_by_another"),
        ("UPDATE ledger_remedy SET confirmed = true, decided_by_id = by_id + 1, decided_on = \"on\", reason = '好',"
         " effective_on = effective_on + 9", "as they were written"),
        ("INSERT INTO ledger_inquiry (task_id, how, by_id, at, dropped_why)"
         " SELECT task_id, '没有', by_id, now(), '' FROM ledger_inquiry", "leads to a gap and to none"),
        ("INSERT INTO ledger_remedy (gap_id, name, number, issued_by, effective_on, file_id, file_name, note, by_id, \"on\","
         " confirmed, decided_by_id, decided_on, reason) SELECT gap_id, name, number, issued_by, effective_on, file_id,"
         " file_name, note, by_id, \"on\", true, by_id + 1, \"on\", '好' FROM ledger_remedy", "handed in first"),
    ],
)  # fmt: skip
def test_the_database_keeps_what_was_said(world: World, statement: str, why: str) -> None:
    hand_in(gap_of(world), mended(), by=world.south_liaison)
    connection.check_constraints()
    with pytest.raises(DatabaseError, match=why), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"due": date(2028, 1, 1)}, "without a row on the audit trail"),
        ({"kind": "missing"}, "gap_names_the_rule_that_exists"),
        ({"entered_at": at(date(2020, 1, 1))}, "as they were written"),
    ],
)
def test_a_gap_changes_only_with_its_row_on_the_trail(world: World, given: dict[str, Any], why: str) -> None:
    gap = gap_of(world)
    connection.check_constraints()
    with pytest.raises(DatabaseError, match=why), transaction.atomic():
        Gap.objects.filter(pk=gap.pk).update(**given)
        connection.check_constraints()
