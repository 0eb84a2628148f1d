"""Site verification on a phone: today's sites on one page that works without a signal, and taking in what it sends."""

from pathlib import Path
from uuid import uuid4

from django.contrib import messages
from django.http import FileResponse, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_POST, require_safe

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.requests import PersonRequest
from zhenggai.audit import clock
from zhenggai.closure import sites
from zhenggai.closure.forms import SiteCheckForm
from zhenggai.closure.models import SiteCheck, SitePhoto, Verdict
from zhenggai.documents.downloads import download
from zhenggai.ledger.models import Task

MOST = 40  # sites on one page: more than a person visits in a day
WORKER = Path(__file__).parent / "field_worker.js"


@require_safe
def field(request: PersonRequest) -> HttpResponse:
    """The sites that this person has to visit, each with its form; and what was seen today."""
    waiting = (
        Verdict.objects.waiting_for(request.user).filter(visit=True)
        .select_related("application__task__place", "unit").prefetch_related("site_checks__by").order_by("pk")[:MOST]
    )  # fmt: skip
    rows = [{"verdict": row, "task": row.application.task, "form": _form(row)} for row in waiting]
    done = SiteCheck.objects.filter(by=request.user, received_at__date=clock.today()).select_related("task")
    return render(request, "closure/field.html", {"rows": rows, "done": done.order_by("-pk")})


def _form(verdict: Verdict) -> SiteCheckForm:
    """An empty form of its own number, for a browser without script; with it every visit gets its number when it is kept."""
    return SiteCheckForm(initial={"client_id": uuid4()}, auto_id=f"id_{verdict.pk}_%s", label_suffix="")


@require_safe
def worker(request: PersonRequest) -> HttpResponse:
    """The service worker of /field/: served from there because its place is its scope."""
    assets = [static("dist/app.css"), static("dist/main.js")]
    text = WORKER.read_text(encoding="utf-8").replace("ASSETS_HERE", ", ".join(f'"{asset}"' for asset in assets))
    response = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_POST
def check_site(request: PersonRequest, pk: int) -> HttpResponse:
    """Take in one visit. A phone asks for JSON and gets what went wrong in words; a plain form comes back to the page."""
    verdict = get_object_or_404(Verdict.objects.visible_to(request.user).select_related("unit"), pk=pk)
    form = SiteCheckForm(request.POST, request.FILES)
    wants_json = "application/json" in request.headers.get("Accept", "")
    if not form.is_valid():
        said = "；".join(str(error) for errors in form.errors.values() for error in errors)
        if wants_json:
            return JsonResponse({"error": said}, status=422)
        raise Refused(said)
    data = dict(form.cleaned_data)
    photos = data.pop("photos")
    try:
        made = sites.check_site(verdict, sites.Seen(**data), photos, by=request.user)
    except Refused as refused:
        if wants_json:
            return JsonResponse({"error": refused.reason}, status=409)
        raise
    if wants_json:
        return JsonResponse({"received": str(made.client_id)})
    messages.success(request, f"{made.task.number}的现场核查已收到")
    return redirect("field")


@require_safe
def site_photo(request: PersonRequest, pk: int, photo: int) -> FileResponse:
    """One photo of a site check, for those who may see the task."""
    task = get_object_or_404(Task.objects.visible_to(request.user), pk=pk)
    found = get_object_or_404(SitePhoto.objects.select_related("stored"), pk=photo, check_made__task=task)
    return download(found.stored, found.name)
