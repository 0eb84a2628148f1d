"""What waits for whom: one queue a kind of work, each a query of the app whose work it is.

The queries hold the rules of those apps' permissions for many rows at once; tests/test_queues.py shows that a thing
stands in a person's queue exactly when its step is open to that person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Person, Unit
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.closure import changed, lookback, replies
from zhenggai.closure import querysets as closing
from zhenggai.closure.models import Verdict
from zhenggai.documents.models import FileAlarm
from zhenggai.intake.models import Proposal
from zhenggai.ledger import waiting
from zhenggai.ledger.models import Gap, Remedy
from zhenggai.ledger.querysets import unchanged
from zhenggai.ledger.states import (
    APPLY,
    FILE,
    OPEN_NOTICE,
    SELF_CHECK,
    STRIKE_OFF,
)  # fmt: skip
from zhenggai.pages import closure_todos, ledger_todos, meeting_todos, visit_todos
from zhenggai.pages.evidence import alarms_for
from zhenggai.pages.todo import Rest, Todo
from zhenggai.progress.models import FiledTask, Report
from zhenggai.progress.querysets import tasks_behind, tasks_to_report
from zhenggai.progress.rounds import month_of, report_due
from zhenggai.publicity.models import NoticeItem, Objection
from zhenggai.publicity.querysets import HANDLERS, tasks_to_notice
from zhenggai.rulebook.models import Rulebook
from zhenggai.supervision.models import Consultation, DecidedItem, HelpPlan, HelpStep, Paper, StandingDuty, Visit

MOST = 50  # of each kind on one page; the rest is worked off in the list that it comes from
COUNTED = 1001  # how far the rest of a kind is counted
REVIEW_DAYS = 5  # a report should be reviewed within this many days of the report day


@dataclass(frozen=True)
class Queue:
    """`page`: the page of the index that the work belongs to; `role`: who has it; `rows`: the query; `todos`: its rows
    as things to do; `mark`: the fields by which a row that comes back changed is told from the one that was seen; `rest`:
    the list that holds all of it, where the page of the index does not, as the name of its address and what is asked of it."""

    page: str
    roles: tuple[Role, ...]
    rows: Callable[[Person], QuerySet[Any]]
    todos: Callable[[Sequence[Any], Person], Iterator[Todo]]
    mark: tuple[str, ...] = ("pk",)
    rest: str = ""

    @property
    def whole(self) -> str:
        """The address of the list that holds all of this queue."""
        name, _, asked = (self.rest or self.page).partition("?")
        return reverse(name) + (f"?{asked}" if asked else "")


def todos_of(person: Person) -> list[Todo]:
    """Everything that waits for `person`, what is due first on top; of each kind at most MOST."""
    return work_of(person)[0]


def work_of(person: Person) -> tuple[list[Todo], list[Rest]]:
    """The todos_of a person, and of each kind that has more than MOST where the rest of it is. One statement tells which
    queues hold anything; the others are not asked."""
    found: list[Todo] = []
    rests: list[Rest] = []
    waiting = {int(mark.partition(":")[0]) for marks in marks_of(person).values() for mark in marks}
    for queue in [queue for number, queue in _numbered_queues_of(person) if number in waiting]:
        rows = list(queue.rows(person)[: MOST + 1])
        todos = list(queue.todos(rows[:MOST], person))
        found += todos
        if len(rows) > MOST:
            count = queue.rows(person).order_by()[:COUNTED].count()
            rests.append(Rest(todos[0].title.partition("：")[0], count - MOST, count == COUNTED, queue.whole))
    return sorted(found, key=lambda row: (row.due is None, row.due or date.max, not row.review)), rests


def marked_todos_of(person: Person) -> list[tuple[str, Todo]]:
    """The newest MOST of each kind of work, each with its mark (marks_of)."""
    found: list[tuple[str, Todo]] = []
    for number, queue in _numbered_queues_of(person):
        rows = list(_marked(queue, number, person)[:MOST])
        found += zip([row.queue_mark for row in rows], queue.todos(rows, person), strict=True)
    return found


def marks_of(person: Person) -> dict[str, list[str]]:
    """A mark of everything that waits for `person`, under its page of the index; of each kind the newest MOST."""
    return unchanged(person)(f"marks {person.pk}", lambda: _marks(person))


def marks_lately(person: Person) -> dict[str, list[str]]:
    """`marks_of` at most a minute ago, for every page's index."""
    return unchanged(person).lately(f"marks {person.pk}", lambda: _marks(person))


