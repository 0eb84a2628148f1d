"""Who convenes, signs, consults and records. Meetings, papers and consultations are the coordination team's (综合协调组) of
the place itself; a place above looks on."""

from collections.abc import Iterable

from zhenggai.accounts.decisions import YES, Decision, no
from zhenggai.accounts.models import Person, Unit
from zhenggai.accounts.roles import Role
from zhenggai.ledger.models import Task
from zhenggai.ledger.permissions import REPORTERS, duty_of, stands_below
from zhenggai.supervision.models import Body, Consultation, DecidedItem, Meeting, Paper, StandingDuty


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
    if item.meeting.state != Meeting.State.MINUTED:
        return no("纪要还没有形成")
    mine = [unit.pk for unit in person.units_as(Role.LIAISON)]
    return YES if mine and stands_below([item.unit_id], mine) else no(f"由{item.unit}的联络员报送")


def can_settle(item: DecidedItem, person: Person) -> Decision:
    """The coordination team looks whether it is done, never who reported it."""
    if item.state != DecidedItem.State.REPORTED:
        return no("承办单位还没有报办结" if item.state == DecidedItem.State.OPEN else "这一事项已办结")
    if not _coordinates(person, item.meeting.place_id):
        return no(f"由{item.meeting.place}综合协调组核实")
    return YES if item.reported_by_id != person.pk else no("办结是你报的，由综合协调组其他人核实")


def can_edit_paper(paper: Paper, person: Person) -> Decision:
    """A draft is the coordination team's; what is issued or waits for a signature stands still."""
    if not _coordinates(person, paper.place_id):
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
    if _coordinates(person, duty.place_id):
        return YES
    if duty.body is not None:
        role = duty.body.role
        if role and duty.place_id in person.places_as(Role(role)):
            return YES
        return no(f"由{duty.body}或{duty.place}综合协调组登记")
    mine = [unit.pk for unit in person.units_as(Role.LIAISON)]
    if mine and stands_below([duty.unit_id or 0], mine):
        return YES
    return no(f"由{duty.unit}的联络员或{duty.place}综合协调组登记")


def is_of_place(body: Body, place: Unit) -> bool:
    """Whether the body belongs to `place` itself."""
    return body.place_id == place.pk
