"""What a place's rulebook says of one task."""

from zhenggai.audit import clock
from zhenggai.ledger.models import DueKind, Task
from zhenggai.rulebook.chain import Chain
from zhenggai.rulebook.models import Rulebook
from zhenggai.rulebook.rules import Rules


def in_force(task: Task) -> Rulebook:
    """The version in force at the task's place, kept with `task` for as long as one page is made of it. Raises Refused
    where there is none."""
    kept: Rulebook | None = task.__dict__.get("_rulebook")
    if kept is None:
        kept = task.__dict__["_rulebook"] = Rulebook.objects.in_force(task.place, clock.today())
    return kept


def chain_of(task: Task, rules: Rules) -> Chain:
    """The chain that `rules` have for a task of this kind."""
    term = "long_term" if task.then_long_term or task.due_kind == DueKind.LONG_TERM else "dated"
    return rules.chain_of(task.source, task.inspection.kind, term)
