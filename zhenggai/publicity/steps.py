"""The steps that this app performs: publishing a notice, taking it back; and what a running notice still blocks."""

from collections.abc import Iterable
from typing import Any

from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.documents.actions import keep_bytes, next_number
from zhenggai.ledger.blockers import Blocker, blocks
from zhenggai.ledger.changes import on_change
from zhenggai.ledger.lifecycle import Outcome, performs
from zhenggai.ledger.models import Task
from zhenggai.ledger.states import OPEN_NOTICE, STRIKE_OFF, WITHDRAW_NOTICE, State
from zhenggai.publicity.actions import refresh_copies
from zhenggai.publicity.forms import OpenNoticeForm, WithdrawNoticeForm
from zhenggai.publicity.models import Notice, NoticeItem, Objection, period_of
from zhenggai.publicity.papers.notice import DOCX, notice_paper
from zhenggai.publicity.permissions import can_open_notice, can_withdraw_notice
from zhenggai.rulebook.models import Rulebook


@performs(OPEN_NOTICE, allowed=can_open_notice, form=OpenNoticeForm, goes_to=lambda task: "公众，期满后交领导小组销号")
def open_notice(task: Task, *, by: Person, **given: Any) -> Outcome:
    """Publish a notice of the task from today on, for as long as the rulebook in force today says. What it says of the
    result is what was accepted and reviewed: nobody writes it anew here."""
    today = clock.today()
    book = Rulebook.objects.in_force(task.place, today)
    period = period_of(today, book.rules.notice_days, book.rules.notice_day_kind)
    notice = Notice.objects.create(
        number=f"{task.place.name}整改公示〔{today.year}〕{next_number(f'notice-{task.place_id}-{today.year}')}号",
        place=task.place,
        starts_on=period.start,
        ends_on=period.end,
        days=period.length,
        day_kind=book.rules.notice_day_kind,
        provisional=period.provisional,
        rulebook=book,
        published_by=by,
        published_at=clock.now(),
        title=given["title"],
        issuer=given["issuer"],
        contact_unit=given["contact_unit"],
        contact_phone=given["contact_phone"],
        contact_address=given["contact_address"],
    )
    item = NoticeItem.objects.create(
        notice=notice,
        task=task,
        number=task.number,
        headline=task.headline,
        issue=task.issue,
        goal=task.goal,
        measures=list(task.measures.order_by("no").values_list("text", flat=True)),
        result=task.result,
    )
    notice.paper = keep_bytes(notice_paper(notice, [item]), media_type=DOCX)
    notice.save(update_fields=["paper"])
    dates = {"starts_on": notice.starts_on.isoformat(), "ends_on": notice.ends_on.isoformat()}
    return Outcome(
        after={"notice": notice.pk, **dates, "paper": notice.paper.sha256},
        note=f"{notice.number}，{notice.starts_on:%Y-%m-%d}至{notice.ends_on:%Y-%m-%d}（{notice.length_words}）",
    )


@performs(WITHDRAW_NOTICE, allowed=can_withdraw_notice, form=WithdrawNoticeForm, goes_to=lambda task: "牵头单位")
def withdraw_notice(task: Task, *, by: Person, reason: str) -> Outcome:
    """Take the notice back and send the task back to be rectified; what was published stays readable as withdrawn."""
    notice = Notice.objects.current().select_for_update(of=("self",)).get(items__task=task)
    notice.withdrawn_at, notice.withdrawn_reason = clock.now(), reason
    notice.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    return Outcome(after={"notice": notice.pk}, note=f"{notice.number}。理由：{reason}")


@blocks
def notice_blockers(task: Task) -> Iterable[Blocker]:
    """A notice that has not ended, an objection that is not answered, one that was found true."""
    if task.state != State.IN_NOTICE:
        return
    notice = Notice.objects.current().filter(items__task=task).get()
    if not notice.has_ended(clock.today()):
        yield Blocker(STRIKE_OFF, f"公示期未满，到{notice.ends_on:%-m月%-d日}", "期满次日可销号", "notice")
    objections = list(notice.objections.order_by("pk"))
    waiting = [objection for objection in objections if objection.is_open]
    if waiting:
        due = min(objection.due_on for objection in waiting)
        yield Blocker(STRIKE_OFF, f"异议{len(waiting)}件未答复", f"限{due:%-m月%-d日}前答复", "notice")
    if any(objection.finding == Objection.Finding.UPHELD for objection in objections):
        yield Blocker(STRIKE_OFF, "异议属实", "应撤回公示、退回整改", "notice")


on_change(refresh_copies)
