"""What each kind of paper says, drafted from the figures of a day: blocks of text, some with a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from zhenggai.accounts.models import Unit
from zhenggai.core.office import chinese_date
from zhenggai.ledger.figures import reports_of
from zhenggai.ledger.models import Task
from zhenggai.supervision import figures
from zhenggai.supervision.agenda import Figures, Kind, rows_of
from zhenggai.supervision.models import Attendee, Consultation, HelpPlan, Meeting, Paper, Session, Visit, VisitFinding
from zhenggai.supervision.papers.blocks import Block, Draft, block, table
from zhenggai.supervision.papers.visits import visit_circular
from zhenggai.ui.templatetags.ui import weekday_cn

MOST_SLOW = 30


@dataclass(frozen=True)
class Subject:
    """What a paper is about: a place as of a day, and the meeting or the visit where it belongs to one."""

    place: Unit
    today: date
    meeting: Meeting | None = None
    visit: Visit | None = None

    @property
    def month(self) -> date:
        return self.meeting.month if self.meeting else self.today.replace(day=1)


def drafted(kind: str, subject: Subject) -> Draft:
    """The draft of a paper of `kind`."""
    return _DRAFTS[Paper.Kind(kind)](subject)


def office_of(place: Unit) -> str:
    """Who issues: the office of the place's leading group."""
    return f"{place.name}生态环境保护督察整改工作领导小组办公室"


# ── papers of a meeting ──────────────────────────────────────────────────────
def _notice(subject: Subject) -> Draft:
    meeting = subject.meeting
    assert meeting is not None
    at = timezone.localtime(meeting.planned_at)
    when = f"{chinese_date(at.date())}（{weekday_cn(at.date())}）{at:%H:%M}"
    items = list(meeting.items.order_by("position"))
    agenda = "\n".join(
        f"{number}.{item.title}" + (f"（{item.count}项）" if item.kind != Kind.OTHER else "") +
        (f"。{item.text}" if item.text else "")
        for number, item in enumerate(items, 1)
    )  # fmt: skip
    speakers = [str(row.unit) for row in meeting.speakers.filter(speaks=True).select_related("unit")]
    attendees = [row.name for row in meeting.attendees.order_by("position")]
    blocks = [
        block("opening", "", f"经研究，定于{when}召开{meeting.title}。现将有关事项通知如下："),
        block("when", "会议时间", when),
        block("where", "会议地点", meeting.where),
        block("chair", "主持人", meeting.chair),
        block("agenda", "会议议程", agenda),
        block("attendees", "参会单位", "、".join(attendees)),
    ]
    if speakers:
        asked = f"请{'、'.join(speakers)}主要负责人作表态发言，说明滞后原因、下步措施和完成时间。"
        blocks.append(block("speakers", "表态发言", asked))
    for item in items:
        rows = list(item.rows.order_by("position")[:MOST_SLOW])
        if item.kind == Kind.SLOW and rows:
            blocks.append(block("slow", "滞后任务", f"数据截至{chinese_date(meeting.figures_on)}。", _rows_table(rows)))
    return Draft(f"关于召开{meeting.title}的通知", "各有关单位", [row for row in blocks if row["text"]])


def _rows_table(rows: Sequence[Any]) -> dict[str, Any]:
    return table(
        "", ("编号", "问题", "牵头（责任）单位", "时限", "情况"),
        [(row.number, row.headline, row.units, row.due.isoformat() if row.due else "—", row.words) for row in rows],
        "lllcl", (2.1, 4.2, 3.1, 3.2, 4.4),
    )  # fmt: skip


