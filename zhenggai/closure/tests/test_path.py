"""One task from the ledger to its filing, through the steps that the buttons take; then each refusal on the way."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from tests.world import UnitFactory, World, evidence
from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.models import Entry
from zhenggai.closure.models import Verdict
from zhenggai.closure.permissions import next_verdict
from zhenggai.closure.querysets import tasks_to_file, tasks_to_strike_off
from zhenggai.ledger.blockers import blockers_of
from zhenggai.ledger.lifecycle import take
from zhenggai.ledger.models import Task
from zhenggai.ledger.states import (
    ACCEPT,
    APPLY,
    FILE,
    OPEN_NOTICE,
    REVIEW,
    SELF_CHECK,
    STRIKE_OFF,
    WITHDRAW_NOTICE,
    State,
)
from zhenggai.progress.actions import decide, submit
from zhenggai.publicity.actions import answer, object_to
from zhenggai.publicity.models import Notice
from zhenggai.rulebook.models import Rulebook
from zhenggai.rulebook.rules import Rules

RESULT = "3处排口已经改造完成，最近两次降雨均未溢流，达到整改目标。"
NOTICE = {
    "title": "南湖区人民政府关于整改情况的公示", "issuer": "南湖区人民政府",
    "contact_unit": "南湖区整改办", "contact_phone": "0000-1234567", "contact_address": "",
}  # fmt: skip
START = date(2024, 12, 2)


def finish_measures(world: World, task: Task) -> None:
    """The unit reports that every measure is done, and the office accepts the report."""
    rows = [
        {"no": number, "progress": "done", "done_on": clock.today().isoformat()}
        for number in task.measures.values_list("no", flat=True)
    ]
    report = submit(task, text="全部措施已经完成，附竣工验收材料。", measures=rows, files=[], by=world.south_liaison)
    decide(report, accept=True, by=world.office)


def walk(world: World, task: Task, until: State) -> None:
    """Take the ordinary steps until the task stands in `until`."""
    south, city = world.south_acceptor, world.acceptor
    steps: list[Any] = [
        lambda: take(SELF_CHECK, task, by=world.south_liaison, result=RESULT, finished_on=clock.today()),
        lambda: take(APPLY, task, by=world.south_liaison, statement="", files=[evidence()]),
        lambda: take(ACCEPT, task, by=south, level=level(task), result="pass", reason="符合条件"),
        lambda: take(ACCEPT, task, by=city, level=level(task), result="pass", reason="符合条件"),
        lambda: take(REVIEW, task, by=world.leader, level=level(task), result="pass", reason="符合条件"),
        lambda: take(OPEN_NOTICE, task, by=world.publicity, **NOTICE),
    ]
    finish_measures(world, task)
    for step in steps:
        task.refresh_from_db()
        if task.state == until:
            return
        step()
    task.refresh_from_db()


def pdf(name: str = "竣工.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.7 built", "application/pdf")


def level(task: Task) -> int:
    verdict = next_verdict(task)
    assert verdict is not None
    return verdict.pk


@pytest.fixture
def on_start() -> Any:
    with clock.pretend(at(START)):
        yield


@pytest.mark.requirement("R71", "R72", "R73", "R79")
def test_a_task_is_carried_to_filing(world: World, on_start: None) -> None:
    task = world.task()
    walk(world, task, State.IN_NOTICE)
    notice = Notice.objects.get()
    assert (notice.starts_on, notice.ends_on) == (START, date(2024, 12, 13))
    with clock.pretend(at(date(2024, 12, 14))):
        done = take(STRIKE_OFF, task, by=world.leader)
        assert done.struck_off_on == date(2024, 12, 14)
        done = take(FILE, task, by=world.office, sent_to="省整改办")
    task.refresh_from_db()
    assert (task.state, task.result) == (State.FILED, RESULT)
    verbs = list(Entry.objects.filter(task_id=task.pk).order_by("seq").values_list("verb", flat=True))
    assert verbs == [
        "task.entered", "report.submitted", "report.accepted", "task.self_check", "task.apply", "task.accept",
        "task.accept", "task.review", "task.open_notice", "task.strike_off", "task.file",
    ]  # fmt: skip


def test_self_check_waits_for_every_measure(world: World, on_start: None) -> None:
    task = world.task()
    with pytest.raises(Refused, match="措施1、2未完成"):
        take(SELF_CHECK, task, by=world.south_liaison, result=RESULT, finished_on=START)
    assert [blocker.text for blocker in blockers_of(task)] == [
        "措施1、2未完成", "还没有佐证", "县级验收未作出", "市级验收未作出", "市领导小组审核未作出", "还没有公示",
    ]  # fmt: skip


def test_only_the_lead_unit_applies(world: World, on_start: None) -> None:
    task = world.task()
    finish_measures(world, task)
    for person in (world.water_liaison, world.north_liaison, world.office, world.leader):
        with pytest.raises(Refused, match="牵头单位"):
            take(SELF_CHECK, task, by=person, result=RESULT, finished_on=START)


def test_without_a_lead_unit_the_responsible_unit_applies(world: World, on_start: None) -> None:
    task = world.task(lead=[])
    finish_measures(world, task)
    assert take(SELF_CHECK, task, by=world.south_liaison, result=RESULT, finished_on=START).state == State.SELF_CHECKED


@pytest.mark.requirement("R72")
def test_levels_go_from_below_upwards(world: World, on_start: None) -> None:
    task = world.task()
    walk(world, task, State.IN_ACCEPTANCE)
    with pytest.raises(Refused, match="现在轮到县级验收，由南湖区整改办作出"):
        take(ACCEPT, task, by=world.acceptor, level=level(task), result="pass", reason="符合条件")
    with pytest.raises(Refused, match="南湖区整改办"):
        take(ACCEPT, task, by=world.north_acceptor, level=level(task), result="pass", reason="符合条件")


def test_a_city_task_has_no_county_level(world: World, on_start: None) -> None:
    task = world.task(lead=[world.water], responsible=[world.water], cooperating=[])
    assert task.place == world.city
    rows = [{"no": n, "progress": "done", "done_on": START.isoformat()} for n in (1, 2)]
    decide(submit(task, text="完成", measures=rows, files=[], by=world.water_liaison), accept=True, by=world.office)
    take(SELF_CHECK, task, by=world.water_liaison, result=RESULT, finished_on=START)
    take(APPLY, task, by=world.water_liaison, statement="", files=[evidence()])
    assert list(Verdict.objects.values_list("name", flat=True)) == ["市级验收", "市领导小组审核"]


def test_the_same_person_cannot_apply_and_accept(world: World, on_start: None) -> None:
    """Even with both roles: the rule asks who applied, not what else the person is."""
    both = world.person("both", None, world.south_office)
    both.grants.create(role="liaison", unit=world.south_gov)
    both.grants.create(role="coordination", unit=world.south_office)
    task = world.task()
    finish_measures(world, task)
    both = world.fresh(both)
    take(SELF_CHECK, task, by=both, result=RESULT, finished_on=START)
    take(APPLY, task, by=both, statement="", files=[evidence()])
    with pytest.raises(Refused, match="验收的不能是提交的人和单位"):
        take(ACCEPT, task, by=world.fresh(both), level=level(task), result="pass", reason="符合条件")


def test_a_liaison_of_those_who_rectify_does_not_accept_in_the_office(world: World, on_start: None) -> None:
    """A colleague applied; the one who checked and reported wears the office's hat too."""
    two_hats = world.person("two_hats", "coordination", world.south_office)
    two_hats.grants.create(role="liaison", unit=world.south_gov)
    task = world.task()
    walk(world, task, State.IN_ACCEPTANCE)
    with pytest.raises(Refused, match="谁整改谁不能验收"):
        take(ACCEPT, task, by=world.fresh(two_hats), level=level(task), result="pass", reason="符合条件")
    assert not Verdict.objects.waiting_for(world.fresh(two_hats)).exists()


