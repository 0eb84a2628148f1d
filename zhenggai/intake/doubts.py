"""What a person should look at before accepting a proposed task: the reader's own warnings, and names unknown here."""

from dataclasses import dataclass
from typing import Any

from zhenggai.accounts.naming import Named
from zhenggai.intake.passage import marks_of


@dataclass(frozen=True)
class Doubt:
    """`field` is the field's name in the extraction format; `message` says in Chinese what is doubtful."""

    field: str
    message: str


def doubts(task: dict[str, Any], warnings: list[dict[str, Any]], names: dict[str, Named]) -> list[Doubt]:
    """The doubts about one task of an extraction. Absence of a lead unit is a fact of many plans, shown but no doubt."""
    return [*_of_the_reader(task, warnings), *_of_the_limit(task), *_of_the_directory(task, names)]


def is_doubtful(task: dict[str, Any], warnings: list[dict[str, Any]], names: dict[str, Named]) -> bool:
    return bool(doubts(task, warnings, names))


def _of_the_reader(task: dict[str, Any], warnings: list[dict[str, Any]]) -> list[Doubt]:
    start, end = task["place"]["start"], task["place"]["end"]
    return [
        Doubt(_field_at(task, warning["place"]), warning["message"])
        for warning in warnings
        if warning.get("place") and start <= warning["place"]["start"] < end
    ]


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
            found.append(Doubt(field, f"名录里没有：{'、'.join(unknown)}。可以先照原文入账，以后再对应到单位"))
    return found
