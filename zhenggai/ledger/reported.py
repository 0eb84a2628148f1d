"""What units have reported of tasks, for whoever goes and looks. Progress keeps the reports and says here how to ask for
them, so that neither imports the other."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet


@dataclass(frozen=True)
class LastReport:
    """The last accepted report of a task: whose, of which month, its words."""

    unit: str
    month: date
    text: str


@dataclass(frozen=True)
class Keeper:
    """`last_accepted`: of tasks (ids), by task; `reporters`: who has reported on them, as (task, person); `returned`: the
    ids of tasks of which at least so many reports were sent back since a day."""

    last_accepted: Callable[[Collection[int]], dict[int, LastReport]]
    reporters: Callable[[Collection[int]], set[tuple[int, int]]]
    returned: Callable[[int, date], QuerySet[Any]]


_keepers: list[Keeper] = []


def keep(keeper: Keeper) -> None:
    """Register who keeps the reports."""
    _keepers.append(keeper)


def last_accepted(tasks: Collection[int]) -> dict[int, LastReport]:
    """The last accepted report of each of the tasks that has one."""
    return _keepers[0].last_accepted(tasks) if tasks else {}


def reporters(tasks: Collection[int]) -> set[tuple[int, int]]:
    """Who has ever reported on which of the tasks: (task, person)."""
    return _keepers[0].reporters(tasks) if tasks else set()


def returned(times: int, since: date) -> QuerySet[Any]:
    """The ids of tasks of which at least `times` reports of the months since `since` were sent back."""
    return _keepers[0].returned(times, since)
