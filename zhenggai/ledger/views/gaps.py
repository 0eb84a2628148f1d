"""The register of gaps in the rules, one gap, and what is done about it."""

from typing import Any

from django.db.models import Count, Prefetch, QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from zhenggai.accounts.requests import PersonRequest
from zhenggai.audit import clock
from zhenggai.audit.models import Entry
from zhenggai.core.office.sheet import XLSX, sheet
from zhenggai.documents.apart import exports
from zhenggai.documents.downloads import download
from zhenggai.documents.exports import sent_out
from zhenggai.ledger import gap_forms, gaps
from zhenggai.ledger.acts import act
from zhenggai.ledger.gap_columns import COLUMNS, KEYS, STATES, Asked, register_of
from zhenggai.ledger.models import Gap, Inquiry, Remedy, Task
from zhenggai.ledger.permissions import (
    applying_part,
    can_confirm,
    can_drop_inquiry,
    can_find_none,
    can_inquire,
    can_keep_gap,
    can_lead,
    can_mend,
    can_send_back,
)
from zhenggai.ledger.querysets import in_scope
from zhenggai.ui.paging import page_of

MOST_EXPORTED = 20_000
page = require_http_methods(["GET", "POST"])


@require_safe
def register(request: PersonRequest) -> HttpResponse:
    """The gaps that the person may see, as they were asked for."""
    asked, today = Asked.read(request.GET), clock.today()
    rows = register_of(request.user, today)
    found = page_of(asked.apply(rows), KEYS, request.GET.get("after", ""))
    alike = asked.apply(Gap.objects.visible_to(request.user).with_state(today), any_state=True)
    counts = dict(alike.order_by().values_list("state").annotate(n=Count("pk")))
    columns = [column for column in COLUMNS if column.shown]
    context = {
        "asked": asked,
        "tabs": [_tab(asked, state, words, counts) for state, words in STATES],
        "columns": columns,
        "rows": [(gap, [(column, column.value(gap)) for column in columns]) for gap in found.rows],
        "kinds": Gap.Kind.choices,
        "ways": Gap.Way.choices,
        "next": asked.address(after=found.after) if found.after else "",
        "export": reverse("export_gaps") + asked.address(),
        "narrows": asked != Asked(),
        "today_date": today,
    }
    return render(request, "ledger/gaps.html", context)


def _tab(asked: Asked, state: str, words: str, counts: dict[str, int]) -> dict[str, Any]:
    count = counts.get(state, 0) if state else sum(counts.values())
    return {
        "label": words, "url": asked.address(state=state), "current": state == asked.state, "count": count,
        "alarm": state == Gap.State.LATE and count > 0,
    }  # fmt: skip


@require_safe
@exports
def export(request: PersonRequest) -> HttpResponse:
    """The register as it was asked for, with every column, as a workbook."""
    asked, today = Asked.read(request.GET), clock.today()
    rows = asked.apply(register_of(request.user, today))[:MOST_EXPORTED].iterator(chunk_size=1000)
    caption = f"制度缺陷 · {asked.words} · {today:%Y-%m-%d} · {request.user.name}"
    cells = ([column.value(gap) for column in COLUMNS] for gap in rows)
    content = sheet("制度缺陷", caption, [(column.label, column.width) for column in COLUMNS], cells)
    return sent_out(content, f"制度缺陷{today:%Y%m%d}.xlsx", XLSX, by=request.user, what=caption)


@require_safe
def gap(request: PersonRequest, pk: int) -> HttpResponse:
    """One gap: what is wrong, the tasks that lead to it, what was done about it, what was corrected."""
    inquiries = Inquiry.objects.select_related("task__place", "by", "dropped_by").order_by("pk")
    found = _gap(request, pk, Prefetch("inquiries", inquiries), _remedies())
    seen = set(Inquiry.objects.filter(in_scope(request.user, "task_id"), gap=found).values_list("pk", flat=True))
    shown = [row for row in found.inquiries.all() if row.pk in seen]
    may_drop = {row.task.place_id: bool(can_drop_inquiry(row.task, request.user)) for row in shown}
    context = {
        "gap": found,
        "inquiries": [(row, not row.dropped_at and may_drop[row.task.place_id]) for row in shown],
        "hidden": len(found.inquiries.all()) - len(shown),
        "remedies": [
            (row, can_confirm(row, request.user, clock.today()), can_send_back(row, request.user))
            for row in found.remedies.all()
        ],
        "corrections": _corrections(pk),
        "state": Gap.State(found.state).label,
        "lead": can_lead(request.user),
        "keep": can_keep_gap(found, request.user),
        "mend": can_mend(found, request.user),
        "standing": any(row.confirmed is not False for row in found.remedies.all()),
        "today_date": clock.today(),
    }
    return render(request, "ledger/gap.html", context)


