"""销号登记表: what was accepted by whom, what was looked at, and what was let pass. It goes into the case file and upward."""

from django.utils import timezone

from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.closure.models import Application, Verdict
from zhenggai.core.office import Paper, chinese_date
from zhenggai.ledger.models import Task
from zhenggai.publicity.models import Notice

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def strike_off_paper(task: Task, application: Application, notice: Notice, by: Person) -> bytes:
    """The .docx of a strike-off that `by` approves today."""
    today = clock.today()
    paper = Paper(created=today).title(f"{task.number}整改任务销号登记表")
    paper.heading("整改任务").paragraph(f"{task.inspection}，{task.place}。").paragraph(task.issue)
    if task.goal:
        paper.paragraph(f"整改目标：{task.goal}")
    paper.heading("整改完成情况").paragraph(task.result)
    verdicts = list(application.verdicts.select_related("unit", "decided_by").order_by("position"))
    paper.heading("验收和审核").paragraph("谁验收、谁负责。下列单位和签字人对各自的结论负责，结论作出后不改。")
    paper.table(
        ("层级", "单位", "签字人", "日期", "结论和意见"), [_verdict(verdict) for verdict in verdicts],
        widths=(2.2, 3, 2, 2.4, 6),
    )  # fmt: skip
    _visits(paper, application)
    _changes(paper, application)
    _waivers(paper, task)
    paper.heading("公示").paragraph(
        f"{notice.number}，{chinese_date(notice.starts_on)}至{chinese_date(notice.ends_on)}（{notice.length_words}），"
        f"收到异议{notice.objections.count()}件，均已答复。"
    )
    unit = f"{verdicts[-1].unit.place}生态环境保护督察整改工作领导小组"
    paper.heading("销号").paragraph(f"{by.name}批准，{chinese_date(today)}销号。")
    return paper.signature(unit, today).to_bytes()


def _verdict(verdict: Verdict) -> tuple[str, ...]:
    day = timezone.localdate(verdict.decided_at) if verdict.decided_at else None
    return (
        verdict.name, str(verdict.unit), str(verdict.decided_by), day.isoformat() if day else "",
        f"{verdict.get_result_display()}。{verdict.reason}（所见内容摘要{verdict.digest[:12]}）",
    )  # fmt: skip


def _visits(paper: Paper, application: Application) -> None:
    rows = [
        (
            check.verdict.name, str(check.by), f"{timezone.localtime(check.made_at):%Y-%m-%d %H:%M}", check.place_words,
            f"{check.get_found_display()}。{check.text}",
        )
        for verdict in application.verdicts.order_by("position")
        for check in verdict.site_checks.select_related("verdict", "by")
    ]  # fmt: skip
    if rows:
        paper.heading("现场核查").table(("层级", "核查人", "时间", "位置", "情况"), rows, widths=(2, 2, 2.6, 3.4, 5.6))


def _changes(paper: Paper, application: Application) -> None:
    """What became different after a level had signed, and who looked at it."""
    looks = [(look.changes, f"{look.by}看过：{look.note}") for look in application.looks.select_related("by")]
    signed = [
        (row.changes, f"{row.decided_by}作{row.name}结论时看过") for row in application.verdicts.order_by("position")
    ]
    rows = [
        (change["what"], change["before"], change["after"], who)
        for changes, who in [*signed, *looks] for change in changes
    ]  # fmt: skip
    if rows:
        paper.heading("验收后的变化").table(("什么", "原来", "现在", "谁看过"), rows, widths=(3, 4, 4, 4.6))


def _waivers(paper: Paper, task: Task) -> None:
    rows = [
        (
            waiver.get_condition_display(),
            waiver.missing,
            str(waiver.by),
            f"{timezone.localdate(waiver.at)}",
            waiver.reason,
        )
        for waiver in task.waivers.select_related("by")
    ]
    if rows:
        paper.heading("放行的条件").table(
            ("条件", "还差什么", "放行人", "日期", "理由"), rows, widths=(2.4, 4, 2, 2.4, 5)
        )
