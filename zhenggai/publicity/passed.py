"""Conditions of a strike-off that a leader let pass, as the public reads them. The app that keeps them registers here; this one
imports none of its kind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from zhenggai.ledger.models import Task
from zhenggai.publicity.releasing import check_words, names_for

WITHHELD = "理由里有不宜公开的内容，没有公开；理由全文在内部留存"


@dataclass(frozen=True)
class Passed:
    """One condition that was let pass: what it was, by which office (never a person's name), when, and why."""

    condition: str
    office: str
    on: date
    reason: str


Source = Callable[[Sequence[Task]], Mapping[int, Sequence[Passed]]]
_sources: list[Source] = []


def lets_pass(source: Source) -> Source:
    """Register who knows what was let pass, by the task's id."""
    _sources.append(source)
    return source


def passed_of(tasks: Sequence[Task]) -> dict[int, list[dict[str, Any]]]:
    """What was let pass of each of `tasks` as its public copy holds it: {"condition", "office", "on", "reason"}. A reason in
    which the release check finds anything is withheld; that there is one stays visible."""
    found: dict[int, list[dict[str, Any]]] = {}
    by_id = {task.pk: task for task in tasks}
    for source in _sources:
        for number, rows in source(tasks).items():
            names = names_for(by_id[number].place)
            found.setdefault(number, []).extend(
                {
                    "condition": row.condition, "office": row.office, "on": row.on.isoformat(),
                    "reason": WITHHELD if check_words({"理由": row.reason}, names) else row.reason,
                }
                for row in rows
            )  # fmt: skip
    return found
