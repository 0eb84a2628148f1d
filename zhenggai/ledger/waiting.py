"""What of the ledger waits for whom: the rows for which permissions.py says yes, asked of many at once."""

from django.db.models import Exists, OuterRef, QuerySet

from zhenggai.accounts.models import Person, UnitClosure
from zhenggai.accounts.roles import Role
from zhenggai.ledger.models import Extension, SweepAnswer, YearlyCheck


def extensions_for(person: Person) -> QuerySet[Extension]:
    """The extensions that the person may decide (permissions.can_decide_extension)."""
    places = person.places_as(Role.COORDINATION, Role.LEADER)
    above = UnitClosure.objects.filter(ancestor__in=places, descendant=OuterRef("level"))
    return Extension.objects.filter(Exists(above), granted=None).exclude(applied_by=person)


def sweeps_for(person: Person) -> QuerySet[SweepAnswer]:
    """The sweeps that the person has to answer (permissions.can_answer_sweep)."""
    mine = [unit.pk for unit in person.units_as(Role.LIAISON)] + person.places_as(Role.COORDINATION)
    above = UnitClosure.objects.filter(ancestor__in=mine, descendant=OuterRef("unit"))
    return SweepAnswer.objects.filter(Exists(above), nothing_found=None)


def checks_for(person: Person) -> QuerySet[YearlyCheck]:
    """The yearly checks that the person may make (yearly.can_check)."""
    places = person.places_as(Role.COORDINATION, Role.SUPERVISION)
    above = UnitClosure.objects.filter(ancestor__in=places, descendant=OuterRef("task__place"))
    return YearlyCheck.objects.filter(Exists(above), result="")
