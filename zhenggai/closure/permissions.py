"""Who takes the steps of closure. Who rectifies does not accept (谁验收谁负责)."""

from zhenggai.accounts.decisions import YES, Decision, first_refusal, no
from zhenggai.accounts.models import Person, Tier, Unit
from zhenggai.accounts.roles import Role
from zhenggai.closure.models import Application, StrikeOff, Verdict
from zhenggai.closure.querysets import FILING_TIERS
from zhenggai.ledger.blockers import not_blocked
from zhenggai.ledger.models import Task
from zhenggai.ledger.permissions import RECTIFIERS, can_apply, duty_of, stands_below
from zhenggai.ledger.states import SELF_CHECK, STRIKE_OFF


def current_application(task: Task) -> Application | None:
    """The application on which the task's closing rests now."""
    return task.applications.filter(outcome__in=["open", "passed"]).select_related("rulebook").order_by("-pk").first()


def next_verdict(task: Task) -> Verdict | None:
    """The level whose turn it is."""
    return (
        Verdict.objects.next_in_line()
        .filter(application__task=task)
        .select_related("unit", "applicant", "applicant_unit", "application")
        .first()
    )


def can_self_check(task: Task, person: Person) -> Decision:
    return first_refusal(can_apply(task, person), not_blocked(task, SELF_CHECK))


def can_decide(task: Task, person: Person) -> Decision:
    """Only the office (or, for the review, a leader) whose turn it is; never who applied, nor the applicant's unit or
    colleagues, nor a liaison of those who rectify: a second hat does not make a second person."""
    verdict = next_verdict(task)
    if verdict is None:
        return no("没有等着作出的结论")
    if verdict.applicant_id == person.pk or verdict.applicant_unit_id == person.unit_id:
        return no(f"申请是{verdict.applicant_unit}提出的，验收的不能是提交的人和单位")
    if verdict.kind == Verdict.Kind.ACCEPTANCE and verdict.applicant.unit_id == person.unit_id:
        return no(f"申请是你单位的{verdict.applicant}提出的，验收的不能是提交的人和单位")
    if duty_of(person, task, RECTIFIERS):
        return no("你是这项任务牵头或责任单位的联络员，谁整改谁不能验收")
    if verdict.kind == Verdict.Kind.REVIEW:
        places = person.places_as(Role.LEADER)
        return YES if verdict.unit.place_id in places else no(f"由{verdict.unit.place}的领导审核")
    offices = {unit.pk for unit in person.units_as(Role.COORDINATION)}
    return YES if verdict.unit_id in offices else no(f"现在轮到{verdict.name}，由{verdict.unit}作出")


def can_strike_off(task: Task, person: Person) -> Decision:
    """A leader over the task's place at the tier that reviewed it, once nothing blocks."""
    application = current_application(task)
    tier = application.rulebook.rules.review_tier if application else Tier.CITY
    if not stands_below([task.place_id], person.places_of_tier(tier, Role.LEADER)):
        return no(f"销号由{Tier(tier).label}领导小组领导批准")
    return not_blocked(task, STRIKE_OFF)


def can_file(task: Task, person: Person) -> Decision:
    if task.known_on and not StrikeOff.objects.filter(task=task).exists():
        return no("历史台账里已销号的任务，备案在当时办理，这里不再补办")
    places = [place for tier in FILING_TIERS for place in person.places_of_tier(tier, Role.COORDINATION)]
    return YES if stands_below([task.place_id], places) else no("备案由市整改办综合协调组办理")


def office_of(place: Unit, tier: str) -> Unit | None:
    """The rectification office (整改办) of the place of `tier` in which `place` stands."""
    return (
        Unit.objects.filter(kind="office", tier=tier, place__down__descendant=place, place__tier=tier)
        .order_by("position", "pk")
        .first()
    )
