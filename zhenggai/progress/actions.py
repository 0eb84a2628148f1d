"""The monthly report: a unit submits, the lead unit or the office returns it with a reason or accepts it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.audit.actions import record
from zhenggai.audit.verbs import register
from zhenggai.documents.actions import keep
from zhenggai.documents.forms import Upload
from zhenggai.ledger.actions import set_measures
from zhenggai.ledger.models import Task
from zhenggai.ledger.permissions import REPORTERS, duty_of
from zhenggai.ledger.states import State
from zhenggai.progress.models import Report, ReportFile, Round
from zhenggai.progress.permissions import can_decide, can_report
from zhenggai.rulebook.models import Rulebook

SUBMITTED = register("report.submitted", "报送月报告")
RETURNED = register("report.returned", "退回月报告", "amber")
ACCEPTED = register("report.accepted", "通过月报告", "green")


def month_of(day: date) -> date:
    """The month as its first day."""
    return day.replace(day=1)


def report_due(place: Unit, month: date) -> tuple[date, Rulebook]:
    """Until when reports of `month` are due in `place`, by the rulebook in force on the first of that month."""
    book = Rulebook.objects.in_force(place, month)
    return book.rules.report_due(month), book


@transaction.atomic
def open_round(place: Unit, month: date) -> Round:
    """The round of `month` in `place`; opens it, with its partition, the first time. Idempotent."""
    found = Round.objects.filter(place=place, month=month).first()
    if found:
        return found
    with connection.cursor() as cursor:
        cursor.execute("SELECT progress_month(%s)", [month])
    due_on, book = report_due(place, month)
    return Round.objects.get_or_create(place=place, month=month, defaults={"due_on": due_on, "rulebook": book})[0]


@transaction.atomic
def submit(task: Task, *, text: str, measures: Sequence[dict[str, Any]], files: Sequence[Upload], by: Person) -> Report:
    """Report on `task` for this month. `measures`: per measure its number, progress and date of completion.

    Raises Refused when the person's unit has no part in it, or has reported already.
    """
    today = clock.today()
    month = month_of(today)
    locked = Task.objects.select_for_update(of=("self",)).select_related("inspection__place").get(pk=task.pk)
    if not (allowed := can_report(locked, by, month)):
        raise Refused(allowed.reason)
    duty = duty_of(by, locked, REPORTERS)
    assert duty is not None
    assert duty.unit is not None
    round_ = open_round(locked.inspection.place, month)
    report = Report.objects.create(
        month=month,
        task=locked,
        unit=duty.unit,
        version=Report.objects.filter(task=locked, unit=duty.unit, month=month).count() + 1,
        text=text,
        measures=list(measures),
        due_on=round_.due_on,
        submitted_by=by,
        submitted_on=today,
        submitted_at=clock.now(),
    )
    for evidence in files:
        stored = keep(evidence.content, media_type=evidence.media_type)
        ReportFile.objects.create(report=report, month=month, stored=stored, name=evidence.name)
    record(
        SUBMITTED, by=by, target=report, task_id=locked.pk,
        after={
            "month": month.isoformat(), "version": report.version, "text": text, "measures": list(measures),
            "files": [[file.name, file.stored.sha256] for file in report.files.select_related("stored")],
        },
        note=f"{report.month_words}报告" + (f"，迟报{report.days_late}天" if report.days_late else "，按时"),
    )  # fmt: skip
    return report


@transaction.atomic
def decide(report: Report, *, accept: bool, reason: str = "", by: Person) -> Report:
    """Accept a report, which carries its measures' progress into the ledger, or return it with a reason.

    Once the task has left rectification what was handed in stays as it is: a late report can only be returned.
    """
    task = Task.objects.select_for_update().get(pk=report.task_id)
    locked = (
        Report.objects.select_for_update(of=("self",))
        .select_related("task", "unit", "decided_by")
        .get(pk=report.pk, month=report.month)
    )
    if locked.state != Report.State.SUBMITTED:
        raise Stale(f"这份报告已由{locked.decided_by}审核（{locked.get_state_display()}），没有重复办理。")
    if not (allowed := can_decide(locked, by)):
        raise Refused(allowed.reason)
    if accept and task.state != State.RECTIFYING:
        raise Refused(f"任务已在“{task.state_words}”环节，措施进展和佐证不能再变；这份报告只能退回")
    if not accept and not reason.strip():
        raise Refused("退回要写明理由，报送单位才知道改什么")
    locked.state = Report.State.ACCEPTED if accept else Report.State.RETURNED
    locked.reason = "" if accept else reason.strip()
    locked.decided_by, locked.decided_at = by, clock.now()
    locked.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    if accept:
        set_measures(locked.task, locked.measures)
    record(
        ACCEPTED if accept else RETURNED, by=by, target=locked, task_id=locked.task_id,
        before={"state": Report.State.SUBMITTED.value}, after={"state": locked.state},
        note=f"{locked.unit}{locked.month_words}报告" + (f"。理由：{locked.reason}" if locked.reason else ""),
    )  # fmt: skip
    return locked
