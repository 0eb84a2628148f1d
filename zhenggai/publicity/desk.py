"""Objections on the desk of those who handle them: entering, taking, reading the sender, answering."""

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.requests import PersonRequest
from zhenggai.audit import clock
from zhenggai.documents.downloads import download
from zhenggai.publicity import objections
from zhenggai.publicity.forms import AnswerForm, EnterObjectionForm, lines_of, reasons_in
from zhenggai.publicity.models import Notice, Objection, ObjectionFile
from zhenggai.publicity.permissions import can_answer, can_enter_objection, can_read_sender, can_take_objection
from zhenggai.publicity.releasing import check_words, names_for


@require_http_methods(["GET", "POST"])
def objection(request: PersonRequest, pk: int) -> HttpResponse:
    """One objection, for those who handle it; the answer is given here, once."""
    return _objection(request, pk)


def _objection(request: PersonRequest, pk: int, sender: str | None = None) -> HttpResponse:
    rows = Objection.objects.visible_to(request.user).select_related(
        "notice__place", "answered_by", "handler", "entered_by", "item__task"
    )
    found = get_object_or_404(rows, pk=pk)
    answering = request.method == "POST" and sender is None
    form = AnswerForm(request.POST if answering else None)
    lines: list[dict[str, object]] = []
    if answering and form.is_valid():
        reasons = reasons_in(request.POST)
        try:
            done = objections.answer(found, by=request.user, reasons=reasons, **form.cleaned_data)
        except Stale:
            raise
        except Refused as refused:
            form.add_error(None, refused.reason)
            names = names_for(found.notice.place, [found.notice.contact_phone])
            lines = lines_of(check_words({"答复": form.cleaned_data["text"]}, names), reasons)
        else:
            messages.success(request, f"{done}已答复：{done.get_finding_display()}")
            return redirect("objection", pk)
    items = found.notice.items.select_related("task").order_by("pk")
    context = {
        "objection": found, "form": form, "lines": lines, "sender": sender,
        "decision": can_answer(found, request.user), "take": can_take_objection(found, request.user),
        "may_read": can_read_sender(found, request.user), "files": found.files.select_related("stored").order_by("pk"),
        "items": items.filter(pk=found.item_id) if found.item_id else items,
    }  # fmt: skip
    return render(request, "publicity/objection.html", context, status=422 if form.errors else 200)


@require_POST
def take(request: PersonRequest, pk: int) -> HttpResponse:
    """Become the handler of an objection."""
    found = get_object_or_404(Objection.objects.visible_to(request.user), pk=pk)
    objections.take_objection(found, by=request.user)
    messages.success(request, f"{found}由你承办")
    return redirect("objection", pk)


@require_POST
@never_cache
def sender(request: PersonRequest, pk: int) -> HttpResponse:
    """Who sent an objection, once, to its handler; the trail tells that it was read."""
    found = get_object_or_404(Objection.objects.visible_to(request.user), pk=pk)
    return _objection(request, pk, objections.read_sender(found, by=request.user) or "没有留")


@require_safe
def file(request: PersonRequest, pk: int, file: int) -> FileResponse:
    """What came with an objection, to its handlers alone."""
    mine = Objection.objects.visible_to(request.user).filter(pk=pk)
    found = get_object_or_404(ObjectionFile.objects.filter(objection__in=mine).select_related("stored"), pk=file)
    return download(found.stored, found.name)


@require_http_methods(["GET", "POST"])
def enter_objection(request: PersonRequest, pk: int) -> HttpResponse:
    """Enter what came by letter, telephone or visit."""
    found = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    if not (allowed := can_enter_objection(found, request.user)):
        raise Refused(allowed.reason)
    form = EnterObjectionForm(
        request.POST or None, request.FILES or None, notice=found, initial={"received_on": clock.today()}
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = objections.enter_objection(found, by=request.user, **form.given())
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"已登记：{made.receipt}，{made.due_on:%Y-%m-%d}前答复")
            return redirect("objection", made.pk)
    context = {"notice": found, "form": form}
    return render(request, "publicity/enter_objection.html", context, status=422 if form.errors else 200)
