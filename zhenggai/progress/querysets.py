from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef

from zhenggai.accounts.roles import Role
from zhenggai.ledger.permissions import RECTIFIERS
from zhenggai.ledger.querysets import in_scope
from zhenggai.ledger.states import State

if TYPE_CHECKING:
    from zhenggai.accounts.models import Person
    from zhenggai.ledger.models import Duty


class ReportQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> ReportQuerySet:
        """Reports on tasks that the person may see."""
        return self.filter(in_scope(person, "task_id")) if person.scope else self.none()

    def latest_versions(self) -> ReportQuerySet:
        """Without the versions that a later one has replaced."""
        later = self.model.objects.filter(
            task=OuterRef("task"), unit=OuterRef("unit"), month=OuterRef("month"), version__gt=OuterRef("version")
        )
        return self.filter(~Exists(later))


def duties_to_report(person: Person, month: date) -> models.QuerySet[Duty]:
    """The lead and responsible duties of the person's units for which this month has no report that waits or passed."""
    from zhenggai.ledger.models import Duty
    from zhenggai.progress.models import Report

    mine = [unit.pk for unit in person.units_as(Role.LIAISON)]
    reported = Report.objects.filter(task=OuterRef("task"), unit=OuterRef("unit"), month=month).exclude(
        state="returned"
    )
    return (
        Duty.objects.filter(unit__in=mine, part__in=RECTIFIERS, task__state=State.RECTIFYING)
        .filter(~Exists(reported))
        .select_related("task", "task__place", "unit")
        .order_by("task_id", "part", "pk")
    )
