"""回头看: draws, what was seen, and how often what a unit accepted slipped back."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from zhenggai.accounts.models import Unit
from zhenggai.accounts.requests import PersonRequest
from zhenggai.accounts.roles import Role
from zhenggai.closure import lookback
from zhenggai.closure.forms import AnswerReboundForm, DrawForm, VisitForm
from zhenggai.closure.models import LookBack, Sample, Told
from zhenggai.ledger.acts import act
from zhenggai.ledger.models import Task
from zhenggai.ledger.querysets import in_scope

page = require_http_methods(["GET", "POST"])
TEAMS = (Role.SUPERVISION, Role.COORDINATION)


def _samples(request: PersonRequest) -> Any:
    """The samples of tasks that the person may see."""
    if not request.user.scope:
        return Sample.objects.none()
    rows = Sample.objects.filter(in_scope(request.user, "task_id"))
    return rows.select_related("task__place", "look_back", "visited_by", "rebound__new").order_by("-pk")


def _place(request: PersonRequest) -> Unit | None:
    """The place for which the person may draw."""
    return Unit.objects.filter(pk__in=request.user.places_as(*TEAMS)).order_by("pk").first()


@require_safe
def look_backs(request: PersonRequest) -> HttpResponse:
    """The samples of tasks that the person sees, newest draws first, and the re-open rate of each unit that accepted."""
    place = _place(request)
    context = {
        "samples": _samples(request)[:200],
        "acceptors": lookback.by_acceptor([place.pk]) if place else [],
        "place": place,
        "can_draw": lookback.can_draw(place, request.user),
    }
    return render(request, "closure/look_backs.html", context)


@require_safe
def look_back(request: PersonRequest, pk: int) -> HttpResponse:
    """One draw: its seed, weights, candidates and what was drawn, so that anybody can draw it again."""
    found = get_object_or_404(LookBack.objects.select_related("place", "drawn_by"), pk=pk)
    samples = _samples(request).filter(look_back=found).order_by("pk")
    get_object_or_404(Unit.objects.filter(pk__in=request.user.places_as(*TEAMS)), down__descendant=found.place)
    drawn = {row.task_id for row in found.samples.all()}
    context = {
        "look_back": found, "samples": samples,
        "weights": [(lookback.RISKS[name][0], weight) for name, weight in found.weights.items()],
        "candidates": [(number, weight, reasons, pk in drawn) for pk, number, weight, reasons in found.candidates],
    }  # fmt: skip
    return render(request, "closure/look_back.html", context)


@page
def draw(request: PersonRequest) -> HttpResponse:
    place = _place(request)
    form = DrawForm(request.POST or None, label_suffix="")

    def do() -> Any:
        assert place is not None
        data = dict(form.cleaned_data)
        weights = {name: data.pop(f"weight_{name}") for name in lookback.RISKS}
        lookback.draw_look_back(place, weights=weights, by=request.user, **data)
        return "look_backs"

    return act(
        request, "抽取回头看", form, do, allowed=lookback.can_draw(place, request.user), done="已抽取",
        note="种子取抽样那一刻审计链末条的摘要，事先谁也不知道；种子、权重和候选都留着，谁都能重算。",
    )  # fmt: skip


@page
def visit_sample(request: PersonRequest, pk: int) -> HttpResponse:
    sample = get_object_or_404(_samples(request), pk=pk)
    form = VisitForm(request.POST or None, label_suffix="")
    facts = [
        ("回头看", f"{sample.look_back}，限{sample.look_back.due_on}"),
        ("销号", f"{sample.task.struck_off_on}"), ("权重", f"{sample.weight}（{'、'.join(sample.reasons) or '基本'}）"),
    ]  # fmt: skip
    return act(
        request, "记回头看结果", form,
        lambda: lookback.visit(sample, by=request.user, **form.cleaned_data) and sample.task,
        allowed=lookback.can_visit(sample, request.user), task=sample.task, facts=facts,
        to="出现反弹的重新挂账，并告知原验收单位",
    )  # fmt: skip


@page
def answer_rebound(request: PersonRequest, pk: int) -> HttpResponse:
    rows = Told.objects.select_related("verdict__unit", "rebound__old", "rebound__new")
    told = get_object_or_404(rows, pk=pk)
    task = get_object_or_404(Task.objects.visible_to(request.user), pk=told.rebound.old_id)
    form = AnswerReboundForm(request.POST or None, label_suffix="")
    facts = [
        ("反弹", told.rebound.seen), ("重新挂账", told.rebound.new.number),
        ("你单位的结论", f"{told.verdict.name}：{told.verdict.get_result_display()}。{told.verdict.reason}"),
    ]  # fmt: skip
    return act(
        request, "说明反弹", form,
        lambda: lookback.answer(told, text=form.cleaned_data["text"], by=request.user) and task,
        allowed=lookback.can_answer(told, request.user), task=task, facts=facts,
    )  # fmt: skip
