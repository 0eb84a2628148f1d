"""What a person is to a task. Steps of the upper apps build their answers from these."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from zhenggai.accounts.decisions import YES, Decision, no
from zhenggai.accounts.models import Person, Unit, UnitClosure
from zhenggai.accounts.roles import OVER_A_PLACE, Role
from zhenggai.ledger.gap_querysets import TEAMS
from zhenggai.ledger.models import Duty, Extension, Gap, Remedy, Sweep, SweepAnswer, Task
from zhenggai.ledger.states import State

RECTIFIERS = (Duty.Part.LEAD, Duty.Part.RESPONSIBLE)
REPORTERS = (*RECTIFIERS, Duty.Part.COOPERATING)


def stands_below(units: Iterable[int], above: Iterable[int]) -> bool:
    """Whether any of `units` is, or stands below, any of `above` (closure table)."""
    return UnitClosure.objects.filter(ancestor__in=list(above), descendant__in=list(units)).exists()


def is_over(person: Person, task: Task, *roles: Role) -> bool:
    """Whether the person holds one of `roles` over a place that the task's place stands in."""
    return not task.places_above.isdisjoint(person.places_as(*roles))


def duty_of(person: Person, task: Task, parts: Iterable[str]) -> Duty | None:
    """The first duty (lead before responsible before cooperating) of a unit for which the person is liaison; a unit
    above counts too, so that a government may act for its departments."""
    wanted = list(parts)
    found = [duty for duty in _duties_of(person, task) if duty.part in wanted]
    return min(found, key=lambda duty: (wanted.index(duty.part), duty.position), default=None)


def _duties_of(person: Person, task: Task) -> list[Duty]:
    """The duties of the person's units in the task, asked once for as long as the task is held."""
    kept = task.__dict__.setdefault("_duties_of", {})
    if person.pk not in kept:
        mine = [unit.pk for unit in person.units_as(Role.LIAISON)]
        rows = task.duties.filter(unit__up__ancestor__in=mine).select_related("unit").distinct()
        kept[person.pk] = list(rows) if mine else []
    found: list[Duty] = kept[person.pk]
    return found


def applying_part(task: Task) -> str:
    """Which duty may apply for closure: the lead unit's; the responsible units' where the plan names no lead."""
    led = any(duty.part == Duty.Part.LEAD for duty in task.duties.all())
    return Duty.Part.LEAD if led else Duty.Part.RESPONSIBLE


def can_apply(task: Task, person: Person) -> Decision:
    """Only the lead unit closes a task; a cooperating unit may report but never apply (NEEDS row 3)."""
    part = applying_part(task)
    if duty_of(person, task, [part]):
        return YES
    names = list(dict.fromkeys(duty.raw for duty in task.duties.all() if duty.part == part))
    units = "、".join(names[:3]) or "责任单位"
    return no(f"由{Duty.Part(part).label}（{units}）的联络员办理")


def can_amend(task: Task, person: Person) -> Decision:
    """The coordination team keeps a task's particulars; not between self-check and strike-off, when what the acceptors look
    at must stand still, and of a closed task only where it came from an older ledger."""
    if not is_over(person, task, Role.COORDINATION):
        return no("由任务属地的综合协调组更正")
    if task.state == State.RECTIFYING or (task.is_closed and task.known_on):
        return YES
    return no(f"任务在“{task.state_words}”环节，补充信息不能再改")


def can_see(task: Task, person: Person) -> bool:
    """Whether the task is among those visible to the person."""
    return Task.objects.visible_to(person).filter(pk=task.pk).exists()


def can_set_targets(task: Task, person: Person) -> Decision:
    """The coordination team sets what is measured, while the task is under rectification."""
    if task.state != State.RECTIFYING:
        return no(f"“{task.state_words}”环节不能再改量化目标")
    return YES if is_over(person, task, Role.COORDINATION) else no("由综合协调组设定")


def can_report_values(task: Task, person: Person) -> Decision:
    """Who reports on a task reports its values, and the coordination team; not between self-check and strike-off, when
    what the acceptors look at must stand still. After strike-off a long-term task is measured on."""
    if task.state != State.RECTIFYING and not task.is_closed:
        return no(f"任务在“{task.state_words}”环节，监测值不能再变")
    if is_over(person, task, Role.COORDINATION) or duty_of(person, task, REPORTERS):
        return YES
    return no("由牵头、责任或配合单位的联络员填报")


def can_ask_extension(task: Task, person: Person, today: date) -> Decision:
    """The unit that would apply for closure asks, before the date has passed, once at a time (NEEDS §2 row 6)."""
    if task.state != State.RECTIFYING:
        return no(f"“{task.state_words}”环节不办延期")
    if task.due is None:
        return no("这项任务没有到期的日子，不用延期")
    if today > task.due:
        return no(f"时限{task.due}已过，不能再申请延期；延期要在到期之前提出")
    if any(extension.granted is None for extension in task.extensions.all()):
        return no("已有一份延期申请在等决定")
    return can_apply(task, person)


def extension_level(task: Task) -> Unit:
    """The level that decides: the one that approved the plan, else the inspected place itself."""
    return task.plan.approver or task.inspection.place


def can_decide_extension(extension: Extension, person: Person) -> Decision:
    """Leaders and the coordination team of the level that approved the plan, or above it; nobody on one's own request."""
    if extension.granted is not None:
        return no(f"这份延期申请已由{extension.decided_by}决定")
    if extension.applied_by_id == person.pk:
        return no("不能决定自己提出的延期申请")
    places = person.places_as(Role.COORDINATION, Role.LEADER)
    if places and stands_below([extension.level_id], places):
        return YES
    return no(f"由批准方案的一级（{extension.level}）综合协调组或领导决定")


