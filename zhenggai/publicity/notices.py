"""Publishing a notice, taking it back, and putting its end off."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import DatabaseError, transaction

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.audit.actions import SYSTEM, record
from zhenggai.audit.verbs import register
from zhenggai.core import workdays
from zhenggai.documents.actions import keep_bytes, next_number
from zhenggai.ledger.models import Task
from zhenggai.publicity.covers import findable
from zhenggai.publicity.freshness import forget_pages
from zhenggai.publicity.models import EndChange, Notice, NoticeItem, Objection, PublicText, period_of
from zhenggai.publicity.papers.notice import DOCX, notice_paper
from zhenggai.publicity.permissions import can_change_end
from zhenggai.publicity.release.findings import Finding
from zhenggai.publicity.releasing import check_words, keep_release, let_through, names_for, overrides, refuse_unfit
from zhenggai.rulebook.models import Rulebook

MOST_AHEAD = 30  # days between the announcement and the first day
PUT_OFF = register("notice.put_off", "公示期顺延", "amber")
PROPOSED = register("notice.end_proposed", "建议顺延公示期", "amber")
KEPT_END = register("notice.end_kept", "公示期不顺延", "")
FIELDS = {
    "title": "标题", "issuer": "发布单位", "contact_unit": "受理部门", "contact_phone": "联系电话",
    "contact_address": "联系地址",
}  # fmt: skip


def words_of(tasks: Sequence[Task], given: Mapping[str, Any]) -> dict[str, str]:
    """Everything that a notice of `tasks` would say, by what people call each part."""
    words = {label: str(given.get(name) or "") for name, label in FIELDS.items() if name != "contact_phone"}
    for task in tasks:
        words |= {
            f"{task.number}问题概要": task.headline, f"{task.number}反馈问题": task.issue,
            f"{task.number}整改目标": task.goal, f"{task.number}整改情况": task.result,
        }  # fmt: skip
        words |= {f"{task.number}措施{measure.no}": measure.text for measure in task.measures.order_by("no")}
    return words


def check_notice(tasks: Sequence[Task], given: Mapping[str, Any]) -> list[Finding]:
    """The release check of a notice; its own telephone may stand, unless that is somebody's mobile."""
    phone = str(given.get("contact_phone") or "")
    found = check_words(words_of(tasks, given), names_for(tasks[0].place, [phone]))
    mobile = [
        finding for finding in check_words({"联系电话": phone}, names_for(tasks[0].place)) if finding.kind == "mobile"
    ]
    return found + mobile


def publish(tasks: Sequence[Task], *, by: Person, starts_on: date, reasons: Mapping[str, str], **given: Any) -> Notice:
    """Announce a notice of `tasks`, all of one place, that runs from `starts_on` for as long as the rulebook in force on that
    day says. Raises Refused when it would begin in the past, or the release check is not answered."""
    place, today = tasks[0].place, clock.today()
    if not today <= starts_on <= today + timedelta(days=MOST_AHEAD):
        raise Refused(f"公示从今天或以后{MOST_AHEAD}天内的一天开始，先公告、后起算，不能写过去的日期。")
    if any(task.place_id != place.pk for task in tasks):
        raise Refused("一份公示只写一个地方的任务，请分开发布。")
    kept = let_through(check_notice(tasks, given), reasons)
    book = Rulebook.objects.in_force(place, starts_on)
    period = period_of(starts_on, book.rules.notice_days, book.rules.notice_day_kind)
    notice = Notice.objects.create(
        number=f"{place.name}整改公示〔{today.year}〕{next_number(f'notice-{place.pk}-{today.year}')}号",
        place=place, starts_on=period.start, ends_on=period.end, days=period.length,
        day_kind=book.rules.notice_day_kind, provisional=period.provisional, rulebook=book, published_by=by,
        published_at=clock.now(), **{name: given.get(name, "") for name in FIELDS},
    )  # fmt: skip
    items = [_item(notice, task) for task in tasks]
    notice.paper = keep_bytes(notice_paper(notice, items), media_type=DOCX)
    notice.save(update_fields=["paper"])
    keep_release(kept, by=by, notice=notice)
    PublicText.objects.keep([findable(notice, items)])
    return notice


def _item(notice: Notice, task: Task) -> NoticeItem:
    return NoticeItem.objects.create(
        notice=notice, task=task, number=task.number, headline=task.headline, issue=task.issue, goal=task.goal,
        measures=list(task.measures.order_by("no").values_list("text", flat=True)), result=task.result,
    )  # fmt: skip


