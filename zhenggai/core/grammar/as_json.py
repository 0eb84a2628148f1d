"""The objects of an extraction as JSON values."""

from typing import Any

from zhenggai.core.grammar.objects import Place

_NO_PART_OF_THE_FORMAT = frozenset({"doubt"})


def to_json(value: object) -> Any:
    """The extraction, or a part of it, as JSON values under the names of the format; a Place without what it lacks.

    >>> to_json(Place(3, 8)), to_json(Place(3, 8, table=1, row=2, column=1))
    ({'start': 3, 'end': 8}, {'start': 3, 'end': 8, 'table': 1, 'row': 2, 'column': 1})
    """
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Place):
        return {name: found for name, found in zip(Place._fields, value, strict=True) if found is not None}
    if isinstance(value, dict):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        names = getattr(value, "_fields", None)
        if names is None:
            return [to_json(item) for item in value]
        return {
            name: to_json(item) for name, item in zip(names, value, strict=True) if name not in _NO_PART_OF_THE_FORMAT
        }
    return value
