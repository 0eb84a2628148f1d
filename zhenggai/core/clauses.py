"""Two texts clause by clause: what a later one keeps of an earlier one, what it adds and what it leaves out.

Clauses, not letters: a Chinese report is read by its clauses, and comparing them takes time in proportion to the text.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

# A stop between two digits belongs to a number: 1,200米.
_CLAUSE = re.compile(r"(?:[^，。；！？：\n]|(?<=\d)[，](?=\d))+[，。；！？：\n]*|[，。；！？：\n]+")
_STOPS = re.compile(r"[\s，。；！？：]+")


@dataclass(frozen=True)
class Piece:
    """A stretch of one text; `same` when the other text has it too."""

    text: str
    same: bool


@dataclass(frozen=True)
class Comparison:
    """The earlier and the later text in pieces."""

    before: tuple[Piece, ...]
    after: tuple[Piece, ...]

    @property
    def kept(self) -> int:
        """How much of the later text stands in the earlier one, in whole percent of its letters."""
        whole = sum(len(_bare(piece.text)) for piece in self.after)
        same = sum(len(_bare(piece.text)) for piece in self.after if piece.same)
        return 100 * same // whole if whole else 0


def compare(before: str, after: str) -> Comparison:
    """What `after` keeps of `before`; stops and blanks do not count as differences.

    >>> found = compare("排查完成，正在施工。", "排查完成，已改造2处。")
    >>> [(piece.text, piece.same) for piece in found.after], found.kept
    ([('排查完成，', True), ('已改造2处。', False)], 44)
    """
    old, new = _CLAUSE.findall(before), _CLAUSE.findall(after)
    return Comparison(_pieces(old, new), _pieces(new, old))


def _pieces(clauses: Sequence[str], other: Sequence[str]) -> tuple[Piece, ...]:
    """The clauses joined to stretches; each clause of the other text is met once, wherever it stands there."""
    left = Counter(_bare(clause) for clause in other)
    marked = []
    for clause in clauses:
        bare = _bare(clause)
        same = left[bare] > 0
        left[bare] -= same
        marked.append((same, clause))
    return tuple(
        Piece("".join(clause for _, clause in stretch), same) for same, stretch in groupby(marked, key=itemgetter(0))
    )


def _bare(clause: str) -> str:
    return _STOPS.sub("", clause)
