"""Sending the day's letters: one a person a day at most, whoever starts this how often and from how many machines."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import date
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import Exists, F, OuterRef
from django.template.loader import render_to_string

from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.reminders.digest import Letter, is_due, letter_for
from zhenggai.reminders.models import Digest, Habit, Sent
from zhenggai.ui.context import place

logger = logging.getLogger(__name__)

BATCH = 100
SECONDS = 900  # of one run; the next goes on with who has no letter yet
TRIES = 3  # a day, of a letter that the server refuses
GIVE_UP = 5  # failures in a row: the server is not there


@dataclass(frozen=True)
class Run:
    """What one run did: letters that left, letters that did not, and whether everyone's turn came."""

    sent: int = 0
    failed: int = 0
    finished: bool = True


def is_set_up() -> bool:
    return bool(settings.EMAIL_HOST and settings.DEFAULT_FROM_EMAIL)


def send_digests(*, seconds: float = SECONDS) -> Run:
    """Write to everyone who has an address, wants a letter today, has something to be told and has none yet."""
    if not is_set_up():
        return Run()
    until, today, sent, failed, in_a_row, last = time.monotonic() + seconds, clock.today(), 0, 0, 0, 0
    while batch := _waiting(today, last):
        for person in batch:
            last = person.pk
            if time.monotonic() > until or in_a_row >= GIVE_UP:
                return Run(sent, failed, finished=False)
            left = _write_to(person, today)
            if left is not None:
                sent, failed = sent + left, failed + (not left)
                in_a_row = 0 if left else in_a_row + 1
    return Run(sent, failed)


def _waiting(today: date, last: int) -> list[Person]:
    """The next people, by key, who have an address and no letter of today that left or is leaving."""
    had = Digest.objects.filter(person=OuterRef("pk"), day=today).exclude(state=Sent.FAILED, tries__lt=TRIES)
    never = Habit.objects.filter(person=OuterRef("pk"), days=Habit.Days.NEVER)
    rows = Person.objects.filter(~Exists(had), ~Exists(never), is_active=True, pk__gt=last).exclude(email="")
    return list(rows.select_related("unit", "habit").order_by("pk")[:BATCH])


def _write_to(person: Person, today: date) -> bool | None:
    """Whether the letter left; None when there was none to send."""
    letter = letter_for(person, today)
    if letter is None or not is_due(getattr(person, "habit", None), letter, today):
        return None
    digest = _claimed(person, today, letter)
    if digest is None:
        return None
    error = ""
    try:
        _message(person, letter, today).send()
    except (SMTPException, OSError) as refused:
        error = f"{type(refused).__name__}：{refused}"[:300]
        logger.warning("the letter of %s to person %s did not leave: %s", today, person.pk, type(refused).__name__)
    state = Sent.FAILED if error else Sent.SENT
    Digest.objects.filter(pk=digest.pk).update(state=state, error=error, at=clock.now())
    return not error


def _claimed(person: Person, today: date, letter: Letter) -> Digest | None:
    """The right to send today's letter, taken before it leaves; None when another process has it."""
    told = {"subject": letter.subject, "items": letter.items}
    digest, made = Digest.objects.get_or_create(person=person, day=today, defaults=told)
    if made:
        return digest
    again = Digest.objects.filter(pk=digest.pk, state=Sent.FAILED, tries__lt=TRIES)
    return digest if again.update(state=Sent.SENDING, tries=F("tries") + 1, **told) else None


def _message(person: Person, letter: Letter, today: date) -> EmailMultiAlternatives:
    context: dict[str, Any] = {
        "person": person, "letter": letter, "today": today, "base": settings.BASE_URL, "site": place(),
    }  # fmt: skip
    message = EmailMultiAlternatives(
        letter.subject, render_to_string("reminders/letter.txt", context), settings.DEFAULT_FROM_EMAIL, [person.email],
        headers={"Auto-Submitted": "auto-generated"}, connection=get_connection(timeout=settings.EMAIL_TIMEOUT),
    )  # fmt: skip
    message.attach_alternative(render_to_string("reminders/letter.html", context), "text/html")
    return message
