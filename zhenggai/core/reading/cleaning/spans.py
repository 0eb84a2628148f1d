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


def lines_between(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """The [start, end) of each line of a stretch of text that holds anything.

    >>> lines_between("一、总体要求\\n\\n二")
    [(0, 6), (8, 9)]
    """
    found = []
    for line in text[start:end].split("\n"):
        after = start + len(line)
        if line and not line.isspace():
            found.append((start, after))
        start = after + 1
    return found
