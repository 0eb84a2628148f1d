"""The whole of the day's work (`zhenggai manage daily`) is idempotent: run twice, ended anywhere on its way, or with the clock set
back, the ledger, the trail and what is sent come out as from one run."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import transaction

from tests.world import World
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.models import Entry
from zhenggai.core import workdays
from zhenggai.documents.actions import keep_bytes
from zhenggai.documents.models import FileAlarm
from zhenggai.ledger.models import YearlyCheck
from zhenggai.pages import daily, each_day
from zhenggai.progress.models import FiledTask, Owed, QuarterFiling, Round
from zhenggai.publicity.actions import publish_plan
from zhenggai.publicity.models import EndChange, Notice, PublishedTask
from zhenggai.publicity.tests.rig import notice_from
from zhenggai.reminders.models import Digest

DAY = date(2025, 1, 6)
WORKS = list(each_day._works)


def state() -> dict[str, list[Any]]:
    """Everything that the day's work writes, without numbers of rows and without moments."""
    return {
        "rounds": list(Round.objects.order_by("place", "month").values_list("place", "month", "due_on")),
        "owed": list(Owed.objects.order_by("task", "unit", "month").values_list("task", "unit", "month", "state")),
        "filings": list(QuarterFiling.objects.order_by("place", "quarter").values_list("place", "quarter")),
        "filed": list(FiledTask.objects.order_by("filing__quarter", "task").values_list("task", "due_count", "done_count")),
        "checks": list(YearlyCheck.objects.order_by("task", "year").values_list("task", "year", "due_on")),
        "copies": list(PublishedTask.objects.order_by("task").values_list("task", "schedule", "state_words")),
        "alarms": list(FileAlarm.objects.order_by("stored").values_list("stored", "kind", "mended_at")),
        "ends": list(EndChange.objects.order_by("notice").values_list("notice", "old_end", "new_end", "adopted")),
        "letters": list(Digest.objects.order_by("person", "day").values_list("person", "day", "state")),
        "trail": sorted(Entry.objects.order_by("seq").values_list("verb", "note")),
    }  # fmt: skip


def work() -> dict[str, list[Any]]:
    call_command("daily", verbosity=0)
    return state()


@pytest.fixture
def ledger(world: World, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Something to do for every part: tasks dated and long-term, public; a notice whose end a changed day moves; a file that
    is gone; somebody who wants a letter. It is that day."""
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "127.0.0.1", "整改 <zhenggai@linjiang.example>"
    Person.objects.filter(pk=world.south_liaison.pk).update(email="liaison@nanhu.example")
    with clock.pretend(at(date(2023, 10, 20))):
        world.task(due=None)
    with clock.pretend(at(date(2024, 12, 20))):
        for days in (-1, 1, 60):
            world.task(due=DAY + timedelta(days=days))
    notice_from(world, date(2024, 12, 26))
    with clock.pretend(at(date(2024, 12, 27))):
        publish_plan(world.plan, by=world.publicity)  # type: ignore[arg-type]
        default_storage.delete(keep_bytes(b"%PDF-gone", media_type="application/pdf").path)
    counted = workdays.add(date(2024, 12, 26), 11)
    monkeypatch.setattr(Notice, "counted", property(lambda one: counted))
    with clock.pretend(at(DAY)):
        yield world


def test_run_twice_and_with_the_clock_set_back_it_does_its_work_once(ledger: World) -> None:
    first = work()
    assert all(first.values()), [name for name, rows in first.items() if not rows]
    assert len(mail.outbox) == 1
    assert work() == first
    with clock.pretend(at(DAY - timedelta(days=4))):
        work()
    assert work()["trail"] == first["trail"], "nothing was done a second time"
    assert {name: rows for name, rows in state().items() if name != "letters"} == {
        name: rows for name, rows in first.items() if name != "letters"
    }


@pytest.mark.parametrize("place", ["keep_filings", "copies", *range(len(WORKS))])
def test_ended_anywhere_the_next_run_brings_it_to_where_one_run_would_have(
    ledger: World, monkeypatch: pytest.MonkeyPatch, place: str | int
) -> None:
    with transaction.atomic():
        whole = work()
        transaction.set_rollback(True)
    mail.outbox.clear()

    def killed(*given: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        if place == "keep_filings":
            broken.setattr(daily, "keep_filings", killed)
        elif place == "copies":
            broken.setattr(type(PublishedTask.objects.all()), "refresh", killed)
        else:
            assert isinstance(place, int)
            broken.setattr(each_day, "_works", [*WORKS[:place], killed, *WORKS[place + 1 :]])
        with pytest.raises(KeyboardInterrupt):
            work()
    assert work() == whole
    assert work() == whole
    assert len(mail.outbox) <= 2
