"""What a person has to do, gathered from every app: one row a thing, by date, each one click from doing it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Person
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.closure.models import Verdict
from zhenggai.core import workdays
from zhenggai.intake.models import Proposal
from zhenggai.ledger.lifecycle import decide as decide_step
from zhenggai.ledger.models import Duty, Task
from zhenggai.ledger.states import APPLY, FILE, OPEN_NOTICE, SELF_CHECK, STRIKE_OFF, State, Step
from zhenggai.progress.actions import month_of, report_due
from zhenggai.progress.models import Report
from zhenggai.progress.querysets import duties_to_report
from zhenggai.publicity.models import Objection
from zhenggai.rulebook.models import Rulebook

MOST = 100  # of each kind; a list of more is worked off in the list that it comes from


@dataclass(frozen=True)
class Todo:
    """One thing to do: until when, what, on which task, where it comes from, and where it is done."""

    title: str
    url: str
    label: str
    due: date | None = None
    detail: str = ""
    task: Task | None = None
    origin: str = ""
    review: bool = False


def todos(person: Person) -> list[Todo]:
    """Everything that waits for `person`, what is due first on top."""
    rows = [*_for_liaison(person), *_for_coordination(person), *_for_publicity(person), *_for_leader(person)]
    return sorted(rows, key=lambda row: (row.due is None, row.due or date.max, not row.review))


# ── units that rectify ───────────────────────────────────────────────────────
def _for_liaison(person: Person) -> Iterator[Todo]:
    if not person.holds(Role.LIAISON):
        return
    yield from _reports_owed(person)
    mine = [unit.pk for unit in person.units_as(Role.LIAISON)]
    part = Duty.objects.filter(unit__in=mine, part__in=[Duty.Part.LEAD, Duty.Part.RESPONSIBLE]).values("task")
    ready = Task.objects.filter(pk__in=part, state__in=[State.RECTIFYING, State.SELF_CHECKED])
    finished = ready.exclude(measures__progress__in=["open", "doing"]) | ready.filter(state=State.SELF_CHECKED)
    for task in finished.select_related("place").order_by("due", "pk").distinct()[:MOST]:
        step = SELF_CHECK if task.state == State.RECTIFYING else APPLY
        if decide_step(step, task, person):
            yield _step(task, step, "措施都已完成" if step is SELF_CHECK else "自查自验已完成", task.due)


def _reports_owed(person: Person) -> Iterator[Todo]:
    month = month_of(clock.today())
    duties = list(duties_to_report(person, month)[:MOST])
    returned = {
        report.task_id: report
        for report in Report.objects.filter(
            month=month, state="returned", task__in=[duty.task_id for duty in duties]
        ).select_related("decided_by").order_by("version")
    }  # fmt: skip
    due: date | None = None
    seen: set[int] = set()
    for duty in duties:
        if duty.task_id in seen:
            continue
        seen.add(duty.task_id)
        due = due or _report_due(duty.task, month)
        back = returned.get(duty.task_id)
        yield Todo(
            title=f"{'补正' if back else '报'}{month.month}月报告：{duty.task.headline}",
            detail=f"退回理由：{back.reason}" if back else "",
            due=due,
            task=duty.task,
            origin=f"{back.decided_by}退回" if back else "月调度",
            url=reverse("write_report", args=[duty.task_id]),
            label="补正" if back else "去报",
        )


def _report_due(task: Task, month: date) -> date | None:
    try:
        return report_due(task.place, month)[0]
    except Refused:
        return None


# ── the office's teams ───────────────────────────────────────────────────────
def _for_coordination(person: Person) -> Iterator[Todo]:
    if not person.holds(Role.COORDINATION):
        return
    yield from _verdicts(person)
    reports = Report.objects.visible_to(person).filter(state="submitted").exclude(submitted_by=person)
    for report in reports.select_related("task__place", "unit").defer("text", "measures").order_by("pk")[:MOST]:
        yield Todo(
            title=f"审核{report.unit}{report.month.month}月报告：{report.task.headline}",
            due=report.due_on + timedelta(days=5),
            task=report.task,
            origin=f"{report.submitted_on:%m-%d}报送",
            url=reverse("report", args=[report.month_key, report.pk]),
            label="审核",
            review=True,
        )
    for proposal in Proposal.objects.visible_to(person).current().with_counts().filter(pending__gt=0)[:MOST]:
        yield Todo(
            title=f"导入核对：{proposal}",
            detail=f"{proposal.total}项里还有{proposal.pending}项没核对，存疑{proposal.doubtful}项",
            origin=f"{proposal.created_at:%m-%d}收到",
            url=reverse("proposal", args=[proposal.pk]),
            label="接着核对",
        )
    yield from _objections(person)
    for task in Task.objects.visible_to(person).filter(state=State.STRUCK_OFF).for_list().order_by("pk")[:MOST]:
        if decide_step(FILE, task, person):
            yield _step(task, FILE, "已销号，待备案")


def _for_publicity(person: Person) -> Iterator[Todo]:
    if not person.holds(Role.PUBLICITY):
        return
    for task in Task.objects.visible_to(person).filter(state=State.REVIEWED).for_list().order_by("pk")[:MOST]:
        if decide_step(OPEN_NOTICE, task, person):
            yield _step(task, OPEN_NOTICE, "审核通过，待公示")
    if not person.holds(Role.COORDINATION):
        yield from _objections(person)


def _objections(person: Person) -> Iterator[Todo]:
    rows = Objection.objects.visible_to(person).open().select_related("notice").prefetch_related("notice__items__task")
    for objection in rows.order_by("due_on", "pk")[:MOST]:
        yield Todo(
            title=f"答复异议{objection.receipt}",
            detail=f"{objection.notice}；没有答复之前不能销号",
            due=objection.due_on,
            task=next(iter(objection.notice.items.all())).task,
            origin=f"公众 {objection.received_on:%m-%d}",
            url=reverse("objection", args=[objection.pk]),
            label="看异议",
            review=True,
        )


# ── leaders ──────────────────────────────────────────────────────────────────
def _for_leader(person: Person) -> Iterator[Todo]:
    if not person.holds(Role.LEADER):
        return
    if not person.holds(Role.COORDINATION):
        yield from _verdicts(person)
    for task in Task.objects.visible_to(person).filter(state=State.IN_NOTICE).for_list().order_by("pk")[:MOST]:
        if decide_step(STRIKE_OFF, task, person):
            yield _step(task, STRIKE_OFF, "公示期满，没有未答复的异议", review=True)
    places = person.places_as(Role.LEADER)
    for book in Rulebook.objects.filter(approved_at__isnull=True, place__in=places).exclude(drafted_by=person)[:MOST]:
        yield Todo(title=f"批准制度：{book}", url=reverse("rulebook", args=[book.pk]), label="看草稿",
                   due=book.effective_from, origin="综合协调组起草", review=True)  # fmt: skip


def _verdicts(person: Person) -> Iterable[Todo]:
    rows = Verdict.objects.waiting_for(person).select_related("application__task__place", "unit", "applicant_unit")
    for verdict in rows.order_by("pk")[:MOST]:
        task = verdict.application.task
        since = task.state_since.astimezone(clock.now().tzinfo).date()
        step = "review" if verdict.kind == Verdict.Kind.REVIEW else "accept"
        yield Todo(
            title=f"{verdict.name}：{task.headline}",
            detail=f"{verdict.applicant_unit}申请",
            due=workdays.add(since, verdict.days, first_counts=False).end,
            task=task,
            origin=f"{since:%m-%d}转来",
            url=reverse("step", args=[task.pk, step]),
            label="作结论",
            review=True,
        )


def _step(task: Task, step: Step, detail: str, due: date | None = None, review: bool = False) -> Todo:
    return Todo(
        title=f"{step.label}：{task.headline}",
        detail=detail,
        due=due,
        task=task,
        origin=task.state_words,
        url=reverse("step", args=[task.pk, step.name]),
        label=step.label if len(step.label) <= 6 else "去办",
        review=review,
    )


def grouped(rows: list[Todo], today: date) -> list[tuple[str, list[Todo]]]:
    """The rows under what is due when: late, this week, within 30 days, later, without a date."""
    week = today + timedelta(days=7 - today.isoweekday() or 7)
    bounds = (("已过期", today - timedelta(days=1)), (f"本周（至{week:%-m月%-d日}）", week),
              ("30天内", today + timedelta(days=30)), ("以后", date.max))  # fmt: skip
    groups: list[tuple[str, list[Todo]]] = []
    left = [row for row in rows if row.due]
    for label, last in bounds:
        found = [row for row in left if row.due and row.due <= last]
        left = [row for row in left if row not in found]
        groups.append((label, found))
    groups.append(("没有期限", [row for row in rows if not row.due]))
    return [(label, found) for label, found in groups if found]
