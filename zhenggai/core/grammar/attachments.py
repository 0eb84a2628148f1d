"""The list of attachments that a paper ends with: `附件：1.…分解表 2.…责任表`."""

import re

from zhenggai.core.grammar.places import Span, trimmed

_LIST = re.compile(
    r"^ *(?:附(?:件|表) ?(?:清单)?(?P<number>\d{0,2}) ?: ?|(?:\w{1,3}[`.] ?)?附(?:件|表)(?:清单)?[ !]*\n(?= *\(?1 ?[)`.](?!\d)))",
    re.MULTILINE,
)
"""`附件：`, or a heading above a list that counts from one."""
_ITEM = re.compile(
    r"(?:^|(?<=[\n :;]))(?:(?:附(?:件|表) ?)?(?P<number>\d{1,2}) ?[.`:](?!\d)|\((?P<bracketed>\d{1,2})\)) ?",
    re.MULTILINE,
)
_LONGEST = 120
_MOST_LINES = 30
_NO_ATTACHMENT = re.compile(r"(?:20\d\d|二零\w\w) ?年 ?\w{1,3} ?月|抄送|主办|\(此件|扫一扫|联系人")


def find_attachments(text: str, folded: str) -> list[Span]:
    """Where the names of the attachments stand, without their numbers, in the order of the last list of them.

    >>> text = "附件：1.任务分解表\\n2.指标表\\n2020年1月1日"
    >>> from zhenggai.core.reading.folding import fold
    >>> [text[slice(*span)] for span in find_attachments(text, fold(text))]
    ['任务分解表', '指标表']
    """
    lists = list(_LIST.finditer(folded))
    if not lists:
        return []
    found: list[Span] = []
    for match in lists if all(one["number"] for one in lists) else lists[:1]:
        found += _names(text, folded, match.end())
    return found


def _names(text: str, folded: str, start: int) -> list[Span]:
    """The numbered names from here on, or the one name on this line or the next."""
    spans: list[Span] = []
    for _ in range(_MOST_LINES):
        end = folded.find("\n", start)
        end = len(folded) if end < 0 else end
        items = _counted(folded, start, end, len(spans) + 1)
        for item, last in zip(items, [*(one.start() for one in items[1:]), end], strict=False):
            spans += _name(text, folded, item.end(), last)
        if not items and folded[start:end].strip():
            return spans or _name(text, folded, start, end)
        if end == len(folded):
            break
        start = end + 1
    return spans


def _counted(folded: str, start: int, end: int, expected: int) -> list[re.Match[str]]:
    """The numbers of a line that go on counting."""
    found: list[re.Match[str]] = []
    for match in _ITEM.finditer(folded, start, end):
        if int(match["number"] or match["bracketed"]) == expected + len(found):
            found.append(match)
    return found


def _name(text: str, folded: str, start: int, end: int) -> list[Span]:
    span = trimmed(text, (start, end), " \t\n；;。")
    if span[0] >= span[1] or span[1] - span[0] > _LONGEST or _NO_ATTACHMENT.match(folded, *span):
        return []
    return [span]
