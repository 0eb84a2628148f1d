"""Cleaning: a Document becomes one text that holds the document's own words and nothing else.

Each rule is one file with ``find(draft) -> list[Cut]``; the order below matters, because a page number may stand
between the two halves of a sentence that an upload site cut. Nothing is ever reworded: cleaning only takes
characters out (and writes odd spaces as plain ones), so every place in the cleaned text leads back to the source.
"""

from zhenggai.core.reading.cleaning import (
    blank,
    broken_contacts,
    broken_titles,
    fragments,
    page_numbers,
    running_heads,
    site_furniture,
    spaces,
    wrapped_lines,
)
from zhenggai.core.reading.cleaning.draft import Cut, Draft, draft_of
from zhenggai.core.reading.cleaning.result import CleanText, Region, Removed
from zhenggai.core.reading.cleaning.spans import Spans
from zhenggai.core.reading.document import Document

RULES = (
    site_furniture, page_numbers, running_heads, fragments, wrapped_lines, broken_contacts, blank, broken_titles, spaces,
)  # fmt: skip


def clean(document: Document) -> CleanText:
    """The cleaned text of a document, with what was removed and where each character came from.

    >>> from zhenggai.core.reading.document import Paragraph
    >>> lines = "各有关单位要加强协作配合，于 2024 年 6 月底前完成治", "- 3 -", "理。"
    >>> clean(Document("a.txt", "text", tuple(map(Paragraph, lines)))).text
    '各有关单位要加强协作配合，于2024年6月底前完成治理。'
    """
    draft = draft_of(document)
    for rule in RULES:
        draft = draft.without(rule.find(draft))
    return draft.result(document, site_furniture.listed_titles(draft))


__all__ = ["RULES", "CleanText", "Cut", "Draft", "Region", "Removed", "Spans", "clean"]
