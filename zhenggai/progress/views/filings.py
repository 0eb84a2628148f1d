from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.requests import NOT_WHOLE, PersonRequest
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.core.office.sheet import XLSX, sheet
from zhenggai.documents.apart import exports
from zhenggai.documents.exports import sent_out
from zhenggai.ledger.models import Task
from zhenggai.progress import filings
from zhenggai.progress.forms import FilingForm
from zhenggai.progress.models import FiledTask, QuarterFiling
from zhenggai.progress.models.filings import quarter_words
from zhenggai.progress.papers.filing import DOCX, filing_paper
from zhenggai.progress.permissions import can_close_filing, can_file
from zhenggai.progress.querysets import FiledTaskQuerySet
from zhenggai.ui import asked
from zhenggai.ui.paging import Key, page_of

MOST_EXPORTED = 50_000
MOST_ON_PAPER = 2_000
COUNTDOWN = "countdown"


@require_safe
def index(request: PersonRequest) -> HttpResponse:
    """The last quarter that has a filing, else this one."""
    last = QuarterFiling.objects.visible_to(request.user).order_by("-quarter").values_list("quarter", flat=True).first()
    return redirect("filing", _key(last or filings.quarter_of(clock.today())))


def _key(quarter: date) -> str:
    return QuarterFiling(quarter=quarter).quarter_key


def _quarter_in(address: str) -> date:
    """The first day of the quarter in an address (2026-4). Raises Http404."""
    try:
        year, number = address.split("-")
        if number not in ("1", "2", "3", "4") or len(year) != 4 or int(year) < 2000:
            raise ValueError(address)
        return date(int(year), int(number) * 3 - 2, 1)
    except ValueError as error:
        raise Http404 from error


def _filing(request: PersonRequest, quarter: date) -> QuarterFiling | None:
    """The filing asked for; else that of the person's own place, else the first that the person may see."""
    found = list(
        QuarterFiling.objects.visible_to(request.user).filter(quarter=quarter)
        .select_related("place", "closed_by", "rulebook").order_by("place")[:500]
    )  # fmt: skip
    wanted, own = asked.number(request.GET.get("filing")), request.user.unit.place_id
    return next(
        (row for row in found if row.pk == wanted),
        next((row for row in found if row.place_id == own), found[0] if found else None),
    )


def _must(request: PersonRequest, quarter: str) -> QuarterFiling:
    if (found := _filing(request, _quarter_in(quarter))) is None:
        raise Http404
    return found


@require_safe
def filing(request: PersonRequest, quarter: str) -> HttpResponse:
    """One quarter's filing: what is still to be filed, what was due and is not done, and the countdown list."""
    first = _quarter_in(quarter)
    found = _filing(request, first)
    context: dict[str, Any] = {
        "filing": found, "words": quarter_words(first), "quarter_key": quarter, "previous": _key(_before(first)),
        "following": _key(filings.next_quarter(first)) if first < filings.quarter_of(clock.today()) else "",
    }  # fmt: skip
    if found is None:
        return render(request, "progress/filing.html", context)
    today, days = clock.today(), found.rulebook.rules.countdown_days
    rows = FiledTask.objects.of_filing(found, request.user)
    counts = filings.figures(rows)
    near = filings.countdown(
        Task.objects.visible_to(request.user).filter(inspection__place=found.place_id), today, days
    )
    state = _state(request)
    if state == COUNTDOWN:
        page = page_of(near.for_list(), [Key("due"), Key("pk")], request.GET.get("after", ""))
    else:
        page = page_of(_listed(rows, state).order_by("pk"), [Key("pk")], request.GET.get("after", ""))
    address = f"?filing={found.pk}"
    mine = Task.objects.applied_for_by(request.user).filter(
        pk__in=[getattr(row, "task_id", row.pk) for row in page.rows]
    )
    context |= {
        "may_file": set() if found.is_closed else set(mine.values_list("pk", flat=True)),
        "rows": page.rows, "state": state, "counts": counts, "days": days, "today": today, "address": address,
        "next": f"{address}&state={state}&after={page.after}" if page.after else "",
        "tabs": _tabs(address, state, counts, near.count()), "overdue": today > found.due_on,
        "can_close": can_close_filing(found, request.user, today),
        "may_close": found.place_id in request.user.places_as(Role.COORDINATION),
    }  # fmt: skip
    return render(request, "progress/filing.html", context)


def _before(quarter: date) -> date:
    return (
        quarter.replace(year=quarter.year - 1, month=10)
        if quarter.month == 1
        else quarter.replace(month=quarter.month - 3)
    )


def _state(request: PersonRequest) -> str:
    state = request.GET.get("state", "")
    return state if state in (*filings.FIGURES, COUNTDOWN) else "all"


def _listed(rows: FiledTaskQuerySet, state: str) -> FiledTaskQuerySet:
    rows = rows.filter(filings.FIGURES[state][1]).select_related("task", "place", "unit", "carried_from__filing")
    return rows.defer("task__issue", "task__goal", "task__passage", "task__result")


