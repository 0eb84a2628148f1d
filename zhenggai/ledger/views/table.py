"""The ledger as a list, one task beside it, and the list as a workbook."""

from typing import Any

from django.db.models import Count, Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from zhenggai.accounts.requests import PersonRequest
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.documents.apart import exports
from zhenggai.documents.exports import sent_out
from zhenggai.ledger.beside import hold, is_beside
from zhenggai.ledger.blockers import blockers_of
from zhenggai.ledger.bulk import ACTIONS
from zhenggai.ledger.chips import chips, crossed
from zhenggai.ledger.columns import COLUMNS, Column, chosen, needs_of
from zhenggai.ledger.filters import SORTS, VIEWS, Filters, is_soon
from zhenggai.ledger.models import DueKind, Duty, SavedView, Task
from zhenggai.ledger.permissions import can_amend
from zhenggai.ledger.preferences import columns_of, place_to_share_with, views_for
from zhenggai.ledger.querysets import TaskQuerySet, unchanged
from zhenggai.ledger.workbook import workbook
from zhenggai.ui.paging import page_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_EXPORTED = 20_000
CHUNK = 5000  # rows read at once: related rows cost three statements for each
SOUGHT_IN = ("headline", "issue")  # columns, beside the number
KEPT = "ledger"  # in the session: what was asked for last


@require_safe
def ledger(request: PersonRequest) -> HttpResponse:
    """The tasks that the person may see, as they were asked for; the same view gives the rows alone to htmx. Asked for
    nothing, it is what the person last looked at."""
    if not request.GET and (kept := request.session.get(KEPT)):
        return redirect(reverse("ledger") + kept)
    today, filters = clock.today(), Filters.read(request.GET)
    columns = chosen(columns_of(request.user))
    mine = Task.objects.visible_to(request.user)
    needs = needs_of(columns) | ({"issue"} if filters.q else set())  # where it was found is shown
    rows = filters.apply(mine, today).for_list({need for need in needs if not is_beside(need)})
    page = page_of(rows, filters.keys, request.GET.get("after", ""))
    hold(page.rows, needs, today)
    context: dict[str, Any] = {
        "tasks": page.rows,
        "rows": [
            (task, [(column, "" if column.cell else column.value(task, today)) for column in columns[1:]])
            for task in page.rows
        ],
        "next": filters.address(after=page.after) if page.after else "",
        "columns": columns,
        "filters": filters,
        "today": today,
        "found_in": SOUGHT_IN,
    }
    if request.htmx and request.GET.get("after"):
        return render(request, "ledger/rows.html", context)
    if request.session.get(KEPT, "") != filters.address() and request.GET:
        request.session[KEPT] = filters.address()
    context |= _around(request, filters, mine, columns)
    return render(request, "ledger/ledger.html", context)


def _around(
    request: PersonRequest, filters: Filters, mine: TaskQuerySet, columns: tuple[Column, ...]
) -> dict[str, Any]:
    """What stands around the rows: views, filters, columns, what may be done."""
    other = "number" if filters.sort == "due" else "due"
    counts = unchanged(request.user)("views", lambda: _in_views(mine))
    tabs, total = _tabs(counts, filters, views_for(request.user))
    keys = [column.key for column in columns]
    return {
        "tabs": tabs,
        "total": total,
        "chips": chips(filters, request.user),
        "crossed": crossed(filters),
        "due_kinds": DueKind.choices,
        "said": "；".join([*filters.words(request.user), f"按{SORTS[filters.sort][0]}排列"]),
        "sort": SORTS[filters.sort][0],
        "other": SORTS[other][0],
        "other_key": other,
        "other_sort": filters.address(sort=other),
        "choices": [*columns[1:], *(column for column in COLUMNS if column.key not in keys)],
        "keys": keys,
        "column_count": len(COLUMNS),
        "colspan": len(columns) + 1,
        "actions": ACTIONS,
        "can_import": request.user.holds(Role.COORDINATION),
        "share_with": place_to_share_with(request.user),
        "export": filters.address(),
        "began_later": bool(request.GET.get("after")),
        "start": filters.address(),
        "clear": Filters(view=filters.view).address(),
    }


