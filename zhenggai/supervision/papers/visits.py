"""The circular of a visit (督查通报): what was looked at, what was wrong beside what had been reported, what must be done."""

from collections.abc import Sequence
from datetime import date

from zhenggai.core.office import chinese_date
from zhenggai.ledger.models import Duty
from zhenggai.supervision.agenda import units_words
from zhenggai.supervision.models import Visit, VisitFinding
from zhenggai.supervision.papers.blocks import Block, Draft, block, table

TOLD = 120  # characters of a report or a finding in a cell; the whole is on the task's page


def visit_circular(visit: Visit) -> Draft:
    """What a visit that has ended came to, with a table of what was wrong."""
    rows = visit.findings.current().select_related("task", "demand__unit").order_by("task__number", "pk")
    found = list(rows.prefetch_related("task__duties"))
    wrong = [row for row in found if row.is_wrong]
    blocks = [
        block("opening", "", _opening(visit, found, len(wrong))),
        block("summary", "督查情况", visit.summary),
        _wrong(wrong),
        block("agreeing", "与上报情况一致的任务", _numbers([row for row in found if not row.is_wrong])),
        block("skipped", "没有查看的任务", _skipped(visit)),
        block("demands", "有关要求", _demands(wrong)),
    ]
    return Draft(f"关于{visit.title}情况的通报", "各有关单位", [row for row in blocks if row["text"]])


def _opening(visit: Visit, found: Sequence[VisitFinding], wrong: int) -> str:
    """Who went, and on which days something was seen: a visit may end before its last day, or go on after it."""
    days = [row.seen_on for row in found]
    told = "" if visit.announced else "，事先没有通知被督查单位"
    members = visit.members.select_related("person__unit", "unit")
    team = "、".join(dict.fromkeys(str(row.person.unit if row.person else row.unit) for row in members))
    return (
        f"{_span(min(days), max(days))}，{visit.body}对{visit.area.name}督察整改任务开展{visit.get_kind_display()}{told}。督查组由{team}的人员组成，"
        f"到现场查看{len(found)}项任务，与上报情况一致{len(found) - wrong}项，发现问题{wrong}项。现将情况通报如下。"
    )


def _span(first: date, last: date) -> str:
    """
    >>> _span(date(2026, 11, 5), date(2026, 11, 6)), _span(date(2026, 11, 30), date(2026, 12, 1))
    ('2026年11月5日至6日', '2026年11月30日至12月1日')
    """
    if first == last:
        return chinese_date(first)
    if first.year != last.year:
        return f"{chinese_date(first)}至{chinese_date(last)}"
    return f"{chinese_date(first)}至" + ("" if first.month == last.month else f"{last.month}月") + f"{last.day}日"


def _wrong(rows: Sequence[VisitFinding]) -> Block:
    if not rows:
        return block("wrong", "发现的问题", "没有发现与上报情况不一致的任务。")
    cells = [
        (
            row.task.number, _units(row), _short(f"{row.reported_words}：{row.reported}") if row.reported_month else "没有报告",
            _short(f"{row.get_result_display()}。{row.text}"), f"{row.demand.text}（{chinese_date(row.demand.due)}前）",
        )
        for row in rows
    ]  # fmt: skip
    header = ("编号", "牵头（责任）单位", "上报情况", "督查看到的情况", "要求和期限")
    return block(
        "wrong", "发现的问题", f"{len(rows)}项任务的实际情况与上报不一致或者没有按要求整改，见下表。",
        table("督查发现的问题", header, cells, "lllll", (1.9, 2.5, 3.9, 4.6, 4.1)),
    )  # fmt: skip


def _units(row: VisitFinding) -> str:
    parts = (Duty.Part.LEAD, Duty.Part.RESPONSIBLE)
    return units_words(duty for duty in row.task.duties.all() if duty.part in parts)


def _short(text: str) -> str:
    return text if len(text) <= TOLD else f"{text[:TOLD]}……"


def _numbers(rows: Sequence[VisitFinding]) -> str:
    return f"{'、'.join(row.task.number for row in rows)}，共{len(rows)}项。" if rows else ""


def _skipped(visit: Visit) -> str:
    """The tasks that were not looked at, under each reason."""
    reasons: dict[str, list[str]] = {}
    for row in visit.tasks.exclude(skipped="").select_related("task").order_by("task__number", "pk"):
        reasons.setdefault(row.skipped.rstrip("。"), []).append(row.task.number)
    return "\n".join(f"{'、'.join(numbers)}：{reason}。" for reason, numbers in reasons.items())


def _demands(rows: Sequence[VisitFinding]) -> str:
    if not rows:
        return "请各单位继续按时限推进整改，据实报告进展。"
    units = "、".join(dict.fromkeys(str(row.demand.unit) for row in rows))
    return (
        f"请{units}对照上表逐项整改，按期办结并在系统里报送办理情况和佐证，由督查单位核实；办结以前，有关任务不能销号。"
        "各单位要据实报告进展，上报情况与实际不符的，一并查明原因。"
    )
