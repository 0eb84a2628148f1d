"""A document that takes longer than one waits for goes on being read, and its end is kept."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from tests.browser.test_path import PLAN
from tests.world import World, build
from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.audit.models import Entry
from zhenggai.intake import long_readings
from zhenggai.intake.models import Proposal, Reading

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def city() -> World:
    return build()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Nobody waits, and the real reading begins when the event is set."""
    go, read = Event(), long_readings.read_document

    def read_when_told(path: Path, name: str) -> dict[str, Any]:
        assert go.wait(60)
        return read(path, name)

    monkeypatch.setattr(long_readings, "PATIENCE", 0.05)
    monkeypatch.setattr(long_readings, "read_document", read_when_told)
    monkeypatch.setattr(long_readings, "_waiting", ThreadPoolExecutor(2))
    yield go
    go.set()
    long_readings._waiting.shutdown()


def upload(city: World, text: str) -> Proposal | Reading:
    assert city.inspection is not None
    return long_readings.propose(
        ContentFile(text.encode(), name="方案.txt"), "方案.txt", city.inspection, by=city.office
    )


def test_who_does_not_wait_finds_the_proposal(city: World, slow: Event, login: Callable[[Person], Client]) -> None:
    reading = upload(city, PLAN)
    assert isinstance(reading, Reading)
    client, address = login(city.office), f"/intake/readings/{reading.pk}/"
    assert "正在读取" in client.get(address).content.decode()
    assert "正在读取" in client.get("/intake/").content.decode()
    with pytest.raises(Refused, match="正在读取"):
        upload(city, PLAN)

    slow.set()
    long_readings._waiting.shutdown()  # waits until it is read
    proposal = Proposal.objects.get()
    assert (proposal.created_by, proposal.reading) == (city.office, reading)
    assert client.get(address)["Location"] == f"/intake/{proposal.pk}/"
    assert client.get(address, headers={"HX-Request": "true"})["HX-Redirect"] == f"/intake/{proposal.pk}/"
    assert login(city.south_liaison).get(address).status_code == 404


def test_why_it_could_not_be_read_is_told_and_it_may_be_read_again(
    city: World, slow: Event, login: Callable[[Person], Client]
) -> None:
    reading = upload(city, "没有任务的文件。")
    slow.set()
    long_readings._waiting.shutdown()
    reading.refresh_from_db()
    assert "没有认出整改任务" in reading.refusal
    assert Entry.objects.filter(verb="intake.unread").count() == 1
    client = login(city.office)
    page = client.get(f"/intake/readings/{reading.pk}/").content.decode()
    assert "没有认出整改任务" in page
    long_readings._waiting = ThreadPoolExecutor(1)
    assert client.post(f"/intake/readings/{reading.pk}/again/").status_code == 302
    assert Reading.objects.count() == 2, "begun anew beside the first"


def test_what_was_lost_says_so_and_is_begun_again(city: World, slow: Event) -> None:
    reading = upload(city, PLAN)
    assert isinstance(reading, Reading)
    with pytest.raises(Refused, match="还在读"):
        long_readings.again(reading, by=city.office)
    Reading.objects.filter(pk=reading.pk).update(created_at=clock.now() - timedelta(hours=1))
    reading.refresh_from_db()
    assert reading.is_lost
    second = long_readings.again(reading, by=city.office)
    assert isinstance(second, Reading)
    slow.set()
    long_readings._waiting.shutdown()
    reading.refresh_from_db()
    assert reading.refusal == "读取中断，已重新开始"
    assert Proposal.objects.get().reading == second


def test_who_waits_long_enough_gets_it_at_once(city: World) -> None:
    assert isinstance(upload(city, PLAN), Proposal)
    assert not Reading.objects.exists()