def _corrections(pk: int) -> list[tuple[Entry, list[tuple[str, str, str]]]]:
    """The newest corrections of a gap off the trail, each with what stood there and what does now."""
    rows = Entry.objects.filter(target_type="ledger.gap", target_id=pk, verb=gaps.CORRECTED).order_by("-seq")[:50]
    return [
        (row, [(name, (row.before or {}).get(name, ""), words) for name, words in (row.after or {}).items()])
        for row in rows
    ]


def _remedies() -> Any:
    return Prefetch("remedies", Remedy.objects.select_related("by", "decided_by", "gap").order_by("-pk"))


def _gap(request: PersonRequest, pk: int, *reads: Any) -> Any:
    rows = Gap.objects.visible_to(request.user).with_state(clock.today()).select_related("unit__place", "entered_by")
    return get_object_or_404(rows.prefetch_related(*reads), pk=pk)


# ── from a task ──────────────────────────────────────────────────────────────
def _task(request: PersonRequest, pk: int) -> Task:
    rows = Task.objects.visible_to(request.user).select_related("place", "inspection__place")
    return get_object_or_404(rows, pk=pk)


@page
def find_gap(request: PersonRequest, pk: int) -> HttpResponse:
    """A new gap that explains the task's failing, and others of its kind."""
    task = _task(request, pk)
    part = applying_part(task)
    lead = next((duty.raw for duty in task.duties.all() if duty.part == part), "")
    form = gap_forms.GapForm(request.POST or None, place=task.inspection.place, by=request.user, initial={"unit": lead})

    def do() -> Any:
        tasks = [task, *form.cleaned_data["others"]]
        return gaps.find_gap(tasks, form.found(), how=form.cleaned_data["how"], by=request.user)

    known = register_of(request.user, clock.today()).filter(unit__place__in=task.places_above).order_by("-pk")[:8]
    return act(
        request, "登记制度缺陷", form, do, allowed=can_inquire(task, request.user), task=task, to="责任单位补，报整改办确认",
        done="制度缺陷已登记", gaps=known, leads_on=f"?number={task.number}",
    )  # fmt: skip


@page
def find_none(request: PersonRequest, pk: int) -> HttpResponse:
    """Somebody looked, and no rule is to blame."""
    task = _task(request, pk)
    form = gap_forms.NoGapForm(request.POST or None, label_suffix="")
    return act(
        request, "没有查出制度缺陷", form, lambda: gaps.find_none(task, why=form.cleaned_data["why"], by=request.user),
        allowed=can_find_none(task, request.user), task=task, done="结论已记下",
    )  # fmt: skip


@page
def drop_inquiry(request: PersonRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Inquiry.objects.select_related("gap", "task__place"), pk=pk)
    task = _task(request, row.task_id)
    form = gap_forms.DropInquiryForm(request.POST or None, label_suffix="")
    told = f"{row.gap}，{row.gap.rule_words}" if row.gap else "没有查出制度缺陷"
    return act(
        request, "取消倒查结论", form, lambda: gaps.drop(row, why=form.cleaned_data["why"], by=request.user),
        allowed=can_drop_inquiry(task, request.user), task=task, facts=[("结论", told), ("说明", row.how)],
    )  # fmt: skip


# ── on a gap ─────────────────────────────────────────────────────────────────
def _crumbs(found: Gap) -> list[tuple[str, str]]:
    return [(reverse("gaps"), "制度缺陷"), (found.get_absolute_url(), f"{found.pk}号")]


