from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Person, Unit
from zhenggai.accounts.requests import PersonRequest
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.core import workdays
from zhenggai.rulebook import actions
from zhenggai.rulebook.chain_forms import ChainFormSet, LevelFormSet, chains_of, initial_chains, initial_levels
from zhenggai.rulebook.forms import RulebookForm
from zhenggai.rulebook.models import Rulebook
from zhenggai.rulebook.permissions import can_approve, can_draft
from zhenggai.rulebook.rules import Rules, rules_from
from zhenggai.rulebook.shipped import shipped


@require_safe
def rulebooks(request: PersonRequest) -> HttpResponse:
    """The versions, newest first, and what is in force today."""
    books = list(
        Rulebook.objects.visible_to(request.user)
        .select_related("place", "drafted_by", "approved_by")
        .order_by("-effective_from", "-pk")[:100]
    )
    current = _in_force(request.user, clock.today())
    context = {"books": books, "current": current, "words": actions.words(current.rules) if current else [],
               "can_draft": can_draft(_own_place(request.user), request.user), "today": clock.today()}  # fmt: skip
    return render(request, "rulebook/rulebooks.html", context)


def _own_place(person: Person) -> Unit | None:
    """The place for which the person coordinates."""
    return Unit.objects.filter(pk__in=person.places_as(Role.COORDINATION)).order_by("pk").first()


def _in_force(person: Any, on: date) -> Rulebook | None:
    try:
        return Rulebook.objects.in_force(person.unit, on)
    except Refused:
        return None


@require_safe
def rulebook(request: PersonRequest, pk: int) -> HttpResponse:
    """One version, and what it changes against the one before."""
    book = get_object_or_404(Rulebook.objects.visible_to(request.user).select_related("place", "drafted_by"), pk=pk)
    before = (
        Rulebook.objects.approved().filter(place=book.place, effective_from__lt=book.effective_from)
        .order_by("-effective_from").first()
    )  # fmt: skip
    context = {
        "book": book, "words": actions.words(book.rules), "before": before,
        "differences": actions.differences(before.rules, book.rules) if before else [],
        "decision": can_approve(book, request.user),
    }  # fmt: skip
    return render(request, "rulebook/rulebook.html", context)


@require_http_methods(["GET", "POST"])
def draft(request: PersonRequest) -> HttpResponse:
    """A new version, beginning from the one in force."""
    place = _own_place(request.user)
    if not (allowed := can_draft(place, request.user)):
        raise Refused(allowed.reason)
    assert place is not None
    sample = shipped().get(request.GET.get("from", ""))
    current = _in_force(request.user, clock.today())
    base = rules_from(sample["rules"]) if sample else current.rules if current else Rules()
    initial = RulebookForm.initial_of(base) | {"effective_from": clock.today() + timedelta(days=1)}
    form = RulebookForm(request.POST or None, initial=initial, base=base)
    chains = ChainFormSet(request.POST or None, initial=initial_chains(base), prefix="chains")
    levels = LevelFormSet(request.POST or None, initial=initial_levels(base), prefix="levels")
    if request.method == "POST" and all([form.is_valid(), chains.is_valid(), levels.is_valid()]):
        try:
            book = actions.draft(
                place, name=form.cleaned_data["name"], effective_from=form.cleaned_data["effective_from"],
                data=form.rules(base) | {"chains": chains_of(chains, levels)}, by=request.user,
            )  # fmt: skip
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"{book}已起草，等领导批准")
            return redirect("rulebook", book.pk)
    context = {"form": form, "chains": chains, "levels": levels, "samples": shipped(), "sample": sample}
    return render(request, "rulebook/draft.html", context, status=422 if request.method == "POST" else 200)


@require_POST
def approve(request: PersonRequest, pk: int) -> HttpResponse:
    book = get_object_or_404(Rulebook.objects.visible_to(request.user), pk=pk)
    actions.approve(book, by=request.user)
    messages.success(request, f"{book}已批准，{book.effective_from:%Y-%m-%d}起生效")
    return redirect("rulebook", pk)


@require_safe
def calendar(request: PersonRequest, year: int | None = None) -> HttpResponse:
    """The working-day calendar of a year, with the notice that it comes from."""
    year = year if year and 2000 <= year <= 2099 else clock.today().year
    context = {
        "year": year, "months": [_month(year, month) for month in range(1, 13)], "known": workdays.known(year),
        "notices": workdays.year_notices(year), "working": workdays.count(date(year, 1, 1), date(year, 12, 31)),
        "today": clock.today(),
    }  # fmt: skip
    return render(request, "rulebook/calendar.html", context)


def _month(year: int, month: int) -> dict[str, Any]:
    first = date(year, month, 1)
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    days = workdays.calendar_period(first, last.day).days
    cells: list[Any] = [None] * first.weekday() + list(days)
    weeks = [cells[start : start + 7] for start in range(0, len(cells), 7)]
    return {"number": month, "working": workdays.count(first, last), "weeks": weeks}
