"""What supervision shows on a task's page: its consultations, what meetings decided on it, the sessions that dealt with it."""

from typing import Any

from django.db.models import CharField, F, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse

from zhenggai.accounts.models import Person
from zhenggai.accounts.roles import Role
from zhenggai.ledger.models import Task
from zhenggai.supervision.models import Consultation, DecidedItem, Session

MOST = 10  # of each kind
STATES = dict([*Consultation.State.choices, *DecidedItem.State.choices])


def supervision_of(task: Task, person: Person) -> dict[str, Any]:
    """`supervised`: the three kinds, each (heading, rows), read in one statement; `may_consult` for the link."""
    consultations = _rows("consultation", Consultation.objects.visible_to(person).filter(tasks=task), "asked", "state",
                          Coalesce(F("held_on"), F("planned_on")), "conclusion")  # fmt: skip
    decided = _rows("decided_item", DecidedItem.objects.visible_to(person).filter(task=task), "text", "state", F("due"),
                    "unit__short_name")  # fmt: skip
    sessions = _rows("session", Session.objects.visible_to(person).filter(tasks=task), "topic", None, F("held_on"),
                     "duty__what")  # fmt: skip
    found: dict[str, list[dict[str, Any]]] = {"consultation": [], "decided_item": [], "session": []}
    for kind, pk, title, state, day, note in consultations.union(decided, sessions, all=True):
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


def _rows(kind: str, rows: QuerySet[Any], title: str, state: str | None, day: Any, note: str) -> QuerySet[Any]:
    text = TextField()
    return rows.order_by("-pk").annotate(
        kind_=Value(kind, CharField()), title_=Cast(title, text),
        state_=Cast(state, text) if state else Value("", text), day_=day, note_=Cast(note, text),
    ).values_list("kind_", "pk", "title_", "state_", "day_", "note_")[:MOST]  # fmt: skip
