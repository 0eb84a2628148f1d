"""The fragments of upload sites, which show a document as numbered slices: "1、…督察反馈意" / "2、见整改…".

The numbers rise by one through the whole document and stand where a slice is full, mostly within a sentence. A real
list has its numbers where items begin, after finished sentences or between short names, so it is left alone.
"""

import re
from itertools import pairwise

from zhenggai.core.reading.cleaning.draft import Cut, Draft
from zhenggai.core.reading.signs import is_unfinished, opens_item

_AT_LINE = re.compile(r"(?:\A|(?<=\n))[ \t]*(\d{1,4})`[ \t]*")
_ANYWHERE = re.compile(r"(\d(?<![\s\d.,/].)(?<!\d`.)\d{0,3})`[ \t]*")
_OWN_MARK = re.compile(r"[ \t]*\d{1,4}、|$")
_WRONG_START = frozenset("，。；：、！？）》”’,;:)!?")
_LEAST_SLICES, _LEAST_UNEVEN = 3, 5
_LONGEST_HEADING = 24
_LEAST_LENGTH = 120  # characters; items of real lists without a full stop are names or phrases
_EVEN = 0.15  # by how much slices of one size differ: page numbers have been taken out of some
_FIELD_ENDS = (
    *"局委办厅府会室组处队站司部院镇乡区县市州村所校某底前日月年季改", "中心", "配合", "牵头", "负责", "落实", "坚持", "推进", "长期", "年度", "负责人", "街道",
)  # fmt: skip
"""A cut at any place falls behind one of these now and then, the end of a task's last field nearly always."""
_RULE = "upload_fragment"

Mark = re.Match[str]


def find(draft: Draft) -> list[Cut]:
    """The slice numbers and the line breaks before them, or nothing when the document was not sliced."""
    folded = draft.folded
    if "1`" not in folded or "2`" not in folded:
        return []
    on_upload_site = any(removed.rule == "upload_site" for removed in draft.removed)
    for pattern in (_AT_LINE, _ANYWHERE):
        chain = _chain(draft.text, list(pattern.finditer(folded)))
        if _is_sliced(draft.text, chain, pattern is _ANYWHERE, on_upload_site):
            keeps_lines = _has_own_lines(draft.text, chain)
            return [_cut(draft.text, mark, keeps_lines) for mark in chain]
    return []


def _chain(text: str, marks: list[Mark]) -> list[Mark]:
    """Marks numbered 1, 2, 3 …; where several could be next, the one that breaks a sentence."""
    places: dict[int, list[Mark]] = {}
    for mark in marks:
        places.setdefault(int(mark[1]), []).append(mark)
    chain: list[Mark] = []
    position = -1
    for number in range(1, len(marks) + 1):
        later = [mark for mark in places.get(number, []) if mark.start() > position]
        if not later:
            break
        chosen = next((mark for mark in later if number > 1 and _breaks(text, mark)), later[0])
        chain.append(chosen)
        position = chosen.end()
    return chain


def _breaks(text: str, mark: Mark) -> bool:
    """Whether the mark stands within a sentence. Lines with a label or number (`责任单位：……`) end without a stop."""
    before = text[max(0, mark.start() - 200) : mark.start()].rstrip()
    if text[mark.end() : mark.end() + 1] in _WRONG_START:
        return True
    last_line = before[before.rfind("\n") + 1 :] if "\n" in before else ""
    return is_unfinished(before) and (_OWN_MARK.match(last_line) is not None or not opens_item(last_line))


def _is_sliced(text: str, chain: list[Mark], inside_lines: bool, on_upload_site: bool) -> bool:
    """Whether the marks cut the text: on a site known to slice a few do; else many, the more uneven the slices are."""
    if len(chain) < (2 if on_upload_site else _LEAST_SLICES):
        return False
    lengths = [after.start() - before.end() for before, after in pairwise(chain)]
    middle = sorted(lengths)[len(lengths) // 2]
    if middle < _LEAST_LENGTH or (not on_upload_site and _follow_fields(text, chain[1:])):
        return False
    even = sum(abs(length - middle) <= _EVEN * middle for length in lengths) >= 0.7 * len(lengths)
    broken = sum(_breaks(text, mark) for mark in chain[1:]) / (len(chain) - 1)
    if inside_lines:
        return even and broken >= 0.7
    if on_upload_site:
        return broken >= 0.3 or (even and not text[: chain[0].start()].strip())
    return broken >= 0.4 if even else broken >= 0.7 and len(chain) >= _LEAST_UNEVEN


def _follow_fields(text: str, chain: list[Mark]) -> bool:
    """Whether the marks mostly stand behind what fields end in, a unit or a limit, or behind a heading: they number tasks."""
    ends = 0
    for mark in chain:
        before = text[max(0, mark.start() - 200) : mark.start()].rstrip()
        line = before[before.rfind("\n") + 1 :] if "\n" in before else before
        ends += before.endswith(_FIELD_ENDS) or (len(line) <= _LONGEST_HEADING and not set("，。；") & set(line))
    return ends >= 0.6 * len(chain)


def _has_own_lines(text: str, chain: list[Mark]) -> bool:
    """Whether the slices kept line breaks of their own."""
    return any("\n" in text[before.end() : after.start()].strip() for before, after in pairwise(chain))


def _cut(text: str, mark: Mark, keeps_lines: bool) -> Cut:
    """The mark with the blank lines before it; one line break stays where the sentence was finished anyway."""
    start = _stripped_end(text, mark.start())
    if start and keeps_lines and not _breaks(text, mark) and "\n" in text[start : mark.start()]:
        start = text.index("\n", start) + 1
    return Cut(start, mark.end(), _RULE)


def _stripped_end(text: str, end: int) -> int:
    while end > 0 and text[end - 1].isspace():
        end -= 1
    return end
