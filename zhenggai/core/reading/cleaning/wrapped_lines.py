"""Hard line wraps: lines that a program broke at a fixed width, put together again.

Only where most lines fill the same width; a document that keeps its paragraphs is left alone. Formats that know
paragraphs (Word, HTML, PDF by its layout) have been put together by their readers.
"""

import re
from bisect import bisect_left
from collections.abc import Callable
from typing import NamedTuple

from zhenggai.core.reading.cleaning.draft import Cut, Draft
from zhenggai.core.reading.signs import is_unfinished, metadata_labels, opens_item, widths

_LEAST_FULL = 4
_LEAST_INDENTED = 2
_TITLE_LINES, _SIGNATURE_LINES = 4, 3
_INDENT = re.compile(r"\u3000| {2,}|\t")


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
    lines = [draft.text[start:end] for start, end in draft.lines]
    stripped = [line.rstrip() for line in lines]
    measured, indented = _measured(stripped), _indents_paragraphs(lines)
    flush = _before_flush_lines(stripped)
    if measured is None and not flush:
        return []
    measured = sorted({*(measured or []), *flush})
    cuts = []
    for index in measured:
        (start, end), following = draft.lines[index], draft.lines[index + 1 : index + 2]
        if not following or following[0][0] != end + 1:
            continue
        if index in flush or _runs_on(lines[index], lines[index + 1], indented):
            cuts.append(Cut(start + len(lines[index].rstrip()), following[0][0], "wrapped_line"))
    return cuts


class _Measure(NamedTuple):
    """A way to measure lines, and between which sizes lines are broken.

    ``slack`` is by how much a line may be short: two characters, for punctuation that may not begin the next.
    """

    sizes: Callable[[list[str]], list[int]]
    narrowest: int
    widest: int
    slack: int


def _characters(lines: list[str]) -> list[int]:
    return list(map(len, lines))


_MEASURES = (_Measure(widths, 36, 160, 4), _Measure(_characters, 18, 80, 2))


def _measured(lines: list[str]) -> list[int] | None:
    """The lines that are as long as a program made them, by printed width or by characters; None where none did."""
    if len(lines) < _LEAST_FULL:
        return None
    measured = [(measure, measure.sizes(lines)) for measure in _MEASURES]
    (filled, full), measure, sizes = max(
        ((_filled(sizes, measure), measure, sizes) for measure, sizes in measured), key=lambda one: one[0][0]
    )
    if filled >= max(_LEAST_FULL, 0.3 * len(lines)) and _breaks(lines, sizes, full, measure, 0.5):
        return [index for index, size in enumerate(sizes) if size >= full - measure.slack]
    for measure, sizes in measured:  # few lines are full: then no line is longer, and nearly all break off
        full = max(sizes)
        if _breaks(lines, sizes, full, measure, 0.9):
            return [index for index, size in enumerate(sizes) if size >= full - measure.slack]
    return None


def _breaks(lines: list[str], sizes: list[int], full: int, measure: _Measure, share: float) -> bool:
    """Whether at least so large a share of the full lines, and at least some of them, break off within a sentence."""
    if not measure.narrowest <= full <= measure.widest:
        return False
    whole = [line for line, size in zip(lines, sizes, strict=True) if abs(size - full) <= measure.slack]
    broken = sum(map(is_unfinished, whole))
    return len(whole) >= _LEAST_FULL and broken >= share * len(whole)


def _before_flush_lines(lines: list[str]) -> set[int]:
    """The lines of a short text after which one begins at the margin, where paragraphs are indented.

    Only where all such lines, a title and a signature aside, come after one that is full: then few of them tell enough.
    Where there is but one paragraph or two, every one of these full lines must break off within a sentence.
    """
    indented = {index for index, line in enumerate(lines) if _INDENT.match(line)}
    flush = [index for index, line in enumerate(lines) if index and line and index not in indented]
    if len(indented) < _LEAST_INDENTED or len(indented) < 0.4 * sum(map(bool, lines)):
        return set()
    for measure in _MEASURES:
        sizes = measure.sizes(lines)
        full = max(sizes)
        after_full = [index for index in flush if sizes[index - 1] >= full - measure.slack]
        others = [index for index in flush if sizes[index - 1] < full - measure.slack]
        broken = [index - 1 for index in after_full if is_unfinished(lines[index - 1])]
        apart = all(index < _TITLE_LINES or index >= len(lines) - _SIGNATURE_LINES for index in others)
        if len(indented) < _LEAST_FULL:
            apart = apart and len(broken) == len(after_full) and not any(opens_item(lines[one]) for one in after_full)
        if full >= measure.narrowest and apart and 2 * len(broken) > len(after_full):
            return {index - 1 for index in after_full}
    return set()


def _filled(sizes: list[int], measure: _Measure) -> tuple[int, int]:
    """How many lines end at the size at which most long lines end, and that size."""
    ordered = sorted(sizes)
    full = ordered[int(len(sizes) * 0.9) - 1] if len(sizes) >= 10 else ordered[-1]
    return bisect_left(ordered, full + measure.slack + 1) - bisect_left(ordered, full - measure.slack), full


def _indents_paragraphs(lines: list[str]) -> bool:
    """Whether first lines of paragraphs are indented, and only they."""
    indented = sum(_INDENT.match(line) is not None for line in lines)
    return 0.05 * len(lines) < indented < 0.7 * len(lines)


def _runs_on(line: str, following: str, indented: bool) -> bool:
    """Whether a line that is full goes on in the next."""
    text = line.rstrip()
    if _INDENT.match(following):
        return False
    if opens_item(following) and not (indented and is_unfinished(text) and not metadata_labels(following)):
        return False
    return indented or is_unfinished(text) or text[-1] in "：；，、:;,“（("
