"""The pages of an original on which a task stands, and one of them as a picture with the task's values lit: run in a
process of its own, like worker.py, and without Django.

`python -m zhenggai.intake.page_image PATH FOLDER SECONDS BYTES` takes an `Asked` as JSON on standard input. It writes the
page numbers as JSON or, when a page is asked for, that page as a PNG; it ends with 3 when nothing can be shown.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

from zhenggai.core.limited import limit
from zhenggai.core.reading.errors import Unreadable
from zhenggai.core.reading.folding import fold
from zhenggai.intake.originals import Box, NoPicture, Original, Written, opened_original

LIT = (255, 240, 180)
SURE = 12  # characters that must agree before a part of a passage counts as found
_LEAST_LINE = 5  # characters of a scan's line that is looked for in a passage

Span = tuple[int, int]


@dataclass(frozen=True)
class Asked:
    """`name` is the file's; `passages` are (words, how often they stand in the text before, the page and box of the cell
    they stand in: 0 and None outside drawn tables); `pages` are those of the task where the reader knew them; `page` is
    the one to draw, 0 to be told which there are."""

    name: str
    passages: list[tuple[str, int, int, Box | None]]
    pages: list[int]
    page: int


def answer(path: Path, folder: Path, asked: Asked) -> list[int] | Image.Image:
    """What standard output gives. Raises NoPicture, or IndexError where there is no such page."""
    original = opened_original(path, asked.name, folder)
    if asked.page and not 1 <= asked.page <= len(original):
        raise IndexError(asked.page)
    if not asked.page and asked.pages:
        return [page for page in asked.pages if page <= len(original)]
    spans = lit_spans(original, asked)
    return drawn(original, asked.page, spans.get(asked.page, [])) if asked.page else sorted(spans)


def lit_spans(original: Original, asked: Asked) -> dict[int, list[Span]]:
    """Page number → the parts of its characters that are to be lit."""
    numbers = [page for page in asked.pages if page <= len(original)] or list(range(1, len(original) + 1))
    pages = {number: original.written(number) for number in numbers}
    text = "".join(page.text for page in pages.values())
    spans: dict[int, list[Span]] = {}
    wanted: list[tuple[str, int]] = []
    for passage, before, number, box in asked.passages:
        words = "".join(fold(passage).split())
        if box and number in pages:
            spans.setdefault(number, []).extend(in_box(pages[number], words, box))
        else:
            wanted.append((words, before))
    found: list[Span] = []
    since = 0  # on the task's own pages the values stand in their order
    for words, before in wanted:
        runs = stretches(words, text, since) if asked.pages else stretches(words, text, nth(words, text, before))
        found += runs
        since = max([since, *(end for _, end in runs)])
    start = 0
    for number, page in pages.items():
        end = start + len(page.text)
        parts = [(max(one, start) - start, min(two, end) - start) for one, two in found if one < end and two > start]
        parts += _lines_of(page, [words for words, _ in wanted])
        if parts:
            spans.setdefault(number, []).extend(parts)
        start = end
    return spans


def in_box(page: Written, words: str, box: Box) -> list[Span]:
    """Where `words` stand among the page's characters in a cell's box; all of these when they read otherwise."""
    left, top, right, bottom = box
    inside = [
        at
        for at, (x0, y0, x1, y1) in enumerate(page.boxes)
        if left <= (x0 + x1) / 2 < right and top <= (y0 + y1) / 2 < bottom
    ]
    found = stretches(words, "".join(page.text[at] for at in inside)) or [(0, len(inside))]
    places = sorted({at for start, end in found for at in inside[start:end]})
    runs: list[Span] = []
    for at in places:
        if runs and runs[-1][1] == at:
            runs[-1] = runs[-1][0], at + 1
        else:
            runs.append((at, at + 1))
    return runs


def nth(words: str, text: str, before: int) -> int:
    """Where `words` stand once `before` others like them have passed; the last of them when there are fewer.

    >>> nth("甲", "甲乙甲丙", 1), nth("甲", "甲乙甲丙", 9), nth("丁", "甲", 2)
    (2, 2, 0)
    """
    at = max(text.find(words), 0)
    for _ in range(before):
        following = text.find(words, at + 1)
        if following < 0:
            break
        at = following
    return at


def stretches(passage: str, text: str, since: int = 0) -> list[Span]:
    """Where `passage`, or its beginning and end when something stands between them, are in `text`, behind `since` if
    they can be.

    >>> stretches("甲乙", "一甲乙二甲乙"), stretches("甲乙", "一甲乙二甲乙", 3), stretches("乙丙", "甲"), stretches("", "甲")
    ([(1, 3)], [(4, 6)], [], [])
    """
    if not passage:
        return []
    if (at := _find(passage, text, since)) >= 0:
        return [(at, at + len(passage))]
    found = []
    if len(passage) > SURE:
        if (at := _find(passage[:SURE], text, since)) >= 0:  # a page ends in it
            found.append((at, at + _agreeing(passage, text[at : at + len(passage)])))
        if (at := _find(passage[-SURE:], text, since)) >= 0:
            end = at + SURE
            found.append((end - _agreeing(passage[::-1], text[max(end - len(passage), 0) : end][::-1]), end))
    return found


def _find(words: str, text: str, since: int) -> int:
    at = text.find(words, since)
    return at if at >= 0 else text.find(words)


def _agreeing(one: str, other: str) -> int:
    for count, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return count
    return min(len(one), len(other))


def _lines_of(page: Written, passages: list[str]) -> list[Span]:
    """The lines of a scan that belong to the passages: a cell's lines do not follow one another on the page.

    What other rows of a table say in the same words is left out: of the runs down the page in which no line comes
    twice, it is the one that holds most, and the shortest of these.
    """
    lines = [
        (start, end)
        for start, end in pairwise([*page.lines, len(page.text)])
        if end - start >= _LEAST_LINE and any(page.text[start:end] in passage for passage in passages)
    ]
    lines.sort(key=lambda line: page.boxes[line[0]][1])
    runs = [_without_repeats(page, lines[at:]) for at in range(len(lines))]
    return max(runs, key=lambda run: _worth(page, run), default=[])


def _without_repeats(page: Written, lines: list[Span]) -> list[Span]:
    seen: set[str] = set()
    run = []
    for start, end in lines:
        if (words := page.text[start:end]) in seen:
            break
        seen.add(words)
        run.append((start, end))
    return run


def _worth(page: Written, run: list[Span]) -> tuple[int, float]:
    tops = [page.boxes[start][1] for start, _ in run]
    return sum(end - start for start, end in run), min(tops) - max(tops)


def drawn(original: Original, number: int, spans: list[Span]) -> Image.Image:
    """The page with these parts of its characters lit."""
    picture = original.picture(number)
    layer = Image.new("RGB", picture.size, "white")
    pen = ImageDraw.Draw(layer)
    for left, top, right, bottom in boxes(original.written(number), spans):
        width, height = picture.size
        pen.rectangle((left * width, top * height, right * width, bottom * height), fill=LIT)
    return ImageChops.multiply(picture, layer)  # like a marker pen: the print stays black


def boxes(page: Written, spans: list[Span]) -> Iterator[Box]:
    """The parts as boxes, one for the characters of a line."""
    for start, end in spans:
        row: list[Box] = []
        for box in page.boxes[start:end]:
            if row and (box[0] < row[-1][0] or box[1] > row[-1][3] or box[3] < row[-1][1]):
                yield _around(row)
                row = []
            row.append(box)
        if row:
            yield _around(row)


def _around(row: list[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*row, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def main(path: str, folder: str, seconds: str, memory: str) -> int:
    limit(int(seconds), int(memory))
    asked = json.load(sys.stdin)
    try:
        given = answer(Path(path), Path(folder), Asked(**asked))
    except (NoPicture, Unreadable, IndexError, MemoryError, RuntimeError, OSError):
        return 3  # RuntimeError: pdfium's, and the recognition's for want of memory
    if isinstance(given, list):
        sys.stdout.write(json.dumps(given))
    else:
        given.save(sys.stdout.buffer, "PNG")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
