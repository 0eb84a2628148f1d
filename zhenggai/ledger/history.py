"""A ledger of the time before this system, loaded as it was: past dates, closed tasks, each with the day on which it was
known so (NEEDS §2 row 24). What a column is, is told by its name; what a row lacks, by its cell."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zhenggai.accounts.models import Unit
from zhenggai.accounts.naming import Named, look_up
from zhenggai.core.reading.grid import Grid, address
from zhenggai.ledger.actions import place_of
from zhenggai.ledger.cells import day_of
from zhenggai.ledger.models import DueKind, Duty, Leader, Source
from zhenggai.ledger.particulars import split
from zhenggai.ledger.states import State


@dataclass(frozen=True)
class Field:
    """What a column of an older ledger may be; `names`: how such columns are called, the first being ours."""

    key: str
    names: tuple[str, ...]
    needed: bool = False

    @property
    def label(self) -> str:
        return self.names[0]


FIELDS: tuple[Field, ...] = (
    Field("number", ("序号", "编号", "任务编号", "任务序号", "问题序号", "问题编号", "整改序号"), True),
    Field("issue", ("反馈问题", "问题", "问题描述", "存在问题", "督察反馈问题", "问题内容", "具体问题", "整改任务", "问题简述"), True),
    Field("goal", ("整改目标", "目标", "整改要求", "目标要求")),
    Field("measures", ("整改措施", "措施", "具体措施", "主要措施")),
    Field("category", ("类别", "问题类别", "问题类型", "类型")),
    Field("place", ("属地", "所在区划", "区县", "县区", "县（市、区）", "行政区域", "涉及地区")),
    Field("lead", ("牵头单位", "牵头责任单位", "牵头部门")),
    Field("responsible", ("责任单位", "整改责任单位", "整改单位", "整改主体", "整改实施主体", "责任部门")),
    Field("cooperating", ("配合单位", "配合部门", "协办单位")),
    Field("supervising", ("督导单位", "督办单位", "监督单位", "指导单位")),
    Field("acceptance", ("验收单位", "验收部门")),
    Field("persons", ("责任人", "具体责任人", "联系人")),
    Field("first", ("第一责任人",)),
    Field("sponsor", ("领衔督办领导", "领衔领导", "包抓领导", "包案领导", "挂钩领导")),
    Field("leader", ("责任领导", "分管领导", "牵头领导")),
    Field("due", ("现在时限", "完成时限", "整改时限", "时限", "时限要求", "完成期限", "整改期限", "计划完成时间")),
    Field("first_due", ("最初时限", "原定时限", "原时限")),
    Field("extended", ("延期次数",)),
    Field("state", ("状态", "整改状态", "完成情况", "办理状态", "销号状态", "进展状态")),
    Field("finished_on", ("完成整改日期", "完成日期", "完成时间", "整改完成时间", "实际完成时间")),
    Field("struck_off_on", ("销号日期", "销号时间", "验收销号时间")),
    Field("result", ("整改完成情况", "整改情况", "整改进展", "进展情况", "目前进展", "整改落实情况")),
    Field("source", ("来源", "问题来源")),
    Field("stock", ("存量/增量", "存量增量", "问题性质")),
    Field("upper", ("上级序号", "省序号", "市序号", "上级编号")),
)  # fmt: skip
BY_KEY = {row.key: row for row in FIELDS}
STATES = {
    State.FILED: ("已备案", "备案"),
    State.STRUCK_OFF: ("已销号", "销号", "完成销号", "完成交账销号", "已验收销号", "已交账销号", "办结销号"),
    State.RECTIFYING: (
        "", "整改中", "正在整改", "未完成", "尚未启动", "达到序时进度", "未达到序时进度", "超过序时进度", "长期坚持", "持续整改",
        "完成整改", "已完成", "整改完成", "基本完成",
    ),
}  # fmt: skip
STATE_OF = {words: state for state, every in STATES.items() for words in every}
SOURCES = {str(label): value for value, label in Source.choices}
KINDS = {str(label): value for value, label in DueKind.choices} | {"无": DueKind.NONE, "": DueKind.NONE}
DUTIES = {key: Duty.Part(key) for key in ("lead", "responsible", "cooperating", "supervising", "acceptance")}
LEADERS = {"first": Leader.Part.FIRST, "sponsor": Leader.Part.SPONSOR, "leader": Leader.Part.RESPONSIBLE}
_FIGURES = re.compile(r"(\d{1,9})\D*$")
_MEASURE = re.compile(
    r"^\s*(?:[（(]?\d{1,2}[）).．、]|[（(][一二三四五六七八九十]{1,3}[）)]|[一二三四五六七八九十]{1,3}、)\s*"
)
EARLIEST = date(1990, 1, 1)


@dataclass
class Loaded:
    """One row of an older ledger in the form in which it enters this one; `errors`: by the key of its cell."""

    row: int
    number: str = ""
    serial: int | None = None
    values: dict[str, Any] = field(default_factory=dict)
    duties: dict[str, list[Named]] = field(default_factory=dict)
    leaders: list[tuple[str, str]] = field(default_factory=list)
    measures: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)


def head_row(grid: Grid) -> int:
    """The row that names the columns: of the first ten, the one with most known names; the first where none has any."""
    rows = list(grid.rows.items())[:10]
    known = {name for row in FIELDS for name in row.names}
    return max(rows, key=lambda row: sum(_bare(text) in known for text in row[1].values()))[0]


def guessed(head: Mapping[int, str]) -> dict[int, str]:
    """Column → the field that its name tells; each field once, unknown names left out.

    >>> guessed({1: "序号", 2: "存在问题", 3: "整改时限", 4: "备注"})
    {1: 'number', 2: 'issue', 3: 'due'}
    """
    names = {name: row.key for row in FIELDS for name in row.names}
    found: dict[int, str] = {}
    for place, text in head.items():
        key = names.get(_bare(text))
        if key and key not in found.values():
            found[place] = key
    return found


def missing(mapping: Mapping[int, str]) -> list[str]:
    """The needed fields that no column gives."""
    return [row.label for row in FIELDS if row.needed and row.key not in mapping.values()]


def _bare(text: str) -> str:
    return "".join(text.split()).strip("*：:")


def read_rows(
    rows: Mapping[int, Mapping[int, str]], mapping: Mapping[int, str], city: Unit, prefix: str, known_on: date
) -> list[Loaded]:
    """The rows (row → column → text) as tasks, each error at its cell. Units are looked up once for all of them."""
    texts = {row: {key: cells.get(place, "").strip() for place, key in mapping.items()} for row, cells in rows.items()}
    names = {name for row in texts.values() for key in (*DUTIES, "place") for name in split(row.get(key, ""))}
    known = look_up(names, city) if names else {}
    found = [_loaded(row, cells, known, city, prefix, known_on) for row, cells in texts.items()]
    _tell_doubles(found)
    return found


def _loaded(
    row: int, cells: Mapping[str, str], known: Mapping[str, Named], city: Unit, prefix: str, known_on: date
) -> Loaded:
    made = Loaded(row)
    _number(made, cells.get("number", ""), prefix)
    if not cells.get("issue"):
        made.errors["issue"] = "反馈问题不能空着"
    made.duties = {key: [known[name] for name in split(cells.get(key, ""))] for key in DUTIES}
    made.leaders = [(part.value, name) for key, part in LEADERS.items() for name in split(cells.get(key, ""))]
    made.measures = measures_of(cells.get("measures", ""))
    made.values = {
        "issue": cells.get("issue", ""), "goal": cells.get("goal", ""), "result": cells.get("result", ""),
        "category": split(cells.get("category", "")), "responsible_persons": split(cells.get("persons", "")),
        "upper_number": cells.get("upper", "")[:40], "place": _place(made, cells.get("place", ""), known, city),
        "source": _of(made, "source", cells.get("source", ""), SOURCES | {"": Source.FEEDBACK}, "来源"),
        "increment": _of(made, "stock", cells.get("stock", ""), {"": False, "存量": False, "增量": True, "新增": True}, "存量/增量"),
        "state": _of(made, "state", cells.get("state", ""), STATE_OF, "状态"),
        "extended": _count(made, cells.get("extended", "")),
    }  # fmt: skip
    _dates(made, cells, known_on)
    return made


def _number(made: Loaded, text: str, prefix: str) -> None:
    figures = _FIGURES.search(text)
    if not text or figures is None:
        made.errors["number"] = f"序号“{text}”里没有数字" if text else "没有序号"
        return
    made.serial = int(figures[1])
    made.number = f"{prefix}-{made.serial:02d}" if text.isdigit() else text
    if len(made.number) > 24:
        made.errors["number"] = "序号太长，不超过24个字"


def _place(made: Loaded, text: str, known: Mapping[str, Named], city: Unit) -> Unit | None:
    """The place that is named; without one, the county of the units, else the city."""
    if not text:
        return place_of(dict(made.duties), city)
    unit = known[split(text)[0]].unit if len(split(text)) == 1 else None
    if unit is None or unit.kind != "place":
        made.errors["place"] = f"“{text}”不是名录里的区划；空着就按责任单位定"
        return None
    return unit


def _of(made: Loaded, key: str, text: str, known: Mapping[str, Any], label: str) -> Any:
    if _bare(text) not in known:
        some = "、".join(word for word in list(known)[:6] if word)
        made.errors[key] = f"不认识的{label}“{text}”；可以写：{some}"
        return None
    return known[_bare(text)]


def _count(made: Loaded, text: str) -> int:
    bare = _bare(text).removesuffix("次")
    if bare and not (bare.isascii() and bare.isdigit() and int(bare) < 100):
        made.errors["extended"] = f"延期次数“{text}”不是整数"
        return 0
    return int(bare or 0)


def _dates(made: Loaded, cells: Mapping[str, str], known_on: date) -> None:
    due_words = cells.get("due", "")
    due = day_of(due_words)
    kind = DueKind.DATE.value if due else KINDS.get(_bare(due_words))
    if kind is None or (kind == DueKind.DATE and due is None):
        made.errors["due"] = f"时限“{due_words}”不是日期；写成2026-12-31，或写“长期坚持”“立行立改”，没有就空着"
    days = {key: _day(made, key, cells.get(key, "")) for key in ("first_due", "finished_on", "struck_off_on")}
    first = days["first_due"] or due
    made.values |= {"due": due, "first_due": first, "due_kind": kind, "due_raw": due_words}
    made.values |= {key: days[key] for key in ("finished_on", "struck_off_on")}
    for key, day in (("due", due), *days.items()):
        if day and not EARLIEST <= day <= date(known_on.year + 60, 1, 1):
            made.errors[key] = f"{day}不像是真的，请核对年份"
    if due and first and first > due:
        made.errors["first_due"] = "最初时限晚于现在的时限"
    _closing(made, known_on)


def _day(made: Loaded, key: str, text: str) -> date | None:
    day = day_of(text)
    if text and day is None:
        made.errors[key] = f"“{text}”不是日期，日期写成2026-12-31"
    return day


def _closing(made: Loaded, known_on: date) -> None:
    """What a closed row must tell, and an open one must not."""
    struck, finished = made.values["struck_off_on"], made.values["finished_on"]
    if made.values["state"] == State.RECTIFYING:
        if struck:
            made.errors["state"] = "写了销号日期，状态却不是已销号"
        made.values["finished_on"] = None
        return
    if made.values["state"] and not struck and "struck_off_on" not in made.errors:
        made.errors["struck_off_on"] = "已销号的要写销号日期；不知道的，按整改中载入"
    for key, day in (("struck_off_on", struck), ("finished_on", finished)):
        if day and day > known_on:
            made.errors[key] = f"{day}晚于截至日期{known_on}"


def _tell_doubles(rows: Iterable[Loaded]) -> None:
    first: dict[str, int] = {}
    for row in rows:
        if row.number and first.setdefault(row.number, row.row) != row.row:
            row.errors["number"] = f"与第{first[row.number]}行的序号相同，编号不能重用"


def measures_of(text: str) -> list[str]:
    """The measures that stand in one cell: a line each, or numbered ones.

    >>> measures_of("1.完成排查；2.完成改造"), measures_of("完成排查\\n完成改造")
    (['完成排查', '完成改造'], ['完成排查', '完成改造'])
    """
    lines = re.split(r"\n|(?<=[；。;])\s*(?=[（(]?\d{1,2}[）).．、])", text)
    return [bare for line in lines if (bare := _MEASURE.sub("", line).strip().rstrip("；;"))]


def addressed(row: Loaded, mapping: Mapping[int, str]) -> list[tuple[str, str, str]]:
    """The row's errors as (address, field, what is wrong)."""
    places = {key: place for place, key in mapping.items()}
    return [(address(row.row, places.get(key, 1)), BY_KEY[key].label, words) for key, words in row.errors.items()]
