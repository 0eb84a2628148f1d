"""Finding labels: `整改目标：`, `【责 任 单 位】`, a label alone on its line, several on one line."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from zhenggai.core.grammar.label_words import COLUMNS_ONLY, LABEL_HEADS, LABEL_PARTS, LABELS, TABLE_ONLY, UNIT_FIELDS
from zhenggai.core.grammar.numbering import Marker
from zhenggai.core.grammar.unit_lists import looks_like_units
from zhenggai.core.reading.folding import HAN, fold

_FIELD_OF = {word: field for field, words in LABELS.items() for word in words}
_HAS_LEVEL = frozenset({*UNIT_FIELDS, "leaders"})
_LONGEST = max(map(len, _FIELD_OF))
_WORDS = rf"{HAN}(?: {{0,4}}{HAN}){{1,15}}"
_BEFORE_COLON = re.compile(rf"(?P<words>{_WORDS})(?: ?\([^()\n]{{1,20}}\))? ?[\])]? ?$")
_TO_WORDS = re.compile(r"[^\n]*[\x00-\xff]")
_WINDOW = 60  # characters before a colon in which its label stands
_BRACKETED = re.compile(rf"[\[<](?P<words>{_WORDS}(?: ?\([^()\n]{{1,12}}\))?)[\]>] ?:? ?")
_LAST_SIGNS = frozenset({word[-1] for word in _FIELD_OF} | {")"})
_CLOSING = " :])>"
_LAST_SIGNS_ALONE = _LAST_SIGNS | set(_CLOSING)
_LONGEST_ALONE = 60  # characters of a line that is a label with its brackets
_ORNAMENTS = " [<(◆●■▲★※·•*#>-"
_LEVELS = frozenset(f"{level}{suffix}" for level in "省市区县州" for suffix in ("", "级", "直")) | {"本级"}

# Before a label without any separator: words that make it part of a sentence or of an address line (各责任单位：).
_DETERMINERS = frozenset('各关相的由和与及`或对将把按该其个项条本级内外新等"<')

_LIMIT_SIGNS = frozenset(word[0] for word in LABELS["deadline"])
_BEFORE_YEAR = re.compile(rf"(?P<words>{HAN}{{4,8}})(?=20\d\d ?(?:年|[-./]\d))")
"""整改时限2024年6月底: the space between them went with those around all figures."""

NUMBERED_MEASURE = re.compile(rf"(?:整改|具体|工作)?措施 ?(?P<number>\d{{1,2}}|{HAN}{{1,2}}) ?:")
"""A measure with its number for a label: `措施2：栽植侧柏…`."""

_HEAD_OF = {head: field for field, heads in LABEL_HEADS.items() for head in heads}
_COMPOSED = re.compile(
    rf"(?:{'|'.join(LABEL_PARTS)}){{0,5}}(?P<head>{'|'.join(sorted(_HEAD_OF, key=len, reverse=True))})"
)
_HEAD_SIGNS = frozenset(head[-1] for head in _HEAD_OF)
_NOTED = re.compile(r"(?:整改)?(?:任务|要求|内容)\((?:整改)?(?P<says>目标|措施|举措|时限)\)")
"""整改任务（目标）: the note says what the column holds."""
_LEAST_COMPOSED, _LEAST_INLINE = 5, 4  # characters
_WHOSE = re.compile(
    "(?P<leaders>(?:包|领|挂|联)[^领]{0,4}领导|领导)$|(?P<responsible_persons>(?:责任|负责)人员?)$|(?P<acceptance_units>验收|销号)"
    "|(?P<supervising_units>监管|督导|督办|督查|督促|指导)|(?P<cooperating_units>配合|协同|协助|协办|参与)|(?P<lead_units>牵头|主办|总责)"
    "|(?P<responsible_units>责任|主责|主体|承办|实施|落实|属地)"
)
"""What an unlisted label says of the units after it: 主体责任：, 行业监管：, 属地：."""
_LONGEST_WHOSE = 8
_QUOTING = frozenset('`"')
_UNTIL = re.compile(
    r"^(?:截[至止][\d年月日底.]{2,12}|(?:\d{1,2}月份?|[一二三四]季度|[上下]半年|本(?:月|季度?|年)|当月|全年)(?=进[展度]|完成|推进|工作))(?:的|前)?(?=.)"
)
_IN_HEADERS = str.maketrans(dict.fromkeys(" \t\n:`,"))


class Label(NamedTuple):
    """A label at [start, end): its field, and whether it opens a line; its value begins at ``end``.

    ``marker`` is the number before the label (`二、整改目标`), None where it has none.
    """

    field: str
    start: int
    end: int
    opens_line: bool
    marker: Marker | None = None

    @property
    def rank(self) -> int | None:
        """The rank of the label's number."""
        return self.marker.rank if self.marker else None


