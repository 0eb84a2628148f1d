"""The bell: what has come since one last looked, worked out from the queues."""

from datetime import date
from typing import Any

import pytest

from tests.world import World
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.progress.actions import decide, submit
from zhenggai.reminders.models import Habit

DAY = date(2026, 11, 9)


def bell(client: Any) -> int:
    from django.core.cache import cache

    cache.clear()
    return int(client.get("/work/").context["bell"]["count"])


def test_what_was_seen_is_not_new_and_what_comes_after_it_is(world: World, login: Any) -> None:
    with clock.pretend(at(DAY)):
        task = world.task()
        client = login(world.south_liaison)
        assert bell(client) == 1
        assert task.headline in client.get("/reminders/").content.decode()
        see_all(client)
        assert bell(client) == 0
        assert "没有新的" in client.get("/reminders/").content.decode()
        world.task()
        assert bell(client) == 1


def see_all(client: Any) -> None:
    """Open the page and press its button."""
    shown = client.get("/reminders/").context["marks"]
    assert client.post("/reminders/seen/", {"marks": shown}).status_code == 302


def test_what_came_after_the_page_was_opened_stays_new(world: World, login: Any) -> None:
    with clock.pretend(at(DAY)):
        client = login(world.south_liaison)
        world.task()
        page = client.get("/reminders/")
        assert f'<input type="hidden" name="marks" value="{page.context["marks"]}">' in page.content.decode()
        world.task()
        client.post("/reminders/seen/", {"marks": page.context["marks"]})
        assert bell(client) == 1
        see_all(client)
        assert bell(client) == 0, "what was seen before stays seen"


def test_nobody_notes_what_was_never_shown(world: World, login: Any) -> None:
    client = login(world.south_liaison)
    world.task()
    assert client.post("/reminders/seen/", {"marks": "0:x|" + "a" * 9000}).status_code == 302
    assert Habit.objects.get().seen == []
    assert bell(client) == 1


def test_a_report_that_is_sent_back_rings_again(world: World, login: Any) -> None:
    with clock.pretend(at(DAY)):
        task = world.task()
        client = login(world.south_liaison)
        see_all(client)
        report = submit(task, text="在推进", measures=[], files=[], by=world.south_liaison)
        assert bell(client) == 0
        decide(report, accept=False, reason="缺监测数据", by=world.office)
        assert bell(client) == 1
    with clock.pretend(at(date(2026, 12, 1))):
        see_all(client)
        assert bell(client) == 0


def test_a_new_month_rings_for_the_same_task(world: World, login: Any) -> None:
    client = login(world.south_liaison)
    with clock.pretend(at(DAY)):
        world.task()
        see_all(client)
        assert bell(client) == 0
    with clock.pretend(at(date(2026, 12, 1))):
        assert bell(client) == 1


def test_looking_writes_nothing_and_one_row_a_person_is_kept(world: World, login: Any) -> None:
    client = login(world.south_liaison)
    client.get("/reminders/")
    assert not Habit.objects.exists()
    for _ in range(3):
        see_all(client)
    assert Habit.objects.count() == 1
    assert client.get("/reminders/seen/").status_code == 405


@pytest.mark.parametrize("who", ["system_admin", "nobody"])
def test_who_has_nothing_to_do_has_a_quiet_bell(world: World, login: Any, who: str) -> None:
    assert bell_of(login(getattr(world, who))) == 0


def bell_of(client: Any) -> int:
    return int(client.get("/reminders/").context["bell"]["count"])


def test_the_bell_costs_each_page_one_query_at_most(
    world: World, login: Any, django_assert_max_num_queries: Any
) -> None:
    client = login(world.office)
    client.get("/reminders/settings/")
    with django_assert_max_num_queries(9):
        client.get("/reminders/settings/")
