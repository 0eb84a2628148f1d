"""Standing duties and the leading group: what was due, held and missed in a span, and the one place to record it."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, Q
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Unit
from zhenggai.accounts.requests import PersonRequest
from zhenggai.audit import clock
from zhenggai.documents.downloads import download
from zhenggai.ledger.querysets import in_scope
from zhenggai.supervision.actions import duties as owing
from zhenggai.supervision.forms.duties import BodyForm, DutyForm, EndForm, SessionForm
from zhenggai.supervision.models import Body, Session, SessionFile, SessionTask, StandingDuty
from zhenggai.supervision.occurrences import Account, account, open_occurrences
from zhenggai.supervision.permissions import can_convene, can_keep_bodies, can_record_session
from zhenggai.supervision.views.meetings import own_place
from zhenggai.supervision.views.tabs import supervision_tabs
from zhenggai.ui import asked
from zhenggai.ui.paging import Key, page_of


def _span(request: PersonRequest) -> tuple[date, date]:
    """The span that was asked for, else this year to today; at most ten years."""
    today = clock.today()
    try:
        first = date.fromisoformat(request.GET.get("first", ""))
        last = date.fromisoformat(request.GET.get("last", ""))
    except ValueError:
        return today.replace(month=1, day=1), today
    return (first, last) if first <= last and (last - first).days < 3660 and first.year > 2000 else (today, today)


def _accounts(duties: list[StandingDuty], first: date, last: date) -> list[Account]:
    """Each duty's account of the span; its sessions come in one statement."""
    rows = Session.objects.filter(Q(held_on__range=(first, last)) | Q(for_due__range=(first, last)), duty__in=duties)
    sessions: dict[int, list[Session]] = {}
    for session in rows.order_by("held_on", "pk"):
        sessions.setdefault(session.duty_id, []).append(session)
    return [account(duty, first, last, sessions.get(duty.pk, [])) for duty in duties]


@require_safe
def standing_duties(request: PersonRequest) -> HttpResponse:
    """Per body what was due, held, late and missed in the span, and the words that a notice can quote."""
    first, last = _span(request)
    today = clock.today()
    rows = StandingDuty.objects.visible_to(request.user).in_force(first, last).select_related("unit", "body", "place")
    page = page_of(rows.order_by("pk"), [Key("pk")], request.GET.get("after", ""))
    lines = [_line(found, today) for found in _accounts(page.rows, first, min(last, today))]
    recordable = set(StandingDuty.objects.recordable_by(request.user).filter(
        pk__in=[duty.pk for duty in page.rows]).values_list("pk", flat=True))  # fmt: skip
    for line in lines:
        line["can_record"] = line["duty"].pk in recordable
    context = {
        "tabs": supervision_tabs("standing_duties"), "lines": lines, "first": first, "last": last, "quote": _quote(lines),
        "after": page.after, "decision": can_convene(request.user), "anything": bool(recordable),
    }  # fmt: skip
    return render(request, "supervision/duties.html", context)


def _line(found: Account, today: date) -> dict[str, Any]:
    counts = {state: found.count(state, today) for state in ("held", "late", "missed", "open")}
    return {"duty": found.duty, "due": len(found.occurrences) - counts["open"], "sessions": found.held,
            "extra": found.extra, "missed_dates": [row.due for row in found.occurrences if row.state(today) == "missed"],
            **counts}  # fmt: skip


