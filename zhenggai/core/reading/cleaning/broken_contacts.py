"""Mail addresses and telephone numbers that a line break cut in two: no sign of them stands for a line's end.

Texts of a few lines show no width at which a program broke them; these words are whole all the same.
"""

import re

from zhenggai.core.reading.cleaning.draft import Cut, Draft

_BREAK = re.compile(r"\n(?<=[A-Za-z0-9@.-]\n)(?=[A-Za-z0-9@])")
_BEFORE, _AFTER = re.compile(r"[A-Za-z0-9@._+-]+\Z"), re.compile(r"[A-Za-z0-9@._+-]+")
_LONGEST = 60
_MAIL = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_PHONE = re.compile(r"0\d{2,3}-\d{7,8}|1[3-9]\d{9}|[48]00-\d{3,4}-?\d{3,4}")
_MAIL_LABEL = re.compile(r"(?:邮箱|邮件|信箱)(?:地址)? ?[:为是]? ?\Z")


def find(draft: Draft) -> list[Cut]:
    """The line breaks inside addresses and numbers.

    >>> from zhenggai.core.reading import Document, Paragraph
    >>> from zhenggai.core.reading.cleaning.draft import draft_of
    >>> lines = "电话0593-", "6620118,邮箱pg@", "ping.example.cn,网址", "www.ping.example.cn"
    >>> draft = draft_of(Document("a.txt", "text", tuple(map(Paragraph, lines))))
    >>> draft.without(find(draft)).text.split()
    ['电话0593-6620118,邮箱pg@ping.example.cn,网址', 'www.ping.example.cn']
    """
    if "@" not in draft.text and "-" not in draft.text and "电话" not in draft.text:
        return []
    tables, folded = draft.in_table(), draft.folded
    cuts = []
    for match in _BREAK.finditer(folded):
        at = match.start()
        before = _BEFORE.search(folded, max(0, at - _LONGEST), at)
        after = _AFTER.match(folded, at + 1, at + _LONGEST)
        if before and after and at not in tables and _is_one(folded[: before.start()], before[0], after[0]):
            cuts.append(Cut(at, at + 1, "broken_contact"))
    return cuts


def _is_one(text: str, before: str, after: str) -> bool:
    whole = (before + after).rstrip(".")
    if _PHONE.fullmatch(whole):
        return len(before) > 2 and _PHONE.fullmatch(before) is None
    if not _MAIL.fullmatch(whole):
        return False
    if "@" in before:
        return _MAIL.fullmatch(before) is None
    return after.startswith("@") or _MAIL_LABEL.search(text[-8:]) is not None
