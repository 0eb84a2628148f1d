"""Who convenes, signs, consults, records, goes and looks, helps. Meetings, papers and consultations are the coordination
team's (综合协调组) of the place itself; a place above looks on."""

from collections.abc import Iterable
from datetime import date

from zhenggai.accounts.decisions import YES, Decision, no
from zhenggai.accounts.models import Person, Unit
from zhenggai.accounts.roles import Role
from zhenggai.ledger.models import Duty, Task
from zhenggai.ledger.permissions import REPORTERS, duty_of, is_over, stands_below
from zhenggai.ledger.states import State
from zhenggai.supervision.impartial import conflicts
from zhenggai.supervision.models import (
    Body,
    Consultation,
    DecidedItem,
    HelpPlan,
    HelpStep,
    Meeting,
    Paper,
    StandingDuty,
    Visit,
    VisitFinding,
)
from zhenggai.supervision.querysets import rectified_by


def _coordinates(person: Person, place_id: int) -> bool:
    return place_id in person.places_as(Role.COORDINATION)


def can_convene(person: Person) -> Decision:
    """Meetings are called, papers drafted and duties set by a coordination team, for its own place."""
    return YES if person.places_as(Role.COORDINATION) else no("由综合协调组办理")


def can_prepare(meeting: Meeting, person: Person) -> Decision:
    """Agenda, speakers and who is asked: until the meeting is held."""
    if not _coordinates(person, meeting.place_id):
        return no(f"由{meeting.place}综合协调组办理")
    return YES if meeting.is_open else no(f"会议{meeting.get_state_display()}，议程不能再改")


def can_record(meeting: Meeting, person: Person) -> Decision:
    """Decisions and minutes: once the meeting was held, until the minutes are out."""
    if not _coordinates(person, meeting.place_id):
        return no(f"由{meeting.place}综合协调组记录")
    if meeting.state == Meeting.State.HELD:
        return YES
    return no("先登记召开情况" if meeting.is_open else f"会议{meeting.get_state_display()}，不能再改")


def can_report_done(item: DecidedItem, person: Person) -> Decision:
    """The unit that was told to do it reports that it is done."""
    if item.state != DecidedItem.State.OPEN:
        return no(f"这一事项{item.get_state_display()}")
    if not item.is_out:
        return no("纪要还没有形成")
    mine = [unit.pk for unit in person.units_as(Role.LIAISON)]
    return YES if mine and stands_below([item.unit_id], mine) else no(f"由{item.unit}的联络员报送")


def can_settle(item: DecidedItem, person: Person) -> Decision:
    """Who asked for it looks whether it is done, never who reported it: of a meeting's decision the coordination team, of a
    visit's demand those who act for the body that went and whose unit does not rectify the task."""
    if item.state != DecidedItem.State.REPORTED:
        open_ = item.state == DecidedItem.State.OPEN
        return no("承办单位还没有报办结" if open_ else f"这一事项{item.get_state_display()}")
    if item.finding:
        allowed = acts_for(item.finding.visit.body, person)
        if allowed and DecidedItem.objects.filter(rectified_by(person), pk=item.pk).exists():
            return no("这项任务由你的单位牵头或负责，由别的单位的人核实")
    else:
        place = item.origin.place
        allowed = YES if _coordinates(person, place.pk) else no(f"由{place}综合协调组核实")
    if not allowed:
        return allowed
    return YES if item.reported_by_id != person.pk else no("办结是你报的，由其他人核实")


def can_edit_paper(paper: Paper, person: Person) -> Decision:
    """A draft is the coordination team's, a visit's circular also theirs who act for the body that went; what is issued or
    waits for a signature stands still."""
    if paper.visit:
        if not (allowed := acts_for(paper.visit.body, person)):
            return allowed
    elif not _coordinates(person, paper.place_id):
        return no(f"由{paper.place}综合协调组拟稿")
    return YES if paper.state == Paper.State.DRAFT else no(f"文稿{paper.get_state_display()}，不能再改")


