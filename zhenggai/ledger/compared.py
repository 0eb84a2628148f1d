"""A list of tasks held against a month that was frozen. Which months there are, and how tasks stood in them, is known to
progress (its closed rounds), which registers here how to ask for it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from zhenggai.ledger.querysets import Schedule

FINISHED = (Schedule.DONE, Schedule.STRUCK_OFF)
IN_TIME = (Schedule.ON_SCHEDULE, Schedule.AHEAD)
LATE = (Schedule.BEHIND, Schedule.OVERDUE)


@dataclass(frozen=True)
class Change:
    """One way in which tasks have moved since a month: its words, the codes of Schedule then and now. `was` is empty for
    tasks that were not yet in the ledger."""

    words: str
    was: tuple[str, ...]
    now: tuple[str, ...]
    good: bool = True

    def covers(self, was: str, now: str) -> bool:
        """Whether a task that went from `was` (empty: not in the ledger) to `now` has changed in this way."""
        return (was in self.was if self.was else not was) and now in (*self.now, "")


# Every pair of different codes belongs to exactly one of these (a test holds it).
CHANGES = {
    "struck_off": Change("销号", (*FINISHED[:1], *IN_TIME, *LATE, Schedule.NOT_STARTED), (Schedule.STRUCK_OFF,)),
    "finished": Change("完成整改", (*IN_TIME, *LATE, Schedule.NOT_STARTED), (Schedule.DONE,)),
    "caught_up": Change("赶上序时", LATE, IN_TIME),
    "ahead": Change("超过序时", (Schedule.ON_SCHEDULE,), (Schedule.AHEAD,)),
    "begun": Change("启动", (Schedule.NOT_STARTED,), IN_TIME),
    "fell_behind": Change("掉队", (*IN_TIME, Schedule.NOT_STARTED), LATE, good=False),
    "overdue": Change("逾期", (Schedule.BEHIND,), (Schedule.OVERDUE,), good=False),
    "slowed": Change("由超过变为达到", (Schedule.AHEAD,), (Schedule.ON_SCHEDULE,), good=False),
    "sent_back": Change("退回整改", FINISHED, (*IN_TIME, *LATE, Schedule.NOT_STARTED), good=False),
    "undone": Change("时限、节点调整", (*IN_TIME, *LATE), (Schedule.NOT_STARTED,), good=False),
    "prolonged": Change("延期后不再逾期", (Schedule.OVERDUE,), (Schedule.BEHIND,)),
    "reopened": Change("撤销销号", (Schedule.STRUCK_OFF,), (Schedule.DONE,), good=False),
    "new": Change("新挂账", (), (*Schedule.values,)),
}
_stood: list[Callable[[date, Collection[str] | None], Q]] = []


def tells_how_it_stood(
    condition: Callable[[date, Collection[str] | None], Q],
) -> Callable[[date, Collection[str] | None], Q]:
    """Register the condition on tasks that they stood in one of the codes at the close of a month; None means in any."""
    _stood.append(condition)
    return condition


def stood(month: date, codes: Collection[str] | None = None) -> Q:
    """Tasks that stood in one of `codes` when `month` (its first day) was frozen; with None, all that were frozen."""
    return _stood[0](month, codes)


def since(month: date, change: str = "", was: str = "") -> Q:
    """Tasks (with their schedule) that have moved in the way `change` since `month`, or stood in `was` then."""
    condition = Q()
    if was:
        condition &= stood(month, [was])
    if change in CHANGES:
        moved = CHANGES[change]
        condition &= Q(schedule__in=moved.now) & (stood(month, moved.was) if moved.was else ~stood(month))
    return condition
