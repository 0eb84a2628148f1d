"""The war map's drawing as numbers: which stretch of time is shown, and where bars and diamonds stand in it (percent)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.utils import timezone

from zhenggai.ledger.models import Task
from zhenggai.ledger.states import State


class Zoom(NamedTuple):
    """How many months are shown, how many of them lie before this month, and how far a step goes."""

    words: str
    months: int
    before: int
    step: int


ZOOMS = {"quarter": Zoom("按季", 3, 0, 3), "year": Zoom("按年", 14, 5, 3), "years": Zoom("按三年", 36, 12, 12)}


class Mark(NamedTuple):
    """A word of the axis, or a line of the grid, at `x` percent."""

    x: float
    words: str


@dataclass(frozen=True)
class Window:
    """The months that are shown: from the first day of `start` to the day before `end`."""

    start: date
    end: date
    zoom: str

    def at(self, day: date) -> float:
        """Where `day` stands, in percent of the width; below 0 or above 100 outside."""
        return round(100 * (day - self.start).days / (self.end - self.start).days, 2)

    def holds(self, day: date) -> bool:
        """Whether `day` is shown."""
        return self.start <= day < self.end

    def within(self, day: date) -> float:
        """`at`, moved to the edge for days outside."""
        return min(max(self.at(day), 0.0), 100.0)

    @property
    def words(self) -> str:
        """2026年6月—2027年7月."""
        last = self.end - timedelta(days=1)
        return f"{self.start:%Y年%-m月}—{last:%Y年%-m月}"

    @property
    def months(self) -> list[Mark]:
        """The names of the months, each in its middle; of three years only the quarters' first."""
        every = 3 if self.zoom == "years" else 1
        firsts = [day for day in self._firsts() if (day.month - 1) % every == 0]
        return [Mark((self.at(day) + self.within(later(day, every))) / 2, f"{day.month}月") for day in firsts]

    @property
    def years(self) -> list[Mark]:
        """The years: at the left edge and at each January that does not press on it."""
        marks = [Mark(0.8, f"{self.start.year}年")]
        return marks + [
            Mark(self.at(day), f"{day.year}年") for day in self._firsts() if day.month == 1 and self.at(day) > 8
        ]

    @property
    def grid(self) -> list[float]:
        """Where months begin; in a quarter, weeks."""
        if self.zoom != "quarter":
            return [self.at(day) for day in self._firsts()][1:]
        monday = self.start + timedelta(days=(7 - self.start.weekday()) % 7)
        return [self.at(day) for day in iter(_weekly(monday, self.end))]

    def _firsts(self) -> list[date]:
        count = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month
        return [later(self.start, number) for number in range(count)]


def _weekly(first: date, end: date) -> Iterator[date]:
    while first < end:
        yield first
        first += timedelta(days=7)


def later(month: date, by: int) -> date:
    """The first of the month `by` months after `month`.

    >>> later(date(2026, 11, 1), 3), later(date(2026, 1, 1), -1)
    (datetime.date(2027, 2, 1), datetime.date(2025, 12, 1))
    """
    index = month.year * 12 + month.month - 1 + by
    return date(index // 12, index % 12 + 1, 1)


def window(zoom: str, start: date | None, today: date) -> Window:
    """The months of a zoom from `start` on, else around today; a quarter begins with its first month."""
    shape, month = ZOOMS[zoom], today.replace(day=1)
    usual = later(month, -((month.month - 1) % 3)) if zoom == "quarter" else later(month, -shape.before)
    first = (start or usual).replace(day=1)
    return Window(first, later(first, shape.months), zoom)


class Node(NamedTuple):
    """One diamond: where, and how it stands (`done`, `open`, `late`); `words` for the pointer."""

    x: float
    kind: str
    words: str


@dataclass(frozen=True)
class Line:
    """One task's row. `bar`: from where to where; `over`: the overdue stretch; `first`: the date before an extension;
    `due` None where it is not shown; `beyond`: that time goes on at the right; `slips`: stretches of late nodes."""

    task: Task
    bar: tuple[float, float] | None
    due: float | None
    over: tuple[float, float] | None
    first: float | None
    beyond: bool
    nodes: tuple[Node, ...]
    slips: tuple[tuple[float, float], ...]
    counts: tuple[int, int, int]

    @property
    def words(self) -> str:
        """The row in a sentence, for who does not see it."""
        done, late, total = self.counts
        due = f"时限{self.task.due:%Y-%m-%d}" if self.task.due else str(self.task.get_due_kind_display())
        extended = f"，由{self.task.first_due:%Y-%m-%d}延期" if self.task.extended and self.task.first_due else ""
        return f"{self.task.number}，{due}{extended}，节点共{total}个，完成{done}个，滑期{late}个"

    @property
    def late(self) -> int:
        return self.counts[1]


def line(task: Task, shown: Window, today: date) -> Line:
    """The row of a task whose measures and milestones were read with it."""
    nodes = list(_nodes(task, today))
    began, ends = timezone.localdate(task.entered_at), task.due or shown.end
    overdue = task.state == State.RECTIFYING and task.due is not None and task.due < today
    late = [day for day, kind, _ in nodes if kind == "late"]
    extended = task.extended and task.first_due and task.first_due != task.due
    counts = (sum(kind == "done" for _, kind, _ in nodes), len(late), len(nodes))
    return Line(
        task,
        _stretch(shown, began, ends),
        shown.at(task.due) if task.due and shown.holds(task.due) else None,
        _stretch(shown, task.due, today) if overdue and task.due else None,
        shown.at(task.first_due) if extended and task.first_due and shown.holds(task.first_due) else None,
        ends >= shown.end,
        tuple(Node(shown.at(day), kind, words) for day, kind, words in nodes if shown.holds(day)),
        tuple(stretch for day in late if (stretch := _stretch(shown, day, today))),
        counts,
    )


def _stretch(shown: Window, start: date, end: date) -> tuple[float, float] | None:
    """(x, width) of what is shown of a stretch of days; None where nothing is."""
    left, right = shown.within(start), shown.within(end)
    return (left, round(right - left, 2)) if right > left else None


def _nodes(task: Task, today: date) -> Iterable[tuple[date, str, str]]:
    """(date, kind, words) of every measure and milestone that has a date."""
    for measure in task.measures.all():
        if measure.due:
            done = measure.progress == measure.Progress.DONE
            yield (
                measure.due,
                _kind(measure.due, done, today),
                f"措施{measure.no} {measure.due:%Y-%m-%d} {measure.text[:40]}",
            )
        for step in measure.milestones.all():
            words = f"措施{measure.no}节点 {step.due:%Y-%m-%d} {step.text[:40]}"
            yield step.due, _kind(step.due, step.done_on is not None, today), words


def _kind(due: date, done: bool, today: date) -> str:
    return "done" if done else "late" if due < today else "open"
