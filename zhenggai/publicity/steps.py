"""The steps that this app performs: publishing a notice, taking it back; and what a running notice still blocks."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.ledger.blockers import Blocker, blocks
from zhenggai.ledger.changes import on_change
from zhenggai.ledger.lifecycle import Outcome, performs, take
from zhenggai.ledger.models import Task
from zhenggai.ledger.states import OPEN_NOTICE, RENEW_NOTICE, STRIKE_OFF, WITHDRAW_NOTICE, State
from zhenggai.publicity.actions import refresh_copies
from zhenggai.publicity.forms import OpenNoticeForm, RenewNoticeForm, WithdrawNoticeForm
from zhenggai.publicity.freshness import forget_pages
from zhenggai.publicity.models import EndChange, Notice, Objection
from zhenggai.publicity.notices import disputed, lock_others, publish, take_back, told
from zhenggai.publicity.permissions import can_open_notice, can_renew_notice, can_withdraw_notice


@performs(OPEN_NOTICE, allowed=can_open_notice, form=OpenNoticeForm, goes_to=lambda task: "公众，期满后交领导小组销号")
def open_notice(
    task: Task, *, by: Person, starts_on: date | None = None, others: Sequence[int] = (),
    reasons: Mapping[str, str] | None = None, within: Notice | None = None, **given: Any,
) -> Outcome:  # fmt: skip
    """Publish a notice of the task, and of the `others` (ids) of its place that are as far. What it says of the result is what
    was accepted and reviewed: nobody writes it anew here. `within`: the notice that this task is published with."""
    if within is None:
        rest = lock_others(task, others)
        tasks = sorted([task, *rest], key=lambda one: one.number)
        within = publish(tasks, by=by, starts_on=starts_on or clock.today(), reasons=reasons or {}, **given)
        for other in rest:
            take(OPEN_NOTICE, other, by=by, within=within)
    notice = within
    return Outcome(
        after=told(notice),
        note=f"{notice.number}，{notice.starts_on:%Y-%m-%d}至{notice.ends_on:%Y-%m-%d}（{notice.length_words}）",
    )


def _current(task: Task) -> Notice:
    notice: Notice = Notice.objects.current().select_for_update(of=("self",)).get(items__task=task)
    return notice


@performs(WITHDRAW_NOTICE, allowed=can_withdraw_notice, form=WithdrawNoticeForm, goes_to=lambda task: "牵头单位")
def withdraw_notice(
    task: Task, *, by: Person, reason: str, back_to: str = State.RECTIFYING, within: Notice | None = None
) -> Outcome:
    """Take the notice back and send the task back: to be rectified, or, where the work is done and only its proof is wanting,
    to the self-check. Its other tasks wait for a new notice, except those that an objection was found true on as well."""
    notice = within or _current(task)
    if within is None:
        take_back(notice, reason)
        too = disputed(notice)
        for other in lock_others(task, list(notice.items.order_by("pk").values_list("task_id", flat=True))):
            if other.pk in too:
                take(WITHDRAW_NOTICE, other, by=by, reason=reason, back_to=back_to, within=notice)
            else:
                take(RENEW_NOTICE, other, by=by, reason=reason, within=notice)
    return Outcome(target=State(back_to), after={"notice": notice.pk}, note=f"{notice.number}。理由：{reason}")


@performs(RENEW_NOTICE, allowed=can_renew_notice, form=RenewNoticeForm, goes_to=lambda task: "宣传报道组重新公示")
def renew_notice(task: Task, *, by: Person, reason: str, within: Notice | None = None) -> Outcome:
    """Take back a notice that says something wrong (a telephone, a date), to publish it anew in full length."""
    notice = within or _current(task)
    if within is None:
        if disputed(notice):
            raise Refused("有异议属实，不能只更正重发：应“撤回公示、退回整改”。")
        if notice.objections.open().exists():
            raise Refused("还有异议没有答复，先答复再更正重发。")
        take_back(notice, reason)
        for other in lock_others(task, list(notice.items.order_by("pk").values_list("task_id", flat=True))):
            take(RENEW_NOTICE, other, by=by, reason=reason, within=notice)
    return Outcome(after={"notice": notice.pk}, note=f"{notice.number}。理由：{reason}")


@blocks
def notice_blockers(task: Task) -> Iterable[Blocker]:
    """A notice that has not ended, an end that may have to be put off, an objection not answered or found true."""
    if task.state != State.IN_NOTICE:
        return
    changing = Exists(EndChange.objects.open().filter(notice=OuterRef("pk")))
    notice = Notice.objects.current().filter(items__task=task).annotate(changing=changing).get()
    if not notice.has_ended(clock.today()):
        yield Blocker(STRIKE_OFF, f"公示期未满，到{notice.ends_on:%-m月%-d日}", "期满次日可销号", "notice")
    if notice.changing and (change := notice.end_changes.open().first()):
        yield Blocker(
            STRIKE_OFF, f"公示期是否顺延到{change.new_end:%-m月%-d日}还没有定", "宣传报道组在公示页上决定", "notice"
        )
    objections = list(notice.objections.order_by("pk"))
    waiting = [objection for objection in objections if objection.is_open]
    if waiting:
        due = min(objection.due_on for objection in waiting)
        yield Blocker(STRIKE_OFF, f"异议{len(waiting)}件未答复", f"限{due:%-m月%-d日}前答复", "notice")
    if any(objection.finding == Objection.Finding.UPHELD for objection in objections):
        yield Blocker(STRIKE_OFF, "异议属实", "应撤回公示、退回整改", "notice")


on_change(refresh_copies)
on_change(lambda tasks: forget_pages())
