from typing import Any

from django.apps import apps
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Person
from zhenggai.accounts.permissions import can_read_audit
from zhenggai.accounts.requests import PersonRequest
from zhenggai.audit.models import Entry
from zhenggai.audit.trail import verify_database
from zhenggai.audit.verbs import VERBS, words
from zhenggai.ledger.models import Task
from zhenggai.pages.trail import in_words
from zhenggai.ui import asked
from zhenggai.ui.paging import Key, page_of


@require_safe
def audit(request: PersonRequest) -> HttpResponse:
    """The whole trail, newest first, for the audit administrator."""
    if not (allowed := can_read_audit(request.user)):
        raise Refused(allowed.reason)
    q = asked.words(request.GET.get("q"))
    rows = Entry.objects.order_by("-seq")
    page = page_of(rows.filter(_found(q)) if q else rows, [Key("seq", down=True)], request.GET.get("after", ""))
    context = {
        "lines": _lines(page.rows),
        "after": page.after,
        "q": q,
        "checked": verify_database() if request.GET.get("verify") else None,
    }
    return render(request, "pages/audit.html", context)


def _found(q: str) -> Q:
    """Rows of people, tasks or acts named `q`: each way goes over an index, however long the trail is."""
    people = Person.objects.filter(Q(name__icontains=q) | Q(username__iexact=q)).values("pk")[:50]
    tasks = Task.objects.filter(number__iexact=q).values("pk")[:50]
    verbs = [name for name, verb in VERBS.items() if q in verb.text]
    return Q(actor_id__in=people) | Q(task_id__in=tasks) | Q(verb__in=verbs)


def _lines(entries: list[Entry]) -> list[dict[str, Any]]:
    numbers = dict(Task.objects.filter(pk__in={entry.task_id for entry in entries}).values_list("pk", "number"))
    return [
        {"entry": entry, "verb": words(entry.verb), "target": _target(entry, numbers),
         "before": in_words(entry.target_type, entry.before), "after": in_words(entry.target_type, entry.after)}
        for entry in entries
    ]  # fmt: skip


def _target(entry: Entry, numbers: dict[int, str]) -> str:
    """What the step was about: the task by its number, else the kind of thing and its key."""
    if entry.task_id in numbers:
        return numbers[entry.task_id]
    try:
        kind = str(apps.get_model(entry.target_type)._meta.verbose_name)
    except LookupError:
        kind = entry.target_type
    return f"{kind}{entry.target_id}"