def _marks(person: Person) -> dict[str, list[str]]:
    """All queues in one statement."""
    queues = _numbered_queues_of(person)
    rows = [
        _marked(queue, number, person).select_related(None).prefetch_related(None).values_list("queue_mark")[:MOST]
        for number, queue in queues
    ]
    found = rows[0].union(*rows[1:], all=True) if rows else []
    marks: dict[str, list[str]] = {}
    for (mark,) in found:
        page = QUEUES[int(mark.partition(":")[0])].page
        marks.setdefault(page, []).append(mark)
    return marks


def _marked(queue: Queue, number: int, person: Person) -> QuerySet[Any]:
    """The queue's rows, newest first, each with its mark: number of the queue, key, and what else makes it new."""
    parts: list[Any] = [Value(f"{number}")]
    for name in queue.mark:
        parts += [Value(":"), Cast(name, TextField())]
    return queue.rows(person).order_by("-pk").annotate(queue_mark=Concat(*parts, output_field=TextField()))


def waiting_for(person: Person) -> dict[str, int]:
    """How much waits for `person` on each page of the index; of each kind at most MOST are counted."""
    counts = {page: len(marks) for page, marks in marks_of(person).items()}
    return {"my_work": sum(counts.values())} | counts


def _numbered_queues_of(person: Person) -> list[tuple[int, Queue]]:
    return [(number, queue) for number, queue in enumerate(QUEUES) if person.holds(*queue.roles)]


# ── units that rectify ───────────────────────────────────────────────────────
def _reports_owed(tasks: Sequence[Any], person: Person) -> Iterator[Todo]:
    backs = Report.objects.select_related("decided_by").in_bulk([task.sent_back for task in tasks if task.sent_back])
    dues = _report_dues({(task.inspection.place, task.of_month) for task in tasks})
    this = month_of(clock.today())
    for task in tasks:
        back, month = backs.get(task.sent_back), task.of_month
        yield Todo(
            returned=back is not None,
            title=f"{'补正' if back else '报'}{month.month}月报告：{task.headline}",
            detail=f"退回理由：{back.reason}" if back else "",
            due=dues[task.inspection.place, month],
            task=task,
            origin=f"{back.decided_by}退回" if back else "月调度",
            url=reverse("write_report", args=[task.pk]) + (f"?month={month:%Y-%m}" if month != this else ""),
            label="补正" if back else "去报" if month == this else "补报",
        )


def _owed(person: Person) -> QuerySet[Any]:
    """The tasks of which a report is owed this month, with the report that was sent back."""
    return _sent_back(tasks_to_report(person, month_of(clock.today())), person)


def _owed_before(person: Person) -> QuerySet[Any]:
    """The same of months gone by whose rounds are not closed yet."""
    return _sent_back(tasks_behind(person, month_of(clock.today())), person)


def _sent_back(tasks: Any, person: Person) -> QuerySet[Any]:
    units = [unit.pk for unit in person.units_as(Role.LIAISON)]
    back = Report.objects.filter(task=OuterRef("pk"), month=OuterRef("of_month"), state="returned", unit__in=units)
    return _listed(tasks).annotate(sent_back=Subquery(back.order_by("-version").values("pk")[:1]))


def _report_dues(asked: Iterable[tuple[Unit, date]]) -> dict[tuple[Unit, date], date | None]:
    """The report day of each place and month; None where no rules are in force yet."""
    dues: dict[tuple[Unit, date], date | None] = {}
    for place, month in asked:
        try:
            dues[place, month] = report_due(place, month)[0]
        except Refused:
            dues[place, month] = None
    return dues


def _filings(rows: Sequence[FiledTask], person: Person) -> Iterator[Todo]:
    for row in rows:
        carried = f"，上季度结转，已结转{row.times_carried}次" if row.times_carried else ""
        yield Todo(
            title=f"报备{row.filing.words}：{row.task.headline}",
            detail=f"到期{row.due_count}件，完成{row.done_count}件{carried}",
            due=row.filing.due_on,
            task=row.task,
            origin="季度报备",
            url=reverse("file_task", args=[row.filing.quarter_key, row.task_id]),
            label="去报备",
        )


