"""The ledger's filter bar: per chip its name, the chosen words, and its choices."""

from dataclasses import dataclass
from typing import Any

from zhenggai.accounts.models import Kind, Person, Unit
from zhenggai.ledger.filters import STOCK, Filters, hard_words, schedule_words
from zhenggai.ledger.models import Inspection, Source
from zhenggai.ledger.querysets import Schedule, unchanged
from zhenggai.ledger.states import State


@dataclass(frozen=True)
class Choice:
    """One way to narrow the list: what it is called, and its address."""

    label: str
    url: str
    current: bool = False


def chips(filters: Filters, person: Person) -> list[dict[str, Any]]:
    """The chips with a list. Lists are short ones: the inspections and the places of the person's scope, never units."""
    inspections, places = unchanged(person)("chips", lambda: _of_scope(person))
    return [
        _chip("督察", "inspection", inspections, filters),
        _chip("属地", "place", places, filters),
        _chip("状态", "status", [(code, schedule_words(code)) for code in Schedule.values], filters),
        _chip("来源", "source", list(Source.choices), filters),
        _chip("存量/增量", "stock", list(STOCK.items()), filters),
        _chip("难度", "hard", list(hard_words().items()), filters),
    ]


def _of_scope(person: Person) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    places = Unit.objects.filter(kind=Kind.PLACE, up__ancestor__in=person.scope).distinct()
    return [(row.pk, row.name) for row in Inspection.objects.concerning(person)], list(
        places.values_list("pk", "short_name")
    )


def crossed(filters: Filters) -> list[Choice]:
    """What is asked for and has no chip of its own: each with the address that lets it go."""
    told = (
        ("牵头单位", "lead_unit", _unit(filters.lead_unit)), ("牵头单位", "lead", filters.lead),
        ("类别", "category", filters.category),
        ("方案", "plan", "这份方案" if filters.plan else ""), ("属地及以下", "under", _unit(filters.under)),
        ("环节", "state", State(filters.state).words if filters.state else ""), ("比较", "month", filters.compared),
    )  # fmt: skip
    return [Choice(f"{label}：{words}", filters.address(**{name: ""})) for label, name, words in told if words]


def _unit(pk: int | None) -> str:
    return str(Unit.objects.filter(pk=pk).first() or "没有这个单位") if pk else ""


def _chip(label: str, name: str, choices: list[tuple[Any, str]], filters: Filters) -> dict[str, Any]:
    chosen, others = getattr(filters, name), filters.address(**{name: ""})
    words = next((word for value, word in choices if value == chosen), "全部")
    return {
        "label": label,
        "words": words,
        "on": bool(chosen),
        "choices": [
            Choice("全部", others, not chosen),
            *(Choice(str(word), f"{others}&{name}={value}", value == chosen) for value, word in choices),
        ],
    }
