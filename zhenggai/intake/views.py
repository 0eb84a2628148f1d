from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Kind, Unit
from zhenggai.accounts.naming import look_up
from zhenggai.accounts.requests import PersonRequest
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.documents.downloads import download
from zhenggai.intake import actions, drafts, long_readings, stale
from zhenggai.intake.doubts import doubts
from zhenggai.intake.forms import UploadForm
from zhenggai.intake.models import UNIT_FIELDS, Item, Proposal, Reading
from zhenggai.intake.passage import CONTEXT, marks_of, pieces
from zhenggai.intake.permissions import can_import
from zhenggai.intake.reading import has_pages, page_image, pages_shown
from zhenggai.ledger.actions import place_of
from zhenggai.ledger.models import DueKind, Duty, Inspection
from zhenggai.ledger.revisions import differences

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
    return item_page(request, visible_proposal(request, pk), position)


def item_page(
    request: PersonRequest, found: Proposal, position: int | None, status: int = 200, **more: Any
) -> HttpResponse:
    items = list(found.items.defer("data", "read").order_by("position"))
    order = sorted(items, key=lambda item: (not item.is_pending, not item.doubtful, not item.differs, item.position))
    current = next((item for item in items if item.position == position), None) or (order[0] if order else None)
    if current is None:
        return redirect("intake")
    context = _context(
        request, found, items, order, found.items.select_related("task", "matches", "decided_by").get(pk=current.pk)
    )
    template = "intake/_item.html" if request.htmx and not request.htmx.boosted else "intake/proposal.html"
    return render(request, template, context | more, status=status)


def visible_proposal(request: PersonRequest, pk: int) -> Proposal:
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
        "base": stale.sealed(stale.values_of(item)) if item.is_pending else "",
        "rows": [],
        "refusal": "",
        "reason": "",
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


@require_safe
def pages(request: PersonRequest, pk: int, position: int) -> HttpResponse:
    """The original's pages on which the task stands, in place of its text; the text again where there are none."""
    item = get_object_or_404(visible_proposal(request, pk).items.select_related("proposal__file"), position=position)
    numbers = pages_shown(item)[:PAGES_AT_ONCE] if has_pages(item.proposal.file_name) else []
    answer = render(request, "intake/_pages.html", {"item": item, "pk": pk, "pages": numbers})
    if not numbers:
        answer["HX-Retarget"], answer["HX-Reswap"] = "#doctool", "outerHTML"
    return answer


@require_safe
def page(request: PersonRequest, pk: int, position: int, number: int) -> HttpResponse:
    """A page of the original as a picture, with what was read of this task lit."""
    found = visible_proposal(request, pk)
    item = get_object_or_404(found.items.select_related("proposal__file"), position=position)
    picture = page_image(item, number) if number else None
    if picture is None:
        raise Http404
    return HttpResponse(picture, content_type="image/png")


@require_safe
def original(request: PersonRequest, pk: int) -> FileResponse:
    """The document as it was uploaded."""
    found = visible_proposal(request, pk)
    return download(found.file, found.file_name)
