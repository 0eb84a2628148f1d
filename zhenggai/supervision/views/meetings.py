"""The meetings' pages: the list, one meeting with everything that is done on it, the decisions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count, Prefetch, Q
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Unit
from zhenggai.accounts.requests import PersonRequest, version_seen
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.documents.downloads import download
from zhenggai.ledger.querysets import in_scope
from zhenggai.supervision.actions import meetings as preparing
from zhenggai.supervision.actions import minutes
from zhenggai.supervision.forms import meetings as forms
from zhenggai.supervision.models import AgendaRow, DecidedItem, Meeting, MeetingFile, Paper
from zhenggai.supervision.permissions import can_convene, can_prepare, can_record, can_report_done, can_settle
from zhenggai.supervision.views.tabs import meeting_tabs
from zhenggai.ui.paging import Key, page_of


@require_safe
def meetings(request: PersonRequest) -> HttpResponse:
    """The meetings that the person may see, newest first."""
    rows = (
        Meeting.objects.visible_to(request.user)
        .select_related("place")
        .annotate(
            decided_count=Count("decided", distinct=True),
            open_count=Count("decided", filter=~Q(decided__state="closed"), distinct=True),
        )
        .order_by("-planned_at", "-pk")
    )
    page = page_of(rows, [Key("planned_at", down=True), Key("pk", down=True)], request.GET.get("after", ""))
    context = {"tabs": meeting_tabs("meetings"), "rows": page.rows, "after": page.after,
               "decision": can_convene(request.user)}  # fmt: skip
    return render(request, "supervision/meetings.html", context)


@require_http_methods(["GET", "POST"])
def new_meeting(request: PersonRequest) -> HttpResponse:
    """Call a meeting of the person's own place."""
    if not (allowed := can_convene(request.user)):
        raise Refused(allowed.reason)
    place, month = own_place(request), clock.today().replace(day=1)
    form = forms.NewMeetingForm(request.POST or None, place=place, person=request.user,
                                initial={"month": f"{month:%Y-%m}"})  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            meeting = preparing.draft_meeting(place, by=request.user, **form.data_of())
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"{meeting}的议程已按今天的台账拟出")
            return redirect(meeting)
    context = {"form": form, "to": "", "title": "筹备调度会议", "label": "拟出议程", "back": "meetings", "back_label": "会议",
               "note": f"{place}的会议；议程、应表态发言的单位从台账取数，拟出后可以改。"}  # fmt: skip
    return render(request, "supervision/form.html", context, status=422 if form.errors else 200)


def own_place(request: PersonRequest) -> Unit:
    """The place for which the person coordinates."""
    return Unit.objects.filter(pk__in=request.user.places_as(Role.COORDINATION)).order_by("pk")[0]


@dataclass(frozen=True)
class Act:
    """One thing that is done on a meeting's page: its form, its action, and what is said when it is done."""

    form: type[Any]
    action: Callable[..., Any]
    done: str
    of_meeting: bool = False


ACTS: dict[str, Act] = {
    "plan": Act(forms.PlanForm, preparing.plan, "会议安排已改"),
    "redraft": Act(forms.NothingForm, preparing.redraft, "已按今天的台账重新取数"),
    "add": Act(forms.ItemForm, preparing.add_item, "议题已加上"),
    "edit": Act(forms.EditItemForm, preparing.edit_item, "议题已改"),
    "drop": Act(forms.OneItemForm, preparing.drop_item, "议题已删去"),
    "move": Act(forms.MoveForm, preparing.move_item, "次序已调整"),
    "speaker": Act(forms.SpeakerForm, preparing.set_speaker, "表态发言单位已改"),
    "invite": Act(forms.InviteForm, preparing.invite, "参会单位已确定"),
    "cancel": Act(forms.ReasonForm, preparing.cancel, "会议已取消"),
    "hold": Act(forms.HoldForm, minutes.hold, "已登记召开，接着记议定事项和纪要", of_meeting=True),
    "decide": Act(forms.DecideForm, minutes.decide_item, "议定事项已记下"),
    "undecide": Act(forms.OneItemForm, minutes.drop_decided, "议定事项已删去"),
    "minutes": Act(forms.MinutesForm, minutes.minute, "纪要已形成，议定事项已交各承办单位", of_meeting=True),
}
ON_ITEMS = ("edit", "drop", "move", "undecide")


@require_safe
def meeting(request: PersonRequest, pk: int) -> HttpResponse:
    """One meeting."""
    return render(request, "supervision/meeting.html", _context(request, _meeting(request, pk)))


def _meeting(request: PersonRequest, pk: int) -> Meeting:
    rows = Meeting.objects.visible_to(request.user).select_related("place", "drafted_by", "minuted_by")
    found: Meeting = get_object_or_404(rows, pk=pk)
    return found


@require_POST
def meeting_act(request: PersonRequest, pk: int, name: str) -> HttpResponse:
    """Do one thing on a meeting; what was typed stays on the page when it is refused."""
    found = _meeting(request, pk)
    act = ACTS.get(name)
    if act is None:
        raise Http404
    allowed = can_record(found, request.user) if name in ("decide", "undecide", "minutes") else can_prepare(found, request.user)  # fmt: skip
    if not allowed:
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
    return render(
        request, "supervision/meeting.html", _context(request, found) | {"wrong": name, "form": form}, status=422
    )