# ── the office's teams, leaders ──────────────────────────────────────────────
def _reports(reports: Sequence[Report], person: Person) -> Iterator[Todo]:
    for report in reports:
        yield Todo(
            title=f"审核{report.unit}{report.month.month}月报告：{report.task.headline}",
            due=report.due_on + timedelta(days=REVIEW_DAYS),
            task=report.task,
            origin=f"{report.submitted_on:%m-%d}报送",
            url=reverse("report", args=[report.month_key, report.pk]),
            label="审核",
            review=True,
        )


def _imports(proposals: Sequence[Any], person: Person) -> Iterator[Todo]:
    for proposal in proposals:
        yield Todo(
            title=f"导入核对：{proposal}",
            detail=f"{proposal.total}项里还有{proposal.pending}项没核对，存疑{proposal.doubtful}项",
            origin=f"{timezone.localdate(proposal.created_at):%m-%d}收到",
            url=reverse("proposal", args=[proposal.pk]),
            label="接着核对",
        )


def _objections(objections: Sequence[Objection], person: Person) -> Iterator[Todo]:
    for objection in objections:
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


def _alarms(alarms: Sequence[FileAlarm], person: Person) -> Iterator[Todo]:
    for alarm in alarms:
        yield Todo(
            title=f"{alarm.get_kind_display()}：{alarm.stored}",
            detail=alarm.detail,
            origin="文件核对",
            url=reverse("file_alarms"),
            label="去看",
        )


def _rulebooks(books: Sequence[Rulebook], person: Person) -> Iterator[Todo]:
    for book in books:
        yield Todo(
            title=f"批准制度：{book}",
            due=book.effective_from,
            origin="综合协调组起草",
            url=reverse("rulebook", args=[book.pk]),
            label="看草稿",
            review=True,
        )


def _listed(tasks: Any) -> QuerySet[Any]:
    return tasks.for_list().select_related("inspection__place").by_due()


