"""Titles and signatures set on two lines: `某市人民政府` / `关于……的公示`, `……督察反馈意见` / `整改工作领导小组`.

A line break inside a title is layout, not the document's words. Only lines without the signs of a sentence are
joined, and only where the first ends and the second begins as such lines do.
"""

import re

from zhenggai.core.reading.cleaning.draft import Cut, Draft
from zhenggai.core.reading.signs import opens_item

_OPEN_ENDS = ("关于", "关于印发", "反馈意见", "反馈问题", "督察整改", "委员会", "人民政府", "办公室", "办公厅", "局")
_BEGINNINGS = ("关于", "整改", "贯彻落实", "<", "问题整改")
_LAST_SIGNS = "".join({word[-1] for word in _OPEN_ENDS})
_BREAK = re.compile(rf"\n(?<=[{_LAST_SIGNS})]\n)\n*(?={'|'.join(_BEGINNINGS)})")
"""A line break that may stand inside a title, told by the words around it."""

_BEFORE_NOTE = re.compile(
    r"\n *(?=\((?:[^()\n]{0,8}稿|试行|暂行|修订[版本]?|(?:20\d\d ?年?)(?: ?[-—–~至到]{1,2} ?20\d\d ?年?)?(?:度|修订)?)\) *(?:\n|$))"
)
"""The line break between a title and what belongs to it in brackets: a draft's name, the years that a plan is for."""
_NOTE_WITHIN = 600  # characters: where titles stand
_PAPERS = (
    "方案",
    "计划",
    "办法",
    "细则",
    "意见",
    "清单",
    "规划",
    "要点",
    "规定",
    "措施",
    "通知",
    "报告",
    "台账",
    "制度",
)

_ABOUT_UNIT = ("委员会", "人民政府", "办公室", "办公厅", "局")
_SHORTEST, _LONGEST = 8, 70  # names of columns and fields are shorter
_SIGNS = frozenset("!,;:|`\t")


def find(draft: Draft) -> list[Cut]:
    """The line breaks inside titles and signatures.

    >>> from zhenggai.core.reading import Document, Paragraph
    >>> from zhenggai.core.reading.cleaning.draft import draft_of
    >>> lines = "某区关于督察反馈问题（序号1）", "整改情况的公示", "一、反馈问题"
    >>> draft = draft_of(Document("a.txt", "text", tuple(map(Paragraph, lines))))
    >>> draft.without(find(draft)).text.split()
    ['某区关于督察反馈问题（序号1）整改情况的公示', '一、反馈问题']
    """
    tables, metadata = draft.in_table(), draft.in_metadata()
    folded = draft.folded
    cuts = []
    for match in _BREAK.finditer(folded):
        start, following = folded.rfind("\n", 0, match.start()) + 1, match.end()
        end = folded.find("\n", following)
        if (
            start not in tables
            and start not in metadata
            and following not in metadata
            and _runs_on(folded[start : match.start()], folded[following : len(folded) if end < 0 else end])
        ):
            cuts.append(Cut(match.start(), following, "broken_title"))
    for match in _BEFORE_NOTE.finditer(folded, 0, _NOTE_WITHIN):
        start = folded.rfind("\n", 0, match.start()) + 1
        line = folded[start : match.start()].strip()
        if start not in tables and start not in metadata and line.endswith(_PAPERS) and not _SIGNS & set(line):
            cuts.append(Cut(match.start(), match.end(), "broken_title"))
    return cuts


def _runs_on(line: str, following: str) -> bool:
    if not _SHORTEST <= len(line) <= _LONGEST or len(following) > _LONGEST or _SIGNS & set(line) or opens_item(line):
        return False
    bare = line[: line.rfind("(")] if line.endswith(")") and "(" in line else line
    if not bare.endswith(_OPEN_ENDS) or not following.startswith(_BEGINNINGS) or _SIGNS & set(following):
        return False
    return following.startswith(("关于", "<")) or not bare.endswith(_ABOUT_UNIT)
