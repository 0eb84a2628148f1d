from datetime import date

from zhenggai.accounts.decisions import YES, Decision, no
from zhenggai.accounts.models import Person
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.ledger.models import Duty, Task
from zhenggai.ledger.permissions import REPORTERS, applying_part, duty_of, is_over, stands_below
from zhenggai.ledger.states import State
from zhenggai.progress.models import FiledTask, QuarterFiling, Report, Round


def can_report(task: Task, person: Person, month: date, unit: int | None = None) -> Decision:
    """A unit with a part in the task reports once a month; after a return, again. Until the month's round is closed, also
    when the month is over. `unit`: for which of several units of theirs the person speaks."""
    return (
        _may_speak(task, person, month, unit) and _still_open(task, month) and _not_yet(task, person, month, unit=unit)
    )


def can_correct(task: Task, person: Person, month: date, unit: int | None = None) -> Decision:
    """After a round was closed a unit corrects, or hands in late, what it reported in it."""
    if not _round(task, month, closed_at__isnull=False):
        return no(f"{month.year}年{month.month}月调度没有封存，直接报送就行")
    return _may_speak(task, person, month, unit) and _not_yet(task, person, month, unit=unit, correction=True)


def duty_to_report(task: Task, person: Person, month: date, unit: int | None = None) -> Duty | None:
    """The duty in which the person reports of `month`: that of `unit`, where it is named. Who is liaison of several units
    with a part in the task reports for one after the other, the lead unit first."""
    first = duty_of(person, task, REPORTERS)
    own = [row.pk for row in person.units_as(Role.LIAISON)]
    if first is None or unit == first.unit_id or (unit is None and len(own) == 1):
        return first
    rows = task.duties.filter(part__in=REPORTERS).select_related("unit")
    if unit is not None:
        return rows.filter(unit=unit, unit__up__ancestor__in=own).order_by("position").first()
    mine = sorted(rows.filter(unit__in=own), key=lambda duty: (REPORTERS.index(Duty.Part(duty.part)), duty.position))
    reports = Report.objects.filter(task=task, month=month, unit__in=own).exclude(state=Report.State.RETURNED)
    reported = set(reports.order_by().values_list("unit", flat=True))
    return next((duty for duty in mine if duty.unit_id not in reported), first)


def _may_speak(task: Task, person: Person, month: date, unit: int | None) -> Decision:
    if task.state != State.RECTIFYING:
        return no(f"“{task.state_words}”环节不再报月报")
    return YES if duty_to_report(task, person, month, unit) else no("由牵头、责任或配合单位的联络员报送")


def _round(task: Task, month: date, **condition: bool) -> bool:
    return Round.objects.filter(place=task.inspection.place_id, month=month, **condition).exists()


def _still_open(task: Task, month: date) -> Decision:
    this = clock.today().replace(day=1)
    if month > this:
        return no(f"还没有到{month.year}年{month.month}月")
    if _round(task, month, closed_at__isnull=False):
        return no(f"{month.year}年{month.month}月调度已经封存，数字不再变；要补报或改正，请作为更正报送并写明理由")
    if month < this and not _round(task, month):
        return no(f"{month.year}年{month.month}月没有布置过月报告")
    return YES


def _not_yet(task: Task, person: Person, month: date, *, unit: int | None = None, correction: bool = False) -> Decision:
    duty = duty_to_report(task, person, month, unit)
    who = duty.unit if duty else None
    last = Report.objects.filter(task=task, unit=who, month=month).order_by("-version").first()
    if correction and last is not None and last.state == Report.State.SUBMITTED:
        return no(f"{who}{month.month}月报告待审核，审核以后才能更正")
    if not correction and last is not None and last.state != Report.State.RETURNED:
        return no(f"{who}{month.month}月报告{last.get_state_display()}，不用再报")
    return YES


def can_close(round_: Round, person: Person, today: date) -> Decision:
    """A round is closed by the coordination team of its place, once the report day has passed."""
    return _closes(round_, person, today, "月度调度", "报送")


def can_close_filing(filing: QuarterFiling, person: Person, today: date) -> Decision:
    """A quarter's filing is closed by the coordination team of its place, once its day has passed."""
    return _closes(filing, person, today, "季度报备", "报备")


def can_file(row: FiledTask, person: Person) -> Decision:
    """A quarter is filed by who answers for the task: the lead unit, or the responsible ones where the plan names no lead."""
    if row.filing.is_closed:
        return no(f"{row.filing.words}报备已经封存；没有做完的已结转下季度，请在下季度报备里写")
    part = applying_part(row.task)
    if duty_of(person, row.task, [part]):
        return YES
    return no(f"由{Duty.Part(part).label}的联络员报备")


def _closes(thing: Round | QuarterFiling, person: Person, today: date, name: str, what: str) -> Decision:
    if thing.is_closed:
        return no(f"{name}已经封存")
    if thing.place_id not in person.places_as(Role.COORDINATION):
        return no(f"由{thing.place}整改办综合协调组封存")
    if today <= thing.due_on:
        return no(f"{what}截止{thing.due_on:%-m月%-d日}，过了这一天才能封存")
    return YES


def can_decide(report: Report, person: Person) -> Decision:
    """The lead unit decides on the others' reports, the coordination team on all; nobody on one's own."""
    if report.state != Report.State.SUBMITTED:
        return no(f"这份报告{report.get_state_display()}")
    if report.submitted_by_id == person.pk:
        return no("不能审核自己报送的报告")
    if is_over(person, report.task, Role.COORDINATION):
        return YES
    lead = duty_of(person, report.task, [Duty.Part.LEAD])
    if lead is None or lead.unit_id is None:
        return no("由牵头单位或综合协调组审核")
    if stands_below([report.unit_id], [lead.unit_id]):
        return no("本单位的报告由综合协调组审核")
    return YES
