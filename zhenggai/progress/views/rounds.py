from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Kind, Person, Unit
from zhenggai.accounts.requests import PersonRequest
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.core.office.sheet import XLSX, sheet
from zhenggai.documents.apart import exports
from zhenggai.documents.exports import sent_out
from zhenggai.ledger.querysets import unchanged
from zhenggai.progress import matrix, rounds
from zhenggai.progress.models import Owed, Report, Round, month_words
from zhenggai.progress.permissions import can_close
from zhenggai.progress.querysets import OwedQuerySet
from zhenggai.progress.views.asked import month_in, shifted
from zhenggai.ui import asked
from zhenggai.ui.paging import Key, page_of

MOST_EXPORTED = 50_000


@require_safe
def index(request: PersonRequest) -> HttpResponse:
    """The last month that has a round, else this one."""
    last = Round.objects.visible_to(request.user).order_by("-month").values_list("month", flat=True).first()
    return redirect("round", f"{last or rounds.month_of(clock.today()):%Y-%m}")


@require_safe
def round_(request: PersonRequest, month: str) -> HttpResponse:
    """One month's round: a row a unit, and what each figure counts a click away; drawn once for everybody with the same
    scope, until something changes."""
    first = month_in(month)
    of_month = _rounds(request, first)
    found = _chosen(request, of_month)
    context: dict[str, Any] = {
        "month": first, "month_words": month_words(first), "round": found, "previous": f"{shifted(first, -1):%Y-%m}",
        "following": f"{shifted(first, 1):%Y-%m}" if first < rounds.month_of(clock.today()) else "",
    }  # fmt: skip
    if found is None:
        return render(request, "progress/round.html", context)
    asks = {"round": found.pk, "place": asked.number(request.GET.get("place"))}
    sort = "missing" if request.GET.get("sort") == "missing" else "unit"
    after, overdue = request.GET.get("after", ""), clock.today() > found.due_on
    name = f"round {asks} {sort} {after} {len(of_month)}"
    context |= {
        "figures": unchanged(request.user)(name, lambda: _drawn(request.user, of_month, found, asks, sort, after)),
        "overdue": overdue, "can_close": can_close(found, request.user, clock.today()), "asks": _address(asks),
        "may_close": found.place_id in request.user.places_as(Role.COORDINATION), "address": _address(asks, sort=sort),
    }  # fmt: skip
    return render(request, "progress/round.html", context)


def _drawn(person: Person, of_month: list[Round], found: Round, asks: dict[str, Any], sort: str, token: str) -> str:
    """The matrix with whom to nudge, as it stands."""
    first, rows = found.month, _rows(person, found, asks)
    lines, after = matrix.page_of_lines(rows, sort, token)
    months = [shifted(first, -back) for back in range(matrix.HISTORY, 0, -1)]
    past = matrix.history(found, [line.unit for line in lines], months, person)
    counts, overdue, asks_for = rounds.figures(rows), clock.today() > found.due_on, _address(asks)
    open_rows = f"{reverse('owed', args=[found.month_key])}{asks_for}"
    context = {
        "round": found, "month_words": month_words(first), "headings": [matrix.WORDS[name] for name in matrix.COLUMNS],
        "whole": matrix.cells(counts, f"{open_rows}&state=", overdue=overdue),
        "counts": counts, "rate": matrix.rate(counts), "months": months, "sort": sort, "after": after,
        "rows": [
            {"line": line, "past": past[line.unit],
             "cells": matrix.cells(line.counts, f"{open_rows}&unit={line.unit}&state=", overdue=overdue)}
            for line in lines
        ],
        "chips": _chips(of_month, found, asks), "laggards": matrix.laggards(rows), "address": _address(asks, sort=sort),
        "asks": asks_for, "other_sort": _address(asks, sort="unit" if sort == "missing" else "missing"),
        "corrections": _corrections(found).visible_to(person).count() if found.is_closed else 0, "today": clock.today(),
    }  # fmt: skip
    return render_to_string("progress/reported.html", context)


