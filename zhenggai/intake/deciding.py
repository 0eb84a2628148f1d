"""What a person does to a proposed task on the screens: other values, cut, join, put back, accept, keep out, add by hand.

Each form carries what its page showed (stale.py); what others changed meanwhile is shown and nothing is done.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Kind, Unit
from zhenggai.accounts.naming import look_up
from zhenggai.accounts.requests import PersonRequest
from zhenggai.intake import actions, corrections, drafts, stale
from zhenggai.intake.doubts import doubts
from zhenggai.intake.forms import AcceptForm, AddForm, EditForm, RejectForm
from zhenggai.intake.models import Item, Proposal
from zhenggai.intake.views import item_page, visible_proposal
from zhenggai.ui.asked import number

LINES_TO_CHOOSE = 2000


@require_http_methods(["GET", "POST"])
def edit(request: PersonRequest, pk: int, position: int) -> HttpResponse:
    """Other values than the document's, with the reason; and where to cut the item in two or join it with the next."""
    found = visible_proposal(request, pk)
    if request.method == "POST":
        item, shown = _seen(request, found)
    else:
        item = get_object_or_404(found.items, position=position)
        shown = stale.values_of(item)
    if not item.is_pending or found.withdrawn_at:
        raise Refused(f"{item}{item.get_decision_display()}，不能再改" if not item.is_pending else "这次导入已经撤回")
    form = EditForm(request.POST or None, values=shown, reason=item.edit_reason)
    if request.method == "POST" and form.is_valid():
        data, changes = form.cleaned_data, form.changes()
        try:
            corrections.edit(item, changes, serial=data["serial"], reason=data["reason"], by=request.user, seen=shown)
        except Stale:
            item.refresh_from_db()
            if not item.is_pending or found.withdrawn_at:
                raise
            return _both(request, found, item, shown, {"serial": data["serial"], **changes}, data["reason"])
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"{item}已改；原文的写法还在旁边")
            return redirect("proposal_item", pk, item.position)
    return _edit_page(request, found, item, form, shown, 422 if form.errors else 200)


def _seen(request: PersonRequest, found: Proposal, name: str = "base") -> tuple[Item, stale.Values]:
    """The item that the page showed, wherever it stands by now, and what it showed of it."""
    shown = stale.opened(request.POST.get(name, ""))
    return get_object_or_404(found.items, pk=shown.get("item")), shown


def _both(
    request: PersonRequest, found: Proposal, item: Item, then: stale.Values, typed: stale.Values, reason: str
) -> HttpResponse:
    """The page of a conflict: what either side changed, above the form with both changes in it, to be looked at and saved."""
    now = stale.values_of(item)
    form = EditForm(values=stale.both(then, now, typed), reason=reason)
    return _edit_page(request, found, item, form, now, 409, rows=stale.rows(then, now, typed))


