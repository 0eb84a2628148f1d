from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Kind, Unit
from zhenggai.accounts.naming import look_up
from zhenggai.accounts.requests import PersonRequest
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.documents.downloads import download
from zhenggai.intake import actions, corrections, drafts, long_readings, stale
from zhenggai.intake.doubts import doubts
from zhenggai.intake.forms import AcceptForm, AddForm, EditForm, RejectForm, UploadForm
from zhenggai.intake.models import UNIT_FIELDS, Item, Proposal, Reading
from zhenggai.intake.passage import CONTEXT, marks_of, pieces
from zhenggai.intake.permissions import can_import
from zhenggai.intake.reading import has_pages, page_image, pages_shown
from zhenggai.ledger.actions import place_of
from zhenggai.ledger.models import DueKind, Duty, Inspection
from zhenggai.ledger.revisions import differences
from zhenggai.ui.asked import number

FIELDS = (
    ("issue", "反馈问题"),
    ("goal", "整改目标"),
    ("measures", "整改措施"),
    ("deadline", "整改时限"),
    *((UNIT_FIELDS[part], Duty.Part(part).label) for part in UNIT_FIELDS),
    ("responsible_persons", "责任人"),
    ("category", "类别"),
)


PAGES_AT_ONCE = 6  # of one task


