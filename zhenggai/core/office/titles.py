"""Breaking a long title into lines (GB/T 9704—2012, 7.3.1: 回行时，要做到词意完整，排列对称，长短适宜)."""

import math

from zhenggai.core.office.text import width

# 156 mm hold 20 characters of size 2 (22 pt).
CHARACTERS_OF_A_TITLE_LINE = 20
NEVER_FIRST = "，。、；：？！）》〉”’】〕%"
NEVER_LAST = "（《〈“‘【〔"
ENDS_A_PHRASE = "的、》”）"
BREAK_INSIDE_A_PHRASE = 1.5


def title_lines(title: str, most: int = CHARACTERS_OF_A_TITLE_LINE) -> list[str]:
    """The lines of a title: its own line ends are kept, longer lines are split into even ones.

    >>> title_lines("关于限期整改的督办函")
    ['关于限期整改的督办函']
    >>> title_lines("某某市生态环境保护督察整改办公室关于加快推进黑臭水体整治任务的督办函")
    ['某某市生态环境保护督察整改办公室', '关于加快推进黑臭水体整治任务的督办函']
    """
    return [line for part in title.split("\n") if part.strip() for line in _even_lines(part.strip(), most)]


def _even_lines(text: str, most: int) -> list[str]:
    lines: list[str] = []
    while width(text) > most:
        rest = math.ceil(width(text) / most)
        cut = min(_cuts(text, most), key=lambda cut: _awkwardness(text, cut, width(text) / rest))
        lines.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*lines, text]


def _cuts(text: str, most: int) -> list[int]:
    cuts = [cut for cut in range(1, len(text)) if width(text[:cut]) <= most]
    return [cut for cut in cuts if _allowed(text[cut - 1], text[cut])] or [cuts[-1]]


def _allowed(last: str, first: str) -> bool:
    inside_a_word = last.isascii() and first.isascii() and last.isalnum() and first.isalnum()
    return not inside_a_word and first not in NEVER_FIRST and last not in NEVER_LAST


def _awkwardness(text: str, cut: int, wanted: float) -> float:
    between_phrases = text[cut - 1] in ENDS_A_PHRASE or text.startswith(("关于", "《"), cut)
    return abs(width(text[:cut]) - wanted) + (0 if between_phrases else BREAK_INSIDE_A_PHRASE)
