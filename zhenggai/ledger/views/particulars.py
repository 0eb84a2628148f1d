"""A task's particulars, edited by one person at a time: a stale page shows what others changed beside what was typed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Kind, Unit
from zhenggai.accounts.requests import PersonRequest
from zhenggai.accounts.roles import Role
from zhenggai.ledger.amendments import amend, for_particulars
from zhenggai.ledger.models import Task
from zhenggai.ledger.particulars import LEADER_PARTS, PARTICULARS, tidy
from zhenggai.ledger.permissions import can_amend
from zhenggai.ui.asked import number, words

SALT = "ledger particulars"
SUGGESTED = 20


class ParticularsForm(forms.Form):
    """One field a particular, with the words that the ledger holds."""

    def __init__(self, data: Any, *, task: Task, by: Any) -> None:
        super().__init__(data, initial={key: row.words(task) for key, row in PARTICULARS.items()})
        for key, row in PARTICULARS.items():
            self.fields[key] = forms.CharField(
                label=row.label, help_text=row.hint, required=key in REQUIRED, max_length=2000
            )
            if key in LEADER_PARTS:
                self.fields[key].widget = forms.Textarea(attrs={"rows": 2})
        self.fields["increment"].widget = forms.RadioSelect(choices=[("存量", "存量"), ("增量", "增量")])
        self.fields["place"].widget = forms.Select(choices=_places(task, by))
        upper = {"list": "tasks", "autocomplete": "off"}
        self.fields["upper"].widget = forms.TextInput(attrs=upper)
        if not task.measures.all():
            del self.fields["weights"]


REQUIRED = {"headline", "place", "increment"}


def _places(task: Task, by: Any) -> list[tuple[str, str]]:
    mine = Unit.objects.filter(kind=Kind.PLACE, up__ancestor__in=by.places_as(Role.COORDINATION)).distinct()
    names = [str(task.place), *(unit.short_name for unit in mine[:300])]
    return [(name, name) for name in dict.fromkeys(names)]


@require_http_methods(["GET", "POST"])
def particulars(request: PersonRequest, pk: int) -> HttpResponse:
    """The form of a task's particulars. Sent from a stale page, it shows both versions and lets the person choose."""
    task = get_object_or_404(for_particulars(Task.objects.visible_to(request.user)), pk=pk)
    if not (allowed := can_amend(task, request.user)):
        raise Refused(allowed.reason)
    form = ParticularsForm(request.POST or None, task=task, by=request.user)
    if request.method == "POST" and form.is_valid():
        base = _base(request)
        wanted = {key: tidy(text) for key, text in form.cleaned_data.items() if tidy(text) != base.get(key)}
        try:
            done = amend({task.pk: wanted}, by=request.user, seen={task.pk: number(request.POST.get("seen")) or 0})
        except Stale:
            return _both(request, pk, base, wanted)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"{task.number}：{'已更正' if done else '没有改动'}")
            return redirect(task)
    status = 422 if form.errors else 200
    context = {"task": task, "form": form, "seen": task.version, "base": _signed(task)}
    if form.errors:  # what the person saw first stays what the next sending is compared with
        context |= {"seen": request.POST.get("seen", ""), "base": request.POST.get("base", "")}
    return render(request, "ledger/particulars.html", context, status=status)


def _signed(task: Task) -> str:
    return signing.dumps({key: tidy(row.words(task)) for key, row in PARTICULARS.items()}, salt=SALT)


def _base(request: PersonRequest) -> dict[str, str]:
    try:
        return dict(signing.loads(request.POST.get("base", ""), salt=SALT))
    except signing.BadSignature as error:
        raise Refused("页面不完整，请重新打开再改") from error


def _both(request: PersonRequest, pk: int, base: dict[str, str], wanted: dict[str, str]) -> HttpResponse:
    """The page of a conflict: for each field that either side changed, the words then, now, and as typed."""
    task = for_particulars(Task.objects.visible_to(request.user)).get(pk=pk)
    rows = []
    for key, row in PARTICULARS.items():
        now, typed = tidy(row.words(task)), wanted.get(key)
        if (typed is not None and typed != now) or now != base.get(key, now):
            rows.append({
                "key": key, "label": row.label, "then": base.get(key, ""), "now": now, "typed": typed,
                "both": typed is not None and now != base.get(key) and typed != now,
            })  # fmt: skip
    unchanged = {key: tidy(row.words(task)) for key, row in PARTICULARS.items()} | {
        key: text for key, text in wanted.items() if tidy(PARTICULARS[key].words(task)) == base.get(key)
    }
    shown = {row["key"] for row in rows if row["both"]}
    context = {
        "task": task, "rows": rows, "seen": task.version, "base": _signed(task),
        "hidden": {key: text for key, text in unchanged.items() if key not in shown},
    }  # fmt: skip
    return render(request, "ledger/conflict.html", context, status=409)


@require_safe
def suggest_tasks(request: PersonRequest) -> HttpResponse:
    """Numbers for a task field while it is typed into."""
    typed = words(request.GET.get("upper"))
    rows = Task.objects.visible_to(request.user).filter(number__icontains=typed).order_by("number", "pk")
    found = rows.only("number", "headline")[:SUGGESTED] if typed else []
    return render(request, "ledger/_task_options.html", {"tasks": found})