def lock_others(task: Task, others: Sequence[int]) -> list[Task]:
    """The other tasks of a notice, locked; at once or not at all, so that two who publish never wait for each other."""
    rows = (
        Task.objects.filter(pk__in=others).exclude(pk=task.pk).select_related("place", "inspection").order_by("number")
    )
    try:
        with transaction.atomic():
            return list(rows.select_for_update(of=("self",), nowait=True))
    except DatabaseError as error:
        raise Stale("同一份公示里的任务正在被别人办理，请稍后再试。") from error


def told(notice: Notice) -> dict[str, Any]:
    """What the trail tells of a published notice."""
    release = notice.releases.get()
    return {
        "notice": notice.pk, "starts_on": notice.starts_on.isoformat(), "ends_on": notice.ends_on.isoformat(),
        "paper": notice.paper.sha256 if notice.paper else "", "checked": len(release.findings),
        "let_through": [f"{row['where']}：{row['shown']}（{row['reason']}）" for row in overrides(release.findings)],
    }  # fmt: skip


def take_back(notice: Notice, reason: str) -> None:
    """Mark a notice as withdrawn; what was published stays readable as withdrawn. Raises Refused for a reason that is not for
    the public."""
    refuse_unfit("理由", reason, notice.place, [notice.contact_phone])
    notice.withdrawn_at, notice.withdrawn_reason = clock.now(), reason
    notice.save(update_fields=["withdrawn_at", "withdrawn_reason"])


def disputed(notice: Notice) -> set[int]:
    """The tasks (ids) of a notice that an objection was found true on; one on the whole notice concerns all of them."""
    items = dict(notice.items.order_by("pk").values_list("pk", "task_id"))
    upheld = notice.objections.filter(finding=Objection.Finding.UPHELD).order_by("pk").values_list("item_id", flat=True)
    return {task for item, task in items.items() if any(named in (None, item) for named in upheld)}


# ── the end, when the State Council changes a day ────────────────────────────
def propose_new_ends() -> int:
    """Compare every notice that has not ended with the calendar as it is now; where that gives a later end, propose it. The
    end that was published is never rewritten, and never moved forward. Idempotent; how many were proposed."""
    today, made = clock.today(), 0
    rows = Notice.objects.current().filter(ends_on__gte=today, day_kind="working").order_by("pk")
    for notice in rows:
        end = notice.counted.end
        if end <= notice.ends_on or notice.end_changes.filter(new_end=end).exists():
            continue
        with transaction.atomic():
            change = EndChange.objects.create(
                notice=notice,
                old_end=notice.ends_on,
                new_end=end,
                because=_because(notice, end),
                proposed_at=clock.now(),
            )
            for item in notice.items.order_by("pk"):
                record(PROPOSED, by=SYSTEM, target=change, task_id=item.task_id, after={"new_end": end.isoformat()},
                       note=str(change))  # fmt: skip
        made += 1
    return made


def _because(notice: Notice, end: date) -> str:
    """The State Council's notices for the years that the period lies in, as they are cited."""
    years = range(notice.starts_on.year, end.year + 1)
    return "、".join(found.citation for year in years for found in workdays.year_notices(year))[:300] or "放假安排变动"


@transaction.atomic
def decide_end(change: EndChange, *, adopt: bool, reason: str, by: Person) -> EndChange:
    """Put the end of a notice off as proposed, or leave it, with the reason. Decided once."""
    locked = EndChange.objects.select_for_update(of=("self",)).select_related("notice", "decided_by").get(pk=change.pk)
    if locked.adopted is not None:
        raise Stale(f"{locked.decided_by}已经决定过，没有重复办理。")
    if not (allowed := can_change_end(locked, by)):
        raise Refused(allowed.reason)
    if not adopt and not reason.strip():
        raise Refused("不顺延的，请写明理由。")
    locked.adopted, locked.reason, locked.decided_by, locked.decided_at = adopt, reason, by, clock.now()
    locked.save(update_fields=["adopted", "reason", "decided_by", "decided_at"])
    if adopt:
        Notice.objects.filter(pk=locked.notice_id).update(ends_on=locked.new_end)
    for item in locked.notice.items.order_by("pk"):
        record(
            PUT_OFF if adopt else KEPT_END, by=by, target=locked, task_id=item.task_id,
            before={"ends_on": locked.old_end.isoformat()},
            after={"ends_on": (locked.new_end if adopt else locked.old_end).isoformat()},
            note="。".join(filter(None, [str(locked), locked.because, reason])),
        )  # fmt: skip
    forget_pages()
    return locked
