"""White space that says nothing: around lines, blank lines, characters without width."""

import re

from zhenggai.core.reading.cleaning.draft import Cut, Draft

_BLANK = re.compile(r"\xad+|[ \n]+")
_WITHOUT_WIDTH = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e"
_LIKE_BLANK = str.maketrans({"\u3000": " ", "\f": " "} | dict.fromkeys(_WITHOUT_WIDTH, "\xad"))


def find(draft: Draft) -> list[Cut]:
    """All blank stretches; of a line break with its surroundings, the break itself stays.

    >>> from zhenggai.core.reading import Document, Paragraph
    >>> from zhenggai.core.reading.cleaning.draft import draft_of
    >>> draft = draft_of(Document("a.txt", "text", (Paragraph("　　一、总体要求  "), Paragraph(""), Paragraph("二"))))
    >>> draft.without(find(draft)).text
    '一、总体要求\\n二'
    """
    cuts = []
    for match in _BLANK.finditer(draft.text.translate(_LIKE_BLANK)):
        start, end = match.span()
        line_break = match[0].find("\n")
        if match[0][0] == "\xad" or start == 0 or end == len(draft.text):
            cuts.append(Cut(start, end, "blank"))
        elif line_break >= 0:
            cuts.append(Cut(start, start + line_break, "blank"))
            cuts.append(Cut(start + line_break + 1, end, "blank"))
    return cuts
