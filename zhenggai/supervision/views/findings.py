"""What was seen of one task: put down, shown beside what had been reported, corrected, answered by the unit."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.requests import PersonRequest
from zhenggai.audit import clock
from zhenggai.documents.shown import shown
from zhenggai.ledger.querysets import in_scope
from zhenggai.ledger.reported import last_accepted
from zhenggai.supervision.actions import findings as finding_out
from zhenggai.supervision.forms.visits import CorrectForm, FindingForm, StateForm, TaskReasonForm
from zhenggai.supervision.models import FindingFile, VisitFinding
from zhenggai.supervision.permissions import (
    ANOTHER,
    can_change_visit,
    can_correct,
    can_find,
    can_settle,
    can_state,
    takes_back_alone,
)  # fmt: skip
from zhenggai.supervision.views.visits import visit_of


@require_http_methods(["GET", "POST"])
def visit_task(request: PersonRequest, pk: int, task: int) -> HttpResponse:
    """Put down what was seen of one task, with its last report in view. Who arranges the visit leaves the task out here, also
    before the visit begins."""
    found = visit_of(request, pk)
    rows = found.tasks.filter(in_scope(request.user, "task_id")).select_related("task__place")
    row = get_object_or_404(rows, task=task)
    standing = VisitFinding.objects.current().filter(visit=found, task=task).first()
    if standing:
        return redirect(standing)
    find, change = can_find(found, row.task, request.user, clock.today()), can_change_visit(found, request.user)
    if not find and (not change or request.method == "POST"):
        raise Refused(find.reason)
    last = last_accepted([task]).get(task)
    form = FindingForm(
        request.POST or None, request.FILES or None, place=found.place, person=request.user,
        initial={"seen_on": clock.today()},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            made = finding_out.put_down(found, row.task, by=request.user, **form.data_of())
        except Stale:
            raise
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"{row.task.number}的情况已登记")
            return redirect(made if made.is_wrong else found)
    reasons = TaskReasonForm(initial={"task": task}, auto_id="reason_%s") if change else None
    context = {"visit": found, "row": row, "task": row.task, "last": last, "form": form if find else None,
               "reasons": reasons, "refused": find.reason}  # fmt: skip
    return render(request, "supervision/visit_task.html", context, status=422 if form.errors else 200)


def _finding(request: PersonRequest, pk: int) -> VisitFinding:
    rows = VisitFinding.objects.visible_to(request.user).select_related(
        "visit__body__place", "visit__place", "task__place", "recorded_by", "corrects", "corrected_by", "demand__unit"
    )
    found: VisitFinding = get_object_or_404(rows, pk=pk)
    return found


@require_http_methods(["GET", "POST"])
def visit_finding(request: PersonRequest, pk: int) -> HttpResponse:
    """One finding beside what had been reported; the inspected unit says here what it has to say."""
    found = _finding(request, pk)
    may_state = can_state(found, request.user)
    form = StateForm(request.POST or None, request.FILES or None) if may_state else None
    if request.method == "POST":
        if form is None:
            raise Refused(may_state.reason)
        if form.is_valid():
            try:
                finding_out.state(found, by=request.user, **form.data_of())
            except Stale:
                raise
            except Refused as refused:
                form.add_error(None, refused.reason)
            else:
                messages.success(request, "陈述已记下，和督查情况并列显示")
                return redirect(found)
    status = 422 if form and form.errors else 200
    return render(request, "supervision/visit_finding.html", _context(request, found, form), status=status)


def _context(request: PersonRequest, found: VisitFinding, form: StateForm | None) -> dict[str, Any]:
    files = list(FindingFile.objects.filter(finding=found).select_related("stored", "finding__task").order_by("pk"))
    told = shown(files, "visit")
    of_answer = {row.pk: row.answer_id for row in files}
    answers = found.answers.select_related("unit", "by").order_by("pk")
    demand = getattr(found, "demand", None)
    return {
        "finding": found, "task": found.task, "visit": found.visit, "demand": demand, "form": form,
        "files": [row for row in told if of_answer[row.pk] is None],
        "answers": [(answer, [row for row in told if of_answer[row.pk] == answer.pk]) for answer in answers],
        "correct": can_correct(found, request.user), "newer": getattr(found, "corrected_by", None),
        "settle": can_settle(demand, request.user) if demand else None,
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
def correct_finding(request: PersonRequest, pk: int) -> HttpResponse:
    """Put down anew what was put down wrongly."""
    found = _finding(request, pk)
    if not (allowed := can_correct(found, request.user)):
        raise Refused(allowed.reason)
    initial: dict[str, Any] = {"result": found.result, "text": found.text, "seen_on": found.seen_on}
    if demand := getattr(found, "demand", None):
        initial |= {"demand_text": demand.text, "demand_unit": demand.unit, "demand_due": demand.due}
    form = CorrectForm(request.POST or None, request.FILES or None, place=found.visit.place, person=request.user,
                       initial=initial)  # fmt: skip
    if takes_back_alone(found, VisitFinding.Result.AS_REPORTED, request.user):
        form.fields["result"].help_text = ANOTHER
    if request.method == "POST" and form.is_valid():
        try:
            fresh = finding_out.correct(found, by=request.user, **form.data_of())
        except Stale:
            raise
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, "已更正；原来的一条留着")
            return redirect(fresh)
    last = last_accepted([found.task_id]).get(found.task_id)
    context = {"visit": found.visit, "task": found.task, "last": last, "form": form, "finding": found}
    return render(request, "supervision/visit_task.html", context, status=422 if form.errors else 200)
