"""The round as a matrix: a row a unit, a column a state, and the months before. Set-wise, whatever the number of units."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from zhenggai.accounts.models import Tier
from zhenggai.progress.models import Owed, Round
from zhenggai.progress.querysets import OwedQuerySet
from zhenggai.progress.rounds import FIGURES, LATE
from zhenggai.ui.paging import Key

NAMES = ("unit_id", "unit__short_name", "unit__tier", "unit__position")
SORTS: dict[str, tuple[str, tuple[Key, ...]]] = {
    "unit": ("单位", (Key("unit__tier"), Key("unit__position"), Key("unit_id"))),
    "missing": ("未报多的在前", (Key("missing", down=True), Key("late", down=True), Key("unit_id"))),
}
# What each figure is called; a figure opens the rows that it counts.
WORDS = {
    "due": "应报", "in_time": "按时", "late": "迟报", "missing": "未报", "submitted": "待审核", "returned": "退回",
    "accepted": "通过", "nil": "无进展", "excused": "不再应报",
}  # fmt: skip
HISTORY = 5  # months before


def unit_rows(rows: OwedQuerySet, sort: str) -> QuerySet[Any]:
    """One named tuple a unit with its figures, in the order of `sort`."""
    keys = SORTS[sort][1]
    figures = {name: Count("pk", filter=condition) for name, condition in FIGURES.items()}
    return (
        rows.order_by()
        .values(*NAMES)
        .annotate(**figures)
        .values_list(*NAMES, *FIGURES, named=True)
        .order_by(*(f"{'-' if key.down else ''}{key.name}" for key in keys))
    )


@dataclass(frozen=True)
class Past:
    """How a unit did in one month: a word for its worst (按时, 迟报, 未报, or nothing owed) and its mark."""

    month: date
    words: str
    css: str = ""
    mark: str = ""


def history(round_: Round, units: Iterable[int], months: list[date]) -> dict[int, list[Past]]:
    """For each unit the months before this round, oldest first."""
    counted = (
        Owed.objects.filter(unit__in=list(units), month__in=months, round__place=round_.place_id)
        .order_by()
        .values_list("unit_id", "month")
        .annotate(due=Count("pk", filter=FIGURES["due"]), late=Count("pk", filter=LATE),
                  missing=Count("pk", filter=FIGURES["missing"]))
    )  # fmt: skip
    found = {(unit, month): _past(month, due, late, missing) for unit, month, due, late, missing in counted}
    return {unit: [found.get((unit, month), Past(month, "没有应报")) for month in months] for unit in units}


def _past(month: date, due: int, late: int, missing: int) -> Past:
    if missing:
        return Past(month, f"未报{missing}份", "is-none", "未")
    if late:
        return Past(month, f"迟报{late}份", "is-late", "迟")
    return Past(month, "按时" if due else "没有应报")


def laggards(rows: OwedQuerySet, most: int = 20) -> list[dict[str, Any]]:
    """Whom to nudge: the units that have not reported, or not mended what was returned, most first."""
    return list(
        rows.filter(state__in=[Owed.State.OWED, Owed.State.RETURNED])
        .order_by()
        .values("unit_id", "unit__short_name")
        .annotate(missing=Count("pk", filter=Q(state=Owed.State.OWED)),
                  returned=Count("pk", filter=Q(state=Owed.State.RETURNED)))
        .order_by("-missing", "-returned", "unit_id")[:most]
    )  # fmt: skip


def rate(counts: dict[str, int]) -> str:
    """The share of what is owed that came in time, with its arithmetic.

    >>> rate({"in_time": 34, "due": 40}), rate({"in_time": 0, "due": 0})
    ('按时率85.0%，即34÷40', '没有应报')
    """
    due = counts["due"]
    return f"按时率{100 * counts['in_time'] / due:.1f}%，即{counts['in_time']}÷{due}" if due else "没有应报"


def tier_words(tier: str) -> str:
    return str(Tier(tier).label)
