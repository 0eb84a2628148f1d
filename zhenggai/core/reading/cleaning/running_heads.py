"""Running heads and feet: the same short line again and again where a page ends."""

import re
from bisect import bisect_left
from collections import Counter

from zhenggai.core.reading.cleaning.draft import Cut, Draft
from zhenggai.core.reading.signs import opens_item

_LINE = re.compile(r"[^\n]+")
_PAGE_ENDS = re.compile(r"\f|\n[ \t\u3000]*\n")
_LEAST_TIMES = 3
_LONGEST = 60


def find(draft: Draft) -> list[Cut]:
    """Lines that stand at three or more page breaks: where a form feed is, or where a page number was taken out.

    >>> from zhenggai.core.reading import Document, Paragraph
    >>> from zhenggai.core.reading.cleaning.draft import draft_of
    >>> lines = ["某市整改方案", "一、甲", "\\f某市整改方案", "二、乙", "\\f某市整改方案", "三、丙", "\\f某市整改方案", "四、丁"]
    >>> draft = draft_of(Document("a.txt", "text", tuple(map(Paragraph, lines))))
    >>> len(find(draft))
    3
    """
    breaks = _page_breaks(draft)
    if len(breaks) < _LEAST_TIMES:
        return []
    tables = draft.in_table()
    beside = [
        match for match in _LINE.finditer(draft.text) if match.start() not in tables and _is_beside(match, breaks)
    ]
    times = Counter(_wording(match[0]) for match in beside)
    return [
        Cut(match.start(), match.end(), "running_head")
        for match in beside
        if times[_wording(match[0])] >= _LEAST_TIMES
        and 2 <= len(_wording(match[0])) <= _LONGEST
        and not opens_item(match[0].lstrip("\f"))
    ]


def _wording(line: str) -> str:
    return re.sub(r"[\d\s\f]+", "", line)


def _page_breaks(draft: Draft) -> set[int]:
    """Offsets of page breaks in the draft."""
    found = {match.start() for match in re.finditer("\f", draft.text)}
    numbers = sorted(item.start for item in draft.removed if item.rule == "page_number" and item.start is not None)
    for match in re.finditer(r"\n\n", draft.text) if numbers else ():
        before = draft.origin(match.start())
        after = draft.origin(match.start() + 1)
        if bisect_left(numbers, after) > bisect_left(numbers, before):
            found.add(match.start())
    return found


def _is_beside(match: re.Match[str], breaks: set[int]) -> bool:
    nearby = (match.start(), match.start() - 1, match.start() - 2, match.end(), match.end() + 1)
    return any(offset in breaks for offset in nearby)
