"""Numbers that open headings and items: 一、 （一） 1. 1、 （1） 1） ① 第一项 问题1： 一是.

``rank`` orders the styles from outer to inner as official documents nest them (GB/T 9704: 一、（一） 1. （1）).
"""

import re
import sys
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from zhenggai.core.reading.folding import HAN
from zhenggai.core.reading.numerals import CIRCLED, to_number
from zhenggai.core.reading.signs import NO_FRACTION

_WORDS_BEFORE, _WORDS = (
    ("督察反馈", "督察", "反馈", "整改", "具体", "包案", "交办", "督办", "移交", "典型", "突出"),
    ("问题", "任务", "事项", "序号"),
)
_WORD = rf"(?:{'|'.join(_WORDS_BEFORE)})?(?:{'|'.join(_WORDS)})(?:编号|序号)?"
_ENDS = r"(?:[.`:] ?| +|(?=\n|$)|(?=20\d\d ?年)|(?=\())"


class Style(NamedTuple):
    """A way of numbering; ``only_opens_line`` where it is too like running text to count inside a line."""

    name: str
    rank: int
    pattern: re.Pattern[str]
    only_opens_line: bool = False


class Marker(NamedTuple):
    """A number at [start, end) of folded text; the content it opens begins at ``end``."""

    style: str
    rank: int
    number: int
    start: int
    end: int
    opens_line: bool


_DIGITS = "0123456789"
_LETTERS = "abcdefgh"
_HAN_DIGITS = "一二三四五六七八九十百"

STYLES = (
    Style("part", 5, re.compile(r"第(\w{1,4}?)(?:章|节|部分|篇)[ `:]?"), True),
    Style("han", 10, re.compile(rf"([{_HAN_DIGITS}]{{1,4}}) ?[`.] ?")),
    Style("han_brackets", 20, re.compile(rf"\( ?([{_HAN_DIGITS}]{{1,4}}) ?\)[`.]? ?")),
    Style("word", 25, re.compile(rf"{_WORD} {{0,2}}第?(?: ?\()?(\w{{1,4}}?)\)?[项条]?{_ENDS}"), True),
    Style("word", 25, re.compile(rf"\[ ?{_WORD} ?第?(\w{{1,4}}?)[项条]? ?\] ?:? ?"), True),
    Style("word", 25, re.compile(rf"{_WORD}(\d{{1,3}})(?={HAN})(?![项个条处件宗起家类次年月日])"), True),
    Style("word", 25, re.compile(r"[Nn][Oo]\.? ?(\d{1,3})(?:[.`:] ?| +|(?=[^\x00-\xff])|(?=\n|$))"), True),
    Style(
        "item",
        26,
        re.compile(r"(?:整改任务)?第 ?(\w{1,4}?) ?[项条个](?:(?:反馈)?问题|(?:整改)?任务|事项)?" + _ENDS),
        True,
    ),
    Style("dot", 30, re.compile(rf"(?<![\d.])(\d{{1,3}}) ?[.`]{NO_FRACTION} ?")),
    Style("brackets", 40, re.compile(r"\( ?(\d{1,3}) ?\)[`.]? ?")),
    Style("half_bracket", 45, re.compile(r"(?<![\d(])(\d{1,2})\)[`.]? ?")),
    Style("letter", 47, re.compile(r"([a-h])[.`)] ?(?=[^\x00-\xff]|\d)")),
    Style("circle", 50, re.compile(rf"([{CIRCLED}])[`.]? ?")),
    Style("first", 55, re.compile(rf"([{_HAN_DIGITS}])是(?={HAN}|\d|\")")),
)
_FIRST_SIGNS = {
    "part": "第",
    "han": _HAN_DIGITS,
    "han_brackets": "(",
    "word": "督反整具包交移典突问任事序[Nn",
    "item": "第整",
    "dot": _DIGITS,
    "brackets": "(",
    "half_bracket": _DIGITS,
    "letter": _LETTERS,
    "circle": CIRCLED,
    "first": _HAN_DIGITS,
}
_OPENED_BY = {
    sign: tuple(style for style in STYLES if sign in _FIRST_SIGNS[style.name])
    for sign in {sign for signs in _FIRST_SIGNS.values() for sign in signs}
}
"""The styles that a first character allows, so that most lines are told from numbered ones by one look-up."""
OPENING_SIGNS = frozenset(_OPENED_BY)

_WORD_SIGNS = frozenset("督反整具包交移典突问任事序")
_WORD_OPENINGS = (*_WORDS, *(before + word for before in _WORDS_BEFORE for word in _WORDS))

_BEFORE_FIGURE = re.compile(r"(\d{1,2})[.`](?=\d+[^\d.%])")
_NUMERALS = frozenset(_HAN_DIGITS)

