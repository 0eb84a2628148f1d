"""What may be done to many tasks at once: each action sets one particular; the preview tells what changes and what not.
Who did it may take it back for a while, where nothing has changed since."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from zhenggai.accounts.decisions import YES, Decision, Refused, no
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.ledger.amendments import amend, for_particulars
from zhenggai.ledger.models import BulkChange, Task
from zhenggai.ledger.models.bulk import UNDO_FOR
from zhenggai.ledger.particulars import EVERY, LEADER_PARTS, UNIT_PARTS, Edit, judge, tidy
from zhenggai.ledger.permissions import can_amend

MOST = 2000


@dataclass(frozen=True)
class Action:
    """One entry of the bulk bar: the particular that it sets, its words, and the value where it has only one."""

    key: str
    label: str
    value: str = ""


# By the name that the form sends.
ACTIONS: dict[str, Action] = {
    "sponsor": Action("sponsor", "定领衔督办领导"),
    "leader": Action("leader", "定责任领导"),
    "first": Action("first", "定第一责任人"),
    "increment": Action("increment", "记为增量", "增量"),
    "stock": Action("increment", "记为存量", "存量"),
    "supervising": Action("supervising", "补督导单位"),
    "acceptance": Action("acceptance", "补验收单位"),
}


@dataclass(frozen=True)
class Line:
    """One task of a preview: what would change, or why nothing does."""

    task: Task
    edit: Edit | None
    refused: str = ""


def preview(tasks: Iterable[int], action: Action, value: str, *, by: Person) -> list[Line]:
    """What `action` with `value` would do to each of `tasks` that `by` may see; nothing is written."""
    visible = Task.objects.visible_to(by).filter(pk__in=list(tasks))
    rows = list(for_particulars(visible.defer("issue", "goal", "passage")).order_by("inspection_id", "serial", "pk"))
    wanted = {task.pk: {action.key: tidy(action.value or value)} for task in rows}
    judged = judge(rows, wanted, by)
    allowed = set(visible.amended_by(by).order_by().values_list("pk", flat=True))
    reasons: dict[tuple[int, str], str] = {}
    return [_line(task, judged[task.pk], task.pk in allowed, by, reasons) for task in rows]


def _line(task: Task, edits: Sequence[Edit], allowed: bool, by: Person, reasons: dict[tuple[int, str], str]) -> Line:
    edit = edits[0] if edits else None
    if not allowed:
        key = (task.place_id, task.state)
        if key not in reasons:  # the reason is the same for all tasks of a place and a state
            reasons[key] = can_amend(task, by).reason
        return Line(task, edit, reasons[key])
    if edit is None:
        return Line(task, None, "已经是这样")
    return Line(task, edit, edit.error)


@transaction.atomic
def carry_out(tasks: dict[int, int], action: Action, value: str, *, by: Person) -> BulkChange:
    """Do what the preview of `tasks` (id → version that it showed) said, and keep what stood there before. Raises Stale or
    Refused, then nothing is written."""
    text = action.value or value
    done = amend({pk: {action.key: text} for pk in tasks}, by=by, seen=tasks, source=f"批量{EVERY[action.key].label}")
    rows = [[pk, edit.before, _stands(edit)] for pk, edits in done.items() for edit in edits]
    return BulkChange.objects.create(key=action.key, label=action.label, value=text, rows=rows, by=by, at=clock.now())


def _stands(edit: Edit) -> str:
    """How the ledger shows what an edit has written."""
    if edit.key in UNIT_PARTS:
        return "、".join(unit.short_name for unit in edit.value)
    return "、".join(edit.value) if edit.key in LEADER_PARTS else edit.after


def may_undo(change: BulkChange, by: Person) -> Decision:
    """Who did it takes it back, once, while its time runs."""
    if change.by_id != by.pk:
        return no(f"由办理的{change.by}撤销")
    if change.undone_at is not None:
        return no(f"已经撤销{change.undone}项，不能再撤销一次")
    if clock.now() > change.until:
        return no(f"办理已超过{UNDO_FOR.seconds // 60}分钟，不能一键撤销；要改回来，请再办一次")
    return YES


def undoing(change: BulkChange, *, by: Person) -> list[Line]:
    """What taking `change` back would write in each task, or why not; nothing is written."""
    rows = {pk: (before, after) for pk, before, after in change.rows}
    visible = Task.objects.visible_to(by).filter(pk__in=list(rows))
    tasks = list(for_particulars(visible.defer("issue", "goal", "passage")).order_by("inspection_id", "serial", "pk"))
    judged = judge(tasks, {task.pk: {change.key: rows[task.pk][0]} for task in tasks}, by)
    allowed = set(visible.amended_by(by).order_by().values_list("pk", flat=True))
    return [_undone(task, judged[task.pk], rows[task.pk][1], task.pk in allowed, by) for task in tasks]


def _undone(task: Task, edits: Sequence[Edit], written: str, allowed: bool, by: Person) -> Line:
    edit = edits[0] if edits else None
    if not allowed:
        return Line(task, edit, can_amend(task, by).reason)
    if edit is None:
        return Line(task, None, "已经改回来了")
    if edit.before != written:
        return Line(task, edit, f"后来又改成了“{edit.before or '（空）'}”，没有动")
    return Line(task, edit, edit.error)


@transaction.atomic
def undo(change: BulkChange, *, by: Person) -> tuple[int, list[Line]]:
    """Take `change` back where nobody has written anything else since; how many, and the lines of those that stay as they
    are, each with its reason. Raises Refused when it may not be taken back, Stale when a task changes at this moment."""
    locked = BulkChange.objects.select_for_update(of=("self",)).select_related("by").get(pk=change.pk)
    if not (allowed := may_undo(locked, by)):
        raise Refused(allowed.reason)
    lines = undoing(locked, by=by)
    edits = {line.task.pk: line.edit for line in lines if line.edit and not line.refused}
    amend(
        {pk: {edit.key: edit.after} for pk, edit in edits.items()}, by=by,
        shown={pk: {edit.key: edit.before} for pk, edit in edits.items()}, source=f"撤销批量{EVERY[locked.key].label}",
    )  # fmt: skip
    locked.undone_at, locked.undone = clock.now(), len(edits)
    locked.save(update_fields=["undone_at", "undone"])
    return len(edits), [line for line in lines if line.refused]


def lately_done(by: Person) -> list[BulkChange]:
    """What the person may still take back, the latest first."""
    return list(BulkChange.objects.filter(by=by, undone_at=None, at__gte=clock.now() - UNDO_FOR).order_by("-pk"))
