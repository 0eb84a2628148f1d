from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Person
from zhenggai.accounts.requests import PersonRequest
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.core.clauses import compare
from zhenggai.documents.downloads import download
from zhenggai.ledger.models import Measure, Milestone, Sample, Target, Task
from zhenggai.progress import actions, rounds
from zhenggai.progress.forms import CorrectionForm, DecisionForm, ReportForm
from zhenggai.progress.models import Owed, Report, ReportFile, month_words
from zhenggai.progress.permissions import can_correct, can_decide, can_report, duty_to_report
from zhenggai.progress.querysets import tasks_behind, tasks_to_report
from zhenggai.progress.views.asked import month_in, shifted
from zhenggai.ui import asked
from zhenggai.ui.paging import Key, page_of


@require_http_methods(["GET", "POST"])
def write_report(request: PersonRequest, pk: int) -> HttpResponse:
    """A month's report on a task; the last one stands beside it. The month is this one, or that of the form which was opened
    before it ended. After the round was closed: its correction, with what was typed kept."""
    task, month, unit = _task(request, pk), _meant(request), _speaks_for(request)
    if not (allowed := can_report(task, request.user, month, unit)):
        if can_correct(task, request.user, month, unit):
            return _write(request, task, month, correction=True, kept=request.method == "POST")
        raise Refused(allowed.reason)
    return _write(request, task, month)


@require_http_methods(["GET", "POST"])
def correct_report(request: PersonRequest, pk: int, month: str) -> HttpResponse:
    """A correction of what was reported in a month that is closed."""
    task, first = _task(request, pk), month_in(month)
    if not (allowed := can_correct(task, request.user, first, _speaks_for(request))):
        raise Refused(allowed.reason)
    return _write(request, task, first, correction=True)


def _meant(request: PersonRequest) -> date:
    """The month that is reported, as the form or the address has it; without it this one."""
    given = request.POST.get("month") or request.GET.get("month")
    return month_in(given) if given else rounds.month_of(clock.today())


def _speaks_for(request: PersonRequest) -> int | None:
    """The unit for which the form was opened, by its key."""
    return asked.number(request.POST.get("unit") or request.GET.get("unit"))


def _task(request: PersonRequest, pk: int) -> Task:
    return get_object_or_404(Task.objects.visible_to(request.user).select_related("place", "inspection__place"), pk=pk)


def _write(
    request: PersonRequest, task: Task, month: date, *, correction: bool = False, kept: bool = False
) -> HttpResponse:
    """The form. `kept`: it was sent as a report, which came too late; its words stand in the form of a correction."""
    duty = duty_to_report(task, request.user, month, _speaks_for(request))
    mine = Report.objects.filter(task=task, unit=duty.unit if duty else None)
    last = mine.filter(month=month).select_related("decided_by").order_by("version").last()
    made = CorrectionForm if correction else ReportForm
    if kept:
        form = made(task=task, again=last, initial=request.POST.dict())
    else:
        form = made(request.POST or None, request.FILES or None, task=task, again=last)
    if request.method == "POST" and not kept and form.is_valid():
        try:
            report = _send(task, month, form, correction, request)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            words = "更正已报送，等审核；封存的数字不变" if correction else "报告已报送，等审核"
            messages.success(request, f"{report.month_words}{words}")
            return redirect(task)
    before = mine.filter(month__lt=month, state="accepted").order_by("month", "version").last()
    round_ = rounds.round_of(task, month)
    due_on, book = (round_.due_on, round_.rulebook) if round_ else rounds.report_due(task.inspection.place, month)
    context = {
        "task": task, "form": form, "month": month_words(month), "month_key": f"{month:%Y-%m}", "due_on": due_on,
        "rulebook": book, "before": before, "correction": correction, "kept": kept,
        "returned": last if last and last.state == Report.State.RETURNED else None,
        "rows": form.with_last_month(before), "compared": compare(before.text if before else "", form["text"].value() or ""),
        "closed": round_ if correction else None, "unit": duty.unit if duty else None,
    }  # fmt: skip
    return render(request, "progress/write.html", context, status=409 if kept else 422 if form.errors else 200)


def _send(task: Task, month: date, form: ReportForm, correction: bool, request: PersonRequest) -> Report:
    data, by, unit = form.cleaned_data, request.user, _speaks_for(request)
    told = actions.Told(data["text"], form.progress(), data["evidence"], data["nil"], form.readings(), unit)
    if correction:
        return actions.correct(task, month, told=told, reason=data["reason"], by=by)
    return actions.submit(
        task, text=told.text, measures=told.measures, files=told.files, nil=told.nil, samples=told.samples, month=month,
        unit=unit, by=by,
    )  # fmt: skip


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
    earlier = found.task.reports.filter(unit=found.unit, state="accepted")
    before = earlier.filter(month__lt=found.month).order_by("month", "version").last()
    row = Owed.objects.filter(task=found.task, unit=found.unit, month=found.month).select_related("round").first()
    context = {
        "report": found, "form": form, "decision": decision, "rows": _measures(found, before), "owed": row,
        "samples": _samples(found),
        "files": found.files.select_related("stored").order_by("pk"), "before": before,
        "compared": compare(before.text if before else "", found.text),
        "can_correct": can_correct(found.task, request.user, found.month, found.unit_id),
        "can_mend": found.state == Report.State.RETURNED and can_report(found.task, request.user, found.month, found.unit_id),
        "asks": f"?month={found.month_key}&unit={found.unit_id}",
        "versions": found.task.reports.filter(unit=found.unit, month=found.month).defer("text").order_by("version"),
    }  # fmt: skip
    return render(request, "progress/report.html", context, status=422 if form.errors else 200)