# A marker inside a line follows one of these signs; where line breaks were lost it may follow any word but those below.
_SIGNS = '!;:?)]">, \t|'
_AFTER_SIGN = re.compile(
    rf"[{re.escape(_SIGNS)}](?=\( ?\w{{1,4}} ?\)|(?<!,)(?:\d{{1,3}}[.`]{NO_FRACTION}|\d{{1,2}}\)|[{_HAN_DIGITS}]{{1,4}}[`是]|[{CIRCLED}]|[a-h][.`)]))"
)
_NOT_AFTER = frozenset('第之统唯专万同逐不`如其进每附表图[.-/"<0123456789')
_ANYWHERE = re.compile(  # begins with a class of characters: so `re` passes over all others fast
    rf"[(\d`是①-⑳](?:(?<=\() ?\w{{1,4}} ?\)|(?<=[①-⑳])|(?<=[{_HAN_DIGITS}][`是])"
    rf"|(?<=\d)(?<![\d.]\d)\d{{0,2}}[.`]{NO_FRACTION}|(?<=\d)(?<![\d(]\d)\d?\))"
)


def opening_marker(folded: str, start: int, end: int) -> Marker | None:
    """The number that opens the line [start, end).

    >>> marker = opening_marker("(二)大气污染防治", 0, 9); marker.style, marker.number, marker.end
    ('han_brackets', 2, 3)
    >>> opening_marker("问题3:扬尘", 0, 6).number, opening_marker("2018年底", 0, 6)
    (3, None)
    """
    first = folded[start : start + 1]
    if first not in _OPENED_BY or (first in _WORD_SIGNS and not folded.startswith(_WORD_OPENINGS, start)):
        return None
    for style in _OPENED_BY[first]:
        marker = _marker(style, folded, start, end, True)
        if marker:
            return marker
    return None


def marker_before_figure(folded: str, start: int, end: int) -> Marker | None:
    """A number that looks like a decimal fraction, `2.3个乡镇`: an item only where the counting has come to it.

    >>> marker_before_figure("2.3个乡镇", 0, 6).number
    2
    """
    match = _BEFORE_FIGURE.match(folded, start, end)
    return Marker("dot", 30, int(match[1]), start, match.end(), True) if match else None


def _marker(style: Style, folded: str, start: int, end: int, opens_line: bool) -> Marker | None:
    match = style.pattern.match(folded, start, end)
    number = (_LETTERS.find(match[1]) + 1 or to_number(match[1])) if match else None
    return Marker(style.name, style.rank, number, start, match.end(), opens_line) if match and number else None


def inline_markers(folded: str, start: int, end: int, flattened: bool) -> list[Marker]:
    """Numbers inside the line [start, end), each only if what stands before it lets an item begin there."""
    places = _places_anywhere(folded, start, end) if flattened else places_after_signs(folded, start, end)
    return markers_at(places, folded, end)


def places_after_signs(folded: str, start: int = 0, end: int = sys.maxsize) -> list[int]:
    """Where items may begin inside the lines of a stretch that kept its line breaks."""
    return [sign.end() for sign in _AFTER_SIGN.finditer(folded, start, end)]


def markers_at(places: Iterable[int], folded: str, end: int) -> list[Marker]:
    """The numbers that stand at these places of a line that ends at ``end``."""
    return [marker for place in places if (marker := _inline_marker(folded, place, end))]


def _places_anywhere(folded: str, start: int, end: int) -> Iterator[int]:
    """Where items may begin in a line that swallowed its neighbours."""
    for match in _ANYWHERE.finditer(folded, start + 1, end):
        position = match.start()
        if match[0] in "`是":
            while position > start and folded[position - 1] in _NUMERALS and match.start() - position < 4:
                position -= 1
        if position > start and _may_begin(folded, position):
            yield position


def _may_begin(folded: str, position: int) -> bool:
    before = folded[position - 1]
    if before == ",":
        return folded[position] == "("
    if before in _SIGNS:
        return True
    if before in _NOT_AFTER:
        return False
    return before != "单" or folded.endswith("清单", 0, position)  # 单一、… is a word, 清单一、… a heading


def _inline_marker(folded: str, position: int, end: int) -> Marker | None:
    for style in _OPENED_BY.get(folded[position], ()):
        marker = None if style.only_opens_line else _marker(style, folded, position, end, False)
        if marker:
            return marker
    return None


class Sequence:
    """Follows the counting of each style, to tell an item from a figure of speech.

    A number inside a line counts only as 1 or as the next of its style. An outer number restarts the inner styles,
    but tasks may also count on through all headings.
    """

    def __init__(self) -> None:
        self._last: dict[int, int] = {}
        self._before_restart: dict[int, int] = {}
        self._deepest = 0

    def fits(self, marker: Marker) -> bool:
        """Whether the marker may be an item here."""
        return marker.opens_line or marker.number == 1 or self.continues(marker)

    def continues(self, marker: Marker) -> bool:
        """Whether the marker is the next of its style."""
        return marker.number in {self._last.get(marker.rank, 0) + 1, self._before_restart.get(marker.rank, 0) + 1}

    def take(self, marker: Marker) -> None:
        """Counts the marker."""
        rank = marker.rank
        if rank < self._deepest:
            self._last = {one: number for one, number in self._last.items() if one <= rank}
        self._deepest = rank
        self._last[rank] = self._before_restart[rank] = marker.number