def test_a_colleague_of_the_one_who_applied_does_not_accept(world: World, on_start: None) -> None:
    """The government's liaison applies for its department; another official of the government sits in the office."""
    bureau = UnitFactory(name="南湖区水务局", tier="county", parent=world.south_gov)
    task = world.task(lead=[bureau], responsible=[bureau], cooperating=[])
    colleague = world.person("colleague", None, world.south_gov)
    colleague.grants.create(role="coordination", unit=world.south_office)
    walk(world, task, State.IN_ACCEPTANCE)
    with pytest.raises(Refused, match="申请是你单位的"):
        take(ACCEPT, task, by=world.fresh(colleague), level=level(task), result="pass", reason="符合条件")
    assert not Verdict.objects.waiting_for(world.fresh(colleague)).exists()
    assert (
        take(ACCEPT, task, by=world.south_acceptor, level=level(task), result="pass", reason="符合条件").state
        == State.IN_ACCEPTANCE
    )


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"decided_by_id": "applicant_id"}, "acceptor_is_not_applicant"),
        ({"decider_unit_id": "applicant_unit_id"}, "acceptor_unit_is_not_applicant_unit"),
        ({"unit_id": "applicant_unit_id"}, "laid down with the application"),
    ],
)
def test_the_database_refuses_an_acceptor_who_applied(
    world: World, on_start: None, change: dict[str, str], constraint: str
) -> None:
    task = world.task()
    walk(world, task, State.IN_ACCEPTANCE)
    verdict = next_verdict(task)
    assert verdict is not None
    values = {"result": "pass", "decided_by_id": world.south_acceptor.pk, "decider_unit_id": world.south_office.pk,
              "decided_at": clock.now(), "digest": "0" * 64}  # fmt: skip
    values |= {name: getattr(verdict, source) for name, source in change.items()}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Verdict.objects.filter(pk=verdict.pk).update(**values)


