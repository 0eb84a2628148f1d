"""Objections: taken on the web, entered by the office, handled, answered."""

import hmac
from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.db import transaction

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.audit.actions import PUBLIC, Actor, record, text_digest
from zhenggai.audit.verbs import register
from zhenggai.core import workdays
from zhenggai.documents.actions import keep, next_number
from zhenggai.documents.forms import Upload
from zhenggai.documents.secrecy import seal
from zhenggai.publicity.freshness import forget_pages
from zhenggai.publicity.models import Notice, NoticeItem, Objection, ObjectionFile
from zhenggai.publicity.permissions import can_answer, can_enter_objection, can_read_sender, can_take_objection
from zhenggai.publicity.releasing import check_words, let_through, names_for, overrides

OBJECTED = register("objection.received", "收到异议", "amber")
ANSWERED = register("objection.answered", "答复异议", "green")
TAKEN = register("objection.taken", "承办异议", "blue")
SENDER_READ = register("objection.sender_read", "查看异议人联系方式", "amber")

OBJECTIONS_AN_HOUR = 5  # from one network
OBJECTIONS_A_NOTICE_AN_HOUR = 100  # on the web


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
def object_to(
    notice: Notice, *, text: str, contact: str = "", address: str = "", item: NoticeItem | None = None,
    question: str | None = None, files: Sequence[Upload] = (),
) -> Objection:  # fmt: skip
    """Take a citizen's objection and give it a receipt number; `question` is the challenge that was answered.

    Raises Refused when the notice is not running today, or too many came from one place or to one notice within the hour.
    The same form sent twice is one objection.
    """
    locked = _locked(notice)
    today = clock.today()  # after the wait for the lock: it may have lasted past midnight
    if question and (sent := Objection.objects.filter(question=question).first()):
        return sent
    if not locked.is_running(today):
        raise Refused(why_not_running(locked, today))
    mark = sender_mark(address)
    same = locked.objections.filter(text=text, received_on=today, sender_mark=mark).first()
    if address and same:  # sent twice with one click too many, or with the browser's back button
        return same
    if address:
        _refuse_flood(locked, mark)
    objection = _receive(locked, text, contact, item, question=question, sender_mark=mark, received_on=today)
    return _keep(objection, files, by=PUBLIC)


def _locked(notice: Notice) -> Notice:
    found: Notice = Notice.objects.select_for_update(of=("self",)).select_related("rulebook").get(pk=notice.pk)
    return found


def _refuse_flood(notice: Notice, mark: str) -> None:
    recent = Objection.objects.filter(received_at__gt=clock.now() - timedelta(hours=1), channel=Objection.Channel.WEB)
    if recent.filter(sender_mark=mark).count() >= OBJECTIONS_AN_HOUR:
        raise Refused("同一网络一小时内提交的异议太多，请过一会儿再试，或者打联系电话。您写的内容还在本页。")
    if recent.filter(notice=notice).count() >= OBJECTIONS_A_NOTICE_AN_HOUR:
        raise Refused(
            f"这份公示一小时内收到的异议太多，网上暂停接收。请过一会儿再试，或者打联系电话{notice.contact_phone}。"
            "您写的内容还在本页。"
        )


@transaction.atomic
def enter_objection(
    notice: Notice, *, channel: str, text: str, received_on: date, by: Person, postmarked_on: date | None = None,
    contact: str = "", item: NoticeItem | None = None, files: Sequence[Upload] = (),
) -> Objection:  # fmt: skip
    """Enter what came by letter, telephone or visit. A letter counts by its postmark, which may be earlier than the day it
    arrived, and even before a notice that has ended meanwhile. Raises Refused when it did not come in time."""
    locked, today = _locked(notice), clock.today()
    if not (allowed := can_enter_objection(locked, by)):
        raise Refused(allowed.reason)
    raised = postmarked_on or received_on
    if received_on > today or raised > received_on:
        raise Refused("收到日期不能晚于今天，邮戳日期不能晚于收到日期。")
    if locked.withdrawn_at or not locked.starts_on <= raised <= locked.ends_on:
        raise Refused(
            f"{'邮戳' if postmarked_on else '收到'}日期{raised:%Y-%m-%d}不在公示期"
            f"（{locked.starts_on:%Y-%m-%d}至{locked.ends_on:%Y-%m-%d}）内，或公示已撤回，不作为异议登记；请转信访渠道办理。"
        )
    objection = _receive(
        locked,
        text,
        contact,
        item,
        channel=channel,
        postmarked_on=postmarked_on,
        received_on=received_on,
        entered_by=by,
    )
    return _keep(objection, files, by=by)


