from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When

from zhenggai.accounts.models import UnitClosure
from zhenggai.accounts.roles import Role
from zhenggai.ledger.querysets import in_scope

if TYPE_CHECKING:
    from zhenggai.accounts.models import Person

# A standing duty waits from a week before its day; one that was missed, until its next day passes, at most this long.
SOON, PAST, MOST_DUTIES = timedelta(days=7), timedelta(days=100), 200
TO_THE_UNITS = ("bulletin", "circular")  # papers that every unit of the place may read once they are issued


def _below_scope(person: Person, unit: str) -> Exists:
    """The condition that the unit at `unit` is, or stands below, one of the person's."""
    return Exists(UnitClosure.objects.filter(ancestor__in=person.scope, descendant=OuterRef(unit)))


def _below_offices(person: Person, place: str) -> Exists:
    """The condition that the place at `place` is one for which the person coordinates."""
    return Exists(UnitClosure.objects.filter(
        ancestor__in=person.places_as(Role.COORDINATION), descendant=OuterRef(place), depth=0
    ))  # fmt: skip


def _owed_by(person: Person) -> Q:
    """The condition that a duty is owed by a unit for which the person is liaison, or by a team whose role it holds."""
    owed = Q(own_units(person, "unit"))
    for role in person.roles:
        owed |= Q(body__role=role, place__in=person.places_as(role))
    return owed


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
    def visible_to(self, person: Person) -> DecidedItemQuerySet:
        """Decisions of the person's place; a unit's own, once the minutes are out."""
        if not person.scope:
            return self.none()
        return self.filter(
            _below_scope(person, "meeting__place") | Q(_below_scope(person, "unit"), meeting__state="minuted")
        )

    def open(self) -> DecidedItemQuerySet:
        return self.exclude(state="closed")

    def waiting_for(self, person: Person) -> DecidedItemQuerySet:
        """What the person must do: a unit its own open decisions, the coordination team those that are reported done
        (permissions.can_report_done, can_settle)."""
        theirs = Q(own_units(person, "unit"), state="open")
        to_check = Q(_below_offices(person, "meeting__place"), state="reported") & ~Q(reported_by=person)
        return self.filter(theirs | to_check, meeting__state="minuted")


class PaperQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> PaperQuerySet:
        """Papers of the person's place; of those issued, a meeting's to whom it concerned, a bulletin to every unit of the
        place. A special report goes upward and stays with the office."""
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
