"""The war map (挂图作战): open tasks on a line of time, by place or by lead unit, a bounded number of rows a page."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Count, F, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from zhenggai.accounts.models import Kind, Person, Unit
from zhenggai.accounts.requests import PersonRequest
from zhenggai.audit import clock
from zhenggai.ledger.counted import Row, asked_rows, lead_counts, lead_names, of_lead
from zhenggai.ledger.filters import Filters
from zhenggai.ledger.models import Duty, Inspection
from zhenggai.ledger.querysets import Schedule, TaskQuerySet, grade, unchanged
from zhenggai.pages.timeline import ZOOMS, Window, later, line, window
from zhenggai.ui import asked
from zhenggai.ui.paging import Key, page_of

ROWS = 60
GROUPS = {"place": "按属地", "lead": "按牵头单位"}
LEGEND = (
    ("done", "节点完成"), ("open", "未到期"), ("late", "滑期，至今未完成"), ("first", "延期前时限"), ("due", "时限"),
    ("over", "逾期"),
)  # fmt: skip
BY_PLACE = [Key("place_id"), Key("due", nullable=True), Key("pk")]
BY_LEAD = [Key("unit_id", nullable=True), Key("unknown"), Key("task_due", nullable=True), Key("pk")]


@require_safe
def war_map(request: PersonRequest) -> HttpResponse:
    """One page of rows, with the groups that they stand in; `after` leads to the next. Drawn once for everybody with the
    same scope, until something changes."""
    today = clock.today()
    by = request.GET.get("by", "") if request.GET.get("by") in GROUPS else "place"
    zoom = request.GET.get("zoom", "") if request.GET.get("zoom") in ZOOMS else "year"
    start = asked.day(request.GET.get("start"))
    shown = window(zoom, start if start and start.year in range(2015, 2060) else None, today)
    base, late = _base(request), bool(request.GET.get("late"))
    after = request.GET.get("after", "")
    name = f"map {base.address()} {by} {shown} {start} {late} {after}"
    page = unchanged(request.user)(name, lambda: _drawn(request.user, base, by, shown, start, late=late, after=after))
    return render(request, "pages/war_map.html", page)


def _drawn(
    person: Person, base: Filters, by: str, shown: Window, start: date | None, *, late: bool, after: str
) -> dict[str, Any]:
    """What the page shows beside its frame, in plain values."""
    today = clock.today()
    rows = asked_rows(person, replace(base, view="behind") if late else base, today)
    page, counts = (_by_lead if by == "lead" else _by_place)(rows, after, today)
    address = {
        "by": by,
        "zoom": shown.zoom,
        "late": "1" if late else "",
        "start": shown.start.isoformat() if start else "",
    }

    def url(**changes: Any) -> str:
        return base.address(**{**address, **changes})

    everything = Row("全部", base, _all(rows) if by == "lead" else sum(counts.values(), Counter()))
    groups = _groups(page.rows, by, counts, base, shown, today)
    page_of_map = {
        "groups": groups, "today": today, "ledger_url": reverse("ledger"), "kinds": [kind for kind, _ in LEGEND[:3]],
        "shown": shown, "today_x": shown.at(today) if shown.holds(today) else None, "page_size": ROWS,
        "next": url(after=page.after) if page.after else "", "first": url() if after else "",
    }  # fmt: skip
    return {
        "subtitle": _subtitle(everything, late, today), "ledger_url": reverse("ledger"), "legend": LEGEND,
        "shown": shown, "base": base, "late": late, "first": page_of_map["first"],
        "lines": render_to_string("pages/map_lines.html", page_of_map) if groups else "",
        "tabs": [(words, url(by=name, after=""), name == by) for name, words in GROUPS.items()],
        "zooms": [(shape.words, url(zoom=name, start=""), name == shown.zoom) for name, shape in ZOOMS.items()],
        "late_url": url(late="" if late else "1"), "earlier": url(start=_step(shown, -1)), "later": url(start=_step(shown, 1)),
        "now": url(start=""),
        "kept": [(name, value) for name, value in address.items() if value],
        "inspections": [(row.pk, str(row)) for row in Inspection.objects.visible_to(person).order_by("pk")],
        "places": [(row.pk, str(row)) for row in _places(person)],
    }  # fmt: skip


def _subtitle(everything: Row, late: bool, today: date) -> str:
    """What the map shows: the day, how many tasks, how many of them behind and overdue."""
    overdue = everything.counts[Schedule.OVERDUE]
    what = "滞后和逾期" if late else "未销号"
    return f"截至{today:%Y年%-m月%-d日} · {what}{everything.total.count}项，未达到序时进度{everything.late.count}项，逾期{overdue}项"


def _base(request: PersonRequest) -> Filters:
    wanted = Filters.read(request.GET)
    return Filters(view="open", under=wanted.under, inspection=wanted.inspection, stock=wanted.stock)


def _step(shown: Window, way: int) -> str:
    return later(shown.start, way * ZOOMS[shown.zoom].step).isoformat()


def _places(person: Person) -> QuerySet[Unit]:
    """The places of the person's scope, to look at one alone."""
    return Unit.objects.filter(kind=Kind.PLACE, up__ancestor__in=person.scope).distinct().order_by("pk")


