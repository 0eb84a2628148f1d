"""The complainant's word after a strike-off: a link made once, answered once; “not fixed” opens a review, and only a person who
has looked opens a new round."""

import secrets
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from zhenggai.accounts.decisions import YES, Decision, Refused, Stale, no
from zhenggai.accounts.models import Person, UnitClosure
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.audit.actions import PUBLIC, record, text_digest
from zhenggai.audit.verbs import register
from zhenggai.closure.lookback import open_again
from zhenggai.closure.models import Reply, Verdict
from zhenggai.documents.secrecy import seal
from zhenggai.ledger.models import Source, Task
from zhenggai.ledger.permissions import RECTIFIERS, duty_of, is_over

LINKED = register("reply.link_made", "发信访人评价链接", "blue")
REPLIED = register("reply.received", "信访人评价", "amber")
REVIEWED = register("reply.reviewed", "核查信访人评价", "green")

LASTS = timedelta(days=60)


def mark_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def can_link(task: Task, person: Person) -> Decision:
    """For a complaint piece that was struck off, by the coordination team over its place."""
    if task.source != Source.COMPLAINT:
        return no("只有信访件请信访人评价")
    if not task.is_closed:
        return no("销号以后才请信访人评价")
    return YES if is_over(person, task, Role.COORDINATION) else no("由综合协调组发链接")


@transaction.atomic
def make_link(task: Task, *, by: Person) -> str:
    """The token of a new link, told once and kept nowhere; an earlier one that was not answered ends. Raises Refused."""
    locked = Task.objects.select_for_update(of=("self",)).select_related("place").get(pk=task.pk)
    if not (allowed := can_link(locked, by)):
        raise Refused(allowed.reason)
    token = secrets.token_urlsafe(24)
    fresh = {"mark": mark_of(token), "made_by": by, "made_at": clock.now(), "expires_on": clock.today() + LASTS}
    made, _ = Reply.objects.update_or_create(task=locked, opinion="", defaults=fresh)
    record(LINKED, by=by, target=made, task_id=locked.pk, after={"expires_on": made.expires_on.isoformat()})
    return token


def reply_of(token: str) -> Reply:
    """The open link of `token`. Raises Refused when it is unknown, used or expired: nobody learns which."""
    found = Reply.objects.select_related("task__place").filter(mark=mark_of(token), opinion="").first()
    if found is None or found.expires_on < clock.today():
        raise Refused("这个链接已经用过、过期或者不对。需要再反映的，请打公示上的联系电话。")
    return found


@transaction.atomic
def reply(token: str, *, opinion: str, text: str) -> Reply:
    """Take the answer, once. Raises Refused."""
    locked = Reply.objects.select_for_update(of=("self",)).select_related("task").get(pk=reply_of(token).pk)
    if locked.opinion:
        raise Refused("这个链接已经用过。")
    locked.opinion, locked.text_sealed, locked.answered_at = opinion, seal(text.strip()), clock.now()
    locked.save(update_fields=["opinion", "text_sealed", "answered_at"])
    record(
        REPLIED, by=PUBLIC, target=locked, task_id=locked.task_id,
        after={"opinion": opinion, "text": text_digest(text)}, note=locked.get_opinion_display(),
    )  # fmt: skip
    return locked


def can_review(row: Reply, person: Person) -> Decision:
    """The supervision or coordination team over the place; nobody who accepted or rectified the task."""
    if row.opinion != Reply.Opinion.NOT or row.found:
        return no("没有等着核查的评价")
    if Verdict.objects.filter(application__task=row.task, decided_by=person).exists():
        return no("你对这项任务作过结论，由别人核查")
    if duty_of(person, row.task, RECTIFIERS):
        return no("你是牵头或责任单位的联络员")
    return YES if is_over(person, row.task, Role.SUPERVISION, Role.COORDINATION) else no("由督导组或综合协调组核查")


def reviews_for(person: Person) -> Any:
    """The answers “not fixed” that the person may review (can_review, set-wise but for who rectifies)."""
    above = UnitClosure.objects.filter(
        ancestor__in=person.places_as(Role.SUPERVISION, Role.COORDINATION), descendant=OuterRef("task__place")
    )
    signed = Verdict.objects.filter(application__task=OuterRef("task"), decided_by=person)
    return Reply.objects.filter(Exists(above), ~Exists(signed), opinion="not", found="")


@transaction.atomic
def review(row: Reply, *, found: str, text: str, again_by: date | None = None, by: Person) -> Reply:
    """Say what a look on site showed; what was not fixed opens a new round due on `again_by`. Raises Refused, or Stale."""
    locked = Reply.objects.select_for_update(of=("self",)).select_related("task__place").get(pk=row.pk)
    if locked.found:
        raise Stale(f"已由{locked.reviewed_by}核查")
    if not (allowed := can_review(locked, by)):
        raise Refused(allowed.reason)
    slipped = found == Reply.Found.SLIPPED
    if slipped and (again_by is None or again_by <= clock.today()):
        raise Refused("没有解决的要重新挂账，写明新一轮的整改期限，在今天之后")
    locked.found, locked.found_text, locked.reviewed_by, locked.reviewed_on = found, text.strip(), by, clock.today()
    locked.save(update_fields=["found", "found_text", "reviewed_by", "reviewed_on"])
    again = open_again(locked.task, locked.found_text, again_by, by=by, reply=locked) if slipped and again_by else None
    record(
        REVIEWED, by=by, target=locked, task_id=locked.task_id,
        after={"found": found, "text": locked.found_text, "again": again.new.number if again else None},
        note=f"{locked.get_found_display()}。{locked.found_text}" + (f"。重新挂账{again.new.number}" if again else ""),
    )  # fmt: skip
    return locked