def test_the_database_refuses_another_applicant_on_the_verdict(world: World, on_start: None) -> None:
    """The copy of the applicant on a verdict is the application's own (a composite foreign key), and stays."""
    task = world.task()
    walk(world, task, State.IN_ACCEPTANCE)
    with pytest.raises(IntegrityError, match="laid down with the application"), transaction.atomic():
        Verdict.objects.update(applicant=world.office)
    laid_down = Verdict.objects.get(position=1)
    laid_down.pk, laid_down.position, laid_down.applicant = None, 9, world.office
    with pytest.raises(IntegrityError, match="verdict_of_its_applicant"), transaction.atomic():
        laid_down.save(force_insert=True)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_database_refuses_a_level_before_its_turn_and_a_second_decision(world: World, on_start: None) -> None:
    task = world.task()
    walk(world, task, State.IN_ACCEPTANCE)
    signed = {"result": "pass", "decided_by_id": world.acceptor.pk, "decider_unit_id": world.city_office.pk,
              "decided_at": clock.now(), "digest": "0" * 64}  # fmt: skip
    with pytest.raises(IntegrityError, match="levels are decided in order"), transaction.atomic():
        Verdict.objects.filter(position=2).update(**signed)
    take(ACCEPT, task, by=world.south_acceptor, level=level(task), result="pass", reason="符合条件")
    with pytest.raises(IntegrityError, match="signed once"), transaction.atomic():
        Verdict.objects.filter(position=1).update(result="fail", reason="改主意")


