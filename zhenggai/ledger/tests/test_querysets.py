from datetime import date, timedelta

import pytest
from django.db.models import Q

from tests.world import World
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.ledger.actions import NewMeasure
from zhenggai.ledger.models import Measure, Task
from zhenggai.ledger.querysets import in_scope

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def on_the_day() -> object:
    with clock.pretend(at(TODAY)):
        yield


def seen_by(world: World, name: str) -> set[str]:
    return set(Task.objects.visible_to(getattr(world, name)).values_list("headline", flat=True))


def test_everyone_sees_what_is_theirs_and_nothing_else(world: World) -> None:
    world.task(issue="南湖")
    world.task(issue="北塘", lead=[world.north_gov], responsible=[world.north_gov], cooperating=[])
    world.task(
        issue="全市", lead=[world.water], responsible=[world.water, world.south_gov, world.north_gov], cooperating=[]
    )
    every = {"南湖", "北塘", "全市"}
    assert [seen_by(world, name) for name in ("office", "leader", "supervision", "case", "publicity")] == [every] * 5
    assert seen_by(world, "south_liaison") == seen_by(world, "south_acceptor") == {"南湖", "全市"}
    assert seen_by(world, "north_liaison") == seen_by(world, "north_acceptor") == {"北塘", "全市"}
    assert seen_by(world, "water_liaison") == {"南湖", "全市"}
    for name in ("system_admin", "security_admin", "audit_admin", "nobody"):
        assert seen_by(world, name) == set()


def test_who_looks_over_everything_keeps_that_in_an_or_and_in_a_not(world: World) -> None:
    task = world.task()
    other = world.task(lead=[world.north_gov], responsible=[world.north_gov], cooperating=[])
    for name, seen in (("office", {task, other}), ("south_liaison", {task})):
        person = world.fresh(getattr(world, name))
        nothing = Q(pk__in=[])
        assert set(Task.objects.filter(in_scope(person, "pk") | nothing)) == seen
        assert set(Task.objects.filter(nothing | in_scope(person, "pk"))) == seen
        assert set(Task.objects.exclude(in_scope(person, "pk"))) == {task, other} - seen


def schedule(task: Task) -> str:
    return Task.objects.with_schedule(TODAY).values_list("schedule", flat=True).get(pk=task.pk)


def measure(no: int, days: int | None) -> NewMeasure:
    return NewMeasure(no, f"措施{no}", TODAY + timedelta(days=days) if days is not None else None)


@pytest.mark.parametrize(
    ("due", "measures", "progress", "code"),
    [
        (30, [(1, None)], ["open"], "N"),
        (30, [(1, 10)], ["open"], "N"),
        (30, [(1, -1)], ["open"], "B"),
        (30, [(1, -1)], ["doing"], "B"),
        (30, [(1, -1)], ["done"], "T"),
        (30, [(1, 10)], ["done"], "P"),
        (30, [(1, 0)], ["doing"], "T"),
        (0, [(1, None)], ["doing"], "T"),
        (-1, [(1, None)], ["doing"], "O"),
        (None, [(1, None)], ["doing"], "T"),
    ],
)
def test_schedule_is_derived(
    world: World, due: int | None, measures: list[tuple[int, int | None]], progress: list[str], code: str
) -> None:
    task = world.task(
        due=TODAY + timedelta(days=due) if due is not None else None, measures=[measure(*row) for row in measures]
    )
    for number, state in enumerate(progress, 1):
        done_on = TODAY - timedelta(days=2) if state == "done" else None
        Measure.objects.filter(task=task, no=number).update(progress=state, done_on=done_on)
    assert schedule(task) == code


def test_place_is_the_one_county_that_answers(world: World) -> None:
    assert world.task().place == world.south
    assert world.task(lead=[world.water], responsible=[world.south_gov]).place == world.south
    assert world.task(lead=[world.south_gov], responsible=[world.north_gov]).place == world.city
    assert world.task(lead=[world.water], responsible=[world.water]).place == world.city


def test_headline_is_the_first_sentence(world: World) -> None:
    assert world.task(issue="秸秆焚烧管控不力。2025年火点37处。").headline == "秸秆焚烧管控不力"


def test_a_number_is_never_given_twice(world: World) -> None:
    from zhenggai.accounts.decisions import Refused

    world.task(serial=7)
    with pytest.raises(Refused, match="省督-07在台账里已经有了"):
        world.task(serial=7)
