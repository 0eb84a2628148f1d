"""A generated ledger is one that the product could have made: it keeps every rule, and the pages show it whatever its size."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.believable.scale import SCALES, Scale
from benchmarks.generate import NotEmpty, generate
from tests.world import World
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.audit.models import Entry
from zhenggai.audit.trail import verify_database
from zhenggai.ledger.models import Task
from zhenggai.ledger.querysets import in_scope
from zhenggai.ledger.standing import standing_of
from zhenggai.progress.models import Owed, Report, Round, RoundTask
from zhenggai.progress.rounds import digest_of

TODAY = date(2026, 11, 22)
HAMLET = SCALES["hamlet"]
Login = Callable[[Person], Client]


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with clock.pretend(clock.at(TODAY)):
        yield


def made(scale: Scale = HAMLET, seed: int = 1) -> dict[str, int]:
    return generate(scale, seed=seed, today=TODAY, password="only-for-tests")


@pytest.mark.django_db
def test_the_rows_are_those_that_the_product_keeps() -> None:
    counts = made()
    assert counts["ledger.Task"] == HAMLET.tasks == Task.objects.count()
    assert {"ledger.Sweep", "ledger.Target", "progress.Owed", "progress.RoundTask"} <= set(counts)
    for task in Task.objects.prefetch_related("targets", "measures__milestones"):
        assert task.achieved == standing_of(task, TODAY).achieved
        assert task.duties.filter(part="place", unit=task.place_id).exists()
    assert set(Task.objects.values_list("state", flat=True)) >= {"rectifying", "filed"}
    assert Round.objects.filter(closed_at=None).exists() or Round.objects.exclude(closed_at=None).exists()
    assert Owed.objects.exclude(report=None).count() == Report.objects.count()


@pytest.mark.django_db
def test_its_audit_trail_holds_and_says_where_it_comes_from() -> None:
    made()
    found = verify_database()
    assert found.holds
    assert found.rows == Entry.objects.count() > HAMLET.tasks
    assert set(Entry.objects.values_list("source", flat=True)) == {"压力数据"}


@pytest.mark.django_db
def test_closed_rounds_answer_to_their_digest() -> None:
    made()
    closed = Round.objects.exclude(closed_at=None)
    assert closed
    assert all(round_.digest == digest_of(round_) for round_ in closed)
    assert RoundTask.objects.filter(round__in=closed).exists()


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_rows() -> None:
    def rows() -> list[Any]:
        return list(Task.objects.order_by("pk").values_list("number", "headline", "due", "state", "achieved"))

    seen = []
    for seed in (3, 3, 4):
        point = transaction.savepoint()
        made(seed=seed)
        seen.append(rows())
        transaction.savepoint_rollback(point)
    assert seen[0] == seen[1] != seen[2]


@pytest.mark.django_db
def test_the_guards_stand_again_after_the_load() -> None:
    made()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgenabled = 'D' AND NOT tgisinternal"
        )
        assert cursor.fetchall() == []
        cursor.execute("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND NOT convalidated")
        assert cursor.fetchone() == (0,)


def test_a_ledger_in_use_is_refused(world: World) -> None:
    task = world.task()
    with pytest.raises(NotEmpty, match="已有"):
        made()
    assert list(Task.objects.all()) == [task]


@pytest.mark.django_db
def test_who_looks_over_all_sees_what_a_look_at_each_task_gives() -> None:
    made()
    for username in ("office-1", "leader-1"):
        whole = Person.objects.get(username=username)
        assert set(Task.objects.visible_to(whole)) == set(Task.objects.all())
        asked = Person.objects.get(username=username)
        asked.__dict__["looks_over_all"] = False
        assert set(Task.objects.filter(in_scope(asked, "pk"))) == set(Task.objects.all())
    partial = Person.objects.filter(username__startswith="office-").order_by("pk")[1]
    assert 0 < Task.objects.visible_to(partial).count() < HAMLET.tasks


PAGES = (
    "/ledger/",
    "/overview/",
    "/overview/?by=lead",
    "/map/",
    "/map/?by=lead",
    "/rounds/{month}/",
    "/work/",
    "/tasks/{task}/",
)


def statements(client: Client, address: str) -> int:
    """How many statements a page takes."""
    with CaptureQueriesContext(connection) as taken:
        assert client.get(address).status_code == 200, address
    return len(taken)


def on_each_page(who: str, login: Login) -> dict[str, int]:
    """Statements per page of the office, or of a unit that leads something; what waits for the person is counted before, as
    it is kept for a minute in use."""
    leading = Person.objects.filter(username__startswith="liaison", unit__duties__part="lead").order_by("pk")
    person = leading[0] if who == "liaison" else Person.objects.get(username=who)
    client, month = login(person), Round.objects.order_by("-month").values_list("month")[0][0]
    task = Task.objects.visible_to(person).order_by("pk")[0]
    client.get("/work/")
    return {page: statements(client, page.format(task=task.pk, month=f"{month:%Y-%m}")) for page in PAGES}


@pytest.mark.parametrize("who", ["office-1", "liaison"])
@pytest.mark.django_db
def test_no_page_takes_more_statements_for_a_larger_ledger(who: str, login: Login) -> None:
    point = transaction.savepoint()
    made()
    small = on_each_page(who, login)
    transaction.savepoint_rollback(point)
    cache.clear()
    made(replace(HAMLET, own_tasks=110, city_tasks=20))
    large = on_each_page(who, login)
    assert {page: count for page, count in large.items() if count > 25} == {}
    # where the small one has nothing late, nothing is read of what is late
    assert {page: (small[page], large[page]) for page in PAGES if large[page] > small[page] + 5} == {}
