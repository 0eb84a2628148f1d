"""The ledger's filters: what may be asked for in the address, and the rows that answer it."""

from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import quote_plus

from django.contrib.postgres.fields import ArrayField
from django.db.models import Exists, Func, OuterRef, Q, TextField, Value
from django.http import QueryDict

from zhenggai.accounts.models import Person, Unit
from zhenggai.ledger.compared import CHANGES, since
from zhenggai.ledger.models import DueKind, Duty, Inspection, Plan, Source, TaskText
from zhenggai.ledger.permissions import RECTIFIERS
from zhenggai.ledger.querysets import Schedule, TaskQuerySet
from zhenggai.ledger.signs import bears, every, is_hard, lacks_sponsor
from zhenggai.ledger.states import CLOSED, State
from zhenggai.ui import asked as asked_for
from zhenggai.ui.paging import Key

SOON = 60  # days


@dataclass(frozen=True)
class View:
    """A view that everyone has: its words, and of which states and schedule codes the rows are (none named: of all).
    `soon`: due within `SOON` days."""

    words: str
    states: tuple[str, ...] = ()
    schedules: tuple[str, ...] = ()
    soon: bool = False

    def condition(self, today: date) -> Q:
        """The condition on rows that carry their schedule."""
        found = Q(state__in=self.states) if self.states else Q()
        if self.schedules:
            found &= Q(schedule__in=self.schedules)
        return found & is_soon(today) if self.soon else found

    def holds(self, state: str, schedule: str, soon: bool) -> bool:
        """The same of one row, or of rows that are alike in these."""
        return (
            (not self.states or state in self.states)
            and (not self.schedules or schedule in self.schedules)
            and (soon or not self.soon)
        )


def is_soon(today: date) -> Q:
    return Q(due__range=(today, today + timedelta(days=SOON)))


OPEN = tuple(state.value for state in State if state not in CLOSED)
# First to last, by the name in the address.
VIEWS: dict[str, View] = {
    "all": View("全部"),
    "open": View("未销号", OPEN),
    "overdue": View("已逾期", schedules=(Schedule.OVERDUE,)),
    "behind": View("未达到序时进度", schedules=(Schedule.BEHIND, Schedule.OVERDUE)),
    "soon": View(f"{SOON}天内到期", (State.RECTIFYING,), soon=True),
    "acceptance": View("验收中", (State.IN_ACCEPTANCE, State.ACCEPTED)),
    "notice": View("公示中", (State.IN_NOTICE,)),
    "closed": View("已销号", tuple(CLOSED)),
}
SORTS: dict[str, tuple[str, list[Key]]] = {
    "due": ("完成时限", [Key("due", nullable=True), Key("pk")]),
    "number": ("序号", [Key("inspection_id"), Key("serial"), Key("pk")]),
}
HARD = {"1": "重难点", "0": "重难点，还没有领衔领导"}
STOCK = {"0": "存量", "1": "增量"}
NO_CATEGORY = "没有类别"