def _tabs(address: str, state: str, counts: dict[str, int], near: int) -> list[dict[str, Any]]:
    named = [(name, label, counts[name]) for name, (label, _) in filings.FIGURES.items()]
    return [
        {"label": label, "url": f"{address}&state={name}", "current": name == state, "count": count,
         "alarm": name == "open" and count > 0}
        for name, label, count in [*named, (COUNTDOWN, "倒计时督办", near)]
    ]  # fmt: skip


@require_http_methods(["GET", "POST"])
def file(request: PersonRequest, quarter: str, task: int) -> HttpResponse:
    """A unit files one task. What was written on a page that was overtaken, by the close or by a colleague, is kept."""
    rows = FiledTask.objects.visible_to(request.user).select_related(
        "filing__place", "task__place", "carried_from__filing", "filed_by"
    )
    row = get_object_or_404(rows, filing__quarter=_quarter_in(quarter), task=task)
    allowed = can_file(row, request.user)
    form = FilingForm(request.POST or None, initial={"remains": row.remains, "reason": row.reason})
    status, overtaken, seen = 422, False, request.POST.get("seen", "")
    if not allowed and not (request.method == "POST" and row.filing.is_closed):
        raise Refused(allowed.reason)
    if not allowed:
        form.add_error(None, f"没有报上：{allowed.reason}。你写的还在下面，请抄下来")
        status = 409
    elif request.method == "POST" and form.is_valid():
        try:
            if not seen:
                raise Refused(NOT_WHOLE)
            filings.file(row, **form.cleaned_data, seen=seen, by=request.user)
        except Stale as stale:
            row, status, overtaken, seen = rows.get(pk=row.pk), 409, True, ""
            form.add_error(None, str(stale))
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"{row.task.number}已报备；封存以前还可以改")
            return redirect("filing", quarter)
    context = {"row": row, "form": form, "decision": allowed, "overtaken": overtaken,
               "seen": seen or filings.words_key(row)}  # fmt: skip
    return render(request, "progress/file.html", context, status=status if form.errors else 200)


@require_safe
@exports
def export(request: PersonRequest, quarter: str) -> HttpResponse:
    """The rows as they are seen, as a workbook."""
    found, state = _must(request, quarter), _state(request)
    state = "all" if state == COUNTDOWN else state
    columns = [("任务", 12), ("问题", 50), ("属地", 10), ("到期", 8), ("完成", 8), ("状态", 12), ("还有什么没做", 40),
               ("没有结清的原因", 40), ("已结转次数", 10), ("报备单位", 18), ("报备日期", 12)]  # fmt: skip
    cells = (
        [row.task.number, row.task.headline, str(row.place), row.due_count, row.done_count, row.get_state_display(),
         row.remains, row.reason, row.times_carried, str(row.unit or ""), row.filed_on]
        for row in _listed(FiledTask.objects.of_filing(found, request.user), state).order_by("pk")[:MOST_EXPORTED]
        .iterator(chunk_size=500)
    )  # fmt: skip
    caption = f"{found} · {filings.FIGURES[state][0]} · {clock.today():%Y-%m-%d} · {request.user.name}"
    return sent_out(sheet("季度报备", caption, columns, cells), f"{found}.xlsx", XLSX, by=request.user, what=caption)


@require_safe
@exports
def paper(request: PersonRequest, quarter: str) -> HttpResponse:
    """The filing as a paper, for the office of the place that sends it up."""
    found = _must(request, quarter)
    rows = FiledTask.objects.of_filing(found, request.user)
    counts = filings.figures(rows)
    if counts["all"] > MOST_ON_PAPER:
        raise Refused(f"这一季度有{counts['all']}项，报备表最多{MOST_ON_PAPER}项；请导出xlsx作附件")
    content = filing_paper(found, counts, _listed(rows, "all").order_by("pk"))
    return sent_out(content, f"{found}表.docx", DOCX, by=request.user, what=f"{found}，{counts['all']}项")


@require_http_methods(["GET", "POST"])
def close(request: PersonRequest, quarter: str) -> HttpResponse:
    """The figures that would be frozen, for confirmation; then the close."""
    found = _must(request, quarter)
    decision = can_close_filing(found, request.user, clock.today())
    if found.is_closed or found.place_id not in request.user.places_as(Role.COORDINATION):
        raise Refused(decision.reason)
    if request.method == "POST":
        filings.keep_up(found)  # kept also when the figures turn out to have changed: the next look shows them
        done = filings.close_filing(found, seen=request.POST.get("seen", ""), by=request.user)
        messages.success(request, f"{done}已封存；没有结清的带着原因结转下季度")
        return redirect("filing", quarter)
    rows = FiledTask.objects.filter(filing=found)
    counts = filings.figures(rows)
    context = {
        "filing": found, "counts": counts, "seen": filings.counts_key(counts), "decision": decision,
        "waiting": _listed(rows, "open").order_by("pk")[:100],
        "figures": [(label, counts[name]) for name, (label, _) in filings.FIGURES.items()],
    }  # fmt: skip
    return render(request, "progress/close_filing.html", context)
