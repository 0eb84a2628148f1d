"""What one task's page shows of the ledger's depth: targets, milestones, extensions, sweeps, the tasks above and below."""

from datetime import date
from typing import Any

from zhenggai.accounts.models import Person
from zhenggai.closure.flags import flags_of
from zhenggai.ledger import permissions as may
from zhenggai.ledger.cascade import lower_of, roll_up
from zhenggai.ledger.gauges import MOST, gauge_of
from zhenggai.ledger.models import DueKind, Gap, Leader, Measure, Sample, Task
from zhenggai.ledger.querysets import TaskQuerySet
from zhenggai.ledger.standing import standing_of
from zhenggai.ledger.sweeps import sweeps_shown
from zhenggai.ledger.yearly import can_check

SHOWN_BELOW = 30
SAMPLES = Sample.objects.order_by("-on", "-version")


def parts_of(task: Task, person: Person, today: date) -> dict[str, Any]:
    """The context of the page's panels. `task` comes with all that hangs on it prefetched."""
    has_lower = flags_of(task)["has_lower"]
    long_term = task.then_long_term or task.due_kind == DueKind.LONG_TERM
    checks = list(task.yearly_checks.all()) if long_term else []
    for check in checks:
        check.task = task
    return {
        "gauges": [gauge_of(target, list(target.samples.all()[:MOST]), today) for target in task.targets.all()],
        "standing": standing_of(task, today),
        "measures": [_rows_of(measure, today) for measure in task.measures.all()],
        "leaders": _leaders(task),
        "extensions": [(row, may.can_decide_extension(row, person)) for row in task.extensions.all()],
        "sweeps": sweeps_shown(task, person),
        "inquiries": [(row, Gap.State(row.gap_state).label if row.gap else "") for row in task.inquiries.all()],
        "checks": [(check, can_check(check, person)) for check in checks],
        "lower": _lower(task, person, today) if has_lower else [],
        "rolled": roll_up(task) if has_lower else None,
        "may": _may(task, person, today),
    }


def _lower(task: Task, person: Person, today: date) -> TaskQuerySet:
    return lower_of(task, person).with_schedule(today).select_related("place").order_by("pk")[:SHOWN_BELOW]


def _rows_of(measure: Measure, today: date) -> dict[str, Any]:
    """One measure with its milestones; where it has none it is its own row."""
    nodes = [
        {"text": row.text, "due": row.due, "done_on": row.done_on, **_result(row.due, row.done_on, today)}
        for row in measure.milestones.all()
    ]
    own = _result(measure.due, measure.done_on, today, doing=measure.progress == Measure.Progress.DOING)
    return {"row": measure, "nodes": nodes, "span": max(len(nodes), 1), **own}


def _result(due: date | None, done_on: date | None, today: date, *, doing: bool = False) -> dict[str, str]:
    if done_on:
        late = (done_on - due).days if due else 0
        return {"code": "X", "words": f"完成，晚{late}天" if late > 0 else "按期完成"}
    if due and due < today:
        return {"code": "B", "words": f"过期{(today - due).days}天"}
    return {"code": "T", "words": "进行中"} if doing else {"code": "N", "words": "未到期" if due else "未开始"}


def _leaders(task: Task) -> list[tuple[str, list[str]]]:
    """The leaders by part, in the order of the parts."""
    rows = list(task.leaders.all())
    found = [(part.label, [row.name for row in rows if row.part == part]) for part in Leader.Part]
    return [(str(label), names) for label, names in found if names]


def _may(task: Task, person: Person, today: date) -> dict[str, bool]:
    """What the person may do here, so that the page shows no link that would be refused."""
    return {
        "set_target": bool(may.can_set_targets(task, person)),
        "sample": bool(may.can_report_values(task, person)),
        "extension": task.due_kind == DueKind.DATE and bool(may.can_ask_extension(task, person, today)),
        "sweep": bool(may.can_ask_sweep(task, person)),
        "inquire": bool(may.can_inquire(task, person)),
        "find_none": bool(may.can_find_none(task, person)),
    }
