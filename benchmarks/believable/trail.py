"""The audit trail of what was generated: a valid chain, written by the rules of zhenggai/audit/chain.py.

`at` is when a thing is said to have happened; `recorded_at` is the moment of loading and the source says 压力数据, so that
nobody takes these rows for what people did. `zhenggai audit verify` checks them like any others.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from benchmarks.believable.copying import copy
from benchmarks.believable.places import Tree
from benchmarks.believable.tasks import Made
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.audit.chain import GENESIS, digest
from zhenggai.audit.models import Entry

SOURCE = "压力数据"
ENTRY = (
    "seq", "at", "recorded_at", "actor_id", "actor_name", "actor_unit", "verb", "target_type", "target_id", "task_id",
    "before", "after", "note", "source", "previous", "digest",
)  # fmt: skip
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; `by` is a person's id, None the system."""

    at: datetime
    by: int | None
    verb: str
    kind: str
    target: int
    task: int | None = None
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    note: str = ""


def of_tasks(made: Iterable[Made], tree: Tree) -> Iterator[Event]:
    """How each task entered, was prolonged, and went."""
    for task in made:
        course, office, kind = task.course, tree.offices[task.register.id], "ledger.task"
        by = tree.people[task.units[0]]
        yield Event(
            clock.at(course.entered), office, "task.entered", kind, task.id, task.id, after={"state": "rectifying"}
        )
        if course.extended_on:
            yield Event(clock.at(course.extended_on), by, "extension.applied", kind, task.id, task.id)
            yield Event(
                clock.at(course.extended_on + timedelta(days=5)), office, "extension.granted", kind, task.id, task.id,
                before={"due": f"{course.first_due}"}, after={"due": f"{course.due}"},
            )  # fmt: skip
        if course.finished_on:
            yield Event(
                clock.at(course.finished_on), by, "task.self_check", kind, task.id, task.id,
                before={"state": "rectifying"}, after={"state": "self_checked"},
            )  # fmt: skip
        if course.struck_off_on:
            yield Event(
                clock.at(course.struck_off_on), office, "task.strike_off", kind, task.id, task.id,
                before={"state": "in_notice"}, after={"state": course.state},
            )  # fmt: skip


def write(events: Iterable[Event], tree: Tree) -> int:
    """Chain the events in the order of time and store them; how many. The caller has put the trail's triggers aside."""
    people = {row.pk: row for row in Person.objects.only("name", "unit_id")}
    names = {pk: (row.name, tree.names[row.unit_id]) for pk, row in people.items()}
    ordered = sorted(events, key=lambda event: event.at)
    chain = _Chain(names)
    count = copy(Entry, ENTRY, map(chain.row, ordered))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_head SET seq = %s, digest = %s", [chain.seq, chain.last])
        cursor.execute("SELECT setval(pg_get_serial_sequence('audit_entry', 'seq'), %s)", [max(chain.seq, 1)])
    return count


class _Chain:
    def __init__(self, names: dict[int, tuple[str, str]]) -> None:
        self.seq, self.last, self._names, self._loaded = 0, GENESIS, names, timezone.now()

    def row(self, event: Event) -> tuple[object, ...]:
        """The event as the table's row, with its digest; the next one builds on it."""
        self.seq += 1
        name, unit = self._names[event.by] if event.by else ("系统", "")
        before, after = _json(event.before), _json(event.after)
        texts = {
            "seq": str(self.seq), "previous": self.last, "at": _moment(event.at), "recorded_at": _moment(self._loaded),
            "actor_id": _text(event.by), "actor_name": name, "actor_unit": unit, "verb": event.verb,
            "target_type": event.kind, "target_id": str(event.target), "task_id": _text(event.task), "before": before,
            "after": after, "note": event.note, "source": SOURCE,
        }  # fmt: skip
        previous, self.last = self.last, digest(texts)
        return (
            self.seq, event.at, self._loaded, event.by, name, unit, event.verb, event.kind, event.target, event.task, before,
            after, event.note, SOURCE, previous, self.last,
        )  # fmt: skip


def _moment(at: datetime) -> str:
    return str((at - EPOCH) // timedelta(microseconds=1))


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


def _json(value: dict[str, Any] | None) -> str | None:
    """As PostgreSQL prints jsonb: with one key its order cannot differ."""
    return None if value is None else json.dumps(value, ensure_ascii=False)
