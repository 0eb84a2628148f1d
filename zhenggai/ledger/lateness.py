"""Why a task is behind, in a few words: the first of its parts that missed its date."""

from datetime import date

from zhenggai.ledger.models import Target, Task
from zhenggai.ledger.standing import even_share

LONGEST = 24


def why_late(task: Task, today: date) -> str:
    """The part that has been late longest, and an extension that waits for its answer; empty for a task in time.

    Reads measures with milestones, targets and extensions (prefetched ones where the caller did that).
    """
    late = [(row.due, f"措施{row.no}“{_cut(row.text)}”未完成") for row in task.measures.all()
            if row.due and row.due < today and row.progress != "done"]  # fmt: skip
    late += [
        (node.due, f"措施{row.no}节点“{_cut(node.text)}”未完成")
        for row in task.measures.all()
        for node in row.milestones.all()
        if node.due < today and not node.done_on
    ]
    late += [(since, _below(target)) for target in task.targets.all() if (since := _late_since(target, today))]
    words = [min(late)[1]] if late else []
    if not words and task.due and task.due < today:
        words = ["各项措施已完成，还没有自查"] if task.measures.all() else ["没有登记措施"]
    if any(row.granted is None for row in task.extensions.all()):
        words.append("已申请延期，待决定")
    return "；".join(words)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _late_since(target: Target, today: date) -> date | None:
    """From when a target is late; for one below its even line, from the month that began last."""
    if target.is_late(today):
        return target.due
    if target.pace == Target.Pace.EVEN and target.due and target.starts_on < today.replace(day=1):
        return today.replace(day=1) if target.ratio < even_share(target.starts_on, target.due, today) else None
    return None


def _below(target: Target) -> str:
    now = "还没有监测值" if target.value is None else f"现为{target.value.normalize():f}{target.unit}"
    return f"{target.what}{now}，目标{target.goal.normalize():f}{target.unit}"
