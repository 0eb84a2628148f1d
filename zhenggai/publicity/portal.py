"""The public site: no login, no script, nothing but what was published."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from zhenggai.accounts.decisions import Refused
from zhenggai.audit import clock
from zhenggai.audit.middleware import address_of
from zhenggai.core import workdays
from zhenggai.documents.downloads import download
from zhenggai.publicity import actions
from zhenggai.publicity.forms import ObjectionForm
from zhenggai.publicity.models import Notice, Objection, PublishedTask
from zhenggai.ui.asked import number as number_of
from zhenggai.ui.asked import words as words_of
from zhenggai.ui.paging import Key, page_of

NAV = (
    ("portal_home", "首页"),
    ("portal_tasks", "整改任务"),
    ("portal_notices", "整改公示"),
    ("portal_words", "名词解释"),
)


def _page(
    request: HttpRequest, template: str, current: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    nav = [{"url": reverse(name), "label": label, "current": name == current} for name, label in NAV]
    shell = {"portal_nav": nav, "portal_search_url": reverse("portal_tasks")}
    return render(request, template, shell | context, status=status)


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Progress by place, notices that run, tasks struck off last, and how to object."""
    today = clock.today()
    places = PublishedTask.objects.by_place(today)
    keys = ("total", "struck_off", "done", "on_schedule", "behind", "not_started", "overdue")
    totals = {key: sum(int(place[key]) for place in places) for key in keys}  # type: ignore[call-overload]
    running = list(
        Notice.objects.running(today)
        .with_objections()
        .select_related("place")
        .prefetch_related("items")
        .order_by("ends_on", "pk")[:20]
    )
    for notice in running:
        notice.left = workdays.remaining(today, notice.ends_on)
    context = {
        "places": places, "totals": totals, "running": running,
        "recent": PublishedTask.objects.filter(struck_off_on__isnull=False).select_related("place")
        .order_by("-struck_off_on", "pk")[:6],
    }  # fmt: skip
    return _page(request, "portal/home.html", "portal_home", context)


@login_not_required
@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """The public ledger."""
    today = clock.today()
    asked = {name: words_of(request.GET.get(name)) for name in ("q", "place", "state")}
    rows = PublishedTask.objects.today(today).select_related("place").defer("issue", "goal", "measures", "result")
    if asked["q"]:
        rows = rows.filter(Q(number__icontains=asked["q"]) | Q(issue__icontains=asked["q"]))
    if (place := number_of(asked["place"])) is not None:
        rows = rows.filter(place=place)
    if asked["state"] in STATES:
        rows = rows.filter(code__in=STATES[asked["state"]][1])
    page = page_of(rows.order_by("number", "pk"), [Key("number"), Key("pk")], request.GET.get("after", ""))
    address = request.GET.copy()
    address["after"] = page.after
    context = {
        "tasks": page.rows, "next": f"?{address.urlencode()}" if page.after else "", "asked": asked,
        "places": PublishedTask.objects.by_place(today), "states": [(key, words) for key, (words, _) in STATES.items()],
    }  # fmt: skip
    return _page(request, "portal/tasks.html", "portal_tasks", context)


STATES = {
    "X": ("已销号", ["X"]),
    "D": ("完成整改", ["D"]),
    "T": ("达到序时进度", ["T", "P"]),
    "B": ("未达到序时进度", ["B", "O"]),
    "N": ("尚未启动", ["N"]),
    "O": ("已逾期", ["O"]),
}


@login_not_required
@require_safe
def task(request: HttpRequest, number: str) -> HttpResponse:
    """One public task with its notices."""
    found = get_object_or_404(PublishedTask.objects.today(clock.today()).select_related("place"), task__pk=number)
    shown = Notice.objects.published().filter(items__task=found.task_id).order_by("-pk")
    return _page(request, "portal/task.html", "portal_tasks", {"task": found, "notices": shown})


@login_not_required
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """All notices, newest first."""
    today = clock.today()
    rows = Notice.objects.published().with_objections().order_by("-pk")
    page = page_of(rows, [Key("pk", down=True)], request.GET.get("after", ""))
    for notice in page.rows:
        notice.running = notice.is_running(today)
        notice.left = workdays.remaining(today, notice.ends_on)
    next_url = f"?after={page.after}" if page.after else ""
    return _page(request, "portal/notices.html", "portal_notices", {"notices": page.rows, "next": next_url})


@login_not_required
@require_safe
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """One notice: what it says, its period day by day, and the objection form while it runs."""
    return _notice(request, get_object_or_404(Notice.objects.published(), pk=pk), ObjectionForm())


def _notice(request: HttpRequest, found: Notice, form: ObjectionForm, status: int = 200) -> HttpResponse:
    today, period = clock.today(), found.period
    context = {
        "notice": found,
        "items": found.items.order_by("pk"),
        "period": period,
        "explained": workdays.explain(period),
        "running": found.is_running(today),
        "ended": found.has_ended(today),
        "left": workdays.remaining(today, found.ends_on),
        "objections": found.objections.order_by("pk"),
        "form": form,
        "objection_days": found.rulebook.rules.objection_days,
    }
    return _page(request, "portal/notice.html", "portal_notices", context, status)


@login_not_required
@require_POST
def object_to(request: HttpRequest, pk: int) -> HttpResponse:
    """A citizen objects; the answer is a page with the receipt number."""
    found = get_object_or_404(Notice.objects.published(), pk=pk)
    form = ObjectionForm(request.POST)
    if not form.is_valid():
        return _notice(request, found, form, status=422)
    if form.cleaned_data["website"]:  # only a program fills in what people do not see
        return redirect("portal_notice", pk)
    try:
        objection = actions.object_to(
            found, text=form.cleaned_data["text"], contact=form.cleaned_data["contact"],
            address=address_of(request),
        )  # fmt: skip
    except Refused as refused:
        form.add_error(None, refused.reason)
        return _notice(request, found, form, status=422)
    return redirect(reverse("portal_receipt", args=[objection.receipt]) + "?new=1")


@login_not_required
@require_safe
def find_receipt(request: HttpRequest) -> HttpResponse:
    """From the number that a person typed to its page."""
    number = words_of(request.GET.get("receipt"), 24).upper()
    if Objection.objects.filter(receipt=number).exists():
        return redirect("portal_receipt", number)
    return _page(request, "portal/receipt_unknown.html", "portal_notices", {"number": number}, status=404)


@login_not_required
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """What became of an objection: where it stands, and the answer. Neither its text nor its sender."""
    found = get_object_or_404(Objection.objects.select_related("notice"), receipt=number)
    context = {"objection": found, "is_new": request.GET.get("new") == "1"}
    return _page(request, "portal/receipt.html", "portal_notices", context)


@login_not_required
@require_safe
def paper(request: HttpRequest, pk: int) -> FileResponse:
    """The notice as an official paper (.docx)."""
    found = get_object_or_404(Notice.objects.published().select_related("paper").filter(paper__isnull=False), pk=pk)
    return download(found.paper, f"{found.title}.docx")


@login_not_required
@require_safe
def words(request: HttpRequest) -> HttpResponse:
    """What the words on these pages mean."""
    return _page(request, "portal/words.html", "portal_words", {})