def _rounds(request: PersonRequest, month: date) -> list[Round]:
    """The month's rounds that the person may see, by place."""
    rows = Round.objects.visible_to(request.user).filter(month=month).order_by("place")
    return list(rows.select_related("place", "closed_by", "rulebook")[:500])


def _chosen(request: PersonRequest, found: list[Round]) -> Round | None:
    """The round asked for; else that of the person's own place, else the first."""
    wanted, own = asked.number(request.GET.get("round")), request.user.unit.place_id
    return next(
        (row for row in found if row.pk == wanted),
        next((row for row in found if row.place_id == own), found[0] if found else None),
    )


def _must(request: PersonRequest, month: str) -> Round:
    if (found := _chosen(request, _rounds(request, month_in(month)))) is None:
        raise Http404
    return found


def _asked_rows(request: PersonRequest, found: Round) -> tuple[OwedQuerySet, dict[str, Any]]:
    """The rows of the round that the address asks for, and what it asks."""
    asks = {"round": found.pk, "place": asked.number(request.GET.get("place"))}
    return _rows(request.user, found, asks), asks


def _rows(person: Person, found: Round, asks: dict[str, Any]) -> OwedQuerySet:
    rows = Owed.objects.of_round(found, person)
    return rows.filter(task__place=asks["place"]) if asks["place"] else rows


def _address(asks: dict[str, Any], **more: Any) -> str:
    return "?" + urlencode({name: value for name, value in (asks | more).items() if value})


def _chips(of_month: list[Round], found: Round, asks: dict[str, Any]) -> list[dict[str, Any]]:
    """Which place's round, and which places of it."""
    choices = [(row.pk, row.place.short_name) for row in of_month]
    places = list(
        Unit.objects.filter(kind=Kind.PLACE, up__ancestor=found.place_id).order_by("position", "pk")
        .values_list("pk", "short_name")[:500]
    )  # fmt: skip
    chips = [_chip("属地", "place", places, asks)]
    return [_chip("调度", "round", choices, asks, clear=False), *chips] if len(choices) > 1 else chips


def _chip(label: str, name: str, choices: list[tuple[int, str]], asks: dict[str, Any], *, clear: bool = True) -> Any:
    current = asks[name]
    words = next((word for value, word in choices if value == current), "全部")
    listed = [
        {"label": word, "url": _address(asks, **{name: value}), "current": value == current} for value, word in choices
    ]
    every = {"label": "全部", "url": _address(asks, **{name: None}), "current": not current}
    return {
        "label": label,
        "words": words,
        "on": bool(current) and clear,
        "choices": [every, *listed] if clear else listed,
    }


def _corrections(found: Round) -> Any:
    return Report.objects.filter(month=found.month, task__inspection__place=found.place_id).exclude(correction="")


# ── the rows that a figure counts ────────────────────────────────────────────
@require_safe
def owed(request: PersonRequest, month: str) -> HttpResponse:
    """The rows behind one figure of the matrix."""
    found = _must(request, month)
    rows, asks, state, unit = _figure(request, found)
    page = page_of(rows.order_by("pk"), [Key("pk")], request.GET.get("after", ""))
    _add_corrections(found, page.rows)
    base = _address(asks, unit=unit.pk if unit else None)
    context = {
        "round": found, "month_words": month_words(found.month), "rows": page.rows, "unit": unit, "state": state,
        "words": matrix.WORDS[state], "back": _address(asks), "today": clock.today(), "export": f"{base}&state={state}",
        "next": f"{base}&state={state}&after={page.after}" if page.after else "", "total": rows.count(),
        "tabs": [
            {"label": label, "url": f"{base}&state={name}", "current": name == state, "count": None, "alarm": False}
            for name, label in matrix.WORDS.items()
        ],
    }  # fmt: skip
    return render(request, "progress/owed.html", context)


def _figure(request: PersonRequest, found: Round) -> tuple[OwedQuerySet, dict[str, Any], str, Unit | None]:
    rows, asks = _asked_rows(request, found)
    state = request.GET.get("state", "")
    state = state if state in matrix.WORDS else "due"
    wanted = asked.number(request.GET.get("unit"))
    unit = get_object_or_404(Unit, pk=wanted) if wanted else None
    if unit:
        rows = rows.filter(unit=unit)
    rows = rows.filter(rounds.FIGURES[state]).select_related("task__place", "unit")
    return rows.defer("task__issue", "task__goal", "task__passage", "task__result"), asks, state, unit


