"""Visits: what is planned and was held, one visit with its tasks and its team, what is done on its page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.requests import PersonRequest, version_seen
from zhenggai.audit import clock
from zhenggai.ledger.querysets import in_scope
from zhenggai.supervision.actions import visits as going
from zhenggai.supervision.forms import visits as forms
from zhenggai.supervision.forms.meetings import ReasonForm
from zhenggai.supervision.models import Body, Paper, Session, Visit, VisitFinding, VisitTask
from zhenggai.supervision.occurrences import Occurrence, open_occurrences
from zhenggai.supervision.permissions import can_change_visit, can_plan_visits
from zhenggai.supervision.views.tabs import supervision_tabs
from zhenggai.ui.paging import Key, page_of


@require_safe
def visits(request: PersonRequest) -> HttpResponse:
    """The visits that the person may see, the latest first, each with how many tasks were looked at and were wrong."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in Visit.Kind.values else ""
    rows = Visit.objects.visible_to(request.user).select_related("place", "body", "area")
    rows = rows.filter(kind=kind) if kind else rows
    page = page_of(rows.order_by("-pk"), [Key("pk", down=True)], request.GET.get("after", ""))
    mine = in_scope(request.user, "task_id")
    planned = _counted(VisitTask.objects.filter(mine, visit__in=page.rows), n=Count("pk"))
    current = VisitFinding.objects.current().filter(mine, visit__in=page.rows)
    wrong = Count("pk", filter=~Q(result=VisitFinding.Result.AS_REPORTED))
    seen = _counted(current, n=Count("pk"), wrong=wrong)
    context = {
        "tabs": supervision_tabs("visits"), "decision": can_plan_visits(request.user),
        "rows": [(row, planned.get(row.pk, {"n": 0}), seen.get(row.pk, {"n": 0, "wrong": 0})) for row in page.rows],
        "next": f"?kind={kind}&after={page.after}" if page.after else "",
        "kinds": [("", "全部", not kind), *((value, label, value == kind) for value, label in Visit.Kind.choices)],
    }  # fmt: skip
    return render(request, "supervision/visits.html", context)


def _counted(rows: Any, **counts: Any) -> dict[int, dict[str, int]]:
    """The counts of each visit."""
    return {row["visit"]: row for row in rows.order_by().values("visit").annotate(**counts)}


@require_http_methods(["GET", "POST"])
def plan_visit(request: PersonRequest) -> HttpResponse:
    """Plan a visit; its tasks are drafted from today's ledger."""
    if not (allowed := can_plan_visits(request.user)):
        raise Refused(allowed.reason)
    today = clock.today()
    body = Body.objects.run_by(request.user).order_by("-kind", "position", "pk").first()
    initial = {"starts_on": today, "ends_on": today, "body": body, "area": body and body.place_id}
    form = forms.PlanVisitForm(request.POST or None, person=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            found = going.plan_visit(by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"已部署，按今天的台账选了{found.tasks.count()}项任务；接着确定督查组")
            return redirect(found)
    context = {"form": form, "to": "", "title": "部署督查", "label": "部署", "back": "visits", "back_label": "督查",
               "note": "任务按规则从台账里选，每项写明理由，部署以后可以增减。"}  # fmt: skip
    return render(request, "supervision/form.html", context, status=422 if form.errors else 200)


@dataclass(frozen=True)
class Act:
    """One thing that is done on a visit's page: its form, its action, and what is said when it is done."""

    form: type[Any]
    action: Callable[..., Any]
    done: str


ACTS: dict[str, Act] = {
    "change": Act(forms.ChangeVisitForm, going.change_visit, "督查安排已改"),
    "team": Act(forms.TeamForm, going.set_team, "督查组已确定"),
    "add": Act(forms.AddTaskForm, going.add_task, "任务已增加"),
    "drop": Act(forms.TaskReasonForm, going.drop_task, "任务已从这次督查里去掉"),
    "skip": Act(forms.TaskReasonForm, going.skip_task, "没有看的原因已记下"),
    "cancel": Act(ReasonForm, going.cancel_visit, "督查已取消"),
    "close": Act(forms.CloseVisitForm, going.close_visit, "督查已结束，可以起草督查通报"),
}
ON_A_TASK = ("drop", "skip")


def visit_of(request: PersonRequest, pk: int) -> Visit:
    """The visit, if the person may see it."""
    rows = Visit.objects.visible_to(request.user).select_related(
        "place", "body__place", "area", "duty__body", "planned_by", "closed_by"
    )
    found: Visit = get_object_or_404(rows, pk=pk)
    return found


@require_safe
def visit(request: PersonRequest, pk: int) -> HttpResponse:
    """One visit."""
    return render(request, "supervision/visit.html", _context(request, visit_of(request, pk)))


@require_POST
def visit_act(request: PersonRequest, pk: int, name: str) -> HttpResponse:
    """Do one thing on a visit; what was typed stays on the page when it is refused."""
    found = visit_of(request, pk)
    act = ACTS.get(name)
    if act is None:
        raise Http404
    if not (allowed := can_change_visit(found, request.user)):
        raise Refused(allowed.reason)
    form = _form(name, found, request, bound=True)
    if form.is_valid():
        try:
            data = form.data_of() if hasattr(form, "data_of") else form.cleaned_data
            act.action(found, by=request.user, seen=version_seen(request), **data)
        except Stale:
            raise
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, act.done)
            return redirect(found)
    if name in ON_A_TASK:  # their forms stand on another page
        raise Refused("；".join(str(error) for errors in form.errors.values() for error in errors))
    return render(
        request, "supervision/visit.html", _context(request, found) | {"wrong": name, "form": form}, status=422
    )


