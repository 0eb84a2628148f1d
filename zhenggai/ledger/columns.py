"""The ledger's columns: one list for the table on the screen and for the workbook."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from zhenggai.ledger.models import Task
from zhenggai.ledger.querysets import Schedule


@dataclass(frozen=True)
class Column:
    """`value(task, today)` is what the workbook holds (text, number or date); `width` its width in characters."""

    key: str
    label: str
    value: Callable[[Task, date], Any]
    width: int = 12


def _units(part: str) -> Callable[[Task, date], str]:
    def names(task: Task, today: date) -> str:
        return "、".join(dict.fromkeys(duty.raw for duty in task.duties.all() if duty.part == part))

    return names


def _left(task: Task, today: date) -> str:
    left = task.days_left(today)
    if task.state != "rectifying":
        return task.state_words
    if left is None:
        return task.get_due_kind_display()
    return f"剩{left}天" if left >= 0 else f"已逾期{-left}天"


COLUMNS: tuple[Column, ...] = (
    Column("number", "序号", lambda task, today: task.number, 10),
    Column("issue", "反馈问题", lambda task, today: task.issue, 60),
    Column("place", "属地", lambda task, today: str(task.place), 10),
    Column("schedule", "状态", lambda task, today: Schedule(task.schedule).label, 16),  # type: ignore[attr-defined]
    Column("due", "完成时限", lambda task, today: task.due, 12),
    Column("left", "剩余", _left, 12),
    Column("nodes", "措施完成", lambda task, today: f"{task.measures_done}/{task.measures_total}", 10),  # type: ignore[attr-defined]
    Column("lead", "牵头单位", _units("lead"), 24),
    Column("responsible", "责任单位", _units("responsible"), 40),
    Column("goal", "整改目标", lambda task, today: task.goal, 50),
    Column("inspection", "督察", lambda task, today: str(task.inspection), 24),
)
