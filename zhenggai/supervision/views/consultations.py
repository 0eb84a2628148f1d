from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from zhenggai.accounts.decisions import Decision, Refused, Stale, no
from zhenggai.accounts.models import Person
from zhenggai.accounts.requests import PersonRequest
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.ledger.models import Task
from zhenggai.ledger.querysets import in_scope
from zhenggai.supervision.actions import consultations as consulting
from zhenggai.supervision.forms.consultations import AskForm, ConcludeForm, TakeUpForm
from zhenggai.supervision.models import Consultation, ConsultationTask
from zhenggai.supervision.permissions import can_conclude, can_take_up
from zhenggai.supervision.views.tabs import supervision_tabs
from zhenggai.ui import asked
from zhenggai.ui.paging import Key, page_of


def _seen_tasks(person: Person) -> "Prefetch[Any, Any, Any]":
    """The tasks of a consultation that the person may see."""
    links = ConsultationTask.objects.filter(in_scope(person, "task_id")).select_related("task").order_by("pk")
    return Prefetch("links", links, to_attr="shown")


@require_safe
def consultations(request: PersonRequest) -> HttpResponse:
    """Consultations on tasks that the person may see, newest first."""
    state = request.GET.get("state", "")
    state = state if state in Consultation.State.values else ""
    rows = Consultation.objects.visible_to(request.user).select_related("unit", "place")
    rows = (rows.filter(state=state) if state else rows).prefetch_related(_seen_tasks(request.user))
    page = page_of(rows.order_by("-pk"), [Key("pk", down=True)], request.GET.get("after", ""))
    context = {
        "tabs": supervision_tabs("consultations"), "rows": page.rows, "decision": _may_ask(request.user),
        "next": f"?state={state}&after={page.after}" if page.after else "",
        "states": [("", "全部", not state), *((value, label, value == state) for value, label in Consultation.State.choices)],
    }  # fmt: skip
    return render(request, "supervision/consultations.html", context)


def _may_ask(person: Person) -> Decision:
    return Decision(True) if person.holds(Role.LIAISON) else no("由牵头、责任或配合单位的联络员提请会商")


@require_http_methods(["GET", "POST"])
def ask_consultation(request: PersonRequest) -> HttpResponse:
    """A unit asks for a consultation; from a task's page that task stands in the form."""
    if not (allowed := _may_ask(request.user)):
        raise Refused(allowed.reason)
    task = asked.number(request.GET.get("task"))
    about = Task.objects.visible_to(request.user).filter(pk=task).first() if task else None
    form = AskForm(request.POST or None, person=request.user, initial={"tasks": about.number if about else ""})
    if request.method == "POST" and form.is_valid():
        try:
            found = consulting.ask(form.cleaned_data.pop("tasks"), by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"会商已提请，等{found.place}综合协调组受理")
            return redirect(found)
    context = {"form": form, "title": "提请会商", "label": "提请", "to": "综合协调组受理", "back": "consultations",
               "back_label": "会商", "note": "本单位协调不了的重大问题；结论会记到每项任务的全过程里。"}  # fmt: skip
    return render(request, "supervision/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def consultation(request: PersonRequest, pk: int) -> HttpResponse:
    """One consultation: taken up or declined, then concluded, by the coordination team."""
    rows = Consultation.objects.visible_to(request.user).select_related(
        "place", "unit", "requested_by", "decided_by", "concluded_by"
    )
    found = get_object_or_404(rows.prefetch_related(_seen_tasks(request.user)), pk=pk)
    take_up, conclude = can_take_up(found, request.user), can_conclude(found, request.user)
    form: Any = None
    if take_up:
        form = TakeUpForm(request.POST or None, initial={"invited": str(found.unit)})
    elif conclude:
        form = ConcludeForm(request.POST or None, initial={
            "held_on": clock.today(), "form": found.form, "where": found.where, "invited": found.invited})  # fmt: skip
    if request.method == "POST":
        if form is None:
            raise Refused(conclude.reason if found.state == Consultation.State.ACCEPTED else take_up.reason)
        if form.is_valid():
            try:
                (consulting.take_up if take_up else consulting.conclude)(found, by=request.user, **form.cleaned_data)
            except Stale:
                raise
            except Refused as refused:
                form.add_error(None, refused.reason)
            else:
                messages.success(request, "受理意见已记下" if take_up else "会商结论已记到任务的全过程里")
                return redirect("consultation", pk)
    context = {"consultation": found, "form": form, "take_up": take_up, "conclude": conclude}
    return render(request, "supervision/consultation.html", context, status=422 if form and form.errors else 200)
