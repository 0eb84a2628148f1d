"""The round as a matrix: a row a unit, a column a state, and the months before. Set-wise, whatever the number of units."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from zhenggai.accounts.models import Person, Tier, Unit
from zhenggai.progress.models import Owed, Round
from zhenggai.progress.querysets import OwedQuerySet, covers
from zhenggai.progress.rounds import FIGURES, LATE
from zhenggai.ui.paging import Key, page_of

SORTS: dict[str, tuple[str, tuple[Key, ...]]] = {
    "unit": ("单位", (Key("tier"), Key("position"), Key("pk"))),
    "missing": ("未报多的在前", (Key("missing", down=True), Key("late", down=True), Key("unit_id"))),
}
# What each figure is called; a figure opens the rows that it counts.
WORDS = {
    "due": "应报", "in_time": "按时", "late": "迟报", "missing": "未报", "submitted": "待审核", "returned": "退回",
    "accepted": "通过", "nil": "无进展", "excused": "不再应报",
}  # fmt: skip
# The columns of the matrix, each with the mark of its figures.
COLUMNS = {
    "due": "", "in_time": "zg-cell--ok", "late": "zg-cell--late", "missing": "zg-cell--none", "submitted": "",
    "returned": "zg-cell--back", "accepted": "zg-cell--ok", "nil": "zg-cell--late",
}  # fmt: skip
HISTORY = 5  # months before


@dataclass(frozen=True)
class Line:
    """One unit's line: its figures by name."""

    unit: int
    name: str
    tier: str
    counts: dict[str, int]


def page_of_lines(rows: OwedQuerySet, sort: str, token: str) -> tuple[list[Line], str]:
    """A page of lines and the token of the next. First the page's units, then their figures: only their rows are counted."""
    keys = SORTS[sort][1]
    if sort == "missing":
        asked: QuerySet[Any] = rows.order_by().values("unit_id").annotate(
            missing=Count("pk", filter=FIGURES["missing"]), late=Count("pk", filter=FIGURES["late"])
        ).order_by("-missing", "-late", "unit_id").values_list("unit_id", "missing", "late", named=True)  # fmt: skip
        page = page_of(asked, keys, token)
        units = [row.unit_id for row in page.rows]
    else:
        page = page_of(
            Unit.objects.filter(Exists(rows.filter(unit=OuterRef("pk")))).order_by(*(key.name for key in keys)),
            keys,
            token,
        )
        units = [unit.pk for unit in page.rows]
    found = {line.unit: line for line in lines(rows.filter(unit__in=units))}
    return [found[unit] for unit in units if unit in found], page.after


def lines(rows: OwedQuerySet) -> Iterator[Line]:
    """A line for each unit of `rows`, in the order of units."""
    named = ("unit__short_name", "unit__tier", "unit__position")
    counted = (
        rows.order_by()
        .values("unit_id", *named)
        .annotate(**{name: Count("pk", filter=condition) for name, condition in FIGURES.items()})
        .order_by("unit__tier", "unit__position", "unit_id")
    )
    for row in counted.iterator(chunk_size=500):
        counts = {name: row[name] for name in FIGURES}
        yield Line(row["unit_id"], row["unit__short_name"], str(Tier(row["unit__tier"]).label), counts)


@dataclass(frozen=True)
class Cell:
    """One figure: how many, and the address of the rows that it counts."""

    count: int
    url: str
    css: str


def cells(counts: dict[str, int], address: str, *, overdue: bool) -> list[Cell]:
    """The figures of a unit's row or of the whole. `address` ends where the state follows. What is missing is no fault
    before the limit has passed."""
    marks = COLUMNS if overdue else COLUMNS | {"missing": ""}
    return [Cell(counts[name], f"{address}{name}", css) for name, css in marks.items()]


@dataclass(frozen=True)
class Past:
    """How a unit did in one month: a word for its worst (按时, 迟报, 未报, or nothing owed) and its mark."""

    month: date
    words: str
    css: str = ""
    mark: str = ""


def history(round_: Round, units: Iterable[int], months: list[date], person: Person) -> dict[int, list[Past]]:
    """For each unit the months before this round, oldest first, as far as the person sees its tasks."""
    rows = Owed.objects.filter(unit__in=list(units), month__in=months, round__place=round_.place_id)
    counted = (
        (rows if covers(person, round_.place) else rows.visible_to(person))
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
        .values("unit_id", name=F("unit__short_name"))
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