def _add_corrections(found: Round, rows: list[Any]) -> None:
    """Each row with the last correction that came after the close, beside the frozen figures."""
    later: dict[tuple[int, int], Report] = {}
    if found.is_closed:
        reports = _corrections(found).filter(task__in=[row.task_id for row in rows]).defer("text", "measures")
        later = {(report.task_id, report.unit_id): report for report in reports.order_by("version")}
    for row in rows:
        row.correction = later.get((row.task_id, row.unit_id))
        row.missing = row.days_missing(clock.today())


@require_safe
@exports
def export_owed(request: PersonRequest, month: str) -> HttpResponse:
    """The rows behind a figure, as a workbook."""
    found = _must(request, month)
    rows, _, state, _ = _figure(request, found)
    columns = [("任务", 12), ("问题", 50), ("属地", 10), ("单位", 18), ("职责", 10), ("截止", 12), ("首次报送", 12),
               ("最近报送", 12), ("迟报天数", 10), ("状态", 10), ("无进展", 8), ("说明", 24)]  # fmt: skip
    cells = (
        [row.task.number, row.task.headline, str(row.task.place), str(row.unit), row.get_part_display(), row.due_on,
         row.first_on, row.last_on, row.days_late, row.get_state_display(), "无进展" if row.nil else "", row.reason]
        for row in rows.order_by("pk")[:MOST_EXPORTED].iterator(chunk_size=500)
    )  # fmt: skip
    caption = f"{found} · {matrix.WORDS[state]} · {clock.today():%Y-%m-%d} · {request.user.name}"
    content, name = sheet("应报", caption, columns, cells), f"{matrix.WORDS[state]}{month}.xlsx"
    return sent_out(content, name, XLSX, by=request.user, what=caption)


@require_safe
@exports
def export(request: PersonRequest, month: str) -> HttpResponse:
    """The matrix as it is seen, all units of it."""
    found = _must(request, month)
    rows, _ = _asked_rows(request, found)
    columns = [("单位", 24), ("层级", 8), *((label, 9) for label in matrix.WORDS.values())]
    cells = ([line.name, line.tier, *(line.counts[name] for name in matrix.WORDS)] for line in matrix.lines(rows))
    frozen = "已封存" if found.is_closed else "未封存"
    caption = (
        f"{found} · {frozen} · {matrix.rate(rounds.figures(rows))} · {clock.today():%Y-%m-%d} · {request.user.name}"
    )
    content = sheet("月度调度", caption, columns, cells)
    return sent_out(content, f"月度调度{month}.xlsx", XLSX, by=request.user, what=caption)


# ── closing ──────────────────────────────────────────────────────────────────
@require_http_methods(["GET", "POST"])
def close(request: PersonRequest, month: str) -> HttpResponse:
    """The figures that would be frozen, for confirmation; then the close."""
    found = _must(request, month)
    decision = can_close(found, request.user, clock.today())
    if found.is_closed or found.place_id not in request.user.places_as(Role.COORDINATION):
        raise Refused(decision.reason)
    if request.method == "POST":
        done = rounds.close_round(found, seen=request.POST.get("seen", ""), by=request.user)
        messages.success(request, f"{done}已封存，数字不再变；补报和改正从此作为更正")
        return redirect("round", month)
    counts = rounds.counts_of(found)
    waiting = Owed.objects.filter(round=found, month=found.month, state__in=["owed", "returned", "submitted"])
    context = {
        "round": found, "month_words": month_words(found.month), "counts": counts, "seen": rounds.counts_key(counts),
        "decision": decision, "rate": matrix.rate(counts),
        "waiting": waiting.select_related("task", "unit").order_by(F("state").desc(), "unit", "pk")[:100],
        "figures": [(matrix.WORDS[name], count) for name, count in counts.items()],
    }  # fmt: skip
    return render(request, "progress/close_round.html", context)
