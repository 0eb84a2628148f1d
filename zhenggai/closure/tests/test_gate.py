"""What still blocks a strike-off is listed, each with who must do what; what changed after acceptance blocks until it was
looked at; an override has its rule, its name and its reason, for ever."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from tests.world import World, alter_measure
from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.models import Entry
from zhenggai.closure.gate import fine, settle, waive
from zhenggai.closure.models import Look, StrikeOff, Waiver
from zhenggai.closure.permissions import next_verdict
from zhenggai.closure.seen import changes_of, look
from zhenggai.closure.tests.test_path import NOTICE, START, level, walk
from zhenggai.closure.tests.walking import lay_down
from zhenggai.core.reading import clean, read
from zhenggai.documents.actions import keep_bytes
from zhenggai.documents.models import FileAlarm
from zhenggai.ledger.blockers import blockers_of
from zhenggai.ledger.lifecycle import decide, take
from zhenggai.ledger.models import Task
from zhenggai.ledger.states import ACCEPT, FILE, OPEN_NOTICE, STRIKE_OFF, State
from zhenggai.ledger.sweeps import ask_sweep
from zhenggai.publicity.actions import publish_plan
from zhenggai.publicity.models import PublishedTask

AFTER = START + timedelta(days=30)
FINE: dict[str, Any] = {
    "fined": "某某公司",
    "number": "临环罚〔2024〕7号",
    "amount": Decimal("12.5"),
    "imposed_on": START,
}
WHY = "法院已受理强制执行，由区生态环境局跟踪"


@pytest.fixture(autouse=True)
def on_start() -> Iterator[None]:
    with clock.pretend(at(START)):
        yield


def texts(task: Task) -> list[str]:
    return [f"{row.text}——{row.who}" for row in blockers_of(Task.objects.get(pk=task.pk))]


@pytest.mark.requirement("R05", "R35", "R71")
def test_the_page_lists_what_still_blocks_and_who_must_do_what(world: World, login: Any) -> None:
    task = world.task()
    lower = world.task()
    Task.objects.filter(pk=lower.pk).update(upper=task)
    ask_sweep(task, what="排查雨天溢流的排口", units=[world.north_gov], due_on=date(2024, 12, 20), by=world.office)
    fine(task, by=world.office, **FINE)
    page = login(world.leader).get(f"/tasks/{task.pk}/").content.decode()
    for words in (
        "措施1、2未完成", "举一反三排查还没有回报：北塘区政府", "罚款未缴清：某某公司，临环罚〔2024〕7号，12.5万元",
        f"分解的任务{lower.number}还没有销号", "还没有佐证", "县级验收未作出", "申请后由南湖区整改办在15个工作日内作出",
        "市领导小组审核未作出", "还没有公示", "还差9项才能销号",
    ):  # fmt: skip
        assert words in page
    assert "放行…" not in page  # this rulebook lets nobody override


def test_a_level_that_asks_for_a_visit_says_so_until_somebody_went(world: World) -> None:
    levels = [
        {"key": "county", "name": "县级验收", "tier": "county", "days": 15, "visit": True},
        {"key": "review", "name": "审核", "tier": "city", "days": 10, "by": "leaders"},
    ]
    lay_down(world, {"chains": [{"name": "一般任务", "levels": levels}]})
    task = world.task()
    walk(world, task, State.IN_ACCEPTANCE)
    assert "县级验收要的现场核查还没有做——由南湖区整改办到现场核查" in texts(task)


@pytest.mark.parametrize("person", ["office", "south_liaison", "leader"])
def test_a_fine_blocks_until_it_is_paid_and_no_rule_allows_an_override(world: World, person: str) -> None:
    task = world.task()
    penalty = fine(task, by=world.office, **FINE)
    with pytest.raises(Refused, match="已经登记过"):
        fine(task, by=world.office, **FINE)
    with pytest.raises(Refused):
        waive(task, "penalties", reason=WHY, by=getattr(world, person))
    walk(world, task, State.IN_NOTICE)
    with clock.pretend(at(AFTER)):
        with pytest.raises(Refused, match="罚款未缴清"):
            take(STRIKE_OFF, task, by=world.leader)
        with pytest.raises(IntegrityError, match="conditions are missing: penalties"), transaction.atomic():
            force_strike_off(task)
        settle(penalty, paid_on=AFTER, receipt="0012345", by=world.case)
        with pytest.raises(Stale, match="已经记为"):
            settle(penalty, paid_on=AFTER, receipt="0012345", by=world.case)
        assert take(STRIKE_OFF, task, by=world.leader).state == State.STRUCK_OFF
    with pytest.raises(IntegrityError, match="a fine stays"), transaction.atomic():
        task.penalties.update(amount=1)


def force_strike_off(task: Task) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('zhenggai.step', 'strike_off', true)")
        Task.objects.filter(pk=task.pk).update(state="struck_off", struck_off_on=clock.today())


def test_a_named_override_where_the_rules_allow_it_stays_visible_for_ever(world: World, login: Any) -> None:
    lay_down(world, {"overridable": ["penalties"]})
    task = world.task()
    fine(task, by=world.office, **FINE)
    walk(world, task, State.IN_NOTICE)
    address = f"/tasks/{task.pk}/waive/penalties/"
    with clock.pretend(at(AFTER)):
        for person in (world.office, world.south_liaison, world.publicity):
            with pytest.raises(Refused, match="领导小组领导批准"):
                waive(task, "penalties", reason=WHY, by=person)
        with pytest.raises(Refused, match="没有规定"):
            waive(task, "targets", reason=WHY, by=world.leader)
        assert login(world.leader).post(address, {"reason": "先销了"}).status_code == 422
        assert login(world.leader).post(address, {"reason": WHY}).status_code == 302
        take(STRIKE_OFF, task, by=world.leader)
    assert (
        Entry.objects.get(verb="closure.waived").note
        == f"罚款未缴清：某某公司，临环罚〔2024〕7号，12.5万元。理由：{WHY}"
    )
    page = login(world.south_liaison).get(f"/tasks/{task.pk}/").content.decode()
    assert WHY in page
    assert "放行的条件" in page
    stored = StrikeOff.objects.get().paper
    assert stored is not None
    with stored.open() as content:
        paper = clean(read(content.read(), "x.docx")).text
    assert WHY in paper
    assert "谁验收、谁负责" in paper
    assert str(world.south_acceptor) in paper
    for change in (lambda: Waiver.objects.update(reason="别的"), lambda: Waiver.objects.all().delete()):
        with pytest.raises(IntegrityError, match="only added"), transaction.atomic():
            change()


def test_the_public_reads_what_was_let_pass_by_which_office_and_why(world: World) -> None:
    lay_down(world, {"overridable": ["penalties"]})
    task = world.task()
    assert world.plan is not None
    publish_plan(world.plan, by=world.publicity)
    fine(task, by=world.office, **FINE)
    for leak in ("请打13900001234问", "业主王小明答应缴"):
        with pytest.raises(Refused, match="理由会在公开网站上显示"):
            waive(task, "penalties", reason=f"{WHY}{leak}。", by=world.leader)
    assert not Waiver.objects.exists()
    waive(task, "penalties", reason=WHY, by=world.leader)
    address = f"/public/tasks/{task.pk}/"
    page = Client().get(address).content.decode()
    for words in ("放行的条件", "罚款未缴清", f"由{world.leader.unit}领导放行", WHY, "放行“罚款未缴清”"):
        assert words in page
    assert "某某公司" not in page
    assert str(world.leader) not in page
    assert WHY in Client().get("/public/data/tasks.csv").content.decode()
    versions = PublishedTask.objects.get(task=task).versions.count()
    publish_plan(world.plan, by=world.publicity)
    assert PublishedTask.objects.get(task=task).versions.count() == versions == 2


def test_of_a_reason_that_is_not_for_the_public_it_reads_that_there_is_one(world: World) -> None:
    task, book = world.task(), lay_down(world, {"overridable": ["penalties"]})
    Waiver.objects.create(
        task=task,
        condition="penalties",
        missing="x",
        reason="户主王小明有难处，年底前缴清",
        rulebook=book,
        by=world.leader,
    )
    assert world.plan is not None
    publish_plan(world.plan, by=world.publicity)
    page = Client().get(f"/public/tasks/{task.pk}/").content.decode()
    assert "没有公开；理由全文在内部留存" in page
    assert "王小明" not in page


def test_the_database_knows_what_no_rulebook_lets_pass(world: World) -> None:
    task = world.task()
    given: dict[str, Any] = {
        "task": task,
        "missing": "x",
        "reason": WHY,
        "by": world.leader,
        "rulebook": world.rulebook,
    }
    with pytest.raises(IntegrityError, match="lets nobody override"), transaction.atomic():
        Waiver.objects.create(condition="targets", **given)
    with pytest.raises(IntegrityError, match="waived_condition_is_known"), transaction.atomic():
        Waiver.objects.create(condition="notice", **given | {"rulebook": lay_down(world, {"overridable": ["notice"]})})


# ── a verdict is bound to what was seen ───────────────────────────────────────────────────────────────────────────
def changed_behind(task: Task) -> None:
    """A measure's words differ from what the acceptors saw, and a file more lies there."""
    alter_measure(task, 1, text="完成排查（含支流）")
    stored = keep_bytes(b"%PDF-late", media_type="application/pdf")
    task.applications.get(outcome__in=["open", "passed"]).files.create(stored=stored, name="后补.pdf")


