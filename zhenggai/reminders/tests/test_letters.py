"""One letter a person a day, to a real mail server: what it says, what it never says, and what stops it."""

import email
import email.policy
import socket
from collections.abc import Iterator
from datetime import date
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.management import call_command
from django.db import IntegrityError, transaction

from tests.world import World
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.models import Entry
from zhenggai.progress.actions import decide, submit
from zhenggai.reminders import sending
from zhenggai.reminders.actions import set_days
from zhenggai.reminders.models import Digest, Habit
from zhenggai.reminders.sending import send_digests

FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)


class Postbox:
    """Takes letters; refuses those to addresses in `refused`."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.refused: set[str] = set()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refused:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))  # type: ignore[arg-type]
        return "250 OK"


@pytest.fixture
def postbox(settings: Any) -> Iterator[Postbox]:
    box = Postbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.DEFAULT_FROM_EMAIL = "整改 <zhenggai@linjiang.example>"
    yield box
    controller.stop()


def gives(person: Person, address: str) -> None:
    Person.objects.filter(pk=person.pk).update(email=address)


@pytest.fixture
def owing(world: World) -> World:
    """南湖区 owes a report on one task; its liaison has an address."""
    gives(world.south_liaison, "liaison@nanhu.example")
    with clock.pretend(at(date(2026, 11, 2))):
        world.task()
    return world


def sent_on(day: date) -> sending.Run:
    with clock.pretend(at(day, 8)):
        return send_digests()


def text_of(letter: EmailMessage, kind: str = "plain") -> str:
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_a_letter_says_in_its_subject_how_much_and_when_and_leads_there(owing: World, postbox: Postbox) -> None:
    assert sent_on(FRIDAY) == sending.Run(sent=1)
    [letter] = postbox.letters
    assert letter["Subject"].strip() == "整改：1件已过期"
    assert letter["To"] == "liaison@nanhu.example"
    task = owing.plan.tasks.get()
    for kind in ("plain", "html"):
        words = text_of(letter, kind)
        assert "报11月报告" in words
        assert task.headline in words
        assert f"http://127.0.0.1:8000/tasks/{task.pk}/report/" in words
    assert letter["Auto-Submitted"] == "auto-generated"


def test_nobody_gets_two_letters_a_day_however_often_it_runs(owing: World, postbox: Postbox) -> None:
    sent_on(FRIDAY)
    assert sent_on(FRIDAY) == sending.Run()
    with clock.pretend(at(FRIDAY, 8)):
        call_command("daily")
    assert len(postbox.letters) == 1
    assert sent_on(date(2026, 11, 23)).sent == 1
    with pytest.raises(IntegrityError, match="one_letter_a_person_a_day"), transaction.atomic():
        Digest.objects.create(person=owing.south_liaison, day=FRIDAY, subject="again")


def test_what_broke_off_while_it_was_being_sent_is_not_sent_again(owing: World, postbox: Postbox) -> None:
    Digest.objects.create(person=owing.south_liaison, day=FRIDAY, subject="began and never ended")
    assert sent_on(FRIDAY) == sending.Run()
    assert postbox.letters == []


def test_nothing_to_say_is_no_letter(world: World, postbox: Postbox) -> None:
    gives(world.south_liaison, "liaison@nanhu.example")
    gives(world.nobody, "nobody@linjiang.example")
    assert sent_on(FRIDAY) == sending.Run()
    assert not Digest.objects.exists()


def test_what_was_sent_back_and_what_waits_for_a_decision_have_their_places(owing: World, postbox: Postbox) -> None:
    gives(owing.office, "office@linjiang.example")
    task = owing.plan.tasks.get()
    with clock.pretend(at(date(2026, 11, 10))):
        report = submit(task, text="保密的内容", measures=[], files=[], by=owing.south_liaison)
    sent_on(date(2026, 11, 11))
    [letter] = postbox.letters
    assert letter["To"] == "office@linjiang.example"
    assert "【等我审核】" in text_of(letter)
    with clock.pretend(at(date(2026, 11, 11), 15)):
        decide(report, accept=False, reason="不写明的理由", by=owing.office)
    sent_on(date(2026, 11, 12))
    back = postbox.letters[-1]
    assert back["To"] == "liaison@nanhu.example"
    assert "【退回待补正】" in text_of(back)
    for words in map(text_of, postbox.letters):
        assert "保密的内容" not in words
        assert "不写明的理由" not in words


def test_who_wants_none_gets_none_and_one_a_week_comes_on_its_first_working_day(owing: World, postbox: Postbox) -> None:
    set_days(owing.south_liaison, Habit.Days.WEEKLY)
    assert sent_on(FRIDAY).sent == 0
    assert sent_on(date(2026, 11, 23)).sent == 1
    set_days(owing.south_liaison, Habit.Days.NEVER)
    assert sent_on(date(2026, 11, 24)).sent == 0


def test_on_a_day_of_rest_only_what_is_due_within_two_days_is_worth_a_letter(owing: World, postbox: Postbox) -> None:
    assert sent_on(SATURDAY).sent == 0
    assert sent_on(date(2026, 11, 14)).sent == 1  # a Saturday; the report is due on the 16th


def test_a_closed_account_and_one_without_an_address_get_none(owing: World, postbox: Postbox) -> None:
    Person.objects.filter(pk=owing.south_liaison.pk).update(is_active=False)
    assert sent_on(FRIDAY) == sending.Run()


def test_an_address_that_the_server_refuses_is_noted_tried_thrice_and_keeps_no_one_waiting(
    owing: World, postbox: Postbox
) -> None:
    gives(owing.office, "office@linjiang.example")
    with clock.pretend(at(date(2026, 11, 10))):
        task = owing.task()
        submit(task, text="在推进", measures=[], files=[], by=owing.south_liaison)
    postbox.refused = {"liaison@nanhu.example"}
    assert sent_on(FRIDAY) == sending.Run(sent=1, failed=1)
    refused = Digest.objects.get(person=owing.south_liaison)
    assert refused.state == "failed"
    assert "550" in refused.error
    assert [sent_on(FRIDAY).failed for _ in range(4)] == [1, 1, 0, 0]
    postbox.refused = set()
    Digest.objects.filter(pk=refused.pk).update(tries=1)
    assert sent_on(FRIDAY).sent == 1
    assert len(postbox.letters) == 2


def test_a_mail_server_that_is_not_there_stops_the_run_and_nothing_else(
    owing: World, postbox: Postbox, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "GIVE_UP", 1)
    gives(owing.water_liaison, "water@linjiang.example")
    settings.EMAIL_PORT = 1
    run = sent_on(FRIDAY)
    assert run.failed >= 1
    assert Digest.objects.get(person=owing.south_liaison).state == "failed"


def test_without_a_mail_server_nothing_is_done(owing: World, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    assert sent_on(FRIDAY) == sending.Run()
    assert not Digest.objects.exists()


# ── one's own address ────────────────────────────────────────────────────────
def test_a_person_sets_the_own_address_and_days(world: World, login: Any) -> None:
    client = login(world.south_liaison)
    assert "还没有接上邮件服务器" in client.get("/reminders/settings/").content.decode()
    client.post("/reminders/settings/", {"email": "me@nanhu.example", "days": "weekly"})
    person = Person.objects.get(pk=world.south_liaison.pk)
    assert (person.email, person.habit.days) == ("me@nanhu.example", "weekly")
    entry = Entry.objects.get(verb="person.email_set")
    assert "me@" not in f"{entry.note}{entry.after}{entry.before}"
    refused = client.post("/reminders/settings/", {"email": "nonsense\nBcc: x@y.example", "days": "weekly"})
    assert refused.status_code == 422


def test_the_security_administrator_sets_anothers_and_nobody_else_does(world: World, login: Any) -> None:
    there = f"/desk/people/{world.south_liaison.pk}/email/"
    login(world.security_admin).post(there, {"email": "x@nanhu.example"})
    assert Person.objects.get(pk=world.south_liaison.pk).email == "x@nanhu.example"
    assert login(world.office).post(there, {"email": "y@nanhu.example"}).status_code == 403
    assert Person.objects.get(pk=world.south_liaison.pk).email == "x@nanhu.example"
