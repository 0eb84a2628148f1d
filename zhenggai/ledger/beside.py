"""What a page of the ledger shows of other tables, read for all its rows at once as bare values: to make a row of the model
of each measure and duty takes longer than to find them."""

from collections.abc import Iterable, Sequence
from datetime import date

from zhenggai.ledger.models import Duty, Measure, Task

DUTIES = "duties."


def is_beside(need: str) -> bool:
    """Whether `hold` reads it (columns.py names the needs)."""
    return need == "counts" or need.startswith(DUTIES)


def hold(tasks: Sequence[Task], needs: Iterable[str], today: date) -> None:
    """Keep with each task what its row shows: its measures' counts, who has its duties. One statement for either."""
    wanted = set(needs)
    if "counts" in wanted:
        _hold_counts(tasks, today)
    if parts := sorted(need.removeprefix(DUTIES) for need in wanted if need.startswith(DUTIES)):
        _hold_duties(tasks, parts)


def _hold_counts(tasks: Sequence[Task], today: date) -> None:
    found: dict[int, list[tuple[str, date | None]]] = {task.pk: [] for task in tasks}
    rows = Measure.objects.filter(task__in=found).order_by()
    for task, progress, due in rows.values_list("task", "progress", "due"):
        found[task].append((progress, due))
    for one in tasks:
        one.keep_measure_counts(found[one.pk], today)


def _hold_duties(tasks: Sequence[Task], parts: list[str]) -> None:
    found: dict[int, list[tuple[str, str]]] = {task.pk: [] for task in tasks}
    rows = Duty.objects.filter(task__in=found, part__in=parts)
    for task, part, raw in rows.values_list("task", "part", "raw"):
        found[task].append((part, raw))
    for one in tasks:
        one.held_duties = found[one.pk]
