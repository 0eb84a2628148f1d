"""The bell in the bar of every page: how much of what waits has come since one last looked."""

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse

from zhenggai.accounts.models import Person
from zhenggai.pages.context import marks_waiting
from zhenggai.reminders.models import Habit

SECONDS = 60


def seen_by(person: Person) -> list[str]:
    """The marks that the person has seen, at most a minute old; `forget_seen` after they change."""
    seen: list[str] | None = cache.get(_key(person))
    if seen is None:
        seen = Habit.objects.filter(person=person).values_list("seen", flat=True).first() or []
        cache.set(_key(person), seen, SECONDS)
    return seen


def forget_seen(person: Person) -> None:
    cache.delete(_key(person))


def _key(person: Person) -> str:
    return f"seen-{person.pk}"


def bell(request: HttpRequest) -> dict[str, Any]:
    person = getattr(request, "user", None)
    if not isinstance(person, Person):
        return {"bell": None}
    fresh = set(marks_waiting(request, person)) - set(seen_by(person))
    return {"bell": {"url": reverse("reminders"), "count": len(fresh)}}
