"""The ledger's columns: one list for the table on the screen, for the workbook, and for what a person may choose."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from zhenggai.ledger.models import Duty, Task
from zhenggai.ledger.particulars import PARTICULARS, units_of
from zhenggai.ledger.querysets import Schedule


@dataclass(frozen=True)
class Column:
    """`value(task, today)` is what a cell holds: text, number or date. `width`: characters in the workbook; `css` and `cell`
    (a macro of ledger/cells.html) draw it on the screen. `needs`: which related rows are read for it. `frozen`: why a workbook that comes
    back cannot change it; empty where it can, None where it is worked out from the day and not read at all."""

    key: str
    label: str
    value: Callable[[Task, date], Any]
    width: int = 12
    css: str = ""
    cell: str = ""
    needs: str = ""
    frozen: str | None = "这一列不能在表里改"

    @property
    def is_editable(self) -> bool:
        return self.frozen == ""


def _left(task: Task, today: date) -> str:
    left = task.days_left(today)
    if left is None or task.instead_of_days:
        return task.instead_of_days
    return f"剩{left}天" if left >= 0 else f"已逾期{-left}天"


def _field(name: str) -> Callable[[Task, date], Any]:
    return lambda task, today: getattr(task, name)


def _shown(name: str) -> Callable[[Task, date], str]:
    return lambda task, today: str(getattr(task, f"get_{name}_display")())


def _own(key: str, width: int, css: str, needs: str) -> Column:
    """The column of a particular: what the workbook shows is what `edit_of` compares with."""
    row = PARTICULARS[key]
    return Column(key, row.label, lambda task, today: row.words(task), width, css, needs=needs, frozen="")


def _units(part: Duty.Part, width: int) -> Column:
    words = units_of(part)
    frozen = "单位按方案来：在新版方案里改；督导、验收单位空着的，在台账上批量补"
    return Column(
        part.value,
        str(part.label),
        lambda task, today: words(task),
        width,
        "zg-c-l",
        needs=f"duties.{part.value}",
        frozen=frozen,
    )


_DATES = "时限不能在表里改，延期要另行申请（任务页“申请延期”）"
_STATE = "由办理环节得出，不能填"
_NUMBER = "编号不能改，也不能重用"
_PLAN = "方案的内容按新版方案改"

COLUMNS: tuple[Column, ...] = (
    Column("number", "序号", _field("number"), 12, frozen=_NUMBER),
    _own("headline", 40, "zg-c-flow", ""),
    Column("issue", "反馈问题", _field("issue"), 60, "zg-c-xl", needs="issue", frozen=_PLAN),
    Column("goal", "整改目标", _field("goal"), 50, "zg-c-xl", needs="goal", frozen=_PLAN),
    Column("category", "类别", lambda task, today: " › ".join(task.category), 20, "zg-c-m", needs="category", frozen=_PLAN),
    Column("inspection", "督察", lambda task, today: str(task.inspection), 24, "zg-c-l", needs="inspection", frozen=_PLAN),
    Column("source", "来源", _shown("source"), 12, needs="source", frozen="来源在入账时定，不能在表里改"),
    _own("increment", 10, "", ""),
    _own("upper", 14, "zg-nw", "upper"),
    _own("place", 10, "zg-nw", ""),
    Column("schedule", "状态", lambda task, today: Schedule(task.schedule).label, 16, cell="schedule", frozen=None),  # type: ignore[attr-defined]
    Column("state", "环节", lambda task, today: task.state_words, 10, "zg-nw", frozen=_STATE),
    Column("first_due", "最初时限", _field("first_due"), 12, "zg-nw zg-num", "first_due", frozen=_DATES),
    Column("due", "现在时限", _field("due"), 12, "zg-nw zg-num", "due", frozen=_DATES),
    Column("extended", "延期次数", _field("extended"), 10, "zg-num", frozen=_DATES),
    Column("left", "剩余", _left, 12, "zg-num zg-c-left", "left", frozen=None),
    Column("achieved", "完成度（%）", _field("achieved"), 12, "zg-num", frozen="由目标、节点和措施算出，不能填"),
    Column("nodes", "措施完成", lambda task, today: f"{task.measures_done}/{task.measures_total}", 10, cell="measures", needs="counts", frozen="由月报告得出，不能填"),
    _own("weights", 12, "zg-num", "measures"),
    _units(Duty.Part.LEAD, 24),
    _units(Duty.Part.RESPONSIBLE, 40),
    _units(Duty.Part.COOPERATING, 30),
    _units(Duty.Part.SUPERVISING, 20),
    _units(Duty.Part.ACCEPTANCE, 20),
    _own("first", 20, "zg-c-l", "leaders"),
    _own("sponsor", 20, "zg-c-l", "leaders"),
    _own("leader", 20, "zg-c-l", "leaders"),
    _own("person", 20, "zg-c-l", "leaders"),
    Column("finished_on", "完成整改日期", _field("finished_on"), 13, "zg-nw zg-num", needs="finished_on", frozen=_STATE),
    Column("struck_off_on", "销号日期", _field("struck_off_on"), 12, "zg-nw zg-num", needs="struck_off_on", frozen=_STATE),
    Column("known_on", "截至日期", _field("known_on"), 12, "zg-nw zg-num", frozen="历史台账截至哪一天，载入时定"),
)  # fmt: skip
BY_KEY = {column.key: column for column in COLUMNS}
BY_LABEL = {column.label: column for column in COLUMNS}
USUAL = ("number", "headline", "place", "schedule", "due", "left", "nodes", "first_due", "extended", "achieved", "lead")
LONG = {"issue", "goal"}


def chosen(keys: Iterable[str]) -> tuple[Column, ...]:
    """The columns of `keys` in their order, the number always first; the usual ones where none is known.

    >>> [column.key for column in chosen(["due", "no such", "number", "due"])]
    ['number', 'due']
    """
    known = [key for key in dict.fromkeys(keys) if key in BY_KEY and key != "number"]
    return tuple(BY_KEY[key] for key in ("number", *known)) if known else tuple(BY_KEY[key] for key in USUAL)


def needs_of(columns: Iterable[Column]) -> set[str]:
    """Which related rows are read for `columns`."""
    return {column.needs for column in columns} - {""}