@dataclass(frozen=True)
class Filters:
    """What was asked for; unknown values count as not asked. `lead_unit`: a unit that leads, under whatever name; `lead`: one
    that the directory does not know, in the plan's words. `saved`: the saved view that was opened."""

    view: str = "open"
    q: str = ""
    inspection: int | None = None
    plan: int | None = None
    place: int | None = None
    under: int | None = None
    unit: str = ""
    lead_unit: int | None = None
    lead: str = ""
    status: str = ""
    state: str = ""
    month: str = ""
    was: str = ""
    change: str = ""
    source: str = ""
    stock: str = ""
    hard: str = ""
    kind: str = ""
    category: str = ""
    due_from: date | None = None
    due_to: date | None = None
    sort: str = "due"
    saved: int | None = None

    @classmethod
    def read(cls, asked: QueryDict) -> "Filters":
        """The filters of an address."""
        return cls(
            view=_one_of(asked.get("view"), VIEWS, "open"),
            q=asked_for.words(asked.get("q")),
            inspection=asked_for.number(asked.get("inspection")),
            plan=asked_for.number(asked.get("plan")),
            place=asked_for.number(asked.get("place")),
            under=asked_for.number(asked.get("under")),
            unit=asked_for.words(asked.get("unit")),
            lead_unit=asked_for.number(asked.get("lead_unit")),
            lead=asked_for.words(asked.get("lead")),
            status=_one_of(asked.get("status"), Schedule.values),
            state=_one_of(asked.get("state"), [state.value for state in State]),
            month=month.isoformat() if (month := _day(asked.get("month"))) else "",
            was=_one_of(asked.get("was"), Schedule.values),
            change=_one_of(asked.get("change"), CHANGES),
            source=_one_of(asked.get("source"), Source.values),
            stock=_one_of(asked.get("stock"), STOCK),
            hard=_one_of(asked.get("hard"), hard_words()),
            kind=_one_of(asked.get("kind"), DueKind.values),
            category=asked_for.words(asked.get("category")),
            due_from=_day(asked.get("due_from")),
            due_to=_day(asked.get("due_to")),
            sort=_one_of(asked.get("sort"), SORTS, "due"),
            saved=asked_for.number(asked.get("saved")),
        )

    def apply(self, rows: TaskQuerySet, today: date) -> TaskQuerySet:
        """`rows` as they were asked for, ordered by the sort's keys."""
        rows = rows.with_schedule(today).filter(VIEWS[self.view].condition(today), self._fields())
        for word in self.q.split():
            rows = rows.filter(holds(word))
        if self.unit:
            rows = rows.filter(_answered_by(self.unit))
        if self.lead_unit or self.lead:
            rows = rows.filter(Exists(Duty.objects.led_by(self.lead_unit, self.lead).filter(task=OuterRef("pk"))))
        if self.under:
            rows = rows.under([self.under])
        if self.hard:
            rows = rows.filter(_hardness(self.hard))
        if self.month:
            rows = rows.filter(since(date.fromisoformat(self.month), self.change, self.was))
        if self.sort == "due":
            return rows.by_due()
        return rows.order_by(*(key.name for key in self.keys))

    def _fields(self) -> Q:
        """The conditions that compare one field with one value."""
        given = {
            "inspection": self.inspection, "plan": self.plan, "place": self.place, "schedule": self.status,
            "state": self.state,
            "source": self.source, "due_kind": self.kind, "due__gte": self.due_from, "due__lte": self.due_to,
        }  # fmt: skip
        condition = Q(**{name: value for name, value in given.items() if value})
        if self.stock:
            condition &= Q(increment=self.stock == "1")
        if self.category:
            condition &= Q(category=[]) if self.category == NO_CATEGORY else Q(category__0=self.category)
        return condition

    @property
    def keys(self) -> list[Key]:
        return SORTS[self.sort][1]

    def address(self, **changes: Any) -> str:
        """The query string of these filters with `changes`; what is empty is left out, the view is always said."""
        asked = self._asked | changes
        return "?" + "&".join(
            f"{name}={_quoted(str(value))}"
            for name, value in asked.items()
            if value and (name == "view" or value != USUAL.get(name, ""))
        )

    @cached_property
    def _asked(self) -> dict[str, Any]:
        """What is not as usual, and the view, in the order of the fields."""
        mine = vars(self)
        return {name: mine[name] for name, usual in USUAL.items() if name == "view" or mine[name] != usual}

    @property
    def compared(self) -> str:
        """With which frozen month the list is compared and how, in words; empty when it is not."""
        if not self.month:
            return ""
        month = date.fromisoformat(self.month)
        then = f"时为“{schedule_words(self.was)}”" if self.was else ""
        return f"{month.year}年{month.month}月封存{then}" + (f"以来{CHANGES[self.change].words}" if self.change else "")

    @property
    def narrows(self) -> bool:
        """Whether anything beside the view is asked for."""
        return replaced(self) != Filters(view=self.view)

    def words(self, person: Person) -> list[str]:
        """What is asked for, for the head of a workbook and of a printed page; names that are not for `person` left out."""
        inspection = plan = None
        if self.inspection:
            inspection = Inspection.objects.concerning(person).filter(pk=self.inspection).first()
        if self.plan:
            plan = Plan.objects.concerning(person).filter(pk=self.plan).first()
        place = Unit.objects.filter(pk=self.place).first() if self.place else None
        under = Unit.objects.filter(pk=self.under).first() if self.under else None
        lead = Unit.objects.filter(pk=self.lead_unit).first() if self.lead_unit else self.lead
        told = {
            "视图": VIEWS[self.view].words, "含": f"“{self.q}”" if self.q else "", "督察": inspection, "方案": plan,
            "属地": place, "属地及以下": under, "环节": State(self.state).words if self.state else "",
            "与封存的月份比": self.compared, "责任单位": self.unit, "牵头单位": lead,
            "状态": schedule_words(self.status) if self.status else "",
            "来源": Source(self.source).label if self.source else "", "存量/增量": STOCK.get(self.stock, ""), "难度": hard_words().get(self.hard, ""),
            "时限种类": DueKind(self.kind).label if self.kind else "", "类别": self.category,
            "时限从": self.due_from, "时限到": self.due_to,
        }  # fmt: skip
        return [f"{name}：{value}" for name, value in told.items() if value]


USUAL = {row.name: row.default for row in fields(Filters)}


def replaced(filters: Filters) -> Filters:
    """The filters without what only orders or names them."""
    return replace(filters, sort="due", saved=None)


def hard_words() -> dict[str, str]:
    """What may be asked for of how hard a task is: hard in any way, hard and without a sponsor, or one sign of it."""
    return HARD | {sign.name: sign.words for sign in every()}


def _hardness(asked: str) -> Q:
    if asked in HARD:
        return is_hard() if asked == "1" else lacks_sponsor()
    return bears(asked)


def schedule_words(code: str) -> str:
    """The words of a schedule code; overdue ones are told apart from those behind."""
    return "未达到序时进度（已逾期）" if code == Schedule.OVERDUE else str(Schedule(code).label)


def holds(word: str) -> Q:
    """Tasks whose number, headline or failing holds `word`: those that have all its pairs of characters come out of an
    index, their words decide. A single character has no pair."""
    there = Q(number__icontains=word) | Q(issue__icontains=word) | Q(headline__icontains=word)
    if len(word) < 2:
        return there
    asked = Func(Value(word), function="text_pairs", output_field=ArrayField(TextField()))
    return Q(Exists(TaskText.objects.filter(task=OuterRef("pk"), pairs__contains=asked))) & there


def _answered_by(name: str) -> Q:
    """Tasks that a unit of this name, or one below it, leads or answers for; an unknown name is taken as it was written."""
    units = list(Unit.objects.named(name).values_list("pk", flat=True)[:20])
    duties = Duty.objects.filter(task=OuterRef("pk"), part__in=RECTIFIERS)
    return Q(Exists(duties.filter(raw=name))) | Q(Exists(duties.filter(unit__up__ancestor__in=units)))


@lru_cache(maxsize=2048)
def _quoted(value: str) -> str:
    """For an address. A page has hundreds of addresses, and few values in them."""
    return quote_plus(value)


def _one_of(value: str | None, known: Any, usual: str = "") -> str:
    return value if value and value in known else usual


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value or "")
    except ValueError:
        return None
