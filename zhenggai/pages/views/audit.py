from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.permissions import can_read_audit
from zhenggai.accounts.requests import PersonRequest
from zhenggai.audit.models import Entry
from zhenggai.audit.trail import verify_database
from zhenggai.audit.verbs import words
from zhenggai.ui.paging import Key, page_of


@require_safe
def audit(request: PersonRequest) -> HttpResponse:
    """The whole trail, newest first, for the audit administrator."""
    if not (allowed := can_read_audit(request.user)):
        raise Refused(allowed.reason)
    q = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    rows = Entry.objects.order_by("-seq")
    if q:
        rows = rows.filter(actor_name__icontains=q) | rows.filter(note__icontains=q)
    page = page_of(rows, [Key("seq", down=True)], request.GET.get("after", ""))
    lines = [{"entry": entry, "verb": words(entry.verb)} for entry in page.rows]
    checked = verify_database() if request.GET.get("verify") else None
    context = {"lines": lines, "after": page.after, "q": q, "checked": checked}
    return render(request, "pages/audit.html", context)