def _minutes(subject: Subject) -> Draft:
    meeting = subject.meeting
    assert meeting is not None
    assert meeting.held_on is not None
    here = meeting.attendees.filter(presence__in=[Attendee.Presence.PRESENT, Attendee.Presence.SUBSTITUTE])
    away = meeting.attendees.filter(presence__in=[Attendee.Presence.EXCUSED, Attendee.Presence.ABSENT])
    opening = f"{chinese_date(meeting.held_on)}，{meeting.chair}在{meeting.where}主持召开{meeting.title}。现将会议内容纪要如下："
    spoken = [
        f"{row.unit}：{row.statement}"
        for row in meeting.speakers.filter(speaks=True).select_related("unit").order_by("position") if row.statement
    ]  # fmt: skip
    decided = [
        (row.position, row.text, str(row.unit), row.due.isoformat())
        for row in meeting.decided.select_related("unit").order_by("position")
    ]
    presence = "出席：" + "、".join(row.name for row in here.order_by("position"))
    if away.exists():
        presence += "\n" + "、".join(f"{row.name}（{row.get_presence_display()}）" for row in away.order_by("position"))
    blocks = [
        block("opening", "", opening),
        block("minutes", "会议情况", meeting.minutes),
        block("spoken", "表态发言", "\n".join(spoken)),
        block("decided", "议定事项", f"会议议定{len(decided)}项，由承办单位按期办结。" if decided else "",
              table("", ("序号", "事项", "承办单位", "办结期限"), decided, "clll", (1.6, 7.4, 3.8, 3.4)) if decided else None),
        block("presence", "参会情况", presence if here.exists() else ""),
    ]  # fmt: skip
    return Draft(f"{meeting.title}纪要", "", [row for row in blocks if row["text"]])


# ── papers of figures ────────────────────────────────────────────────────────
def _overall(subject: Subject) -> Block:
    total = figures.total_of(subject.place, subject.today)
    text = (
        f"截至{chinese_date(subject.today)}，{subject.place.name}共有整改任务{total.total}项：已销号{total.struck_off}项，"
        f"销号率{total.rate}；完成整改、正在验收公示{total.done}项；达到序时进度{total.on_time}项；"
        f"尚未启动{total.not_started}项；未达到序时进度{total.behind}项，其中逾期{total.overdue}项。"
    )
    rows = [*figures.by_place(subject.place, subject.today), total]
    header = ("地区", *figures.HEADER[1:])
    return block("overall", "总体进展", text, table("各地整改进展", header, [row.cells() for row in rows], *_NUMBERS))


_NUMBERS = ("lrrrrrrrr", (3, 1.4, 1.7, 2.1, 2.1, 1.7, 2.1, 2.1, 1.9))


def _units(subject: Subject) -> Block:
    rows = figures.by_unit(subject.place, subject.today)
    header = ("单位", *figures.HEADER[1:])
    text = "一项任务有几家牵头、责任单位的，各家都计，各行之和可能大于合计。"
    shown = table("各单位整改进展", header, [row.cells() for row in rows], *_NUMBERS)
    return block("units", "各单位进展", text if rows else "", shown if rows else None)


def _slow(subject: Subject) -> Block:
    count, rows = rows_of(Kind.SLOW, Figures(subject.place, subject.today, subject.today, 0))
    more = f"，下表列出前{MOST_SLOW}项" if count > MOST_SLOW else ""
    text = f"未达到序时进度的任务{count}项{more}。" if count else "没有未达到序时进度的任务。"
    return block("slow", "进展滞后的任务", text, _rows_table(rows[:MOST_SLOW]) if rows else None)


def _reports(subject: Subject) -> Block:
    found = reports_of(subject.place, subject.month, subject.today)
    rows = figures.report_rows(found) if found else []
    if not found or not rows:
        return block("reports", "月报告报送", "")
    total = figures.reports_in_all(found)
    text = (
        f"{subject.month.month}月报告应报{total.owed}份，截止{chinese_date(found.due_on)}：按时{total.in_time}份，"
        f"迟报{total.late}份，未报{total.missing}份。"
    )
    header = ("单位", "应报", "按时", "迟报", "退回", "未报")
    return block("reports", "月报告报送", text, table("", header, rows, "lrrrrr", (6, 2, 2, 2, 2, 2)))


