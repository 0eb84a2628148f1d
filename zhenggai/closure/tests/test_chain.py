"""The chain is data: three shipped rulebooks and a fourth walk to the strike-off without a line of code of their own; and a
decision that lacks what its level asks for is refused, by the program and by the database."""

import tomllib
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tests.world import World, evidence
from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.closure.levels import documents_of
from zhenggai.closure.models import Application, Verdict
from zhenggai.closure.permissions import next_verdict
from zhenggai.closure.tests.test_path import NOTICE, RESULT, START, finish_measures, walk
from zhenggai.closure.tests.walking import ask_back, decider_of, lay_down, province_office, sign_next, visit, whole
from zhenggai.ledger.lifecycle import take
from zhenggai.ledger.models import Source, Task
from zhenggai.ledger.rules import chain_of
from zhenggai.ledger.states import ACCEPT, APPLY, OPEN_NOTICE, SELF_CHECK, STRIKE_OFF, State
from zhenggai.rulebook.rules import Rules
from zhenggai.rulebook.shipped import shipped

# A town of our own: a district accepts with its form and the plan's department looks before it; nothing else is written.
FOURTH = """
[[chains]]
name = "本区试行"
  [[chains.levels]]
  key = "trade"
  name = "行业把关"
  tier = "city"
  by = "industry"
  days = 7
  documents = ["监测报告"]
  [[chains.levels]]
  key = "joint"
  name = "联合验收"
  tier = "city"
  days = 12
  conditions = ["水质达标", "群众满意"]
  visit = true
  collective = true
  [[chains.levels]]
  key = "end"
  name = "审定"
  tier = "city"
  days = 3
  by = "leaders"
"""
PRACTICES: dict[str, dict[str, Any]] = {key: row["rules"] for key, row in shipped().items()} | {
    "fourth": tomllib.loads(FOURTH)
}
PASSED = {
    "county_city": ["县级验收", "市级验收", "市领导小组审核"],
    "graded_filing": ["市级初验", "省级验收", "市领导小组审核"],
    "industry": ["县级预验收", "市级验收", "行业审查", "市领导小组审核"],
    "fourth": ["行业把关", "联合验收", "审定"],
}


@pytest.fixture(autouse=True)
def on_start() -> Any:
    with clock.pretend(at(START)):
        yield


def applied(world: World, practice: str, **given: Any) -> Task:
    """A task under the rules of `practice`, applied for with the documents that they ask for."""
    rules = PRACTICES[practice]
    book = lay_down(world, rules)
    province_office(world)
    with transaction.atomic():  # a task enters with those who answer for it
        task = world.task(**given)
        task.duties.create(part="acceptance", unit=world.water, raw="市水务局")
    finish_measures(world, task)
    take(SELF_CHECK, task, by=world.south_liaison, result=RESULT, finished_on=clock.today())
    if chain_of(task, book.rules).inquiry:
        ask_back(task, world.office)
    documents = {name: evidence(f"{name}.pdf", name.encode()) for name in documents_of(task, book.rules)}
    take(APPLY, task, by=world.south_liaison, statement="", files=[evidence()], documents=documents)
    return task


@pytest.mark.requirement("R71", "R72", "R73")
@pytest.mark.parametrize("practice", sorted(PRACTICES))
def test_each_practice_walks_to_its_strike_off(world: World, practice: str) -> None:
    task = applied(world, practice)
    assert [sign_next(world, task).name for _ in PASSED[practice]] == PASSED[practice]
    task.refresh_from_db()
    assert task.state == State.REVIEWED
    take(OPEN_NOTICE, task, by=world.publicity, **NOTICE)
    with clock.pretend(at(START + timedelta(days=30))):
        assert take(STRIKE_OFF, task, by=world.leader).state == State.STRUCK_OFF


def test_the_page_of_a_verdict_names_who_decides_next(world: World, login: Any) -> None:
    task = world.task()
    walk(world, task, State.IN_ACCEPTANCE)
    page = login(world.south_acceptor).get(f"/tasks/{task.pk}/accept/").content.decode()
    assert "→ 市整改办作市级验收" in page


