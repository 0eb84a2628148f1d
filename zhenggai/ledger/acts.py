"""The pages on which something is done to one task beside its steps: one page, one form, one action each."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from zhenggai.accounts.decisions import YES, Decision, Refused, Stale, no
from zhenggai.accounts.requests import PersonRequest
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.ledger import act_forms, cascade, extensions, sweeps, targets, yearly
from zhenggai.ledger.models import Extension, SweepAnswer, Target, Task, YearlyCheck
from zhenggai.ledger.permissions import (
    can_answer_sweep,
    can_ask_extension,
    can_ask_sweep,
    can_decide_extension,
    can_report_values,
    can_set_targets,
    extension_level,
    is_over,
)
from zhenggai.ledger.quantified import suggestions

M = TypeVar("M", bound=Model)
page = require_http_methods(["GET", "POST"])


def act(
    request: PersonRequest, title: str, form: forms.BaseForm, do: Callable[[], Any], *, allowed: Decision = YES,
    task: Task | None = None, to: str = "", done: str = "", **context: Any,
) -> HttpResponse:  # fmt: skip
    """Show the form, or do what it asks: `do` is called with the form valid. What is refused stays on the page with
    what was typed; a refused person is told why before any form."""
    if not allowed:
        raise Refused(allowed.reason)
    if request.method == "POST" and form.is_valid():
        try:
            result = do()
        except Stale:
            raise
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, done or f"{title}已办理")
            return redirect(task or result)
    shown = {"title": title, "form": form, "task": task, "to": to, **context}
    return render(request, "ledger/act.html", shown, status=422 if form.errors else 200)


def _task(request: PersonRequest, pk: int) -> Task:
    rows = Task.objects.visible_to(request.user).select_related("place", "inspection__place", "plan__approver")
    return get_object_or_404(rows, pk=pk)


def _of_task(request: PersonRequest, rows: QuerySet[M], pk: int) -> M:
    """One row that belongs to a task (`row.task`), for those who may see the task."""
    row = get_object_or_404(rows.select_related("task__place", "task__inspection__place"), pk=pk)
    _task(request, row.task_id)  # type: ignore[attr-defined]
    return row


@page
def set_target(request: PersonRequest, pk: int) -> HttpResponse:
    """A new quantified target; figures that the plan's words name can be taken over with one click."""
    task = _task(request, pk)
    asked = {name: value for name, value in request.GET.items() if name in act_forms.TargetForm.Meta.fields}
    form = act_forms.TargetForm(request.POST or None, task=task, initial=asked)
    return act(
        request, "设定量化目标", form, lambda: targets.set_target(task, by=request.user, **form.cleaned_data),
        allowed=can_set_targets(task, request.user), task=task, suggestions=suggestions(task),
    )  # fmt: skip


@page
def drop_target(request: PersonRequest, pk: int) -> HttpResponse:
    target = _of_task(request, Target.objects.all(), pk)
    form = act_forms.DropForm(request.POST or None, label_suffix="")
    return act(
        request, "取消量化目标", form,
        lambda: targets.drop_target(target, reason=form.cleaned_data["reason"], by=request.user),
        allowed=can_set_targets(target.task, request.user), task=target.task, facts=[("指标", target.words)],
    )  # fmt: skip


@page
def take_sample(request: PersonRequest, pk: int) -> HttpResponse:
    target = _of_task(request, Target.objects.all(), pk)
    form = act_forms.SampleForm(request.POST or None, label_suffix="", initial={"on": clock.today()})
    return act(
        request, "填报监测值", form, lambda: targets.take_sample(target, form.reading(), by=request.user),
        allowed=can_report_values(target.task, request.user), task=target.task, facts=[("指标", target.words)],
        samples=target.samples.select_related("by")[:24], target=target,
    )  # fmt: skip


@page
def ask_extension(request: PersonRequest, pk: int) -> HttpResponse:
    task = _task(request, pk)
    form = act_forms.ExtensionForm(request.POST or None, label_suffix="")
    facts = [("现在的时限", f"{task.due}"), ("最初的时限", f"{task.first_due}"), ("已延期", f"{task.extended}次")]
    return act(
        request, "申请延期", form, lambda: extensions.ask_extension(task, by=request.user, **form.cleaned_data),
        allowed=can_ask_extension(task, request.user, clock.today()), task=task, to=f"{extension_level(task)}综合协调组或领导决定",
        facts=facts, note="同意后，与任务同一天到期的措施和指标一并顺延；最初的时限和延期次数一直显示。",
    )  # fmt: skip


