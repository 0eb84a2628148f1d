from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.requests import PersonRequest
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.documents.downloads import download
from zhenggai.ledger.models import Task
from zhenggai.progress import actions, rounds
from zhenggai.progress.forms import DecisionForm, ReportForm
from zhenggai.progress.models import Report, ReportFile, month_words
from zhenggai.progress.permissions import can_decide, can_report
from zhenggai.progress.querysets import tasks_to_report
from zhenggai.ui.paging import Key, page_of


@require_http_methods(["GET", "POST"])
def write_report(request: PersonRequest, pk: int) -> HttpResponse:
    """This month's report on a task; last month's stands beside it."""
    task = get_object_or_404(Task.objects.visible_to(request.user).select_related("place", "inspection__place"), pk=pk)
    month = rounds.month_of(clock.today())
    if not (allowed := can_report(task, request.user, month)):
        raise Refused(allowed.reason)
    last = task.reports.filter(month=month, state="returned").select_related("decided_by").order_by("-version")
    returned = last.filter(unit__in=request.user.units_as(Role.LIAISON)).first()
    form = ReportForm(request.POST or None, request.FILES or None, task=task, again=returned)
    if request.method == "POST" and form.is_valid():
        try:
            report = actions.submit(
                task, text=form.cleaned_data["text"], measures=form.progress(), files=form.cleaned_data["evidence"],
                by=request.user,
            )  # fmt: skip
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"{report.month_words}报告已报送，等审核")
            return redirect(task)
    due_on, book = rounds.report_due(task.inspection.place, month)
    before = task.reports.filter(month__lt=month, state="accepted").order_by("-month", "-version").first()
    context = {
        "task": task, "form": form, "month": month_words(month), "due_on": due_on, "rulebook": book,
        "before": before, "returned": returned,
    }  # fmt: skip
    return render(request, "progress/write.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def report(request: PersonRequest, month: str, pk: int) -> HttpResponse:
    """One report; who may decides on it here."""
    found = _report(request, month, pk)
    decision = can_decide(found, request.user)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done = actions.decide(found, accept=data["accept"], reason=data["reason"], by=request.user)
        messages.success(request, f"{done.unit}{done.month_words}报告{done.get_state_display()}")
        return redirect("reports")
    context = {
        "report": found, "form": form, "decision": decision, "rows": _measures(found),
        "files": found.files.select_related("stored").order_by("pk"),
        "before": found.task.reports.filter(unit=found.unit, month__lt=found.month, state="accepted").first(),
    }  # fmt: skip
    return render(request, "progress/report.html", context, status=422 if form.errors else 200)


def _report(request: PersonRequest, month: str, pk: int) -> Report:
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise Http404 from error
    rows = Report.objects.visible_to(request.user).select_related("task__place", "unit", "submitted_by", "decided_by")
    return get_object_or_404(rows, pk=pk, month=first)


def _measures(found: Report) -> list[dict[str, Any]]:
    """Each measure as the report tells it, with the words of the plan."""
    texts = {measure.no: measure for measure in found.task.measures.all()}
    labels = dict(texts[next(iter(texts))].Progress.choices) if texts else {}
    return [
        {"no": row["no"], "text": texts[row["no"]].text, "due": texts[row["no"]].due, "words": labels[row["progress"]],
         "done_on": row["done_on"], "progress": row["progress"]}
        for row in found.measures if row["no"] in texts
    ]  # fmt: skip


OWED = "owed"
STATES = {"all": "全部", "submitted": "待审核", "returned": "退回待补正", "accepted": "已通过"}


@require_safe
def reports(request: PersonRequest) -> HttpResponse:
    """The reports of a month, as far as the person may see them; before them those that the person still owes."""
    month = _asked_month(request)
    rows = Report.objects.visible_to(request.user).filter(month=month).latest_versions()
    owed = tasks_to_report(request.user, month) if month == rounds.month_of(clock.today()) else Task.objects.none()
    counts = rows.order_by().aggregate(
        **{name: Count("pk", filter=Q() if name == "all" else Q(state=name)) for name in STATES}
    )
    counts[OWED] = owed.count()
    states = {OWED: "待报"} | STATES if counts[OWED] else STATES
    state = request.GET.get("state", "")
    state = state if state in states else next(iter(states))
    if state == OWED:
        shown: QuerySet[Any] = owed.select_related("place")
    else:
        shown = rows if state == "all" else rows.filter(state=state)
        shown = shown.select_related("task__place", "unit", "submitted_by").defer("text", "measures")
    page = page_of(shown.order_by("pk"), [Key("pk")], request.GET.get("after", ""))
    address = f"?month={month:%Y-%m}"
    context = {
        "rows": page.rows, "after": page.after, "owed": state == OWED, "month_words": month_words(month),
        "previous": f"?month={_shift(month, -1):%Y-%m}", "address": f"{address}&state={state}",
        "following": f"?month={_shift(month, 1):%Y-%m}" if month < rounds.month_of(clock.today()) else "",
        "tabs": [
            {"label": label, "url": f"{address}&state={name}", "current": name == state, "count": counts[name],
             "alarm": False}
            for name, label in states.items()
        ],
    }  # fmt: skip
    return render(request, "progress/reports.html", context)


def _asked_month(request: PersonRequest) -> date:
    try:
        return date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return rounds.month_of(clock.today())


def _shift(month: date, by: int) -> date:
    index = month.year * 12 + month.month - 1 + by
    return date(max(index // 12, 1), index % 12 + 1, 1)


@require_safe
def report_file(request: PersonRequest, month: str, pk: int, file: int) -> FileResponse:
    """One file of a report, for those who may see the report."""
    found = get_object_or_404(
        ReportFile.objects.select_related("stored"), pk=file, report=_report(request, month, pk).pk
    )
    return download(found.stored, found.name)
