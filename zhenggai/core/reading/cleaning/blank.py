"""White space that says nothing: around lines, blank lines, characters without width."""

import re

from zhenggai.core.reading.cleaning.draft import Cut, Draft

_WITHOUT_WIDTH = "\xad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e"
_RUN_WITHOUT_WIDTH = re.compile(f"[{_WITHOUT_WIDTH}]+")
_SPACES = " \u3000\f\n"
_AFTER_BREAK = re.compile(f"\n(?P<more>[{_SPACES}]+)")
_BEFORE_BREAK = re.compile(f"(?<![{_SPACES}])(?P<more>[ \u3000\f]+)(?=\n)")


def find(draft: Draft) -> list[Cut]:
    """All blank stretches; of a line break with its surroundings, the break itself stays.

    >>> from zhenggai.core.reading import Document, Paragraph
    >>> from zhenggai.core.reading.cleaning.draft import draft_of
    >>> draft = draft_of(Document("a.txt", "text", (Paragraph("　　一、总体要求  "), Paragraph(""), Paragraph("二"))))
    >>> draft.without(find(draft)).text
    '一、总体要求\\n二'
    """
    text = draft.text
    first, last = len(text) - len(text.lstrip(_SPACES)), len(text.rstrip(_SPACES))
    if first >= last:
        return [Cut(0, len(text), "blank")]
    stretches = [(0, first), (last, len(text))]
    stretches += [match.span("more") for match in _AFTER_BREAK.finditer(text, first, last)]
    if any(f"{space}\n" in text for space in " \u3000\f"):
        stretches += [match.span("more") for match in _BEFORE_BREAK.finditer(text, first, last)]
    if any(map(text.__contains__, _WITHOUT_WIDTH)):
        stretches += [match.span() for match in _RUN_WITHOUT_WIDTH.finditer(text)]
    return [Cut(start, end, "blank") for start, end in stretches]
