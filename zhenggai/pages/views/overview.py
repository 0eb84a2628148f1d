"""The overview (总览): one screen of figures, each of which opens the rows that it counts."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from zhenggai.accounts.models import Kind, Person, Unit
from zhenggai.accounts.requests import PersonRequest
from zhenggai.audit import clock
from zhenggai.ledger import counted as figures
from zhenggai.ledger.compared import CHANGES
from zhenggai.ledger.counted import Figure, Row
from zhenggai.ledger.filters import Filters, schedule_words
from zhenggai.ledger.lateness import why_late
from zhenggai.ledger.models import Inspection
from zhenggai.ledger.querysets import Schedule, TaskQuerySet, looks_over_all, unchanged
from zhenggai.pages import charts
from zhenggai.progress import frozen
from zhenggai.ui import asked

MONTHS = 11  # frozen ones in the trend, beside today
ON_PAPER = 21  # rows of the heat tables that one printed page holds
EVERY_ROW = 10_000
LAGGARDS = 7
CODES = (
    Schedule.NOT_STARTED, Schedule.BEHIND, Schedule.OVERDUE, Schedule.ON_SCHEDULE, Schedule.AHEAD, Schedule.DONE,
    Schedule.STRUCK_OFF,
)  # fmt: skip
COLUMNS = (
    ("N", "尚未启动"), ("B", "未达到"), ("T", "达到"), ("P", "超过"), ("D", "完成整改"), ("X", "销号"),
)  # fmt: skip
GROUPS = {"place": "属地", "category": "类别", "lead": "牵头单位", "inspection": "督察"}


@dataclass(frozen=True)
class Cell:
    """One figure of the heat table."""

    figure: Figure
    heat: str
    words: str


@require_safe
def overview(request: PersonRequest) -> HttpResponse:
    """How the tasks that the person may see stand today, and against a frozen month: drawn once for everybody with the
    same scope, until something changes."""
    person, base, by = request.user, _base(request), request.GET.get("by", "")
    by = by if by in GROUPS else "place"
    top, wanted = _top(person, base), asked.day(request.GET.get("month", ""))
    name = f"overview {top.pk if top else ''} {base.address()} {by} {wanted}"
    page = unchanged(person)(name, lambda: _drawn(person, base, by, top, wanted))
    return render(request, "pages/overview.html", page)


def _drawn(person: Person, base: Filters, by: str, top: Unit | None, wanted: date | None) -> dict[str, Any]:
    """What the page shows beside its frame, in plain values: the figures as they are drawn, and what to choose from."""
    today = clock.today()
    rows = figures.asked_rows(person, base, today)
    stock, increment, places = figures.by_place(rows, base, top)
    everything = Row("合计", base, stock.counts + increment.counts)
    months = frozen.closed_months(person)
    month = _month(wanted, [month for month, _ in months])
    then = _frozen(person, rows, base, months[:MONTHS], month)
    over, windows, working = figures.due_windows(rows, base, today)

    def keep(name: str, count: Callable[[], Any]) -> Any:
        """Row by row over the whole ledger: once a minute, which the page says."""
        return unchanged(person).lately(f"{name} {base.address()}", count)

    on_paper = ON_PAPER - len(places)
    leads: list[Row] = keep("leads", lambda: figures.by_lead(rows, base, today))
    groups: dict[str, Callable[[], list[Row]]] = {
        "place": lambda: places,
        "lead": lambda: leads,
        "inspection": lambda: figures.by_inspection(rows, base),
        "category": lambda: keep("categories", lambda: figures.by_category(rows, base)),
    }
    grouped = groups[by]()
    table = keep(f"table {on_paper}", lambda: _table("牵头单位", leads, on_paper)) if by != "lead" else ""
    changes = keep(f"changes {month}", lambda: _changes(rows, base, month, today))
    six = _six(everything, then.get(month) if month else None)
    rate = _rate(everything, then.get(month) if month else None)
    context = {
        "points": f"{abs(rate['points'] or 0):.1f}",
        "base": base, "by": by, "everything": everything,
        "parts": [part for part in (stock, increment) if base.stock in ("", part.filters.stock)],
        "rate": rate, "month": month, "six": six,
        "all": {"six": six, "row": everything, "over": over} if by != "lead" else None,
        "bar": charts.composition(everything, CODES) if everything.counts else [],
        "groups": [(name, words, _address(base, month, by=name), name == by) for name, words in GROUPS.items()],
        "head": GROUPS[by], "columns": COLUMNS, "grid": _grid(grouped), "leads_table": table, "leads_on_paper": on_paper, "on_paper": EVERY_ROW,
        "ledger_url": reverse("ledger"),
        "over": over, "windows": windows, "working": working,
        "laggards": keep("laggards", lambda: _laggards(rows, today)),
        "trend": _trend(then, everything, base, today), "grades": [schedule_words(code) for code in CODES], "changes": changes,
        "choices": _choices(base, by, month),
    }  # fmt: skip
    return {
        "subtitle": _subtitle(person, base, top, month, today),
        "inspections": [(row.pk, str(row)) for row in Inspection.objects.visible_to(person).order_by("pk")],
        "inspection": base.inspection,
        "kept": [(name, value) for name, value in (("by", by), ("stock", base.stock), ("under", base.under)) if value],
        "month": month,
        "months": months,
        "figures": render_to_string("pages/figures.html", context),
    }


class Laggard(NamedTuple):
    """A task that has been behind for long, as its row shows it."""

    url: str
    number: str
    headline: str
    place: str
    due: date | None
    step: str
    why: str


def _laggards(rows: TaskQuerySet, today: date) -> list[Laggard]:
    return [
        Laggard(
            task.get_absolute_url(), task.number, task.headline, str(task.place), task.due, task.instead_of_days,
            why_late(task, today),
        )
        for task in figures.laggards(rows, today, LAGGARDS)
    ]  # fmt: skip


def _subtitle(person: Person, base: Filters, top: Unit | None, month: date | None, today: date) -> str:
    """What the figures are of: the day, the place, how far this month's rounds are closed, the month compared with."""
    closed, rounds = frozen.state_of_closing(person, today.replace(day=1))
    words = [f"截至{today:%Y年%-m月%-d日}", str(top) if top and base.under else ""]
    if rounds:
        words.append(
            f"{today.month}月调度"
            + ("已封存" if closed == rounds else f"未封存（已封存{closed}/{rounds}）" if closed else "未封存")
        )
    if month:
        words.append(f"与{month:%Y年%-m月}封存数比较")
    return " · ".join(word for word in words if word)


