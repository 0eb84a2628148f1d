"""The public site: no login, no script, nothing but what was published."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch, Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from zhenggai.audit import clock
from zhenggai.core import workdays
from zhenggai.documents.downloads import download
from zhenggai.publicity.articles import outcome_totals
from zhenggai.publicity.covers import as_public, has_covers, told_of
from zhenggai.publicity.differences import differences
from zhenggai.publicity.models import OUTCOMES, Article, Cover, Notice, PublicText, PublishedTask, PublishedVersion
from zhenggai.publicity.public_page import CONTRASTS, DISPLAY, SIZES, kept, page
from zhenggai.ui.asked import number as number_of
from zhenggai.ui.asked import words as words_of
from zhenggai.ui.paging import Key, page_of

MOST_FOUND = 50


@login_not_required
@require_safe
@kept()
def home(request: HttpRequest) -> HttpResponse:
    """Progress by place, notices that run, tasks struck off last, and how to object."""
    today = clock.today()
    places = PublishedTask.objects.by_place(today)
    context = {
        "places": places, "totals": totals_of(places), "running": _running(),
        "articles": Article.objects.public().exclude(kind="outcome").order_by("-released_at", "-pk")[:5],
        "recent": PublishedTask.objects.filter(struck_off_on__isnull=False).select_related("place")
        .order_by("-struck_off_on", "pk")[:6],
    }  # fmt: skip
    return page(request, "portal/home.html", "portal_home", context)


@login_not_required
@require_safe
@kept("place", "state", "unit")
def tasks(request: HttpRequest) -> HttpResponse:
    """The public ledger."""
    today = clock.today()
    asked = {name: words_of(request.GET.get(name)) for name in ("q", "place", "state", "unit")}
    rows = PublishedTask.objects.today(today).select_related("place").defer("issue", "goal", "measures", "result")
    if asked["q"]:
        found = PublicText.objects.filter(kind="task").found_by(asked["q"]).order_by().values("target")
        rows = rows.filter(pk__in=found)
    if asked["unit"]:
        rows = rows.filter(units__contains=[asked["unit"]])
    if (place := number_of(asked["place"])) is not None:
        rows = rows.filter(place=place)
    if asked["state"] in STATES:
        rows = rows.filter(code__in=STATES[asked["state"]][1])
    rows_page = page_of(rows.order_by("number", "pk"), [Key("number"), Key("pk")], request.GET.get("after", ""))
    address = request.GET.copy()
    address["after"] = rows_page.after
    context = {
        "tasks": rows_page.rows, "next": f"?{address.urlencode()}" if rows_page.after else "", "asked": asked,
        "places": PublishedTask.objects.by_place(today), "states": [(key, words) for key, (words, _) in STATES.items()],
    }  # fmt: skip
    return page(request, "portal/tasks.html", "portal_tasks", context)


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
@kept()
def task(request: HttpRequest, number: str) -> HttpResponse:
    """One public task with its notices."""
    found = get_object_or_404(PublishedTask.objects.today(clock.today()).select_related("place"), task__pk=number)
    shown = Notice.objects.published().filter(items__task=found.task_id).order_by("-pk")
    versions = list(found.versions.order_by("no"))
    context = {"task": found, "notices": shown, "history": history_of(versions)[::-1], "version": len(versions)}
    return page(request, "portal/task.html", "portal_tasks", context)


def history_of(versions: Sequence[PublishedVersion]) -> list[dict[str, Any]]:
    """What each version of a task brought, oldest first: the step that it reached, which of its words changed, which condition
    was let pass."""
    rows, before = [], None
    for version in versions:
        now = version.content
        changed = [
            words for name, words in TASK_WORDS.items() if before is not None and now.get(name) != before.get(name)
        ]
        known: list[Any] = before.get("passed", []) if before else []
        let = [row["condition"] for row in now.get("passed", []) if row not in known]
        step = "" if before and before["state_words"] == now["state_words"] else now["state_words"]
        rows.append({"version": version, "step": step, "changed": changed, "let_pass": let, "first": before is None})
        before = now
    return rows


TASK_WORDS = {
    "headline": "问题概要", "issue": "反馈问题", "goal": "整改目标", "measures": "整改措施", "units": "责任单位",
    "due_words": "完成时限", "result": "整改情况",
}  # fmt: skip


@login_not_required
@require_safe
@kept()
def task_version(request: HttpRequest, number: int, no: int) -> HttpResponse:
    """A task as it was public once, and how it differs from the version that is public now."""
    found = get_object_or_404(PublishedTask.objects.select_related("place"), task__pk=number)
    row = get_object_or_404(found.versions, no=no)
    old, newest = as_public(row), as_public(found.versions.order_by("-no")[0])
    parts = [
        (words, differences(_as_text(old.content.get(name)), _as_text(newest.content.get(name))))
        for name, words in TASK_WORDS.items()
    ]
    parts = [part for part in parts if part[1]]
    context = {"task": found, "old": old, "newest": newest, "parts": parts, "told": told_of(row)}
    return page(request, "portal/task_version.html", "portal_tasks", context)


def _as_text(value: Any) -> str:
    return "\n".join(value) if isinstance(value, list) else value or ""


@login_not_required
@require_safe
@kept()
def progress(request: HttpRequest) -> HttpResponse:
    """Progress by place and by unit, and the outcomes of accountability; each figure leads to its rows."""
    today = clock.today()
    places = PublishedTask.objects.by_place(today)
    outcomes = [(key, *OUTCOMES[key], number) for key, number in outcome_totals().items() if number]
    context = {
        "places": places, "totals": totals_of(places), "units": PublishedTask.objects.by_unit(today)[:200],
        "outcomes": outcomes,
    }  # fmt: skip
    return page(request, "portal/progress.html", "portal_progress", context)


def totals_of(places: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The last row of the table by place."""
    keys = ("total", "struck_off", "done", "on_schedule", "behind", "not_started", "overdue")
    return {key: sum(int(place[key]) for place in places) for key in keys}


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Tasks, notices and articles that hold the words; at most a page of the newest."""
    asked = words_of(request.GET.get("q"))
    found = list(PublicText.objects.found_by(asked)[: MOST_FOUND + 1]) if asked else []
    for row in found:
        at = max(row.text.lower().find(asked.split()[0].lower()), 0)
        row.around = row.text[max(0, at - 30) : at + 90]
    context = {"asked": asked, "found": found[:MOST_FOUND], "more": len(found) > MOST_FOUND}
    return page(request, "portal/search.html", "", context)


WHICH: dict[str, tuple[str, Callable[[date], Q]]] = {
    "running": ("正在公示", lambda today: Q(withdrawn_at__isnull=True, starts_on__lte=today, ends_on__gte=today)),
    "announced": ("即将开始", lambda today: Q(withdrawn_at__isnull=True, starts_on__gt=today)),
    "ended": ("已结束", lambda today: Q(withdrawn_at__isnull=True, ends_on__lt=today)),
    "withdrawn": ("已撤回", lambda today: Q(withdrawn_at__isnull=False)),
}


@login_not_required
@require_safe
@kept("which")
def notices(request: HttpRequest) -> HttpResponse:
    """All notices, newest first."""
    today = clock.today()
    which, rows = words_of(request.GET.get("which")), Notice.objects.published().with_objections().order_by("-pk")
    if which in WHICH:
        rows = rows.filter(WHICH[which][1](today))
    rows_page = page_of(rows, [Key("pk", down=True)], request.GET.get("after", ""))
    for notice in rows_page.rows:
        notice.running, notice.announced = notice.is_running(today), notice.is_announced(today)
        notice.left = workdays.remaining(today, notice.ends_on)
    next_url = f"?which={which if which in WHICH else ''}&after={rows_page.after}" if rows_page.after else ""
    return page(request, "portal/notices.html", "portal_notices", {
        "notices": rows_page.rows, "next": next_url, "which": which, "kinds": [(key, words) for key, (words, _) in WHICH.items()],
    })  # fmt: skip


@login_not_required
@require_safe
@kept()
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """One notice: what it says, its period day by day, and what became of the objections to it."""
    found = get_object_or_404(Notice.objects.published(), pk=pk)
    today, period = clock.today(), found.period
    items = found.items.prefetch_related(Prefetch("covers", Cover.objects.select_related("asked_by__unit"))).order_by(
        "pk"
    )
    context = {
        "notice": found,
        "items": [as_public(item) for item in items],
        "told": [told for item in items if (told := told_of(item))],
        "period": period,
        "explained": workdays.explain(period),
        "running": found.is_running(today),
        "ended": found.has_ended(today),
        "left": workdays.remaining(today, found.ends_on),
        "announced": found.is_announced(today),
        "changes": found.end_changes.filter(adopted=True).order_by("pk"),
        "validity": validity_of(found, today),
        "objections": found.objections.order_by("pk"),
        "objection_days": found.rulebook.rules.objection_days,
    }
    return page(request, "portal/notice.html", "portal_notices", context)


def validity_of(notice: Notice, today: date) -> str:
    """The 有效性 of a notice."""
    if notice.withdrawn_at:
        return "已撤回"
    if notice.is_announced(today):
        return "已公告，未开始"
    return "公示中" if notice.is_running(today) else "公示已结束"


def _running() -> list[Notice]:
    today = clock.today()
    rows = Notice.objects.running(today).with_objections().select_related("place").prefetch_related("items")
    running = list(rows.order_by("ends_on", "pk")[:20])
    for notice in running:
        notice.left = workdays.remaining(today, notice.ends_on)
    return running


@login_not_required
@require_safe
@kept()
def object_where(request: HttpRequest) -> HttpResponse:
    """How to object, to which notice, and where an answer is found."""
    return page(request, "portal/object_where.html", "portal_object_where", {"running": _running()})


@login_not_required
@require_safe
def paper(request: HttpRequest, pk: int) -> FileResponse:
    """The notice as an official paper (.docx)."""
    found = get_object_or_404(Notice.objects.published().select_related("paper").filter(paper__isnull=False), pk=pk)
    if has_covers(found):
        raise Http404
    return download(found.paper, f"{found.title}.docx")


@login_not_required
@require_safe
@kept()
def words(request: HttpRequest) -> HttpResponse:
    """What the words on these pages mean."""
    return page(request, "portal/words.html", "portal_words", {})


@login_not_required
@require_safe
@kept()
def accessibility(request: HttpRequest) -> HttpResponse:
    """How this site can be used by everybody, and whom to tell when it cannot."""
    return page(request, "portal/accessibility.html", "", {})


@login_not_required
@require_safe
def display(request: HttpRequest) -> HttpResponse:
    """Keep the size of type and the contrast that a visitor chose, in a cookie of this site, and go back."""
    size, contrast = words_of(request.GET.get("size")), words_of(request.GET.get("contrast"))
    back = request.GET.get("next", "")
    here = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    response = redirect(back if here else "portal_home")
    chosen = f"{size if size in SIZES else ''}-{contrast if contrast in CONTRASTS else ''}"
    response.set_cookie(DISPLAY, chosen, max_age=365 * 86400, secure=settings.HTTPS, httponly=True, samesite="Lax")
    return response
