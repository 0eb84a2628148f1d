"""Short words made from long ones, by cutting, never by rewording."""

import re

_SENTENCE_END = re.compile(r"[。；;!！?？\n]")
_CLAUSE_END = re.compile(r"[，,]")
HEADLINE = 40


def headline(issue: str) -> str:
    """The first sentence of an issue, or as much of it as a table row can hold.

    >>> headline("秸秆露天焚烧管控不力。2025年8月以来,卫星监测发现火点37处。")
    '秸秆露天焚烧管控不力'
    """
    first = _SENTENCE_END.split(issue.strip(), maxsplit=1)[0]
    if len(first) <= HEADLINE:
        return first
    parts = _CLAUSE_END.split(first)
    cut = parts[0]
    for part in parts[1:]:
        if len(cut) + len(part) + 1 > HEADLINE:
            break
        cut = first[: len(cut) + 1 + len(part)]
    return cut if len(cut) <= HEADLINE * 2 else cut[: HEADLINE * 2 - 1] + "…"
