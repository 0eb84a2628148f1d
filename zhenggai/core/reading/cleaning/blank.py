"""White space that says nothing: around lines, blank lines, characters without width."""

import re

from zhenggai.core.reading.cleaning.draft import Cut, Draft

_NO_WIDTH = "[\xad\u200b-\u200f\u2060\ufeff\u202a-\u202e]"
_WITHOUT_WIDTH = re.compile(f"{_NO_WIDTH}{_NO_WIDTH}*")  # `re` searches fast for one of a class, not for one or more
_SPACES = "[ \u3000\f\n]"
_BLANK = re.compile(f"{_SPACES}{_SPACES}+")  # one space or line break inside the text says something
_BLANK_EDGE = re.compile(rf"\A{_SPACES}(?!{_SPACES})|(?<!{_SPACES}){_SPACES}\Z")


def find(draft: Draft) -> list[Cut]:
    """All blank stretches; of a line break with its surroundings, the break itself stays.

    >>> from zhenggai.core.reading import Document, Paragraph
    >>> from zhenggai.core.reading.cleaning.draft import draft_of
    >>> draft = draft_of(Document("a.txt", "text", (Paragraph("　　一、总体要求  "), Paragraph(""), Paragraph("二"))))
    >>> draft.without(find(draft)).text
    '一、总体要求\\n二'
    """
    cuts = [Cut(*match.span(), "blank") for match in _WITHOUT_WIDTH.finditer(draft.text)]
    text = draft.text
    edges = (_BLANK_EDGE.match(text), _BLANK_EDGE.search(text, max(len(text) - 1, 0)))
    cuts += [Cut(*edge.span(), "blank") for edge in edges if edge]
    for match in _BLANK.finditer(text):
        start, end = match.span()
        line_break = match[0].find("\n")
        if start == 0 or end == len(text):
            cuts.append(Cut(start, end, "blank"))
        elif line_break >= 0:
            cuts.append(Cut(start, start + line_break, "blank"))
            cuts.append(Cut(start + line_break + 1, end, "blank"))
    return cuts
