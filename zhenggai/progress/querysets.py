from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import TruncDate

from zhenggai.accounts.models import UnitClosure
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.ledger.permissions import RECTIFIERS
from zhenggai.ledger.querysets import in_scope
from zhenggai.ledger.states import State

if TYPE_CHECKING:
    from zhenggai.accounts.models import Person, Unit
    from zhenggai.ledger.querysets import TaskQuerySet
    from zhenggai.progress.models import QuarterFiling, Round


def covers(person: Person, place: Unit) -> bool:
    """Whether all of `place` stands below the person's scope. Asked once for as long as the person is held, which is once
    a request."""
    kept: dict[int, bool] = person.__dict__.setdefault("_covers", {})
    if place.pk not in kept:
        kept[place.pk] = UnitClosure.objects.filter(ancestor__in=person.scope, descendant=place).exists()
    return kept[place.pk]


class RoundQuerySet(models.QuerySet[Any]):
    """Rounds and quarterly filings: both belong to a place."""

    def visible_to(self, person: Person) -> RoundQuerySet:
        """Those of places that stand below the person's scope, or above it: a unit looks at its own part of them."""
        below = UnitClosure.objects.filter(ancestor__in=person.scope, descendant=OuterRef("place"))
        above = UnitClosure.objects.filter(ancestor=OuterRef("place"), descendant__in=person.scope)
        return self.filter(Exists(below) | Exists(above))

    def open(self) -> RoundQuerySet:
        return self.filter(closed_at__isnull=True)


class OwedQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> OwedQuerySet:
        """What is owed on tasks that the person may see."""
        return self.filter(in_scope(person, "task_id")) if person.scope else self.none()

    def of_round(self, round_: Round, person: Person) -> OwedQuerySet:
        """The rows of one round that the person may see; who looks after the whole place is not asked row by row."""
        rows = self.filter(round=round_, month=round_.month)
        return rows if covers(person, round_.place) else rows.visible_to(person)


class FiledTaskQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> FiledTaskQuerySet:
        """The rows of tasks that the person may see."""
        return self.filter(in_scope(person, "task_id")) if person.scope else self.none()

    def waiting_for(self, person: Person, today: date) -> FiledTaskQuerySet:
        """What this person may still file (permissions.can_file) within the month before the filing's day, or after it."""
        from zhenggai.ledger.models import Task

        near = today + timedelta(days=30)
        mine = Task.objects.applied_for_by(person).filter(pk=OuterRef("task"))
        return self.filter(Exists(mine), state="owed", filing__closed_at__isnull=True, filing__due_on__lte=near)

    def of_filing(self, filing: QuarterFiling, person: Person) -> FiledTaskQuerySet:
        """The rows of one filing that the person may see."""
        rows = self.filter(filing=filing)
        return rows if covers(person, filing.place) else rows.visible_to(person)


class ReportQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> ReportQuerySet:
        """Reports on tasks that the person may see."""
        return self.filter(in_scope(person, "task_id")) if person.scope else self.none()

    def waiting_for(self, person: Person) -> ReportQuerySet:
        """The reports that this person may decide (permissions.can_decide): the coordination team all of its place,
        a lead unit those of the others."""
        from zhenggai.ledger.models import Duty

        places, mine = person.places_as(Role.COORDINATION), [unit.pk for unit in person.units_as(Role.LIAISON)]
        over = UnitClosure.objects.filter(ancestor__in=places, descendant=OuterRef("task__place"))
        led = Duty.objects.filter(
            Exists(UnitClosure.objects.filter(ancestor__in=mine, descendant=OuterRef("unit"))),
            task=OuterRef("task"), part=Duty.Part.LEAD,
        )  # fmt: skip
        own = led.filter(
            Exists(UnitClosure.objects.filter(ancestor=OuterRef("unit"), descendant=OuterRef(OuterRef("unit"))))
        )
        others = Q(Exists(led), ~Exists(own))
        return self.filter(Exists(over) | others, state="submitted").exclude(submitted_by=person)

    def latest_versions(self) -> ReportQuerySet:
        """Without the versions that a later one has replaced."""
        later = self.model.objects.filter(
            task=OuterRef("task"), unit=OuterRef("unit"), month=OuterRef("month"), version__gt=OuterRef("version")
        )
        return self.filter(~Exists(later))


def tasks_to_report(person: Person, month: date) -> TaskQuerySet:
    """The tasks on which a unit of the person owes this month's report (rounds.OWES), `of_month` beside them: not once the
    round is closed, nor on what came into rectification, or to the unit, after the report day, unless a report on it was
    returned."""
    from zhenggai.ledger.models import Task

    return _owing(person, Task.objects.annotate(of_month=Value(month, models.DateField())))


def tasks_behind(person: Person, before: date) -> TaskQuerySet:
    """The same of the months gone by before `before` whose rounds are open still: a row for each task and month."""
    from zhenggai.ledger.models import Task

    rounds = "inspection__place__rounds"
    gone_by = Task.objects.filter(**{f"{rounds}__month__lt": before, f"{rounds}__closed_at__isnull": True})
    return _owing(person, gone_by.annotate(of_month=F(f"{rounds}__month")))


def _owing(person: Person, tasks: TaskQuerySet) -> TaskQuerySet:
    """Those of `tasks` of whose `of_month` the person owes a report."""
    from zhenggai.ledger.models import Duty
    from zhenggai.progress.models import Owed, Report, Round

    mine, month = [unit.pk for unit in person.units_as(Role.LIAISON)], OuterRef("of_month")
    reported = Report.objects.filter(task=OuterRef("task"), unit=OuterRef("unit"), month=OuterRef(month))
    owed = Duty.objects.filter(
        ~Exists(reported.exclude(state="returned")), task=OuterRef("pk"), unit__in=mine, part__in=RECTIFIERS
    )
    round_ = Round.objects.filter(place=OuterRef("inspection__place"), month=month)
    returned = Report.objects.filter(task=OuterRef("pk"), unit__in=mine, month=month, state="returned")
    led = Duty.objects.filter(task=OuterRef("pk"), part=Duty.Part.LEAD, unit__isnull=False)
    by_leads = Exists(round_.filter(rulebook__data__reporters="lead")) & Exists(led)
    anyway = owed.filter(Q(part=Duty.Part.LEAD) | Exists(reported))  # who spoke unasked still mends what was returned
    owing = Exists(anyway) | (Exists(owed) & ~by_leads)
    open_ = tasks.filter(owing, ~Exists(round_.filter(closed_at__isnull=False)), state=State.RECTIFYING)
    rows = Owed.objects.filter(task=OuterRef("pk"), month=month)
    others_alone = Exists(rows.filter(due_on__lt=clock.today())) & ~Exists(
        rows.filter(unit__in=mine).exclude(state="excused")
    )
    later = Exists(round_.filter(due_on__lt=OuterRef("since")))
    return open_.alias(since=TruncDate("state_since")).filter(~(later | others_alone) | Exists(returned))
