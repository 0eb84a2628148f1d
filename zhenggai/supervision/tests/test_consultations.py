"""Consultations: asked by a unit, taken up or declined with a reason, concluded on every task of theirs."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from tests.world import World
from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.models import Entry
from zhenggai.ledger.models import Task
from zhenggai.supervision.actions.consultations import ask, conclude, take_up
from zhenggai.supervision.models import Consultation
from zhenggai.supervision.tests.test_meetings import drafted, speakers

DAY = date(2026, 11, 20)
PLAN = {"form": "on_site", "planned_on": DAY + timedelta(days=3), "where": "东渡排口", "invited": "市水务局、市财政局"}


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with clock.pretend(at(DAY)):
        yield


def asked(world: World, *tasks: Task) -> Consultation:
    return ask(
        tasks or [world.task()], by=world.south_liaison, problem="跨区管网权属不清。", asked="请市里明确建设主体。"
    )


def accepted(world: World, *tasks: Task) -> Consultation:
    return take_up(asked(world, *tasks), by=world.office, accept=True, reason="涉及两区，需要现场定。", **PLAN)


def concluded(world: World, *tasks: Task) -> Consultation:
    found = accepted(world, *tasks)
    with clock.pretend(at(DAY + timedelta(days=3))):
        return conclude(found, by=world.office, held_on=DAY + timedelta(days=3), conclusion="由市水务局统一建设。")


def test_the_same_is_asked_once_at_a_time(world: World) -> None:
    task = world.task()
    first = asked(world, task)
    with pytest.raises(Refused, match="同样的事项已经提请"):
        asked(world, task)
    take_up(first, by=world.office, accept=False, reason="先由两区自己商量")
    assert asked(world, task) != first


@pytest.mark.requirement("R16")
def test_a_conclusion_stands_on_the_timeline_of_every_task(world: World) -> None:
    first, second = world.task(), world.task()
    found = concluded(world, first, second)
    assert found.state == "concluded"
    for task in (first, second):
        notes = {entry.verb: entry.note for entry in Entry.objects.filter(task_id=task.pk).order_by("seq")}
        assert notes["consultation.asked"] == "南湖区政府提请：请市里明确建设主体。"
        assert notes["consultation.accepted"] == "现场研究会，2026-11-23。涉及两区，需要现场定。"
        assert notes["consultation.concluded"] == "现场研究会，2026-11-23：由市水务局统一建设。"


@pytest.mark.requirement("R16")
def test_a_request_is_declined_with_its_reason(world: World) -> None:
    found = asked(world)
    with pytest.raises(Refused, match="写明理由"):
        take_up(found, by=world.office, accept=False, reason="")
    found = take_up(found, by=world.office, accept=False, reason="属区内职责，请区里先定。")
    assert (found.state, found.decision_reason) == ("declined", "属区内职责，请区里先定。")
    with pytest.raises(Stale, match="不予受理"):
        take_up(found, by=world.acceptor, accept=True, reason="再议", **PLAN)


@pytest.mark.parametrize("who", ["north_liaison", "office", "leader", "nobody"])
def test_only_a_unit_with_a_part_in_the_task_asks(world: World, who: str) -> None:
    with pytest.raises(Refused, match="联络员提请"):
        ask([world.task()], by=world.people[who], problem="甲", asked="乙")


def test_a_cooperating_unit_may_ask(world: World) -> None:
    assert ask([world.task()], by=world.water_liaison, problem="甲", asked="乙").unit == world.water


def test_the_unit_must_have_a_part_in_every_task(world: World) -> None:
    other = world.task(lead=[world.north_gov], responsible=[world.north_gov], cooperating=[])
    with pytest.raises(Refused, match=other.number):
        asked(world, world.task(), other)
    with pytest.raises(Refused, match="至少要有一项任务"):
        ask([], by=world.south_liaison, problem="甲", asked="乙")


@pytest.mark.parametrize("who", ["south_acceptor", "supervision", "leader", "south_liaison"])
def test_only_the_coordination_team_takes_it_up(world: World, who: str) -> None:
    with pytest.raises(Refused, match="综合协调组受理"):
        take_up(asked(world), by=world.people[who], accept=False, reason="甲")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"form": "", "planned_on": DAY}, "以什么形式"),
        ({"form": "meeting", "planned_on": None}, "哪一天"),
        ({"form": "meeting", "planned_on": DAY - timedelta(days=1)}, "不能早于今天"),
    ],
)
def test_what_is_taken_up_is_planned(world: World, given: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        take_up(asked(world), by=world.office, accept=True, reason="甲", **given)


def test_a_conclusion_comes_after_the_day(world: World) -> None:
    with pytest.raises(Stale, match="待受理"):
        conclude(asked(world), by=world.office, held_on=DAY, conclusion="甲")
    with pytest.raises(Refused, match="不能晚于今天"):
        conclude(accepted(world), by=world.office, held_on=DAY + timedelta(days=1), conclusion="甲")


@pytest.mark.parametrize(
    ("change", "words"),
    [({"conclusion": "改过"}, "stays as it is"), ({"problem": "改过"}, "what was asked stays")],
)
def test_the_database_keeps_what_was_concluded(world: World, change: dict[str, str], words: str) -> None:
    found = concluded(world)
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        Consultation.objects.filter(pk=found.pk).update(**change)
    with pytest.raises(DatabaseError, match="only added"), transaction.atomic():
        found.links.update(task=world.task())


def test_the_database_refuses_a_decision_by_who_asked_or_without_reason(world: World) -> None:
    found = asked(world)
    for change, name in (
        ({"decided_by": world.south_liaison, "decision_reason": "甲"}, "consultation_decided_by_another"),
        ({"decided_by": world.office, "decision_reason": ""}, "consultation_decision_has_its_reason"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Consultation.objects.filter(pk=found.pk).update(state="declined", decided_at=clock.now(), **change)


def test_who_sees_a_task_sees_its_consultations(world: World) -> None:
    found = concluded(world)

    def sees(who: str) -> bool:
        rows = Consultation.objects.visible_to(world.fresh(world.people[who]))
        return rows.filter(pk=found.pk).exists()

    assert [sees(who) for who in ("office", "south_liaison", "water_liaison", "south_acceptor")] == [True] * 4
    assert [sees(who) for who in ("north_liaison", "north_acceptor", "security_admin")] == [False] * 3


def test_it_waits_for_the_office_and_again_on_its_day(world: World) -> None:
    found = asked(world)

    def waits(who: str, day: date) -> bool:
        person = world.fresh(world.people[who])
        return Consultation.objects.waiting_for(person, day).filter(pk=found.pk).exists()

    assert [waits(who, DAY) for who in ("office", "south_acceptor", "south_liaison")] == [True, False, False]
    take_up(found, by=world.office, accept=True, reason="甲", **PLAN)
    assert [waits("office", day) for day in (DAY, DAY + timedelta(days=3))] == [False, True]


def test_a_task_under_consultation_is_a_hard_one(world: World) -> None:
    asked(world)
    assert speakers(drafted(world)) == {"南湖区政府": ["提请会商1项，合计1项，达到1项"]}
