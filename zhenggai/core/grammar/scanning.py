"""Finding long patterns fast.

`re` tries a pattern at every character of a text, unless it begins with a plain word or a class of characters. The
patterns of dates and figures begin with something optional, so the characters they can begin with are looked for first.
"""

import re
import sys
from collections.abc import Iterator


def matches_from(
    signs: re.Pattern[str], pattern: re.Pattern[str], text: str, start: int = 0, end: int = sys.maxsize
) -> Iterator[re.Match[str]]:
    """What ``pattern.finditer(text)`` finds to begin in [start, end), where each match begins with one of ``signs``.

    >>> [match[0] for match in matches_from(re.compile("[今0-9]"), re.compile(r"(?:今年|\\d+年)?\\d+月"), "今年2月和12月")]
    ['今年2月', '12月']
    """
    sign = signs.search(text, start, end)
    while sign:
        position = sign.start()
        match = pattern.match(text, position)
        if match:
            yield match
            position = max(match.end() - 1, position)
        sign = signs.search(text, position + 1, end)


def matches_of(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """What ``pattern.finditer(text)`` finds; quicker on short texts with few matches, none of them empty.

    >>> [match[0] for match in matches_of(re.compile(r"\\d+"), "2月和12月")]
    ['2', '12']
    """
    match = pattern.search(text)
    while match:
        yield match
        match = pattern.search(text, match.end())