def _facts(found: Gap) -> list[tuple[str, str]]:
    return [
        ("制度", found.rule_words), ("缺陷", found.get_kind_display()), ("错在哪里", found.wrong),
        ("怎样补", f"{found.get_way_display()}：{found.todo}"), ("责任单位", str(found.unit)), ("期限", f"{found.due}"),
    ]  # fmt: skip


@page
def lead_to(request: PersonRequest, pk: int) -> HttpResponse:
    """Further tasks that lead to the same gap."""
    found = _gap(request, pk)
    initial = {"numbers": request.GET.get("number", "")}
    form = gap_forms.LeadForm(request.POST or None, by=request.user, initial=initial)

    def do() -> Any:
        data = form.cleaned_data
        return gaps.lead_to(found, data["numbers"], how=data["how"], by=request.user)

    return act(
        request, "对应任务", form, do, allowed=can_lead(request.user), about=found.title, crumbs=_crumbs(found),
        facts=_facts(found), done="任务已对应到这项缺陷",
    )  # fmt: skip


@page
def correct_gap(request: PersonRequest, pk: int) -> HttpResponse:
    found = _gap(request, pk)
    names = ("rule", "number", "kind", "wrong", "way", "todo", "due")
    initial = {name: getattr(found, name) for name in names} | {"unit": str(found.unit), "seen": found.version}
    form = gap_forms.CorrectionForm(request.POST or None, place=found.unit.place or found.unit, initial=initial)

    def do() -> Any:
        data = form.cleaned_data
        return gaps.correct(found, form.found(), reason=data["reason"], seen=data["seen"], by=request.user)

    return act(
        request, "更正制度缺陷", form, do, allowed=can_keep_gap(found, request.user), about=found.title,
        crumbs=_crumbs(found), facts=_facts(found),
    )  # fmt: skip


@page
def hand_in(request: PersonRequest, pk: int) -> HttpResponse:
    """The rule itself, handed in by the unit charged with it."""
    found = _gap(request, pk, "remedies", "inquiries")
    form = gap_forms.RemedyForm(request.POST or None, request.FILES or None, label_suffix="")
    back = found.remedies.filter(confirmed=False).order_by("-pk").first()
    return act(
        request, "报补上的制度", form, lambda: gaps.hand_in(found, form.mended(), by=request.user).gap,
        allowed=can_mend(found, request.user), about=found.title, crumbs=_crumbs(found), facts=_facts(found),
        to="整改办或督导组确认",
        note=f"{back.decided_by}{back.decided_on}退回：{back.reason}" if back else "", done="已报，等另一个人确认",
    )  # fmt: skip


@page
def decide(request: PersonRequest, pk: int) -> HttpResponse:
    """Confirm what was handed in, or send it back."""
    row = _remedy(request, Remedy.objects.select_related("gap__unit", "by", "decided_by"), pk)
    form = gap_forms.ConfirmForm(request.POST or None, label_suffix="")
    facts = [
        ("补上的制度", f"{row.name}（{row.number}）"), ("发布单位", row.issued_by), ("施行日期", f"{row.effective_on}"),
        ("怎样堵住缺陷", row.note), ("报的人", f"{row.by}，{row.on}"), *_facts(row.gap),
    ]  # fmt: skip
    data = form.cleaned_data if form.is_valid() else {}
    confirm = can_confirm(row, request.user, clock.today())
    return act(
        request, "确认补上的制度", form, lambda: gaps.decide(row, by=request.user, **data).gap,
        allowed=can_send_back(row, request.user), about=row.gap.title, crumbs=_crumbs(row.gap), facts=facts,
        note="" if confirm else f"{confirm.reason}；没有补上的，现在就可以退回",
        files=[(reverse("remedy_file", args=[row.pk]), row.file_name)],
    )  # fmt: skip


@require_safe
def remedy_file(request: PersonRequest, pk: int) -> FileResponse:
    """The rule itself, for those who may see the gap."""
    row = _remedy(request, Remedy.objects.select_related("file"), pk)
    return download(row.file, row.file_name)


def _remedy(request: PersonRequest, rows: QuerySet[Remedy], pk: int) -> Remedy:
    found = get_object_or_404(rows, pk=pk)
    _gap(request, found.gap_id)
    return found
