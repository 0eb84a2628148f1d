from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import connection, models
from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from zhenggai.accounts.models import UnitClosure
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.audit.unchanged import Unchanged
from zhenggai.ledger.states import CLOSED, State

if TYPE_CHECKING:
    from zhenggai.accounts.models import Person


class Schedule(models.TextChoices):
    """How a task stands against its dates (mock rule: derived, nobody picks one)."""

    NOT_STARTED = "N", "尚未启动"
    BEHIND = "B", "未达到序时进度"
    OVERDUE = "O", "未达到序时进度"
    ON_SCHEDULE = "T", "达到序时进度"
    AHEAD = "P", "超过序时进度"
    DONE = "D", "完成整改"
    STRUCK_OFF = "X", "完成交账销号"


LONG = {"issue", "goal", "passage", "passage_marks", "result"}
# What a row of the ledger shows only where a column of it is chosen (Column.needs), or never.
SELDOM = {
    "plan", "category", "due_raw", "then_long_term", "responsible_persons", "source", "finding", "upper", "upper_number",
    "found_by", "late_from", "early_until", "started", "finished_on", "struck_off_on", "state_since", "entered_at",
    "place__kind", "place__tier", "place__parent", "place__place", "place__position",
}  # fmt: skip


def _measures(**condition: Any) -> models.QuerySet[Any]:
    from zhenggai.ledger.models import Measure

    return Measure.objects.filter(task=OuterRef("pk"), **condition)


