"""Who reads what others answered to a sweep: each unit its own, those who ask and accept all of it; on the page, in what is
exported, in what is searched."""

from datetime import date
from typing import Any

import pytest
from django.db.models import Prefetch, prefetch_related_objects

from tests.world import World
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.models import Entry
from zhenggai.core.reading.grid import read_grid
from zhenggai.ledger.blockers import blockers_of
from zhenggai.ledger.models import Sweep, Task
from zhenggai.ledger.sweeps import answer_sweep, answers_for, ask_sweep, sweeps_shown

TODAY = date(2026, 11, 22)
NORTH, SOUTH, WATER = "查了北塘四十一处排口", "查了南湖六十三处排口", "查了泵站和干管一十二座"


@pytest.fixture(autouse=True)
def on_the_day() -> object:
    with clock.pretend(at(TODAY)):
        yield


@pytest.fixture
def swept(world: World) -> Task:
    """A task of the city that both counties rectify with the water bureau, and that all three were asked to sweep for; the
    counties' governments have answered."""
    task = world.task(lead=[world.water], responsible=[world.south_gov, world.north_gov], cooperating=[])
    units = [world.north_gov, world.south_gov, world.water]
    sweep = ask_sweep(task, what="排查各处雨天溢流的排口", units=units, due_on=date(2026, 12, 20), by=world.office)
    for unit, text, by in (
        (world.north_gov, NORTH, world.north_liaison), (world.south_gov, SOUTH, world.south_liaison),
        (world.water, WATER, world.water_liaison),
    ):  # fmt: skip
        answer_sweep(sweep.answers.get(unit=unit), text=text + "，没有发现同类问题。", found=[], by=by)
    return task


def read(world: World, task: Task, name: str) -> set[str]:
    """Whose answers stand in the sweeps that the person is shown."""
    person = world.fresh(getattr(world, name))
    answers = Prefetch("sweeps__answers", answers_for(person))
    found = Task.objects.visible_to(person).select_related("place").prefetch_related(answers).get(pk=task.pk)
    return {answer.unit.short_name for shown in sweeps_shown(found, person) for answer in shown.answers}


EVERY = {"北塘区政府", "南湖区政府", "市水务局"}


def test_who_asks_and_accepts_reads_all_and_a_unit_its_own(world: World, swept: Task) -> None:
    for name in ("office", "acceptor", "supervision", "leader", "case", "publicity"):
        assert read(world, swept, name) == EVERY, name
    assert read(world, swept, "north_liaison") == {"北塘区政府"}
    assert read(world, swept, "south_liaison") == {"南湖区政府"}
    assert read(world, swept, "water_liaison") == {"市水务局"}
    assert read(world, swept, "north_acceptor") == {"北塘区政府"}, "a county's office is over its own units alone"


def test_a_unit_reads_what_units_below_it_answered(world: World, swept: Task) -> None:
    world.person("city_liaison", "liaison", world.city_gov)
    assert read(world, swept, "city_liaison") == {"市水务局"}, "the bureau stands below the city's government"


@pytest.mark.parametrize("part", ["supervising", "acceptance"])
def test_a_unit_that_supervises_or_accepts_reads_all(world: World, swept: Task, part: str) -> None:
    swept.duties.create(part=part, unit=world.water, raw="市水务局")
    assert read(world, swept, "water_liaison") == EVERY


def test_on_the_page_the_others_are_a_number(world: World, swept: Task, login: Any) -> None:
    page = login(world.north_liaison).get(swept.get_absolute_url()).content.decode()
    assert NORTH in page
    assert SOUTH not in page
    assert WATER not in page
    assert "另有2个单位" in page
    assert "2个已回报" in page
    page = login(world.office).get(swept.get_absolute_url()).content.decode()
    assert all(text in page for text in (NORTH, SOUTH, WATER))


def test_the_timeline_says_that_a_unit_answered_and_not_what(world: World, swept: Task) -> None:
    rows = Entry.objects.filter(task_id=swept.pk, verb="sweep.answered")
    assert {row.note for row in rows} == {f"{unit}已回报" for unit in EVERY}
    assert not any(NORTH in str(row.after) for row in rows)


def test_what_is_exported_and_searched_holds_no_answers(world: World, swept: Task, login: Any) -> None:
    for name in ("south_liaison", "office"):
        client = login(getattr(world, name))
        cells = read_grid(client.get("/ledger/export/?view=all&columns=all").content, "a.xlsx").rows
        assert NORTH not in str(cells), name
        assert not client.get(f"/ledger/?view=all&q={NORTH}").context["tasks"], name


def test_what_blocks_is_the_same_for_whoever_reads_it(world: World) -> None:
    task = world.task(lead=[world.water], responsible=[world.south_gov, world.north_gov], cooperating=[])
    ask_sweep(
        task,
        what="排查各处雨天溢流的排口",
        units=[world.north_gov, world.south_gov],
        due_on=date(2026, 12, 20),
        by=world.office,
    )
    north = world.fresh(world.north_liaison)
    prefetch_related_objects([task], Prefetch("sweeps__answers", answers_for(north)))
    assert [len(shown.answers) for shown in sweeps_shown(task, north)] == [1]
    assert "举一反三排查还没有回报：北塘区政府、南湖区政府" in [row.text for row in blockers_of(task)]


def test_the_answer_of_another_unit_has_no_address(world: World, swept: Task, login: Any) -> None:
    other = Sweep.objects.get().answers.get(unit=world.south_gov)
    assert login(world.north_liaison).get(f"/ledger/sweeps/{other.pk}/").status_code == 403
