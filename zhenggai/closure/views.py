from datetime import date
from typing import Any

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from zhenggai.accounts.requests import PersonRequest
from zhenggai.audit import clock
from zhenggai.closure.casefile import ZIP, case_file
from zhenggai.closure.models import ApplicationFile, StrikeOff, Verdict
from zhenggai.core import workdays
from zhenggai.documents.downloads import download
from zhenggai.ledger.models import Task
from zhenggai.ledger.states import State
from zhenggai.publicity.models import NoticeItem
from zhenggai.ui.paging import Key, page_of

STAGES = (State.SELF_CHECKED, State.IN_ACCEPTANCE, State.ACCEPTED, State.REVIEWED, State.IN_NOTICE, State.STRUCK_OFF,
          State.FILED)  # fmt: skip


@require_safe
def closure(request: PersonRequest) -> HttpResponse:
    """The tasks on their way out of the ledger, by step, and in whose hands each is."""
    mine, asked = Task.objects.visible_to(request.user), request.GET.get("state", "")
    counts = mine.by_state()
    rows = mine.filter(state=asked) if asked in STAGES else mine.filter(state__in=STAGES[:-1])
    rows = rows.for_list().order_by("state_since", "pk")
    page = page_of(rows, [Key("state_since"), Key("pk")], request.GET.get("after", ""))
    verdicts, notices = _next_verdicts(page.rows), _running_notices(page.rows)
    context = {
        "stages": [
            {"label": state.words, "count": counts.get(state, 0), "url": f"?state={state}", "current": asked == state}
            for state in STAGES
        ],
        "rows": [_row(task, verdicts.get(task.pk), notices.get(task.pk), clock.today()) for task in page.rows],
        "next": f"?state={asked}&after={page.after}" if page.after else "",
        "asked": asked,
    }
    return render(request, "closure/closure.html", context)


def _next_verdicts(tasks: list[Task]) -> dict[int, Verdict]:
    rows = Verdict.objects.next_in_line().filter(application__task__in=[task.pk for task in tasks])
    return {row.application.task_id: row for row in rows.select_related("application", "unit").order_by("pk")}


def _running_notices(tasks: list[Task]) -> dict[int, date]:
    """Until when the notice of each task runs."""
    rows = NoticeItem.objects.filter(task__in=[task.pk for task in tasks], notice__withdrawn_at__isnull=True)
    return dict(rows.order_by("pk").values_list("task_id", "notice__ends_on"))


def _row(task: Task, verdict: Verdict | None, notice_ends: date | None, today: date) -> dict[str, Any]:
    """In whose hands a task is, and how many working days of the limit it has used; counted from the next day."""
    since = timezone.localdate(task.state_since)
    limit = verdict.days if verdict else None
    return {
        "task": task,
        "verdict": verdict,
        "holder": verdict.whose if verdict else HOLDERS.get(State(task.state), ""),
        "used": max(workdays.remaining(since, today), 0),
        "limit": limit,
        "notice_ends": notice_ends if task.state == State.IN_NOTICE else None,
        "until": workdays.add(since, limit, first_counts=False).end if limit else None,
    }


HOLDERS = {
    State.SELF_CHECKED: "牵头单位",
    State.REVIEWED: "宣传报道组",
    State.IN_NOTICE: "公众",
    State.STRUCK_OFF: "市整改办",
}


@require_safe
def application_file(request: PersonRequest, pk: int, file: int) -> FileResponse:
    """One file of an application, for those who may see the task."""
    task = get_object_or_404(Task.objects.visible_to(request.user), pk=pk)
    rows = ApplicationFile.objects.select_related("stored")
    found = get_object_or_404(rows, pk=file, application__task=task)
    return download(found.stored, found.name)


@require_safe
def verdict_minutes(request: PersonRequest, pk: int, verdict: int) -> FileResponse:
    """The minutes of a level that decided collectively, for those who may see the task."""
    rows = Verdict.objects.visible_to(request.user).select_related("minutes")
    found = get_object_or_404(rows, pk=verdict, application__task=pk, minutes__isnull=False)
    assert found.minutes is not None
    return download(found.minutes, found.minutes_name)


@require_safe
def case(request: PersonRequest, pk: int) -> HttpResponseBase:
    """The case file: as it was filed, else as it is now, for those who may see the task."""
    task = get_object_or_404(Task.objects.visible_to(request.user).select_related("place", "inspection"), pk=pk)
    struck_off = get_object_or_404(StrikeOff.objects.select_related("filing__package"), task=task)
    name, filing = f"{task.number}案卷.zip", getattr(struck_off, "filing", None)
    if filing and filing.package:
        return download(filing.package, name)
    made = case_file(task)
    content = made.open("rb")
    made.unlink()  # the open file lives on until it is sent
    return FileResponse(content, as_attachment=True, filename=name, content_type=ZIP)


@require_safe
def strike_off_paper(request: PersonRequest, pk: int) -> FileResponse:
    """销号登记表, as it was made when the task was struck off."""
    task = get_object_or_404(Task.objects.visible_to(request.user), pk=pk)
    found = get_object_or_404(StrikeOff.objects.select_related("paper"), task=task, paper__isnull=False)
    assert found.paper is not None
    return download(found.paper, f"{task.number}销号登记表.docx")
