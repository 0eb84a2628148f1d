"""The objects of an extraction as JSON values."""

from dataclasses import fields, is_dataclass
from typing import Any

from zhenggai.core.grammar.objects import Place


def to_json(value: object) -> Any:
    """The extraction, or a part of it, as JSON values under the names of the format; a Place without what it lacks.

    >>> to_json(Place(3, 8)), to_json(Place(3, 8, table=1, row=2, column=1))
    ({'start': 3, 'end': 8}, {'start': 3, 'end': 8, 'table': 1, 'row': 2, 'column': 1})
    """
    if isinstance(value, Place):
        return {item.name: found for item in fields(value) if (found := getattr(value, item.name)) is not None}
    if is_dataclass(value):
        named = (item for item in fields(value) if item.metadata.get("json", True))
        return {item.name: to_json(getattr(value, item.name)) for item in named}
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {key: to_json(item) for key, item in value.items()}
    return value
