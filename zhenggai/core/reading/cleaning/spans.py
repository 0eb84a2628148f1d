"""Stretches of text, to ask quickly whether an offset lies in one of them."""

from bisect import bisect_right
from collections.abc import Iterable


class Spans:
    """Sorted stretches of text that do not overlap."""

    __slots__ = ("ends", "starts")

    def __init__(self, starts: list[int], ends: list[int]) -> None:
        self.starts = starts
        self.ends = ends

    @classmethod
    def joined(cls, pairs: Iterable[tuple[int, int]]) -> "Spans":
        """Stretches from pairs in order; those that touch (with one character between) become one."""
        starts: list[int] = []
        ends: list[int] = []
        for start, end in pairs:
            if ends and start <= ends[-1] + 1:
                ends[-1] = max(ends[-1], end)
            else:
                starts.append(start)
                ends.append(end)
        return cls(starts, ends)

    def __contains__(self, offset: int) -> bool:
        index = bisect_right(self.starts, offset) - 1
        return index >= 0 and offset < self.ends[index]
