"""Figures that a plan's own words name, offered as targets; a person decides which of them is one."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.http import urlencode

from zhenggai.core.grammar.quantities import find_quantities
from zhenggai.ledger.models import Task


@dataclass(frozen=True)
class Suggestion:
    """`query`: the form's address with the figure filled in; `raw`: the plan's words; `where`: 整改目标 or 措施2."""

    raw: str
    where: str
    query: str


def suggestions(task: Task) -> list[Suggestion]:
    """The figures of the goal and of each measure, in their order."""
    found = list(_of(task.goal, "整改目标", None))
    for measure in task.measures.all():
        found += _of(measure.text, f"措施{measure.no}", measure.pk)
    return found


def _of(text: str, where: str, measure: int | None) -> Iterator[Suggestion]:
    for quantity in find_quantities(text):
        given = {"what": quantity.of or "", "unit": quantity.unit, "goal": str(quantity.value)}
        given |= {"comparator": "le"} if quantity.comparator in ("<=", "<") else {"comparator": "ge"}
        given |= {"measure": str(measure)} if measure else {}
        yield Suggestion(quantity.raw, where, "?" + urlencode(given))
