"""Statements that are put together once. Django makes the SQL of a query anew each time, which takes longer than the
database needs to answer a small one: a question that every page asks in the same words is kept as words."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import QuerySet

_KEY = -8_171_615_141  # stands where the key comes; no row has it


class Prepared:
    """The rows of `build(key)` for any integer key. `build` gives a query of plain columns (values_list) which says the key
    as it is; whatever else it says (the day, for instance) stays what it was at the first question."""

    def __init__(self, build: Callable[[int], QuerySet[Any]]) -> None:
        self.build = build

    @cached_property
    def _statement(self) -> tuple[str, tuple[Any, ...]]:
        words, given = self.build(_KEY).query.sql_with_params()
        if _KEY not in given:
            raise ValueError("the query does not say its key")
        return words, given

    def rows(self, key: int) -> list[tuple[Any, ...]]:
        """The rows for `key`, in the query's order."""
        words, given = self._statement
        with connection.cursor() as cursor:
            cursor.execute(words, [key if value == _KEY else value for value in given])
            return cursor.fetchall()
