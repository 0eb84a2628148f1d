"""How much of an answer was read: every value that it names, as right, wrong or missed."""

from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any, NamedTuple

from zhenggai.core.reading.folding import fold

_MISSING = object()


class Outcome(NamedTuple):
    """One value compared: its field, and whether it was right, found without being there, or missed."""

    field: str
    sort: str  # "right", "wrong", "missed"


def compare(gold: Any, found: Any, field: str = "") -> Iterator[Outcome]:
    """The outcomes of all values that the answer names; lists of values as sets, lists of objects in order."""
    if isinstance(gold, dict):
        values = found if isinstance(found, dict) else {}
        if found is None:
            yield Outcome(field, "missed")
        for key, value in gold.items():
            yield from compare(value, values.get(key), f"{field}.{key}" if field else key)
    elif isinstance(gold, list) and any(isinstance(one, dict) for one in gold):
        for expected, value in zip_longest(gold, found or [], fillvalue=_MISSING):
            if expected is _MISSING:
                yield Outcome(field, "wrong")
            else:
                yield from compare(expected, None if value is _MISSING else value, field)
    elif isinstance(gold, list):
        yield from _compared_as_sets(gold, found or [], field)
    elif gold == found:
        yield from [Outcome(field, "right")] if gold is not None else []
    else:
        yield from [Outcome(field, "missed")] if gold is not None else []
        yield from [Outcome(field, "wrong")] if found is not None else []


def _compared_as_sets(gold: list[Any], found: list[Any], field: str) -> Iterator[Outcome]:
    expected, values = Counter(map(str, gold)), Counter(map(str, found))
    for sort, count in (("right", expected & values), ("missed", expected - values), ("wrong", values - expected)):
        yield from [Outcome(field, sort)] * count.total()


def folded(value: Any) -> Any:
    """An answer or a result in one alphabet: full- and half-width signs are the same."""
    if isinstance(value, str):
        return fold(value)
    if isinstance(value, dict):
        return {key: folded(one) for key, one in value.items()}
    return [folded(one) for one in value] if isinstance(value, list) else value


def share_right(counts: Counter[str]) -> float:
    """The harmonic mean of precision and recall (F1)."""
    right = counts["right"]
    return 2 * right / (2 * right + counts["wrong"] + counts["missed"]) if right else 0.0
