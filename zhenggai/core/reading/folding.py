"""One alphabet for matching: full-width signs as ASCII, character for character, so that offsets stay.

Patterns on folded text need no Chinese punctuation, and a Chinese character is simply one outside Latin-1 (`HAN`).
That also keeps them small: a class of Chinese characters takes Python's `re` a millisecond to compile.
"""

import re

_FOLDED = dict(
    zip(
        "０１２３４５６７８９％：；，．（）［］【】〔〕／！？－—–～﹣｜＜＞《》〈〉“”„「」『』‘’。、＋＝　〇○",
        '0123456789%:;,.()[][][]/!?---~-|<><><>"""""""\'\'!`+= 零零',
        strict=True,
    )
)

_SIGN = re.compile(f"[{re.escape(''.join(_FOLDED))}]")
_LONG = 300  # characters from which whole replacements are faster; str.translate is the slowest, it looks up every character

HAN = r"[^\x00-\xff]"
"""Regular expression for one Chinese character of folded text."""

PAUSE = "`"
"""What 、 becomes; 。 becomes "!"."""


def fold(text: str) -> str:
    """The text with ASCII figures and punctuation; as long as before.

    >>> fold("２０２４年（６月底）：达到９０％。"), len(fold("【整改目标】")) == len("【整改目标】")
    ('2024年(6月底):达到90%!', True)
    >>> fold("一、“三区”《规划》")
    '一`"三区"<规划>'
    """
    if len(text) < _LONG:
        return _SIGN.sub(_folded, text)
    for sign, plain in _FOLDED.items():
        text = text.replace(sign, plain)
    return text


def _folded(match: re.Match[str]) -> str:
    return _FOLDED[match[0]]
