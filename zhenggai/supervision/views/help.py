"""Help for tasks that do not move: what goes on, which tasks the rules name, one plan with its steps."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhenggai.accounts.decisions import YES, Decision, Refused, Stale, no
from zhenggai.accounts.models import Person
from zhenggai.accounts.requests import PersonRequest
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.ledger.models import Task
from zhenggai.supervision.actions import help as helping
from zhenggai.supervision.choosing import MOST_STUCK, stuck, stuck_grounds
from zhenggai.supervision.forms import help as forms
from zhenggai.supervision.models import HelpPlan, HelpStep
from zhenggai.supervision.permissions import can_add_step, can_arrange_help, can_end_help, can_report_step
from zhenggai.supervision.views.tabs import supervision_tabs
from zhenggai.ui import asked
from zhenggai.ui.paging import Key, page_of

STATES = {"open": "正在进行", "ended": "已结束", "declined": "不安排"}
ASKERS = (Role.LIAISON, Role.COORDINATION, Role.SUPERVISION)


def _may_ask(person: Person) -> Decision:
    return YES if person.holds(*ASKERS) else no("由任务的单位提出，或由综合协调组、督导组主动安排")


@require_safe
def help_plans(request: PersonRequest) -> HttpResponse:
    """The help that goes on, with its next step and what is late; or what has ended."""
    state = request.GET.get("state", "")
    state = state if state in STATES else "open"
    today = clock.today()
    rows = HelpPlan.objects.visible_to(request.user)
    rows = rows.open() if state == "open" else rows.filter(state=state)
    rows = rows.with_steps(today).select_related("task__place", "unit", "asked_unit")
    page = page_of(rows.order_by("-pk"), [Key("pk", down=True)], request.GET.get("after", ""))
    context = {
        "tabs": supervision_tabs("help_plans"), "rows": page.rows, "state": state, "decision": _may_ask(request.user),
        "next": f"?state={state}&after={page.after}" if page.after else "", "today_date": today,
        "states": [(name, label, name == state) for name, label in STATES.items()],
    }  # fmt: skip
    return render(request, "supervision/help_plans.html", context)


@require_safe
def help_suggested(request: PersonRequest) -> HttpResponse:
    """The tasks that do not move, each with the reasons for which the rules name it."""
    rows = stuck(Task.objects.visible_to(request.user), clock.today())
    context = {"tabs": supervision_tabs("help_plans"), "rows": rows, "most": MOST_STUCK, "decision": _may_ask(request.user),
               "states": [(name, label, False) for name, label in STATES.items()]}  # fmt: skip
    return render(request, "supervision/help_suggested.html", context)


@require_http_methods(["GET", "POST"])
def ask_help(request: PersonRequest) -> HttpResponse:
    """Ask for help, or offer it; from a task's page that task stands in the form with the rules' reasons."""
    if not (allowed := _may_ask(request.user)):
        raise Refused(allowed.reason)
    number = asked.number(request.GET.get("task"))
    about = Task.objects.visible_to(request.user).filter(pk=number).first() if number else None
    form = forms.AskHelpForm(
        request.POST or None, person=request.user, initial={"tasks": about.number if about else ""}
    )
    if request.method == "POST" and form.is_valid():
        try:
            found = helping.ask_help(by=request.user, **form.data_of())
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, "已提出，等综合协调组安排帮扶")
            return redirect(found)
    told = "；".join(f"{rule}：{words}" for rule, words in stuck_grounds(about, clock.today())) if about else ""
    context = {"form": form, "title": "提出帮扶", "label": "提出", "to": "综合协调组安排", "back": "help_plans",
               "back_label": "帮扶", "note": told or "一点一策：推不动的任务，写清卡在哪里，由帮扶单位按措施解决。帮扶不影响任务的办理。"}  # fmt: skip
    return render(request, "supervision/form.html", context, status=422 if form.errors else 200)


def _plan(request: PersonRequest, pk: int) -> HelpPlan:
    rows = HelpPlan.objects.visible_to(request.user).select_related(
        "task__place", "task__inspection__place", "unit", "asked_unit", "asked_by", "decided_by", "ended_by"
    )
    found: HelpPlan = get_object_or_404(rows, pk=pk)
    return found


@require_safe
def help_plan(request: PersonRequest, pk: int) -> HttpResponse:
    """One plan of help."""
    return render(request, "supervision/help_plan.html", _context(request, _plan(request, pk)))


ACTS: dict[str, tuple[type[Any], Callable[..., Any], str]] = {
    "arrange": (forms.ArrangeForm, helping.arrange, "帮扶已安排，措施已交各承办单位"),
    "decline": (forms.DeclineForm, helping.decline, "不安排的理由已记下"),
    "step": (forms.StepForm, helping.add_step, "措施已增加"),
    "report": (forms.ReportStepForm, helping.report_step, "结果已登记"),
    "end": (forms.EndHelpForm, helping.end_help, "帮扶已结束"),
}


@require_POST
def help_act(request: PersonRequest, pk: int, name: str) -> HttpResponse:
    """Do one thing on a plan of help; what was typed stays on the page when it is refused."""
    found = _plan(request, pk)
    if name not in ACTS:
        raise Http404
    step = get_object_or_404(found.steps, pk=asked.number(request.POST.get("step"))) if name == "report" else None
    if not (allowed := _allowed(name, found, step, request.user)):
        raise Refused(allowed.reason)
    form = _form(name, found, request, bound=True)
    if form.is_valid():
        try:
            data = form.data_of() if hasattr(form, "data_of") else dict(form.cleaned_data)
            data.pop("step", None) if step else None
            ACTS[name][1](step or found, by=request.user, **data)
        except Stale:
            raise
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, ACTS[name][2])
            return redirect(found)
    context = _context(request, found) | {"wrong": name, "form": form, "wrong_step": step}
    return render(request, "supervision/help_plan.html", context, status=422)


def _allowed(name: str, found: HelpPlan, step: HelpStep | None, person: Person) -> Decision:
    if step:
        return can_report_step(step, person)
    rules = {"step": can_add_step, "end": can_end_help}
    return rules.get(name, can_arrange_help)(found, person)


def _form(name: str, found: HelpPlan, request: PersonRequest, *, bound: bool = False, **given: Any) -> Any:
    about = {"place": found.task.inspection.place, "person": request.user, "auto_id": f"{name}_%s"} | given
    return ACTS[name][0](request.POST if bound else None, **about)


def _context(request: PersonRequest, found: HelpPlan) -> dict[str, Any]:
    person, today = request.user, clock.today()
    arrange, end = can_arrange_help(found, person), can_end_help(found, person)
    steps = list(found.steps.select_related("unit", "reported_by").order_by("position"))
    if end:  # the coordination team may say it of every open step
        mine = {step.pk for step in steps if not step.done_on}
    else:
        mine = set(HelpStep.objects.of_units(person).filter(plan=found).values_list("pk", flat=True))
    context: dict[str, Any] = {
        "plan": found, "task": found.task, "arrange": arrange, "end": end, "wrong": "", "today_date": today,
        "sees_task": Task.objects.visible_to(person).filter(pk=found.task_id).exists(),
        "steps": [(step, _report_form(step) if step.pk in mine else None) for step in steps],
        "late": sum(not step.done_on and step.due < today for step in steps),
    }  # fmt: skip
    names = ("arrange", "decline") if arrange else ("step", "end") if end else ()
    return context | {"forms": {name: _form(name, found, request) for name in names}}


def _report_form(step: HelpStep) -> Any:
    """The form for what a step brought."""
    initial = {"step": step.pk, "done_on": clock.today()}
    return ACTS["report"][0](auto_id=f"report{step.pk}_%s", initial=initial)
