"""Which task of the ledger each task of a plan's new version speaks of."""

from collections.abc import Sequence
from typing import Any

from zhenggai.ledger.models import Plan, Task

ALIKE = 0.5  # share of common pairs of characters from which two issues are taken for the same


def counterparts(plan: Plan, serials: Sequence[int], tasks: Sequence[dict[str, Any]]) -> dict[int, Task]:
    """Index in `tasks` → the plan's task that it changes: the one of its number when the issues are alike, else the one
    whose issue is most alike. What is found nowhere is new and is left out; each ledger task is given once."""
    known = list(plan.tasks.order_by("serial"))
    pairs = {task.pk: _pairs(task.issue) for task in known}
    issues = [_pairs(task["issue"] or "") for task in tasks]
    by_serial = {task.serial: task for task in known}
    found: dict[int, Task] = {}
    for index, serial in enumerate(serials):
        same = by_serial.get(serial)
        if same and _likeness(issues[index], pairs[same.pk]) >= ALIKE:
            found[index] = same
    taken = {task.pk for task in found.values()}
    for index in (index for index in range(len(tasks)) if index not in found):
        free = [task for task in known if task.pk not in taken]
        best = max(free, key=lambda task: _likeness(issues[index], pairs[task.pk]), default=None)
        if best and _likeness(issues[index], pairs[best.pk]) >= ALIKE:
            found[index] = best
            taken.add(best.pk)
    return found


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def _likeness(one: set[str], other: set[str]) -> float:
    """
    >>> _likeness(_pairs("污水直排"), _pairs("污水直排")), _likeness(_pairs("甲乙"), _pairs("丙丁"))
    (1.0, 0.0)
    """
    return len(one & other) / max(len(one | other), 1)
