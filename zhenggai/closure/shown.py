"""What one task's page shows of its closing: the levels with what each saw, what changed since, fines, overrides, papers."""

from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Person
from zhenggai.closure import gate, replies, seen
from zhenggai.closure.flags import flags_of
from zhenggai.closure.models import Penalty, Rebound, StrikeOff, Told, Waiver
from zhenggai.closure.permissions import hold_application, leads_review, none_of
from zhenggai.ledger.models import Task


def closing_of(task: Task, person: Person) -> dict[str, Any]:
    """The context of closure/_verdicts.html and closure/_gate.html; asked first of all that the page shows, so that what
    follows finds the application with the task."""
    flags = flags_of(task)
    application = None
    if flags["was_applied_for"]:
        application = hold_application(task, visits=flags["has_visits"], looks=flags["has_looks"])
    else:
        task.__dict__["_application"] = None
    task.__dict__["_changes"] = changes = seen.changes_of(task)
    if not flags["has_penalties"]:
        prefetch_related_objects([task], none_of("penalties", Penalty))
    waivers = Waiver.objects.select_related("by", "rulebook") if flags["has_waivers"] else Waiver.objects.none()
    prefetch_related_objects([task], Prefetch("waivers", waivers))
    return {
        "verdicts": application.verdicts.all() if application else [],
        "changes": changes,
        "may_look": bool(changes) and bool(seen.can_look(task, person)),
        "looks": application.looks.all() if application else [],
        "waivable": _waivable(task, person),
        "may_fine": bool(gate.can_fine(task, person)),
        "samples": _samples(task) if flags["has_samples"] else [],
        "may_link": bool(replies.can_link(task, person)),
        "replies": task.replies.exclude(opinion="").select_related("rebound__new") if flags["has_replies"] else [],
        "rebound_of": Rebound.objects.select_related("old").get(new=task) if flags["is_rebound"] else None,
        "struck_off": StrikeOff.objects.filter(task=task).select_related("paper").first() if task.is_closed else None,
    }


def _samples(task: Task) -> Any:
    told = Prefetch("rebound__told", Told.objects.select_related("verdict__unit", "answered_by"))
    rows = task.look_backs.select_related("look_back", "visited_by", "rebound__new").prefetch_related(told)
    return rows.order_by("-pk")


def _waivable(task: Task, person: Person) -> set[str]:
    """The conditions that the person may let pass, so that the page shows no link that would be refused."""
    if task.is_closed:
        return set()
    try:
        overridable = gate.rulebook_of(task).rules.overridable
    except Refused:
        return set()
    return set(overridable) if overridable and leads_review(task, person) else set()