def can_ask_sweep(task: Task, person: Person) -> Decision:
    """The coordination and supervision teams ask others to look for problems of the same kind."""
    return YES if is_over(person, task, Role.COORDINATION, Role.SUPERVISION) else no("由综合协调组或督导组布置")


def units_to_send(person: Person, units: QuerySet[Unit]) -> QuerySet[Unit]:
    """Those of `units` whom the person may send to look: of the places that it coordinates or supervises."""
    places = person.places_as(Role.COORDINATION, Role.SUPERVISION)
    return units.filter(Exists(UnitClosure.objects.filter(ancestor__in=places, descendant=OuterRef("pk"))))


def sees_all_answers(sweep: Sweep, person: Person) -> bool:
    """Whether the person reads what every unit answered: who asked, the teams and leaders over the task's place, and the
    units that supervise or accept the task. A unit that was asked reads its own answer and those of units below it."""
    if sweep.asked_by_id == person.pk or is_over(person, sweep.task, *OVER_A_PLACE):
        return True
    return duty_of(person, sweep.task, (Duty.Part.SUPERVISING, Duty.Part.ACCEPTANCE)) is not None


def can_answer_sweep(answer: SweepAnswer, person: Person) -> Decision:
    """The unit that was asked, through its liaison or its place's coordination team; once."""
    if answer.nothing_found is not None:
        return no("这个单位已经回报")
    mine = [unit.pk for unit in person.units_as(Role.LIAISON)] + person.places_as(Role.COORDINATION)
    if mine and stands_below([answer.unit_id], mine):
        return YES
    return no(f"由{answer.unit}的联络员或当地综合协调组回报")


def can_inquire(task: Task, person: Person) -> Decision:
    """Which rule let a failing happen is asked by the teams over the task's place and by the unit that closes the task."""
    if is_over(person, task, *TEAMS) or can_apply(task, person):
        return YES
    return no("由综合协调组、案件查办组、督导组或牵头单位倒查")


def can_lead(person: Person) -> Decision:
    """Whether the person is one of those who may inquire into some task (can_inquire tells of which)."""
    if person.holds(*TEAMS, Role.LIAISON):
        return YES
    return no("由综合协调组、案件查办组、督导组或牵头单位对应")


def can_find_none(task: Task, person: Person) -> Decision:
    """That no rule is to blame is not said by the unit that rectifies: it would clear itself of the work."""
    if is_over(person, task, *TEAMS):
        return YES
    return no("“没有查出制度缺陷”由综合协调组、案件查办组或督导组认定，责任单位自己不能认定")


def can_drop_inquiry(task: Task, person: Person) -> Decision:
    """An answer is taken back by the teams over the task's place."""
    if is_over(person, task, *TEAMS):
        return YES
    return no("倒查结论由综合协调组、案件查办组或督导组取消")


def units_to_charge(person: Person, units: QuerySet[Unit]) -> QuerySet[Unit]:
    """Those of `units` whom the person may charge with mending a rule: of the places of its team, or its own."""
    mine = [*person.places_as(*TEAMS), *(unit.pk for unit in person.units_as(Role.LIAISON))]
    return units.filter(Exists(UnitClosure.objects.filter(ancestor__in=mine, descendant=OuterRef("pk"))))


def can_keep_gap(gap: Gap, person: Person) -> Decision:
    """What stands of a gap is corrected, and further tasks are led to it, by the teams over its unit's place."""
    places = person.places_as(*TEAMS)
    if places and stands_below([gap.unit_id], places):
        return YES
    return no(f"由{gap.unit}所在地的综合协调组、案件查办组或督导组办理")


def can_mend(gap: Gap, person: Person) -> Decision:
    """What was done about a gap is handed in by the unit charged with it or its place's coordination team, once at a time."""
    standing = {row.confirmed for row in gap.remedies.all()}
    if True in standing:
        return no("这项缺陷已经补上并确认")
    if None in standing:
        return no("已报补上的制度，等确认")
    if all(row.dropped_at for row in gap.inquiries.all()):
        return no("已经没有任务对应这项缺陷，不用再补")
    mine = [unit.pk for unit in person.units_as(Role.LIAISON)] + person.places_as(Role.COORDINATION)
    if mine and stands_below([gap.unit_id], mine):
        return YES
    return no(f"由{gap.unit}的联络员或当地综合协调组报")


def can_send_back(remedy: Remedy, person: Person) -> Decision:
    """A team over the unit's place looks at what somebody else handed in, and sends back what does not mend the gap."""
    if remedy.confirmed is not None:
        return no(f"{remedy.decided_by}已经{'确认' if remedy.confirmed else '退回'}")
    if remedy.by_id == person.pk:
        return no("自己报的，由另一个人确认")
    places = person.places_as(*TEAMS)
    if not places or not stands_below([remedy.gap.unit_id], places):
        return no(f"由{remedy.gap.unit}所在地的综合协调组、案件查办组或督导组确认")
    return YES


def can_confirm(remedy: Remedy, person: Person, today: date) -> Decision:
    """Who may send it back confirms it, once the rule is in force."""
    allowed = can_send_back(remedy, person)
    if allowed and remedy.effective_on > today:
        return no(f"{remedy.effective_on}才施行，施行以后再确认")
    return allowed
