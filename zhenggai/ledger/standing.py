"""How far a task is, and how far it should be by now: the arithmetic that the task page shows.

Progress is computed from targets, milestones and measures, each by its weight; nobody types a percentage (NEEDS §2 row
4). querysets.with_schedule() asks the same questions of many rows in SQL; tests hold the two together.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from zhenggai.ledger.models import Measure, Milestone, Target, Task

ONE, ZERO = Decimal(1), Decimal(0)


@dataclass(frozen=True)
class Part:
    """One thing that counts: its name, its weight, how much of it is done and how much should be, both 0 to 1."""

    label: str
    weight: int
    achieved: Decimal
    expected: Decimal
    due: date | None = None
    note: str = ""

    @property
    def is_late(self) -> bool:
        return self.achieved < self.expected


@dataclass(frozen=True)
class Standing:
    """A task's parts with their weighted mean, in percent."""

    parts: tuple[Part, ...]

    @property
    def achieved(self) -> Decimal:
        return percent((part.weight, part.achieved) for part in self.parts)

    @property
    def expected(self) -> Decimal:
        return percent((part.weight, part.expected) for part in self.parts)


def percent(shares: Iterable[tuple[int, Decimal]]) -> Decimal:
    """The weighted mean of shares as a percentage with one decimal, rounded down: only what is all done is 100.

    >>> percent([(1, Decimal(1)), (2, Decimal("0.5"))])
    Decimal('66.6')
    >>> percent([])
    Decimal('0.0')
    """
    rows = list(shares)
    whole = sum(weight for weight, _ in rows)
    mean = sum((weight * share for weight, share in rows), ZERO) / whole if whole else ZERO
    return (mean * 100).quantize(Decimal("0.1"), ROUND_FLOOR)


def ratio_of(baseline: Decimal, goal: Decimal, value: Decimal) -> Decimal:
    """How much of the way from `baseline` to `goal` lies behind `value`, 0 to 1, rounded down to four places. Works
    downwards too, for targets that are not to be exceeded.

    >>> ratio_of(Decimal(62), Decimal(90), Decimal(76)), ratio_of(Decimal(50), Decimal(35), Decimal(35))
    (Decimal('0.5000'), Decimal('1.0000'))
    """
    share = (value - baseline) / (goal - baseline)
    return min(max(share, ZERO), ONE).quantize(Decimal("0.0001"), ROUND_FLOOR)


def even_share(starts_on: date, due: date, today: date) -> Decimal:
    """What an evenly paced target should have reached: counted to the end of last month, as reports are monthly.

    >>> even_share(date(2026, 1, 1), date(2027, 1, 1), date(2026, 7, 20)).quantize(Decimal("0.001"))
    Decimal('0.496')
    """
    passed = (today.replace(day=1) - starts_on).days
    return min(max(Decimal(passed) / Decimal((due - starts_on).days), ZERO), ONE)


def standing_of(task: Task, today: date) -> Standing:
    """The parts of a task; reads measures, milestones and targets (prefetched ones where the caller did that)."""
    targets = list(task.targets.all())
    parts = [_measure(measure, targets, today) for measure in task.measures.all()]
    parts += [_target(target, today) for target in targets if target.measure_id is None]
    return Standing(tuple(parts))


def _measure(measure: Measure, targets: list[Target], today: date) -> Part:
    own = [_target(target, today) for target in targets if target.measure_id == measure.pk]
    inner = [*own, *(_milestone(row, today) for row in measure.milestones.all())]
    label = f"措施{measure.no}"
    if measure.progress == Measure.Progress.DONE and not own:
        return Part(label, measure.weight, ONE, _due_share(measure.due, today), measure.due, "已完成")
    if not inner:
        words = measure.get_progress_display()
        return Part(label, measure.weight, ZERO, _due_share(measure.due, today), measure.due, words)
    return Part(
        label,
        measure.weight,
        _mean((part.weight, part.achieved) for part in inner),
        max(_mean((part.weight, part.expected) for part in inner), _due_share(measure.due, today)),
        measure.due,
        "；".join(f"{part.label}{part.note}" for part in inner),
    )


def _milestone(row: Milestone, today: date) -> Part:
    note = f"{row.done_on:%Y-%m-%d}完成" if row.done_on else "未完成"
    return Part(str(row), 1, ONE if row.done_on else ZERO, _due_share(row.due, today), row.due, note)


def _target(target: Target, today: date) -> Part:
    expected = _due_share(target.due, today)
    if target.pace == Target.Pace.EVEN and target.due:
        expected = max(expected, even_share(target.starts_on, target.due, today))
    value = "还没有监测值" if target.value is None else f"现为{target.value.normalize():f}{target.unit}"
    return Part(target.words, target.weight, target.ratio, expected, target.due, value)


def _due_share(due: date | None, today: date) -> Decimal:
    return ONE if due is not None and due < today else ZERO


def _mean(shares: Iterator[tuple[int, Decimal]]) -> Decimal:
    rows = list(shares)
    return sum((weight * share for weight, share in rows), ZERO) / sum(weight for weight, _ in rows)


def keep_achieved(task: Task, today: date) -> None:
    """Carry the percentage into the task's row, after its measures or samples have changed."""
    fresh = Task.objects.prefetch_related("targets", "measures__milestones").get(pk=task.pk)
    task.achieved = standing_of(fresh, today).achieved
    Task.objects.filter(pk=task.pk).update(achieved=task.achieved)
