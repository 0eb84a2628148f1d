"""Hard line wraps: lines that a program broke at a fixed width, put together again.

Only where most lines fill the same width; a document that keeps its paragraphs is left alone. Formats that know
paragraphs (Word, HTML, PDF by its layout) have been put together by their readers.
"""

import re
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

from zhenggai.core.reading.cleaning.draft import Cut, Draft
from zhenggai.core.reading.signs import is_unfinished, opens_item, width

_LEAST_FULL = 4
_INDENT = re.compile(r"\u3000| {2,}|\t")

Match = re.Match[str]


def find(draft: Draft) -> list[Cut]:
    """The line breaks inside paragraphs.

    >>> from zhenggai.core.reading import Document, Paragraph
    >>> from zhenggai.core.reading.cleaning.draft import draft_of
    >>> text = "督察组反馈的问题要逐条整改，逐项销号，按时报送进展，并接受社会监督，" * 4
    >>> lines = [text[start : start + 24] for start in range(0, len(text), 24)]
    >>> draft = draft_of(Document("a.txt", "text", tuple(map(Paragraph, [*lines, "一、目标"]))))
    >>> draft.without(find(draft)).text.split() == [text, "一、目标"]
    True
    """
    if draft.laid_out:
        return []
    tables = draft.in_table()
    found = re.finditer(r"[^\n]+", draft.text)
    lines = [match for match in found if match.start() not in tables and not match[0].isspace()]
    measured = _measured(lines)
    if measured is None:
        return []
    measure, full = measured
    indented = _indents_paragraphs(lines)
    cuts = []
    for line, following in pairwise(lines):
        if following.start() == line.end() + 1 and _runs_on(line, following, _is_short(line, measure, full), indented):
            end = line.start() + len(line[0].rstrip())
            cuts.append(Cut(end, following.start(), "wrapped_line"))
    return cuts


class _Measure(NamedTuple):
    """A way to measure lines, and between which sizes lines are broken.

    ``slack`` is by how much a line may be short: two characters, for punctuation that may not begin the next.
    """

    size: Callable[[str], int]
    narrowest: int
    widest: int
    slack: int


_MEASURES = (_Measure(width, 36, 160, 4), _Measure(len, 18, 80, 2))


def _measured(lines: list[Match]) -> tuple[_Measure, int] | None:
    """How the lines were measured when they were broken, by printed width or by characters, and at what size."""
    tried = [(measure, *_filled(lines, measure)) for measure in _MEASURES]
    measure, full, filled = max(tried, key=lambda one: len(one[2]))
    broken = sum(is_unfinished(line[0]) for line in filled)
    enough = len(filled) >= max(_LEAST_FULL, 0.3 * len(lines)) and broken >= 0.5 * len(filled)
    return (measure, full) if enough and measure.narrowest <= full <= measure.widest else None


def _filled(lines: list[Match], measure: _Measure) -> tuple[int, list[Match]]:
    """The size at which most long lines end, and the lines that reach it."""
    sizes = sorted(measure.size(line[0].rstrip()) for line in lines)
    full = sizes[int(len(sizes) * 0.9) - 1] if len(sizes) >= 10 else max(sizes, default=0)
    return full, [line for line in lines if abs(measure.size(line[0].rstrip()) - full) <= measure.slack]


def _indents_paragraphs(lines: list[Match]) -> bool:
    """Whether first lines of paragraphs are indented, and only they."""
    indented = sum(_INDENT.match(line[0]) is not None for line in lines)
    return 0.05 * len(lines) < indented < 0.7 * len(lines)


def _is_short(line: Match, measure: _Measure, full: int) -> bool:
    return measure.size(line[0].rstrip()) < full - measure.slack


def _runs_on(line: Match, following: Match, short: bool, indented: bool) -> bool:
    """Whether a line goes on in the next."""
    text = line[0].rstrip()
    if short or opens_item(following[0]) or _INDENT.match(following[0]):
        return False
    return indented or is_unfinished(text) or text[-1] in "：；，、:;,“（("
