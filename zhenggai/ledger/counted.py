"""The figures of the overview, the war map and the bulletin: each a number with the filters whose list has that many rows.

All are counted in SQL over the tasks that a person may see; tests hold every figure against its own list.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Least

from zhenggai.accounts.models import Kind, Person, Unit, UnitClosure
from zhenggai.ledger.compared import LATE
from zhenggai.ledger.filters import NO_CATEGORY, Filters
from zhenggai.ledger.models import Duty, Inspection, Task
from zhenggai.ledger.querysets import DutyQuerySet, Schedule, TaskQuerySet, grade, is_late
from zhenggai.ledger.states import State

# What counts as in time: 按期率 = these ÷ all.
IN_TIME = (Schedule.ON_SCHEDULE, Schedule.AHEAD, Schedule.DONE, Schedule.STRUCK_OFF)
WINDOWS = (30, 60, 90)
UNITS = 15
LeadKey = tuple[int | None, str]  # the unit, or what the plan calls one that the directory does not know


@dataclass(frozen=True)
class Figure:
    """A number, and the filters under which the ledger lists exactly that many tasks: `base` with `changes`, which are put
    together only where somebody looks (a page has hundreds of figures)."""

    count: int
    base: Filters
    changes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def filters(self) -> Filters:
        return replace(self.base, **self.changes)

    @property
    def query(self) -> str:
        """What stands behind the ledger's address."""
        return self.base.address(**self.changes)


@dataclass(frozen=True)
class Row:
    """The figures of one place, unit or inspection (or of all): by code of Schedule, with the filters common to them."""

    label: str
    filters: Filters
    counts: Counter[str]

    @property
    def total(self) -> Figure:
        return Figure(self.counts.total(), self.filters)

    def of(self, code: str) -> Figure:
        """How many stand in `code`."""
        return Figure(self.counts[code], self.filters, {"status": code})

    @property
    def late(self) -> Figure:
        """Behind, the overdue ones among them."""
        count = self.counts[Schedule.BEHIND] + self.counts[Schedule.OVERDUE]
        return Figure(count, self.filters, {"view": "behind"})

    @property
    def rate(self) -> float | None:
        """按期率 in percent, None where there are no tasks."""
        return rate_of(self.counts)


def rate_of(counts: dict[str, int]) -> float | None:
    """The share of tasks in time, in percent.

    >>> rate_of({"T": 19, "P": 4, "D": 8, "X": 18, "B": 7, "N": 2})
    84.48275862068965
    """
    total = sum(counts.values())
    return 100 * sum(counts.get(code, 0) for code in IN_TIME) / total if total else None


def asked_rows(person: Person, base: Filters, today: date) -> TaskQuerySet:
    """The person's tasks under the page's own filters, with their schedule."""
    return base.apply(Task.objects.visible_to(person), today).order_by()


def by_place(rows: TaskQuerySet, base: Filters, top: Unit | None) -> tuple[Row, Row, list[Row]]:
    """(存量, 增量, a row for `top` itself, one for each place right below it with all under it, and one for each place that
    lies elsewhere), counted in one statement."""
    grouped = rows.values_list("place_id", "increment", "schedule").annotate(n=Count("pk"))
    below = _place_below(top) if top else {}
    stock: dict[bool, Counter[str]] = {False: Counter(), True: Counter()}
    places: dict[int, Counter[str]] = defaultdict(Counter)
    for place, increment, code, count in grouped:
        stock[increment][code] += count
        places[below.get(place, place)][code] += count
    units = Unit.objects.filter(pk__in=places).order_by("position", "pk")
    whole = set(below.values())
    return (
        Row("存量", replace(base, stock="0"), stock[False]),
        Row("增量", replace(base, stock="1"), stock[True]),
        [
            Row(
                unit.short_name,
                replace(base, under=unit.pk) if unit.pk in whole else replace(base, place=unit.pk),
                places[unit.pk],
            )
            for unit in units
        ],
    )


def _place_below(top: Unit) -> dict[int, int]:
    """Each place under `top` → the one right below `top` in which it lies."""
    children = UnitClosure.objects.filter(
        ancestor__parent=top, ancestor__kind=Kind.PLACE, descendant__kind=Kind.PLACE
    )  # fmt: skip
    return dict(children.order_by().values_list("descendant_id", "ancestor_id"))