def _quote(lines: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """How often each body met, for a notice: 市委常委会：研究会议7次."""
    counts: dict[str, dict[str, int]] = {}
    for line in lines:
        kinds = counts.setdefault(str(line["duty"].owner), {})
        words = line["duty"].get_kind_display()
        kinds[words] = kinds.get(words, 0) + line["sessions"]
    return [
        (owner, "，".join(f"{words}{count}次" for words, count in kinds.items())) for owner, kinds in counts.items()
    ]


@require_safe
def standing_duty(request: PersonRequest, pk: int) -> HttpResponse:
    """One duty with each of its occurrences in the span."""
    duty = _duty(request, pk)
    first, last = _span(request)
    today = clock.today()
    found = _accounts([duty], first, last)[0]
    extra = Session.objects.filter(duty=duty, for_due__isnull=True, held_on__range=(first, last)).order_by(
        "held_on", "pk"
    )
    context = {
        "duty": duty, "first": first, "last": last, "extra": extra, "line": _line(found, today),
        "rows": [(row, row.state(today)) for row in reversed(found.occurrences) if row.opens <= today],
        "can_record": can_record_session(duty, request.user), "can_end": can_keep_bodies(duty.place, request.user),
        "form": EndForm(initial={"ends_on": today}), "record_url": f"{reverse('record_session')}?duty={duty.pk}",
    }  # fmt: skip
    return render(request, "supervision/duty.html", context)


def _duty(request: PersonRequest, pk: int) -> StandingDuty:
    rows = StandingDuty.objects.visible_to(request.user).select_related("unit", "body", "place", "set_by")
    found: StandingDuty = get_object_or_404(rows, pk=pk)
    return found


@require_http_methods(["GET", "POST"])
def set_duty(request: PersonRequest) -> HttpResponse:
    """Put down what a body of the person's place owes."""
    if not (allowed := can_convene(request.user)):
        raise Refused(allowed.reason)
    place = own_place(request)
    form = DutyForm(request.POST or None, place=place, person=request.user, initial={"starts_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            duty = owing.set_duty(place, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"已登记：{duty}，{duty.cadence.words}")
            return redirect("standing_duties")
    context = {"form": form, "to": "", "title": "登记常态化职责", "label": "登记", "back": "standing_duties",
               "back_label": "常态化职责", "note": f"{place}；登记后不能改，只能终止：已经欠下的照样算。"}  # fmt: skip
    return render(request, "supervision/form.html", context, status=422 if form.errors else 200)


@require_POST
def end_duty(request: PersonRequest, pk: int) -> HttpResponse:
    duty = _duty(request, pk)
    if not (allowed := can_keep_bodies(duty.place, request.user)):
        raise Refused(allowed.reason)
    form = EndForm(request.POST)
    if not form.is_valid():
        raise Refused("终止职责要写明日期和理由")
    owing.end_duty(duty, by=request.user, **form.cleaned_data)
    messages.success(request, "已终止")
    return redirect("standing_duty", pk)


MOST_CHOICES = 200


@require_http_methods(["GET", "POST"])
def record_session(request: PersonRequest) -> HttpResponse:
    """The one place to record a session: first which duty, then what was held."""
    mine = StandingDuty.objects.recordable_by(request.user).select_related("unit", "body", "place")
    pk = asked.number(request.POST.get("duty") or request.GET.get("duty"))
    if pk is None:
        if not mine.exists():
            raise Refused("没有由你登记的常态化职责；职责由综合协调组先登记")
        duties = mine.in_force(clock.today(), clock.today()).order_by("pk")[:MOST_CHOICES]
        return render(request, "supervision/choose_duty.html", {"duties": duties})
    duty = get_object_or_404(mine, pk=pk)
    fulfilled = {due for due in duty.sessions.order_by("pk").values_list("for_due", flat=True) if due}
    choices = open_occurrences(duty, clock.today(), fulfilled)
    due = request.GET.get("due") or (choices[0].due.isoformat() if choices else "")
    form = SessionForm(
        request.POST or None, request.FILES or None, person=request.user, place=duty.place, choices=choices,
        initial={"held_on": clock.today(), "for_due": due},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            session = owing.record_session(duty, by=request.user, **form.data_of())
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, "已登记" + (f"，比应开日期迟{session.days_late}天" if session.days_late else ""))
            return redirect("standing_duty", duty.pk)
    context = {"form": form, "to": "", "title": "登记履职", "label": "登记", "back": "standing_duties", "back_label": "常态化职责",
               "note": f"{duty}，{duty.cadence.words}。依据：{duty.source}", "hidden": [("duty", duty.pk)]}  # fmt: skip
    return render(request, "supervision/form.html", context, status=422 if form.errors else 200)


@require_safe
def session(request: PersonRequest, pk: int) -> HttpResponse:
    """One recorded session."""
    links = SessionTask.objects.filter(in_scope(request.user, "task_id")).select_related("task").order_by("pk")
    rows = Session.objects.visible_to(request.user).select_related(
        "duty__unit", "duty__body", "duty__place", "recorded_by", "visit"
    )
    found = get_object_or_404(rows.prefetch_related(Prefetch("links", links, to_attr="shown")), pk=pk)
    files = found.files.select_related("stored").order_by("pk")
    return render(request, "supervision/session.html", {"session": found, "files": files})


@require_safe
def session_file(request: PersonRequest, pk: int, file: int) -> FileResponse:
    """One file of a session, for those who may see the session."""
    seen = get_object_or_404(Session.objects.visible_to(request.user), pk=pk)
    found = get_object_or_404(SessionFile.objects.select_related("stored"), pk=file, session=seen)
    return download(found.stored, found.name)


# ── the leading group ────────────────────────────────────────────────────────
@require_safe
def bodies(request: PersonRequest) -> HttpResponse:
    """The leading group of a place with its teams, and which districts have set up theirs."""
    place = _place_asked(request)
    seen = Body.objects.visible_to(request.user)
    rows = seen.filter(place=place).select_related("daily_unit", "mirrors__place").prefetch_related("members")
    below = Unit.objects.filter(kind="place", parent=place).order_by("position", "pk")[:200]
    set_up = set(seen.filter(place__in=[unit.pk for unit in below], kind="group").values_list("place_id", flat=True))
    context = {
        "tabs": supervision_tabs("bodies"), "place": place, "bodies": rows.order_by("position", "pk"),
        "districts": [(unit, unit.pk in set_up) for unit in below], "decision": can_keep_bodies(place, request.user),
        "above": place.parent.place if place.parent else None,
    }  # fmt: skip
    return render(request, "supervision/bodies.html", context)


def _place_asked(request: PersonRequest) -> Unit:
    pk = asked.number(request.GET.get("place"))
    places = Unit.objects.filter(kind="place").select_related("parent__place")
    found = places.filter(pk=pk).first() if pk else None
    own = request.user.unit.place_id or request.user.unit_id
    return found or get_object_or_404(places, pk=own)


@require_http_methods(["GET", "POST"])
def keep_body(request: PersonRequest, pk: int | None = None) -> HttpResponse:
    """Put down the leading group or a team of the person's place, or change one."""
    if not (allowed := can_convene(request.user)):
        raise Refused(allowed.reason)
    rows = Body.objects.visible_to(request.user).select_related("place", "group", "daily_unit")
    body = get_object_or_404(rows, pk=pk) if pk else None
    place = body.place if body else own_place(request)
    if not (allowed := can_keep_bodies(place, request.user)):
        raise Refused(allowed.reason)
    initial = _initial(body) if body else {}
    form = BodyForm(request.POST or None, place=place, person=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            found = owing.keep_body(place, by=request.user, body=body, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"{found}已登记")
            return redirect("bodies")
    context = {"form": form, "to": "", "title": str(body) if body else "登记领导小组或工作组", "label": "保存", "back": "bodies",
               "back_label": "领导小组", "note": str(place)}  # fmt: skip
    return render(request, "supervision/form.html", context, status=422 if form.errors else 200)


def _initial(body: Body) -> dict[str, Any]:
    posts = [f"{row.get_part_display()}：{row.post}" for row in body.members.order_by("position", "pk")]
    return {"name": body.name, "group": body.group_id, "role": body.role, "members": "\n".join(posts),
            "daily_unit": str(body.daily_unit or ""), "responsibilities": body.responsibilities}  # fmt: skip


@require_POST
def mirror_bodies(request: PersonRequest) -> HttpResponse:
    """Set up the place's bodies after those of the place above."""
    if not (allowed := can_convene(request.user)):
        raise Refused(allowed.reason)
    made = owing.mirror(own_place(request), by=request.user)
    messages.success(request, f"已比照上级设立{len(made)}个，请补上本级的组成")
    return redirect("bodies")
