"""The ledger's filters: what may be asked for in the address, and the rows that answer it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.utils.http import urlencode

from zhenggai.accounts.models import Kind, Person, Unit
from zhenggai.ledger.models import Duty, Inspection
from zhenggai.ledger.querysets import Schedule, TaskQuerySet
from zhenggai.ledger.states import CLOSED, State
from zhenggai.ui import asked as asked_for
from zhenggai.ui.paging import Key

NAMES = ("view", "q", "inspection", "place", "lead", "status", "sort")

# Saved views that everyone has, first to last: the name in the address, the words, the condition on rows that carry
# their schedule.
VIEWS: dict[str, tuple[str, Callable[[date], Q]]] = {
    "all": ("全部", lambda today: Q()),
    "open": ("未销号", lambda today: ~Q(state__in=CLOSED)),
    "overdue": ("已逾期", lambda today: Q(schedule=Schedule.OVERDUE)),
    "behind": ("未达到序时进度", lambda today: Q(schedule__in=[Schedule.BEHIND, Schedule.OVERDUE])),
    "soon": (
        "60天内到期",
        lambda today: Q(state=State.RECTIFYING, due__range=(today, today + timedelta(days=60))),
    ),
    "acceptance": ("验收中", lambda today: Q(state__in=[State.IN_ACCEPTANCE, State.ACCEPTED])),
    "notice": ("公示中", lambda today: Q(state=State.IN_NOTICE)),
    "closed": ("已销号", lambda today: Q(state__in=CLOSED)),
}
SORTS: dict[str, tuple[str, list[Key]]] = {
    "due": ("完成时限", [Key("due", nullable=True), Key("pk")]),
    "number": ("序号", [Key("inspection_id"), Key("serial"), Key("pk")]),
}


@dataclass(frozen=True)
class Filters:
    """What was asked for; unknown values count as not asked."""

    view: str = "open"
    q: str = ""
    inspection: int | None = None
    place: int | None = None
    lead: str = ""
    status: str = ""
    sort: str = "due"

    @classmethod
    def read(cls, asked: QueryDict) -> "Filters":
        status = asked.get("status", "")
        return cls(
            view=asked.get("view", "") if asked.get("view") in VIEWS else "open",
            q=asked_for.words(asked.get("q")),
            inspection=asked_for.number(asked.get("inspection")),
            place=asked_for.number(asked.get("place")),
            lead=asked_for.words(asked.get("lead")),
            status=status if status in Schedule.values else "",
            sort=asked.get("sort", "") if asked.get("sort") in SORTS else "due",
        )

    def apply(self, rows: TaskQuerySet, today: date) -> TaskQuerySet:
        """`rows` as they were asked for, ordered by the sort's keys."""
        rows = rows.with_schedule(today).filter(VIEWS[self.view][1](today))
        if self.q:
            rows = rows.filter(Q(number__icontains=self.q) | Q(issue__icontains=self.q))
        if self.inspection:
            rows = rows.filter(inspection=self.inspection)
        if self.place:
            rows = rows.filter(place=self.place)
        if self.lead:
            rows = rows.filter(Exists(Duty.objects.filter(task=OuterRef("pk"), part="lead", raw=self.lead)))
        if self.status:
            rows = rows.filter(schedule=self.status)
        if self.sort == "due":
            return rows.by_due()
        return rows.order_by(*(key.name for key in self.keys))

    @property
    def keys(self) -> list[Key]:
        return SORTS[self.sort][1]

    def address(self, **changes: Any) -> str:
        """The query string of these filters with `changes`; what is empty or usual is left out."""
        usual = Filters()
        asked = {name: getattr(self, name) for name in NAMES} | changes
        return "?" + urlencode(
            {name: value for name, value in asked.items() if value and value != getattr(usual, name, "")}
        )


@dataclass(frozen=True)
class Choice:
    """One way to narrow the list: what it is called, and its address."""

    label: str
    url: str
    current: bool = False


def chips(filters: Filters, person: Person) -> list[dict[str, Any]]:
    """The filter bar: per chip its name, the chosen words, and its choices. Lists are short ones: the inspections and
    the places of the person's scope, never units."""
    inspections = [(row.pk, row.name) for row in Inspection.objects.filter(place__up__ancestor__in=person.scope)]
    places = list(
        Unit.objects.filter(kind=Kind.PLACE, up__ancestor__in=person.scope).distinct().values_list("pk", "short_name")
    )
    statuses = [(code, f"{word}（已逾期）" if code == "O" else word) for code, word in Schedule.choices]
    return [
        _chip("督察", "inspection", list(dict.fromkeys(inspections)), filters),
        _chip("属地", "place", places, filters),
        _chip("状态", "status", statuses, filters),
    ]


def _chip(label: str, name: str, choices: list[tuple[Any, str]], filters: Filters) -> dict[str, Any]:
    chosen = getattr(filters, name)
    words = next((word for value, word in choices if value == chosen), "全部")
    return {
        "label": label,
        "words": words,
        "on": bool(chosen),
        "clear": filters.address(**{name: ""}),
        "choices": [
            Choice("全部", filters.address(**{name: ""}), not chosen),
            *(Choice(word, filters.address(**{name: value}), value == chosen) for value, word in choices),
        ],
    }
