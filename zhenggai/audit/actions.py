"""Writing the audit trail. Every function that changes something calls `record` once, in its own transaction, last."""

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

from django.db import models, transaction

from zhenggai.audit import clock
from zhenggai.audit.models import Entry
from zhenggai.audit.verbs import VERBS

source: ContextVar[str] = ContextVar("source", default="命令行")


class Actor(Protocol):
    """Who acts: a person, or one of SYSTEM and PUBLIC."""

    @property
    def actor_id(self) -> int | None: ...
    @property
    def actor_name(self) -> str: ...
    @property
    def actor_unit(self) -> str: ...


@dataclass(frozen=True)
class Role:
    """An actor that is no person."""

    actor_name: str
    actor_id: int | None = None
    actor_unit: str = ""


SYSTEM = Role("系统")
PUBLIC = Role("公众")


def text_digest(text: str) -> str:
    """SHA-256 of a text, to stand on the trail for words that are kept elsewhere: altered ones no longer answer to it."""
    return sha256(text.encode()).hexdigest()


def record(
    verb: str,
    *,
    by: Actor,
    target: models.Model,
    task_id: int | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str = "",
) -> Entry:
    """Add one row to the chain, inside the caller's transaction.

    `verb` must be registered; `task_id` puts the row on that task's timeline. Never pass personal data of citizens: what
    they do is recorded without the address that it came from, for these rows stay for ever.
    The chain's head stays locked until the transaction ends: call this after all other writes.
    """
    _check(verb)
    entry = _entry(Act(verb, target, task_id=task_id, before=before, after=after, note=note), by)
    entry.save(force_insert=True)
    return entry


@dataclass(frozen=True)
class Act:
    """One row of `record_all`; its parts are those of `record`."""

    verb: str
    target: models.Model
    task_id: int | None = None
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    note: str = ""


def record_all(acts: Iterable[Act], *, by: Actor) -> int:
    """`record` for many changes of one transaction, a row each and each chained to the one before; how many."""
    rows = []
    for act in acts:
        _check(act.verb)
        rows.append(_entry(act, by))
    return len(Entry.objects.bulk_create(rows, batch_size=1000))


def _check(verb: str) -> None:
    if verb not in VERBS:
        raise ValueError(f"audit verb {verb} is not registered")
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("audit.record must run inside the transaction of the change that it records")


def _entry(act: Act, by: Actor) -> Entry:
    return Entry(
        at=clock.now(),
        actor_id=by.actor_id,
        actor_name=by.actor_name,
        actor_unit=by.actor_unit,
        verb=act.verb,
        target_type=act.target._meta.label_lower,
        target_id=act.target.pk,
        task_id=act.task_id,
        before=act.before,
        after=act.after,
        note=act.note,
        source=_source(by),
    )


def _source(by: Actor) -> str:
    if clock.pretending():
        return "演示"
    return "公开网站" if by is PUBLIC else source.get()