@lru_cache(maxsize=4_096)
def field_of(words: str) -> str | None:
    """The field that a label's words name, spaces and notes in brackets aside.

    >>> field_of("整 改 目 标"), field_of("完成时限（年月）"), field_of("市级牵头单位"), field_of("天气")
    ('goal', 'deadline', 'lead_units', None)
    """
    whole = "".join(fold(words).split())
    plain = whole[: whole.rfind("(")] if whole.endswith(")") and "(" in whole else whole
    field = _FIELD_OF.get(whole) or _FIELD_OF.get(plain)
    if field is not None:
        return field
    composed = _COMPOSED.fullmatch(plain) if len(plain) >= _LEAST_COMPOSED and plain[-1] in _HEAD_SIGNS else None
    if composed:
        return _HEAD_OF[composed["head"]]
    of_level = (_FIELD_OF.get(plain[size:]) for size in (2, 1) if plain[:size] in _LEVELS)
    return next((field for field in of_level if field in _HAS_LEVEL), None)


def column_field(header: str) -> str | None:
    """The field of a table column; a heading may say more than the synonym.

    >>> column_field("责任单位\\n及责任人"), column_field("整改时限（完成）"), column_field("整改具体目标"), column_field("面积")
    ('responsible_units', 'deadline', 'goal', None)
    """
    plain = _UNTIL.sub("", fold(header).translate(_IN_HEADERS))
    if "下步" in plain or "下一步" in plain:
        return "other"
    noted = _NOTED.fullmatch(plain)
    field = (noted and _FIELD_OF[noted["says"]]) or field_of(plain) or COLUMNS_ONLY.get(plain)
    if field or not plain or len(plain) > 16:
        return field
    composed = _COMPOSED.fullmatch(plain)
    if composed:
        return _HEAD_OF[composed["head"]]
    inside = [
        word for word in _FIELD_OF if word in plain and len(word) >= 2 and word not in {"问题", "类型", "电话", "编号"}
    ]
    return _FIELD_OF[max(inside, key=len)] if inside else None


def labels_in(folded: str, start: int, end: int, flattened: bool) -> list[Label]:
    """The labels of one line [start, end) of folded text, in order."""
    line = folded[start:end]
    colons = ":" in line
    if line[-1:] in (_CLOSING if colons else _LAST_SIGNS_ALONE):
        alone = _alone(line)
        if alone:
            return [Label(alone, start, end, True)]
    found = _before_colons(folded, start, end, flattened) if colons else []
    if "[" in line or "<" in line:
        ends = {label.end for label in found}
        found += [label for label in _in_brackets(folded, start, end) if label.end not in ends]
    if " " in line and not (found and found[0].start == start):
        leading = _before_space(folded, _content(folded, start, end), end)
        if leading and not any(label.start <= leading.start for label in found):
            found = [label for label in found if label.end != leading.end] + [leading]
    elif not found and line[:1] in _LIMIT_SIGNS:
        limit = _BEFORE_YEAR.match(line)
        if limit and field_of(limit["words"]) == "deadline":
            return [Label("deadline", start, start + limit.end(), True)]
    return sorted(found, key=lambda label: label.start) if len(found) > 1 else found


def _content(folded: str, start: int, end: int) -> int:
    """Where a line begins behind bullets and brackets."""
    return end - len(folded[start:end].lstrip(_ORNAMENTS))


def _in_brackets(folded: str, start: int, end: int) -> Iterator[Label]:
    first = _content(folded, start, end)
    for match in _BRACKETED.finditer(folded, start, end):
        field = field_of(match["words"])
        if field:
            opens = match.start() <= first
            yield Label(field, start if opens else match.start(), match.end(), opens)


def _alone(line: str) -> str | None:
    """The field of a label that is all its line holds, its brackets and colon aside."""
    whole = line.lstrip(_ORNAMENTS)
    words = whole.rstrip(_CLOSING)
    if len(whole) > _LONGEST_ALONE or not 2 <= len(words) <= 24 or words[-1] not in _LAST_SIGNS:
        return None
    return None if words in TABLE_ONLY and not whole.rstrip().endswith(":") else field_of(words)


