"""Lists of counts: `长沙市59件、株洲市5件`, `大气类9件，水污染8件`, `属实152件，不属实4件`.

A list is a run of names with figures that only separators part. What it lists, places, types or outcomes, is told by
its names. `A、B各1件` counts for each; `娄底市9（+1）件` counts the pieces before some were split.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from zhenggai.core.grammar.complaint_words import CHANNELS, STATES, TYPES, VERDICTS
from zhenggai.core.grammar.places import Span
from zhenggai.core.reading.folding import HAN

Sort = Literal["region", "type", "verdict", "state", "channel", "other"]

_UNIT = r"(?:件|宗|起|个|条)(?:问题|信访件|举报件)?"
_ENTRY = re.compile(
    rf"(?P<names>(?:{HAN}|`|\"|\([^()\n\d]{{1,16}}\)){{1,60}}?)(?P<each>各有?|分别|均为)? ?:? ?(?P<count>\d{{1,6}}) ?(?:\(\+\d+\) ?)?{_UNIT}"
    rf"(?P<with>\([^()\n]{{1,40}}\))?"
)
_REVERSED = re.compile(
    rf"(?P<count>\d{{1,6}}) ?(?:件|宗|起|个)(?:为|举报|投诉|问题|信访件|已|,)?(?P<name>{'|'.join((*VERDICTS, *STATES))})(?! ?\d)"
)
_SEPARATORS = "`,; 和及与\n!"
_LEADING = re.compile(
    r"^.*(?:其中|涉及|分布在|分布为|分别为|分别是|包括|此批|按[^`]{1,14}分为?|转办|交办|来看|共有|主要为|主要是|类型为|经查(?=属|部|不|基)|经核[查实](?=属|部|不|基)|反映|为:|移交|有关|以及)(?!部门|单位)"
)
_OF_TOTAL = re.compile(r"(?:件|宗|起|个)(?:群众|信访|举报|交办|转办|问题|件)*中?")
"""What follows the total that an entry is a part of: `31件信访件已办结20件`."""
_PLACES = (
    "市", "区", "县", "州", "盟", "旗", "镇", "乡", "街道", "厅", "局", "委", "部门", "单位", "兵团", "师", "公司", "新城", "园区", "示范区", "集团", "管委会", "办事处", "高新", "经开",
    "办", "市直", "省直", "州直", "区直", "县直", "经济区", "农场", "林区", "口岸", "武汉局", "合办件", "其余", "垦区", "矿区", "港", "地区",
)  # fmt: skip
_TYPE_AROUND = re.compile(
    r"^(?:涉及?|与)?(?P<core>.+?)(?:环境)?(?:污染)?(?:方面|类型|类|破坏|环境)?(?:的)?(?:问题|举报)?$"
)
_MOST_CORES = 6


class Entry(NamedTuple):
    """One name with its count, at [start, end) of the text."""

    start: int
    end: int
    number: int


class Listing(NamedTuple):
    """A run of entries of one sort, and the stretch it fills."""

    sort: Sort
    entries: tuple[Entry, ...]
    span: Span

    @property
    def total(self) -> int:
        """What the counts add up to."""
        return sum(entry.number for entry in self.entries)


def find_listings(folded: str) -> list[Listing]:
    """The lists of counts of a text in their order; a single count is a list of one.

    >>> text = "其中长沙市59件`娄底市9(+1)件,甲厅`乙厅各1件;涉及大气8个,水3个"
    >>> [(one.sort, [(text[e.start:e.end], e.number) for e in one.entries]) for one in find_listings(text)]
    [('region', [('长沙市', 59), ('娄底市', 9), ('甲厅', 1), ('乙厅', 1)]), ('type', [('大气', 8), ('水', 3)])]
    """
    found: list[Listing] = []
    run: list[tuple[Sort, list[Entry], Span]] = []
    for match in _ENTRY.finditer(folded):
        entries = _entries(folded, match)
        if not entries:
            continue
        sort = sort_of(folded[entries[0].start : entries[0].end])
        span = entries[0].start, match.end()
        if run and not _joins(folded, run[-1], sort, span[0]):
            found.append(_listing(folded, run))
            run = []
        run.append((sort, entries, span))
    if run:
        found.append(_listing(folded, run))
    return [*found, *_reversed(folded)]


def _reversed(folded: str) -> Iterator[Listing]:
    """`152件属实、4件不属实`."""
    entries = [
        (Entry(*match.span("name"), int(match["count"])), match.span(), sort_of(match["name"]))
        for match in _REVERSED.finditer(folded)
    ]
    for sort in ("verdict", "state"):
        same = [(entry, span) for entry, span, one in entries if one == sort]
        if same:
            yield Listing(sort, tuple(entry for entry, _ in same), (same[0][1][0], same[-1][1][1]))


_SHARE = re.compile(r",? ?\(?(?:约?占(?:比|总数的?|总量的?)?)? ?\d{1,3}(?:\.\d+)?%\)?")
_ACTS = re.compile(r"(?:交办|转办|督办|移交|受理|收到|办理|承办|查办|合计|总计|小计|共计?|累计|转交|处理|立案)$")
_OTHER_CLASSES = re.compile(r"行业|领域分|级别|渠道|来源")


def _joins(folded: str, before: tuple[Sort, list[Entry], Span], sort: Sort, start: int) -> bool:
    """Whether an entry goes on the list of the one before: same sort, nothing but separators between."""
    between = _SHARE.sub("", folded[before[2][1] : start])
    if between.strip(_SEPARATORS) or "!" in between or "\n" in between:
        return False
    if sort == before[0] or (sort == "type" and before[0] == "other"):
        return True
    if "other" in {sort, before[0]}:
        return folded.startswith("类", before[1][-1].end - 1)  # 工业类、城市管理类
    return {sort, before[0]} <= {"region", "type"} and folded.startswith(("其他", "其它", "其余"), start)


def _listing(folded: str, run: list[tuple[Sort, list[Entry], Span]]) -> Listing:
    sorts = [sort for sort, entries, _ in run for _ in entries]
    main = max(dict.fromkeys(sorts), key=sorts.count)
    first = run[0][2][0]
    line = max(folded.rfind(sign, 0, first) for sign in "!\n;")
    if _OTHER_CLASSES.search(folded, max(line, first - 40, 0), first):
        main = "other"
    return Listing(main, tuple(entry for _, entries, _ in run for entry in entries), (run[0][2][0], run[-1][2][1]))


def _entries(folded: str, match: re.Match[str]) -> list[Entry]:
    """The names that share this count: several before 各, else one."""
    start, end = match.span("names")
    of_total = _OF_TOTAL.match(folded, start, end) if folded[start - 1 : start].isdecimal() else None
    start = of_total.end() if of_total and of_total.end() < end else start
    leading = _LEADING.match(folded[start:end])
    if leading and leading.end() < end - start:
        start += leading.end()
    while start < end and folded[start] in '`" ':
        start += 1
    names = folded[start:end]
    count = int(match["count"])
    if match["each"]:
        parts = [(start + one.start(), start + one.end()) for one in re.finditer(r"(?:(?!`|和|及|与)[^\"])+", names)]
    elif "`" in names and sort_of(names.rpartition("`")[2]) == "region":
        parts = [(start + names.rfind("`") + 1, end)]
    else:
        parts = [(start, end)]
    return [Entry(*_bare(folded, *part), count) for part in parts if part[0] < part[1]]


def _bare(folded: str, start: int, end: int) -> Span:
    """The name without 涉及 before and 问题 after it."""
    if folded.startswith("涉及", start):
        start += 2
    for ending in ("环境问题", "问题"):
        if folded.endswith(ending, start, end) and end - start > len(ending):
            return start, end - len(ending)
    return start, end


def sort_of(name: str) -> Sort:
    """What a name in a list of counts names.

    >>> [sort_of(name) for name in ("长沙市", "水污染", "涉气", "属实", "阶段性办结", "来电", "大气和噪声污染", "重点件")]
    ['region', 'type', 'type', 'verdict', 'state', 'channel', 'type', 'other']
    """
    plain = name.strip('" ').partition("(")[0].removeprefix("已经")
    if plain.endswith(CHANNELS):
        return "channel"
    if plain.endswith(VERDICTS):
        return "verdict"
    if plain.endswith(STATES):
        return "state"
    cores = re.split(r"`|和|与|及|/", plain)
    if len(cores) <= _MOST_CORES and all(_is_type(core) for core in cores):
        return "type"
    return "region" if plain.endswith(_PLACES) and not _ACTS.search(plain) else "other"


def _is_type(words: str) -> bool:
    match = _TYPE_AROUND.match(words)
    return match is not None and (match["core"] in TYPES or words in TYPES)
