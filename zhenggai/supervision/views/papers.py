"""The papers: a book of what was issued by kind and year, and the desk on which one is written."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.requests import PersonRequest, version_seen, version_shown
from zhenggai.audit import clock
from zhenggai.documents.downloads import download
from zhenggai.documents.exports import sent_out
from zhenggai.supervision.actions import papers as writing
from zhenggai.supervision.forms.papers import NewPaperForm, PaperForm, ReturnForm, cells_of
from zhenggai.supervision.models import Meeting, Paper, Visit
from zhenggai.supervision.papers.office import DOCX, file_name
from zhenggai.supervision.papers.office import render as render_paper
from zhenggai.supervision.permissions import can_convene, can_edit_paper, can_issue
from zhenggai.supervision.views.meetings import own_place
from zhenggai.supervision.views.tabs import meeting_tabs
from zhenggai.ui import asked
from zhenggai.ui.paging import Key, page_of


@require_safe
def papers(request: PersonRequest) -> HttpResponse:
    """The papers that the person may see: by kind and year it is the book of numbers."""
    kind, year = request.GET.get("kind", ""), asked.number(request.GET.get("year"))
    kind = kind if kind in Paper.Kind.values else ""
    rows = Paper.objects.visible_to(request.user).exclude(state="discarded").select_related("place", "issued_by")
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(year=year) if year and year < 3000 else rows
    page = page_of(rows.defer("blocks").order_by("-pk"), [Key("pk", down=True)], request.GET.get("after", ""))
    address = f"?kind={kind}&year={year or ''}"
    context = {
        "tabs": meeting_tabs("papers"), "rows": page.rows, "next": f"{address}&after={page.after}" if page.after else "",
        "kinds": [("", "全部", not kind), *((value, label, value == kind) for value, label in Paper.Kind.choices)],
        "year": year or "", "kind": kind, "form": NewPaperForm() if can_convene(request.user) else None,
    }  # fmt: skip
    return render(request, "supervision/papers.html", context)


@require_POST
def draft_paper(request: PersonRequest) -> HttpResponse:
    """Draft a paper of the place, of a meeting, or of a visit."""
    visit = _visit(request)
    if visit is None and not (allowed := can_convene(request.user)):
        raise Refused(allowed.reason)
    form = NewPaperForm(request.POST)
    if not form.is_valid():
        raise Refused("请选择要起草的文种")
    place, meeting = visit.place if visit else own_place(request), None
    if pk := asked.number(request.POST.get("meeting")):
        meeting = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("place"), pk=pk)
        place = meeting.place
    paper = writing.draft_paper(place, form.cleaned_data["kind"], by=request.user, meeting=meeting, visit=visit)
    messages.success(request, f"{paper.get_kind_display()}已按今天的数据拟出，改好后再印发")
    return redirect(paper)


def _visit(request: PersonRequest) -> Visit | None:
    pk = asked.number(request.POST.get("visit"))
    rows = Visit.objects.visible_to(request.user).select_related("place")
    return get_object_or_404(rows, pk=pk) if pk else None


def _paper(request: PersonRequest, pk: int) -> Paper:
    rows = Paper.objects.visible_to(request.user).select_related(
        "place", "meeting", "visit__body__place", "drafted_by", "issued_by", "file"
    )
    found: Paper = get_object_or_404(rows, pk=pk)
    return found


@require_http_methods(["GET", "POST"])
def paper(request: PersonRequest, pk: int) -> HttpResponse:
    """One paper: while it is a draft its text is written here."""
    found = _paper(request, pk)
    edit = can_edit_paper(found, request.user)
    form = PaperForm(request.POST or None, paper=found) if edit else None
    if request.method == "POST":
        if form is None:
            raise Refused(edit.reason)
        if form.is_valid():
            try:
                writing.edit_paper(found, by=request.user, seen=version_seen(request), **form.data_of())
            except Stale:
                raise
            except Refused as refused:
                form.add_error(None, refused.reason)
            else:
                messages.success(request, "文稿已保存")
                return redirect(found)
    issue = can_issue(found, request.user)
    context = {
        "paper": found, "form": form, "seen": version_shown(request, found.version), "edit": edit, "issue": issue,
        "return_form": ReturnForm() if issue and found.state == Paper.State.SUBMITTED else None,
        "blocks": [row | {"cells": cells_of(row["table"])} for row in found.blocks],
        "is_upward": found.kind == Paper.Kind.SPECIAL,
    }  # fmt: skip
    return render(request, "supervision/paper.html", context, status=422 if form and form.errors else 200)


ACTS: dict[str, tuple[Callable[..., Any], str]] = {
    "refresh": (writing.refresh_paper, "已按今天的数据重新取数，改过的文字没有动"),
    "submit": (writing.submit_paper, "已送领导签发"),
    "return": (writing.return_paper, "已退回拟稿人"),
    "issue": (writing.issue_paper, "已印发并编号，内容不再改"),
    "discard": (writing.discard_paper, "草稿已作废，没有占号"),
}


@require_POST
def paper_act(request: PersonRequest, pk: int, name: str) -> HttpResponse:
    """Refresh, submit, return, issue or discard a paper."""
    found = _paper(request, pk)
    if name not in ACTS:
        raise Http404
    action, done = ACTS[name]
    data: dict[str, Any] = {}
    if name == "return":
        form = ReturnForm(request.POST)
        if not (allowed := can_issue(found, request.user)):
            raise Refused(allowed.reason)
        if not form.is_valid():
            raise Refused("退回要写明理由，拟稿人才知道改什么")
        data = form.cleaned_data
    changed = action(found, by=request.user, seen=version_seen(request), **data)
    messages.success(request, done)
    return redirect("papers") if name == "discard" else redirect(changed)


@require_safe
def paper_file(request: PersonRequest, pk: int) -> HttpResponse | FileResponse:
    """The .docx: the one that was issued, or the draft as it stands."""
    found = _paper(request, pk)
    if found.file is not None:
        return download(found.file, file_name(found))
    content = render_paper(found, on=clock.today())
    return sent_out(content, file_name(found), DOCX, by=request.user, what=f"{found.get_kind_display()}草稿")