def _receive(notice: Notice, text: str, contact: str, item: NoticeItem | None, **given: object) -> Objection:
    today = clock.today()
    return Objection.objects.create(
        receipt=f"YY{today:%Y%m%d}-{next_number(f'objection-{today:%Y%m%d}'):04d}",
        notice=notice, item=item, text=text, contact_sealed=seal(contact), received_at=clock.now(),
        due_on=workdays.add(today, notice.rulebook.rules.objection_days, first_counts=False).end, **given,
    )  # fmt: skip


def _keep(objection: Objection, files: Sequence[Upload], *, by: Actor) -> Objection:
    ObjectionFile.objects.bulk_create(
        ObjectionFile(objection=objection, stored=keep(file.content, media_type=file.media_type), name=file.name)
        for file in files
    )
    for item in _concerned(objection):
        record(
            OBJECTED, by=by, target=objection, task_id=item.task_id,
            after={
                "receipt": objection.receipt, "due_on": objection.due_on.isoformat(),
                "text": text_digest(objection.text), "channel": objection.channel, "files": len(files),
            },
            note=objection.receipt,
        )  # fmt: skip
    forget_pages()
    return objection


def _concerned(objection: Objection) -> Sequence[NoticeItem]:
    """The tasks that an objection concerns: the one it names, else all of its notice."""
    if objection.item:
        return [objection.item]
    return list(objection.notice.items.order_by("pk"))


def why_not_running(notice: Notice, today: date) -> str:
    """Why a notice takes no objections on the web today, and what one can do."""
    if notice.withdrawn_at:
        return "这份公示已经撤回，不再受理异议。"
    when = f"公示期是{notice.starts_on:%Y年%-m月%-d日}至{notice.ends_on:%Y年%-m月%-d日}"
    if notice.is_announced(today):
        return f"{when}，还没有开始。开始以后可以在本页提交。"
    return (
        f"{when}，现在不在公示期内，网上不能提交。"
        f"公示期内寄出的信以邮戳为准，仍然受理；也可以打联系电话{notice.contact_phone}反映。"
    )


@transaction.atomic
def take_objection(objection: Objection, *, by: Person) -> Objection:
    """Become the handler of an objection: from now on only this person reads who sent it, and answers."""
    locked = Objection.objects.select_for_update(of=("self",)).select_related("notice", "handler").get(pk=objection.pk)
    if not (allowed := can_take_objection(locked, by)):
        raise Refused(allowed.reason)
    before, locked.handler = locked.handler, by
    locked.save(update_fields=["handler"])
    for item in _concerned(locked):
        record(
            TAKEN, by=by, target=locked, task_id=item.task_id, before={"handler": before.name if before else ""},
            after={"handler": by.name}, note=locked.receipt,
        )  # fmt: skip
    return locked


@transaction.atomic
def read_sender(objection: Objection, *, by: Person) -> str:
    """Who sent an objection and how to reach them; that it was read stands on the trail, what was read does not."""
    if not (allowed := can_read_sender(objection, by)):
        raise Refused(allowed.reason)
    record(SENDER_READ, by=by, target=objection, note=objection.receipt)
    return objection.contact


@transaction.atomic
def answer(
    objection: Objection, *, finding: str, text: str, by: Person, reasons: dict[str, str] | None = None
) -> Objection:
    """Answer an objection, once. The answer is public, so it passes the release check. An upheld one keeps strike-off closed
    until the notice is withdrawn."""
    locked = (
        Objection.objects.select_for_update(of=("self",))
        .select_related("notice__place", "answered_by", "handler", "item")
        .get(pk=objection.pk)
    )
    if not locked.is_open:
        raise Stale(f"{locked.receipt}已由{locked.answered_by}答复，没有重复办理。")
    if not (allowed := can_answer(locked, by)):
        raise Refused(allowed.reason)
    names = names_for(locked.notice.place, [locked.notice.contact_phone])
    kept = let_through(check_words({"答复": text}, names), reasons or {})
    locked.finding, locked.answer, locked.answered_by, locked.answered_at = finding, text, by, clock.now()
    locked.handler = locked.handler or by
    locked.save(update_fields=["finding", "answer", "answered_by", "answered_at", "handler"])
    let = [f"{row['shown']}（{row['reason']}）" for row in overrides(kept)]
    for item in _concerned(locked):
        record(
            ANSWERED, by=by, target=locked, task_id=item.task_id,
            after={"finding": finding, "text": text_digest(text)} | ({"let_through": let} if let else {}),
            note=f"{locked.receipt}：{locked.get_finding_display()}",
        )  # fmt: skip
    forget_pages()
    return locked