def can_issue(paper: Paper, person: Person) -> Decision:
    """The coordination team issues what it sends down; what goes upward is signed by a leader of the place (签发人),
    never by who drafted it."""
    if paper.kind != Paper.Kind.SPECIAL:
        return can_edit_paper(paper, person)
    if paper.state != Paper.State.SUBMITTED:
        return no("专报先送领导签发" if paper.state == Paper.State.DRAFT else f"文稿{paper.get_state_display()}")
    if paper.place_id not in person.places_as(Role.LEADER):
        return no(f"专报由{paper.place}领导小组领导签发")
    return YES if paper.drafted_by_id != person.pk else no("拟稿人不能签发自己拟的专报")


def can_ask(tasks: Iterable[Task], person: Person) -> Decision:
    """A unit with a part in every one of the tasks asks for a consultation; all of one inspected place."""
    tasks = list(tasks)
    if not tasks:
        return no("至少要有一项任务")
    if len({task.inspection.place_id for task in tasks}) > 1:
        return no("一次会商的任务要属于同一个被督察地方，请分开提请")
    for task in tasks:
        if not duty_of(person, task, REPORTERS):
            return no(f"{task.number}由牵头、责任或配合单位的联络员提请会商")
        if task.is_closed:
            return no(f"{task.number}已经销号，不用再会商")
    return YES


def can_take_up(consultation: Consultation, person: Person) -> Decision:
    if consultation.state != Consultation.State.REQUESTED:
        return no(f"这次会商{consultation.get_state_display()}")
    if not _coordinates(person, consultation.place_id):
        return no(f"由{consultation.place}综合协调组受理")
    return YES if consultation.requested_by_id != person.pk else no("会商是你提请的，由综合协调组其他人受理")


def can_conclude(consultation: Consultation, person: Person) -> Decision:
    if consultation.state != Consultation.State.ACCEPTED:
        return no(f"这次会商{consultation.get_state_display()}")
    return YES if _coordinates(person, consultation.place_id) else no(f"由{consultation.place}综合协调组记录结论")


def can_keep_bodies(place: Unit, person: Person) -> Decision:
    """The leading group's data are kept by the coordination team of its place."""
    return YES if _coordinates(person, place.pk) else no(f"由{place}综合协调组维护")


def can_record_session(duty: StandingDuty, person: Person) -> Decision:
    """A session is recorded by the unit that owes it, by the team that owes it, or for both by the coordination team."""
    if duty.body is not None:
        return acts_for(duty.body, person)
    if _coordinates(person, duty.place_id):
        return YES
    mine = [unit.pk for unit in person.units_as(Role.LIAISON)]
    if mine and stands_below([duty.unit_id or 0], mine):
        return YES
    return no(f"由{duty.unit}的联络员或{duty.place}综合协调组登记")


def is_of_place(body: Body, place: Unit) -> bool:
    """Whether the body belongs to `place` itself."""
    return body.place_id == place.pk


def acts_for(body: Body, person: Person) -> Decision:
    """What a body does is done by who holds its role at its place, or by the coordination team there."""
    role = body.role
    if _coordinates(person, body.place_id) or (role and body.place_id in person.places_as(Role(role))):
        return YES
    return no(f"由{body}或{body.place}综合协调组办理" if role else f"由{body.place}综合协调组办理")


# ── visits ───────────────────────────────────────────────────────────────────
def can_plan_visits(person: Person) -> Decision:
    """Visits are of the leading group's bodies."""
    if Body.objects.run_by(person).exists():
        return YES
    if person.places_as(Role.COORDINATION):
        return no("先在“领导小组”里登记领导小组和工作组，督查由它们开展")
    return no("由领导小组的工作组（督导组、综合协调组）部署")


def can_change_visit(visit: Visit, person: Person) -> Decision:
    """Its tasks, its team and its dates: until it has ended."""
    if not (allowed := acts_for(visit.body, person)):
        return allowed
    return YES if visit.is_open else no(f"这次督查{visit.get_state_display()}，不能再改")


def can_find(visit: Visit, task: Task, person: Person, today: date) -> Decision:
    """What was seen is put down by who acts for the body or is on the team, once the visit has begun; never of one's own
    work."""
    if not visit.is_open:
        return no(f"这次督查{visit.get_state_display()}；登记错了的，在那一条情况上更正")
    if today < visit.starts_on:
        return no(f"督查从{visit.starts_on}开始，到时候再登记")
    return _is_impartial(visit, task, person)


