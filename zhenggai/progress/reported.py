"""What reports say of tasks, for whoever goes and looks (ledger/reported.py)."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, QuerySet, Value, When

from zhenggai.ledger.models import Duty
from zhenggai.ledger.reported import Keeper, LastReport, keep
from zhenggai.progress.models import Report

State = Report.State


def _last_accepted(tasks: Collection[int]) -> dict[int, LastReport]:
    """What a cooperating unit says of its part counts only where no unit that rectifies has reported; of a month with
    several units' reports the lead unit's does, else one of a responsible unit."""
    duties = Duty.objects.filter(task=OuterRef("task"), unit=OuterRef("unit"))
    part = Case(
        When(Exists(duties.filter(part=Duty.Part.LEAD)), then=Value(0)),
        When(Exists(duties.filter(part=Duty.Part.RESPONSIBLE)), then=Value(1)),
        default=Value(2),
    )
    rows = Report.objects.filter(task__in=tasks, state=State.ACCEPTED).annotate(part=part)
    found = (
        rows.order_by("task", Case(When(part=2, then=1), default=0), "-month", "part", "-version", "-pk")
        .distinct("task")
        .values_list("task", "unit__short_name", "month", "text", "measures")
    )
    return {task: LastReport(unit, month, text + _done(measures)) for task, unit, month, text, measures in found}


def _done(measures: list[dict[str, Any]]) -> str:
    """The measures that the report said were done."""
    numbers = [str(row["no"]) for row in measures if row.get("progress") == "done"]
    return f"（报措施{'、'.join(numbers)}已完成）" if numbers else ""


def _reporters(tasks: Collection[int]) -> set[tuple[int, int]]:
    return set(Report.objects.filter(task__in=tasks).order_by().values_list("task", "submitted_by").distinct())


def _returned(times: int, since: date) -> QuerySet[Any]:
    rows = Report.objects.filter(state=State.RETURNED, month__gte=since).order_by().values("task")
    return rows.annotate(times=Count("pk")).filter(times__gte=times).values("task")


keep(Keeper(_last_accepted, _reporters, _returned))
