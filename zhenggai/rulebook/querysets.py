from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.roles import Role

if TYPE_CHECKING:
    from zhenggai.accounts.models import Person, Unit
    from zhenggai.rulebook.models import Rulebook


class RulebookQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> RulebookQuerySet:
        """Rules are open to everyone who has an account."""
        return self if person.is_authenticated else self.none()

    def waiting_for(self, person: Person) -> RulebookQuerySet:
        """Drafts that this person may approve (permissions.can_approve)."""
        return self.filter(approved_at__isnull=True, place__in=person.places_as(Role.LEADER)).exclude(drafted_by=person)

    def approved(self) -> RulebookQuerySet:
        return self.filter(approved_at__isnull=False)

    def in_force(self, unit: Unit, on: date) -> Rulebook:
        """The version that counts for `unit` on the day `on`: of its place, else of the nearest place above.

        Raises Refused when no place has one: nothing can be decided without rules.
        """
        found = (
            self.approved()
            .filter(place__down__descendant=unit, effective_from__lte=on)
            .annotate(distance=models.F("place__down__depth"))
            .order_by("distance", "-effective_from")
            .first()
        )
        if found is None:
            raise Refused(f"{unit}在{on:%Y-%m-%d}没有生效的制度，请综合协调组先在“管理 · 制度”里起草、由领导批准")
        return found