@pytest.mark.parametrize("result", ["pass", "return", "fail"])
def test_every_verdict_needs_its_opinion_in_the_database_too(world: World, on_start: None, result: str) -> None:
    task = world.task()
    walk(world, task, State.IN_ACCEPTANCE)
    with pytest.raises(Refused, match="写明意见"):
        take(ACCEPT, task, by=world.south_acceptor, level=level(task), result=result, reason=" ")
    signed = {"result": result, "decided_by": world.south_acceptor, "decider_unit": world.south_office,
              "decided_at": clock.now(), "digest": "0" * 64}  # fmt: skip
    with pytest.raises(IntegrityError, match="verdict_has_its_opinion"), transaction.atomic():
        Verdict.objects.filter(pk=level(task)).update(**signed)


@pytest.mark.parametrize(("result", "state"), [("return", State.SELF_CHECKED), ("fail", State.RECTIFYING)])
def test_a_verdict_sends_the_task_back(world: World, on_start: None, result: str, state: State) -> None:
    task = world.task()
    walk(world, task, State.IN_ACCEPTANCE)
    done = take(ACCEPT, task, by=world.south_acceptor, level=level(task), result=result, reason="东渡排口未复测")
    assert done.state == state
    assert Entry.objects.filter(task_id=task.pk).latest("seq").note.endswith("东渡排口未复测")
    if state == State.SELF_CHECKED:
        assert (
            take(APPLY, task, by=world.south_liaison, statement="已补", files=[evidence()]).state == State.IN_ACCEPTANCE
        )
    else:
        task.refresh_from_db()
        assert task.finished_on is None


@pytest.mark.requirement("R41", "R80")
def test_strike_off_waits_for_the_end_of_the_notice(world: World, on_start: None) -> None:
    task = world.task()
    walk(world, task, State.IN_NOTICE)
    with clock.pretend(at(date(2024, 12, 13), 23)), pytest.raises(Refused, match="公示期未满，到12月13日"):
        take(STRIKE_OFF, task, by=world.leader)
    with clock.pretend(at(date(2024, 12, 14))):
        assert take(STRIKE_OFF, task, by=world.leader).state == State.STRUCK_OFF


@pytest.mark.requirement("R64")
def test_an_open_objection_stops_strike_off(world: World, on_start: None) -> None:
    task = world.task()
    walk(world, task, State.IN_NOTICE)
    objection = object_to(Notice.objects.get(), text="夜里还有异味")
    assert (objection.receipt, objection.due_on) == ("YY20241202-0001", date(2024, 12, 9))
    with clock.pretend(at(date(2024, 12, 14))):
        with pytest.raises(Refused, match="异议1件未答复"):
            take(STRIKE_OFF, task, by=world.leader)
        answer(objection, finding="unfounded", text="连续两晚监测达标", by=world.office)
        assert take(STRIKE_OFF, task, by=world.leader).state == State.STRUCK_OFF


def test_an_upheld_objection_sends_the_task_back(world: World, on_start: None) -> None:
    task = world.task()
    walk(world, task, State.IN_NOTICE)
    answer(object_to(Notice.objects.get(), text="夜里还有异味"), finding="upheld", text="属实，将整改", by=world.office)
    with clock.pretend(at(date(2024, 12, 14))):
        with pytest.raises(Refused, match="异议属实"):
            take(STRIKE_OFF, task, by=world.leader)
        done = take(WITHDRAW_NOTICE, task, by=world.publicity, reason="异议属实，重新整改")
        assert done.state == State.RECTIFYING
        assert Notice.objects.get().withdrawn_reason == "异议属实，重新整改"
        with pytest.raises(Stale, match="整改中"):
            take(STRIKE_OFF, task, by=world.leader)
        take(SELF_CHECK, task, by=world.south_liaison, result=RESULT, finished_on=clock.today())
        assert take(APPLY, task, by=world.south_liaison, statement="", files=[evidence()]).state == State.IN_ACCEPTANCE


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        ("", "no public notice has ended"),
        ("objection", "an objection is open"),
        ("application", "not every level has passed"),
    ],
)
def test_the_database_refuses_a_strike_off_that_a_rule_forbids(
    world: World, on_start: None, spoil: str, message: str
) -> None:
    """Whoever writes past the program meets the database's own guard."""
    task = world.task()
    walk(world, task, State.IN_NOTICE)
    day = START + timedelta(days=1 if not spoil else 30)
    if spoil == "objection":
        object_to(Notice.objects.get(), text="夜里还有异味")
    if spoil == "application":
        task.applications.update(outcome="failed")
    with pytest.raises(IntegrityError, match=message), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('zhenggai.step', 'strike_off', true)")
        Task.objects.filter(pk=task.pk).update(state="struck_off", struck_off_on=day)