def _count(rows: models.QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("task").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def grade(today: date, at: str = "") -> Case:
    """The code of Schedule of a task; `at` leads to it from the rows that are asked (`task__`)."""
    return Case(
        When(**{f"{at}state__in": CLOSED}, then=Value(Schedule.STRUCK_OFF)),
        When(~Q(**{f"{at}state": State.RECTIFYING}), then=Value(Schedule.DONE)),
        When(**{f"{at}due__lt": today}, then=Value(Schedule.OVERDUE)),
        When(**{f"{at}late_from__lte": today}, then=Value(Schedule.BEHIND)),
        When(**{f"{at}started": False}, then=Value(Schedule.NOT_STARTED)),
        When(**{f"{at}early_until__gt": today}, then=Value(Schedule.AHEAD)),
        default=Value(Schedule.ON_SCHEDULE),
        output_field=models.CharField(),
    )


def is_late(today: date) -> Q:
    """Behind or overdue, as grade() has it, in words that an index answers."""
    return Q(state=State.RECTIFYING) & (Q(due__lt=today) | Q(late_from__lte=today))


def in_scope(person: Person, task: str) -> Q:
    """The condition that some duty of the task (its id at the outer path `task`) stands below the person's scope. For who
    looks over everything it is true, not empty: an empty Q() would vanish from an OR or a NOT, and with it the right."""
    from zhenggai.ledger.models import Duty

    if looks_over_all(person):
        return Q(Value(True))
    below = UnitClosure.objects.filter(ancestor__in=person.scope, descendant=OuterRef("unit"))
    return Q(Exists(Duty.objects.filter(Exists(below), task=OuterRef(task))))


def looks_over_all(person: Person) -> bool:
    """Whether every place that has tasks stands below the person's scope: then no task needs to be asked, for its place has
    a duty in it. Asked once for each Person that is read, which is once a request."""
    if "looks_over_all" not in person.__dict__:
        with connection.cursor() as cursor:
            cursor.execute(_BEYOND, [list(person.scope)])
            person.__dict__["looks_over_all"] = not cursor.fetchone()[0]
    return bool(person.__dict__["looks_over_all"])


def unchanged(person: Person) -> Unchanged:
    """Keeps figures for everybody who looks over the same units, until something changes or the day ends. Made once for
    each Person that is read, which is once a request."""
    if "unchanged" not in person.__dict__:
        person.__dict__["unchanged"] = Unchanged(sorted(person.scope), clock.today())
    return person.__dict__["unchanged"]


# Whether a place that has tasks stands beyond a scope. Every page asks it: making it anew of a query would take longer.
_BEYOND = """
SELECT EXISTS (
    SELECT FROM (
        SELECT id FROM accounts_unit WHERE kind = 'place'
        EXCEPT SELECT descendant_id FROM accounts_unitclosure WHERE ancestor_id = ANY(%s::bigint[])
    ) place
    WHERE EXISTS (SELECT FROM ledger_task WHERE place_id = place.id)
)
"""


class InspectionQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> InspectionQuerySet:
        """Inspections of places that stand below the person's scope."""
        below = UnitClosure.objects.filter(ancestor__in=person.scope, descendant=OuterRef("place"))
        return self.filter(Exists(below))

    def concerning(self, person: Person) -> InspectionQuerySet:
        """Those that are visible to the person, and those of which the person sees a task."""
        from zhenggai.ledger.models import Task

        tasks = Task.objects.visible_to(person).filter(inspection=OuterRef("pk")).order_by()
        below = UnitClosure.objects.filter(ancestor__in=person.scope, descendant=OuterRef("place"))
        return self.filter(Exists(below) | Exists(tasks))

    def kept_by(self, person: Person) -> InspectionQuerySet:
        """Inspections of places that the person coordinates."""
        places = person.places_as(Role.COORDINATION)
        return self.filter(Exists(UnitClosure.objects.filter(ancestor__in=places, descendant=OuterRef("place"))))


class PlanQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> PlanQuerySet:
        """Plans of places that stand below the person's scope."""
        below = UnitClosure.objects.filter(ancestor__in=person.scope, descendant=OuterRef("inspection__place"))
        return self.filter(Exists(below))

    def concerning(self, person: Person) -> PlanQuerySet:
        """Those that are visible to the person, and those of which the person sees a task."""
        from zhenggai.ledger.models import Task

        tasks = Task.objects.visible_to(person).filter(plan=OuterRef("pk")).order_by()
        below = UnitClosure.objects.filter(ancestor__in=person.scope, descendant=OuterRef("inspection__place"))
        return self.filter(Exists(below) | Exists(tasks))


class DutyQuerySet(models.QuerySet[Any]):
    def shown(self) -> DutyQuerySet:
        """The duties that people read: all but the place's own row."""
        return self.exclude(part="place")

    def led_by(self, unit: int | None, words: str = "") -> DutyQuerySet:
        """Where this unit leads; without one, a name that the directory does not know, as the plans write it."""
        return self.filter(part="lead", unit=unit) if unit else self.filter(part="lead", unit=None, raw=words)

    def leading(self, tasks: TaskQuerySet) -> DutyQuerySet:
        """Who leads `tasks`: a unit, or `unknown`, the plan's words where the directory does not know it."""
        unknown = Case(When(unit=None, then=F("raw")), default=Value(""))
        return self.filter(part="lead", task__in=tasks.values("pk")).annotate(unknown=unknown)


class TaskQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> TaskQuerySet:
        """Tasks in which the person's place, unit or a unit below has a part. Everything that leaves the ledger
        (lists, counts, drop-downs, exports) goes through here."""
        return self.filter(in_scope(person, "pk")) if person.scope else self.none()

    def under(self, places: Iterable[int]) -> TaskQuerySet:
        """Tasks whose place is, or stands below, one of `places`."""
        above = UnitClosure.objects.filter(ancestor__in=list(places), descendant=OuterRef("place"))
        return self.filter(Exists(above))

    def applied_for_by(self, person: Person) -> TaskQuerySet:
        """Tasks that the person may carry to their closing (permissions.can_apply): the lead unit's, or the
        responsible units' where the plan names no lead."""
        from zhenggai.ledger.models import Duty

        mine = [unit.pk for unit in person.units_as(Role.LIAISON)]
        below = UnitClosure.objects.filter(ancestor__in=mine, descendant=OuterRef("unit"))
        duties = Duty.objects.filter(task=OuterRef("pk"))
        leads, responsible = duties.filter(part="lead"), duties.filter(Exists(below), part="responsible")
        return self.filter(Exists(leads.filter(Exists(below))) | Q(~Exists(leads), Exists(responsible)))

    def amended_by(self, person: Person) -> TaskQuerySet:
        """Tasks whose particulars the person may change (permissions.can_amend)."""
        standing = Q(state=State.RECTIFYING) | Q(state__in=CLOSED, known_on__isnull=False)
        return self.under(person.places_as(Role.COORDINATION)).filter(standing)

    def without_open_measures(self) -> TaskQuerySet:
        """Tasks all of whose measures are done."""
        return self.filter(~Exists(_measures().exclude(progress="done")))

    def open(self) -> TaskQuerySet:
        return self.exclude(state__in=CLOSED)

    def with_schedule(self, today: date) -> TaskQuerySet:
        """Adds `schedule`, a code of Schedule: late when a measure, milestone or target missed its date or an evenly
        paced target is below its line; ahead when one was done before its date (standing.py shows the arithmetic). The
        dates from which that holds are kept in the task's row, so that a grade costs no look at its parts."""
        return self.annotate(schedule=grade(today))

    def with_measures(self, today: date) -> TaskQuerySet:
        """Adds the counts that the milestone strip shows, each counted for the rows of the page alone."""
        return self.annotate(
            measures_total=_count(_measures()),
            measures_done=_count(_measures(progress="done")),
            measures_late=_count(_measures(due__lt=today).exclude(progress="done")),
        )

    def by_schedule(self, today: date) -> dict[str, int]:
        """How many tasks stand in each schedule code, in one statement."""
        return dict(self.with_schedule(today).order_by().values_list("schedule").annotate(n=Count("pk")))

    def by_state(self) -> dict[str, int]:
        """How many tasks stand in each state, in one statement."""
        return dict(self.order_by().values_list("state").annotate(n=Count("pk")))

    def for_list(self, needs: Iterable[str] | None = None, today: date | None = None) -> TaskQuerySet:
        """What a row of the ledger needs, without the long texts. `needs` (columns.py) names what the row shows beside what
        every row does: of the duties only those parts; what no row shows is then not read at all."""
        from zhenggai.ledger.models import Duty

        wanted = set(needs or ())
        related = {"inspection", "upper"} & wanted if needs is not None else {"inspection"}
        left = LONG if needs is None else LONG | SELDOM - ({"upper", "upper_number"} if "upper" in wanted else set())
        rows = self.select_related("place", *sorted(related)).defer(*sorted(left - wanted))
        if today and "counts" in wanted:
            rows = rows.with_measures(today)
        parts = [need.removeprefix("duties.") for need in wanted if need.startswith("duties.")]
        if parts:
            rows = rows.prefetch_related(Prefetch("duties", Duty.objects.filter(part__in=parts)))
        return rows.prefetch_related(*sorted({"leaders", "measures"} & wanted))

    def by_due(self) -> TaskQuerySet:
        return self.order_by(F("due").asc(nulls_last=True), "pk")
