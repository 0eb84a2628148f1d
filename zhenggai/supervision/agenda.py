"""The agenda's figures: what a dispatch meeting has to look at, counted and listed from the ledger."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet

from zhenggai.accounts.models import Unit
from zhenggai.audit import clock
from zhenggai.ledger.models import Duty, Task
from zhenggai.ledger.querysets import Schedule, TaskQuerySet
from zhenggai.ledger.states import State
from zhenggai.supervision.models import AgendaItem, AgendaRow, DecidedItem

MOST_ROWS = 200  # of one item; its count is always the whole
SLOW = (Schedule.BEHIND, Schedule.OVERDUE)
Kind = AgendaItem.Kind
WITH_FIGURES = (Kind.CARRIED, Kind.NEW, Kind.DUE, Kind.SLOW)


@dataclass(frozen=True)
class Figures:
    """For which place, as of which day, since when a task counts as new, and how many days ahead a limit counts as near."""

    place: Unit
    today: date
    since: date
    days: int


def rows_of(kind: str, figures: Figures) -> tuple[int, list[AgendaRow]]:
    """How many there are of `kind`, and the first MOST_ROWS of them as rows without an item."""
    if kind == Kind.CARRIED:
        decided = DecidedItem.objects.open().filter(meeting__place=figures.place, meeting__state="minuted")
        found = decided.select_related("unit", "meeting", "task").order_by("due", "pk")
        return found.count(), [_of_decided(position, item, figures.today)
                               for position, item in enumerate(found[:MOST_ROWS], 1)]  # fmt: skip
    tasks = tasks_of(kind, figures)
    rows = [_of_task(position, task, figures.today) for position, task in enumerate(_listed(tasks, figures.today), 1)]
    return tasks.count(), rows


def tasks_of(kind: str, figures: Figures) -> TaskQuerySet:
    """The place's tasks of `kind`, each with its schedule."""
    today = figures.today
    tasks = Task.objects.under([figures.place.pk]).with_schedule(today)
    if kind == Kind.NEW:
        return tasks.filter(entered_at__gte=clock.at(figures.since, 0), entered_at__lt=clock.at(_next(today), 0))
    if kind == Kind.DUE:
        return tasks.filter(state=State.RECTIFYING, due__range=(today, today + timedelta(days=figures.days)))
    return tasks.filter(schedule__in=SLOW)


def _next(day: date) -> date:
    return day + timedelta(days=1)


def _listed(tasks: TaskQuerySet, today: date) -> QuerySet[Any]:
    answering = Duty.objects.filter(part__in=[Duty.Part.LEAD, Duty.Part.RESPONSIBLE]).order_by("part", "position")
    shown = tasks.for_list().with_measures(today).prefetch_related(Prefetch("duties", answering, to_attr="answering"))
    return shown.by_due()[:MOST_ROWS]


def _of_task(position: int, task: Any, today: date) -> AgendaRow:
    return AgendaRow(
        task=task, position=position, number=task.number, headline=task.headline, units=units_words(task.answering),
        due=task.due, words=task_words(task, today),
    )  # fmt: skip


def units_words(duties: Iterable[Duty]) -> str:
    """The units that answer: those that lead, else those responsible; three by name."""
    duties = list(duties)
    leads = [duty.raw for duty in duties if duty.part == Duty.Part.LEAD]
    names = list(dict.fromkeys(leads or [duty.raw for duty in duties]))
    return "、".join(names[:3]) + (f"等{len(names)}家" if len(names) > 3 else "")


def task_words(task: Any, today: date) -> str:
    """How a task stands, with its arithmetic (needs with_schedule and with_measures)."""
    done = f"措施完成{task.measures_done}/{task.measures_total}"
    if task.schedule == Schedule.OVERDUE:
        return f"已逾期{(today - task.due).days}天，{done}"
    if task.schedule == Schedule.BEHIND:
        late = f"{task.measures_late}项措施过期" if task.measures_late else "节点或指标没有达到序时"
        return f"{late}，{done}"
    left = f"剩{(task.due - today).days}天，" if task.due and task.state == State.RECTIFYING else ""
    return f"{Schedule(task.schedule).label}，{left}{done}"


def _of_decided(position: int, item: DecidedItem, today: date) -> AgendaRow:
    assert item.meeting is not None
    late = (today - item.due).days
    words = item.get_state_display() + (f"，已超期{late}天" if late > 0 else "")
    return AgendaRow(
        decided=item, position=position, number=item.task.number if item.task else "", headline=item.text[:160],
        units=str(item.unit), due=item.due, words=f"{item.meeting.month_words}{item.meeting.get_kind_display()}：{words}",
    )  # fmt: skip
