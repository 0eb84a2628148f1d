"""Inspections with their lists and plans."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Kind, Unit
from zhenggai.accounts.requests import PersonRequest
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.documents.downloads import download
from zhenggai.documents.forms import UploadField
from zhenggai.documents.kinds import PLANS
from zhenggai.ledger import actions, registers
from zhenggai.ledger.models import Finding, Inspection, Plan, PlanVersion, Source, Task
from zhenggai.ledger.querysets import Schedule
from zhenggai.ledger.states import CLOSED

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class InspectionForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Inspection
        fields: ClassVar = ["name", "kind", "round_no", "batch", "began_on", "ended_on", "feedback_on"]
        widgets: ClassVar = {name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d") for name in fields[4:]}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("began_on") and data.get("ended_on") and data["ended_on"] < data["began_on"]:
            self.add_error("ended_on", "结束日期不能早于进驻日期")
        return data


class NewInspectionForm(InspectionForm):
    class Meta(InspectionForm.Meta):
        fields: ClassVar = ["place", "name", "prefix", *InspectionForm.Meta.fields[1:]]

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Unit.objects.filter(kind=Kind.PLACE, pk__in=by.places_as(Role.COORDINATION))
        self.fields["place"].queryset = mine  # type: ignore[attr-defined]
        self.fields["place"].initial = mine.first()


class FindingsForm(forms.Form):
    kind = forms.ChoiceField(label="清单", choices=Finding.Kind.choices, widget=forms.RadioSelect, initial="feedback")
    received_on = forms.DateField(label="移交日期", required=False, widget=_DAY)
    category = forms.CharField(label="类别", max_length=60, required=False, help_text="可以不填；如：水环境")
    text = forms.CharField(
        label="清单内容", max_length=200_000, widget=forms.Textarea(attrs={"rows": 14}),
        help_text="从文件里复制，每项以序号开头，如“1.某湖排口雨天溢流”；没有序号的行接在上一项后面",
    )  # fmt: skip


class VersionForm(forms.Form):
    file = UploadField(label="这一版的原件", limit=settings.PLAN_FILE_LIMIT, kinds=PLANS, required=False)
    note = forms.CharField(label="说明", max_length=200, help_text="如：按省整改办意见修改后的报批稿")


@require_safe
def inspections(request: PersonRequest) -> HttpResponse:
    """The inspections that the person sees, with how far their tasks are."""
    rows = list(Inspection.objects.concerning(request.user).select_related("place").order_by("-feedback_on", "-pk"))
    counts = {
        row["inspection"]: row
        for row in Task.objects.visible_to(request.user)
        .filter(inspection__in=rows)
        .order_by()
        .values("inspection")
        .annotate(total=Count("pk"), closed=Count("pk", filter=Q(state__in=CLOSED)))
    }
    context = {
        "rows": [(row, counts.get(row.pk, {"total": 0, "closed": 0})) for row in rows],
        "can_add": request.user.holds(Role.COORDINATION),
    }
    return render(request, "ledger/inspections.html", context)


@require_safe
def inspection(request: PersonRequest, pk: int) -> HttpResponse:
    """One inspection: its dates, its lists, its plans, its tasks by class, source and grade."""
    found = _inspection(request, pk)
    today = clock.today()
    mine = Task.objects.visible_to(request.user).filter(inspection=found)
    kinds = [kind for kind in Finding.Kind if registers.can_see_findings(found, kind, request.user)]
    answered = Count("tasks", distinct=True)
    lists = [(kind, list(found.findings.filter(kind=kind).annotate(answered=answered))) for kind in kinds]
    sources = dict(mine.order_by().values_list("source").annotate(n=Count("pk")))
    context = {
        "inspection": found,
        "can_keep": registers.can_keep_inspection(found, request.user),
        "lists": lists,
        "plans": Plan.objects.visible_to(request.user).filter(inspection=found).annotate(count=Count("tasks")),
        "classes": registers.classes(list(mine.order_by().values_list("category", flat=True))),
        "sources": [(Source(code).label, code, count) for code, count in sorted(sources.items())],
        "stock": mine.filter(increment=False).count(),
        "increments": mine.filter(increment=True).count(),
        "grades": [(code, count) for code in Schedule.values if (count := mine.by_schedule(today).get(code))],
        "total": mine.count(),
    }
    return render(request, "ledger/inspection.html", context)


def _inspection(request: PersonRequest, pk: int) -> Inspection:
    return get_object_or_404(Inspection.objects.concerning(request.user).select_related("place"), pk=pk)


@require_http_methods(["GET", "POST"])
def add_inspection(request: PersonRequest) -> HttpResponse:
    if not request.user.holds(Role.COORDINATION):
        raise Refused("由综合协调组登记")
    form = NewInspectionForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_inspection(by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            return redirect("inspection", made.pk)
    return _form(request, form, "登记一次督察", "inspections")


@require_http_methods(["GET", "POST"])
def edit_inspection(request: PersonRequest, pk: int) -> HttpResponse:
    found = _kept(request, _inspection(request, pk))
    form = InspectionForm(request.POST or None, instance=Inspection.objects.get(pk=pk))
    if request.method == "POST" and form.is_valid():
        try:
            registers.revise_inspection(found, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, "已更正")
            return redirect("inspection", pk)
    return _form(request, form, f"更正{found}", "inspection", pk)


@require_http_methods(["GET", "POST"])
def enter_findings(request: PersonRequest, pk: int) -> HttpResponse:
    found = _kept(request, _inspection(request, pk))
    form = FindingsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            rows = registers.enter_findings(found, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error("text", refused.reason)
        else:
            messages.success(request, f"已登记{len(rows)}项")
            return redirect("inspection", pk)
    return _form(request, form, f"{found}：登记移交的问题", "inspection", pk)


@require_safe
def plan(request: PersonRequest, pk: int) -> HttpResponse:
    """One plan with its issues, and its tasks by class."""
    found = _plan(request, pk)
    mine = Task.objects.visible_to(request.user).filter(plan=found)
    context = {
        "plan": found,
        "versions": found.versions.select_related("file").order_by("-version"),
        "can_keep": registers.can_keep_inspection(found.inspection, request.user),
        "classes": registers.classes(list(mine.order_by().values_list("category", flat=True))),
        "total": mine.count(),
    }
    return render(request, "ledger/plan.html", context)


def _plan(request: PersonRequest, pk: int) -> Plan:
    plans = Plan.objects.visible_to(request.user).select_related("inspection__place", "approver", "file")
    return get_object_or_404(plans, pk=pk)


@require_http_methods(["GET", "POST"])
def add_version(request: PersonRequest, pk: int) -> HttpResponse:
    found = _plan(request, pk)
    _kept(request, found.inspection)
    form = VersionForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        registers.add_version(found, form.cleaned_data["file"], note=form.cleaned_data["note"], by=request.user)
        messages.success(request, "已登记新版本；任务的变化在“导入”里逐项采纳")
        return redirect("plan", pk)
    return _form(request, form, f"{found}：登记新版本", "plan", pk)


@require_POST
def show_version(request: PersonRequest, pk: int, version: int) -> HttpResponse:
    registers.show_version(_version(request, pk, version), by=request.user)
    messages.success(request, f"第{version}版是公开版")
    return redirect("plan", pk)


@require_safe
def version_file(request: PersonRequest, pk: int, version: int) -> FileResponse:
    found = _version(request, pk, version)
    if found.file is None:
        raise Http404
    return download(found.file, found.file_name)


def _version(request: PersonRequest, pk: int, version: int) -> PlanVersion:
    rows = PlanVersion.objects.select_related("plan__inspection", "file")
    return get_object_or_404(rows, plan=_plan(request, pk), version=version)


def _kept(request: PersonRequest, found: Inspection) -> Inspection:
    if not (allowed := registers.can_keep_inspection(found, request.user)):
        raise Refused(allowed.reason)
    return found


def _form(request: PersonRequest, form: forms.BaseForm, title: str, back: str, *args: int) -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "back_args": args[0] if args else None}
    return render(request, "ledger/form.html", context, status=422 if form.errors else 200)