def _base(request: PersonRequest) -> Filters:
    """The page's own filters: a place with all below it, one inspection, 存量 or 增量."""
    wanted = Filters.read(request.GET)
    return Filters(view="all", under=wanted.under, inspection=wanted.inspection, stock=wanted.stock)


def _top(person: Person, base: Filters) -> Unit | None:
    """The place whose places are the rows: the one asked for, else the person's own."""
    if base.under and (found := Unit.objects.filter(pk=base.under, kind=Kind.PLACE).first()):
        return found
    mine = [
        grant.unit
        for grant in person.current_grants
        if not person.scope.isdisjoint({grant.unit_id, grant.unit.place_id})
    ]
    return (mine[0].place or mine[0]) if mine else None


def _month(wanted: date | None, months: Sequence[date]) -> date | None:
    """The frozen month to compare with: the one asked for, else the latest."""
    return wanted if wanted in months else (months[0] if months else None)


def _frozen(
    person: Person, rows: TaskQuerySet, base: Filters, months: Sequence[tuple[date, int]], month: date | None
) -> dict[date, Counter[str]]:  # fmt: skip
    """Per frozen month its counts. What is frozen never changes: it is counted again when another round is closed."""
    wanted = sorted({known for known, _ in months} | ({month} if month else set()))
    whole = base == Filters(view="all") and looks_over_all(person)
    closed = "-".join(f"{known:%Y%m}.{count}" for known, count in months)
    counts: dict[date, dict[str, int]] = unchanged(person).lately(
        f"frozen {closed} {month} {base.address()}", lambda: frozen.by_schedule(rows, wanted, all_tasks=whole)
    )
    return {known: Counter(found) for known, found in counts.items()}


