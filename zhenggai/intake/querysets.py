from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q

from zhenggai.accounts.models import UnitClosure
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock

if TYPE_CHECKING:
    from zhenggai.accounts.models import Person


class ProposalQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> ProposalQuerySet:
        """Imports of the places for which the person coordinates."""
        places = person.places_as(Role.COORDINATION)
        below = UnitClosure.objects.filter(ancestor__in=places, descendant=OuterRef("inspection__place"))
        return self.filter(Exists(below))

    def current(self) -> ProposalQuerySet:
        return self.filter(withdrawn_at__isnull=True)

    def with_counts(self) -> ProposalQuerySet:
        """Adds how many items there are, are still open, and are open with a doubt."""
        pending = Q(items__decision="pending")
        return self.annotate(
            total=Count("items"),
            pending=Count("items", filter=pending),
            doubtful=Count("items", filter=pending & Q(items__doubtful=True)),
        )


class ReadingQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> ReadingQuerySet:
        """Readings at the places for which the person coordinates."""
        places = person.places_as(Role.COORDINATION)
        below = UnitClosure.objects.filter(ancestor__in=places, descendant=OuterRef("place"))
        return self.filter(Exists(below))

    def running(self) -> ReadingQuerySet:
        return self.filter(ended_at__isnull=True)

    def told(self) -> ReadingQuerySet:
        """What the page of imports lists: what is being read, and what could not be read since a week."""
        week = clock.now() - timedelta(days=7)
        return self.filter(Q(ended_at__isnull=True) | Q(proposal__isnull=True, created_at__gt=week))


class ItemQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> ItemQuerySet:
        from zhenggai.intake.models import Proposal

        return self.filter(proposal__in=Proposal.objects.visible_to(person))

    def pending(self) -> ItemQuerySet:
        return self.filter(decision="pending")
