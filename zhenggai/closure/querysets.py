from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef

from zhenggai.accounts.roles import Role
from zhenggai.ledger.querysets import in_scope

if TYPE_CHECKING:
    from zhenggai.accounts.models import Person


class VerdictQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> VerdictQuerySet:
        """Verdicts on tasks that the person may see."""
        return self.filter(in_scope(person, "application__task_id")) if person.scope else self.none()

    def next_in_line(self) -> VerdictQuerySet:
        """Of each open application, the first level that has not been decided."""
        before = self.model.objects.filter(
            application=OuterRef("application"), position__lt=OuterRef("position"), result=""
        )
        return self.filter(application__outcome="open", result="").filter(~Exists(before))

    def waiting_for(self, person: Person) -> VerdictQuerySet:
        """The next levels that this person may decide: acceptances of the own office, reviews of the own place."""
        offices = [unit.pk for unit in person.units_as(Role.COORDINATION)]
        places = person.places_as(Role.LEADER)
        return self.next_in_line().filter(
            models.Q(kind="acceptance", unit__in=offices) | models.Q(kind="review", unit__place__in=places)
        )
