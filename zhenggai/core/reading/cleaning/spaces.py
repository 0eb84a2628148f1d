"""Spaces that a conversion put between Chinese characters and figures, letters or punctuation.

A Chinese official document (GB/T 9704) sets no such spaces; PDF and Word converters do. A space between two
Chinese characters stays, it may part two names; so do spaces that part columns, serial numbers and labels.
"""

import re

from zhenggai.core.reading.cleaning.draft import Cut, Draft
from zhenggai.core.reading.signs import METADATA_LABELS, NO_FRACTION

_CLOSING = frozenset("，。；：、！？）》”’】〕,;:!?)％%")
_OPENING = frozenset("（《“‘【〔(")
_AFTER = frozenset("，；：、！？（《“‘【〔,;")
_ENDS_WORD = frozenset("”’》）)％%℃")
_LABELS = frozenset((*METADATA_LABELS, "联系人", "联系电话", "联系地址", "电话", "地址", "邮箱"))
_NUMBER_OPENS = re.compile(rf"\d{{1,2}}[.`]{NO_FRACTION}|\(\w{{1,3}}\)|(?P<han>[^\x00-\xff]{{1,3}})`")
_HAN_NUMBERS = frozenset("一二三四五六七八九十")
_SIGNATURE_DATE = re.compile(r"\d{4} ?年 ?\d{1,2} ?月 ?\d{1,2} ?日[ \t]*(?:\n|\Z)")
_LINE_NUMBER = re.compile(r"(?:^|[\n\t]) *\d{1,3}$")
_ROW = re.compile(r" *\d{1,3} [^ !,;]+(?: [^ !,;]+)+")
_COLUMNS = re.compile(r"\S {2,}\S")
_LABEL_AND_VALUE = re.compile(r" *[^\x00-\xff]{2,8} {2,}(?:\S| (?! ))*")
"""One wide gap after a few words: no columns, a label before its value."""
_SPACED_LABEL = re.compile(r" *[^\x00-\xff](?: {1,4}[^\x00-\xff]){1,5} ?:")
_SPACES = re.compile("  *")


def find(draft: Draft) -> list[Cut]:
    """Superfluous spaces outside metadata lines and lines set in columns.

    >>> from zhenggai.core.reading import Document, Paragraph
    >>> from zhenggai.core.reading.cleaning.draft import draft_of
    >>> lines = "于 2018 年 7 月底前 ，建成 2 座（附后） 。", "1 市水务局 市城管局"
    >>> draft = draft_of(Document("a.txt", "text", tuple(map(Paragraph, lines))))
    >>> draft.without(find(draft)).text
    '于2018年7月底前，建成2座（附后）。\\n1 市水务局 市城管局\\n'
    """
    metadata = draft.in_metadata()
    text, folded = draft.text, draft.folded
    return [
        Cut(match.start(), match.end(), "space")
        for match in _SPACES.finditer(text)
        if match.start() not in metadata and _is_superfluous(text, folded, *match.span())
    ]


def _is_superfluous(text: str, folded: str, start: int, end: int) -> bool:
    before, after = _figure(folded, text, start - 1) if start else "", _figure(folded, text, end)
    if not before or not after or before in "\n\t|" or after in "\n\t":
        return False
    if after in _CLOSING:
        return not _parts_columns(folded, start)
    if _opens_something(folded, end) or _parts_columns(folded, start):
        return False
    if before in _AFTER:
        return True
    if end - start > 1:
        return False
    if _is_han(after):
        return _is_word(before) or before in _ENDS_WORD
    if _is_word(after):
        return _is_han(before) and not _SIGNATURE_DATE.match(folded, end)
    return after in _OPENING and (_is_han(before) or before in _ENDS_WORD)


def _figure(folded: str, text: str, position: int) -> str:
    """The character there; a full-width figure as a plain one."""
    plain = folded[position : position + 1]
    return plain if plain.isdecimal() else text[position : position + 1]


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def _is_word(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _opens_something(folded: str, position: int) -> bool:
    """Whether a numbered item or a known label begins here."""
    number = _NUMBER_OPENS.match(folded, position)
    if number and (number["han"] is None or _HAN_NUMBERS.issuperset(number["han"])):
        return True
    colon = folded.find(":", position, position + 9)
    return colon > 0 and folded[position:colon] in _LABELS


def _parts_columns(folded: str, position: int) -> bool:
    """Whether the space at this position follows a serial number at the start of its line, or its line is a row."""
    if folded[position - 1].isdigit() and _LINE_NUMBER.search(folded, max(0, position - 5), position):
        return True
    start = folded.rfind("\n", max(0, position - 200), position) + 1
    end = folded.find("\n", position, position + 200)
    end = min(len(folded), position + 200) if end < 0 else end
    label = _SPACED_LABEL.match(folded, start, end)
    start = label.end() if label and label.end() <= position else start
    if end - start >= 120 or _LABEL_AND_VALUE.fullmatch(folded, start, end):
        return False
    return (_COLUMNS.search(folded, start, end) or _ROW.fullmatch(folded, start, end)) is not None
