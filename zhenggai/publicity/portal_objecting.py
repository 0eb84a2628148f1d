"""The citizen's objection: the form, its receipt, and what became of it. These pages carry a question or a person's own
words, so none of them is kept in a cache."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from zhenggai.accounts.decisions import Refused
from zhenggai.audit import clock
from zhenggai.audit.middleware import address_of
from zhenggai.publicity import challenge
from zhenggai.publicity.forms import ObjectionForm
from zhenggai.publicity.models import Notice, Objection
from zhenggai.publicity.objections import object_to as take_in
from zhenggai.publicity.objections import why_not_running
from zhenggai.publicity.public_page import page
from zhenggai.publicity.uploads import MOST_BYTES, PublicUploadHandler
from zhenggai.ui.asked import words as words_of


@login_not_required
@never_cache
@csrf_exempt  # nobody is signed in here, and the question is bound to this notice and good once
@require_http_methods(["GET", "HEAD", "POST"])
def object_to(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of an objection to a notice; sent, it answers with a receipt number."""
    found = get_object_or_404(Notice.objects.published(), pk=pk)
    if request.method != "POST":
        return _form(request, found, ObjectionForm(notice=found))
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        raise RequestDataTooBig(f"{MOST_BYTES} bytes at most")
    request.upload_handlers = [PublicUploadHandler(request)]
    form = ObjectionForm(request.POST, request.FILES, notice=found)
    if not form.is_valid():
        return _form(request, found, form, status=422)
    if form.cleaned_data["website"]:  # only a program fills in what people do not see
        return redirect("portal_notice", pk)
    try:
        objection = take_in(found, address=address_of(request), **form.given())
    except Refused as refused:
        form.add_error(None, refused.reason)
        return _form(request, found, form, status=422)
    return redirect(reverse("portal_receipt", args=[objection.receipt]) + "?new=1")


def _form(request: HttpRequest, notice: Notice, form: ObjectionForm, status: int = 200) -> HttpResponse:
    """The form with a new question, so that an answer is never given twice; what was typed stays."""
    today, question = clock.today(), challenge.ask(notice.pk)
    form.data = {name: form.data.get(name) for name in form.data} | {"sum": ""}
    context = {
        "notice": notice, "form": form, "question": question, "running": notice.is_running(today),
        "why_not": "" if notice.is_running(today) else why_not_running(notice, today),
        "objection_days": notice.rulebook.rules.objection_days,
    }  # fmt: skip
    return page(request, "portal/object.html", "portal_object_where", context, status)


@login_not_required
@never_cache
@require_safe
def find_receipt(request: HttpRequest) -> HttpResponse:
    """From the number that a person typed to its page."""
    number = words_of(request.GET.get("receipt"), 24).upper()
    if Objection.objects.filter(receipt=number).exists():
        return redirect("portal_receipt", number)
    return page(request, "portal/receipt_unknown.html", "portal_object_where", {"number": number}, status=404)


@login_not_required
@never_cache
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """What became of an objection: where it stands, and the answer. Neither its text nor its sender."""
    found = get_object_or_404(Objection.objects.select_related("notice", "item"), receipt=number)
    context = {"objection": found, "is_new": request.GET.get("new") == "1", "today": clock.today()}
    return page(request, "portal/receipt.html", "portal_object_where", context)
