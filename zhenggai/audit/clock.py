"""What time it is, for every app: one place, so that a demonstration can tell its story as it happened.

Audit rows carry two times: `at` from here, and `recorded_at`, which the database sets itself and no one can pretend.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time

from django.utils import timezone

_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    """The moment, timezone-aware."""
    return _pretended.get() or timezone.now()


def today() -> date:
    """The business date in Asia/Shanghai."""
    return timezone.localdate(now())


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """A moment of `day`, in the place's own time."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


@contextmanager
def pretend(moment: datetime) -> Iterator[None]:
    """Tell the time as `moment` (aware) inside the block; used to load the demonstration city, never by a request."""
    token = _pretended.set(moment)
    try:
        yield
    finally:
        _pretended.reset(token)


def pretending() -> bool:
    """Whether the time is pretended here; such audit rows say so in their source."""
    return _pretended.get() is not None
