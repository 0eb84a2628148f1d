from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from zhenggai.accounts.requests import PersonRequest
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.ledger.bulk import lately_done
from zhenggai.ledger.models import Task
from zhenggai.ledger.querysets import Schedule, unchanged
from zhenggai.pages.context import is_administrator
from zhenggai.pages.evidence import alarms_for
from zhenggai.pages.queues import grouped, work_of

FIRST = {Role.SECURITY_ADMIN: "people", Role.SYSTEM_ADMIN: "units", Role.AUDIT_ADMIN: "audit"}


@require_safe
def my_work(request: PersonRequest) -> HttpResponse:
    """Everything that waits for this person, by date."""
    if is_administrator(request.user):
        return redirect("desk")
    today = clock.today()
    seen = unchanged(request.user)
    rows, rests = seen(f"work {request.user.pk}", lambda: work_of(request.user))
    reviews = [row for row in rows if row.review]
    tab = "review" if request.GET.get("tab") == "review" else "all"
    shown = reviews if tab == "review" else rows
    counts = seen("grades", lambda: Task.objects.visible_to(request.user).by_schedule(today))
    context = {
        "groups": grouped(shown, today),
        "undoable": lately_done(request.user),
        "rests": rests if tab == "all" else [],
        "first": shown[0] if shown else None,
        "tabs": [
            {"label": "我的", "url": "?", "current": tab == "all", "count": len(rows), "alarm": False},
            {
                "label": "待我审核",
                "url": "?tab=review",
                "current": tab == "review",
                "count": len(reviews),
                "alarm": False,
            },
        ],
        "totals": [(code, counts[code]) for code in Schedule.values if counts.get(code)],
        "total": sum(counts.values()),
    }
    return render(request, "pages/my_work.html", context)


@require_safe
def desk(request: PersonRequest) -> HttpResponse:
    """The first page of the administrators: goes to what this one looks after, first to files that are gone."""
    if request.user.holds(Role.SYSTEM_ADMIN) and alarms_for(request.user).exists():
        return redirect("file_alarms")
    return redirect(next((page for role, page in FIRST.items() if request.user.holds(role)), "units"))
