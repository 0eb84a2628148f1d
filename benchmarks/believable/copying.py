"""Rows into tables by COPY, as their models describe them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED


def copy(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Put `rows` (values of the columns `names`, keys as ids) into the model's table; how many. Every other column gets
    the model's default, so that a new field with a default needs no change here."""
    meta = model._meta
    rest = [
        field for field in meta.concrete_fields
        if field.attname not in names and field.db_default is NOT_PROVIDED and not _counted(field)
    ]  # fmt: skip
    defaults = tuple(_plain(field) for field in rest)
    by_name = {field.attname: field.column for field in meta.concrete_fields}
    columns = [by_name[name] for name in names] + [field.column for field in rest]
    quoted = ", ".join(f'"{column}"' for column in columns)
    count = 0
    with connection.cursor() as cursor, cursor.copy(f'COPY "{meta.db_table}" ({quoted}) FROM STDIN') as out:
        for row in rows:
            out.write_row((*row, *defaults))
            count += 1
    return count


def _counted(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, models.AutoField)


def _plain(field: models.Field[Any, Any]) -> Any:
    value = field.get_default()
    return json.dumps(value) if isinstance(field, models.JSONField) else value


class Numbers:
    """Ids counted here, so that rows may point to each other before they are stored; `close` tells the tables."""

    def __init__(self) -> None:
        self._last: dict[type[models.Model], int] = {}

    def next(self, model: type[models.Model]) -> int:
        self._last[model] = self._last.get(model, 0) + 1
        return self._last[model]

    def counts(self) -> dict[str, int]:
        """How many rows of each model."""
        return {model._meta.label: last for model, last in self._last.items()}

    def close(self) -> None:
        """Let each table's own numbering go on after these."""
        with connection.cursor() as cursor:
            for model, last in self._last.items():
                table, key = model._meta.db_table, model._meta.pk.column
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [table, key, last])
