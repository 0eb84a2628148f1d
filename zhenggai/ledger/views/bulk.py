"""Several tasks at once: preview, then carry out."""

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.requests import PersonRequest
from zhenggai.audit import clock
from zhenggai.ledger.bulk import ACTIONS, MOST, Line, carry_out, may_undo, preview, undo, undoing
from zhenggai.ledger.filters import Filters
from zhenggai.ledger.models import BulkChange, Task
from zhenggai.ledger.models.bulk import UNDO_FOR
from zhenggai.ledger.views.table import as_workbook
from zhenggai.ui.asked import number, words

SALT = "ledger bulk"
SHOWN = 300


@require_POST
def bulk_preview(request: PersonRequest) -> HttpResponse:
    """What the chosen action would do to each chosen task, and to which nothing and why."""
    picked = _picked(request)
    if not picked:
        raise Refused("没有选中任务。请在台账里勾选，再选要办的事")
    if request.POST.get("act") == "export":
        rows = Task.objects.visible_to(request.user).filter(pk__in=picked).with_schedule(clock.today()).by_due()
        return as_workbook(request, rows, ["选中的任务"], every_column=False)
    action = ACTIONS.get(request.POST.get("act", ""))
    if action is None:
        raise Refused("请选要办的事")
    value = action.value or words(request.POST.get("value"), 400)
    if not value:
        raise Refused(f"“{action.label}”要填内容，如“分管副市长”或单位的简称")
    lines = preview(picked, action, value, by=request.user)
    changing = [line for line in lines if line.edit and not line.refused]
    order = {
        "act": request.POST["act"],
        "value": value,
        "tasks": {line.task.pk: line.task.version for line in changing},
    }
    context = {
        "action": action, "value": value, "changing": changing[:SHOWN], "changes": len(changing),
        "refused": [line for line in lines if line.refused][:SHOWN], "refusals": len(lines) - len(changing),
        "order": signing.dumps(order, salt=SALT, compress=True), "minutes": UNDO_FOR.seconds // 60,
    }  # fmt: skip
    return render(request, "ledger/bulk.html", context)


@require_POST
def bulk_do(request: PersonRequest) -> HttpResponse:
    """Carry out what the preview showed; a task that has changed since stops all of it."""
    try:
        order = signing.loads(request.POST.get("order", ""), salt=SALT, max_age=24 * 3600)
    except signing.BadSignature as error:
        raise Refused("预览已经过期，请重新勾选") from error
    tasks = {int(pk): version for pk, version in order["tasks"].items()}
    done = carry_out(tasks, ACTIONS[order["act"]], order["value"], by=request.user)
    messages.success(request, f"已办{len(done.rows)}项，每项都留了审计记录")
    return redirect(done)


@require_http_methods(["GET", "POST"])
def bulk_change(request: PersonRequest, pk: int) -> HttpResponse:
    """What was done to many tasks at once, and taking it back."""
    change = get_object_or_404(BulkChange.objects.select_related("by"), pk=pk, by=request.user)
    kept: list[Line] = []
    if request.method == "POST":
        count, kept = undo(change, by=request.user)
        messages.success(request, f"已撤销{count}项" + (f"，{len(kept)}项后来又有变化，没有动" if kept else ""))
        if not kept:
            return redirect("ledger")
        change.refresh_from_db()
    lines = kept or undoing(change, by=request.user)
    context = {
        "change": change, "allowed": may_undo(change, request.user), "minutes": UNDO_FOR.seconds // 60,
        "changing": [line for line in lines if line.edit and not line.refused][:SHOWN],
        "changes": sum(1 for line in lines if line.edit and not line.refused),
        "refused": [line for line in lines if line.refused][:SHOWN],
        "refusals": sum(1 for line in lines if line.refused),
    }  # fmt: skip
    return render(request, "ledger/bulk_change.html", context)


def _picked(request: PersonRequest) -> list[int]:
    """The ticked tasks, or all that the list shows (`all`: its address)."""
    if "all" not in request.POST:
        found = [pk for text in request.POST.getlist("pick") if (pk := number(text)) is not None]
    else:
        filters = Filters.read(QueryDict(request.POST["all"].lstrip("?")))
        rows = filters.apply(Task.objects.visible_to(request.user), clock.today())
        found = list(rows.values_list("pk", flat=True)[: MOST + 1])
    if len(found) > MOST:
        raise Refused(f"一次最多办{MOST}项，请先筛选")
    return found
