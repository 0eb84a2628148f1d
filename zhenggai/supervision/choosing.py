"""Which tasks a visit should look at, by stated rules, each with its reason and the arithmetic; and which tasks do not move,
so that help should be offered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import Case, Exists, IntegerField, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Least
from django.utils import timezone

from zhenggai.accounts.models import Unit
from zhenggai.audit import clock
from zhenggai.ledger import signs
from zhenggai.ledger.models import Task
from zhenggai.ledger.querysets import Schedule, TaskQuerySet
from zhenggai.ledger.reported import returned
from zhenggai.ledger.states import State
from zhenggai.rulebook.speaking import SIGNS
from zhenggai.supervision.models import DecidedItem, HelpPlan, Visit, VisitFinding

UNSEEN = timedelta(days=180)  # so long without a visit calls for one
STILL = relativedelta(months=2)  # so long behind without a break does not move
SENT_BACK, SENT_BACK_WITHIN = 2, relativedelta(months=12)  # so many reports sent back in that time
MOST = {Visit.Kind.FULL: 300, Visit.Kind.TARGETED: 20}
MOST_STUCK = 100
SLOW = (Schedule.BEHIND, Schedule.OVERDUE)


@dataclass(frozen=True)
class Candidate:
    """A task that the rules name, and on which grounds: (rule, its arithmetic)."""

    task: Task
    grounds: list[tuple[str, str]]

    def as_data(self) -> list[dict[str, str]]:
        """The grounds as a row keeps them."""
        return [{"rule": rule, "words": words} for rule, words in self.grounds]


# ── visits ───────────────────────────────────────────────────────────────────
def to_visit(area: Unit, kind: str, today: date, hard: Sequence[str]) -> list[Candidate]:
    """The open tasks under `area` that a visit of `kind` should look at, those with most grounds first: a full one at all of
    them, a targeted one at those with a ground; at most MOST. `hard`: the names of the signs that make a task a hard one."""
    bears = _bears(hard)
    rules = {
        "overdue": Q(schedule=Schedule.OVERDUE),
        "behind": Q(schedule=Schedule.BEHIND),
        "hard": bears,
        "unseen": _unseen(today) & Q(state=State.RECTIFYING),
        "finished": Q(last_seen__isnull=True) & ~Q(state=State.RECTIFYING),
    }
    rows = _scored(_seen(Task.objects.under([area.pk]).open()).with_schedule(today), rules)
    if kind == Visit.Kind.TARGETED:
        rows = rows.filter(score__gt=0)
    tasks = list(rows.for_list().order_by("-score", "due", "pk")[: MOST[Visit.Kind(kind)]])
    marked = _marked(tasks, hard)
    return [Candidate(task, _grounds(task, marked.get(task.pk, []), today)) for task in tasks]


def _bears(names: Sequence[str]) -> Q:
    found = Q(pk__in=[])
    for sign in signs.known(tuple(names)):
        found |= Q(pk__in=sign.tasks())
    return found


def _seen(tasks: TaskQuerySet) -> TaskQuerySet:
    """Adds `last_seen`, the day on which a visit looked at the task last."""
    findings = VisitFinding.objects.filter(task=OuterRef("pk")).order_by().values("task")
    return tasks.annotate(last_seen=Subquery(findings.annotate(last=Max("seen_on")).values("last")))


def _unseen(today: date) -> Q:
    """Not looked at for long, or never since it was entered long ago (needs _seen)."""
    since = today - UNSEEN
    return Q(last_seen__lt=since) | Q(last_seen__isnull=True, entered_at__lt=clock.at(since, 0))


def _scored(tasks: TaskQuerySet, rules: dict[str, Q]) -> TaskQuerySet:
    """Adds `is_<rule>` for each rule and `score`, how many of them hold."""
    flags = {
        f"is_{name}": Case(When(rule, then=Value(1)), default=Value(0), output_field=IntegerField())
        for name, rule in rules.items()
    }
    total: Any = Value(0)
    for flag in flags.values():
        total = total + flag
    return tasks.annotate(**flags, score=total)


def _marked(tasks: Iterable[Task], names: Sequence[str]) -> dict[int, list[str]]:
    """The words of the signs that each of the tasks bears."""
    ids = [task.pk for task in tasks]
    found: dict[int, list[str]] = {}
    for sign in signs.known(tuple(names)) if ids else ():
        for pk in (
            Task.objects.filter(pk__in=sign.tasks()).filter(pk__in=ids).order_by("pk").values_list("pk", flat=True)
        ):
            found.setdefault(pk, []).append(sign.words)
    return found


def _grounds(task: Any, marks: list[str], today: date) -> list[tuple[str, str]]:
    grounds = []
    if task.is_overdue:
        grounds.append(("已逾期", f"时限{task.due}，逾期{(today - task.due).days}天"))
    if task.is_behind:
        grounds.append(("未达到序时进度", f"从{task.late_from}起，{(today - task.late_from).days}天"))
    if task.is_hard:
        grounds.append(("重难点", "、".join(marks)))
    if task.is_unseen:
        last = task.last_seen or timezone.localdate(task.entered_at)
        told = "督查过" if task.last_seen else "挂账以来没有督查过"
        grounds.append(("长期没有督查", f"{last}{told}，{(today - last).days}天"))
    if task.is_finished:
        grounds.append(("完成后没有看过", f"现在是“{task.state_words}”，还没有督查过"))
    return grounds or [("全面督查", "没有别的理由，逐项都看")]


# ── help ─────────────────────────────────────────────────────────────────────
def stuck(tasks: TaskQuerySet, today: date, hard: Sequence[str] = tuple(SIGNS)) -> list[Candidate]:
    """Those of `tasks` that do not move and for which no help goes on, those with most grounds first; at most MOST_STUCK."""
    rows = _stuck(tasks, today, hard).filter(score__gt=0)
    found = list(rows.for_list().order_by("-score", "behind_since", "pk")[:MOST_STUCK])
    marked = _marked(found, hard)
    return [Candidate(task, _stuck_grounds(task, marked.get(task.pk, []), today)) for task in found]


def stuck_grounds(task: Task, today: date) -> list[tuple[str, str]]:
    """The same of one task, help or not; empty when it moves."""
    return [ground for row in stuck(Task.objects.filter(pk=task.pk), today) for ground in row.grounds]


def _stuck(tasks: TaskQuerySet, today: date, hard: Sequence[str]) -> TaskQuerySet:
    helped = HelpPlan.objects.open().filter(task=OuterRef("pk"))
    overdue = DecidedItem.objects.filter(task=OuterRef("pk"), finding__isnull=False, state="open", due__lt=today)
    slow = Q(schedule__in=SLOW)
    rules = {
        "still": slow & Q(behind_since__lte=today - STILL),
        "returned": Q(pk__in=returned(SENT_BACK, (today - SENT_BACK_WITHIN).replace(day=1))),
        "hard": slow & _bears(hard),
        "demand": Q(Exists(overdue)),
    }
    open_tasks = tasks.filter(~Exists(helped), state=State.RECTIFYING).with_schedule(today)
    return _scored(open_tasks.annotate(behind_since=Least("due", "late_from")), rules)


def _stuck_grounds(task: Any, marks: list[str], today: date) -> list[tuple[str, str]]:
    grounds = []
    if task.is_still:
        grounds.append(("连续两个月没有达到序时进度", f"从{task.behind_since}起，{(today - task.behind_since).days}天"))
    if task.is_returned:
        grounds.append(("月报告反复退回", f"12个月里退回{SENT_BACK}次以上"))
    if task.is_hard:
        grounds.append(("重难点并且滞后", "、".join(marks)))
    if task.is_demand:
        grounds.append(("督查要求超期没有办结", "见任务页的督办事项"))
    return grounds