def _demands(subject: Subject) -> Block:
    slow = [row.name for row in figures.by_unit(subject.place, subject.today) if row.behind]
    named = "、".join(slow[:8]) + ("等单位" if len(slow) > 8 else "")
    text = f"请{named}逐项查明滞后原因，明确责任人和完成时间，把进度赶上来。" if slow else "请各单位按时限继续推进。"
    return block("demands", "下一步要求", text)


def _bulletin(subject: Subject) -> Draft:
    month = f"{subject.month.year}年{subject.month.month}月"
    blocks = [_overall(subject), _units(subject), _slow(subject), _reports(subject), _demands(subject)]
    return Draft(f"{subject.place.name}生态环境保护督察整改{month}进展情况", "", [row for row in blocks if row["text"]])


def _circular(subject: Subject) -> Draft:
    month = f"{subject.month.year}年{subject.month.month}月"
    blocks = [_overall(subject), _units(subject), _slow(subject), _reports(subject), _demands(subject)]
    title = f"关于{month}生态环境保护督察整改进展情况的通报"
    return Draft(title, "各有关单位", [row for row in blocks if row["text"]])


def _special(subject: Subject) -> Draft:
    month = f"{subject.month.year}年{subject.month.month}月"
    blocks = [_overall(subject), _done(subject), _slow(subject), _demands(subject)]
    title = f"关于{month}生态环境保护督察整改工作情况的报告"
    return Draft(title, "", [row for row in blocks if row["text"]])


def _done(subject: Subject) -> Block:
    """What was held this month, counted from the records."""
    span = (subject.month, subject.today)
    meetings = Meeting.objects.filter(place=subject.place, held_on__range=span).count()
    held = Consultation.objects.filter(place=subject.place, held_on__range=span)
    on_site = held.filter(form=Consultation.Form.ON_SITE).count()
    sessions = Session.objects.filter(duty__place=subject.place, held_on__range=span, visit__isnull=True)
    study = sessions.filter(duty__kind="study").count()
    looked = VisitFinding.objects.current().filter(visit__place=subject.place, seen_on__range=span)
    helped = HelpPlan.objects.filter(
        task__in=Task.objects.under([subject.place.pk]).values("pk"), state="helping"
    ).count()
    parts = [
        f"召开调度会、推进会{meetings}次" if meetings else "",
        f"会商{held.count()}次，其中现场研究{on_site}次" if held.count() else "",
        f"各责任主体研究生态环境保护工作{study}次" if study else "",
        _visited(looked),
        f"开展其他督导等{sessions.count() - study}次" if sessions.count() > study else "",
        f"正在帮扶推进困难的任务{helped}项" if helped else "",
    ]
    told = [part for part in parts if part]
    return block("done", "主要工作", f"{subject.month.month}月，{'，'.join(told)}。" if told else "")


def _visited(looked: QuerySet[Any]) -> str:
    """What the visits of a span came to, in one statement."""
    wrong = Count("pk", filter=~Q(result=VisitFinding.Result.AS_REPORTED))
    row = looked.order_by().aggregate(visits=Count("visit", distinct=True), tasks=Count("pk"), wrong=wrong)
    return (
        f"开展督查{row['visits']}次，到现场查看任务{row['tasks']}项，发现问题{row['wrong']}项" if row["visits"] else ""
    )


def _visit(subject: Subject) -> Draft:
    assert subject.visit is not None
    return visit_circular(subject.visit)


_DRAFTS: dict[Paper.Kind, Callable[[Subject], Draft]] = {
    Paper.Kind.NOTICE: _notice,
    Paper.Kind.MINUTES: _minutes,
    Paper.Kind.BULLETIN: _bulletin,
    Paper.Kind.CIRCULAR: _circular,
    Paper.Kind.SPECIAL: _special,
    Paper.Kind.VISIT: _visit,
}