@page
def decide_extension(request: PersonRequest, pk: int) -> HttpResponse:
    extension = _of_task(request, Extension.objects.select_related("level", "applied_by", "decided_by"), pk)
    form = act_forms.ExtensionDecisionForm(request.POST or None, label_suffix="")
    facts = [
        ("申请", f"由{extension.old_due}延至{extension.new_due}"), ("理由", extension.reason),
        ("申请人", f"{extension.applied_by}，{extension.applied_on}"), ("已延期", f"{extension.task.extended}次"),
        ("最初的时限", f"{extension.task.first_due}"),
    ]  # fmt: skip
    return act(
        request, "决定延期", form, lambda: extensions.decide_extension(extension, by=request.user, **form.cleaned_data),
        allowed=can_decide_extension(extension, request.user), task=extension.task, facts=facts,
    )  # fmt: skip


@page
def ask_sweep(request: PersonRequest, pk: int) -> HttpResponse:
    task = _task(request, pk)
    form = act_forms.SweepForm(request.POST or None, task=task, by=request.user)

    def do() -> Any:
        data = form.cleaned_data
        return sweeps.ask_sweep(task, what=data["what"], units=form.units(), due_on=data["due_on"], by=request.user)

    return act(
        request, "布置举一反三", form, do, allowed=can_ask_sweep(task, request.user), task=task, to="所选单位排查回报"
    )


@page
def answer_sweep(request: PersonRequest, pk: int) -> HttpResponse:
    """The unit asked may answer without seeing the task that gave rise to it: only its issue is shown."""
    rows = SweepAnswer.objects.select_related("unit__place", "sweep__task")
    answer = get_object_or_404(rows, pk=pk)
    if not (allowed := can_answer_sweep(answer, request.user)):
        raise Refused(allowed.reason)
    form = act_forms.SweepAnswerForm(request.POST or None, place=answer.unit.place or answer.unit)

    def do() -> str:
        sweeps.answer_sweep(answer, text=form.cleaned_data["text"], found=form.tasks(), by=request.user)
        return "my_work"

    sweep = answer.sweep
    facts = [
        ("排查什么", sweep.what),
        ("期限", f"{sweep.due_on}"),
        ("起因", sweep.task.headline),
        ("排查单位", str(answer.unit)),
    ]
    return act(request, "回报举一反三", form, do, facts=facts)


@page
def enter_own(request: PersonRequest) -> HttpResponse:
    form = act_forms.OwnTaskForm(request.POST or None, by=request.user)
    allowed = YES if request.user.holds(Role.COORDINATION) else no("由综合协调组登记")
    return act(
        request, "登记问题", form, lambda: sweeps.enter_own(form.place, form.task(), by=request.user), allowed=allowed,
        note="督察反馈的问题从整改方案导入；这里登记信访、巡查、自查发现和责任追究清单的问题。编号自动取，不重用。",
    )  # fmt: skip


@page
def check_yearly(request: PersonRequest, pk: int) -> HttpResponse:
    check = _of_task(request, YearlyCheck.objects.all(), pk)
    form = act_forms.YearlyCheckForm(request.POST or None, label_suffix="")
    return act(
        request, f"{check.year}年度复核", form, lambda: yearly.check_yearly(check, by=request.user, **form.cleaned_data),
        allowed=yearly.can_check(check, request.user), task=check.task, facts=[("复核期限", f"{check.due_on}")],
    )  # fmt: skip


@page
def answer_to(request: PersonRequest, pk: int) -> HttpResponse:
    task = _task(request, pk)
    now = task.upper.number if task.upper else task.upper_number
    form = act_forms.UpperForm(request.POST or None, label_suffix="", initial={"number": now})

    def do() -> Any:
        number = form.cleaned_data["number"]
        return cascade.answer_to(task, upper=form.upper(request.user), upper_number=number, by=request.user)

    allowed = YES if is_over(request.user, task, Role.COORDINATION) else no("由任务所在地的综合协调组关联")
    return act(request, "关联上级任务", form, do, allowed=allowed, task=task)
