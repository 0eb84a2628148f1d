"""The day's work is idempotent: run twice, killed halfway or with the clock set back, the ledger comes out the same."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.world import World
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.ledger.models import YearlyCheck
from zhenggai.pages import daily, each_day
from zhenggai.progress.models import Owed, Round
from zhenggai.publicity.actions import publish_plan
from zhenggai.publicity.models import PublishedTask

DAY = date(2026, 11, 20)


def state() -> dict[str, list[Any]]:
    """Everything that the day's work writes, without the moments at which it was written."""
    return {
        "rounds": list(Round.objects.order_by("pk").values_list("place", "month")),
        "owed": list(Owed.objects.order_by("pk").values_list("task", "unit", "month")),
        "checks": list(YearlyCheck.objects.order_by("pk").values_list("task", "year", "due_on")),
        "copies": list(PublishedTask.objects.order_by("pk").values_list("task", "schedule", "state_words")),
    }


def work() -> dict[str, list[Any]]:
    daily.run()
    each_day.yearly_checks()
    return state()


@pytest.fixture
def ledger(world: World) -> World:
    with clock.pretend(at(date(2025, 10, 20))):
        world.task(due=None)
        for days in (1, 60, 400):
            world.task(due=DAY + timedelta(days=days))
        publish_plan(world.plan, by=world.publicity)
    return world


def test_run_twice_and_the_clock_set_back_give_the_same(ledger: World) -> None:
    with clock.pretend(at(DAY)):
        first = work()
        assert all(first.values())
        assert work() == first
    with clock.pretend(at(DAY - timedelta(days=5))):
        work()
    with clock.pretend(at(DAY)):
        assert work() == first


def test_killed_halfway_it_goes_on_where_it_stood(ledger: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with clock.pretend(at(DAY)):

        def killed(*args: Any) -> int:
            raise KeyboardInterrupt

        with monkeypatch.context() as broken:
            broken.setattr(daily, "keep_filings", killed)
            with pytest.raises(KeyboardInterrupt):
                daily.run()
        half = state()
        assert half["rounds"]
        assert not half["checks"]
        whole = work()
        assert whole["rounds"] == half["rounds"]
        assert whole["checks"]
        assert work() == whole