@pytest.mark.requirement("R66", "R78")
def test_a_complaint_piece_passes_the_chain_of_its_kind(world: World) -> None:
    task = applied(world, "county_city", source=Source.COMPLAINT)
    assert list(Verdict.objects.values_list("name", flat=True)) == ["县级验收", "市级抽核", "市领导小组审核"]
    assert Verdict.objects.get(position=1).conditions[2] == "办理情况已告知信访人"
    assert task.source == "complaint"


@pytest.mark.requirement("R67")
def test_a_long_term_task_is_struck_off_and_stays_under_yearly_watch(world: World) -> None:
    from zhenggai.ledger.yearly import open_yearly_checks

    task = applied(world, "industry", due=None, due_kind="long_term")
    while next_verdict(task):
        sign_next(world, task)
    take(OPEN_NOTICE, task, by=world.publicity, **NOTICE)
    with clock.pretend(at(START + timedelta(days=30))):
        assert take(STRIKE_OFF, task, by=world.leader).state == State.STRUCK_OFF
        for year in (2025, 2026):
            open_yearly_checks(date(year, 11, 1))
            open_yearly_checks(date(year, 11, 2))
    assert list(task.yearly_checks.order_by("year").values_list("year", flat=True)) == [2025, 2026]


def test_an_application_without_any_evidence_is_refused(world: World) -> None:
    task = world.task()
    finish_measures(world, task)
    take(SELF_CHECK, task, by=world.south_liaison, result=RESULT, finished_on=START)
    with pytest.raises(Refused, match="没有任何佐证"):
        take(APPLY, task, by=world.south_liaison, statement="", files=[])
    assert not Application.objects.exists()
    with pytest.raises(IntegrityError, match="without any evidence"), transaction.atomic():
        Application.objects.create(
            task=task,
            unit=world.south_gov,
            applied_by=world.south_liaison,
            rulebook=world.rulebook,
            digest="x",
            manifest={},
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_an_application_brings_the_documents_that_the_rules_name(world: World) -> None:
    lay_down(world, PRACTICES["industry"])
    task = world.task()
    task.duties.create(part="acceptance", unit=world.water, raw="市水务局")
    finish_measures(world, task)
    take(SELF_CHECK, task, by=world.south_liaison, result=RESULT, finished_on=START)
    with pytest.raises(Refused, match="《预验收意见》"):
        take(APPLY, task, by=world.south_liaison, statement="", files=[evidence()])


@pytest.mark.parametrize(
    ("spoil", "what_to_do"),
    [("nobody named", "“补验收单位”"), ("an office", "“补验收单位”"), ("rectifies itself", "“补督导单位”")],
)
def test_an_industry_department_that_is_missing_or_rectifies_accepts_nothing(
    world: World, spoil: str, what_to_do: str
) -> None:
    lay_down(world, PRACTICES["industry"])
    task = world.task(responsible=[world.south_gov, world.water] if spoil == "rectifies itself" else [world.south_gov])
    if spoil == "rectifies itself":
        task.duties.create(part="acceptance", unit=world.water, raw="市水务局")
    if spoil == "an office":
        task.duties.create(part="acceptance", unit=world.city_office, raw="市整改办")
    finish_measures(world, task)
    take(SELF_CHECK, task, by=world.south_liaison, result=RESULT, finished_on=START)
    with pytest.raises(Refused, match=what_to_do):
        take(APPLY, task, by=world.south_liaison, statement="", files=[], documents={"预验收意见": evidence()})


@pytest.mark.parametrize(
    ("given", "message", "in_database"),
    [
        ({"answers": []}, "验收表2项没有逐项填写", "form of 联合验收 is not filled in"),
        ({"answers": [{"meets": "yes", "note": ""}, {"meets": "no", "note": "投诉2件"}]}, "第2项不符合，不能通过",
         "a condition is not met"),
        ({"minutes": None, "met_on": None}, "会议纪要", "the minutes are missing"),
        ({"reason": " "}, "写明意见", "verdict_has_its_opinion"),
        ({"visit": False}, "还没有现场核查", "nobody has been on site"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("result", ["pass", "fail"])
def test_a_decision_without_what_its_level_needs_is_refused(
    world: World, given: dict[str, Any], message: str, in_database: str, result: str
) -> None:
    task = applied(world, "fourth")
    sign_next(world, task)
    verdict = next_verdict(task)
    assert verdict is not None
    by, spoiled = decider_of(world, verdict), dict(given)
    if spoiled.pop("visit", True):
        visit(verdict, by)
    if result == "fail" and "no" in str(given):
        assert take(ACCEPT, task, by=by, **whole(verdict, result="fail", **given)).state == State.RECTIFYING
        return
    with pytest.raises(Refused, match=message):
        take(ACCEPT, task, by=by, **whole(verdict, result=result, **spoiled))
    answers = spoiled.get("answers", [{"meets": "yes", "note": ""}] * 2)
    written = {"result": result, "reason": spoiled.get("reason", "可").strip(), "answers": answers,
               "decided_by": by, "decider_unit": by.unit, "decided_at": clock.now(), "digest": "0" * 64}  # fmt: skip
    if "minutes" not in spoiled:
        written |= {"minutes": task.applications.get().files.first().stored, "met_on": START}
    with pytest.raises(IntegrityError, match=in_database), transaction.atomic():
        Verdict.objects.filter(pk=verdict.pk).update(**written)
    assert Verdict.objects.get(pk=verdict.pk).is_open


def test_a_return_for_mending_needs_its_opinion_alone(world: World) -> None:
    task = applied(world, "fourth")
    sign_next(world, task)
    verdict = next_verdict(task)
    assert verdict is not None
    done = take(ACCEPT, task, by=world.acceptor, level=verdict.pk, result="return", reason="缺第三季度监测报告")
    assert done.state == State.SELF_CHECKED


def test_what_a_level_needs_is_laid_down_and_stays(world: World) -> None:
    """A lighter rulebook made later, or a hand in the database, makes no open level lighter."""
    task = applied(world, "fourth")
    lighter: list[tuple[int, dict[str, Any]]] = [
        (2, {"conditions": []}), (2, {"visit": False}), (2, {"collective": False}), (1, {"documents": []}),
    ]  # fmt: skip
    for position, change in lighter:
        with pytest.raises(IntegrityError, match="laid down"), transaction.atomic():
            Verdict.objects.filter(position=position).update(**change)
    assert task.applications.get().rulebook.name == "验收链"


def test_a_decision_twice_and_a_level_skipped_are_told_plainly(world: World) -> None:
    task = applied(world, "county_city")
    first, second = Verdict.objects.order_by("position")[:2]
    visit(first, world.south_acceptor)
    with pytest.raises(Stale, match="已经有人作出"):  # the city's page shows its own level before its turn
        take(ACCEPT, task, by=world.south_acceptor, **whole(second))
    with pytest.raises(Refused, match="现在轮到县级验收"):
        take(ACCEPT, task, by=world.acceptor, **whole(second))
    take(ACCEPT, task, by=world.south_acceptor, **whole(first))
    with pytest.raises(Refused, match="现在轮到市级验收"):
        take(ACCEPT, task, by=world.south_acceptor, **whole(first))


def test_rules_written_before_chains_were_data_are_still_followed() -> None:
    from zhenggai.rulebook.rules import rules_from

    levels = [{"key": "county", "name": "县级验收", "tier": "county", "days": 15}]
    old = rules_from({"levels": levels, "review_name": "县审", "review_tier": "county", "review_days": 5})
    assert [(level.name, level.by, level.days) for level in old.chains[0].levels] == [
        ("县级验收", "office", 15), ("县审", "leaders", 5),
    ]  # fmt: skip
    assert rules_from({}) == Rules()
