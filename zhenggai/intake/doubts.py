"""What a person should look at before accepting a proposed task: the reader's own warnings, and names unknown here."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from zhenggai.accounts.naming import Named
from zhenggai.intake.drafts import changed_fields
from zhenggai.intake.models import Item
from zhenggai.intake.passage import marks_of


@dataclass(frozen=True)
class Doubt:
    """`field` is the field's name in the extraction format; `message` says in Chinese what is doubtful."""

    field: str
    message: str


# Where a person mends what a plan's task lacks: the first field shows it, a change of any of them answers it.
LACKS = {
    "missing_goal": ("goal",),
    "missing_measures": ("measures",),
    "missing_unit": ("responsible_units", "lead_units", "responsible_persons"),
    "missing_quantity": ("goal", "measures"),
}


def doubts(item: Item, warnings: list[dict[str, Any]], names: dict[str, Named]) -> list[Doubt]:
    """The doubts about one proposed task. Absence of a lead unit is a fact of many plans, shown but no doubt; what a
    person has written in place of the document's words is no longer the reader's doubt."""
    return [*_of_the_reader(item, warnings), *_of_the_limit(item.data), *_of_the_directory(item.data, names)]


def _of_the_reader(item: Item, warnings: list[dict[str, Any]]) -> Iterator[Doubt]:
    edited = set(changed_fields(item.read, item.data)) if item.is_edited else set()
    for warning in warnings:
        if not warning.get("place") or not item.start <= warning["place"]["start"] < item.end:
            continue
        fields = LACKS.get(warning["code"]) or (_field_at(item.read, warning["place"]),)
        if not edited.intersection(fields):
            yield Doubt(fields[0], warning["message"])


def _of_the_limit(task: dict[str, Any]) -> list[Doubt]:
    deadline = task.get("deadline")
    if not deadline:
        return [Doubt("deadline", "原文没有整改时限")]
    if deadline["kind"] == "date" and not deadline["due"]:
        return [Doubt("deadline", "原文的时限推不出日期")]
    return []


def _field_at(task: dict[str, Any], place: dict[str, int]) -> str:
    for start, end, field in marks_of(task):
        if start <= place["start"] < end and field in ("deadline", "measures"):
            return field
    return "issue"


def _of_the_directory(task: dict[str, Any], names: dict[str, Named]) -> list[Doubt]:
    found = []
    for field in ("lead_units", "responsible_units", "cooperating_units", "supervising_units", "acceptance_units"):
        unknown = [name for name in task.get(field) or [] if not names[name].known]
        if unknown:
            found.append(
                Doubt(
                    field,
                    f"名录里没有：{'、'.join(unknown)}。先在单位名录里补上单位或别名再入账，它的人才看得到这项任务；现在就入账，只留原文写法",
                )
            )
    return found
