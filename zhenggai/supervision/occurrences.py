"""What a standing duty owed, what was held, what was missed: one occurrence a due date, one session for each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from zhenggai.supervision.models import Session, StandingDuty

REACH = timedelta(
    days=800
)  # how far back the occurrence before the first one is looked for: a yearly duty's, and a margin


@dataclass(frozen=True)
class Occurrence:
    """One time that a duty falls due: it may be done from `opens` to `due`, and later, but then late."""

    opens: date
    due: date
    session: Session | None = None

    def state(self, today: date) -> str:
        """held, late, missed, or open while its day has not passed."""
        if self.session:
            return "late" if self.session.days_late else "held"
        return "missed" if self.due < today else "open"


@dataclass(frozen=True)
class Account:
    """A duty's account for a span: its occurrences due there or begun there, the sessions held there that no due day called for, and how
    often it was held there at all."""

    duty: StandingDuty
    occurrences: list[Occurrence]
    extra: int
    held: int

    def count(self, state: str, today: date) -> int:
        return sum(occurrence.state(today) == state for occurrence in self.occurrences)


def due_dates(duty: StandingDuty, first: date, last: date) -> list[date]:
    """The days of the span on which the duty falls due, while it is in force."""
    start, end = max(first, duty.starts_on), min(last, duty.ends_on or last)
    return duty.cadence.dates(start, end) if start <= end else []


def occurrences(duty: StandingDuty, first: date, last: date, sessions: Iterable[Session]) -> list[Occurrence]:
    """The duty's occurrences due from `first` to `last`, each with the session that fulfils it."""
    fulfilled = {session.for_due: session for session in sessions if session.for_due}
    before = due_dates(duty, first - REACH, first - timedelta(days=1))
    opens = before[-1] + timedelta(days=1) if before else duty.starts_on
    found = []
    for due in due_dates(duty, first, last):
        found.append(Occurrence(opens, due, fulfilled.get(due)))
        opens = due + timedelta(days=1)
    return found


def account(duty: StandingDuty, first: date, last: date, sessions: Sequence[Session]) -> Account:
    """`sessions`: all of the duty that were held in the span, or that fulfil an occurrence of it."""
    held = [session for session in sessions if first <= session.held_on <= last]
    begun = [row for row in occurrences(duty, first, last + REACH, sessions) if row.opens <= last]
    return Account(duty, begun, sum(session.for_due is None for session in held), len(held))


def waiting_dates(duties: Iterable[StandingDuty], since: date, today: date, until: date) -> dict[int, date]:
    """By the duty's key the day that waits for its record: the last one that has passed (none before `since`), else the
    next one up to `until`. Duties that owe nothing then are left out."""
    found = {duty.pk: due_dates(duty, since, until) for duty in duties}
    held = set(Session.objects.filter(duty__in=list(found), for_due__range=(since, until)).order_by().values_list(
        "duty", "for_due"))  # fmt: skip
    days: dict[int, date] = {}
    for pk, dues in found.items():
        near = [day for day in dues if day < today][-1:] + [day for day in dues if day >= today][:1]
        if waiting := [day for day in near if (pk, day) not in held]:
            days[pk] = waiting[0]
    return days


def open_occurrences(duty: StandingDuty, held_on: date, fulfilled: set[date], most: int = 24) -> list[Occurrence]:
    """What a session of the day `held_on` can fulfil: occurrences that had opened by then and that nothing fulfils, the
    newest first."""
    first = max(duty.starts_on, held_on - REACH)
    found = [row for row in occurrences(duty, first, held_on + REACH, []) if row.opens <= held_on]
    return [row for row in reversed(found) if row.due not in fulfilled][:most]