def _report(request: PersonRequest, month: str, pk: int) -> Report:
    first = month_in(month)
    rows = Report.objects.visible_to(request.user).select_related(
        "task__place", "task__inspection", "unit", "submitted_by", "decided_by"
    )
    return get_object_or_404(rows, pk=pk, month=first)


def _measures(found: Report, before: Report | None) -> list[dict[str, Any]]:
    """Each measure as the report tells it, its milestones with it, with the words of the plan and what the last report said."""
    texts = {measure.no: measure for measure in found.task.measures.prefetch_related("milestones")}
    last = {row["no"]: row["progress"] for row in before.measures} if before else {}
    labels = dict(Measure.Progress.choices)
    return [
        {"no": row["no"], "text": texts[row["no"]].text, "due": texts[row["no"]].due, "words": labels[row["progress"]],
         "done_on": row["done_on"], "progress": row["progress"], "last": labels.get(last.get(row["no"], ""), "—"),
         "moved": bool(last) and last.get(row["no"]) != row["progress"], "stones": _stones(texts[row["no"]], row)}
        for row in found.measures if row["no"] in texts
    ]  # fmt: skip


def _stones(measure: Measure, row: dict[str, Any]) -> list[tuple[Milestone, str, bool]]:
    """Each milestone with the day on which the report says that it was reached, and whether the report is the first to say so."""
    told, moved = dict(row.get("milestones", ())), row.get("moved", ())
    return [(stone, told.get(stone.no) or "", stone.no in moved) for stone in measure.milestones.all()]


def _samples(found: Report) -> list[dict[str, Any]]:
    """Each value as the report tells it, beside the last one of an earlier day in the ledger; `back`: farther from the goal."""
    last: dict[tuple[int, str], Sample] = {}
    of_targets = Sample.objects.filter(target__in=[row["target"] for row in found.samples]).select_related("target")
    for sample in of_targets.order_by("on", "version"):
        for row in found.samples:
            if row["target"] == sample.target_id and sample.on < date.fromisoformat(row["on"]):
                last[sample.target_id, row["on"]] = sample
    rows = [(row, last.get((row["target"], row["on"]))) for row in found.samples]
    return [row | {"last": sample, "back": _is_back(sample, Decimal(row["value"]))} for row, sample in rows]


def _is_back(last: Sample | None, value: Decimal) -> bool:
    if last is None:
        return False
    return value < last.value if last.target.comparator == Target.Comparator.AT_LEAST else value > last.value


OWED = "owed"
MONTHS_BEHIND = 3
STATES = {"all": "全部", "submitted": "待审核", "returned": "退回待补正", "accepted": "已通过"}


@require_safe
def reports(request: PersonRequest) -> HttpResponse:
    """The reports of a month, as far as the person may see them; before them those that the person still owes."""
    month = _asked_month(request)
    rows, this = (
        Report.objects.visible_to(request.user).filter(month=month).latest_versions(),
        rounds.month_of(clock.today()),
    )
    owed = _owed(request.user, month, this)
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
        "rows": page.rows, "after": page.after, "owed": state == OWED, "month_key": f"{month:%Y-%m}", "month_words": month_words(month),
        "previous": f"?month={shifted(month, -1):%Y-%m}", "address": f"{address}&state={state}",
        "following": f"?month={shifted(month, 1):%Y-%m}" if month < this else "",
        "behind": _behind(request.user, this) if month == this else [],
        "tabs": [
            {"label": label, "url": f"{address}&state={name}", "current": name == state, "count": counts[name],
             "alarm": False}
            for name, label in states.items()
        ],
    }  # fmt: skip
    return render(request, "progress/reports.html", context)


def _owed(person: Person, month: date, this: date) -> QuerySet[Any]:
    """The tasks on which the person still owes a report of `month`: of one gone by, while its round is open."""
    if month < this:
        return tasks_behind(person, this).filter(of_month=month)
    return tasks_to_report(person, month) if month == this else Task.objects.none()


def _behind(person: Person, this: date) -> list[tuple[str, str, int]]:
    """The months gone by whose rounds are open still and in which the person owes something: words, address, how many."""
    if not person.holds(Role.LIAISON):
        return []
    found = tasks_behind(person, this).order_by("-of_month").values_list("of_month").annotate(n=Count("pk"))
    return [(month_words(month), f"?month={month:%Y-%m}", count) for month, count in found[:MONTHS_BEHIND]]


def _asked_month(request: PersonRequest) -> date:
    try:
        return date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return rounds.month_of(clock.today())


@require_safe
def report_file(request: PersonRequest, month: str, pk: int, file: int) -> FileResponse:
    """One file of a report, for those who may see the report."""
    found = get_object_or_404(
        ReportFile.objects.select_related("stored"), pk=file, report=_report(request, month, pk).pk
    )
    return download(found.stored, found.name)
