"""Two versions of a text, side by side in one: what stayed, what went, what came."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

_PIECES = re.compile(r"[^。；\n]*[。；\n]?")
MOST = 4_000_000  # pieces of one text by pieces of the other: a second's work at the worst


def differences(old: str, new: str) -> list[tuple[str, str]]:
    """Pieces of the text, each "same", "gone" or "new", by sentences.

    >>> differences("一处溢流。已改。", "两处溢流。已改。")
    [('gone', '一处溢流。'), ('new', '两处溢流。'), ('same', '已改。')]
    >>> long = differences("题。" + "甲。" * 3000 + "完。", "题。" + "乙。" * 3000 + "完。")
    >>> [(tag, len(text)) for tag, text in long]
    [('same', 2), ('gone', 6000), ('new', 6000), ('same', 2)]
    """
    return list(_differences(_pieces(old), _pieces(new)))


def _pieces(text: str) -> list[str]:
    return [piece for piece in _PIECES.findall(text) if piece]


def _differences(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    start = next(
        (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), min(len(old), len(new))
    )
    most = min(len(old), len(new)) - start
    end = next((at for at in range(most) if old[-1 - at] != new[-1 - at]), most)
    head, tail = old[:start], old[len(old) - end :]
    if head:
        yield "same", "".join(head)
    yield from _between(old[start : len(old) - end], new[start : len(new) - end])
    if tail:
        yield "same", "".join(tail)


def _between(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    """Where two texts begin and end otherwise; what is too long to compare piece by piece is gone or new as a whole."""
    if len(old) * len(new) > MOST:
        yield from (("gone", "".join(old)), ("new", "".join(new)))
        return
    for tag, first, last, begin, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield "same", "".join(old[first:last])
            continue
        if last > first:
            yield "gone", "".join(old[first:last])
        if end > begin:
            yield "new", "".join(new[begin:end])
