from typing import Any

from django.db.models import Count, Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from zhenggai.accounts.requests import PersonRequest
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.ledger.blockers import blockers_of
from zhenggai.ledger.filters import SORTS, VIEWS, Filters, chips
from zhenggai.ledger.models import Duty, Task
from zhenggai.ledger.querysets import TaskQuerySet
from zhenggai.ledger.workbook import workbook
from zhenggai.ui.paging import page_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_EXPORTED = 20_000


@require_safe
def ledger(request: PersonRequest) -> HttpResponse:
    """The tasks that the person may see, as they were asked for; the same view gives the rows alone to htmx."""
    today, filters = clock.today(), Filters.read(request.GET)
    mine = Task.objects.visible_to(request.user)
    asked = filters.apply(mine, today)
    page = page_of(_for_list(asked, today), filters.keys, request.GET.get("after", ""))
    next_url = filters.address(after=page.after) if page.after else ""
    context: dict[str, Any] = {"tasks": page.rows, "next": next_url, "filters": filters}
    if request.htmx and request.GET.get("after"):
        return render(request, "ledger/_rows.html", context)
    context |= {
        "tabs": _tabs(mine, filters, today),
        "chips": chips(filters, request.user),
        "sort": SORTS[filters.sort][0],
        "other": SORTS["number" if filters.sort == "due" else "due"][0],
        "other_sort": filters.address(sort="number" if filters.sort == "due" else "due"),
        "can_import": request.user.holds(Role.COORDINATION),
        "export": filters.address(),
        "first": page.rows[0] if page.rows else None,
        "began_later": bool(request.GET.get("after")),
        "start": filters.address(),
    }
    if context["first"]:
        context |= _detail(request, page.rows[0].pk)
    return render(request, "ledger/ledger.html", context)


def _for_list(rows: TaskQuerySet, today: Any) -> TaskQuerySet:
    leads = Duty.objects.filter(part=Duty.Part.LEAD)
    return rows.for_list().with_measures(today).prefetch_related(Prefetch("duties", leads, to_attr="leads"))


def _tabs(mine: TaskQuerySet, filters: Filters, today: Any) -> list[dict[str, Any]]:
    """The saved views with their counts, in one statement."""
    counts = (
        mine.with_schedule(today)
        .order_by()
        .aggregate(**{name: Count("pk", filter=condition(today)) for name, (_, condition) in VIEWS.items()})
    )
    return [
        {
            "label": label,
            "url": Filters(view=name, sort=filters.sort).address(),
            "current": name == filters.view,
            "count": counts[name],
            "alarm": name == "overdue" and counts[name] > 0,
        }
        for name, (label, _) in VIEWS.items()
    ]


@require_safe
def detail(request: PersonRequest, pk: int) -> HttpResponse:
    """One task beside the list."""
    return render(request, "ledger/_detail.html", _detail(request, pk))


def _detail(request: PersonRequest, pk: int) -> dict[str, Any]:
    today = clock.today()
    task = get_object_or_404(
        Task.objects.visible_to(request.user)
        .with_schedule(today)
        .with_measures(today)
        .select_related("place", "inspection")
        .prefetch_related(Prefetch("duties", Duty.objects.shown().select_related("group"))),
        pk=pk,
    )
    return {"task": task, "chain": chain_of_duty(task), "blockers": [] if task.is_closed else blockers_of(task)}


def chain_of_duty(task: Task) -> list[tuple[str, list[str]]]:
    """Each part with its names; a group stands under its own name."""
    return [
        (part.label, names)
        for part in Duty.Part
        if part != Duty.Part.PLACE
        and (names := list(dict.fromkeys(duty.raw for duty in task.duties.all() if duty.part == part)))
    ]


@require_safe
def export(request: PersonRequest) -> HttpResponse:
    """The rows as they were asked for, as a workbook."""
    today, filters = clock.today(), Filters.read(request.GET)
    rows = filters.apply(Task.objects.visible_to(request.user), today)
    tasks = rows.with_measures(today).select_related("place", "inspection").prefetch_related("duties")[:MOST_EXPORTED]
    caption = f"{VIEWS[filters.view][0]} · 按{SORTS[filters.sort][0]} · {today:%Y-%m-%d} · {request.user.name}"
    response = HttpResponse(workbook(tasks.iterator(chunk_size=500), today, caption), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"台账{today:%Y%m%d}.xlsx")
    return response
