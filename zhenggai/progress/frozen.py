"""What closed rounds froze, asked of many tasks at once."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, Window
from django.db.models.functions import RowNumber

from zhenggai.accounts.models import Person
from zhenggai.ledger.compared import tells_how_it_stood
from zhenggai.ledger.querysets import TaskQuerySet, grade
from zhenggai.progress.models import Round, RoundTask

EXAMPLES = 3


@dataclass(frozen=True)
class Move:
    """Tasks that stood in `was` when a month was frozen and stand in `now` today: how many, and the first few numbers."""

    was: str
    now: str
    count: int
    examples: tuple[tuple[int, str], ...]


@tells_how_it_stood
def stood(month: date, codes: Collection[str] | None) -> Q:
    """The condition on tasks that a closed round froze them, in one of `codes` where these are given."""
    rows = RoundTask.objects.filter(task=OuterRef("pk"), month=month)
    return Q(Exists(rows if codes is None else rows.filter(schedule__in=list(codes))))


def closed_months(person: Person) -> list[tuple[date, int]]:
    """The months of which the person sees closed rounds, the latest first, with their number."""
    rounds = Round.objects.visible_to(person).filter(closed_at__isnull=False).order_by("-month")
    return list(rounds.values_list("month").annotate(n=Count("pk")))


def by_schedule(tasks: TaskQuerySet, months: Sequence[date], *, all_tasks: bool = False) -> dict[date, dict[str, int]]:
    """Per month how many of `tasks` were frozen in each code of Schedule. `all_tasks` says that nothing was left out of
    `tasks`, so that they need not be looked up one by one."""
    rows = RoundTask.objects.filter(month__in=months)
    if not all_tasks:
        rows = rows.filter(task__in=tasks.order_by().values("pk"))
    found: dict[date, dict[str, int]] = defaultdict(dict)
    for month, code, count in rows.order_by().values_list("month", "schedule").annotate(n=Count("pk")):
        found[month][code] = count
    return dict(found)


def moves(tasks: TaskQuerySet, month: date, today: date) -> list[Move]:
    """How `tasks` have moved since `month` was frozen, the ways that most have gone first. Tasks that entered later have
    an empty `was`."""
    then = RoundTask.objects.filter(month=month, task__in=tasks.order_by().values("pk"))
    kind = [F("schedule"), F("now")]
    moved = then.annotate(now=grade(today, "task__")).exclude(schedule=F("now"))
    first = moved.annotate(
        all=Window(Count("pk"), partition_by=kind),
        rank=Window(RowNumber(), partition_by=kind, order_by=["task__due", "task_id"]),
    ).filter(rank__lte=EXAMPLES)
    named: dict[tuple[str, str, int], list[tuple[int, str]]] = defaultdict(list)
    for was, now, count, pk, number in first.order_by("rank").values_list(
        "schedule", "now", "all", "task_id", "task__number"
    ):
        named[was, now, count].append((pk, number))
    found = [Move(was, now, count, tuple(examples)) for (was, now, count), examples in named.items()]
    return sorted([*found, *_entered(tasks, month)], key=lambda move: -move.count)


def _entered(tasks: TaskQuerySet, month: date) -> list[Move]:
    new = tasks.order_by().filter(~stood(month, None))
    count = new.count()
    if not count:
        return []
    first = new.order_by("entered_at", "pk").values_list("pk", "number")[:EXAMPLES]
    return [Move("", "", count, tuple(first))]


def state_of_closing(person: Person, month: date) -> tuple[int, int]:
    """(closed, all) rounds of `month` that the person sees: a province's places do not close on one day."""
    rounds = Round.objects.visible_to(person).filter(month=month)
    row = rounds.order_by().aggregate(all=Count("pk"), closed=Count("pk", filter=Q(closed_at__isnull=False)))
    return row["closed"], row["all"]