def by_lead(rows: TaskQuerySet, base: Filters, today: date, most: int = UNITS) -> list[Row]:
    """The lead units with the most tasks behind: a unit is one row whatever the plans call it. A task that two units lead
    stands in both rows."""
    leads = Duty.objects.leading(rows).annotate(code=grade(today, "task__")).order_by()
    ranked = leads.values("unit", "unknown").annotate(
        late=Count("task", filter=Q(code__in=LATE), distinct=True), all=Count("task", distinct=True)
    )
    most_behind = ranked.order_by("-late", "-all", "unit", "unknown")[:most]
    keys = [(row["unit"], row["unknown"]) for row in most_behind]
    counts, labels = lead_counts(leads, keys), lead_names(keys)
    return [Row(labels[key], of_lead(base, key), counts[key]) for key in keys]


def lead_counts(leads: DutyQuerySet, keys: Sequence[LeadKey]) -> dict[LeadKey, Counter[str]]:
    """Of each of `keys` how many of the tasks of `leads` (Duty.objects.leading, with their `code`) stand in which grade."""
    counts: dict[LeadKey, Counter[str]] = defaultdict(Counter)
    asked = Q(unit__in=[unit for unit, _ in keys]) | Q(unknown__in=[words for _, words in keys if words])
    grouped = leads.filter(asked).order_by().values_list("unit", "unknown", "code")
    for unit, words, code, count in grouped.annotate(n=Count("task", distinct=True)):
        counts[unit, words][code] = count
    return counts


def lead_names(keys: Iterable[LeadKey]) -> dict[LeadKey, str]:
    """What to call each: as the directory does now, with its place where two have one name; else in the plan's words."""
    units = Unit.objects.select_related("place").in_bulk({unit for unit, _ in keys if unit})
    often = Counter(unit.short_name for unit in units.values())
    return {key: _told_apart(units[key[0]], often) if key[0] else key[1] for key in keys}


def _told_apart(unit: Unit, often: Counter[str]) -> str:
    return f"{unit.short_name}（{unit.place}）" if often[unit.short_name] > 1 and unit.place else unit.short_name


def of_lead(base: Filters, key: LeadKey) -> Filters:
    """The filters under which the ledger lists what this one leads."""
    return replace(base, lead_unit=key[0], lead=key[1])


def by_inspection(rows: TaskQuerySet, base: Filters, most: int = UNITS) -> list[Row]:
    """A row for each inspection, those with most tasks first."""
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for inspection, code, count in rows.values_list("inspection_id", "schedule").annotate(n=Count("pk")):
        counts[inspection][code] += count
    largest = sorted(counts, key=lambda pk: -counts[pk].total())[:most]
    names = Inspection.objects.in_bulk(largest)
    return [Row(str(names[pk]), replace(base, inspection=pk), counts[pk]) for pk in largest]


def by_category(rows: TaskQuerySet, base: Filters, most: int = UNITS) -> list[Row]:
    """A row for each class of failings (the outermost heading that the tasks stand under), those with most tasks first."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    grouped = rows.annotate(outermost=KeyTextTransform(0, "category")).values_list("outermost", "schedule")
    for name, code, count in grouped.annotate(n=Count("pk")):
        counts[name or NO_CATEGORY][code] += count
    largest = sorted(counts, key=lambda name: -counts[name].total())[:most]
    return [Row(name, replace(base, category=name), counts[name]) for name in largest]


def due_windows(
    rows: TaskQuerySet, base: Filters, today: date
) -> tuple[Figure, list[tuple[int, date, Figure]], Figure]:
    """(overdue, per window its days, last day and figure, all in rectification) of the tasks in rectification."""
    working = replace(base, state=State.RECTIFYING)
    ends = [(days, today + timedelta(days=days)) for days in WINDOWS]
    counts = rows.filter(state=State.RECTIFYING).aggregate(
        over=Count("pk", filter=Q(due__lt=today)),
        all=Count("pk"),
        **{f"d{days}": Count("pk", filter=Q(due__range=(today, end))) for days, end in ends},
    )
    windows = [
        (days, end, Figure(counts[f"d{days}"], replace(working, due_from=today, due_to=end))) for days, end in ends
    ]  # fmt: skip
    return Figure(counts["over"], replace(base, view="overdue")), windows, Figure(counts["all"], working)


def laggards(rows: TaskQuerySet, today: date, most: int) -> list[Task]:
    """The tasks that are behind, those first that have been so longest, with what why_late() reads. Which they are is found
    in the index; only then are their rows read."""
    late = rows.filter(is_late(today)).order_by(Least("due", "late_from"), "pk")
    first = list(late.values_list("pk", flat=True)[:most])
    found = Task.objects.for_list().prefetch_related("measures__milestones", "targets", "extensions").in_bulk(first)
    return [found[pk] for pk in first]
