"""Small signs by which readers and cleaning tell where something begins or ends, before any grammar is applied."""

import re
from typing import NamedTuple

from zhenggai.core.reading.folding import HAN, fold
from zhenggai.core.reading.numerals import CIRCLED, to_number

# What a publishing page says about a document; the words are those of the government information directories.
METADATA_LABELS = (
    "索引号", "信息索引", "发文字号", "文号", "文件编号", "发文机关", "发布机构", "发文单位", "制发机关", "发布单位", "公开机构", "信息来源",
    "成文日期", "发文日期", "发布日期", "发布时间", "发表时间", "公开日期", "生成日期", "主题分类", "主题词", "效力状态", "有效性",
    "文件类别", "文件状态", "信息分类", "公开方式", "公开范围", "体裁分类", "标题", "名称", "来源", "日期", "责任编辑", "编辑", "浏览次数",
    "阅读次数", "点击数", "访问量", "字号", "分类", "信息名称", "作者", "废止日期", "生效日期", "有效期",
)  # fmt: skip
_LONGEST_FIRST = sorted(METADATA_LABELS, key=len, reverse=True)
_ANY_METADATA = re.compile("|".join(METADATA_LABELS))

_PARTS = frozenset(" \u3000:：|｜\t\n") | {""}
_SENTENCE_END = frozenset("。！？；：…!?;:")
_CLOSERS = frozenset("”’》」』）)】〉\"'")
_BULLETS = frozenset("●■◆★▲•·□" + CIRCLED)
NO_FRACTION = r"(?!\d(?!\d{3} ?年))"
"""After the point of an item's number: no digit, unless a year follows (`2.2017年以来`)."""
_OPENING = re.compile(
    rf"\d{{1,3}}[.`]{NO_FRACTION}|\( ?(?P<bracketed>\w{{1,3}}) ?\)|\d{{1,3}}\)|(?P<paused>{HAN}{{1,3}})`|-{{1,2}}"
    rf"|\[{HAN}{{2,10}}\]|{HAN}(?: *{HAN}){{1,9}} ?(?:\([^()]{{1,6}}\) ?)?:|{HAN}{{4,8}} {{2,}}(?=\S)|附件?\d|第(?P<nth>\w{{1,4}}?)(?:章|节|条|项|篇|部分)"
)


class MetadataLabel(NamedTuple):
    """A metadata label without inner spaces, and its [start, end) in the text."""

    name: str
    start: int
    end: int


def metadata_labels(text: str) -> list[MetadataLabel]:
    """The metadata labels of a text in order: parted from what follows by a sign, white space or the line's end.

    >>> [label.name for label in metadata_labels("索 引 号: 7911 发文字号：某环〔2024〕3号")]
    ['索引号', '发文字号']
    >>> metadata_labels("要按日期报送")
    []
    """
    compact = text.replace(" ", "").replace("\u3000", "")
    if not _ANY_METADATA.search(compact):
        return []
    names = [name for name in _LONGEST_FIRST if name in compact]
    offsets = [offset for offset, character in enumerate(text) if character not in " \u3000"]
    found: list[MetadataLabel] = []
    taken: set[int] = set()
    for name in names:
        place = compact.find(name)
        while place >= 0:
            start, end = offsets[place], offsets[place + len(name) - 1] + 1
            if place not in taken and place + len(name) - 1 not in taken and _stands_alone(text, start, end):
                found.append(MetadataLabel(name, start, end))
                taken.update(range(place, place + len(name)))
            place = compact.find(name, place + 1)
    return sorted(found, key=lambda label: label.start)


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    return not _is_han(before) and after in _PARTS


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def opens_item(text: str) -> bool:
    """Whether a line opens a new item: with a number, a bullet, a label and its colon.

    >>> [opens_item(line) for line in ("（一）目标", "1.甲", "责任单位：乙", "责任单位(人)：乙", "● 丙", "达到2024年", "其他、有关")]
    [True, True, True, True, True, False, False]
    """
    line = fold(text[:40]).lstrip()
    if line[:1] in _BULLETS and line:
        return True
    match = _OPENING.match(line)
    if match is None:
        return False
    number = match["bracketed"] or match["paused"] or match["nth"]
    return number is None or to_number(number) is not None


def is_unfinished(before: str) -> bool:
    """Whether a text that ends like this breaks off within a sentence.

    >>> is_unfinished("压实整改责"), is_unfinished("（试行）"), is_unfinished("落实到位。"), is_unfinished("“回头看”")
    (True, False, False, False)
    """
    last = before.rstrip()[-1:]
    return bool(last) and last not in _SENTENCE_END and last not in _CLOSERS


def widths(lines: list[str]) -> list[int]:
    """How wide each line prints: 2 for a Chinese character or full-width sign, 1 for others.

    >>> widths(["2024年", "整改"])
    [6, 4]
    """
    encoded = "\n".join(lines).encode("gb18030", "replace")  # its bytes are the columns of a Chinese terminal
    return list(map(len, encoded.split(b"\n")))
