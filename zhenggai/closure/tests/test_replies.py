"""The complainant's word after the strike-off of a complaint piece: one link, one answer, no account; “not fixed” opens a review
by somebody else than who accepted, and only a look on site opens a new round."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client

from tests.world import World
from zhenggai.accounts.decisions import Refused
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.models import Entry
from zhenggai.closure.lookback import by_acceptor
from zhenggai.closure.models import Rebound, Reply
from zhenggai.closure.replies import make_link, reply, review, reviews_for
from zhenggai.closure.tests.test_path import START, walk
from zhenggai.ledger.lifecycle import take
from zhenggai.ledger.models import Source, Task
from zhenggai.ledger.states import STRIKE_OFF, State

AFTER = START + timedelta(days=30)
WORDS = "我是湖边301室的张某，夜里还是臭"


@pytest.fixture
def piece(world: World) -> Iterator[Task]:
    """A complaint piece that is struck off; it is that day."""
    with clock.pretend(at(START)):
        task = world.task(source=Source.COMPLAINT)
        walk(world, task, State.IN_NOTICE)
    with clock.pretend(at(AFTER)):
        yield take(STRIKE_OFF, task, by=world.leader)


def link_of(page: Any) -> str:
    return str(page.content.decode().split(f"<code>{settings.BASE_URL}")[1].split("</code>")[0])


@pytest.mark.requirement("R06", "R66", "R78")
def test_not_fixed_opens_a_review_and_a_look_opens_a_new_round(world: World, piece: Task, login: Any) -> None:
    office = login(world.office)
    link, public = link_of(office.post(f"/tasks/{piece.pk}/reply-link/")), Client()
    assert piece.number in public.get(link).content.decode()
    assert public.post(link, {"opinion": "not", "text": WORDS}).status_code == 200
    assert public.get(link).status_code == public.post(link, {"opinion": "fixed"}).status_code == 404
    piece.refresh_from_db()
    assert piece.state == State.STRUCK_OFF  # a word is no reopening
    row = Reply.objects.get()
    assert "夜里" not in row.text_sealed
    assert not Entry.objects.filter(task_id=piece.pk, note__contains="301").exists()
    assert "核查信访人评价" in login(world.supervision).get("/work/").content.decode()
    assert WORDS in login(world.supervision).get(f"/replies/{row.pk}/").content.decode()
    assert WORDS not in login(world.leader).get(f"/tasks/{piece.pk}/").content.decode()
    sent = {"found": "slipped", "text": "夜间到现场，仍有异味，泵站未开", "again_by": "2025-03-31"}
    assert login(world.supervision).post(f"/replies/{row.pk}/", sent).status_code == 302
    rebound = Rebound.objects.get()
    assert (rebound.old_id, rebound.new.state, rebound.told.count()) == (piece.pk, State.RECTIFYING, 2)
    rates = {row["unit_name"]: (row["seen"], row["slipped"], row["rate"]) for row in by_acceptor([world.city.pk])}
    assert rates["南湖区整改办"] == (1, 1, 100.0), "what a complainant made known counts as what was drawn"


@pytest.mark.parametrize("opinion", ["fixed", "partly"])
def test_another_word_opens_nothing(world: World, piece: Task, opinion: str) -> None:
    reply(make_link(piece, by=world.office), opinion=opinion, text="")
    assert not reviews_for(world.supervision).exists()


def test_a_new_link_ends_the_old_one_and_every_link_ends_in_time(world: World, piece: Task) -> None:
    old, new = make_link(piece, by=world.office), make_link(piece, by=world.office)
    with pytest.raises(Refused, match="用过、过期或者不对"):
        reply(old, opinion="fixed", text="")
    with clock.pretend(at(AFTER + timedelta(days=61))), pytest.raises(Refused, match="用过、过期或者不对"):
        reply(new, opinion="fixed", text="")


def test_who_may_not(world: World, piece: Task) -> None:
    for person in (world.south_liaison, world.leader, world.publicity):
        with pytest.raises(Refused, match="由综合协调组"):
            make_link(piece, by=person)
    with pytest.raises(Refused, match="只有信访件"):
        make_link(world.task(), by=world.office)
    row = reply(make_link(piece, by=world.office), opinion="not", text=WORDS)
    for person, why in (
        (world.acceptor, "作过结论"),
        (world.south_liaison, "联络员"),
        (world.leader, "作过结论"),
        (world.publicity, "由督导组"),
    ):
        with pytest.raises(Refused, match=why):
            review(row, found="stands", text="夜间到现场，没有异味", by=person)
    with pytest.raises(IntegrityError, match="what was said stays"), transaction.atomic():
        Reply.objects.filter(pk=row.pk).update(opinion="fixed")
