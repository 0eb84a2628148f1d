"""Automatic numbering of Word, turned into the text that Word shows.

A paragraph points to a list (numId) and a level; the list's abstract definition says how each level is written.
Source: ECMA-376 part 1, 17.9 (numbering) and 17.18.59 (number formats).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhenggai.core.reading.numerals import circled, to_chinese, to_roman

if TYPE_CHECKING:
    from lxml.etree import _Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

_LEVELS = 9
_HEAVENLY_STEMS = "甲乙丙丁戊己庚辛壬癸"
_DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")


def _letter(number: int) -> str:
    """a … z, aa, bb …: Word repeats the letter."""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _stem(number: int) -> str:
    return _HEAVENLY_STEMS[(number - 1) % 10]


def _fullwidth(number: int) -> str:
    return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))


# Number format -> how a number is written. What is not listed is written in Arabic digits.
FORMATS: dict[str, Callable[[int], str]] = {
    "chineseCounting": to_chinese,
    "chineseCountingThousand": to_chinese,
    "chineseLegalSimplified": to_chinese,
    "taiwaneseCounting": to_chinese,
    "taiwaneseCountingThousand": to_chinese,
    "japaneseCounting": to_chinese,
    "ideographDigital": lambda number: str(number).translate(_DIGITS),
    "japaneseDigitalTenThousand": lambda number: str(number).translate(_DIGITS),
    "ideographTraditional": _stem,
    "decimalFullWidth": _fullwidth,
    "decimalFullWidth2": _fullwidth,
    "decimalEnclosedCircle": circled,
    "decimalEnclosedCircleChinese": circled,
    "decimalEnclosedParen": lambda number: f"({number})",
    "decimalEnclosedFullstop": lambda number: f"{number}.",
    "decimalZero": lambda number: f"{number:02d}",
    "upperLetter": lambda number: _letter(number).upper(),
    "lowerLetter": _letter,
    "upperRoman": to_roman,
    "lowerRoman": lambda number: to_roman(number).lower(),
    "bullet": lambda number: "",
    "none": lambda number: "",
}


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    style: str
    pattern: str


class Numbering:
    """The lists of one document and how far each has counted. Ask ``label`` once a paragraph, in order."""

    def __init__(self, root: _Element | None) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        self._counted_in: dict[str, str] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        self._counters: dict[str, list[int | None]] = {}
        self._started: set[tuple[str, int]] = set()
        if root is not None:
            self._load(root)

    def _load(self, root: _Element) -> None:
        abstracts = {
            node.get(f"{W}abstractNumId", ""): {
                int(level.get(f"{W}ilvl", "0")): _level(level) for level in node.iter(f"{W}lvl")
            }
            for node in root.iter(f"{W}abstractNum")
        }
        for node in root.iter(f"{W}num"):
            number = node.get(f"{W}numId", "")
            abstract = _value(node, "abstractNumId") or ""
            self._levels[number] = dict(abstracts.get(abstract, {}))
            self._counted_in[number] = abstract
            for override in node.iter(f"{W}lvlOverride"):
                self._override(number, override)

    def _override(self, number: str, override: _Element) -> None:
        level = int(override.get(f"{W}ilvl", "0"))
        start = _value(override, "startOverride")
        if start is not None and start.isdigit():
            self._restarts.setdefault(number, {})[level] = int(start)
        for node in override.iter(f"{W}lvl"):
            self._levels[number][level] = _level(node)

    def label(self, number: str, depth: int) -> str:
        """The number text of the next paragraph at this depth of list ``number``; "" for bullets and unknown lists."""
        levels = self._levels.get(number)
        if levels is None or depth not in levels or not 0 <= depth < _LEVELS:
            return ""
        counters = self._count(number, depth, levels)

        def written(match: re.Match[str]) -> str:
            index = int(match[1]) - 1
            level = levels.get(index)
            value = counters[index] if index < _LEVELS else None
            if level is None:
                return ""
            return FORMATS.get(level.style, str)(level.start if value is None else value)

        return re.sub(r"%(\d)", written, levels[depth].pattern) if levels[depth].style != "bullet" else ""

    def _count(self, number: str, depth: int, levels: dict[int, _Level]) -> list[int | None]:
        counters = self._counters.setdefault(self._counted_in[number], [None] * _LEVELS)
        restart = self._restarts.get(number, {}).get(depth)
        current = counters[depth]
        if restart is not None and (number, depth) not in self._started:
            self._started.add((number, depth))
            counters[depth] = restart
        else:
            counters[depth] = levels[depth].start if current is None else current + 1
        counters[depth + 1 :] = [None] * (_LEVELS - depth - 1)
        return counters


def _level(node: _Element) -> _Level:
    start = _value(node, "start") or "1"
    return _Level(
        start=int(start) if start.isdigit() else 1,
        style=_value(node, "numFmt") or "decimal",
        pattern=(_value(node, "lvlText") or "")[:60],
    )


def _value(node: _Element, child: str) -> str | None:
    found = node.find(f"{W}{child}")
    return None if found is None else found.get(f"{W}val")