def _is_impartial(visit: Visit, task: Task, person: Person) -> Decision:
    if not visit.members.filter(person=person).exists() and not (allowed := acts_for(visit.body, person)):
        return allowed
    found = conflicts([task], [person])
    return no(f"{found[0]}，不能督查自己办的事") if found else YES


def can_correct(finding: VisitFinding, person: Person) -> Decision:
    """Whoever could put it down corrects it, with a reason, by a new one."""
    if VisitFinding.objects.filter(corrects=finding).exists():
        return no("这一条已经更正过，请在最新的那一条上更正")
    return _is_impartial(finding.visit, finding.task, person)


ANOTHER = "这一条是你登记的。改为“与上报情况一致”，督办随之撤销，要由督查组的其他人或综合协调组更正"


def takes_back_alone(finding: VisitFinding, result: str, person: Person) -> bool:
    """Whether who put a wrong down would alone take it back, and with it what it demands before the strike-off: that takes
    a second person (migrations/0006_taken_back.py)."""
    lifted = finding.is_wrong and result == VisitFinding.Result.AS_REPORTED
    return lifted and finding.recorded_by_id == person.pk


def can_state(finding: VisitFinding, person: Person) -> Decision:
    """A unit with a part in the task says what it has to say to a finding, once."""
    duty = duty_of(person, finding.task, REPORTERS)
    if duty is None or duty.unit is None:
        return no("由牵头、责任或配合单位的联络员陈述")
    if finding.answers.filter(unit=duty.unit).exists():
        return no(f"{duty.unit}已经陈述过")
    return YES


# ── help ─────────────────────────────────────────────────────────────────────
def can_ask_help(task: Task, person: Person) -> Decision:
    """A unit that rectifies or cooperates asks for itself, a supervising unit for it; the coordination and supervision teams
    offer it unasked (主动帮扶). One at a time, while the task is under rectification."""
    if task.state != State.RECTIFYING:
        return no(f"任务在“{task.state_words}”环节，不用帮扶")
    if HelpPlan.objects.open().filter(task=task).exists():
        return no("这项任务已经有一份帮扶")
    if asks_for(task, person) is None:
        return no("由任务的牵头、责任、配合、督导单位提出，或由综合协调组、督导组主动安排")
    return YES


def asks_for(task: Task, person: Person) -> Unit | None:
    """In whose name the person asks for help: its unit with a part in the task, else the office that offers it."""
    duty = duty_of(person, task, (*REPORTERS, Duty.Part.SUPERVISING))
    if duty and duty.unit:
        return duty.unit
    return person.unit if is_over(person, task, Role.COORDINATION, Role.SUPERVISION) else None


def can_arrange_help(plan: HelpPlan, person: Person) -> Decision:
    if plan.state != HelpPlan.State.ASKED:
        return no(f"这份帮扶{plan.get_state_display()}")
    return YES if is_over(person, plan.task, Role.COORDINATION) else no("由任务属地的综合协调组安排")


def can_add_step(plan: HelpPlan, person: Person) -> Decision:
    if plan.state != HelpPlan.State.HELPING:
        return no("先安排帮扶" if plan.state == HelpPlan.State.ASKED else f"这份帮扶{plan.get_state_display()}")
    return YES if is_over(person, plan.task, Role.COORDINATION) else no("由任务属地的综合协调组增加")


def can_report_step(step: HelpStep, person: Person) -> Decision:
    """The unit that does it says what it brought; the coordination team may say it for a unit without a liaison."""
    if step.plan.state != HelpPlan.State.HELPING:
        return no(f"这份帮扶{step.plan.get_state_display()}")
    if step.done_on:
        return no("这一步已经登记结果")
    mine = [unit.pk for unit in person.units_as(Role.LIAISON)]
    if (mine and stands_below([step.unit_id], mine)) or is_over(person, step.plan.task, Role.COORDINATION):
        return YES
    return no(f"由{step.unit}的联络员或综合协调组登记")


def can_end_help(plan: HelpPlan, person: Person) -> Decision:
    """The coordination team says what came of it."""
    if plan.state != HelpPlan.State.HELPING:
        return no("先安排帮扶" if plan.state == HelpPlan.State.ASKED else f"这份帮扶{plan.get_state_display()}")
    return YES if is_over(person, plan.task, Role.COORDINATION) else no("由任务属地的综合协调组结束")