def _parts(rows: TaskQuerySet) -> TaskQuerySet:
    return rows.for_list().prefetch_related("measures__milestones")


def _by_place(rows: TaskQuerySet, after: str, today: date) -> tuple[Any, dict[Any, Counter[str]]]:
    """A page of tasks, and of every place its counts by grade."""
    ordered = _parts(rows).order_by("place_id", F("due").asc(nulls_last=True), "pk")
    page = page_of(ordered, BY_PLACE, after, ROWS)
    counts: dict[Any, Counter[str]] = defaultdict(Counter)
    for place, code, count in rows.values_list("place_id", "schedule").annotate(n=Count("pk")):
        counts[place][code] = count
    page.rows[:] = [(task.place_id, str(task.place), task) for task in page.rows]
    return page, counts


def _by_lead(rows: TaskQuerySet, after: str, today: date) -> tuple[Any, dict[Any, Counter[str]]]:
    """A page of tasks under each of their lead units, and of the units on it their counts by grade."""
    leads = Duty.objects.leading(rows)
    ordered = leads.annotate(task_due=F("task__due")).order_by(
        F("unit_id").asc(nulls_last=True), "unknown", F("task_due").asc(nulls_last=True), "pk"
    )
    page = page_of(ordered, BY_LEAD, after, ROWS)
    tasks = _parts(rows.model.objects.filter(pk__in={duty.task_id for duty in page.rows})).in_bulk()
    keys = list(dict.fromkeys((duty.unit_id, duty.unknown) for duty in page.rows))
    names = lead_names(keys)
    page.rows[:] = [
        (key, names[key], tasks[duty.task_id]) for duty in page.rows for key in [(duty.unit_id, duty.unknown)]
    ]
    return page, lead_counts(leads.annotate(code=grade(today, "task__")), keys)


def _all(rows: TaskQuerySet) -> Counter[str]:
    return Counter(dict(rows.values_list("schedule").annotate(n=Count("pk"))))


def _groups(
    rows: Sequence[tuple[Any, str, Any]], by: str, counts: dict[Any, Counter[str]], base: Filters, shown: Window, today: date
) -> list[dict[str, Any]]:  # fmt: skip
    return [
        {
            "row": row,
            "over": row.of(Schedule.OVERDUE),
            "lines": [line(task, shown, today) for _, _, task in found],
        }
        for (key, label), found in groupby(rows, lambda row: row[:2])
        for row in [Row(label, of_lead(base, key) if by == "lead" else replace(base, place=key), counts[key])]
    ]
