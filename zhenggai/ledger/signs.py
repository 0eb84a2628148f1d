"""Signs that a task is a hard one (重难点): who sponsors it, whether its date was put off, whether it was sent back. Each
app registers the signs that it knows; a place's rulebook says which of them count."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

from zhenggai.ledger.models import Leader, Task


@dataclass(frozen=True)
class Sign:
    """`name` stands in rulebooks, `words` is what people read; `tasks()` gives the ids of the tasks that bear it."""

    name: str
    words: str
    tasks: Callable[[], QuerySet[Any]]


_signs: dict[str, Sign] = {}


def register(sign: Sign) -> Sign:
    """Add a sign. Raises ValueError when its name is taken."""
    if sign.name in _signs:
        raise ValueError(f"the sign {sign.name} is registered twice")
    _signs[sign.name] = sign
    return sign


def known(names: tuple[str, ...]) -> list[Sign]:
    """The registered signs among `names`, in that order."""
    return [_signs[name] for name in names if name in _signs]


def every() -> list[Sign]:
    """All registered signs."""
    return list(_signs.values())


SPONSORED = register(
    Sign("sponsored", "领导领衔督办", lambda: Leader.objects.filter(part=Leader.Part.SPONSOR).values("task"))
)
EXTENDED = register(Sign("extended", "延过期", lambda: Task.objects.filter(due__gt=F("first_due")).values("pk")))


def is_hard() -> Q:
    """The condition that a task bears any of the signs."""
    return _bears(_signs.values())


def lacks_sponsor() -> Q:
    """The condition that a task bears a sign, and that no leader sponsors it yet (由市级领导同志领衔督办)."""
    return _bears(sign for sign in _signs.values() if sign is not SPONSORED) & ~_bears([SPONSORED])


def bears(name: str) -> Q:
    """The condition that a task bears the sign `name`."""
    return _bears(known((name,)))


def _bears(signs: Iterable[Sign]) -> Q:
    found = Q(pk__in=[])
    for sign in signs:
        found |= Q(pk__in=sign.tasks())
    return found
