"""The war map: open tasks on a line of time, by place or by lead unit, so many rows a page and no more."""

import re
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.test import Client

from tests.world import World
from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.ledger.actions import NewMeasure
from zhenggai.ledger.models import Measure, Task
from zhenggai.pages.timeline import line, window
from zhenggai.pages.views import war_map

TODAY = date(2026, 11, 22)
Login = Callable[[Person], Client]


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with clock.pretend(clock.at(TODAY)):
        yield


def numbers(page: str) -> list[str]:
    return re.findall(r"data-open>([^<]+)<", page)


@pytest.mark.requirement("R22")
def test_tasks_stand_under_their_places_with_their_figures(world: World, login: Login) -> None:
    world.task(serial=1)
    world.task(serial=2, due=date(2026, 11, 1))
    world.task(serial=3, lead=[world.north_gov], responsible=[world.north_gov])
    context = login(world.office).get("/map/").context
    assert [(group["row"].label, group["row"].total.count) for group in context["groups"]] == [
        ("南湖区", 2),
        ("北塘区", 1),
    ]
    assert context["groups"][0]["over"].count == 1
    assert context["subtitle"] == "截至2026年11月22日 · 未销号3项，未达到序时进度1项，逾期1项"


def test_by_lead_unit_a_task_stands_under_each_that_leads_it(world: World, login: Login) -> None:
    world.task(serial=1, lead=[world.south_gov, world.water])
    page = login(world.office).get("/map/?by=lead")
    assert {group["row"].label for group in page.context["groups"]} == {"南湖区政府", "市水务局"}
    assert numbers(page.content.decode()) == ["省督-01", "省督-01"]


def test_a_unit_is_one_line_whatever_it_is_called_and_two_of_one_name_are_two(world: World, login: Login) -> None:
    world.task(serial=1)
    Unit.objects.filter(pk=world.south_gov.pk).update(short_name="市水务局")
    world.south_gov.refresh_from_db()
    world.task(serial=2, lead=[world.south_gov, world.water, "某指挥部"])
    client = login(world.office)
    groups = client.get("/map/?by=lead").context["groups"]
    found = {group["row"].label: group["row"].total for group in groups}
    assert {name: total.count for name, total in found.items()} == {
        f"市水务局（{world.south}）": 2, f"市水务局（{world.city}）": 1, "某指挥部": 1,
    }  # fmt: skip
    for total in found.values():
        assert len(numbers(client.get(f"/ledger/{total.query}").content.decode())) == total.count
    assert "牵头单位：市水务局" in client.get(f"/ledger/?lead_unit={world.south_gov.pk}").content.decode()


def test_a_row_says_in_words_what_it_draws(world: World) -> None:
    task = world.task(
        due=date(2026, 12, 31),
        measures=[
            NewMeasure(1, "排查", date(2026, 9, 1)),
            NewMeasure(2, "改造", date(2026, 10, 1)),
            NewMeasure(3, "验收"),
        ],
    )
    Measure.objects.filter(task=task, no=1).update(progress="done", done_on=date(2026, 8, 30))
    drawn = line(task, window("year", None, TODAY), TODAY)
    assert drawn.words == f"{task.number}，时限2026-12-31，节点共2个，完成1个，滑期1个"
    assert [node.kind for node in drawn.nodes] == ["done", "late"]
    assert len(drawn.slips) == 1
    assert drawn.over is None


def test_every_mark_that_a_row_uses_is_drawn(world: World, login: Login) -> None:
    world.task(measures=[NewMeasure(1, "排查", date(2026, 9, 1)), NewMeasure(2, "改造", date(2026, 12, 1))])
    page = login(world.office).get("/map/").content.decode()
    used, drawn = set(re.findall(r'href="#(map-\w+)"', page)), set(re.findall(r' id="(map-\w+)"', page))
    assert {"map-late", "map-open", "map-grid", "map-today"} <= used <= drawn


def test_an_overdue_task_is_red_from_its_date_to_today(world: World) -> None:
    shown = window("year", None, TODAY)
    drawn = line(world.task(due=date(2026, 11, 1)), shown, TODAY)
    assert drawn.over == (shown.at(date(2026, 11, 1)), round(shown.at(TODAY) - shown.at(date(2026, 11, 1)), 2))


def test_what_lies_outside_is_not_drawn(world: World) -> None:
    drawn = line(world.task(due=date(2029, 1, 1)), window("quarter", None, TODAY), TODAY)
    assert drawn.due is None
    assert drawn.beyond
    past = line(world.task(due=date(2026, 11, 30)), window("quarter", date(2028, 1, 1), TODAY), TODAY)
    assert (past.bar, past.due, past.nodes) == (None, None, ())


@pytest.mark.parametrize(
    ("zoom", "start", "words"),
    [
        ("quarter", None, "2026年10月—2026年12月"),
        ("year", None, "2026年6月—2027年7月"),
        ("years", None, "2025年11月—2028年10月"),
        ("quarter", date(2027, 1, 1), "2027年1月—2027年3月"),
    ],
)
def test_three_zooms(zoom: str, start: date | None, words: str) -> None:
    assert window(zoom, start, TODAY).words == words


def test_pages_are_bounded_and_hold_every_task_once(
    world: World, login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(war_map, "ROWS", 4)
    for _ in range(10):
        world.task()
    client, seen, address = login(world.office), [], "/map/"
    while address:
        page = client.get(address)
        found = numbers(page.content.decode())
        assert len(found) <= 4
        seen += found
        address = page.context["next"] and "/map/" + page.context["next"]
    assert sorted(seen) == sorted(Task.objects.values_list("number", flat=True))


def test_only_what_is_behind(world: World, login: Login) -> None:
    world.task(serial=1)
    world.task(serial=2, due=date(2026, 11, 1))
    assert numbers(login(world.office).get("/map/?late=1").content.decode()) == ["省督-02"]


def test_nobody_sees_others_tasks(world: World, login: Login) -> None:
    world.task(serial=1)
    assert numbers(login(world.north_liaison).get("/map/").content.decode()) == []
    assert numbers(login(world.south_liaison).get("/map/").content.decode()) == ["省督-01"]


def test_nonsense_in_the_address_is_the_same_as_nothing(world: World, login: Login) -> None:
    world.task(serial=1)
    page = login(world.office).get("/map/?by=x&zoom=y&start=9999-99-99&after=z&under=abc&inspection=-1")
    assert numbers(page.content.decode()) == ["省督-01"]
    assert login(world.office).get("/map/?start=9999-01-01").status_code == 200


@pytest.mark.parametrize(("asked", "words"), [("", "没有未销号的任务"), ("?late=1", "没有滞后和逾期的任务")])
def test_empty_pages_say_what_to_do(world: World, login: Login, asked: str, words: str) -> None:
    assert words in login(world.office).get(f"/map/{asked}").content.decode()


def test_who_asked_for_no_start_keeps_none(world: World, login: Login) -> None:
    world.task()
    client = login(world.office)
    start = client.get("/map/").context["shown"].start
    assert ("start", str(start)) in client.get(f"/map/?start={start}").context["kept"]
    assert "start" not in dict(client.get("/map/").context["kept"])
