from datetime import date

from zhenggai.accounts.decisions import YES, Decision, no
from zhenggai.accounts.models import Person
from zhenggai.accounts.roles import Role
from zhenggai.ledger.models import Duty, Task
from zhenggai.ledger.permissions import REPORTERS, duty_of, is_over, stands_below
from zhenggai.ledger.states import State
from zhenggai.progress.models import Report


def can_report(task: Task, person: Person, month: date) -> Decision:
    """A unit with a part in the task reports once a month; after a return, again."""
    if task.state != State.RECTIFYING:
        return no(f"“{task.state_words}”环节不再报月报")
    duty = duty_of(person, task, REPORTERS)
    if duty is None or duty.unit is None:
        return no("由牵头、责任或配合单位的联络员报送")
    last = Report.objects.filter(task=task, unit=duty.unit, month=month).order_by("-version").first()
    if last is not None and last.state != Report.State.RETURNED:
        return no(f"{duty.unit}{month.month}月报告{last.get_state_display()}，不用再报")
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
