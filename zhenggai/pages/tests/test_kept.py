"""Figures are counted once for everybody with one scope: nobody is shown anything but what would be counted for them alone."""

import re
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.core.cache import cache
from django.test import Client

from tests.world import World
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.progress.rounds import close_round, counts_key, counts_of, keep_up, open_round

PAGES = (
    "/work/", "/overview/", "/overview/?by=lead", "/map/", "/map/?by=lead", "/ledger/?view=all", "/rounds/2026-10/",
    "/rounds/2026-11/", "/rounds/2026-11/?sort=missing",
)  # fmt: skip
PEOPLE = (
    "office", "acceptor", "leader", "supervision", "case", "publicity", "south_liaison", "north_liaison", "water_liaison",
    "south_acceptor", "north_acceptor",
)  # fmt: skip
ITS_OWN = re.compile(r'nonce="[^"]*"|csrfmiddlewaretoken" value="[^"]*"|"X-CSRFToken": ?"[^"]*"|X-CSRFToken[^>]*')


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with clock.pretend(clock.at(date(2026, 11, 22))):
        yield


def test_everybody_sees_what_would_be_counted_for_them_alone(world: World, login: Callable[[Person], Client]) -> None:
    with clock.pretend(clock.at(date(2026, 10, 8))):
        world.task()
        world.task(lead=[world.north_gov], responsible=[world.north_gov], due=date(2026, 11, 1))
        world.task(lead=[world.water], responsible=[world.north_gov], cooperating=[])
    for month in (date(2026, 10, 1), date(2026, 11, 1)):
        keep_up(open_round(world.city, month))
    october = open_round(world.city, date(2026, 10, 1))
    close_round(october, seen=counts_key(counts_of(october)), by=world.office)
    asked = [(login(getattr(world, name)), name, page) for page in PAGES for name in PEOPLE]
    together = [_shown(client, page) for client, _, page in asked]
    for (client, name, page), shown in zip(asked, together, strict=True):
        cache.clear()
        assert _shown(client, page) == shown, f"{name} {page}"


def _shown(client: Client, page: str) -> str:
    return ITS_OWN.sub("", client.get(page).content.decode())
