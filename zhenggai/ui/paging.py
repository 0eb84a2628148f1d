"""Paging by key: a page begins after the last row of the one before, however many rows there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import Model, Q, QuerySet

SIZE = 50


@dataclass(frozen=True)
class Key:
    """One column of the order: its name on the row, and whether it goes down. Nulls stand last."""

    name: str
    down: bool = False
    nullable: bool = False


@dataclass(frozen=True)
class Page:
    """The rows of one page; `after` is the token of the next page, empty on the last."""

    rows: list[Any]
    after: str


def page_of(rows: QuerySet[Any], keys: Sequence[Key], token: str = "", size: int = SIZE) -> Page:
    """The page of `rows` that begins after `token`. `rows` must be ordered by exactly `keys`, the last one unique.

    A token that was not made here gives the first page.
    """
    values = _read(token, keys)
    if values is not None:
        rows = rows.filter(_after(keys, values))
    found = list(rows[: size + 1])
    more = len(found) > size
    return Page(found[:size], _token(found[size - 1], keys) if more else "")


def _after(keys: Sequence[Key], values: Sequence[Any]) -> Q:
    """Rows that stand behind `values`: behind in the first key, or equal there and behind in the rest."""
    key, value, rest = keys[0], values[0], keys[1:]
    if value is None:
        behind, equal = Q(pk__in=[]), Q(**{f"{key.name}__isnull": True})
    else:
        behind = Q(**{f"{key.name}__{'lt' if key.down else 'gt'}": value})
        if key.nullable:
            behind |= Q(**{f"{key.name}__isnull": True})
        equal = Q(**{key.name: value})
    return behind | (equal & _after(rest, values[1:])) if rest else behind


def _token(row: Model, keys: Sequence[Key]) -> str:
    return _signer(keys).sign_object([_plain(getattr(row, key.name)) for key in keys])


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _read(token: str, keys: Sequence[Key]) -> list[Any] | None:
    try:
        return list(_signer(keys).unsign_object(token))
    except BadSignature:
        return None


def _signer(keys: Sequence[Key]) -> Signer:
    """Signed for these keys, so that no value reaches the database that is not of their columns."""
    return Signer(salt="page " + " ".join(key.name for key in keys))
