"""Who takes the steps of closure. Who rectifies does not accept (谁验收谁负责)."""

from typing import Any

from django.db.models import F, Prefetch, prefetch_related_objects

from zhenggai.accounts.decisions import YES, Decision, no
from zhenggai.accounts.models import Person, Tier, Unit
from zhenggai.accounts.roles import Role
from zhenggai.closure.models import Application, Look, SiteCheck, StrikeOff, Verdict
from zhenggai.closure.querysets import FILING_TIERS
from zhenggai.ledger.blockers import not_blocked
from zhenggai.ledger.models import Task
from zhenggai.ledger.permissions import RECTIFIERS, can_apply, duty_of, stands_below
from zhenggai.ledger.states import APPLY, FILE, SELF_CHECK, STRIKE_OFF

CURRENT = (Application.Outcome.OPEN, Application.Outcome.PASSED)


def hold_application(task: Task, *, visits: bool, looks: bool) -> Application | None:
    """The task's last application with its levels, and their visits and looks where there are any, kept with `task` for as
    long as one page is made of it: what asks for the current application then asks no more."""
    levels = Verdict.objects.select_related("unit", "decided_by").order_by("position")
    rows = task.applications.select_related("rulebook", "unit", "applied_by").order_by("-pk")
    last = rows.prefetch_related(Prefetch("verdicts", levels)).first()
    if last:
        seen = ["site_checks__by", "site_checks__unit", "site_checks__photos__stored__photo"] if visits else []
        levels_held = list(last.verdicts.all())
        if seen:
            prefetch_related_objects(levels_held, *seen)
        else:
            prefetch_related_objects(levels_held, none_of("site_checks", SiteCheck))
        prefetch_related_objects([last], "looks__by" if looks else none_of("looks", Look))
    task.__dict__["_application"] = last if last and last.outcome in CURRENT else None
    return last


def none_of(name: str, model: Any) -> Prefetch:  # type: ignore[type-arg]  # is no generic at run time
    """A prefetch that asks nothing: it is known that there are none."""
    return Prefetch(name, model.objects.none())


def current_application(task: Task) -> Application | None:
    """The application on which the task's closing rests now."""
    if "_application" in task.__dict__:
        held: Application | None = task.__dict__["_application"]
        return held
    return task.applications.filter(outcome__in=CURRENT).select_related("rulebook").order_by("-pk").first()


def next_verdict(task: Task) -> Verdict | None:
    """The level whose turn it is: the first of the open application (a task has one) on which nobody has decided."""
    waiting = Verdict.objects.filter(application__task=task, application__outcome=Application.Outcome.OPEN, result="")
    rows = waiting.select_related("unit", "applicant", "applicant_unit", "application")
    return rows.order_by("position").first()


def can_self_check(task: Task, person: Person) -> Decision:
    return can_apply(task, person) and not_blocked(task, SELF_CHECK)


def can_hand_in(task: Task, person: Person) -> Decision:
    return can_apply(task, person) and not_blocked(task, APPLY)


def can_decide(task: Task, person: Person) -> Decision:
    """Only who decides the level whose turn it is; never who applied, nor the applicant's unit or colleagues, nor a liaison
    of those who rectify: a second hat does not make a second person."""
    verdict = next_verdict(task)
    if verdict is None:
        return no("没有等着作出的结论")
    if verdict.applicant_id == person.pk or verdict.applicant_unit_id == person.unit_id:
        return no(f"申请是{verdict.applicant_unit}提出的，验收的不能是提交的人和单位")
    if verdict.kind == Verdict.Kind.ACCEPTANCE and verdict.applicant.unit_id == person.unit_id:
        return no(f"申请是你单位的{verdict.applicant}提出的，验收的不能是提交的人和单位")
    if duty_of(person, task, RECTIFIERS):
        return no("你是这项任务牵头或责任单位的联络员，谁整改谁不能验收")
    if speaks_for(verdict, person):
        return YES
    if verdict.kind == Verdict.Kind.REVIEW:
        return no(f"由{verdict.unit.place}的领导审核")
    return no(f"现在轮到{verdict.name}，由{verdict.unit}作出")


def speaks_for(verdict: Verdict, person: Person) -> bool:
    """Whether the person may act for the unit of the verdict: a leader of its place for a review, the office's coordination
    team, an industry department's liaison."""
    if verdict.decider == Verdict.By.LEADERS:
        return verdict.unit.place_id in person.places_as(Role.LEADER)
    role = Role.LIAISON if verdict.decider == Verdict.By.INDUSTRY else Role.COORDINATION
    return verdict.unit_id in {unit.pk for unit in person.units_as(role)}


def can_strike_off(task: Task, person: Person) -> Decision:
    """A leader over the task's place at the tier that reviewed it, once nothing blocks."""
    return leads_review(task, person) and not_blocked(task, STRIKE_OFF)


def review_tier(application: Application) -> str:
    """The tier of the leaders who review, and strike off."""
    tiers = [row.unit.tier for row in application.verdicts.all() if row.kind == Verdict.Kind.REVIEW]
    return str(tiers[0]) if tiers else Tier.CITY


def leads_review(task: Task, person: Person) -> Decision:
    """Whether the person is a leader over the task's place at the tier that reviews it."""
    application = current_application(task)
    tier = review_tier(application) if application else Tier.CITY
    if stands_below([task.place_id], person.places_of_tier(tier, Role.LEADER)):
        return YES
    return no(f"销号由{Tier(tier).label}领导小组领导批准")


def can_file(task: Task, person: Person) -> Decision:
    if task.known_on and not StrikeOff.objects.filter(task=task).exists():
        return no("历史台账里已销号的任务，备案在当时办理，这里不再补办")
    places = [place for tier in FILING_TIERS for place in person.places_of_tier(tier, Role.COORDINATION)]
    filer = YES if stands_below([task.place_id], places) else no("备案由市整改办综合协调组办理")
    return filer and not_blocked(task, FILE)


def offices_of(place: Unit) -> dict[str, Unit]:
    """Tier → the rectification office (整改办) of the place of that tier in which `place` stands."""
    rows = Unit.objects.filter(kind="office", tier=F("place__tier"), place__down__descendant=place)
    return {unit.tier: unit for unit in rows.order_by("-position", "-pk")}


def office_of(place: Unit, tier: str) -> Unit | None:
    """The rectification office of the place of `tier` in which `place` stands."""
    return offices_of(place).get(tier)
