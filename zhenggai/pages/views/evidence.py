"""Looking at files that were handed in: one by one, all of a task, the photos of two months side by side."""

from datetime import date
from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.requests import PersonRequest
from zhenggai.accounts.roles import Role
from zhenggai.documents.downloads import download
from zhenggai.documents.models import FileAlarm, StoredFile
from zhenggai.documents.previews import LARGE_SIDE, SMALL_SIDE, picture_of, preview_of
from zhenggai.documents.shown import ShownFile, shown
from zhenggai.ledger.models import Task
from zhenggai.pages.evidence import Evidence, alarms_for, evidence_of, find, months_with_photos, photos_of, uses_of
from zhenggai.progress.models import month_words

MENDED = 20  # alarms that are over, on the page of alarms


def _found(request: PersonRequest, kind: str, pk: int) -> tuple[Evidence, list[int]]:
    if not (found := find(request.user, kind, pk)):
        raise Http404
    return found


@require_safe
def evidence(request: PersonRequest, kind: str, pk: int) -> HttpResponse:
    """One file as pictures or words, between the others that came with it; its versions beside it."""
    row, together = _found(request, kind, pk)
    at = together.index(pk)
    same = [one for one in evidence_of(row.task, [row.name]) if (one.kind, one.pk) != (kind, pk)]
    file = shown([row], kind)[0]
    preview = preview_of(row.stored, row.name)
    context = {
        "row": row, "file": file, "preview": preview, "pages": range(1, preview.pages + 1), "same": same,
        "previous": together[at - 1] if at else None,
        "next": together[at + 1] if at + 1 < len(together) else None,
        "place": f"第{at + 1}个，共{len(together)}个",
    }  # fmt: skip
    return render(request, "pages/evidence.html", context)


@require_safe
def evidence_page(request: PersonRequest, kind: str, pk: int, number: int) -> HttpResponse:
    """Page `number` of a file as a picture that we made: bare pixels, in a response that can do nothing else."""
    row, _ = _found(request, kind, pk)
    side = SMALL_SIDE if request.GET.get("small") else LARGE_SIDE
    picture = picture_of(row.stored, row.name, number, side)
    if picture is None:
        raise Http404
    response = HttpResponse(picture, content_type="image/jpeg")
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline"
    return response


@require_safe
def evidence_download(request: PersonRequest, kind: str, pk: int) -> FileResponse:
    row, _ = _found(request, kind, pk)
    return download(row.stored, row.name)


@require_safe
def task_evidence(request: PersonRequest, pk: int) -> HttpResponse:
    """Every file that was handed in on a task."""
    task = get_object_or_404(Task.objects.visible_to(request.user).select_related("place"), pk=pk)
    rows = evidence_of(task)
    facts: dict[tuple[str, int], ShownFile] = {}
    for kind in {row.kind for row in rows}:
        facts |= {(kind, file.pk): file for file in shown([row for row in rows if row.kind == kind], kind)}
    lines = [{"row": row, "file": facts[row.kind, row.pk]} for row in rows]
    return render(request, "pages/task_evidence.html", {"task": task, "lines": lines})


@require_safe
def task_photos(request: PersonRequest, pk: int) -> HttpResponse:
    """The photos of two months side by side: the newest two, unless others are asked for."""
    task = get_object_or_404(Task.objects.visible_to(request.user).select_related("place"), pk=pk)
    months = months_with_photos(task)
    right = _month(request.GET.get("right"), months) or (months[0] if months else None)
    earlier = [month for month in months if right and month < right]
    left = _month(request.GET.get("left"), months) or (earlier[0] if earlier else None)
    sides = [_side(task, name, month) for name, month in (("left", left), ("right", right))]
    choices = [(f"{month:%Y-%m}", month_words(month)) for month in months]
    return render(request, "pages/task_photos.html", {"task": task, "sides": sides, "months": choices})


def _month(words: str | None, months: list[date]) -> date | None:
    return next((month for month in months if f"{month:%Y-%m}" == words), None)


def _side(task: Task, name: str, month: date | None) -> dict[str, Any]:
    rows = photos_of(task, month) if month else []
    words = month_words(month) if month else ""
    files = list(zip(rows, shown(rows, "report"), strict=True))
    return {"name": name, "month": f"{month:%Y-%m}" if month else "", "words": words, "files": files}


@require_safe
def file_alarms(request: PersonRequest) -> HttpResponse:
    """Stored files that are not what was received, for who sees to them; and how far the daily check has come."""
    if not request.user.holds(Role.SYSTEM_ADMIN, Role.COORDINATION):
        raise Refused("文件告警由系统管理员和综合协调组查看")
    alarms = list(alarms_for(request.user).select_related("stored").order_by("-found_at", "-pk")[:200])
    uses = uses_of([alarm.stored_id for alarm in alarms], request.user)
    is_system = request.user.holds(Role.SYSTEM_ADMIN)
    context = {
        "lines": [{"alarm": alarm, "uses": uses.get(alarm.stored_id, [])} for alarm in alarms],
        "mended": FileAlarm.objects.exclude(mended_at=None).select_related("stored").order_by("-mended_at")[:MENDED]
        if is_system
        else [],
        "oldest": StoredFile.objects.order_by("checked_at").values_list("checked_at", flat=True).first(),
        "unread": StoredFile.objects.filter(checked_at__isnull=True)[:1000].count(),
        "is_system": is_system,
    }
    return render(request, "pages/file_alarms.html", context)
