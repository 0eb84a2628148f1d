from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Model, Prefetch, prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from zhenggai.accounts.decisions import Decision, Refused, Stale
from zhenggai.accounts.models import Person
from zhenggai.accounts.requests import PersonRequest, version_seen, version_shown
from zhenggai.audit import clock
from zhenggai.audit.models import Entry
from zhenggai.audit.verbs import words
from zhenggai.closure.flags import flags_of, hold_flags
from zhenggai.closure.permissions import none_of
from zhenggai.closure.shown import closing_of
from zhenggai.core import workdays
from zhenggai.ledger.blockers import hold_blockers
from zhenggai.ledger.lifecycle import decide as decide_step
from zhenggai.ledger.lifecycle import open_steps, performer, take
from zhenggai.ledger.models import DueKind, Duty, Extension, Inquiry, Leader, Sweep, Target, Task
from zhenggai.ledger.states import STEPS, State
from zhenggai.ledger.sweeps import answers_for
from zhenggai.ledger.views import chain_of_duty
from zhenggai.pages.supervised import supervision_of
from zhenggai.pages.views.task_parts import SAMPLES, parts_of
from zhenggai.progress.permissions import can_report
from zhenggai.progress.rounds import month_of
from zhenggai.publicity.models import Notice
from zhenggai.ui import asked

TIMELINE = 20
STRIP = (
    State.RECTIFYING, State.SELF_CHECKED, State.IN_ACCEPTANCE, State.ACCEPTED, State.REVIEWED, State.IN_NOTICE,
    State.STRUCK_OFF, State.FILED,
)  # fmt: skip


@require_safe
def task(request: PersonRequest, pk: int) -> HttpResponse:
    """One task with everything that belongs to it."""
    today = clock.today()
    found = get_object_or_404(
        Task.objects.visible_to(request.user)
        .with_schedule(today)
        .select_related("place", "inspection__place", "plan__approver", "upper__place")
        .prefetch_related("measures__milestones", Prefetch("duties", Duty.objects.shown().select_related("group"))),
        pk=pk,
    )
    _hold_parts(found, hold_flags(found), request.user)
    found.hold_measure_counts(today)
    closing = closing_of(found, request.user)
    blockers = hold_blockers(found)
    steps = open_steps(found, request.user)
    report = can_report(found, request.user, month_of(today))
    context = {
        "task": found,
        "today_date": today,
        "steps": _strip(found),
        "why": _why(found, today),
        "primary": _primary(found, steps, report, today),
        "other_steps": [(step, answer) for step, answer in steps if step.leads_back and answer],
        "chain": chain_of_duty(found),
        "blockers": [] if found.is_closed else blockers,
        "reports": found.reports.latest_versions().select_related("unit").defer("text", "measures")[:12],
        "notices": _notices(found, request.user),
        "passage": _marked(found),
        **closing,
        **parts_of(found, request.user, today),
        **supervision_of(found, request.user),
        **_timeline(found, request.GET.get("older", "")),
    }
    return render(request, "pages/task.html", context)


def _hold_parts(task: Task, flags: dict[str, bool], person: Person) -> None:
    """Keep with the task what hangs on it; what the flags deny is kept as empty and not asked for."""
    parts: dict[str, tuple[type[Model], Callable[[], str | Prefetch[Any, Any, Any]]]] = {
        "leaders": (Leader, lambda: "leaders"),
        "sweeps": (Sweep, lambda: Prefetch("sweeps__answers", answers_for(person))),
        "targets": (
            Target,
            lambda: Prefetch("targets", Target.objects.prefetch_related(Prefetch("samples", SAMPLES))),
        ),
        "extensions": (
            Extension,
            lambda: Prefetch("extensions", Extension.objects.select_related("level", "applied_by", "decided_by")),
        ),
        "inquiries": (Inquiry, lambda: Prefetch("inquiries", Inquiry.objects.with_gaps(clock.today()))),
    }
    prefetch_related_objects(
        [task], *(read() if flags[f"has_{name}"] else none_of(name, model) for name, (model, read) in parts.items())
    )


def _notices(task: Task, person: Person) -> Any:
    """The task's notices that the person may see, the latest first."""
    if not flags_of(task)["has_notices"]:
        return []
    return Notice.objects.visible_to(person).filter(items__task=task).order_by("-pk")


def _strip(task: Task) -> list[dict[str, str]]:
    """The life of the task as steps done, current and to come."""
    at = STRIP.index(State(task.state))
    since = timezone.localdate(task.state_since)
    notes = {State.RECTIFYING: f"{timezone.localdate(task.entered_at):%Y-%m-%d}挂账"}
    return [
        {
            "name": "整改中" if state is State.RECTIFYING else state.words,
            "note": notes.get(state, f"{since:%Y-%m-%d}" if position == at else ""),
            "state": "done" if position < at or task.state == State.FILED else "current" if position == at else "",
        }
        for position, state in enumerate(STRIP)
    ]


