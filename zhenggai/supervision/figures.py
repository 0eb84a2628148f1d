"""The figures of bulletins and reports: a place's tasks by place and by unit, each row counted in SQL."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db.models import Count, Q

from zhenggai.accounts.models import Unit
from zhenggai.ledger.figures import MonthReports, UnitReports
from zhenggai.ledger.models import Duty, Task
from zhenggai.ledger.permissions import RECTIFIERS
from zhenggai.ledger.querysets import Schedule

MOST_UNITS = 60  # in a paper's table: those with most tasks behind; the sum is always the whole
STRUCK_OFF, DONE = (Schedule.STRUCK_OFF,), (Schedule.DONE,)
ON_TIME, BEHIND = (Schedule.ON_SCHEDULE, Schedule.AHEAD), (Schedule.BEHIND, Schedule.OVERDUE)
HEADER = ("", "任务", "已销号", "完成整改", "达到序时", "未启动", "未达序时", "其中逾期", "销号率")


@dataclass(frozen=True)
class Row:
    """How many tasks in all, and in each standing; struck off, done, on time, not started and behind make up the whole."""

    name: str
    total: int
    struck_off: int
    done: int
    on_time: int
    not_started: int
    behind: int
    overdue: int

    @property
    def rate(self) -> str:
        """Struck off of all tasks, in per cent with one decimal.

        >>> Row("", 31, 9, 0, 0, 0, 0, 0).rate, Row("", 0, 0, 0, 0, 0, 0, 0).rate
        ('29.0%', '—')
        """
        return f"{self.struck_off * 100 / self.total:.1f}%" if self.total else "—"

    def cells(self) -> list[Any]:
        """The row of a table under HEADER."""
        return [self.name, self.total, self.struck_off, self.done, self.on_time, self.not_started, self.behind,
                self.overdue, self.rate]  # fmt: skip


_COUNTS = {"struck_off": STRUCK_OFF, "done": DONE, "on_time": ON_TIME, "not_started": (Schedule.NOT_STARTED,),
           "behind": BEHIND, "overdue": (Schedule.OVERDUE,)}  # fmt: skip


def total_of(place: Unit, today: date) -> Row:
    """The place's tasks in all."""
    tasks = Task.objects.under([place.pk]).with_schedule(today).order_by()
    counts = {name: Count("pk", filter=Q(schedule__in=codes)) for name, codes in _COUNTS.items()}
    return Row("合计", **tasks.aggregate(total=Count("pk"), **counts))


def by_place(place: Unit, today: date) -> list[Row]:
    """One row for each place below (and the place itself) that has tasks."""
    tasks = Task.objects.under([place.pk]).with_schedule(today).order_by()
    counts = {name: Count("pk", filter=Q(schedule__in=codes)) for name, codes in _COUNTS.items()}
    rows = tasks.values("place", "place__short_name", "place__position").annotate(total=Count("pk"), **counts)
    return [
        Row(f"{row['place__short_name']}本级" if row["place"] == place.pk else row["place__short_name"],
            **{name: row[name] for name in ("total", *_COUNTS)})
        for row in rows.order_by("place__position", "place")
    ]  # fmt: skip


def by_unit(place: Unit, today: date) -> list[Row]:
    """One row for each unit that leads or answers for tasks of the place, those with most behind first. A task of several
    units counts with each, so the rows add up to more than the whole."""
    tasks = Task.objects.under([place.pk])
    standing = tasks.with_schedule(today)
    counts = {
        name: Count("task", distinct=True, filter=Q(task__in=standing.filter(schedule__in=codes).values("pk")))
        for name, codes in _COUNTS.items()
    }
    duties = Duty.objects.filter(task__in=tasks.values("pk"), part__in=RECTIFIERS, unit__isnull=False).order_by()
    rows = duties.values("unit", "unit__short_name").annotate(total=Count("task", distinct=True), **counts)
    return [
        Row(row["unit__short_name"], **{name: row[name] for name in ("total", *_COUNTS)})
        for row in rows.order_by("-behind", "-overdue", "-total", "unit")[:MOST_UNITS]
    ]


def reports_in_all(reports: MonthReports) -> UnitReports:
    """The reports of all units of a month together, also of those that report_rows has no room for."""
    units = reports.units.values()
    return UnitReports(**{part.name: sum(getattr(row, part.name) for row in units) for part in fields(UnitReports)})


def report_rows(reports: MonthReports) -> list[list[Any]]:
    """The units' reports of a month as rows: unit, owed, in time, late, returned, missing; at most MOST_UNITS, those with
    most missing first."""
    names = dict(Unit.objects.filter(pk__in=reports.units).values_list("pk", "short_name").order_by("pk"))
    owing = [(names[unit], found) for unit, found in reports.units.items() if unit in names and found.owed]
    owing.sort(key=lambda row: (-row[1].missing, -row[1].late, -row[1].owed, row[0]))
    return [[name, row.owed, row.in_time, row.late, row.returned, row.missing] for name, row in owing[:MOST_UNITS]]
