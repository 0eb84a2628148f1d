from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, Exists, F, Func, OuterRef, Q, Subquery, Value, When

from zhenggai.accounts.models import Tier, UnitClosure
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.ledger.permissions import RECTIFIERS
from zhenggai.ledger.querysets import in_scope
from zhenggai.ledger.states import State

if TYPE_CHECKING:
    from zhenggai.accounts.models import Person
    from zhenggai.ledger.models import Task


FILING_TIERS = (Tier.CITY, Tier.PROVINCE)


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
        """The next levels that this person may decide (permissions.can_decide): acceptances of the own office, reviews of
        the own place; nothing that the person, its unit or one of its hats has rectified."""
        from zhenggai.ledger.models import Duty

        offices = [unit.pk for unit in person.units_as(Role.COORDINATION)]
        places = person.places_as(Role.LEADER)
        departments = liaison_of = [unit.pk for unit in person.units_as(Role.LIAISON)]
        own = UnitClosure.objects.filter(ancestor__in=liaison_of, descendant=OuterRef("unit"))
        rectified = Duty.objects.filter(Exists(own), task=OuterRef("application__task"), part__in=RECTIFIERS)
        decides = Q(decider="office", unit__in=offices) | Q(decider="industry", unit__in=departments)
        accepts = decides & ~Q(applicant__unit=person.unit_id)
        return (
            self.next_in_line()
            .filter(accepts | Q(decider="leaders", unit__place__in=places))
            .exclude(Q(applicant=person) | Q(applicant_unit=person.unit_id))
            .filter(~Exists(rectified))
        )


# ── what waits for a person: the same rules as in permissions.py, for many tasks at once ────────────────────────────
def tasks_to_self_check(person: Person) -> models.QuerySet[Task]:
    """Tasks whose measures are all done, whose targets are met, and that the person may check and apply for."""
    from zhenggai.ledger.models import Target

    unmet = Target.objects.filter(task=OuterRef("pk"), met_on__isnull=True)
    rows = _tasks(State.RECTIFYING).applied_for_by(person).without_open_measures()
    return rows.filter(~Exists(unmet) | _waived("targets"))


def _waived(condition: str) -> Exists:
    from zhenggai.closure.models import Waiver

    return Exists(Waiver.objects.filter(task=OuterRef("pk"), condition=condition))


def tasks_to_apply_for(person: Person) -> models.QuerySet[Task]:
    """Tasks that are checked and wait for the application, nothing of whose sweeps is unanswered, and which rule let the
    failing happen has been asked where their rulebook wants it."""
    from zhenggai.ledger.models import SweepAnswer

    unanswered = SweepAnswer.objects.filter(sweep__task=OuterRef("pk"), nothing_found__isnull=True)
    rows = _tasks(State.SELF_CHECKED).applied_for_by(person).filter(_asked_back(clock.today()))
    return rows.filter(~Exists(unanswered) | _waived("sweeps"))


def _asked_back(today: date) -> Q:
    """The condition of ledger/gaps.not_asked_back for many tasks; the database reads the chains of the rulebook in force
    (migrations/0008_asked_back_of_many.py)."""
    from zhenggai.ledger.models import Inquiry
    from zhenggai.rulebook.models import Rulebook

    books = (
        Rulebook.objects.approved()
        .filter(place__down__descendant=OuterRef("place"), effective_from__lte=today)
        .annotate(distance=F("place__down__depth"))
        .order_by("distance", "-effective_from")
    )
    long_term = When(Q(then_long_term=True) | Q(due_kind="long_term"), then=Value("long_term"))
    wanted = Func(
        Subquery(books.values("data")[:1]), F("source"), F("inspection__kind"), Case(long_term, default=Value("dated")),
        function="rules_ask_back", output_field=models.BooleanField(),
    )  # fmt: skip
    return Q(Exists(Inquiry.objects.filter(task=OuterRef("pk"), dropped_at=None))) | ~Q(wanted)


def tasks_to_strike_off(person: Person, today: date) -> models.QuerySet[Task]:
    """Tasks whose notice has ended without an open or upheld objection and that lack no other condition, for the leaders of
    the tier that reviewed. What became different since, or a file's alarm, is seen on the task's page, not here."""
    from zhenggai.closure.models import Penalty, Verdict
    from zhenggai.publicity.models import Notice
    from zhenggai.supervision.models import DecidedItem

    ended = Notice.objects.current().filter(items__task=OuterRef("pk"), ends_on__lt=today)
    unsettled = Q(objections__answered_at__isnull=True) | Q(objections__finding="upheld")
    disputed = Notice.objects.current().filter(unsettled, items__task=OuterRef("pk"), objections__isnull=False)
    theirs = Q(pk__in=[])
    for tier in Tier.values:
        above = UnitClosure.objects.filter(
            ancestor__in=person.places_of_tier(tier, Role.LEADER), descendant=OuterRef("place")
        )
        reviewed = Verdict.objects.filter(
            application__task=OuterRef("pk"), application__outcome="passed", kind="review", unit__tier=tier
        )
        theirs |= Q(Exists(above), Exists(reviewed))
    unpaid = Penalty.objects.filter(task=OuterRef("pk"), paid_on__isnull=True)
    lower = _open_tasks().filter(upper=OuterRef("pk"))
    demanded = DecidedItem.objects.open().filter(task=OuterRef("pk"), finding__isnull=False)
    return _tasks(State.IN_NOTICE).filter(
        theirs, Exists(ended), ~Exists(disputed), ~Exists(demanded), ~Exists(unpaid) | _waived("penalties"), ~Exists(lower) | _waived("lower"),
        applications__outcome="passed",
    )  # fmt: skip


def tasks_to_file(person: Person) -> models.QuerySet[Task]:
    """Tasks that are struck off and not yet filed; those of an older ledger were filed in their time or not at all."""
    places = [place for tier in FILING_TIERS for place in person.places_of_tier(tier, Role.COORDINATION)]
    return _tasks(State.STRUCK_OFF).under(places).exclude(known_on__isnull=False, strike_off__isnull=True)


def _tasks(state: State) -> Any:
    from zhenggai.ledger.models import Task

    return Task.objects.filter(state=state)


def _open_tasks() -> Any:
    from zhenggai.ledger.models import Task

    return Task.objects.open()
