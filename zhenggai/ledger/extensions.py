"""A later date is asked for before the old one passes, decided by the level that approved the plan, and counted; the
first date is never lost (NEEDS §2 row 6)."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import F

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.audit.actions import record
from zhenggai.audit.verbs import register
from zhenggai.ledger.changes import changed
from zhenggai.ledger.models import Extension, Task
from zhenggai.ledger.permissions import can_ask_extension, can_decide_extension, extension_level

ASKED = register("extension.asked", "申请延期", "amber")
GRANTED = register("extension.granted", "同意延期", "amber")
DENIED = register("extension.denied", "不同意延期", "red")

LONGEST = timedelta(days=5 * 366)


@transaction.atomic
def ask_extension(task: Task, *, new_due: date, reason: str, by: Person) -> Extension:
    """Ask for a later date. Raises Refused when the person may not, the old date has passed, or the new one is no later."""
    locked = (
        Task.objects.select_for_update(of=("self",))
        .select_related("plan__approver", "inspection__place")
        .get(pk=task.pk)
    )
    today = clock.today()
    if not (allowed := can_ask_extension(locked, by, today)):
        raise Refused(allowed.reason)
    assert locked.due is not None
    if new_due <= locked.due:
        raise Refused(f"延至的日期要晚于现在的时限{locked.due}")
    if new_due > locked.due + LONGEST:
        raise Refused("延至的日期太远，请核对年份")
    if len(reason.strip()) < 10:
        raise Refused("写明为什么不能按期完成、延期里做什么（至少10个字）")
    extension = Extension.objects.create(
        task=locked, old_due=locked.due, new_due=new_due, reason=reason.strip(), level=extension_level(locked),
        applied_by=by, applied_on=today,
    )  # fmt: skip
    record(
        ASKED, by=by, target=extension, task_id=locked.pk,
        after={"old_due": locked.due.isoformat(), "new_due": new_due.isoformat(), "reason": extension.reason},
        note=f"由{locked.due}延至{new_due}，由{extension.level}决定。理由：{extension.reason}",
    )  # fmt: skip
    return extension


@transaction.atomic
def decide_extension(extension: Extension, *, grant: bool, answer: str, by: Person) -> Extension:
    """Grant or deny. A granted one moves the task's date, and with it the dates of its measures and targets that stood
    on the same day. Raises Refused, or Stale when somebody was faster."""
    task = Task.objects.select_for_update(of=("self",)).get(pk=extension.task_id)
    locked = (
        Extension.objects.select_for_update(of=("self",)).select_related("level", "decided_by").get(pk=extension.pk)
    )
    if locked.granted is not None:
        raise Stale(f"这份延期申请已由{locked.decided_by}决定")
    if not (allowed := can_decide_extension(locked, by)):
        raise Refused(allowed.reason)
    if not answer.strip():
        raise Refused("写明同意或不同意的理由")
    if grant and task.due != locked.old_due:
        raise Refused(f"任务的时限已因新版方案变为{task.due}，这份申请只能不同意；需要延期的请重新申请")
    locked.granted, locked.answer, locked.decided_by, locked.decided_at = grant, answer.strip(), by, clock.now()
    locked.save(update_fields=["granted", "answer", "decided_by", "decided_at"])
    if grant:
        _move(task, locked)
    record(
        GRANTED if grant else DENIED, by=by, target=locked, task_id=task.pk,
        before={"due": locked.old_due.isoformat()},
        after={"due": (locked.new_due if grant else locked.old_due).isoformat()},
        note=f"{locked}。{locked.answer}",
    )  # fmt: skip
    changed(task)
    return locked


def _move(task: Task, extension: Extension) -> None:
    task.due = extension.new_due
    Task.objects.filter(pk=task.pk).update(due=task.due, extended=F("extended") + 1, version=F("version") + 1)
    task.measures.filter(due=extension.old_due).exclude(progress="done").update(due=task.due)
    task.targets.filter(due=extension.old_due, met_on=None).update(due=task.due)
