from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, Count, Exists, Min, OuterRef, Q, Value, When

from zhenggai.accounts.models import UnitClosure
from zhenggai.accounts.roles import Role
from zhenggai.ledger.models import Duty
from zhenggai.ledger.permissions import RECTIFIERS
from zhenggai.ledger.querysets import in_scope
from zhenggai.ledger.states import CLOSED

if TYPE_CHECKING:
    from zhenggai.accounts.models import Person

# A standing duty waits from a week before its day; one that was missed, until its next day passes, at most this long.
SOON, PAST, MOST_DUTIES = timedelta(days=7), timedelta(days=100), 200
TO_THE_UNITS = ("bulletin", "circular", "visit")  # papers that every unit of the place may read once they are issued


def _below_scope(person: Person, unit: str) -> Exists:
    """The condition that the unit at `unit` is, or stands below, one of the person's."""
    return Exists(UnitClosure.objects.filter(ancestor__in=person.scope, descendant=OuterRef(unit)))


def _below_offices(person: Person, place: str) -> Exists:
    """The condition that the place at `place` is one for which the person coordinates."""
    return Exists(UnitClosure.objects.filter(
        ancestor__in=person.places_as(Role.COORDINATION), descendant=OuterRef(place), depth=0
    ))  # fmt: skip


def runs_body(person: Person, body: str = "") -> Q:
    """The condition that the person acts for the body at `body` (`visit__body__`): the coordination team of its place does,
    and who holds the role of a team there."""
    acts = Q(**{f"{body}place__in": person.places_as(Role.COORDINATION)})
    for role in person.roles:
        acts |= Q(**{f"{body}role": role, f"{body}place__in": person.places_as(role)})
    return acts


def _owed_by(person: Person) -> Q:
    """The condition that a duty is owed by a unit for which the person is liaison, or by a team whose role it holds."""
    owed = Q(own_units(person, "unit"))
    for role in person.roles:
        owed |= Q(body__role=role, place__in=person.places_as(role))
    return owed


def rectified_by(person: Person) -> Exists:
    """The condition that the row's task is one that the person's unit, or one above it, leads or answers for."""
    duties = Duty.objects.filter(task=OuterRef("task"), part__in=RECTIFIERS)
    return Exists(duties.filter(unit__down__descendant=person.unit_id))


def own_units(person: Person, unit: str) -> Exists:
    """The condition that the unit at `unit` is, or stands below, one for which the person is liaison."""
    mine = [found.pk for found in person.units_as(Role.LIAISON)]
    return Exists(UnitClosure.objects.filter(ancestor__in=mine, descendant=OuterRef(unit)))


class MeetingQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> MeetingQuerySet:
        """Meetings of the person's place; and those to which its unit was asked, once the notice is out or they were
        held."""
        from zhenggai.supervision.models import Attendee, Paper, Speaker

        if not person.scope:
            return self.none()
        told = Paper.objects.filter(meeting=OuterRef("pk"), kind="notice", state="issued")
        asked = Attendee.objects.filter(_below_scope(person, "unit"), meeting=OuterRef("pk"))
        speaks = Speaker.objects.filter(_below_scope(person, "unit"), meeting=OuterRef("pk"), speaks=True)
        invited = (Exists(asked) | Exists(speaks)) & (Q(state__in=["held", "minuted"]) | Exists(told))
        return self.filter(_below_scope(person, "place") | invited)

    def current(self) -> MeetingQuerySet:
        return self.exclude(state="cancelled")


class DecidedItemQuerySet(models.QuerySet[Any]):
    def out(self) -> DecidedItemQuerySet:
        """What the units have been told: a meeting's decisions once the minutes are out, a visit's demands at once."""
        return self.filter(Q(meeting__state="minuted") | Q(finding__isnull=False))

    def visible_to(self, person: Person) -> DecidedItemQuerySet:
        """Decisions and demands of the person's place; a unit's own, once it was told; demands on tasks that it may see."""
        if not person.scope:
            return self.none()
        place = _below_scope(person, "meeting__place") | _below_scope(person, "finding__visit__place")
        own = Q(_below_scope(person, "unit"), Q(meeting__state="minuted") | Q(finding__isnull=False))
        return self.filter(place | own | Q(in_scope(person, "task_id"), finding__isnull=False))

    def open(self) -> DecidedItemQuerySet:
        return self.filter(state__in=["open", "reported"])

    def waiting_for(self, person: Person) -> DecidedItemQuerySet:
        """What the person must do: a unit its own open items, who asked for it those that are reported done
        (permissions.can_report_done, can_settle)."""
        theirs = Q(own_units(person, "unit"), state="open")
        asked = Q(_below_offices(person, "meeting__place")) | Q(
            runs_body(person, "finding__visit__body__"), ~rectified_by(person), finding__isnull=False
        )
        return self.out().filter(theirs | Q(asked, state="reported") & ~Q(reported_by=person))


class PaperQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> PaperQuerySet:
        """Papers of the person's place; of those issued, a meeting's to whom it concerned, bulletins and circulars to every
        unit of the place. A special report goes upward and stays with the office."""
        from zhenggai.supervision.models import Meeting

        if not person.scope:
            return self.none()
        concerned = Q(meeting__in=Meeting.objects.visible_to(person), kind__in=["notice", "minutes"])
        under = UnitClosure.objects.filter(ancestor=OuterRef("place"), descendant__in=person.scope)
        circulated = Q(Exists(under), kind__in=TO_THE_UNITS)
        return self.filter(_below_scope(person, "place") | Q(concerned | circulated, state="issued"))

    def waiting_for(self, person: Person) -> PaperQuerySet:
        """Special reports that wait for this leader's signature (permissions.can_sign)."""
        return self.filter(state="submitted", place__in=person.places_as(Role.LEADER)).exclude(drafted_by=person)


class ConsultationQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> ConsultationQuerySet:
        """Consultations on a task that the person may see."""
        from zhenggai.supervision.models import ConsultationTask

        links = ConsultationTask.objects.filter(in_scope(person, "task_id"), consultation=OuterRef("pk"))
        return self.filter(Exists(links)) if person.scope else self.none()

    def waiting_for(self, person: Person, today: date) -> ConsultationQuerySet:
        """What the coordination team must take up, and what it has to conclude because its day has come
        (permissions.can_take_up, can_conclude)."""
        to_take_up = Q(state="requested") & ~Q(requested_by=person)
        to_conclude = Q(state="accepted", planned_on__lte=today)
        return self.filter(_below_offices(person, "place"), to_take_up | to_conclude)


class BodyQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> BodyQuerySet:
        """Who does what in a leading group is open to everyone who works on tasks: posts, no names."""
        return self if person.scope else self.none()

    def run_by(self, person: Person) -> BodyQuerySet:
        """The bodies for which the person acts (permissions.acts_for)."""
        return self.filter(runs_body(person))


class StandingDutyQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> StandingDutyQuerySet:
        """Duties of the person's place, and those that its unit owes."""
        if not person.scope:
            return self.none()
        return self.filter(_below_scope(person, "place") | _below_scope(person, "unit"))

    def recordable_by(self, person: Person) -> StandingDutyQuerySet:
        """Duties whose sessions this person may record (permissions.can_record_session)."""
        return self.filter(Q(place__in=person.places_as(Role.COORDINATION)) | _owed_by(person))

    def waiting_for(self, person: Person, today: date) -> StandingDutyQuerySet:
        """Duties that the person's unit or team owes and whose last day passed without a record, or whose next is at most a
        week away; with `waits_for`, that day. Which days were missed before is told by the duty's own page."""
        from zhenggai.supervision.occurrences import waiting_dates

        nobodys = Q(body__role="", place__in=person.places_as(Role.COORDINATION))  # the leading group's own
        mine = self.filter(_owed_by(person) | nobodys).in_force(today - PAST, today + SOON)
        days = waiting_dates(mine.order_by("pk")[:MOST_DUTIES], today - PAST, today, today + SOON)
        when = [When(pk=pk, then=Value(day)) for pk, day in days.items()]
        found = self.filter(pk__in=list(days))
        return found.annotate(waits_for=Case(*when, default=None, output_field=models.DateField()))

    def in_force(self, first: date, last: date) -> StandingDutyQuerySet:
        """Duties that were owed on some day of the span."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=first), starts_on__lte=last)


class SessionQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> SessionQuerySet:
        """Sessions of duties that the person may see, or on a task that it may see."""
        from zhenggai.supervision.models import SessionTask, StandingDuty

        if not person.scope:
            return self.none()
        links = SessionTask.objects.filter(in_scope(person, "task_id"), session=OuterRef("pk"))
        return self.filter(Q(duty__in=StandingDuty.objects.visible_to(person)) | Exists(links))


class VisitQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> VisitQuerySet:
        """Visits of the person's place; an announced one on a task that it may see; any other once something was put down of
        such a task; and those on whose team the person is."""
        from zhenggai.supervision.models import VisitFinding, VisitMember, VisitTask

        if not person.scope:
            return self.none()
        told = VisitTask.objects.filter(in_scope(person, "task_id"), visit=OuterRef("pk"))
        seen = VisitFinding.objects.filter(in_scope(person, "task_id"), visit=OuterRef("pk"))
        on_team = VisitMember.objects.filter(visit=OuterRef("pk"), person=person)
        announced = Q(Exists(told), announced=True) & ~Q(state="cancelled")
        return self.filter(_below_scope(person, "place") | announced | Exists(seen) | Exists(on_team))

    def run_by(self, person: Person) -> VisitQuerySet:
        """Visits of the bodies for which the person acts."""
        return self.filter(runs_body(person, "body__"))

    def waiting_for(self, person: Person, today: date) -> VisitQuerySet:
        """Visits that have begun and wait for their findings and their end (permissions.can_close)."""
        return self.run_by(person).filter(state="planned", starts_on__lte=today)


class FindingQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> FindingQuerySet:
        """Findings on tasks that the person may see."""
        return self.filter(in_scope(person, "task_id")) if person.scope else self.none()

    def current(self) -> FindingQuerySet:
        """Without those that a later one corrects."""
        return self.filter(corrected_by__isnull=True)

    def wrong(self) -> FindingQuerySet:
        return self.exclude(result="as_reported")


class HelpPlanQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> HelpPlanQuerySet:
        """Help for tasks that the person may see, and that which its unit gives."""
        from zhenggai.supervision.models import HelpStep

        if not person.scope:
            return self.none()
        steps = HelpStep.objects.filter(_below_scope(person, "unit"), plan=OuterRef("pk"))
        return self.filter(in_scope(person, "task_id") | _below_scope(person, "unit") | Exists(steps))

    def open(self) -> HelpPlanQuerySet:
        return self.filter(state__in=["asked", "helping"])

    def coordinated_by(self, person: Person) -> HelpPlanQuerySet:
        """Help for tasks over which the person coordinates."""
        places = person.places_as(Role.COORDINATION)
        over = UnitClosure.objects.filter(ancestor__in=places, descendant=OuterRef("task__place"))
        return self.filter(Exists(over))

    def with_steps(self, today: date) -> HelpPlanQuerySet:
        """Adds how many steps there are, are done, are late, and when the next one is due."""
        left = Q(steps__done_on__isnull=True, steps__isnull=False)
        return self.annotate(
            steps_all=Count("steps"), steps_done=Count("steps", filter=Q(steps__done_on__isnull=False)),
            steps_late=Count("steps", filter=left & Q(steps__due__lt=today)), next_due=Min("steps__due", filter=left),
        )  # fmt: skip

    def waiting_for(self, person: Person, today: date) -> HelpPlanQuerySet:
        """What the coordination team must arrange, and what it has to end because every step is done, its day has come or
        the task is struck off (permissions.can_arrange_help, can_end_help)."""
        from zhenggai.supervision.models import HelpStep

        left = HelpStep.objects.filter(plan=OuterRef("pk"), done_on__isnull=True)
        to_end = Q(state="helping") & (Q(until__lt=today) | Q(task__state__in=CLOSED) | ~Exists(left))
        return self.coordinated_by(person).filter(Q(state="asked") | to_end)


class HelpStepQuerySet(models.QuerySet[Any]):
    def waiting_for(self, person: Person, today: date) -> HelpStepQuerySet:
        """Steps of the person's units that are due within SOON or late."""
        return self.of_units(person).filter(due__lte=today + SOON)

    def of_units(self, person: Person) -> HelpStepQuerySet:
        """Open steps whose result the person says for its unit (permissions.can_report_step)."""
        return self.filter(own_units(person, "unit"), plan__state="helping", done_on__isnull=True)