def _why(task: Task, today: date) -> list[tuple[str, str, str]]:
    """Why the limit is this day: the plan's words, how they are read, and what is left."""
    rows = [("原文", f"“{task.due_raw}”" if task.due_raw else "原文没有时限", f"{task.plan}第{task.serial}项")]
    if task.due is None:
        return [*rows, ("口径", DueKind(task.due_kind).label, "没有到期的日子")]
    kind = "工作日" if workdays.is_workday(task.due) else "休息日，按日期算，不顺延"
    rows.append(("口径", f"最后一天是{task.due:%Y-%m-%d}", f"这一天是{kind}"))
    if task.extended:
        rows.append(("延期", f"延过{task.extended}次", f"最初的时限是{task.first_due}"))
    if task.then_long_term:
        rows.append(("之后", "长期坚持", "完成后每年复核"))
    left = (task.due - today).days
    working = workdays.remaining(today, task.due)
    words_left = f"{left}天" if left >= 0 else f"已逾期{-left}天"
    rows.append(("剩余", words_left, f"{working}个工作日，从明天数起" if left > 0 else ""))
    return rows


def _primary(task: Task, steps: list[Any], report: Decision, today: date) -> dict[str, Any] | None:
    """The page's one primary action: the first step that is open to the person, else the report, else why not."""
    forward = [(step, answer) for step, answer in steps if not step.leads_back]
    for step, answer in forward:
        if answer:
            return {"label": step.label, "decision": answer, "url": f"{step.name}/",
                    "to": performer(step).goes_to(task)}  # fmt: skip
    if report:
        return {
            "label": f"报{today.month}月报告",
            "decision": report,
            "url": "report/",
            "to": "牵头单位或综合协调组审核",
        }
    if forward:
        return {"label": forward[0][0].label, "decision": forward[0][1], "url": "", "to": ""}
    return None


def _marked(task: Task) -> list[tuple[str, bool]]:
    """The source passage in pieces, the words of the limit marked."""
    mark = task.passage_marks.get("due")
    if not mark:
        return [(task.passage, False)]
    start, end = mark
    return [(task.passage[:start], False), (task.passage[start:end], True), (task.passage[end:], False)]


TONES = {"green": "is-green", "amber": "is-amber", "red": "is-red", "blue": "is-blue"}


def _line(entry: Entry) -> dict[str, Any]:
    verb = words(entry.verb)
    return {"entry": entry, "verb": verb, "tone": TONES.get(verb.tone, ""), "at": timezone.localtime(entry.at)}


def _timeline(task: Task, older: str) -> dict[str, Any]:
    rows = Entry.objects.filter(task_id=task.pk).order_by("-seq")
    if (before := asked.number(older)) is not None:
        rows = rows.filter(seq__lt=before)
    found = list(rows[: TIMELINE + 1])
    lines = [_line(entry) for entry in found[:TIMELINE]]
    return {"timeline": lines, "older": found[TIMELINE - 1].seq if len(found) > TIMELINE else None}


@require_http_methods(["GET", "POST"])
def step(request: PersonRequest, pk: int, name: str) -> HttpResponse:
    """The form of one step, and taking it. A step that is not open is refused with its reason."""
    if name not in STEPS:
        raise Http404
    taken = STEPS[name]
    task = get_object_or_404(Task.objects.visible_to(request.user).select_related("place", "inspection__place"), pk=pk)
    if not (decision := decide_step(taken, task, request.user)):
        raise (
            Stale(decision.reason)
            if request.method == "POST" and task.state not in taken.sources
            else Refused(decision.reason)
        )
    form = _form(taken, task, request)
    if request.method == "POST" and form.is_valid():
        try:
            done = take(taken, task, by=request.user, seen=version_seen(request), **form.step_data())
        except Stale:
            raise
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"{done.number}：{taken.label}已办理，现在是“{done.state_words}”")
            return redirect(task)
    context = {"task": task, "step": taken, "form": form, "to": performer(taken).goes_to(task),
               "seen": version_shown(request, task.version), **form.context()}  # fmt: skip
    return render(request, "pages/step.html", context, status=422 if form.errors else 200)


def _form(taken: Any, task: Task, request: PersonRequest) -> Any:
    made = performer(taken).form
    assert made is not None
    person: Person = request.user
    return made(request.POST or None, request.FILES or None, task=task, by=person)