def _form(name: str, found: Visit, request: PersonRequest, *, bound: bool = False, **initial: Any) -> Any:
    given: dict[str, Any] = {"place": found.place, "person": request.user, "auto_id": f"{name}_%s", "initial": initial}
    if name == "close":
        given["choices"] = _occurrences(found)
    return ACTS[name].form(request.POST if bound else None, **given)


def _occurrences(found: Visit) -> list[Occurrence] | None:
    """The occurrences of its duty that the visit may stand for; None where it is held for none."""
    if found.duty is None:
        return None
    fulfilled = {due for due in found.duty.sessions.order_by("pk").values_list("for_due", flat=True) if due}
    return open_occurrences(found.duty, clock.today(), fulfilled)


def _context(request: PersonRequest, found: Visit) -> dict[str, Any]:
    """Everything of a visit that the person may see; tasks that it may not see are left out."""
    change = can_change_visit(found, request.user)
    mine = in_scope(request.user, "task_id")
    current = VisitFinding.objects.current().filter(mine, visit=found).select_related("demand__unit")
    findings = {row.task_id: row for row in current}
    tasks = found.tasks.filter(mine).select_related("task__place").order_by("position")
    rows = [(row, findings.get(row.task_id)) for row in tasks]
    members = list(found.members.select_related("person__unit", "unit").order_by("position"))
    seen = [finding for _, finding in rows if finding]
    on_team = any(member.person_id == request.user.pk for member in members)
    context: dict[str, Any] = {
        "visit": found, "change": change, "rows": rows, "members": members, "seen": len(seen),
        "wrong_count": sum(finding.is_wrong for finding in seen), "wrong": "",
        "skipped": sum(bool(row.skipped) for row, _ in rows), "may_find": found.is_open and (bool(change) or on_team),
        "begun": clock.today() >= found.starts_on,
        "papers": Paper.objects.visible_to(request.user).filter(visit=found).exclude(state="discarded").order_by("pk"),
        "session": Session.objects.filter(visit=found).first(),
    }  # fmt: skip
    context["may_draft"] = found.state == Visit.State.CLOSED and not context["papers"] and _may_draft(found, request)
    if change:
        names_of_team = [row.person.username if row.person else str(row.unit) for row in members]
        initial: dict[str, dict[str, Any]] = {
            "change": {"title": found.title, "starts_on": found.starts_on, "ends_on": found.ends_on,
                       "announced": found.announced},
            "team": {"names": "\n".join(names_of_team or [request.user.username])},
            "close": {"for_due": next((row.due.isoformat() for row in _occurrences(found) or ()), "")},
        }  # fmt: skip
        names = ("change", "team", "add", "cancel", "close")
        context["forms"] = {name: _form(name, found, request, **initial.get(name, {})) for name in names}
    return context


def _may_draft(found: Visit, request: PersonRequest) -> bool:
    return Visit.objects.run_by(request.user).filter(pk=found.pk).exists()
