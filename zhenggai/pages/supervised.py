"""What supervision shows on a task's page: its consultations, what meetings decided on it, the sessions that dealt with it."""

from typing import Any

from django.db.models import CharField, F, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse

from zhenggai.accounts.models import Person
from zhenggai.accounts.roles import Role
from zhenggai.closure.flags import flags_of
from zhenggai.ledger.models import Task
from zhenggai.supervision.models import Consultation, DecidedItem, Session

MOST = 10  # of each kind
STATES = dict([*Consultation.State.choices, *DecidedItem.State.choices])


def supervision_of(task: Task, person: Person) -> dict[str, Any]:
    """`supervised`: the three kinds, each (heading, rows), those that the task has read in one statement; `may_consult` for
    the link."""
    found: dict[str, list[dict[str, Any]]] = {"consultation": [], "decided_item": [], "session": []}
    asked = _asked(task, person)
    for kind, pk, title, state, day, note in asked[0].union(*asked[1:], all=True) if asked else ():
        words = [STATES.get(state, ""), day.isoformat() if day else "", note]
        found[kind].append({"url": reverse(kind, args=[pk]), "title": title, "words": " · ".join(filter(None, words))})
    return {
        "supervised": [
            ("会商", found["consultation"]),
            ("会议议定", found["decided_item"]),
            ("研究和督导", found["session"]),
        ],
        "may_consult": person.holds(Role.LIAISON) and not task.is_closed,
    }


def _asked(task: Task, person: Person) -> list[QuerySet[Any]]:
    """The queries of the kinds that the task has."""
    flags, asked = flags_of(task), []
    if flags["has_consultations"]:
        consultations = Consultation.objects.visible_to(person).filter(tasks=task)
        day = Coalesce(F("held_on"), F("planned_on"))
        asked.append(_rows("consultation", consultations, "asked", "state", day, "conclusion"))
    if flags["has_decided"]:
        items = DecidedItem.objects.visible_to(person).filter(task=task)
        asked.append(_rows("decided_item", items, "text", "state", F("due"), "unit__short_name"))
    if flags["has_sessions"]:
        sessions = Session.objects.visible_to(person).filter(tasks=task)
        asked.append(_rows("session", sessions, "topic", None, F("held_on"), "duty__what"))
    return asked


def _rows(kind: str, rows: QuerySet[Any], title: str, state: str | None, day: Any, note: str) -> QuerySet[Any]:
    text = TextField()
    return rows.order_by("-pk").annotate(
        kind_=Value(kind, CharField()), title_=Cast(title, text),
        state_=Cast(state, text) if state else Value("", text), day_=day, note_=Cast(note, text),
    ).values_list("kind_", "pk", "title_", "state_", "day_", "note_")[:MOST]  # fmt: skip
