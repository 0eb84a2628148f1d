"""What a report moves: of all that its form told, only what differed from the ledger when it was handed in.

A form shows every measure as it stands. Of two units that report on one task, what the one left as it found it must not undo
what the other has done in the meantime.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from zhenggai.ledger.models import Measure, Task
from zhenggai.progress.models import Report

PROGRESS = "progress"  # of a measure with its day of completion; beside it the numbers of milestones


def marked(task: Task, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The `rows` of a report on measures, each with `moved`: the parts in which it differs from the ledger now."""
    stand = _stand(task)
    return [row | {"moved": _apart(row, stand[row["no"]])} if row["no"] in stand else row for row in rows]


def carried(report: Report) -> list[dict[str, Any]]:
    """What an accepted report carries into the ledger, as set_measures() takes it: what it moved, and no report that was
    handed in after it has moved since; whichever is accepted first, the later word stands."""
    newer = _newer(report)
    stand = _stand(report.task)
    return [
        _over(stand[row["no"]], row, [part for part in _parts(row) if (row["no"], part) not in newer])
        for row in report.measures
        if row["no"] in stand
    ]


def _stand(task: Task) -> dict[int, Measure]:
    return {measure.no: measure for measure in task.measures.prefetch_related("milestones")}


def _apart(row: dict[str, Any], measure: Measure) -> list[str | int]:
    dates = {stone.no: _iso(stone.done_on) for stone in measure.milestones.all()}
    told = (row["progress"], row.get("done_on") if row["progress"] == Measure.Progress.DONE else None)
    moved: list[str | int] = [PROGRESS] if told != (measure.progress, _iso(measure.done_on)) else []
    return moved + [no for no, day in row.get("milestones", ()) if no in dates and day != dates[no]]


def _parts(row: dict[str, Any]) -> list[str | int]:
    """The parts that a row moved; all of them where the report is older than the mark."""
    return list(row.get("moved", [PROGRESS, *(no for no, _ in row.get("milestones", ()))]))


def _newer(report: Report) -> set[tuple[int, str | int]]:
    later = Report.objects.filter(task=report.task_id, state=Report.State.ACCEPTED, correction="", pk__gt=report.pk)
    return set(_all_parts(later.order_by().values_list("measures", flat=True)))


def _all_parts(reports: Iterable[list[dict[str, Any]]]) -> Iterator[tuple[int, str | int]]:
    return ((row["no"], part) for measures in reports for row in measures for part in _parts(row))


def _over(measure: Measure, row: dict[str, Any], parts: Sequence[str | int]) -> dict[str, Any]:
    """The row over how the measure stands, in these parts alone."""
    told = row if PROGRESS in parts else {"progress": measure.progress, "done_on": _iso(measure.done_on)}
    milestones = [[no, day] for no, day in row.get("milestones", ()) if no in parts]
    return {"no": measure.no, "progress": told["progress"], "done_on": told.get("done_on"), "milestones": milestones}


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None
