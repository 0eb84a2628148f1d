"""Hard line wraps: lines that a program broke at a fixed width, put together again.

Only where most lines fill the same width; a document that keeps its paragraphs is left alone. Formats that know
paragraphs (Word, HTML, PDF by its layout) have been put together by their readers.
"""

import re
from itertools import pairwise

from zhenggai.core.reading.cleaning.draft import Cut, Draft
from zhenggai.core.reading.signs import is_unfinished, opens_item, width

_LEAST_FULL = 4
_WIDEST = 160
_INDENT = re.compile(r"\u3000| {2,}|\t")
_SLACK = 4  # two characters: a line ends early before punctuation that may not begin the next


def find(draft: Draft) -> list[Cut]:
    """The line breaks inside paragraphs.

    >>> from zhenggai.core.reading import Document, Paragraph
    >>> from zhenggai.core.reading.cleaning.draft import draft_of
    >>> lines = ["督察组反馈的问题要逐", "条整改，逐项销号，按", "时报送进展并接受社会", "监督，确保整改取得实", "效。", "一、目标"]
    >>> draft = draft_of(Document("a.txt", "text", tuple(map(Paragraph, lines))))
    >>> draft.without(find(draft)).text.split()
    ['督察组反馈的问题要逐条整改，逐项销号，按时报送进展并接受社会监督，确保整改取得实效。', '一、目标']
    """
    if draft.laid_out:
        return []
    tables = draft.in_table()
    lines = [match for match in re.finditer(r"[^\n]*\S[^\n]*", draft.text) if match.start() not in tables]
    full = _full_width(lines)
    if full is None:
        return []
    indented = _indents_paragraphs(lines)
    cuts = []
    for line, following in pairwise(lines):
        if following.start() == line.end() + 1 and _runs_on(line, following, full, indented):
            end = line.start() + len(line[0].rstrip())
            cuts.append(Cut(end, following.start(), "wrapped_line"))
    return cuts


def _full_width(lines: list[re.Match[str]]) -> int | None:
    """The width at which lines were broken, None when they were not."""
    widths = sorted(width(line[0].rstrip()) for line in lines)
    if len(widths) < _LEAST_FULL:
        return None
    full = widths[int(len(widths) * 0.9) - 1] if len(widths) >= 10 else widths[-1]
    filled = [line for line in lines if full - _SLACK <= width(line[0].rstrip()) <= full + _SLACK]
    broken = sum(is_unfinished(line[0]) for line in filled)
    if full > _WIDEST or len(filled) < max(_LEAST_FULL, 0.3 * len(lines)) or broken < 0.5 * len(filled):
        return None
    return full


def _indents_paragraphs(lines: list[re.Match[str]]) -> bool:
    """Whether first lines of paragraphs are indented, and only they."""
    indented = sum(_INDENT.match(line[0]) is not None for line in lines)
    return 0.05 * len(lines) < indented < 0.7 * len(lines)


def _runs_on(line: re.Match[str], following: re.Match[str], full: int, indented: bool) -> bool:
    text = line[0].rstrip()
    if width(text) < full - _SLACK or opens_item(following[0]) or _INDENT.match(following[0]):
        return False
    return indented or is_unfinished(text) or text[-1] in "：；，、:;,“（("