def _edit_page(
    request: PersonRequest, found: Proposal, item: Item, form: EditForm, shown: stale.Values, status: int, **more: Any
) -> HttpResponse:
    following = found.items.pending().filter(position__gt=item.position).order_by("position").first()
    context = {
        "proposal": found, "item": item, "form": form, "base": stale.sealed(shown), **more, "following": following,
        "next_base": following and stale.sealed(stale.values_of(following)),
        "lines": [] if item.is_edited else drafts.lines_of(found.text, item.start, item.end),
        "passage": found.text[item.start : item.end],
    }  # fmt: skip
    return render(request, "intake/edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
def add(request: PersonRequest, pk: int) -> HttpResponse:
    """A task that the reading left out, from lines of the document or typed, with the reason."""
    found = visible_proposal(request, pk)
    if found.withdrawn_at:
        raise Refused("这次导入已经撤回")
    items = list(found.items.exclude(decision=Item.Decision.MERGED).order_by("position"))
    lines = drafts.lines_left_out(found.text, [(item.start, item.end) for item in items])[:LINES_TO_CHOOSE]
    form = AddForm(
        request.POST or None, lines=lines, serial=max(item.serial for item in items) + 1,
        preset=(number(request.GET.get("from")), number(request.GET.get("to"))),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            item = corrections.add(
                found, passage=form.passage, issue=data["issue"], serial=data["serial"], reason=data["reason"],
                by=request.user,
            )  # fmt: skip
        except Stale:
            raise
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"已补录{item}，请核对")
            return redirect("proposal_item", pk, item.position)
    context = {"proposal": found, "form": form}
    return render(request, "intake/add.html", context, status=422 if form.errors else 200)


@require_POST
def split(request: PersonRequest, pk: int, position: int) -> HttpResponse:
    """Cut one item in two at the chosen line."""
    at = number(request.POST.get("at")) or 0

    def cut(item: Item, seen: stale.Values) -> str:
        return f"已拆出{corrections.split(item, at, by=request.user, seen=seen)}，请核对"

    return _correct(request, pk, cut)


@require_POST
def merge(request: PersonRequest, pk: int, position: int) -> HttpResponse:
    """Join one item with the next open one."""
    following, seen_next = _seen(request, visible_proposal(request, pk), "next_base")

    def join(item: Item, seen: stale.Values) -> str:
        return f"{corrections.merge(item, by=request.user, seen=seen, seen_next=seen_next)}已并好，请核对"

    return _correct(request, pk, join, following, seen_next)


@require_POST
def restore(request: PersonRequest, pk: int, position: int) -> HttpResponse:
    """Put one item back as it was read."""
    return _correct(
        request, pk, lambda item, seen: f"{corrections.restore(item, by=request.user, seen=seen)}已恢复为原文"
    )


def _correct(
    request: PersonRequest,
    pk: int,
    correct: Callable[[Item, stale.Values], str],
    other: Item | None = None,
    seen_other: stale.Values | None = None,
) -> HttpResponse:
    found = visible_proposal(request, pk)
    item, shown = _seen(request, found)
    try:
        messages.success(request, correct(item, shown))
    except Stale as refused:
        item.refresh_from_db()
        if other and seen_other and stale.values_of(item) == shown:
            item, shown = other, seen_other
        return _changed(request, found, item, shown, refused)
    except Refused as refused:
        messages.error(request, refused.reason)
    return redirect("proposal_item", pk, item.position)


def _changed(
    request: PersonRequest, found: Proposal, item: Item, then: stale.Values, refused: Stale, **typed: Any
) -> HttpResponse:
    """The item's page after a decision on a stale one: what was seen beside what stands there now, and what was typed."""
    item.refresh_from_db()
    if not item.is_pending or found.withdrawn_at:
        raise refused
    rows = stale.rows(then, now := stale.values_of(item), then)
    base = stale.sealed(now)
    return item_page(request, found, item.position, 409, rows=rows, refusal=refused.reason, base=base, **typed)


@require_POST
def accept(request: PersonRequest, pk: int, position: int) -> HttpResponse:
    """Put one row into the ledger and go on to the next open one."""
    found = visible_proposal(request, pk)
    item, shown = _seen(request, found)
    places = Unit.objects.filter(kind=Kind.PLACE, up__ancestor=found.inspection.place)
    form = AcceptForm(request.POST, places=places)
    place = form.cleaned_data["place"] if form.is_valid() else None
    try:
        done = actions.accept(item, by=request.user, place=place, seen=shown)
    except Stale as refused:
        return _changed(request, found, item, shown, refused, **({"place": place} if place else {}))
    messages.success(request, f"{done}已入账：{done.task}")
    return redirect("proposal", pk)


@require_POST
def reject(request: PersonRequest, pk: int, position: int) -> HttpResponse:
    """Keep one row out, with the reason."""
    found = visible_proposal(request, pk)
    item, shown = _seen(request, found)
    form = RejectForm(request.POST)
    if not form.is_valid():
        raise Refused("不入账要写明理由")
    reason = form.cleaned_data["reason"]
    try:
        actions.reject(item, reason, by=request.user, seen=shown)
    except Stale as refused:
        return _changed(request, found, item, shown, refused, reason=reason)
    messages.success(request, f"{item}不入账")
    return redirect("proposal", pk)


@require_http_methods(["GET", "POST"])
def accept_all(request: PersonRequest, pk: int) -> HttpResponse:
    """Put all open rows into the ledger, after a page that says what is doubtful."""
    found = visible_proposal(request, pk)
    refusal = ""
    if request.method == "POST":
        seen = stale.opened_many(request.POST.get("base", ""))
        try:
            count = actions.accept_all(found, by=request.user, seen=seen["digests"])
        except Stale as refused:
            refusal = refused.reason
        else:
            messages.success(request, f"{count}项任务已入账")
            return redirect("ledger")
    open_items = list(found.items.pending().order_by("position"))
    names = look_up({name for item in open_items for name in item.names()}, found.inspection.place)
    doubtful = [(item, doubts(item, found.warnings, names)) for item in open_items if item.doubtful]
    context = {
        "proposal": found, "count": len(open_items), "doubtful": doubtful, "refusal": refusal,
        "base": stale.sealed(stale.of_many(open_items)),
        "changed": stale.changed(found.items.select_related("decided_by").order_by("position"), seen) if refusal else [],
    }  # fmt: skip
    return render(request, "intake/accept_all.html", context, status=409 if refusal else 200)


@require_POST
def withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    """Take an import back, so that the document can be imported again."""
    actions.withdraw(visible_proposal(request, pk), by=request.user)
    messages.success(request, "已撤回，台账没有变化")
    return redirect("intake")
