"""The register of gaps: one list of columns for the table on the screen and for the workbook, and what may be asked of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Prefetch, Q

from zhenggai.accounts.models import Person
from zhenggai.ledger.gap_querysets import GapQuerySet
from zhenggai.ledger.models import Gap, Inquiry, Remedy
from zhenggai.ledger.querysets import in_scope
from zhenggai.ui import asked
from zhenggai.ui.paging import Key

KEYS = (Key("due"), Key("pk"))
STATES = [("", "全部"), *((state.value, str(state.label)) for state in Gap.State)]


@dataclass(frozen=True)
class Column:
    """`value(gap)` is what a cell holds: text, number or date. `width`: characters in the workbook. `shown`: whether the
    table on the screen has it, drawn with `css`."""

    key: str
    label: str
    value: Callable[[Any], Any]
    width: int = 12
    css: str = ""
    shown: bool = True


def _remedy(name: str) -> Callable[[Any], Any]:
    """A particular of what was handed in last and not sent back."""

    def value(gap: Any) -> Any:
        standing: Remedy | None = next((row for row in gap.standing), None)
        return getattr(standing, name) if standing else ""

    return value


def _tasks(gap: Any) -> str:
    return "、".join(row.task.number for row in gap.led)


COLUMNS: tuple[Column, ...] = (
    Column("pk", "编号", lambda gap: gap.pk, 8, "zg-num"),
    Column("title", "哪项制度", lambda gap: gap.title, 40, "zg-c-flow"),
    Column("kind", "缺陷", lambda gap: gap.get_kind_display(), 14, "zg-nw"),
    Column("wrong", "错在哪里", lambda gap: gap.wrong, 50, shown=False),
    Column("tasks", "由哪些任务查出", _tasks, 20, "zg-c-l"),
    Column("way", "怎样补", lambda gap: gap.get_way_display(), 10, "zg-nw"),
    Column("todo", "要做什么", lambda gap: gap.todo, 40, shown=False),
    Column("unit", "责任单位", lambda gap: str(gap.unit), 18, "zg-nw"),
    Column("due", "期限", lambda gap: gap.due, 12, "zg-nw zg-num"),
    Column("state", "状态", lambda gap: Gap.State(gap.state).label, 12, "zg-nw"),
    Column("made", "补上的制度", _remedy("name"), 36, shown=False),
    Column("made_number", "文号", _remedy("number"), 20, shown=False),
    Column("issued_by", "发布单位", _remedy("issued_by"), 18, shown=False),
    Column("effective_on", "施行日期", _remedy("effective_on"), 12, shown=False),
    Column("handed_in_on", "报的日期", _remedy("on"), 12, shown=False),
    Column("confirmed_on", "确认日期", _remedy("decided_on"), 12, shown=False),
)


@dataclass(frozen=True)
class Asked:
    """What is asked of the register; nonsense is the same as nothing."""

    state: str = ""
    kind: str = ""
    way: str = ""
    unit: str = ""
    q: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Asked":
        def one(name: str, allowed: list[str]) -> str:
            return query.get(name, "") if query.get(name, "") in allowed else ""

        return cls(
            one("state", Gap.State.values), one("kind", Gap.Kind.values), one("way", Gap.Way.values),
            asked.words(query.get("unit")), asked.words(query.get("q")),
        )  # fmt: skip

    def address(self, **change: str) -> str:
        """The address of the same with `change`; `after` is a page."""
        after = change.pop("after", "")
        given = {name: value for name, value in vars(replace(self, **change)).items() if value}
        return "?" + urlencode(given | ({"after": after} if after else {}))

    def apply(self, rows: GapQuerySet, *, any_state: bool = False) -> GapQuerySet:
        """Those of `rows`, which carry their state, that were asked for, in the order of KEYS."""
        for name in ("kind", "way") if any_state else ("kind", "way", "state"):
            if value := getattr(self, name):
                rows = rows.filter(**{name: value})
        if self.unit:
            rows = rows.filter(Q(unit__short_name__icontains=self.unit) | Q(unit__name__icontains=self.unit))
        if self.q:
            words = Q(rule__icontains=self.q) | Q(number__icontains=self.q) | Q(wrong__icontains=self.q)
            rows = rows.filter(words | Q(todo__icontains=self.q))
        return rows.order_by("due", "pk")

    @property
    def words(self) -> str:
        """What was asked, in words."""
        told = [
            Gap.State(self.state).label if self.state else "全部",
            Gap.Kind(self.kind).label if self.kind else "",
            Gap.Way(self.way).label if self.way else "",
            f"责任单位含“{self.unit}”" if self.unit else "",
            f"含“{self.q}”" if self.q else "",
        ]
        return "；".join([str(word) for word in told if word] + ["按期限排列"])


def register_of(person: Person, today: date) -> GapQuerySet:
    """The gaps that `person` may see, with what the columns show: their state, the tasks that lead there and that the person
    sees (`led`), what stands of their remedies (`standing`)."""
    led = (
        Inquiry.objects.filter(in_scope(person, "task_id"), dropped_at=None).select_related("task").order_by("task_id")
    )
    standing = Remedy.objects.exclude(confirmed=False).order_by("pk")
    rows: GapQuerySet = Gap.objects.visible_to(person).with_state(today).select_related("unit")
    return rows.prefetch_related(
        Prefetch("inquiries", led, to_attr="led"), Prefetch("remedies", standing, to_attr="standing")
    )