def test_who_may_not_strike_off_nor_file(world: World, on_start: None) -> None:
    task = world.task()
    walk(world, task, State.IN_NOTICE)
    with clock.pretend(at(date(2024, 12, 14))):
        for person in (world.office, world.publicity, world.south_acceptor, world.south_liaison):
            with pytest.raises(Refused, match="领导小组领导批准"):
                take(STRIKE_OFF, task, by=person)
        take(STRIKE_OFF, task, by=world.leader)
        for person in (world.south_acceptor, world.leader, world.south_liaison):
            with pytest.raises(Refused, match="市整改办"):
                take(FILE, task, by=person, sent_to="省整改办")


def test_a_leader_elsewhere_and_in_the_county_is_not_the_city_s_leader(world: World, on_start: None) -> None:
    """Two hats, each too small: a city's leader over there, a county's leader here; the same with an office's."""
    other = UnitFactory(name="别市", kind="place")
    there, office = (UnitFactory(name=name, parent=other) for name in ("别市政府", "别市整改办"))
    leader, filer = world.person("guest", "leader", there), world.person("clerk", "coordination", office)
    leader.grants.create(role="leader", unit=UnitFactory(name="市派驻南湖区专员", tier="city", parent=world.south))
    filer.grants.create(role="coordination", unit=world.south_office)
    task = world.task()
    walk(world, task, State.IN_NOTICE)
    with clock.pretend(at(date(2024, 12, 14))):
        assert not tasks_to_strike_off(world.fresh(leader), clock.today()).exists()
        with pytest.raises(Refused, match="市级领导小组领导批准"):
            take(STRIKE_OFF, task, by=world.fresh(leader))
        take(STRIKE_OFF, task, by=world.leader)
        assert not tasks_to_file(world.fresh(filer)).exists()
        with pytest.raises(Refused, match="市整改办"):
            take(FILE, task, by=world.fresh(filer), sent_to="省整改办")


def test_rules_without_a_level_for_the_task_let_nothing_out(world: World, on_start: None, login: Any) -> None:
    levels = [level for level in Rules().as_json()["chains"][0]["levels"] if level["key"] != "city"]
    county = Rules().as_json() | {"chains": [{"name": "只有县级", "levels": levels}]}
    Rulebook.objects.create(
        place=world.city, name="只有县级", effective_from=date(2016, 1, 1), data=county, approved_at=clock.now()
    )
    task = world.task(lead=[world.water], responsible=[world.water], cooperating=[], measures=[])
    take(SELF_CHECK, task, by=world.water_liaison, result=RESULT, finished_on=START)
    client, address = login(world.water_liaison), f"/tasks/{task.pk}/apply/"
    sent = {"statement": "", "evidence": pdf(), "seen": client.get(address).context["seen"]}
    assert "没有规定临江市的任务由哪一级验收" in client.post(address, sent).content.decode()


def test_a_page_that_is_older_than_the_record_is_refused(world: World, on_start: None) -> None:
    task = world.task()
    finish_measures(world, task)
    seen = Task.objects.get(pk=task.pk).version
    take(SELF_CHECK, task, by=world.south_liaison, seen=seen, result=RESULT, finished_on=START)
    with pytest.raises(Stale, match="已经变了"):
        take(APPLY, task, by=world.south_liaison, seen=seen, statement="", files=[evidence()])
