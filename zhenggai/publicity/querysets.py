from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Value, When

from zhenggai.accounts.models import UnitClosure
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.ledger.querysets import in_scope
from zhenggai.ledger.states import State

if TYPE_CHECKING:
    from zhenggai.accounts.models import Person
    from zhenggai.ledger.models import Task

HANDLERS = (Role.COORDINATION, Role.PUBLICITY)


class PublishedTaskQuerySet(models.QuerySet[Any]):
    def today(self, today: date) -> PublishedTaskQuerySet:
        """Adds `code`: the copy's schedule, with what has become overdue since it was made."""
        return self.annotate(
            code=Case(
                When(schedule__in="NBTP", due__lt=today, then=Value("O")),
                default=F("schedule"),
                output_field=models.CharField(),
            )
        )

    def by_place(self, today: date) -> list[dict[str, object]]:
        """One row a place with the counts of its states, set-wise."""
        behind = Q(code__in=["B", "O"])
        return list(
            self.today(today)
            .order_by()
            .values("place_id", "place__short_name", "place__tier", "place__position")
            .annotate(
                total=Count("pk"),
                struck_off=Count("pk", filter=Q(code="X")),
                done=Count("pk", filter=Q(code="D")),
                on_schedule=Count("pk", filter=Q(code__in=["T", "P"])),
                behind=Count("pk", filter=behind),
                not_started=Count("pk", filter=Q(code="N")),
                overdue=Count("pk", filter=Q(code="O")),
            )
            .order_by("place__position", "place_id")
        )

    def refresh(self, today: date) -> int:
        """Bring the copies' progress up to the ledger's, in one statement; how many."""
        from zhenggai.ledger.models import Task

        now = Task.objects.with_schedule(today).filter(pk=OuterRef("task_id")).values("schedule")[:1]
        return self.update(schedule=Subquery(now), refreshed_at=clock.now())


class NoticeQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> NoticeQuerySet:
        """Notices on tasks that the person may see."""
        from zhenggai.publicity.models import NoticeItem

        mine = NoticeItem.objects.filter(in_scope(person, "task_id"), notice=OuterRef("pk"))
        return self.filter(Exists(mine)) if person.scope else self.none()

    def published(self) -> NoticeQuerySet:
        """What the public may read: everything that was published; a withdrawn notice says so."""
        return self

    def current(self) -> NoticeQuerySet:
        return self.filter(withdrawn_at__isnull=True)

    def running(self, today: date) -> NoticeQuerySet:
        return self.current().filter(starts_on__lte=today, ends_on__gte=today)

    def with_objections(self) -> NoticeQuerySet:
        """Adds how many objections came and how many are open."""
        return self.annotate(
            objection_count=Count("objections", distinct=True),
            open_objections=Count("objections", filter=Q(objections__answered_at__isnull=True), distinct=True),
        )


class ObjectionQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> ObjectionQuerySet:
        """Objections are read by those who handle them: the coordination and publicity teams of the place."""
        places = person.places_as(*HANDLERS)
        below = UnitClosure.objects.filter(ancestor__in=places, descendant=OuterRef("notice__place"))
        return self.filter(Exists(below))

    def open(self) -> ObjectionQuerySet:
        return self.filter(answered_at__isnull=True)


def tasks_to_notice(person: Person) -> models.QuerySet[Task]:
    """Reviewed tasks that the person may publish (permissions.can_open_notice)."""
    from zhenggai.ledger.models import Task

    return Task.objects.filter(state=State.REVIEWED).under(person.places_as(Role.PUBLICITY))