def _before_colons(folded: str, start: int, end: int, flattened: bool) -> list[Label]:
    labels = []
    colon = folded.find(":", start, end)
    while colon >= 0:
        found = _label_before(folded, start, colon)
        if found is None or (found[1] > start and _is_han(folded[found[1] - 1])):
            found = _composed(folded, start, colon, end) or found
        value = colon + 1 + folded.startswith(" ", colon + 1)
        colon = folded.find(":", colon + 1, end)
        if found is None:
            continue
        field, label_start = found
        if label_start == start:
            labels.append(Label(field, start, value, True))
            continue
        before = folded[label_start - 1]
        opens = not folded[start:label_start].strip(_ORNAMENTS)
        if opens or not _is_han(before) or (flattened and before not in _DETERMINERS):
            if before in _QUOTING:
                continue
            opening = label_start - 1 if before in {"[", "<"} else label_start
            labels.append(Label(field, start if opens else opening, value, opens))
    return labels


def _composed(folded: str, start: int, colon: int, end: int) -> tuple[str, int] | None:
    """A label that no list names, at the start of its line: of known parts, by what it ends in; or by what it says of the
    units that are all the rest of the line."""
    first = _content(folded, start, colon)
    last = folded.rfind("(", first, colon) if folded[colon - 1] == ")" else colon  # 拟采取的措施（具体）：
    sign = max(folded.rfind(one, first, max(last, first)) for one in "(;!")
    if sign >= 0:  # （…；整改到位时限：…）
        words = folded[sign + 1 : last].strip()
        match = _COMPOSED.fullmatch(words) if len(words) >= _LEAST_INLINE else None
        return (_HEAD_OF[match["head"]], folded.index(words, sign)) if match else None
    if not 2 <= last - first <= 16:
        return None
    words = folded[first:last]
    match = _COMPOSED.fullmatch(words) if words[-1] in _HEAD_SIGNS else None
    if match:
        return _HEAD_OF[match["head"]], first
    whose = _WHOSE.search(words) if len(words) <= _LONGEST_WHOSE else None
    if whose is None or not looks_like_units(folded[colon + 1 : end].strip()):
        return None
    return str(whose.lastgroup), first


def _label_before(folded: str, start: int, colon: int) -> tuple[str, int] | None:
    """The label that ends at a colon: (field, offset where it begins)."""
    whole = _FIELD_OF.get(folded[start:colon]) if colon - start <= _LONGEST else None
    if whole:
        return whole, start
    if NUMBERED_MEASURE.fullmatch(folded, start, colon + 1):
        return "measures", start
    if folded[colon - 1] not in _LAST_SIGNS and folded[colon - 1] not in " ]":
        return None
    sign = _TO_WORDS.match(folded, max(start, colon - _LONGEST - 1), colon)
    if sign and folded[sign.end() - 1] != " ":
        whole = _FIELD_OF.get(folded[sign.end() : colon])
        if whole:
            return whole, sign.end()
    match = _BEFORE_COLON.search(folded, max(start, colon - _WINDOW), colon)
    return _longest_label(folded, *match.span("words")) if match else None


def _longest_label(folded: str, start: int, end: int) -> tuple[str, int] | None:
    """The longest label that ends the words [start, end): (field, offset where it begins)."""
    offsets = [offset for offset in range(start, end) if folded[offset] != " "]
    words = "".join(folded[offset] for offset in offsets)
    for length in range(min(_LONGEST, len(words)), 1, -1):
        field = _FIELD_OF.get(words[-length:])
        if field is None or (length < len(words) and _parted(offsets[-length:])):
            continue
        if field in _HAS_LEVEL:
            length = len(words) if words[:-length] in _LEVELS else length
        return field, offsets[-length]
    return None


def _parted(offsets: list[int]) -> bool:
    """Whether some, not all, of the characters at these offsets have a space between them: `完成整改 牵头单位`."""
    apart = sum(following - one > 1 for one, following in pairwise(offsets))
    return 0 < apart < len(offsets) - 1


def _before_space(folded: str, start: int, end: int) -> Label | None:
    """A label at the start of a line, parted from its value by white space only."""
    words, space, value = folded[start : min(end, start + 40)].partition(" ")
    field = field_of(words) if space and words not in TABLE_ONLY and len(words) <= 8 else None
    if field in {None, "other", "serial"} or not value.strip():
        return None
    return Label(str(field), start, start + len(words) + 1 + len(value) - len(value.lstrip()), True)


def _is_han(character: str) -> bool:
    return character > "\xff"
