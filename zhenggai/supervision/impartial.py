"""Nobody looks at its own work: who has reported on a task, or is of a unit that leads or answers for it, does not go and
look at it, nor does such a unit."""

from collections.abc import Collection, Iterable

from zhenggai.accounts.models import Person, Unit, UnitClosure
from zhenggai.accounts.roles import Role
from zhenggai.ledger.models import Duty, Task
from zhenggai.ledger.permissions import RECTIFIERS
from zhenggai.ledger.reported import reporters

MOST_TOLD = 5


def conflicts(tasks: Collection[Task], people: Iterable[Person] = (), units: Iterable[Unit] = ()) -> list[str]:
    """Why each of `people` and `units` that may not look at one of `tasks` may not, in words; empty when all may. A few
    statements, however many tasks there are."""
    ids = [task.pk for task in tasks]
    numbers = {task.pk: task.number for task in tasks}
    rectifying = _rectifying(ids)
    found: list[tuple[Person | Unit, str, set[int], str]] = [
        (unit, "是", _of(rectifying, [unit.pk]), "的牵头或责任单位（或者在它之下）") for unit in units
    ]  # fmt: skip
    reported: dict[int, set[int]] = {}
    people = list(people)
    for pk, reporter in reporters(ids) if people else ():
        reported.setdefault(reporter, set()).add(pk)
    for person in people:
        above = _units_below(unit.pk for unit in person.units_as(Role.LIAISON))
        own = _of(rectifying, [person.unit_id]) | {
            task for task, unit, _ in rectifying if unit in above
        }  # who speaks for a government speaks for its departments
        found.append((person, "是", own, "牵头或责任单位的人"))
        found.append((person, "报送过", reported.get(person.pk, set()) - own, "的月报告"))
    return [f"{who}{verb}{_told(mine, numbers)}{what}" for who, verb, mine, what in found if mine]


def _told(tasks: set[int], numbers: dict[int, str]) -> str:
    return "、".join(sorted(numbers[pk] for pk in tasks)[:MOST_TOLD]) + ("等" if len(tasks) > MOST_TOLD else "")


def _rectifying(tasks: Collection[int]) -> list[tuple[int, int, frozenset[int]]]:
    """(task, unit that rectifies it, that unit and all below it)."""
    duties = list(
        Duty.objects.filter(task__in=tasks, part__in=RECTIFIERS, unit__isnull=False)
        .order_by()
        .values_list("task", "unit")
    )
    below: dict[int, set[int]] = {}
    rows = UnitClosure.objects.filter(ancestor__in={unit for _, unit in duties}).order_by()
    for ancestor, descendant in rows.values_list("ancestor", "descendant"):
        below.setdefault(ancestor, set()).add(descendant)
    return [(task, unit, frozenset(below.get(unit, {unit}))) for task, unit in duties]


def _of(rectifying: list[tuple[int, int, frozenset[int]]], units: Collection[int]) -> set[int]:
    return {task for task, _, below in rectifying if not below.isdisjoint(units)}


def _units_below(units: Iterable[int]) -> set[int]:
    above = list(units)
    if not above:
        return set()
    return set(UnitClosure.objects.filter(ancestor__in=above).order_by().values_list("descendant", flat=True))
