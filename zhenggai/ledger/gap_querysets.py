from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Subquery, Value, When

from zhenggai.accounts.models import UnitClosure
from zhenggai.accounts.roles import Role
from zhenggai.ledger.querysets import in_scope

if TYPE_CHECKING:
    from zhenggai.accounts.models import Person

# The teams that ask which rule let a failing happen, and that confirm what was done about it.
TEAMS = (Role.COORDINATION, Role.CASE, Role.SUPERVISION)


def _stands(**condition: Any) -> Exists:
    from zhenggai.ledger.models import Remedy

    return Exists(Remedy.objects.filter(gap=OuterRef("pk"), **condition))


def _below(units: list[int], unit: str) -> Exists:
    """Whether the unit (its id at the outer path `unit`) is, or stands below, one of `units`."""
    return Exists(UnitClosure.objects.filter(ancestor__in=units, descendant=OuterRef(unit)))


class GapQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> GapQuerySet:
        """Gaps of units below the person's scope, and those to which a task leads that the person sees."""
        from zhenggai.ledger.models import Inquiry

        led_here = Inquiry.objects.filter(in_scope(person, "task_id"), gap=OuterRef("pk"))
        if not person.scope:
            return self.none()
        return self.filter(_below(list(person.scope), "unit") | Q(Exists(led_here)))

    def linked(self) -> GapQuerySet:
        """Gaps to which a task still leads: of another nothing is owed."""
        from zhenggai.ledger.models import Inquiry

        return self.filter(Exists(Inquiry.objects.filter(gap=OuterRef("pk"), dropped_at=None)))

    def with_state(self, today: date) -> GapQuerySet:
        """Adds `state`, a code of Gap.State: what was done about it, what its date says, whether a task leads here. A rule
        that is handed in before it is in force does not put the date off."""
        from zhenggai.ledger.models import Gap, Inquiry

        linked = Exists(Inquiry.objects.filter(gap=OuterRef("pk"), dropped_at=None))
        return self.annotate(
            state=Case(
                When(_stands(confirmed=True), then=Value(Gap.State.MENDED.value)),
                When(~linked, then=Value(Gap.State.UNLINKED.value)),
                When(
                    Q(due__lt=today) & _stands(confirmed=None, effective_on__gt=today), then=Value(Gap.State.LATE.value)
                ),
                When(_stands(confirmed=None), then=Value(Gap.State.HANDED_IN.value)),
                When(due__lt=today, then=Value(Gap.State.LATE.value)),
                default=Value(Gap.State.OPEN.value),
                output_field=models.CharField(),
            )
        )

    def mended_by(self, person: Person) -> GapQuerySet:
        """Gaps on which nothing stands yet and that the person's units have to mend (permissions.can_mend); `sent_back` is
        the last of what was handed in and not accepted, by which one that comes again is told."""
        from zhenggai.ledger.models import Remedy

        mine = [unit.pk for unit in person.units_as(Role.LIAISON)] + person.places_as(Role.COORDINATION)
        standing = _stands(confirmed__isnull=True), _stands(confirmed=True)
        back = Remedy.objects.filter(gap=OuterRef("pk"), confirmed=False).order_by("-pk").values("pk")[:1]
        rows = self.linked().filter(_below(mine, "unit"), ~standing[0], ~standing[1])
        return rows.annotate(sent_back=Subquery(back))


class InquiryQuerySet(models.QuerySet[Any]):
    def with_gaps(self, today: date) -> InquiryQuerySet:
        """Adds the gap with its unit, and how it stands (`gap_state`, a code of Gap.State; None where none was found)."""
        from zhenggai.ledger.models import Gap

        state = Gap.objects.with_state(today).filter(pk=OuterRef("gap")).order_by().values("state")
        return self.select_related("gap__unit", "by", "dropped_by").annotate(gap_state=Subquery(state))


class RemedyQuerySet(models.QuerySet[Any]):
    def waiting_for(self, person: Person, today: date) -> RemedyQuerySet:
        """What the person has to confirm (permissions.can_confirm): in force by `today`, handed in by somebody else."""
        places = person.places_as(*TEAMS)
        rows = self.filter(confirmed=None, effective_on__lte=today).exclude(by=person)
        return rows.filter(_below(places, "gap__unit"))
