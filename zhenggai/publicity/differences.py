"""Two versions of a text, side by side in one: what stayed, what went, what came."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

_PIECES = re.compile(r"[^。；\n]*[。；\n]?")


def differences(old: str, new: str) -> list[tuple[str, str]]:
    """Pieces of the text, each "same", "gone" or "new", by sentences.

    >>> differences("一处溢流。已改。", "两处溢流。已改。")
    [('gone', '一处溢流。'), ('new', '两处溢流。'), ('same', '已改。')]
    """
    return list(_differences(_pieces(old), _pieces(new)))


def _pieces(text: str) -> list[str]:
    return [piece for piece in _PIECES.findall(text) if piece]


def _differences(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    for tag, first, last, begin, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield "same", "".join(old[first:last])
            continue
        if last > first:
            yield "gone", "".join(old[first:last])
        if end > begin:
            yield "new", "".join(new[begin:end])
