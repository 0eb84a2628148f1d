"""The day's letter to one person: what is owed by when, what was sent back, what waits for a decision, what ends.

Nothing but headlines and numbers: what a report, an objection or a reason says is read behind the login. Nothing to say is
no letter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse

from zhenggai.accounts.models import Person
from zhenggai.core import workdays
from zhenggai.pages.queues import grouped, todos_of
from zhenggai.pages.todo import Todo
from zhenggai.publicity.models import Notice
from zhenggai.publicity.querysets import HANDLERS
from zhenggai.reminders.models import Habit

AT_MOST = 20  # lines of a section; of the rest the letter tells the number
ENDS_WITHIN = 3  # days in which a notice that ends is told
URGENT_WITHIN = 2  # days, on a day of rest


@dataclass(frozen=True)
class Line:
    """One thing: until when, what, where it is done."""

    title: str
    url: str
    due: date | None = None


@dataclass(frozen=True)
class Section:
    heading: str
    lines: tuple[Line, ...]
    more: int = 0


@dataclass(frozen=True)
class Letter:
    subject: str
    sections: tuple[Section, ...]
    items: int


def letter_for(person: Person, today: date) -> Letter | None:
    """Today's letter to `person`, None when there is nothing to say."""
    todos = todos_of(person)
    back = [row for row in todos if row.returned]
    mine = [row for row in todos if not row.returned and not row.review]
    reviews = [row for row in todos if row.review and not row.returned]
    sections = [
        _section("退回待补正", back),
        *(_section(heading, rows) for heading, rows in grouped(mine, today)),
        _section("等我审核", reviews),
        _ending(person, today),
    ]
    told = tuple(section for section in sections if section.lines)
    if not told:
        return None
    return Letter(_subject(todos, told, today), told, sum(len(section.lines) + section.more for section in told))


def is_due(habit: Habit | None, letter: Letter, today: date) -> bool:
    """Whether the person wants a letter on this day."""
    days = habit.days if habit else Habit.Days.WORKDAYS
    if days == Habit.Days.NEVER:
        return False
    if days == Habit.Days.WEEKLY:
        monday = today - timedelta(days=today.weekday())
        return workdays.is_workday(today) and not any(
            workdays.is_workday(monday + timedelta(days=number)) for number in range(today.weekday())
        )
    return workdays.is_workday(today) or _is_urgent(letter, today)


def _is_urgent(letter: Letter, today: date) -> bool:
    soon = today + timedelta(days=URGENT_WITHIN)
    return any(line.due and today <= line.due <= soon for section in letter.sections for line in section.lines)


def _section(heading: str, rows: list[Todo]) -> Section:
    lines = tuple(Line(row.title, row.url, row.due) for row in rows[:AT_MOST])
    return Section(heading, lines, max(len(rows) - AT_MOST, 0))


def _ending(person: Person, today: date) -> Section:
    """Notices that end within some days, for those who look after them."""
    if not person.holds(*HANDLERS):
        return Section("", ())
    rows = Notice.objects.visible_to(person).running(today).filter(ends_on__lte=today + timedelta(days=ENDS_WITHIN))
    found = list(rows.order_by("ends_on", "pk").values_list("number", "ends_on", "pk")[: AT_MOST + 1])
    lines = tuple(
        Line(f"公示期满：{number}", reverse("notice", args=[pk]), ends_on) for number, ends_on, pk in found[:AT_MOST]
    )
    return Section("快到期的公示", lines, len(found) - len(lines))


def _subject(todos: list[Todo], told: tuple[Section, ...], today: date) -> str:
    """How many things and the nearest day, in one line."""
    dues = sorted(row.due for row in todos if row.due)
    late = sum(due < today for due in dues)
    week = [due for due in dues if today <= due <= today + timedelta(days=7 - today.isoweekday() or 7)]
    words = [f"{late}件已过期"] if late else []
    if week:
        words.append(f"{len(week)}件本周到期，最近的{week[0].month}月{week[0].day}日")
    if not words:
        words.append(f"{sum(len(section.lines) + section.more for section in told)}件要办")
    return f"整改：{'，'.join(words)}"
