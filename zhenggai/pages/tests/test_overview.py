"""Every figure of the overview opens the rows that it counts."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.http import QueryDict
from django.test import Client

from benchmarks.believable.scale import SCALES
from benchmarks.generate import generate
from tests.world import World, alter_measure
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.ledger.compared import CHANGES
from zhenggai.ledger.filters import Filters
from zhenggai.ledger.lateness import why_late
from zhenggai.ledger.models import Extension, Measure, Task
from zhenggai.ledger.querysets import Schedule

TODAY = date(2026, 11, 22)
FIGURE = re.compile(r'<a[^>]*href="/ledger/(\?[^"]*)"[^>]*>(?:全部)?(\d+)项?</a>')
Login = Callable[[Person], Client]


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with clock.pretend(clock.at(TODAY)):
        yield


@pytest.fixture
def hamlet(db: None) -> Person:
    """Thirty tasks in any condition with four months of rounds; who coordinates all of it."""
    generate(SCALES["hamlet"], seed=2, today=TODAY, password="only-for-tests")
    return Person.objects.get(username="office-1")


def shown(client: Client, address: str) -> Any:
    """What the page's figures were drawn from."""
    cache.clear()
    return next(context for context in client.get(address).context if "everything" in context)


def rows(address: str, person: Person) -> int:
    """How many rows the ledger lists at an address."""
    filters = Filters.read(QueryDict(unescape(address)[1:]))
    return filters.apply(Task.objects.visible_to(person), TODAY).count()


def figures(page: str) -> list[tuple[str, int]]:
    return [(address, int(count)) for address, count in FIGURE.findall(page)]


@pytest.mark.parametrize(
    "asked", ["", "?by=lead", "?by=inspection", "?by=category", "?stock=1", "?month=2026-08-01", "?inspection=1"]
)
def test_every_figure_has_exactly_its_rows(hamlet: Person, login: Login, asked: str) -> None:
    page = login(hamlet).get(f"/overview/{asked}").content.decode()
    found = figures(page)
    assert len(found) > 20
    assert [(address, count) for address, count in found if rows(address, hamlet) != count] == []


def test_the_same_holds_for_who_sees_a_part(hamlet: Person, login: Login) -> None:
    for username in ("office-17", "liaison-14", "leader-17"):
        person = Person.objects.filter(username=username).first() or hamlet
        found = figures(login(person).get("/overview/").content.decode())
        assert [(address, count) for address, count in found if rows(address, person) != count] == []


def test_the_list_that_a_figure_opens_shows_as_many_tasks(hamlet: Person, login: Login) -> None:
    client = login(hamlet)
    address, count = next(
        (address, count)
        for address, count in figures(client.get("/overview/").content.decode())
        if "status=T" in address
    )
    page = client.get("/ledger/" + unescape(address)).content.decode()
    assert len(re.findall(r"data-detail=", page)) == count


def test_places_and_grades_add_up(hamlet: Person, login: Login) -> None:
    context = shown(login(hamlet), "/overview/")
    everything = context["everything"]
    assert everything.total.count == Task.objects.count() == sum(part.total.count for part in context["parts"])
    assert sum(line["row"].total.count for line in context["grid"]) == everything.total.count
    assert sum(one["figure"].count for one in context["six"]) == everything.total.count
    in_time = sum(everything.counts[code] for code in "TPDX")
    assert everything.rate == pytest.approx(100 * in_time / everything.total.count)


def test_a_place_opens_its_own_overview(hamlet: Person, login: Login) -> None:
    client = login(hamlet)
    line = next(line for line in shown(client, "/overview/")["grid"] if line["row"].filters.under)
    below = shown(client, f"/overview/?under={line['row'].filters.under}")
    assert below["everything"].total.count == line["row"].total.count


def test_a_frozen_month_is_compared_and_its_changes_are_all_named(hamlet: Person, login: Login) -> None:
    context = shown(login(hamlet), "/overview/?month=2026-08-01")
    assert context["month"] == date(2026, 8, 1)
    then = dict(Filters(view="all", month="2026-08-01").apply(Task.objects.all(), TODAY).values_list("pk", "schedule"))
    assert len(then) == Task.objects.count()  # a month alone narrows nothing
    moved = sum(one["figure"].count for one in context["changes"])
    frozen = [
        (was, task.schedule)  # type: ignore[attr-defined]
        for task in Task.objects.with_schedule(TODAY).order_by("pk")
        for was in [task_then(task)]
    ]
    assert moved == sum(was != now for was, now in frozen)
    assert {one["figure"].filters.change for one in context["changes"]} <= set(CHANGES)


def task_then(task: Task) -> str:
    from zhenggai.progress.models import RoundTask

    return RoundTask.objects.filter(task=task, month=date(2026, 8, 1)).values_list("schedule", flat=True).first() or ""


def test_every_change_belongs_to_one_kind() -> None:
    for was in ("", *Schedule.values):
        for now in Schedule.values:
            kinds = [key for key, change in CHANGES.items() if change.covers(was, now)]
            assert len(kinds) == (was != now), (was, now, kinds)


def test_a_month_that_was_never_frozen_gives_the_latest_one(hamlet: Person, login: Login) -> None:
    for asked in ("2019-01-01", "nonsense", "2026-13-01"):
        assert shown(login(hamlet), f"/overview/?month={asked}")["month"] is not None


def test_without_tasks_it_says_so(world: World, login: Login) -> None:
    assert "没有可以统计的任务" in login(world.office).get("/overview/").content.decode()


def test_without_rounds_it_says_what_will_stand_there(world: World, login: Login) -> None:
    world.task()
    page = login(world.office).get("/overview/").content.decode()
    assert "月度调度封存以后" in page
    assert "还没有封存的月份可以比较" in page


def test_a_unit_counts_its_own_tasks_alone(world: World, login: Login) -> None:
    world.task()
    world.task(lead=[world.north_gov], responsible=[world.north_gov], cooperating=[])
    assert shown(login(world.office), "/overview/")["everything"].total.count == 2
    assert shown(login(world.north_liaison), "/overview/")["everything"].total.count == 1


def test_why_a_task_is_late_is_its_first_late_part(world: World) -> None:
    task = world.task(due=date(2026, 11, 1))
    alter_measure(task, 2, due=date(2026, 10, 1))
    assert why_late(task, TODAY) == "措施2“完成改造”未完成"
    Measure.objects.filter(task=task).update(progress="done", done_on=date(2026, 11, 1))
    assert why_late(task, TODAY) == "各项措施已完成，还没有自查"
    late = world.task(due=date(2026, 12, 1))
    Extension.objects.create(
        task=late, old_due=late.due, new_due=date(2027, 3, 1), reason="雨季", level=world.city,
        applied_by=world.south_liaison, applied_on=TODAY,
    )  # fmt: skip
    assert why_late(late, TODAY) == "已申请延期，待决定"
