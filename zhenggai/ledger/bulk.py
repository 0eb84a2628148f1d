"""What may be done to many tasks at once: each action sets one particular; the preview tells what changes and what not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zhenggai.accounts.models import Person
from zhenggai.ledger.amendments import amend, for_particulars
from zhenggai.ledger.models import Task
from zhenggai.ledger.particulars import EVERY, Edit, judge, tidy
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


def carry_out(tasks: dict[int, int], action: Action, value: str, *, by: Person) -> int:
    """Do what the preview of `tasks` (id → version that it showed) said; how many tasks changed. Raises Stale or Refused,
    then nothing is written."""
    wanted = {pk: {action.key: action.value or value} for pk in tasks}
    done = amend(wanted, by=by, seen=tasks, source=f"批量{EVERY[action.key].label}")
    return len(done)
