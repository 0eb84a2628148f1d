"""What several tests of publicity need: a notice, and a citizen's filled-in form."""

import re
from datetime import date
from typing import Any

from django.test import Client

from tests.world import World
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.closure.tests.test_path import walk
from zhenggai.ledger.states import State
from zhenggai.publicity.challenge import in_words
from zhenggai.publicity.models import Notice
from zhenggai.rulebook.models import Rulebook
from zhenggai.rulebook.rules import Rules

ANSWERS = {
    f"{in_words(first)}加{in_words(second)}": first + second for first in range(10, 40) for second in range(1, 10)
}


def notice_from(world: World, day: date, **rules: Any) -> Notice:
    """A notice that is published on `day`, under rules changed as given."""
    if rules:
        Rulebook.objects.create(
            place=world.city, name="另一版", effective_from=date(2016, 1, 1), data=Rules().as_json() | rules,
            approved_at=clock.now(),
        )  # fmt: skip
    with clock.pretend(at(day)):
        walk(world, world.task(), State.IN_NOTICE)
    return Notice.objects.order_by("-pk")[0]


def filled(notice: Notice, **data: Any) -> dict[str, Any]:
    """The form of an objection as a person sends it, with the question answered."""
    page = Client().get(f"/public/notices/{notice.pk}/object/").content.decode()
    found = re.search(r'name="token" value="([^"]+)"', page)
    asked = re.search(r"([一二三四五六七八九十]+加[一二三四五六七八九]+)等于多少", page)
    if not found or not asked:
        return data
    return {"token": found[1], "sum": str(ANSWERS[asked[1]]), "website": ""} | data


def send(notice: Notice, client: Client | None = None, **data: Any) -> Any:
    """Fill in the form and send it; the page that answers."""
    return (client or Client()).post(f"/public/notices/{notice.pk}/object/", filled(notice, **data))
