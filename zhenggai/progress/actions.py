"""The monthly report: a unit submits, the lead unit or the office returns it with a reason or accepts it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.audit.actions import record
from zhenggai.audit.verbs import register
from zhenggai.documents.actions import keep
from zhenggai.documents.forms import Upload
from zhenggai.ledger.actions import set_measures
from zhenggai.ledger.models import Target, Task
from zhenggai.ledger.states import State
from zhenggai.ledger.targets import Reading, take_sample
from zhenggai.progress.models import Report, ReportFile, Round
from zhenggai.progress.moved import carried, marked
from zhenggai.progress.permissions import can_correct, can_decide, can_report, duty_to_report
from zhenggai.progress.rounds import decided, hold_open, keep_up, month_of, open_round, round_of, submitted

SUBMITTED = register("report.submitted", "报送月报告")
RETURNED = register("report.returned", "退回月报告", "amber")
ACCEPTED = register("report.accepted", "通过月报告", "green")
CORRECTED = register("report.corrected", "更正月报告", "amber")


@dataclass(frozen=True)
class Told:
    """What a unit says in a report. `measures`: per measure its number, progress and date of completion; `nil`: the unit
    says that nothing has moved (无进展), and `text` why; `samples`: values of targets as ReportForm.readings() gives them;
    `unit`: for which unit, where the person speaks for several."""

    text: str
    measures: Sequence[dict[str, Any]] = ()
    files: Sequence[Upload] = ()
    nil: bool = False
    samples: Sequence[dict[str, Any]] = ()
    unit: int | None = None


@transaction.atomic
def submit(
    task: Task, *, text: str, measures: Sequence[dict[str, Any]], files: Sequence[Upload], nil: bool = False,
    samples: Sequence[dict[str, Any]] = (), month: date | None = None, unit: int | None = None, by: Person,
) -> Report:  # fmt: skip
    """Report on `task` for `month`, or for this month; see Told.

    Raises Refused when the person's unit has no part in it or has reported already, when the round is closed, and when a
    nil report tells of progress.
    """
    this = month_of(clock.today())
    month = month or this
    round_ = open_round(task.inspection.place, month) if month == this else round_of(task, month)
    if round_:
        hold_open(round_)  # before the task is locked: closing waits for both in this order
    locked = _locked(task)
    if not (allowed := can_report(locked, by, month, unit)):
        raise Refused(allowed.reason)
    assert round_ is not None
    report = _write(locked, round_, Told(text, measures, files, nil, samples, unit), by=by)
    if not submitted(report):  # what entered the ledger since the day's work is owed from now on
        keep_up(round_, locked)
        submitted(report)
    late = f"，迟报{report.days_late}天" if report.days_late else "，按时"
    _record(SUBMITTED, report, by=by, note=f"{report.month_words}报告{late}{'，无进展' if nil else ''}")
    return report


@transaction.atomic
def correct(task: Task, month: date, *, told: Told, reason: str, by: Person) -> Report:
    """A new version for a month whose round was closed: shown beside the frozen figures, changing none of them, nor the
    measures in the ledger, which the later reports tell.

    Raises Refused for a round that is open, without a reason, and as submit() does.
    """
    if not reason.strip():
        raise Refused("封存以后的更正要写明理由")
    locked = _locked(task)
    if not (allowed := can_correct(locked, by, month, told.unit)):
        raise Refused(allowed.reason)
    round_ = round_of(locked, month)
    assert round_ is not None
    report = _write(locked, round_, told, by=by, correction=reason.strip())
    _record(CORRECTED, report, by=by, note=f"{report.month_words}报告，封存后更正。理由：{report.correction}")
    return report


def _locked(task: Task) -> Task:
    return Task.objects.select_for_update(of=("self",)).select_related("inspection__place").get(pk=task.pk)


def _write(task: Task, round_: Round, told: Told, *, by: Person, correction: str = "") -> Report:
    """The next version of the unit's report, with its files."""
    measures = marked(task, told.measures)
    if told.nil and (told.samples or any(row.get("moved") for row in measures)):
        raise Refused("报了无进展，措施却有变化：去掉“本月无进展”，或者把措施改回原来的进展")
    duty = duty_to_report(task, by, round_.month, told.unit)
    assert duty is not None
    assert duty.unit is not None
    before = Report.objects.filter(task=task, unit=duty.unit, month=round_.month).order_by("version").last()
    report = Report.objects.create(
        month=round_.month,
        task=task,
        unit=duty.unit,
        version=before.version + 1 if before else 1,
        text=told.text,
        nil=told.nil,
        correction=correction,
        measures=measures,
        samples=list(told.samples),
        due_on=round_.due_on,
        submitted_by=by,
        first_on=(before.first_on or before.submitted_on) if before else clock.today(),
        submitted_on=clock.today(),
        submitted_at=clock.now(),
    )
    for evidence in told.files:
        stored = keep(evidence.content, media_type=evidence.media_type)
        ReportFile.objects.create(report=report, month=report.month, stored=stored, name=evidence.name)
    return report


def _record(verb: str, report: Report, *, by: Person, note: str) -> None:
    record(
        verb, by=by, target=report, task_id=report.task_id, note=note,
        after={
            "month": report.month.isoformat(), "version": report.version, "text": report.text, "nil": report.nil,
            "correction": report.correction, "measures": report.measures, "samples": report.samples,
            "files": [[file.name, file.stored.sha256] for file in report.files.select_related("stored")],
        },
    )  # fmt: skip


@transaction.atomic
def decide(report: Report, *, accept: bool, reason: str = "", by: Person) -> Report:
    """Accept a report, which carries what it moved (moved.py) and its targets' values into the ledger, or return it with a
    reason.

    Once the task has left rectification what was handed in stays as it is: a late report can only be returned. A
    correction of a closed month moves no measures: the later reports tell how they stand.
    """
    task = Task.objects.select_for_update().get(pk=report.task_id)
    locked = (
        Report.objects.select_for_update(of=("self",))
        .select_related("unit", "decided_by")
        .get(pk=report.pk, month=report.month)
    )
    locked.task = task
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
    if accept and not locked.correction:
        set_measures(task, carried(locked))
        _take_samples(locked, by)
    decided(locked)
    record(
        ACCEPTED if accept else RETURNED, by=by, target=locked, task_id=locked.task_id,
        before={"state": Report.State.SUBMITTED.value}, after={"state": locked.state},
        note=f"{locked.unit}{locked.month_words}报告" + (f"。理由：{locked.reason}" if locked.reason else ""),
    )  # fmt: skip
    return locked


def _take_samples(report: Report, by: Person) -> None:
    """`by` accepts the values of a report into the ledger, as who reported them said. One that has come to contradict the
    ledger in the meantime is refused, and the report with it: it is returned for mending."""
    targets = Target.objects.in_bulk([row["target"] for row in report.samples])
    for row in report.samples:
        if (target := targets.get(row["target"])) is None:
            raise Refused(f"指标“{row['what']}”已经取消，请退回报告重报")
        reason = row.get("reason", row["words"])  # older reports have one word for both
        reading = Reading(date.fromisoformat(row["on"]), Decimal(row["value"]), row["words"], reason)
        take_sample(target, reading, by=by, told_by=report.submitted_by)
