"""The publicity team's desk: notices, objections, and which tasks the public sees."""

from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Unit
from zhenggai.accounts.requests import PersonRequest
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.core import workdays
from zhenggai.ledger.models import Plan
from zhenggai.publicity import actions
from zhenggai.publicity.covers import waiting_for
from zhenggai.publicity.forms import EndForm, NameForm, lines_of, reasons_in
from zhenggai.publicity.models import Article, EndChange, Notice, Objection, PublicName
from zhenggai.publicity.notices import decide_end as decide_end_of
from zhenggai.publicity.permissions import can_change_end, can_enter_objection, can_publish_tasks
from zhenggai.publicity.releasing import list_name
from zhenggai.publicity.releasing import unlist_name as unlist
from zhenggai.ui.paging import Key, page_of

TABS = {"running": "正在公示", "objections": "异议", "ended": "已结束", "tasks": "公开台账", "articles": "公开信息"}


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
        "is_publicity": bool(request.user.places_as(Role.PUBLICITY)),
        "covers_waiting": waiting_for(request.user),
        "running_count": mine.running(today).count(),
        "open_objections": objections.open().count(),
    }
    if tab == "objections":
        context["objections"] = objections.select_related("notice").order_by("answered_at", "due_on", "pk")[:200]
    elif tab == "tasks":
        context["plans"] = _plans(request)
    elif tab == "articles":
        context["articles"] = Article.objects.visible_to(request.user).order_by("-pk")[:100]
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
    live = Q(starts_on__lte=today, ends_on__gte=today) | Q(starts_on__gt=today)
    rows = rows.current().filter(live) if tab == "running" else rows.exclude(live, withdrawn_at__isnull=True)
    page = page_of(rows.order_by("-pk"), [Key("pk", down=True)], request.GET.get("after", ""))
    for notice in page.rows:
        notice.left, notice.announced = workdays.remaining(today, notice.ends_on), notice.is_announced(today)
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
        "changes": notice.end_changes.order_by("pk"),
        "release": notice.releases.first(),
        "can_enter": can_enter_objection(notice, request.user),
    }


@require_safe
def notice(request: PersonRequest, pk: int) -> HttpResponse:
    """One notice with its arithmetic and its objections."""
    rows = Notice.objects.visible_to(request.user).with_objections().select_related("rulebook", "published_by")
    found = get_object_or_404(rows.prefetch_related("items__task"), pk=pk)
    return render(request, "publicity/notice.html", _detail(request, found))


@require_http_methods(["GET", "POST"])
def publish(request: PersonRequest, pk: int) -> HttpResponse:
    """What the release check finds in the tasks of a plan, and putting them on the public ledger, or up to date."""
    plan = get_object_or_404(Plan.objects.visible_to(request.user).select_related("inspection__place"), pk=pk)
    if not (allowed := can_publish_tasks(request.user, plan.inspection.place)):
        raise Refused(allowed.reason)
    reasons, refusal = reasons_in(request.POST), ""
    if request.method == "POST":
        try:
            count = actions.publish_plan(plan, by=request.user, reasons=reasons)
        except Refused as refused:
            refusal = refused.reason
        else:
            messages.success(request, f"{plan}的{count}项任务已公开")
            return redirect("/notices/?tab=tasks")
    context = {"plan": plan, "lines": lines_of(actions.check_plan(plan), reasons), "refusal": refusal}
    return render(request, "publicity/publish.html", context, status=422 if refusal else 200)


@require_POST
def decide_end(request: PersonRequest, pk: int) -> HttpResponse:
    """Put the end of a notice off as the calendar proposes, or leave it."""
    found = get_object_or_404(
        EndChange.objects.filter(notice__in=Notice.objects.visible_to(request.user)).select_related("notice"), pk=pk
    )
    if not (allowed := can_change_end(found, request.user)):
        raise Refused(allowed.reason)
    form = EndForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请选择顺延还是不顺延。")
        return redirect("notice", found.notice_id)
    adopt = form.cleaned_data["adopt"] == "yes"
    done = decide_end_of(found, adopt=adopt, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, f"{done.notice.number}：{'已顺延到' + done.new_end.isoformat() if adopt else '不顺延'}")
    return redirect("notice", found.notice_id)


@require_http_methods(["GET", "POST"])
def names(request: PersonRequest) -> HttpResponse:
    """The names that may stand in what is public; any other is stopped by the release check."""
    place = _own_place(request)
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            listed = list_name(place, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error("name", refused.reason)
        else:
            messages.success(request, f"{listed}已列入公开名单")
            return redirect("public_names")
    rows = PublicName.objects.filter(place__down__descendant=place, ended_at__isnull=True).select_related("place")
    context = {"names": rows.order_by("name", "pk"), "form": form, "place": place}
    return render(request, "publicity/names.html", context, status=422 if form.errors else 200)


def _own_place(request: PersonRequest) -> Unit:
    """The place whose public list this person keeps."""
    places = request.user.places_as(Role.PUBLICITY)
    if not places:
        raise Refused("公开名单由宣传报道组维护")
    return Unit.objects.get(pk=places[0])


@require_POST
def unlist_name(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a name off the public list."""
    unlist(get_object_or_404(PublicName.objects.select_related("place"), pk=pk), by=request.user)
    return redirect("public_names")
