"""Looking back: a draw that nobody can choose and anybody can repeat, a rebound that opens a new linked round, acceptors who
are told and answer, and how often what a unit accepted slipped back."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.world import World
from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.models import Entry
from zhenggai.closure.gate import fine, settle
from zhenggai.closure.lookback import answer, by_acceptor, draw, draw_look_back, samples_for, told_for, visit
from zhenggai.closure.models import LookBack, Rebound, Sample, Told
from zhenggai.closure.tests.test_gate import FINE
from zhenggai.closure.tests.test_path import START, walk
from zhenggai.ledger.lifecycle import take
from zhenggai.ledger.models import Task
from zhenggai.ledger.states import STRIKE_OFF, State

AFTER = START + timedelta(days=30)
SEEN = "去了东渡排口，雨后又有污水溢出，泵站没有开"
PLAN: dict[str, Any] = {"name": "四季度回头看", "since": START, "due_on": AFTER + timedelta(days=30),
                        "weights": {"fined": 9, "complaint": 1}}  # fmt: skip


@pytest.fixture
def closed(world: World) -> Iterator[list[Task]]:
    """Three tasks that are struck off, one of which had a fine; it is the day after."""
    with clock.pretend(at(START)):
        tasks = [world.task() for _ in range(3)]
        penalty = fine(tasks[0], by=world.office, **FINE)
        settle(penalty, paid_on=START, receipt="1", by=world.office)
        for task in tasks:
            walk(world, task, State.IN_NOTICE)
    with clock.pretend(at(AFTER)):
        for task in tasks:
            take(STRIKE_OFF, task, by=world.leader)
        yield tasks


@pytest.mark.requirement("R48", "R60")
def test_a_draw_is_repeated_from_what_it_recorded(world: World, closed: list[Task]) -> None:
    before = Entry.objects.order_by("-seq").values_list("digest", flat=True)[0]
    made = draw_look_back(world.city, size=2, by=world.supervision, **PLAN)
    assert made.seed == before
    assert {row[1]: (row[2], row[3]) for row in made.candidates} == {
        closed[0].number: (10, ["有行政处罚"]), closed[1].number: (1, []), closed[2].number: (1, []),
    }  # fmt: skip
    drawn = list(made.samples.order_by("pk").values_list("task", flat=True))
    assert draw(LookBack.objects.get().candidates, made.seed, 2) == drawn
    with pytest.raises(IntegrityError, match="only added"), transaction.atomic():
        LookBack.objects.update(seed="0" * 64)
    with pytest.raises(Refused, match="换个名字"):
        draw_look_back(world.city, size=1, by=world.supervision, **PLAN)


@pytest.mark.requirement("R48", "R60")
def test_a_rebound_opens_a_linked_round_and_its_acceptors_are_told_and_answer(
    world: World, closed: list[Task], login: Any
) -> None:
    draw_look_back(world.city, size=3, by=world.supervision, **PLAN)
    sample = Sample.objects.get(task=closed[0])
    with pytest.raises(Refused, match="新一轮的整改期限"):
        visit(sample, result="slipped", text=SEEN, by=world.supervision)
    page = login(world.supervision).post(
        f"/look-backs/visits/{sample.pk}/", {"result": "slipped", "text": SEEN, "again_by": "2025-03-31"}
    )
    assert page.status_code == 302
    with pytest.raises(Stale, match="看过"):
        visit(sample, result="holds", text=SEEN, by=world.office)
    rebound, old = Rebound.objects.get(), Task.objects.get(pk=closed[0].pk)
    assert (old.state, rebound.new.state, rebound.new.due) == (State.STRUCK_OFF, State.RECTIFYING, date(2025, 3, 31))
    assert {duty.raw for duty in rebound.new.duties.filter(part="lead")} == {"南湖区政府"}
    assert old.number in login(world.south_liaison).get(f"/tasks/{rebound.new.pk}/").content.decode()
    told = {row.verdict.unit.name: row for row in Told.objects.select_related("verdict__unit")}
    assert set(told) == {"南湖区整改办", "临江市整改办"}
    assert list(told_for(world.south_acceptor)) == [told["南湖区整改办"]]
    assert "说明反弹" in login(world.south_acceptor).get("/work/").content.decode()
    with pytest.raises(Refused, match="由南湖区整改办说明"):
        answer(told["南湖区整改办"], text="验收那天没有下雨，没有看雨天工况", by=world.office)
    answer(told["南湖区整改办"], text="验收那天没有下雨，没有看雨天工况", by=world.south_acceptor)
    assert "没有看雨天工况" in login(world.office).get(f"/tasks/{old.pk}/").content.decode()
    with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
        Told.objects.filter(pk=told["南湖区整改办"].pk).update(answer="别的")


def test_the_rate_is_of_what_was_looked_at(world: World, closed: list[Task], login: Any) -> None:
    draw_look_back(world.city, size=3, by=world.supervision, **PLAN)
    first, second, _ = Sample.objects.order_by("pk")
    visit(first, result="slipped", text=SEEN, again_by=AFTER + timedelta(days=60), by=world.supervision)
    visit(second, result="holds", text="三处排口雨后都没有溢流", by=world.supervision)
    rows = {
        row["unit_name"]: (row["struck_off"], row["seen"], row["slipped"], row["rate"])
        for row in by_acceptor([world.city.pk])
    }
    assert rows == {"南湖区整改办": (3, 2, 1, 50.0), "市整改办": (3, 2, 1, 50.0)}
    page = login(world.supervision).get("/look-backs/").content.decode()
    assert "50.0%" in page
    assert login(world.supervision).get(f"/look-backs/{LookBack.objects.get().pk}/").status_code == 200


def test_who_accepted_or_rectifies_does_not_look_back(world: World, closed: list[Task]) -> None:
    draw_look_back(world.city, size=3, by=world.supervision, **PLAN)
    sample = Sample.objects.order_by("pk")[0]
    for person, why in (
        (world.acceptor, "作过结论"),
        (world.south_acceptor, "作过结论"),
        (world.south_liaison, "联络员"),
    ):
        assert not samples_for(person).exists()
        with pytest.raises(Refused, match=why):
            visit(sample, result="holds", text="三处排口雨后都没有溢流", by=person)
    assert samples_for(world.supervision).count() == samples_for(world.office).count() == 3
    with pytest.raises(IntegrityError, match="does not look back"), transaction.atomic():
        Sample.objects.filter(pk=sample.pk).update(
            result="holds", text="好", visited_by=world.acceptor, visited_on=AFTER
        )


def test_a_draw_needs_something_to_draw_and_somebody_who_may(world: World, closed: list[Task]) -> None:
    with pytest.raises(Refused, match="没有可抽的"):
        draw_look_back(world.city, size=1, by=world.supervision, **PLAN | {"since": AFTER + timedelta(days=1)})
    for person in (world.leader, world.south_liaison, world.publicity):
        with pytest.raises(Refused, match="由督导组"):
            draw_look_back(world.city, size=1, by=person, **PLAN)
