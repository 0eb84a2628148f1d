"""The pages on which the gate is kept: a look at what changed, an override, fines."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from zhenggai.accounts.requests import PersonRequest
from zhenggai.closure import gate, seen
from zhenggai.closure.forms import FineForm, LookForm, SettleForm, WaiveForm
from zhenggai.closure.models import Penalty, Waiver
from zhenggai.ledger.acts import act
from zhenggai.ledger.blockers import blockers_of
from zhenggai.ledger.models import Task

page = require_http_methods(["GET", "POST"])


def _task(request: PersonRequest, pk: int) -> Task:
    rows = Task.objects.visible_to(request.user).select_related("place", "inspection__place")
    return get_object_or_404(rows, pk=pk)


@page
def look(request: PersonRequest, pk: int) -> HttpResponse:
    """What changed since it was accepted, before and after, and that the verdict stands."""
    task = _task(request, pk)
    form = LookForm(request.POST or None, label_suffix="")
    return act(
        request, "看过变化", form, lambda: seen.look(task, note=form.cleaned_data["note"], by=request.user) and task,
        allowed=seen.can_look(task, request.user), task=task, above="closure/_look.html", changes=seen.changes_of(task),
        note="谁验收、谁负责：结论变了的，不在这里办，请撤回公示、退回整改。",
    )  # fmt: skip


@page
def waive(request: PersonRequest, pk: int, condition: str) -> HttpResponse:
    """A leader lets a missing condition pass, by name and with a reason."""
    task = _task(request, pk)
    form = WaiveForm(request.POST or None, label_suffix="")
    facts = [("还差", row.text) for row in blockers_of(task) if row.condition == condition]
    label = dict(Waiver.Condition.choices).get(condition, condition)
    return act(
        request, f"放行：{label}", form,
        lambda: gate.waive(task, condition, reason=form.cleaned_data["reason"], by=request.user) and task,
        allowed=gate.can_waive(task, condition, request.user), task=task, facts=facts, done="已放行，理由写在任务页上",
        note="放行只是不再挡住销号，缺的一项仍要补上。只能放行一次，不能撤回；单位和理由公众看得到。",
    )  # fmt: skip


@page
def fine(request: PersonRequest, pk: int) -> HttpResponse:
    task = _task(request, pk)
    form = FineForm(request.POST or None, label_suffix="")
    return act(
        request, "登记处罚", form, lambda: gate.fine(task, by=request.user, **form.cleaned_data) and task,
        allowed=gate.can_fine(task, request.user), task=task, note="没有缴清的罚款挡住销号。",
        facts=[(row.number, f"{row.fined}，{row.amount.normalize():f}万元") for row in task.penalties.all()],
    )  # fmt: skip


@page
def settle(request: PersonRequest, pk: int) -> HttpResponse:
    penalty = get_object_or_404(Penalty.objects.select_related("task__place"), pk=pk)
    task = _task(request, penalty.task_id)
    form = SettleForm(request.POST or None, label_suffix="")
    return act(
        request, "登记缴清", form, lambda: gate.settle(penalty, by=request.user, **form.cleaned_data) and task,
        allowed=gate.can_fine(task, request.user), task=task,
        facts=[("处罚", f"{penalty.number}，{penalty.fined}"), ("罚款", f"{penalty.amount.normalize():f}万元")],
    )  # fmt: skip
