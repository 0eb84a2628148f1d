"""From the lines of pages to paragraphs, and what comes back on every page dropped."""

import re
from collections import Counter

from zhenggai.core.reading.document import Dropped, Paragraph
from zhenggai.core.reading.pages import Line, Page
from zhenggai.core.reading.signs import opens_item

_EDGE = 0.09  # share of the page's height in which heads and feet stand
_PAGE_NUMBER = re.compile(
    r"[-—–－·]? ?\d{1,4} ?[-—–－·]?|第 ?\d{1,4} ?页.{0,12}|\d{1,4} ?[/／] ?\d{1,4}|(?i:page) ?\d{1,4}.{0,8}"
)
_UNBROKEN = re.compile(r"(?:[0-9A-Za-z.%]{1,12}|.)[，。、；：！？）》」』”’]*")
_COMES_BACK = 3
_HEADING_NUMBER = re.compile(
    r"[（(][一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]{1,3}、(?![一二三四五六七八九十]{1,3}[、和及])"
)
_ACRONYM = re.compile(r"(?<![A-Za-z])[A-Z]{1,4}$")  # VO|Cs: narrow columns break words that Chinese text does not part
_NOTE = re.compile(r"[（(][^（()）]{2,30}[)）]")
"""A line that is a note in brackets, below a title or a signature."""
_TITLE_SIZE = 1.15  # times the size of the text, at least
_LOOSE = 0.25  # characters by which a measured line may be off
_FULL_LINES = 2  # lines that end at the same place show where the page is full
_FINISHED = "。；：！？.;:)）"
_LEAST_MEASURE = 0.7  # share of the page's width at which a full line ends at the earliest


def drop_running_lines(pages: list[Page]) -> tuple[Dropped, ...]:
    """Takes page numbers, running heads and feet out of the pages; returns what they said."""
    edges = [line for page in pages for line in page.lines if _at_edge(line, page)]
    times = Counter(_wording(line.text) for line in edges)
    dropped = []
    for page in pages:
        gone = [line for line in page.lines if _at_edge(line, page) and _is_running(line, times)]
        dropped += [Dropped(line.text, "page_number" if _is_number(line) else "running_head") for line in gone]
        page.lines = [line for line in page.lines if line not in gone]
        page.glyphs = [
            glyph for glyph in page.glyphs if not any(line.top <= glyph.middle <= line.bottom for line in gone)
        ]
    return tuple(dropped)


def _at_edge(line: Line, page: Page) -> bool:
    return line.bottom < page.height * _EDGE or line.top > page.height * (1 - _EDGE)


def _is_number(line: Line) -> bool:
    return _PAGE_NUMBER.fullmatch(line.text.strip()) is not None


def _is_running(line: Line, times: Counter[str]) -> bool:
    return _is_number(line) or (times[_wording(line.text)] >= _COMES_BACK and len(line.text) < 60)


def _wording(text: str) -> str:
    return re.sub(r"[\d\s]+", "", text)


def paragraphs(stretches: list[tuple[Page, list[int]]]) -> list[Paragraph]:
    """Lines put together to paragraphs; a stretch is a page and which of its lines belong to it.

    Stretches follow one another, so a paragraph may begin on one page and end on the next.
    """
    found: list[Paragraph] = []
    previous: Line | None = None
    body = _body_size(stretches)
    for page, indexes in stretches:
        left, right = _margins(page)
        for index in indexes:
            line = page.lines[index]
            if previous is not None and (
                _runs_on(previous, line, left, right) or _is_one_title(previous, line, (left + right) / 2, body)
            ):
                found[-1] = Paragraph(_joined(found[-1].text, line.text), found[-1].page)
            else:
                found.append(Paragraph(line.text, page.number))
            previous = line
    return found


def _margins(page: Page) -> tuple[float, float]:
    """Where lines begin and end when they fill the page."""
    left = min((line.left for line in page.lines), default=0.0)
    right = max([page.width * _LEAST_MEASURE, *(line.right for line in page.lines)])
    if sum(line.right > right - line.size for line in page.lines) >= _FULL_LINES:
        return left, right
    return left, max(right, page.width - left)  # one long line alone fills nothing: margins are alike on both sides


def _body_size(stretches: list[tuple[Page, list[int]]]) -> float:
    """The size in which most characters are set."""
    sizes: Counter[int] = Counter()
    for page, indexes in stretches:
        for index in indexes:
            sizes[round(page.lines[index].size)] += len(page.lines[index].text)
    return float(max(sizes, key=lambda size: sizes[size], default=0))


def _is_one_title(line: Line, following: Line, middle: float, body: float) -> bool:
    """Whether two lines are one title: larger than the text, in one size, centred, close to each other."""
    return (
        min(line.size, following.size) > _TITLE_SIZE * body
        and abs(line.size - following.size) < 0.1 * line.size
        and 0 < following.top - line.bottom < 1.2 * line.size
        and all(abs((one.left + one.right) / 2 - middle) < 1.5 * one.size for one in (line, following))
        and line.text[-1:] not in _FINISHED
    )


def _runs_on(line: Line, following: Line, left: float, right: float) -> bool:
    reaches_margin = line.right > right - (0.6 + _first_unit(following.text)) * line.size
    starts_at_margin = following.left < left + 0.9 * following.size
    same_script = abs(line.size - following.size) < 0.2 * line.size
    apart = _opens_item(line, following) or _NOTE.fullmatch(following.text) is not None
    return reaches_margin and starts_at_margin and same_script and not apart


def _opens_item(line: Line, following: Line) -> bool:
    """A number at the margin opens an item only after a finished line: "到" / "2024、2025年" does not."""
    if not opens_item(following.text):
        return False
    return line.text[-1:] in _FINISHED or (
        _HEADING_NUMBER.match(following.text) is not None and line.text[-1:] not in "第、，（(和及至"
    )


def _joined(before: str, after: str) -> str:
    words = before[-1:].isascii() and before[-1:].isalpha() and after[:1].isascii() and after[:1].isalpha()
    return f"{before} {after}" if words and not _ACRONYM.search(before) else before + after


def _first_unit(text: str) -> float:
    """The width, in characters, of what must stay together at the start of a line: it did not fit on the one before.

    >>> _first_unit("务，不留"), _first_unit("2024年"), _first_unit("整改")
    (2.0, 2.0, 1.0)
    """
    match = _UNBROKEN.match(text)
    return sum(0.5 if letter.isascii() else 1.0 for letter in match[0]) if match else 1.0


def cell_text(lines: list[Line], room: float) -> str:
    """The lines of a table cell; those run on that leave no room for what the next begins with, of `room` points."""
    text = ""
    previous: Line | None = None
    for line in lines:
        if previous is None:
            text = line.text
        elif not _fits_behind(previous, line, room) and not opens_item(line.text):
            text = _joined(text, line.text)
        else:
            text += "\n" + line.text
        previous = line
    return text


def _fits_behind(line: Line, following: Line, room: float) -> bool:
    return line.right - line.left + (_first_unit(following.text) + _LOOSE) * line.size <= room
