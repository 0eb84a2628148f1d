"""Columns and saved views of a person."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.requests import PersonRequest
from zhenggai.ledger import preferences
from zhenggai.ledger.columns import BY_KEY
from zhenggai.ledger.filters import Filters
from zhenggai.ui.asked import words


@require_POST
def columns(request: PersonRequest) -> HttpResponse:
    """Keep which columns are wanted: those ticked, in the order of their places (`place-KEY`)."""
    keys: list[str] = []
    if "usual" not in request.POST:
        places = {key: _place(request.POST.get(f"place-{key}", "")) for key in BY_KEY}
        keys = sorted((key for key in request.POST.getlist("column") if key in BY_KEY), key=lambda key: places[key])
    preferences.choose_columns(keys, by=request.user)
    return redirect("ledger")


def _place(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else len(BY_KEY)


@require_safe
def views(request: PersonRequest) -> HttpResponse:
    """The saved views that the person sees, each with what may be done."""
    rows = [
        (
            view,
            Filters.read(QueryDict(view.query.lstrip("?"))).words(request.user),
            preferences.can_keep_view(view, request.user),
        )
        for view in preferences.views_for(request.user)
    ]
    return render(request, "ledger/views.html", {"rows": rows})


@require_POST
def save_view(request: PersonRequest) -> HttpResponse:
    """Keep what the list shows now under a name."""
    query = Filters.read(QueryDict(request.POST.get("query", "").lstrip("?"))).address(saved=None)
    try:
        view = preferences.save_view(
            words(request.POST.get("name")), query, shared="shared" in request.POST, by=request.user
        )
    except Refused as refused:
        messages.error(request, refused.reason)
        return redirect("ledger")
    messages.success(request, f"已存为视图“{view}”" + (f"，{view.shared_with}的人都能看到" if view.shared_with else ""))
    return redirect("ledger_views")


@require_POST
def rename_view(request: PersonRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(preferences.views_for(request.user), pk=pk)
    preferences.rename_view(view, words(request.POST.get("name")), by=request.user)
    messages.success(request, "已改名")
    return redirect("ledger_views")


@require_POST
def drop_view(request: PersonRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(preferences.views_for(request.user), pk=pk)
    preferences.drop_view(view, by=request.user)
    messages.success(request, f"已删除视图“{view}”")
    return redirect("ledger_views")