@pytest.mark.requirement("R05", "R72")
@pytest.mark.parametrize(("state", "step"), [(State.REVIEWED, OPEN_NOTICE), (State.IN_NOTICE, STRIKE_OFF)])
def test_what_changed_after_acceptance_blocks_until_who_accepted_has_looked(
    world: World, login: Any, state: State, step: Any
) -> None:
    task = world.task()
    walk(world, task, state)
    actor: Person = world.publicity if step is OPEN_NOTICE else world.leader
    given = NOTICE if step is OPEN_NOTICE else {}
    changed_behind(task)
    page = login(world.acceptor).get(f"/tasks/{task.pk}/").content.decode()
    for words in ("验收之后变了什么", "完成排查（已完成", "完成排查（含支流）（已完成", "后补.pdf", "看过变化"):
        assert words in page
    with clock.pretend(at(AFTER)):
        with pytest.raises(Refused, match=r"验收后有变：“措施1”改过、“后补\.pdf”新加，由市整改办看过变化"):
            take(step, task, by=actor, **given)
        for person in (world.south_liaison, world.leader, world.south_acceptor, world.publicity):
            with pytest.raises(Refused):
                look(task, note="不影响结论，支流另有台账", by=person)
        made = look(task, note="不影响结论，支流另有台账", by=world.acceptor)
        assert [row["what"] for row in made.changes] == ["措施1", "后补.pdf"]
        assert changes_of(task) == []
        alter_measure(task, 2, text="又改了")
        with pytest.raises(Refused, match="“措施2”改过"):
            take(step, task, by=actor, **given)
        look(task, note="措施2是错别字，不影响结论", by=world.acceptor)
        take(step, task, by=actor, **given)
    with pytest.raises(IntegrityError, match="only added"), transaction.atomic():
        Look.objects.update(note="没看")


