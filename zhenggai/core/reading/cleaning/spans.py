"""Stretches of text, to ask quickly whether an offset lies in one of them."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spans:
    """Sorted stretches of text that do not overlap."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def joined(cls, pairs: Iterable[tuple[int, int]]) -> "Spans":
        """Stretches from pairs in order; those that touch (with one character between) become one."""
        merged: list[list[int]] = []
        for start, end in pairs:
            if merged and start <= merged[-1][1] + 1:
                merged[-1][1] = max(merged[-1][1], end)
            else:
                merged.append([start, end])
        return cls(tuple(start for start, _ in merged), tuple(end for _, end in merged))

    def __contains__(self, offset: int) -> bool:
        index = bisect_right(self.starts, offset) - 1
        return index >= 0 and offset < self.ends[index]