def _in_views(mine: TaskQuerySet) -> dict[str, int]:
    """How many tasks each view shows, in one statement."""
    today = clock.today()
    alike = mine.with_schedule(today).annotate(is_soon=Q(is_soon(today))).order_by()
    rows = list(alike.values_list("state", "schedule", "is_soon").annotate(n=Count("pk")))
    return {name: sum(n for *row, n in rows if view.holds(*row)) for name, view in VIEWS.items()}


def _tabs(counts: dict[str, int], filters: Filters, saved: Any) -> tuple[list[dict[str, Any]], int]:
    """The views with their counts, then the saved ones; and how many rows the person sees at all."""
    tabs = [
        {
            "label": view.words,
            "url": Filters(view=name, sort=filters.sort).address(),
            "current": name == filters.view and not filters.saved,
            "count": counts[name],
            "alarm": name == "overdue" and counts[name] > 0,
        }
        for name, view in VIEWS.items()
    ]
    return tabs + [_saved_tab(view, filters) for view in saved], counts["all"]


def _saved_tab(view: SavedView, filters: Filters) -> dict[str, Any]:
    shared = f"（{view.shared_with}）" if view.shared_with else ""
    return {
        "label": f"{view.name}{shared}",
        "url": f"{view.query}&saved={view.pk}",
        "current": filters.saved == view.pk,
        "count": "",
        "alarm": False,
    }


@require_safe
def detail(request: PersonRequest, pk: int) -> HttpResponse:
    """One task beside the list."""
    return render(request, "ledger/_detail.html", _detail(request, pk))


def _detail(request: PersonRequest, pk: int) -> dict[str, Any]:
    today = clock.today()
    duties = Prefetch("duties", Duty.objects.shown().select_related("group"))
    task = get_object_or_404(
        Task.objects.visible_to(request.user)
        .with_schedule(today)
        .select_related("place", "inspection", "upper")
        .prefetch_related(duties, "leaders", "measures"),
        pk=pk,
    )
    task.hold_measure_counts(today)
    return {
        "task": task,
        "chain": chain_of_duty(task),
        "blockers": [] if task.is_closed else blockers_of(task),
        "can_amend": can_amend(task, request.user),
    }


def chain_of_duty(task: Task) -> list[tuple[str, list[str]]]:
    """Each part with its names; a group stands under its own name."""
    return [(part.label, names) for part in Duty.Part if part != Duty.Part.PLACE and (names := task.names_of(part))]


@require_safe
def export(request: PersonRequest) -> HttpResponse:
    """The rows as they were asked for, with the columns as they are seen (`columns=all`: with all), as a workbook."""
    filters = Filters.read(request.GET)
    rows = filters.apply(Task.objects.visible_to(request.user), clock.today())
    said = [*filters.words(request.user), f"按{SORTS[filters.sort][0]}排列"]
    return as_workbook(request, rows, said, every_column=request.GET.get("columns") == "all")


@exports
def as_workbook(request: PersonRequest, rows: TaskQuerySet, said: list[str], *, every_column: bool) -> HttpResponse:
    """`rows`, which carry their schedule, as a workbook that says above what they are."""
    today = clock.today()
    columns = COLUMNS if every_column else chosen(columns_of(request.user))
    tasks = rows.for_list(needs_of(columns), today)[:MOST_EXPORTED]
    caption = "；".join([*said, f"{today:%Y-%m-%d} {request.user.name}导出"])
    content = workbook(tasks.iterator(chunk_size=CHUNK), columns, today, caption)
    return sent_out(content, f"台账{today:%Y%m%d}.xlsx", XLSX, by=request.user, what=caption)