def test_a_filing_waits_for_the_look_too(world: World) -> None:
    task = world.task()
    walk(world, task, State.IN_NOTICE)
    with clock.pretend(at(AFTER)):
        take(STRIKE_OFF, task, by=world.leader)
        changed_behind(task)
        assert "验收后有变" in decide(FILE, Task.objects.get(pk=task.pk), world.office).reason
        look(task, note="销号后补的照片，不影响结论", by=world.acceptor)
        assert take(FILE, task, by=world.office, sent_to="省整改办").state == State.FILED


def test_the_next_level_signs_only_after_a_look_and_says_what_it_looked_at(world: World) -> None:
    task = world.task()
    walk(world, task, State.IN_ACCEPTANCE)
    take(ACCEPT, task, by=world.south_acceptor, level=level(task), result="pass", reason="符合条件")
    changed_behind(task)
    given: dict[str, Any] = {"level": level(task), "result": "pass", "reason": "符合条件"}
    with pytest.raises(Refused, match="请先看过变化"):
        take(ACCEPT, task, by=world.acceptor, **given)
    verdict = next_verdict(task)
    take(ACCEPT, task, by=world.acceptor, looked=True, **given)
    assert verdict is not None
    verdict.refresh_from_db()
    assert [(row["kind"], row["what"]) for row in verdict.changes] == [("改", "措施1"), ("加", "后补.pdf")]


@pytest.mark.requirement("R05")
def test_a_file_changed_after_acceptance_stops_the_strike_off(world: World) -> None:
    """The bytes in the storage are not those that were accepted: the alarm of the files' check blocks."""
    task = world.task()
    walk(world, task, State.IN_NOTICE)
    stored = task.applications.get().files.get().stored
    alarm = FileAlarm.objects.create(stored=stored, kind="changed", detail="摘要不同")
    with clock.pretend(at(AFTER)):
        with pytest.raises(Refused, match="内容和收到时不同，谁有原件谁重新上传"):
            take(STRIKE_OFF, task, by=world.leader)
        FileAlarm.objects.filter(pk=alarm.pk).update(mended_at=clock.now())
        assert take(STRIKE_OFF, task, by=world.leader).state == State.STRUCK_OFF