def _form(name: str, found: Meeting, request: PersonRequest, *, bound: bool = False, **initial: Any) -> Any:
    given: dict[str, Any] = {"place": found.place, "person": request.user, "auto_id": f"{name}_%s", "initial": initial}
    if ACTS[name].of_meeting:
        given["meeting"] = found
    return ACTS[name].form(request.POST if bound else None, request.FILES if bound else None, **given)


def _context(request: PersonRequest, found: Meeting) -> dict[str, Any]:
    """Everything of a meeting that the person may see; rows of tasks that it may not see are left out, their count stays."""
    seen_rows = AgendaRow.objects.filter(
        Q(in_scope(request.user, "task_id"), task__isnull=False)
        | Q(decided__in=DecidedItem.objects.visible_to(request.user))
    ).order_by("position")
    prepare, writes = can_prepare(found, request.user), can_record(found, request.user)
    speakers = list(found.speakers.select_related("unit").order_by("-speaks", "position"))
    attendees = list(found.attendees.order_by("position"))
    context: dict[str, Any] = {
        "meeting": found,
        "items": list(found.items.order_by("position").prefetch_related(Prefetch("rows", seen_rows, to_attr="shown"))),
        "speakers": [row for row in speakers if row.speaks],
        "silent": [row for row in speakers if not row.speaks] if prepare or writes else [],
        "attendees": attendees,
        "decided": DecidedItem.objects.visible_to(request.user).filter(meeting=found)
        .select_related("unit", "task").order_by("position"),
        "files": found.files.select_related("stored").order_by("pk"),
        "papers": Paper.objects.visible_to(request.user).filter(meeting=found).exclude(state="discarded").order_by("pk"),
        "can_prepare": prepare,
        "can_record": writes,
        "can_draft_minutes": found.state == Meeting.State.MINUTED and can_convene(request.user)
        and found.place_id in request.user.places_as(Role.COORDINATION)
        and not found.papers.filter(kind=Paper.Kind.MINUTES).exclude(state="discarded").exists(),
        "wrong": "",
    }  # fmt: skip
    if prepare:
        initial = {"plan": forms.PlanForm.initial_of(found), "hold": {"held_on": clock.today()},
                   "invite": {"names": "\n".join(row.name for row in attendees)}}  # fmt: skip
        context["forms"] = {name: _form(name, found, request, **initial.get(name, {}))
                            for name in ("plan", "add", "speaker", "invite", "cancel", "hold")}  # fmt: skip
    elif writes:
        context["forms"] = {name: _form(name, found, request) for name in ("decide", "minutes")}
    return context


@require_safe
def meeting_file(request: PersonRequest, pk: int, file: int) -> FileResponse:
    """One file of a meeting's minutes, for those who may see the meeting."""
    rows = MeetingFile.objects.select_related("stored")
    found = get_object_or_404(rows, pk=file, meeting=_meeting(request, pk))
    return download(found.stored, found.name)


# ── decisions ────────────────────────────────────────────────────────────────
STATES = {"todo": "未办结", "closed": "已办结"}


@require_safe
def decided_items(request: PersonRequest) -> HttpResponse:
    """What meetings decided and visits demanded and is not done yet, by date; what is done."""
    state = request.GET.get("state", "")
    state = state if state in STATES else "todo"
    rows = DecidedItem.objects.visible_to(request.user).out()
    rows = rows.filter(state__in=["closed", "withdrawn"]) if state == "closed" else rows.open()
    page = page_of(rows.select_related("unit", "meeting", "finding__visit", "task").order_by("due", "pk"), [Key("due"), Key("pk")],
                   request.GET.get("after", ""))  # fmt: skip
    context = {"tabs": meeting_tabs("decided_items"), "rows": page.rows, "after": page.after, "state": state,
               "states": [(name, label, name == state) for name, label in STATES.items()]}  # fmt: skip
    return render(request, "supervision/decided_items.html", context)


@require_http_methods(["GET", "POST"])
def decided_item(request: PersonRequest, pk: int) -> HttpResponse:
    """One decision or demand: its unit reports it done here, who asked for it closes it or sends it back."""
    rows = DecidedItem.objects.visible_to(request.user).select_related(
        "unit", "meeting__place", "finding__visit__body__place", "task", "reported_by", "closed_by"
    )
    item = get_object_or_404(rows, pk=pk)
    report, settle = can_report_done(item, request.user), can_settle(item, request.user)
    form: Any = None
    if report:
        form = forms.ReportDoneForm(request.POST or None, initial={"done_on": clock.today()})
    elif settle:
        form = forms.SettleForm(request.POST or None)
    if request.method == "POST":
        if form is None:
            raise Refused(settle.reason if item.state == DecidedItem.State.REPORTED else report.reason)
        if form.is_valid():
            try:
                (minutes.report_done if report else minutes.settle)(item, by=request.user, **form.cleaned_data)
            except Stale:
                raise
            except Refused as refused:
                form.add_error(None, refused.reason)
            else:
                messages.success(request, f"已报办结，等{_checker(item)}核实" if report else "核实结果已记下")
                return redirect("decided_item", pk)
    context = {"item": item, "form": form, "report": report, "settle": settle, "checker": _checker(item)}
    return render(request, "supervision/decided_item.html", context, status=422 if form and form.errors else 200)


def _checker(item: DecidedItem) -> str:
    """Who looks whether it is done."""
    return str(item.finding.visit.body) if item.finding else "综合协调组"
