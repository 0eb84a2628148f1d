from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db import models
from django.db.models import Case, Count, Exists, F, Func, OuterRef, Q, Subquery, Value, When

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
        """One row a place with the counts of its states, set-wise; `key`: the place's id as addresses name it."""
        behind = Q(code__in=["B", "O"])
        rows = list(
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
        return [row | {"key": str(row["place_id"])} for row in rows]

    def by_unit(self, today: date) -> list[dict[str, object]]:
        """One row a responsible unit, as the plan names it, with the counts of its states; a task of several units counts
        with each of them."""
        unit = Func(F("units"), function="jsonb_array_elements_text", output_field=models.CharField())
        rows = self.today(today).order_by().annotate(unit=unit).values("unit", "code")
        counted: dict[str, dict[str, int]] = {}
        for row in rows.annotate(count=Count("pk")):
            of_unit = counted.setdefault(row["unit"], dict.fromkeys("XDTPBON", 0))
            of_unit[row["code"]] += row["count"]
        return [
            {
                "unit": name, "total": sum(codes.values()), "struck_off": codes["X"], "done": codes["D"],
                "on_schedule": codes["T"] + codes["P"], "behind": codes["B"] + codes["O"],
                "not_started": codes["N"], "overdue": codes["O"],
            }
            for name, codes in sorted(counted.items(), key=lambda one: (-sum(one[1].values()), one[0]))
        ]  # fmt: skip

    def refresh(self, today: date) -> int:
        """Bring the copies' progress up to the ledger's, in one statement that writes only what has become different; how
        many. A second run of a day writes nothing."""
        from zhenggai.ledger.models import Task

        now = Task.objects.with_schedule(today).filter(pk=OuterRef("task_id")).values("schedule")[:1]
        behind = self.annotate(now=Subquery(now)).exclude(schedule=F("now"))
        return behind.update(schedule=Subquery(now), refreshed_at=clock.now())


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

    def announced(self, today: date) -> NoticeQuerySet:
        """Published, and not yet begun."""
        return self.current().filter(starts_on__gt=today)

    def with_objections(self) -> NoticeQuerySet:
        """Adds how many objections came and how many are open."""
        return self.annotate(
            objection_count=Count("objections", distinct=True),
            open_objections=Count("objections", filter=Q(objections__answered_at__isnull=True), distinct=True),
        )


class ArticleQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> ArticleQuerySet:
        """Drafts and what was released, for the publicity team of the place or of a place above."""
        below = UnitClosure.objects.filter(ancestor__in=person.places_as(Role.PUBLICITY), descendant=OuterRef("place"))
        return self.filter(Exists(below))

    def public(self) -> ArticleQuerySet:
        return self.filter(state="public")


_HAN = re.compile("[\u3400-\u9fff]+")
_WORD = re.compile("[0-9a-z]+")
_LONGEST = 20_000  # characters of one thing that can be found


def grams_of(text: str) -> list[str]:
    """What a text can be found by: neighbouring pairs of Chinese characters, the characters themselves, words and numbers.

    >>> grams_of("省督-04 溢流")
    ['04', '流', '溢', '溢流', '省', '省督', '督']
    """
    found: set[str] = set(_WORD.findall(text[:_LONGEST].lower()))
    for run in _HAN.findall(text[:_LONGEST]):
        found |= set(run) | {run[place : place + 2] for place in range(len(run) - 1)}
    return sorted(found)


def asked_grams(words: str) -> list[str]:
    """What a text must have to be looked at for `words`; of a run of characters its pairs are enough."""
    found = set(_WORD.findall(words.lower()))
    for run in _HAN.findall(words):
        found |= {run} if len(run) == 1 else {run[place : place + 2] for place in range(len(run) - 1)}
    return sorted(found)


class PublicTextQuerySet(models.QuerySet[Any]):
    def keep(self, rows: Iterable[tuple[str, int, str, str, str, date]]) -> None:
        """Make things findable, or their words new: kind, number, title, text, address, day of each; in few statements."""
        made = [
            self.model(
                kind=kind, target=target, title=title[:300], text=text[:_LONGEST], url=url, on=on,
                grams=Func(
                    Value(grams_of(f"{title}\n{text}"), output_field=ArrayField(models.TextField())),
                    function="array_to_tsvector", output_field=SearchVectorField(),
                ),
            )
            for kind, target, title, text, url, on in rows
        ]  # fmt: skip
        self.bulk_create(
            made, batch_size=500, update_conflicts=True, unique_fields=["kind", "target"],
            update_fields=["title", "text", "url", "on", "grams"],
        )  # fmt: skip

    def found_by(self, words: str) -> PublicTextQuerySet:
        """What holds every word of `words`; the index gives the candidates, their text decides. Newest first."""
        grams = asked_grams(words)
        if not grams:
            return self.none()
        query = SearchQuery(" & ".join(f"'{gram}'" for gram in grams), search_type="raw", config="simple")
        found = self.filter(grams=query)
        for word in words.split():
            found = found.filter(Q(title__icontains=word) | Q(text__icontains=word))
        return found.order_by("-on", "-pk")


class EndChangeQuerySet(models.QuerySet[Any]):
    def open(self) -> EndChangeQuerySet:
        """Proposed and not decided, of notices that were not withdrawn."""
        return self.filter(adopted__isnull=True, notice__withdrawn_at__isnull=True)


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