@require_http_methods(["GET", "POST"])
def intake(request: PersonRequest) -> HttpResponse:
    """What was imported, and the form for a new document."""
    if not (allowed := can_import(request.user)):
        raise Refused(allowed.reason)
    form = UploadForm(request.POST or None, request.FILES or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            found = long_readings.propose(
                form.cleaned_data["file"].content, form.cleaned_data["file"].name, _inspection(form, request),
                by=request.user, revises=form.cleaned_data["revises"],
            )  # fmt: skip
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            return redirect("proposal" if isinstance(found, Proposal) else "reading", found.pk)
    proposals = (
        Proposal.objects.visible_to(request.user).with_counts().select_related("inspection", "created_by")
        .defer("text", "warnings").order_by("-pk")[:50]
    )  # fmt: skip
    readings = Reading.objects.visible_to(request.user).told().select_related("created_by")[:10]
    status = 422 if form.errors else 200
    context = {"form": form, "proposals": proposals, "readings": readings}
    return render(request, "intake/intake.html", context, status=status)


@require_safe
def reading(request: PersonRequest, pk: int) -> HttpResponse:
    """A document that is being read: asks again by itself, and goes on to the proposal when it is there."""
    found = get_object_or_404(Reading.objects.visible_to(request.user).select_related("created_by"), pk=pk)
    if found.proposal_id:
        return (
            HttpResponseClientRedirect(reverse("proposal", args=[found.proposal_id]))
            if request.htmx
            else redirect("proposal", found.proposal_id)
        )
    taken = int(((found.ended_at or clock.now()) - found.created_at).total_seconds())
    template = "intake/_reading.html" if request.htmx and not request.htmx.boosted else "intake/reading.html"
    return render(request, template, {"reading": found, "minutes": taken // 60, "seconds": taken % 60})


@require_POST
def read_again(request: PersonRequest, pk: int) -> HttpResponse:
    """Begin a reading once more that was lost or refused."""
    found = get_object_or_404(Reading.objects.visible_to(request.user), pk=pk)
    try:
        begun = long_readings.again(found, by=request.user)
    except Refused as refused:
        messages.error(request, refused.reason)
        return redirect("reading", pk)
    return redirect("proposal" if isinstance(begun, Proposal) else "reading", begun.pk)


def _inspection(form: UploadForm, request: PersonRequest) -> Inspection | actions.NewInspection:
    data = form.cleaned_data
    place = Unit.objects.get(pk=request.user.places_as(Role.COORDINATION)[0])
    return data["inspection"] or actions.NewInspection(place, data["name"], data["number_prefix"], data["kind"])


@require_safe
def proposal(request: PersonRequest, pk: int, position: int | None = None) -> HttpResponse:
    """One proposed task beside its passage; doubtful ones come first."""
    found = _proposal(request, pk)
    items = list(found.items.defer("data", "read").order_by("position"))
    order = sorted(items, key=lambda item: (not item.is_pending, not item.doubtful, not item.differs, item.position))
    current = next((item for item in items if item.position == position), None) or (order[0] if order else None)
    if current is None:
        return redirect("intake")
    context = _context(
        request, found, items, order, found.items.select_related("task", "matches", "decided_by").get(pk=current.pk)
    )
    template = "intake/_item.html" if request.htmx and not request.htmx.boosted else "intake/proposal.html"
    return render(request, template, context)


def _proposal(request: PersonRequest, pk: int) -> Proposal:
    rows = Proposal.objects.visible_to(request.user).select_related(
        "inspection__place", "plan", "revises", "created_by", "file"
    )
    return get_object_or_404(rows, pk=pk)


def _context(
    request: PersonRequest, found: Proposal, items: list[Item], order: list[Item], item: Item
) -> dict[str, Any]:
    names = look_up(item.names(), found.inspection.place)
    doubtful = doubts(item, found.warnings, names)
    edited = drafts.changed_fields(item.read, item.data) if item.is_edited else []
    at = order.index(next(row for row in order if row.pk == item.pk))
    city = found.inspection.place
    new = actions.new_task(item, found.text, names)
    return {
        "proposal": found,
        "item": item,
        "order": order,
        "done": sum(not row.is_pending for row in items),
        "total": len(items),
        "changed_count": sum(row.is_pending and row.differs for row in items),
        "doubt_count": sum(row.is_pending and row.doubtful for row in items),
        "pieces": pieces(found.text, item.start, item.end, marks_of(item.data)),
        "before": found.text[max(item.start - CONTEXT, 0) : item.start],
        "after": found.text[item.end : item.end + CONTEXT],
        "has_pages": has_pages(found.file_name),
        "as_text": request.GET.get("view") == "text",
        "fields": [_field(item, name, label, doubtful, names, edited) for name, label in FIELDS],
        "edited": edited,
        "doubts": doubtful,
        "previous": order[at - 1] if at else None,
        "next": order[at + 1] if at + 1 < len(order) else None,
        "places": Unit.objects.filter(kind=Kind.PLACE, up__ancestor=city).order_by("position", "pk"),
        "place": item.matches.place if item.matches else place_of(new.duties, city),
        "differences": differences(item.matches, new) if item.matches and item.is_pending else [],
        "left_out": found.left_out() if found.revises else [],
        "can_withdraw": found.withdrawn_at is None and not any(row.decision == Item.Decision.ACCEPTED for row in items),
    }


def _field(
    item: Item, name: str, label: str, doubtful: list[Any], names: dict[str, Any], edited: list[str]
) -> dict[str, Any]:
    marks = [(start, end) for start, end, field in marks_of(item.data) if field == name]
    value = item.data.get(name)
    deadline = value if name == "deadline" else None
    return {
        "name": name,
        "label": label,
        "value": value,
        "deadline": deadline and {**deadline, "words": DueKind(deadline["kind"]).label},
        "units": [(raw, names[raw]) for raw in value or []] if name in UNIT_FIELDS.values() else None,
        "start": marks[0][0] if marks else None,
        "end": marks[-1][1] if marks else None,
        "doubts": [doubt.message for doubt in doubtful if doubt.field == name],
        "edited": name in edited,
    }


@require_http_methods(["GET", "POST"])
def edit(request: PersonRequest, pk: int, position: int) -> HttpResponse:
    """Other values than the document's, with the reason; and where to cut the item in two or join it with the next."""
    found = _proposal(request, pk)
    item = get_object_or_404(found.items, position=position)
    if not item.is_pending or found.withdrawn_at:
        raise Refused(f"{item}{item.get_decision_display()}，不能再改" if not item.is_pending else "这次导入已经撤回")
    shown = stale.opened(request.POST.get("base", "")) if request.method == "POST" else stale.values_of(item)
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
            return redirect("proposal_item", pk, position)
    return _edit_page(request, found, item, form, shown, 422 if form.errors else 200)


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
    context = {
        "proposal": found, "item": item, "form": form, "base": stale.sealed(shown), **more,
        "following": found.items.pending().filter(position__gt=item.position).order_by("position").first(),
        "lines": [] if item.is_edited else drafts.lines_of(found.text, item.start, item.end),
        "passage": found.text[item.start : item.end],
    }  # fmt: skip
    return render(request, "intake/edit.html", context, status=status)


LINES_TO_CHOOSE = 2000


@require_http_methods(["GET", "POST"])
def add(request: PersonRequest, pk: int) -> HttpResponse:
    """A task that the reading left out, from lines of the document or typed, with the reason."""
    found = _proposal(request, pk)
    if found.withdrawn_at:
        raise Refused("这次导入已经撤回")
    items = list(found.items.exclude(decision=Item.Decision.MERGED).order_by("position"))
    lines = drafts.lines_left_out(found.text, [(item.start, item.end) for item in items])[:LINES_TO_CHOOSE]
    form = AddForm(request.POST or None, lines=lines, serial=max(item.serial for item in items) + 1)
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
    return _correct(request, pk, position, lambda item: f"已拆出{corrections.split(item, at, by=request.user)}，请核对")


@require_POST
def merge(request: PersonRequest, pk: int, position: int) -> HttpResponse:
    """Join one item with the next open one."""
    return _correct(request, pk, position, lambda item: f"{corrections.merge(item, by=request.user)}已并好，请核对")


@require_POST
def restore(request: PersonRequest, pk: int, position: int) -> HttpResponse:
    """Put one item back as it was read."""
    return _correct(request, pk, position, lambda item: f"{corrections.restore(item, by=request.user)}已恢复为原文")


def _correct(request: PersonRequest, pk: int, position: int, correct: Callable[[Item], str]) -> HttpResponse:
    item = get_object_or_404(_proposal(request, pk).items, position=position)
    try:
        messages.success(request, correct(item))
    except Stale:
        raise
    except Refused as refused:
        messages.error(request, refused.reason)
    return redirect("proposal_item", pk, position)


@require_POST
def accept(request: PersonRequest, pk: int, position: int) -> HttpResponse:
    """Put one row into the ledger and go on to the next open one."""
    found = _proposal(request, pk)
    item = get_object_or_404(found.items, position=position)
    places = Unit.objects.filter(kind=Kind.PLACE, up__ancestor=found.inspection.place)
    form = AcceptForm(request.POST, places=places)
    place = form.cleaned_data["place"] if form.is_valid() else None
    done = actions.accept(item, by=request.user, place=place)
    messages.success(request, f"{done}已入账：{done.task}")
    return redirect("proposal", pk)


@require_POST
def reject(request: PersonRequest, pk: int, position: int) -> HttpResponse:
    """Keep one row out, with the reason."""
    item = get_object_or_404(_proposal(request, pk).items, position=position)
    form = RejectForm(request.POST)
    if not form.is_valid():
        raise Refused("不入账要写明理由")
    actions.reject(item, form.cleaned_data["reason"], by=request.user)
    messages.success(request, f"{item}不入账")
    return redirect("proposal", pk)


@require_http_methods(["GET", "POST"])
def accept_all(request: PersonRequest, pk: int) -> HttpResponse:
    """Put all open rows into the ledger, after a page that says what is doubtful."""
    found = _proposal(request, pk)
    if request.method == "POST":
        count = actions.accept_all(found, by=request.user)
        messages.success(request, f"{count}项任务已入账")
        return redirect("ledger")
    open_items = list(found.items.pending().order_by("position"))
    names = look_up({name for item in open_items for name in item.names()}, found.inspection.place)
    doubtful = [(item, doubts(item, found.warnings, names)) for item in open_items if item.doubtful]
    context = {"proposal": found, "count": len(open_items), "doubtful": doubtful}
    return render(request, "intake/accept_all.html", context)


@require_POST
def withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    """Take an import back, so that the document can be imported again."""
    actions.withdraw(_proposal(request, pk), by=request.user)
    messages.success(request, "已撤回，台账没有变化")
    return redirect("intake")


@require_safe
def pages(request: PersonRequest, pk: int, position: int) -> HttpResponse:
    """The original's pages on which the task stands, in place of its text; the text again where there are none."""
    item = get_object_or_404(_proposal(request, pk).items.select_related("proposal__file"), position=position)
    numbers = pages_shown(item)[:PAGES_AT_ONCE] if has_pages(item.proposal.file_name) else []
    answer = render(request, "intake/_pages.html", {"item": item, "pk": pk, "pages": numbers})
    if not numbers:
        answer["HX-Retarget"], answer["HX-Reswap"] = "#doctool", "outerHTML"
    return answer


@require_safe
def page(request: PersonRequest, pk: int, position: int, number: int) -> HttpResponse:
    """A page of the original as a picture, with what was read of this task lit."""
    found = _proposal(request, pk)
    item = get_object_or_404(found.items.select_related("proposal__file"), position=position)
    picture = page_image(item, number) if number else None
    if picture is None:
        raise Http404
    return HttpResponse(picture, content_type="image/png")


@require_safe
def original(request: PersonRequest, pk: int) -> FileResponse:
    """The document as it was uploaded."""
    found = _proposal(request, pk)
    return download(found.file, found.file_name)
