"""Site checks as a phone sends them: once however often, marked where time or place is missing, by who decides alone."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from tests.world import World
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.closure.models import SiteCheck, Verdict
from zhenggai.closure.tests.test_chain import applied
from zhenggai.closure.tests.test_path import START
from zhenggai.closure.tests.walking import sign_next
from zhenggai.ledger.models import Task

JSON = {"HTTP_ACCEPT": "application/json"}
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"


@pytest.fixture(autouse=True)
def on_start() -> Iterator[None]:
    with clock.pretend(at(START)):
        yield


@pytest.fixture
def task(world: World) -> Task:
    return applied(world, "county_city")


def sent(**given: Any) -> dict[str, Any]:
    """What a phone sends of one visit."""
    return {
        "client_id": str(uuid4()), "made_at": "2024-12-02T01:30:00.000Z", "latitude": "30.512345",
        "longitude": "114.321", "accuracy": "12", "found": "holds", "text": "三处排口都没有溢流",
    } | given  # fmt: skip


def test_a_visit_sent_twice_arrives_once(world: World, task: Task, login: Any) -> None:
    client, verdict, visit = login(world.south_acceptor), Verdict.objects.get(position=1), sent()
    page = client.get("/field/").content.decode()
    assert task.number in page
    for _ in range(2):
        answer = client.post(
            f"/field/{verdict.pk}/", visit | {"photos": SimpleUploadedFile("a.jpg", JPEG, "image/jpeg")}, **JSON
        )
        assert answer.json() == {"received": visit["client_id"]}
    check = SiteCheck.objects.get()
    assert (check.photos.count(), check.place_words) == (1, "北纬30.51234°，东经114.32100°，误差12米")
    assert "照片没有时间" in client.get(f"/tasks/{task.pk}/").content.decode()  # a camera that says nothing is marked


def test_a_visit_without_a_place_is_taken_and_marked(world: World, task: Task, login: Any) -> None:
    client, verdict = login(world.south_acceptor), Verdict.objects.get(position=1)
    assert client.post(f"/field/{verdict.pk}/", sent(latitude="", longitude="", accuracy="")).status_code == 302
    assert "没有位置" in client.get(f"/tasks/{task.pk}/").content.decode()


def test_what_cannot_be_taken_is_answered_in_words(world: World, task: Task, login: Any) -> None:
    verdict = Verdict.objects.get(position=1)
    mine = login(world.south_acceptor)
    bare = mine.post(f"/field/{verdict.pk}/", sent(text="好"), **JSON)
    assert (bare.status_code, "至少包含 6" in bare.json()["error"] or "6" in bare.json()["error"]) == (422, True)
    other = login(world.acceptor).post(f"/field/{verdict.pk}/", sent(), **JSON)
    assert (other.status_code, other.json()["error"]) == (409, "现在轮到县级验收，由南湖区整改办作出")
    doer = login(world.south_liaison).post(f"/field/{verdict.pk}/", sent(), **JSON)
    assert "验收的不能是提交的人和单位" in doer.json()["error"]
    sign_next(world, task)
    late = mine.post(f"/field/{verdict.pk}/", sent(), **JSON)
    assert (late.status_code, "结论已经作出" in late.json()["error"]) == (409, True)


def test_the_database_takes_a_visit_of_no_doer_and_keeps_it(world: World, task: Task) -> None:
    verdict = Verdict.objects.get(position=1)
    row: dict[str, Any] = {"client_id": uuid4(), "task": task, "verdict": verdict, "unit": world.south_office,
                           "found": "holds", "text": "看过", "made_at": clock.now()}  # fmt: skip
    for change in ({"by": world.south_liaison}, {"by": world.south_acceptor, "unit": world.city_office}):
        with pytest.raises(IntegrityError, match="somebody who did not apply"), transaction.atomic():
            SiteCheck.objects.create(**row | change)
    SiteCheck.objects.create(**row | {"by": world.south_acceptor})
    with pytest.raises(IntegrityError, match="only added"), transaction.atomic():
        SiteCheck.objects.update(text="没看")


def test_the_worker_comes_from_the_place_that_it_serves(world: World, login: Any) -> None:
    answer = login(world.south_acceptor).get("/field/worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "/dist/app.css" in answer.content.decode()
    assert "script-src 'self'" in answer["Content-Security-Policy"]
