"""Where a target's marks stand in its drawing: a bar for few samples, a line for many. Sizes are those of the SVG."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zhenggai.ledger.models import Sample, Target
from zhenggai.ledger.standing import even_share

WIDTH, HEIGHT = 560, 86
BAR = 480
TOP, FOOT = 14, 62
MARGIN = 52
MOST = 24


@dataclass(frozen=True)
class Mark:
    """One sample on the line."""

    x: float
    y: float
    label: str
    value: str


@dataclass(frozen=True)
class Gauge:
    """A target with its drawing: `expected` is what an evenly paced one should have reached, None for the others."""

    target: Target
    scale: float
    baseline: float
    value: float | None
    goal: float
    expected: float | None
    expected_value: Decimal | None
    marks: tuple[Mark, ...]
    goal_y: float

    @property
    def points(self) -> str:
        return " ".join(f"{mark.x:.1f},{mark.y:.1f}" for mark in self.marks)

    @property
    def missing(self) -> Decimal | None:
        """How far the value is from its even line, in the target's unit; None when it is not below."""
        target = self.target
        if self.expected_value is None or target.value is None:
            return None
        gap = self.expected_value - target.value if target.comparator == "ge" else target.value - self.expected_value
        return gap.quantize(Decimal("0.1")) if gap > 0 else None


def gauge_of(target: Target, samples: list[Sample], today: date) -> Gauge:
    """`samples`: the target's, newest first; of one day only its last version counts."""
    expected = None
    if target.pace == Target.Pace.EVEN and target.due:
        share = even_share(target.starts_on, target.due, today)
        expected = target.baseline + (target.goal - target.baseline) * share
    latest = {row.on: row for row in reversed(samples[:MOST])}
    shown = [latest[day] for day in sorted(latest)]
    values = [target.baseline, target.goal, *(row.value for row in shown)]
    full = Decimal(100) if target.unit in ("%", "％") else max(values) * Decimal("1.1") or Decimal(1)
    marks, goal_y = _line(shown, target)
    return Gauge(
        target=target,
        scale=float(full),
        baseline=_along(target.baseline, full),
        value=None if target.value is None else _along(target.value, full),
        goal=_along(target.goal, full),
        expected=None if expected is None else _along(expected, full),
        expected_value=expected,
        marks=marks,
        goal_y=goal_y,
    )


def _along(value: Decimal, full: Decimal) -> float:
    return round(float(min(max(value / full, Decimal(0)), Decimal(1))) * BAR, 1)


def _line(samples: list[Sample], target: Target) -> tuple[tuple[Mark, ...], float]:
    values = [*(row.value for row in samples), target.goal]
    low, high = min(values), max(values)
    reach = (high - low) or Decimal(1)

    def height(value: Decimal) -> float:
        return round(FOOT - float((value - low) / reach) * (FOOT - TOP), 1)

    step = (WIDTH - MARGIN - 20) / max(len(samples) - 1, 1)
    marks = tuple(
        Mark(round(MARGIN + step * place, 1), height(row.value), f"{row.on:%-m-%-d}", f"{row.value.normalize():f}")
        for place, row in enumerate(samples)
    )
    return marks, height(target.goal)
