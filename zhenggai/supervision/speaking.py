"""Which units must speak (R19: 整改任务重、难度大或者整改进展滞后的单位), by the place's own rules, each with its reasons and
their arithmetic."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q

from zhenggai.accounts.models import Unit
from zhenggai.ledger import signs
from zhenggai.ledger.figures import UnitReports, reports_of
from zhenggai.ledger.models import Duty, Task
from zhenggai.ledger.permissions import RECTIFIERS
from zhenggai.ledger.querysets import Schedule
from zhenggai.rulebook.speaking import Speaking

HEAVY, HARD, LAGGING = "整改任务重", "整改难度大", "整改进展滞后"


@dataclass(frozen=True)
class Candidate:
    """A unit that the rules name; `grounds`: each ground with its arithmetic; `slow`: how many tasks lag."""

    unit: Unit
    grounds: list[tuple[str, str]]
    slow: int
    open: int


def candidates(place: Unit, month: date, today: date, rules: Speaking) -> list[Candidate]:
    """The units that meet a rule, the slowest first; the first `rules.most` of them speak."""
    tasks = Task.objects.under([place.pk]).open()
    total = tasks.count()
    hard = _hard(tasks, rules)
    reports = reports_of(place, month, today)
    owed = reports.units if reports else {}
    found = []
    for row in _by_unit(tasks, today):
        unit_reports = owed.get(row["unit"], UnitReports(0))
        grounds = _grounds(row, total, hard.get(row["unit"], Counter()), unit_reports, rules)
        if grounds:
            slow = row["behind"] + row["overdue"]
            found.append((row["unit"], grounds, slow, row["open"]))
    units = Unit.objects.in_bulk([unit for unit, *_ in found])
    named = [Candidate(units[unit], grounds, slow, count) for unit, grounds, slow, count in found]
    return sorted(named, key=lambda one: (-one.slow, -len(one.grounds), -one.open, one.unit.position, one.unit.pk))


def _by_unit(tasks: Any, today: date) -> list[dict[str, Any]]:
    """Each unit that leads or answers for open tasks: how many, how many behind, how many overdue."""
    slow = tasks.with_schedule(today)
    behind, overdue = (slow.filter(schedule=code).values("pk") for code in (Schedule.BEHIND, Schedule.OVERDUE))
    duties = Duty.objects.filter(task__in=tasks.values("pk"), part__in=RECTIFIERS, unit__isnull=False)
    return list(
        duties.order_by()
        .values("unit")
        .annotate(
            open=Count("task", distinct=True),
            behind=Count("task", distinct=True, filter=Q(task__in=behind)),
            overdue=Count("task", distinct=True, filter=Q(task__in=overdue)),
        )
        .order_by("unit")
    )


def _hard(tasks: Any, rules: Speaking) -> dict[int, Counter[str]]:
    """Each unit's hard tasks: how many bear each sign, and under "" how many bear any."""
    counted: dict[int, Counter[str]] = {}
    any_sign: dict[int, set[int]] = {}
    for sign in signs.known(rules.hard_signs):
        rows = Duty.objects.filter(
            task__in=tasks.filter(pk__in=sign.tasks()).values("pk"), part__in=RECTIFIERS, unit__isnull=False
        )
        for unit, task in rows.order_by("unit", "task").values_list("unit", "task").distinct():
            counted.setdefault(unit, Counter())[sign.words] += 1
            any_sign.setdefault(unit, set()).add(task)
    for unit, found in any_sign.items():
        counted[unit][""] = len(found)
    return counted


def _grounds(
    row: dict[str, Any], total: int, hard: Counter[str], reports: UnitReports, rules: Speaking
) -> list[tuple[str, str]]:
    grounds = []
    share = row["open"] * 100 // total if total else 0
    if row["open"] >= rules.heavy_tasks:
        grounds.append((HEAVY, f"未销号{row['open']}项，达到{rules.heavy_tasks}项"))
    elif row["open"] >= rules.heavy_least and row["open"] * 100 >= rules.heavy_share * total:
        grounds.append((HEAVY, f"未销号{row['open']}项，占全部{total}项的{share}%，达到{rules.heavy_share}%"))
    if hard[""] >= rules.hard_tasks:
        each = "、".join(f"{words}{count}项" for words, count in hard.items() if words)
        grounds.append((HARD, f"{each}，合计{hard['']}项，达到{rules.hard_tasks}项"))
    slow = row["behind"] + row["overdue"]
    if slow >= rules.lagging_tasks:
        sum_words = f"逾期{row['overdue']}项、未达到序时进度{row['behind']}项"
        grounds.append((LAGGING, f"{sum_words}，合计{slow}项，达到{rules.lagging_tasks}项"))
    if reports.missing >= rules.missing_reports:
        grounds.append((LAGGING, f"月报告应报{reports.owed}份、未报{reports.missing}份，达到{rules.missing_reports}份"))
    return grounds
