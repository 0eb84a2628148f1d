"""What a person is to a task. Steps of the upper apps build their answers from these."""

from collections.abc import Iterable

from zhenggai.accounts.decisions import YES, Decision, no
from zhenggai.accounts.models import Person, UnitClosure
from zhenggai.accounts.roles import Role
from zhenggai.ledger.models import Duty, Task

RECTIFIERS = (Duty.Part.LEAD, Duty.Part.RESPONSIBLE)
REPORTERS = (*RECTIFIERS, Duty.Part.COOPERATING)


def stands_below(units: Iterable[int], above: Iterable[int]) -> bool:
    """Whether any of `units` is, or stands below, any of `above` (closure table)."""
    return UnitClosure.objects.filter(ancestor__in=list(above), descendant__in=list(units)).exists()


def is_over(person: Person, task: Task, *roles: Role) -> bool:
    """Whether the person holds one of `roles` over a place that the task's place stands in."""
    places = person.places_as(*roles)
    return bool(places) and stands_below([task.place_id], places)


def duty_of(person: Person, task: Task, parts: Iterable[str]) -> Duty | None:
    """The first duty (lead before responsible before cooperating) of a unit for which the person is liaison; a unit
    above counts too, so that a government may act for its departments."""
    mine = [unit.pk for unit in person.units_as(Role.LIAISON)]
    if not mine:
        return None
    wanted = list(parts)
    found = list(task.duties.filter(part__in=wanted, unit__up__ancestor__in=mine).select_related("unit").distinct())
    return min(found, key=lambda duty: (wanted.index(duty.part), duty.position), default=None)


def applying_part(task: Task) -> str:
    """Which duty may apply for closure: the lead unit's; the responsible units' where the plan names no lead."""
    return Duty.Part.LEAD if task.duties.filter(part=Duty.Part.LEAD).exists() else Duty.Part.RESPONSIBLE


def can_apply(task: Task, person: Person) -> Decision:
    """Only the lead unit closes a task; a cooperating unit may report but never apply (NEEDS row 3)."""
    part = applying_part(task)
    if duty_of(person, task, [part]):
        return YES
    units = "、".join(task.duties.filter(part=part).values_list("raw", flat=True)[:3]) or "责任单位"
    return no(f"由{Duty.Part(part).label}（{units}）的联络员办理")


def can_see(task: Task, person: Person) -> bool:
    """Whether the task is among those visible to the person."""
    return Task.objects.visible_to(person).filter(pk=task.pk).exists()
