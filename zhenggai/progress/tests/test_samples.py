"""Values of targets and steps inside measures, told in the month's report and carried into the ledger when it is accepted."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from tests.world import World
from zhenggai.accounts.actions import end_grant
from zhenggai.accounts.decisions import Refused
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.models import Entry
from zhenggai.ledger.actions import NewMeasure
from zhenggai.ledger.models import Milestone, Sample, Target, Task
from zhenggai.ledger.targets import Reading, set_target, take_sample
from zhenggai.progress.actions import decide
from zhenggai.progress.models import Report

TODAY = date(2026, 11, 12)


@pytest.fixture(autouse=True)
def on_the_day() -> object:
    with clock.pretend(at(TODAY)):
        yield


@pytest.fixture
def task(world: World) -> Task:
    with clock.pretend(at(date(2026, 1, 5))):
        return world.task(measures=[NewMeasure(1, "建泵站", None, [("完成设计", date(2026, 10, 31)), ("建成", TODAY)])])


@pytest.fixture
def target(world: World, task: Task) -> Target:
    return set_target(task, by=world.office, what="处理率", unit="%", goal=Decimal(90), starts_on=date(2026, 1, 5))


def sent(world: World, task: Task, **given: Any) -> Any:
    client = Client()
    client.force_login(world.south_liaison)
    usual = {"text": "设计已经批复，泵站主体施工过半，下月安装设备。", "measure_1": "doing"}
    return client.post(f"/tasks/{task.pk}/report/", usual | given)


def test_a_report_carries_values_and_steps_into_the_ledger_once_accepted(
    world: World, task: Task, target: Target
) -> None:
    sent(world, task, **{f"value_{target.pk}": "75.5", f"on_{target.pk}": "2026-11-10", "stone_1_1": "2026-10-28"})
    report = Report.objects.get()
    assert report.samples[0]["value"] == "75.5"
    assert not Sample.objects.exists()
    decide(report, accept=True, by=world.office)
    sample = Sample.objects.get()
    assert (sample.on, sample.value, sample.by) == (date(2026, 11, 10), Decimal("75.5"), world.south_liaison)
    entered = Entry.objects.get(verb="sample.taken")
    assert entered.actor_name == world.office.name, "who accepted it put it into the ledger"
    assert world.south_liaison.name in entered.note
    assert Milestone.objects.get(no=1).done_on == date(2026, 10, 28)
    assert Milestone.objects.get(no=2).done_on is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"value": "175"}, "超出可能的范围"),
        ({"value": "70", "on": "2026-11-13"}, "在今天之后"),
        ({"value": "70", "on": "2026-10-31"}, "2026-10-31已填报60%"),
        ({"stone": "2026-11-30"}, "节点1的完成日期不能晚于今天"),
        ({"measure_1": "done", "done_1": "2026-11-11"}, "节点1还没有完成日期"),
        ({"value": "70", "nil": "on"}, "报了无进展"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_nothing_is_sent(
    world: World, task: Task, target: Target, given: dict[str, str], said: str
) -> None:
    take_sample(target, Reading(date(2026, 10, 31), Decimal(60)), by=world.south_liaison)
    names = {"value": f"value_{target.pk}", "on": f"on_{target.pk}", "stone": "stone_1_1"}
    answer = sent(world, task, **{names.get(name, name): value for name, value in given.items()})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "设计已经批复" in answer.content.decode()
    assert not Report.objects.exists()


def test_who_decides_sees_each_value_beside_the_last_one(world: World, task: Task, target: Target, login: Any) -> None:
    for day, value in ((date(2026, 9, 30), 60), (date(2026, 10, 31), 70)):
        take_sample(target, Reading(day, Decimal(value), "报表"), by=world.south_liaison)
    sent(world, task, **{f"value_{target.pk}": "61", f"on_{target.pk}": "2026-11-10"})
    report = Report.objects.get()
    page = login(world.office).get(f"/reports/2026-11/{report.pk}/").content.decode()
    assert "70%<small>2026-10-31</small>" in page
    assert "比上次离目标更远" in page
    decide(report, accept=True, by=world.office)
    later = login(world.office).get(f"/reports/2026-11/{report.pk}/").content.decode()
    assert "70%<small>2026-10-31</small>" in later, "not beside itself once it is in the ledger"


def test_the_report_of_someone_who_has_left_can_still_be_accepted(world: World, task: Task, target: Target) -> None:
    sent(world, task, **{f"value_{target.pk}": "75.5", f"on_{target.pk}": "2026-11-10"})
    end_grant(world.south_liaison.grants.get(), by=world.security_admin)
    decide(Report.objects.get(), accept=True, by=world.office)
    assert Sample.objects.get().by == world.south_liaison


def test_a_value_that_was_overtaken_refuses_the_acceptance_whole(world: World, task: Task, target: Target) -> None:
    sent(world, task, **{f"value_{target.pk}": "75", f"on_{target.pk}": "2026-11-10", "stone_1_1": "2026-10-28"})
    take_sample(target, Reading(date(2026, 11, 10), Decimal(80)), by=world.office)
    with pytest.raises(Refused, match="已填报80%"):
        decide(Report.objects.get(), accept=True, by=world.office)
    assert Report.objects.get().state == "submitted"
    assert Milestone.objects.get(no=1).done_on is None


def test_a_source_is_no_reason_for_a_value_that_contradicts(world: World, task: Task, target: Target) -> None:
    take_sample(target, Reading(date(2026, 10, 31), Decimal(60)), by=world.south_liaison)
    told = {f"value_{target.pk}": "70", f"on_{target.pk}": "2026-10-31", f"why_{target.pk}": "监测报告3号"}
    refused = sent(world, task, **told)
    assert refused.status_code == 422
    assert "2026-10-31已填报60%" in refused.content.decode()
    assert f'name="against_{target.pk}"' in refused.content.decode()
    sent(world, task, **told, **{f"against_{target.pk}": "上次抄错了报告"})
    report = Report.objects.get()
    page = Client()
    page.force_login(world.office)
    assert "与以前矛盾：上次抄错了报告" in page.get(f"/reports/2026-11/{report.pk}/").content.decode()
    decide(report, accept=True, by=world.office)
    sample = Sample.objects.get(version=2)
    assert (sample.value, sample.source, sample.reason) == (Decimal(70), "监测报告3号", "上次抄错了报告")


def test_a_source_does_not_carry_an_overtaken_value_past_the_ledger(world: World, task: Task, target: Target) -> None:
    told = {f"value_{target.pk}": "75", f"on_{target.pk}": "2026-11-10", f"why_{target.pk}": "监测报告3号"}
    sent(world, task, **told)
    take_sample(target, Reading(date(2026, 11, 10), Decimal(80)), by=world.office)
    with pytest.raises(Refused, match="已填报80%"):
        decide(Report.objects.get(), accept=True, by=world.office)
