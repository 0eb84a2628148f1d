"""The publicity team's desk: notices, objections, and which tasks the public sees."""

from django.contrib import messages
from django.db.models import Count, Max
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.requests import PersonRequest
from zhenggai.audit import clock
from zhenggai.core import workdays
from zhenggai.ledger.models import Plan
from zhenggai.publicity import actions
from zhenggai.publicity.forms import AnswerForm
from zhenggai.publicity.models import Notice, Objection
from zhenggai.publicity.permissions import can_answer, can_publish_tasks
from zhenggai.ui.paging import Key, page_of

TABS = {"running": "正在公示", "objections": "异议", "ended": "已结束", "tasks": "公开台账"}


@require_safe
def notices(request: PersonRequest) -> HttpResponse:
    """Notices that run or have ended, objections, and the plans whose tasks are public."""
    today, tab = clock.today(), request.GET.get("tab", "running")
    tab = tab if tab in TABS else "running"
    mine = Notice.objects.visible_to(request.user)
    objections = Objection.objects.visible_to(request.user)
    context = {
        "tab": tab,
        "tabs": [
            {"label": label, "url": f"?tab={name}", "current": name == tab, "count": None, "alarm": False}
            for name, label in TABS.items()
        ],
        "running_count": mine.running(today).count(),
        "open_objections": objections.open().count(),
    }
    if tab == "objections":
        context["objections"] = objections.select_related("notice").order_by("answered_at", "due_on", "pk")[:200]
    elif tab == "tasks":
        context["plans"] = _plans(request)
    else:
        context |= _notices(request, tab)
    return render(request, "publicity/notices.html", context)


def _notices(request: PersonRequest, tab: str) -> dict[str, object]:
    today = clock.today()
    rows = (
        Notice.objects.visible_to(request.user)
        .with_objections()
        .select_related("place")
        .prefetch_related("items__task")
    )
    rows = rows.running(today) if tab == "running" else rows.exclude(pk__in=Notice.objects.running(today).values("pk"))
    page = page_of(rows.order_by("-pk"), [Key("pk", down=True)], request.GET.get("after", ""))
    for notice in page.rows:
        notice.left = workdays.remaining(today, notice.ends_on)
    shown = page.rows[0] if tab == "running" and page.rows else None
    return {"notices": page.rows, "after": page.after, "shown": shown, **(_detail(request, shown) if shown else {})}


def _plans(request: PersonRequest) -> list[Plan]:
    plans = list(
        Plan.objects.visible_to(request.user)
        .select_related("inspection__place")
        .annotate(
            total=Count("tasks", distinct=True),
            public=Count("tasks__published", distinct=True),
            last=Max("tasks__published__refreshed_at"),
        )
        .order_by("pk")
    )
    for plan in plans:
        plan.can_publish = can_publish_tasks(request.user, plan.inspection.place)
    return plans


def _detail(request: PersonRequest, notice: Notice) -> dict[str, object]:
    return {
        "notice": notice,
        "period": notice.period,
        "explained": workdays.explain(notice.period),
        "objections": Objection.objects.visible_to(request.user).filter(notice=notice).order_by("pk"),
    }


@require_safe
def notice(request: PersonRequest, pk: int) -> HttpResponse:
    """One notice with its arithmetic and its objections."""
    rows = Notice.objects.visible_to(request.user).with_objections().select_related("rulebook", "published_by")
    found = get_object_or_404(rows.prefetch_related("items__task"), pk=pk)
    return render(request, "publicity/notice.html", _detail(request, found))


@require_http_methods(["GET", "POST"])
def objection(request: PersonRequest, pk: int) -> HttpResponse:
    """One objection, for those who handle it; the answer is given here, once."""
    found = get_object_or_404(Objection.objects.visible_to(request.user).select_related("notice", "answered_by"), pk=pk)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = actions.answer(found, by=request.user, **form.cleaned_data)
        messages.success(request, f"{done}已答复：{done.get_finding_display()}")
        return redirect("objection", pk)
    context = {"objection": found, "form": form, "decision": can_answer(found, request.user),
               "items": found.notice.items.select_related("task").order_by("pk")}  # fmt: skip
    return render(request, "publicity/objection.html", context, status=422 if form.errors else 200)


@require_POST
def publish(request: PersonRequest, pk: int) -> HttpResponse:
    """Put the tasks of a plan on the public ledger, or bring them up to date."""
    plan = get_object_or_404(Plan.objects.visible_to(request.user).select_related("inspection__place"), pk=pk)
    if not (allowed := can_publish_tasks(request.user, plan.inspection.place)):
        raise Refused(allowed.reason)
    count = actions.publish_plan(plan, by=request.user)
    messages.success(request, f"{plan}的{count}项任务已公开")
    return redirect("/notices/?tab=tasks")
