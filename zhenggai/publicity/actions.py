"""What the public sees and says: copies of tasks, objections and their answers."""

import hmac
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.db import transaction

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.audit.actions import PUBLIC, record, text_digest
from zhenggai.audit.verbs import register
from zhenggai.core import workdays
from zhenggai.documents.actions import next_number
from zhenggai.documents.secrecy import seal
from zhenggai.ledger.models import DueKind, Plan, Task
from zhenggai.ledger.states import CLOSED
from zhenggai.publicity.models import Notice, Objection, PublishedTask
from zhenggai.publicity.permissions import can_answer, can_publish_tasks

PUBLISHED = register("task.published", "向社会公开", "blue")
OBJECTED = register("objection.received", "收到异议", "amber")
ANSWERED = register("objection.answered", "答复异议", "green")

OBJECTIONS_AN_HOUR = 5


@transaction.atomic
def publish_plan(plan: Plan, *, by: Person) -> int:
    """Put every task of `plan` on the public ledger, or bring its copy up to date; how many."""
    if not (allowed := can_publish_tasks(by, plan.inspection.place)):
        raise Refused(allowed.reason)
    tasks = list(
        plan.tasks.with_schedule(clock.today())
        .select_related("inspection", "place")
        .prefetch_related("measures", "duties__unit", "duties__group")
        .order_by("serial")
    )
    copies = [_copy(task) for task in tasks]
    PublishedTask.objects.bulk_create(
        copies, update_conflicts=True, unique_fields=["task"], update_fields=[*_COPIED, "refreshed_at"]
    )
    record(PUBLISHED, by=by, target=plan, after={"tasks": len(copies)}, note=str(plan))
    return len(copies)


_COPIED = [
    "number", "inspection", "place", "headline", "issue", "goal", "measures", "units",
    "due", "due_words", "schedule", "state_words", "struck_off_on", "result",
]  # fmt: skip


def due_words(task: Task) -> str:
    """How a limit reads: a date, or the plan's own kind of limit."""
    if task.due is None:
        return DueKind(task.due_kind).label
    return f"{task.due:%Y-%m-%d}" + ("，并长期坚持" if task.then_long_term else "")


def _copy(task: Task) -> PublishedTask:
    units = [duty.group.name if duty.group else duty.raw for duty in task.duties.all() if duty.part == "responsible"]
    leads = [duty.raw for duty in task.duties.all() if duty.part == "lead"]
    return PublishedTask(
        task=task,
        number=task.number,
        inspection=task.inspection.name,
        place=task.place,
        headline=task.headline,
        issue=task.issue,
        goal=task.goal,
        measures=[measure.text for measure in sorted(task.measures.all(), key=lambda measure: measure.no)],
        units=list(dict.fromkeys([*leads, *units])),
        due=task.due,
        due_words=due_words(task),
        **_progress(task),
    )


def _progress(task: Task) -> dict[str, object]:
    closed = task.state in CLOSED
    return {
        "schedule": task.schedule,  # type: ignore[attr-defined]  # annotated by with_schedule
        "state_words": task.state_words,
        "struck_off_on": task.struck_off_on,
        "result": task.result if closed else "",
        "refreshed_at": clock.now(),
    }


def refresh_copies(tasks: Sequence[Task]) -> None:
    """Bring the public copies of `tasks`, where they have one, up to their present progress."""
    published = PublishedTask.objects.filter(task__in=[task.pk for task in tasks]).values_list("task_id", flat=True)
    if not (wanted := list(published)):
        return
    for fresh in Task.objects.with_schedule(clock.today()).filter(pk__in=wanted):
        PublishedTask.objects.filter(task=fresh).update(**_progress(fresh))


def sender_mark(address: str) -> str:
    """A mark of where a message came from, for limits only: keyed, by day, so that no address can be told from it. All
    of an IPv6 network (/64) has one mark: one household has as many addresses there as it likes."""
    return hmac.new(settings.SECRET_KEY.encode(), f"{clock.today()} {_network(address)}".encode(), sha256).hexdigest()


def _network(address: str) -> str:
    found = ip_address(address) if ":" in address else None
    if not isinstance(found, IPv6Address):
        return address
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))


@transaction.atomic
def object_to(notice: Notice, *, text: str, contact: str = "", address: str = "") -> Objection:
    """Take a citizen's objection and give it a receipt number.

    Raises Refused when the notice is not running today, or too many came from one place within the hour.
    """
    locked = Notice.objects.select_for_update(of=("self",)).select_related("rulebook").get(pk=notice.pk)
    today = clock.today()  # after the wait for the lock: it may have lasted past midnight
    if not locked.is_running(today):
        raise Refused(_why_not_running(locked))
    mark = sender_mark(address)
    same = locked.objections.filter(text=text, received_on=today, sender_mark=mark).first()
    if address and same:  # sent twice with one click too many, or with the browser's back button
        return same
    recent = Objection.objects.filter(sender_mark=mark, received_at__gt=clock.now() - timedelta(hours=1)).count()
    if address and recent >= OBJECTIONS_AN_HOUR:
        raise Refused("同一网络一小时内提交的异议太多，请过一会儿再试，或者打联系电话。您写的内容还在本页。")
    objection = Objection.objects.create(
        receipt=f"YY{today:%Y%m%d}-{next_number(f'objection-{today:%Y%m%d}'):04d}",
        notice=locked,
        text=text,
        contact_sealed=seal(contact),
        sender_mark=mark,
        received_on=today,
        received_at=clock.now(),
        due_on=workdays.add(today, locked.rulebook.rules.objection_days, first_counts=False).end,
    )
    for item in locked.items.order_by("pk"):
        record(
            OBJECTED, by=PUBLIC, target=objection, task_id=item.task_id,
            after={
                "receipt": objection.receipt, "due_on": objection.due_on.isoformat(), "text": text_digest(text),
            },
            note=objection.receipt,
        )  # fmt: skip
    return objection


def _why_not_running(notice: Notice) -> str:
    if notice.withdrawn_at:
        return "这份公示已经撤回，不再受理异议。"
    return (
        f"公示期是{notice.starts_on:%Y年%-m月%-d日}至{notice.ends_on:%Y年%-m月%-d日}，现在不在公示期内，网上不能提交。"
        f"可以打联系电话{notice.contact_phone}反映。"
    )


@transaction.atomic
def answer(objection: Objection, *, finding: str, text: str, by: Person) -> Objection:
    """Answer an objection, once. An upheld one keeps strike-off closed until the notice is withdrawn."""
    locked = (
        Objection.objects.select_for_update(of=("self",)).select_related("notice", "answered_by").get(pk=objection.pk)
    )
    if not locked.is_open:
        raise Stale(f"{locked.receipt}已由{locked.answered_by}答复，没有重复办理。")
    if not (allowed := can_answer(locked, by)):
        raise Refused(allowed.reason)
    locked.finding, locked.answer, locked.answered_by, locked.answered_at = finding, text, by, clock.now()
    locked.save(update_fields=["finding", "answer", "answered_by", "answered_at"])
    for item in locked.notice.items.order_by("pk"):
        record(
            ANSWERED, by=by, target=locked, task_id=item.task_id,
            after={"finding": finding, "text": text_digest(text)}, note=f"{locked.receipt}：{locked.get_finding_display()}",
        )  # fmt: skip
    return locked
