"""Figures over many rows, kept for as long as nothing was written: whatever changes writes a row on the trail in its own
transaction, and the trail's head says whether one came."""

from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

from django.core.cache import cache
from django.db import connection

from zhenggai.audit.actions import text_digest

T = TypeVar("T")
SECONDS = 60  # and no longer, should anything ever change without a word on the trail


class Unchanged:
    """What was counted for `whose`: all that the figures depend on beside the rows (a scope, the day). It is kept by value,
    never as a query."""

    def __init__(self, *whose: object) -> None:
        self._whose = repr(whose)

    @cached_property
    def _head(self) -> str:
        """The digest of the trail's last row: another one after every change, never an earlier one again. It is read before
        anything is counted: what is kept under it is at least as new, and who reads a newer one counts again."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT digest FROM audit_head")
            return str(cursor.fetchone()[0])

    def __call__(self, name: str, count: Callable[[], T]) -> T:
        """What `count` gives, or gave since the last change, at most a minute ago."""
        at, found = self._kept(name) or ("", None)
        return found if at == self._head else self._keep(name, count)  # type: ignore[return-value]

    def lately(self, name: str, count: Callable[[], T]) -> T:
        """What `count` gave at most a minute ago, whatever has changed since: for what would be counted too often."""
        kept = self._kept(name)
        return kept[1] if kept else self._keep(name, count)  # type: ignore[return-value]

    def _kept(self, name: str) -> tuple[str, object] | None:
        found: tuple[str, object] | None = cache.get(self._key(name))
        return found

    def _keep(self, name: str, count: Callable[[], T]) -> T:
        head, found = self._head, count()
        cache.set(self._key(name), (head, found), SECONDS)
        return found

    def _key(self, name: str) -> str:
        return "unchanged-" + text_digest(f"{name} {self._whose}")