SINCE = ("pk", "state_since")  # a task that was sent back and comes again is new
LIAISON, OFFICE, LEADER, PUBLICITY = (
    (Role.LIAISON,), (Role.COORDINATION,), (Role.LEADER,), (Role.PUBLICITY,),
)  # fmt: skip
TEAMS = (Role.COORDINATION, Role.CASE, Role.SUPERVISION, Role.PUBLICITY)
QUEUES = (
    Queue("reports", LIAISON, _owed, _reports_owed, ("pk", "of_month", "sent_back"), rest="reports?state=owed"),
    Queue("closure", LIAISON, lambda who: _listed(closing.tasks_to_self_check(who)),
          closure_todos.steps(SELF_CHECK, "措施都已完成", "自查自验"), SINCE),
    Queue("closure", LIAISON, lambda who: _listed(closing.tasks_to_apply_for(who)),
          closure_todos.steps(APPLY, "自查自验已完成", "申请销号"), SINCE),
    Queue("closure", (Role.COORDINATION, Role.LEADER, Role.LIAISON),
          lambda who: Verdict.objects.waiting_for(who)
          .select_related("application__task__place", "unit", "applicant_unit").order_by("pk"), closure_todos.verdicts),
    Queue("closure", (Role.COORDINATION, Role.LIAISON), lambda who: _listed(changed.tasks_to_look_at(who)),
          closure_todos.looks, SINCE),
    Queue("reports", (Role.COORDINATION, Role.LIAISON),
          lambda who: Report.objects.waiting_for(who)
          .select_related("task__place", "unit").defer("text", "measures").order_by("due_on", "pk"), _reports),
    Queue("intake", OFFICE,
          lambda who: Proposal.objects.visible_to(who).current().with_counts().filter(pending__gt=0).order_by("-pk"),
          _imports),
    Queue("closure", (Role.COORDINATION, Role.LIAISON),
          lambda who: lookback.told_for(who).select_related("rebound__old__place", "rebound__new").order_by("pk"),
          closure_todos.rebounds),
    Queue("closure", (Role.SUPERVISION, Role.COORDINATION),
          lambda who: replies.reviews_for(who).select_related("task__place").order_by("pk"), closure_todos.replies),
    Queue("closure", (Role.SUPERVISION, Role.COORDINATION),
          lambda who: lookback.samples_for(who).select_related("task__place", "look_back").order_by("pk"), closure_todos.samples),
    Queue("notices", HANDLERS,
          lambda who: Objection.objects.visible_to(who).open()
          .select_related("notice").prefetch_related(Prefetch("notice__items", NoticeItem.objects.select_related("task"))).order_by("due_on", "pk"), _objections),
    Queue("closure", OFFICE, lambda who: _listed(closing.tasks_to_file(who)), closure_todos.steps(FILE, "已销号，待备案", "备案"), SINCE),
    Queue("notices", PUBLICITY, lambda who: _listed(tasks_to_notice(who)),
          closure_todos.steps(OPEN_NOTICE, "审核通过，待公示", "发布公示"), SINCE),
    Queue("closure", LEADER, lambda who: _listed(closing.tasks_to_strike_off(who, clock.today())),
          closure_todos.steps(STRIKE_OFF, "公示期满，没有未答复的异议", "销号", review=True), SINCE),
    Queue("meetings", (Role.LIAISON, *TEAMS),
          lambda who: DecidedItem.objects.waiting_for(who)
          .select_related("unit", "meeting", "finding__visit", "task").order_by("due", "pk"), meeting_todos.decided),
    Queue("meetings", LEADER,
          lambda who: Paper.objects.waiting_for(who).select_related("drafted_by").defer("blocks").order_by("pk"),
          meeting_todos.special_reports),
    Queue("consultations", OFFICE,
          lambda who: Consultation.objects.waiting_for(who, clock.today()).select_related("unit").order_by("pk"),
          meeting_todos.consultations),
    Queue("consultations", (Role.LIAISON, *TEAMS),
          lambda who: StandingDuty.objects.waiting_for(who, clock.today()).select_related("unit", "body").order_by("pk"),
          meeting_todos.duties, ("pk", "waits_for"), rest="standing_duties"),
    Queue("filings", LIAISON,
          lambda who: FiledTask.objects.waiting_for(who, clock.today())
          .select_related("task__place", "filing", "carried_from").order_by("filing__due_on", "pk"), _filings,
          ("pk",), rest="filings"),
    Queue("ledger", (Role.COORDINATION, Role.LEADER),
          lambda who: waiting.extensions_for(who).select_related("task__place").order_by("old_due", "pk"),
          ledger_todos.extensions),
    Queue("ledger", (Role.LIAISON, Role.COORDINATION),
          lambda who: waiting.sweeps_for(who).select_related("unit", "sweep").order_by("sweep__due_on", "pk"),
          ledger_todos.sweeps),
    Queue("ledger", (Role.COORDINATION, Role.SUPERVISION),
          lambda who: waiting.checks_for(who).select_related("task__place").order_by("due_on", "pk"),
          ledger_todos.yearly_checks),
    Queue("desk", (Role.SYSTEM_ADMIN, Role.COORDINATION),
          lambda who: alarms_for(who).select_related("stored").order_by("pk"), _alarms, ("pk", "kind")),
    Queue("desk", LEADER,
          lambda who: Rulebook.objects.waiting_for(who).order_by("effective_from", "pk"), _rulebooks),
    Queue("ledger", (Role.LIAISON, Role.COORDINATION),
          lambda who: Gap.objects.mended_by(who).select_related("unit").order_by("due", "pk"), ledger_todos.gaps,
          ("pk", "version", "sent_back"), rest="gaps"),
    Queue("ledger", TEAMS,
          lambda who: Remedy.objects.waiting_for(who, clock.today()).select_related("gap__unit").order_by("pk"),
          ledger_todos.remedies),
    Queue("consultations", TEAMS,
          lambda who: Visit.objects.waiting_for(who, clock.today()).select_related("body").order_by("ends_on", "pk"),
          visit_todos.visits, rest="visits"),
    Queue("consultations", OFFICE,
          lambda who: HelpPlan.objects.waiting_for(who, clock.today())
          .select_related("task__place", "asked_unit").order_by("pk"), visit_todos.help_plans, ("pk", "state"), rest="help_plans"),
    Queue("consultations", LIAISON,
          lambda who: HelpStep.objects.waiting_for(who, clock.today()).select_related("plan__task__place").order_by("due", "pk"),
          visit_todos.help_steps, rest="help_plans"),
    Queue("reports", LIAISON, _owed_before, _reports_owed, ("pk", "of_month", "sent_back")),
)  # fmt: skip


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