def _rate(row: Row, then: Counter[str] | None) -> dict[str, Any]:
    """按期率 with its arithmetic, and by how many points it is above the compared month's."""
    before = figures.rate_of(then) if then else None
    parts = [(word, row.counts[code]) for code, word in COLUMNS if code in figures.IN_TIME]
    return {
        "percent": row.rate,
        "points": None if before is None or row.rate is None else row.rate - before,
        "sum": "+".join(f"{word}{count}" for word, count in parts),
    }


def _six(row: Row, then: Counter[str] | None) -> list[dict[str, Any]]:
    """The official grades with their figures; the overdue ones count among those behind."""

    def of(counts: Counter[str], code: str) -> int:
        return counts[code] + (counts[Schedule.OVERDUE] if code == Schedule.BEHIND else 0)

    return [
        {
            "code": code,
            "figure": row.late if code == Schedule.BEHIND else row.of(code),
            "moved": moved,
            "less": -moved if moved else 0,
        }
        for code, _ in COLUMNS
        for moved in [of(row.counts, code) - of(then, code) if then else None]
    ]


def _grid(rows: list[Row]) -> list[dict[str, Any]]:
    """The heat table: a row's cells by code, its overdue ones, its total and rate."""
    most = max((row.counts[code] for row in rows for code in CODES), default=0)
    return [
        {
            "row": row,
            "cells": [
                Cell(figure, charts.heat(figure.count, most), f"{row.label}{Schedule(code).label}{figure.count}项")
                for code, _ in COLUMNS
                for figure in [row.late if code == Schedule.BEHIND else row.of(code)]
            ],
            "over": row.of(Schedule.OVERDUE),
        }
        for row in rows
    ]


def _table(head: str, rows: list[Row], on_paper: int) -> SafeString:
    """The heat table by itself, ready for the page."""
    given = {"head": head, "columns": COLUMNS, "grid": _grid(rows), "all": None, "on_paper": on_paper}
    text = render_to_string("pages/grid.html", given | {"ledger_url": reverse("ledger")}) if rows else ""
    return mark_safe(text)  # noqa: S308 - the template escapes


def _trend(
    then: dict[date, Counter[str]], now: Row, base: Filters, today: date
) -> charts.Trend | None:  # fmt: skip
    months = [
        (
            month,
            counts,
            [Figure(counts[code], base, {"month": month.isoformat(), "was": code}) for code in CODES],
            False,
        )
        for month, counts in sorted(then.items())[-MONTHS:]
    ]
    return charts.trend([*months, (today.replace(day=1), now.counts, [now.of(code) for code in CODES], True)])


def _changes(rows: TaskQuerySet, base: Filters, month: date | None, today: date) -> list[dict[str, Any]]:
    """What has changed since the month, a line a kind of change: its figure and the first tasks."""
    if month is None:
        return []
    moves = frozen.moves(rows, month, today)
    found = []
    for key, change in CHANGES.items():
        theirs = [move for move in moves if change.covers(move.was, move.now)]
        count = sum(move.count for move in theirs)
        if count:
            figure = Figure(count, base, {"month": month.isoformat(), "change": key})
            first = [example for move in theirs for example in move.examples][: frozen.EXAMPLES]
            found.append({"change": change, "figure": figure, "first": first})
    return found


def _choices(base: Filters, by: str, month: date | None) -> list[tuple[str, str, bool]]:
    """存量与增量 together or apart."""
    return [
        (words, _address(replace(base, stock=code), month, by=by), base.stock == code)
        for code, words in (("", "全部"), ("0", "存量"), ("1", "增量"))
    ]


def _address(base: Filters, month: date | None, *, by: str) -> str:
    return base.address(by=by, month=month.isoformat() if month else "")
