"""Page numbers: "- 5 -", "第 5 页 共 78 页", "5/78", also where a converter ran them into a sentence.

A number in dashes inside a line is a page number only as one of a rising row: "1-2-3" and telephone numbers are not.
A bare number on a line of its own is one only where the row keeps breaking sentences.
"""

import re
from itertools import pairwise

from zhenggai.core.reading.cleaning.draft import Cut, Draft
from zhenggai.core.reading.cleaning.spans import Spans
from zhenggai.core.reading.signs import is_unfinished, opens_item

_OWN_LINE = re.compile(
    r"[ \t]*(?:第 ?\d{1,4} ?页(?:[ ,/]*共 ?\d{1,4} ?页)?|[-·] ?\d{1,4} ?[-·]|\d{1,4} ?/ ?\d{1,4}"
    r"|[Pp](?:age|AGE) ?\d{1,4}(?: ?of ?\d{1,4})?)[ \t]*"
)
_IN_DASHES = re.compile(r"-(?:(?<![\w-].) ?(\d{1,4}) ?-(?![\d-])|(?<=[^\x00-\x7f].) (\d{1,4}) -)")
_BARE = re.compile(r"[ \t\f]*(\d{1,4})[ \t]*")
_LAST_SIGNS = frozenset("页-· \t")
_BREAK_AFTER = re.compile(r"[ \t\f]*\n\s*")
_LEAST_ROW = 3
_LEAST_LINE = 20  # characters: a shorter line before a page number is a heading, not half a sentence

Match = re.Match[str]
Span = tuple[int, int]


def find(draft: Draft) -> list[Cut]:
    """All page numbers outside tables.

    >>> from zhenggai.core.reading import Document, Paragraph
    >>> from zhenggai.core.reading.cleaning.draft import draft_of
    >>> draft = draft_of(Document("a.txt", "text", (Paragraph("承载能- 6 -力，管网- 7 -"), Paragraph("第8页 共9页"))))
    >>> [draft.text[cut.start : cut.end] for cut in find(draft)]
    ['- 6 -', '- 7 -', '第8页 共9页']
    """
    tables = draft.in_table()
    folded = draft.folded
    lines = [line for line in draft.lines if folded[line[1] - 1] in _LAST_SIGNS or folded[line[1] - 1].isdecimal()]
    matches = [match for line in lines if (match := _OWN_LINE.fullmatch(folded, *line))]
    matches += _dashed(folded, tables) + _bare(folded, draft.text, lines)
    cuts = [Cut(start, end, "page_number") for start, end in sorted({match.span() for match in matches})]
    return [extended for cut in cuts for extended in _with_break(draft.text, cut)]


def _with_break(text: str, cut: Cut) -> list[Cut]:
    """The cut and, where the page ended within a sentence, the line breaks around it."""
    after = _BREAK_AFTER.match(text, cut.end)
    before = text[max(0, cut.start - 300) : cut.start]
    line = before.rstrip()
    blank = before[len(line) :]
    if after is None or "\n" not in blank or len(line) - line.rfind("\n") <= _LEAST_LINE or not is_unfinished(line):
        return [cut]
    if opens_item(text[after.end() : after.end() + 40]):
        return [cut]
    return [Cut(cut.start - len(blank), cut.start, "page_break"), cut, Cut(cut.end, after.end(), "page_break")]


def _dashed(folded: str, tables: Spans) -> list[Match]:
    if "-" not in folded:
        return []
    matches = [match for match in _IN_DASHES.finditer(folded) if match.start() not in tables]
    numbers = [int(match[1] or match[2]) for match in matches]
    if not numbers or (len(numbers) < 2 and not _on_own_line(folded, matches[0])):
        return []
    rising = sum(after - before in {1, 2} for before, after in pairwise(numbers))
    return matches if rising >= 0.8 * (len(numbers) - 1) else []


def _on_own_line(text: str, match: Match) -> bool:
    return text[match.start() - 1 : match.start()] in {"", "\n"} and text[match.end() : match.end() + 1] in {"", "\n"}


def _bare(folded: str, text: str, lines: list[Span]) -> list[Match]:
    """Bare numbers on lines of their own that count up by one and stand, most of them, within a sentence."""
    row: list[Match] = []
    for match in filter(None, (_BARE.fullmatch(folded, *line) for line in lines)):
        if row and int(match[1]) != int(row[-1][1]) + 1:
            if len(row) >= _LEAST_ROW:
                break
            row = []
        row.append(match)
    if len(row) < _LEAST_ROW:
        return []
    breaking = sum(is_unfinished(text[max(0, match.start() - 20) : match.start()]) for match in row)
    lines_between = folded.count("\n", row[0].start(), row[-1].start()) / (len(row) - 1)
    return row if breaking > len(row) / 2 and lines_between >= 8 else []
