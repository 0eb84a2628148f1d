"""Drawings of the overview as numbers: where lines, dots and bars stand in the server's SVG."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from math import ceil, floor

from zhenggai.ledger.counted import Figure, Row, rate_of
from zhenggai.ledger.querysets import Schedule

LEFT, RIGHT, TOP, BOTTOM = 36, 754, 24, 130  # the trend's plot in its viewBox of 762 × 166
BARS = 46  # the highest bar


@dataclass(frozen=True)
class Dot:
    """One month of the trend: its place, its figures, and where these are listed. `now` is today."""

    x: float
    y: float
    bar: float
    month: date
    rate: float
    closed: int
    figures: tuple[Figure, ...]
    now: bool

    @property
    def bar_x(self) -> float:
        return self.x - 9

    @property
    def bar_y(self) -> float:
        return BOTTOM - self.bar

    @property
    def figure_y(self) -> float:
        return self.bar_y - 4

    @property
    def rate_y(self) -> float:
        return self.y - 9


@dataclass(frozen=True)
class Trend:
    """The rate as a line, the tasks struck off as bars; `lines` are the axis: height, height of its
    words, words."""

    dots: tuple[Dot, ...]
    lines: tuple[tuple[float, float, str], ...]

    @property
    def path(self) -> str:
        return "M" + "L".join(f"{dot.x:.1f} {dot.y:.1f}" for dot in self.dots)

    @property
    def words(self) -> str:
        """The drawing in a sentence, for who does not see it."""
        first, last = self.dots[0], self.dots[-1]
        return (
            f"{first.month:%Y年%-m月}到{'今天' if last.now else f'{last.month:%Y年%-m月}'}，按期率从{first.rate:.1f}%到{last.rate:.1f}%，"
            f"累计销号从{first.closed}项到{last.closed}项"
        )


def trend(months: Sequence[tuple[date, Counter[str], Sequence[Figure], bool]]) -> Trend | None:
    """The trend of `months`, the oldest first: (month, its counts, figures that open lists, whether it is today).

    None for fewer than two months with tasks.
    """
    known = [(month, counts, figures, now) for month, counts, figures, now in months if counts.total()]
    if len(known) < 2:
        return None
    rates = [rate_of(counts) or 0.0 for _, counts, _, _ in known]
    low, high = floor(min(rates) / 10) * 10, max(ceil(max(rates) / 10) * 10, floor(min(rates) / 10) * 10 + 10)
    most = max(counts[Schedule.STRUCK_OFF] for _, counts, _, _ in known) or 1
    step = (RIGHT - LEFT - 36) / (len(known) - 1)

    def height(rate: float) -> float:
        return BOTTOM - (rate - low) / (high - low) * (BOTTOM - TOP)

    dots = tuple(
        Dot(
            LEFT + 18 + place * step, height(rate), counts[Schedule.STRUCK_OFF] / most * BARS, month, rate,
            counts[Schedule.STRUCK_OFF], tuple(figures), now,
        )
        for place, ((month, counts, figures, now), rate) in enumerate(zip(known, rates, strict=True))
    )  # fmt: skip
    every = 10 if high - low <= 50 else 20
    return Trend(dots, tuple((height(mark), height(mark) + 4, f"{mark}%") for mark in range(low, high + 1, every)))


@dataclass(frozen=True)
class Slice:
    """One stretch of the bar of all tasks."""

    code: str
    x: float
    width: float


def composition(row: Row, codes: Sequence[str], width: float = 980, gap: float = 2) -> list[Slice]:
    """All tasks as one bar, a stretch for each code that has some."""
    some = [code for code in codes if row.counts[code]]
    room = width - gap * max(len(some) - 1, 0)
    widths = [room * row.counts[code] / row.counts.total() for code in some]
    starts = [0.0, *accumulate(one + gap for one in widths)]
    return [Slice(code, start, one) for code, start, one in zip(some, starts, widths, strict=False)]


def heat(count: int, most: int) -> str:
    """The ground of a cell, one of five steps of quantity.

    >>> heat(0, 8), heat(1, 8), heat(8, 8)
    ('q0', 'q1', 'q4')
    """
    return f"q{min(1 + 4 * count // max(most + 1, 1), 4)}" if count else "q0"
