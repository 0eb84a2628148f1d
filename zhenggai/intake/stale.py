"""An import's row that two people have open: what a page showed is compared with what stands there now."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing

from zhenggai.accounts.decisions import Stale
from zhenggai.intake import drafts
from zhenggai.intake.models import UNIT_FIELDS, Item
from zhenggai.ledger.models import DueKind, Duty

SALT = "intake item"
NOT_WHOLE = "页面不完整，请重新打开再办"
LABELS = {
    "serial": "序号", "issue": "反馈问题", "goal": "整改目标", "measures": "整改措施", "deadline": "整改时限", "category": "类别",
    **{key: Duty.Part(part).label for part, key in UNIT_FIELDS.items()}, "responsible_persons": "责任人",
}  # fmt: skip

Values = dict[str, Any]  # the item's key and serial, and its values in the shape of `drafts.plain`


def values_of(item: Item) -> Values:
    """What a page shows of the item, as values that JSON keeps. The key stays when a split moves the items after it."""
    return {"item": item.pk, "serial": item.serial, **drafts.plain(item.data)}


def refuse_changed(item: Item, seen: Values | None) -> None:
    """Raises Stale when other values stand in the item (under lock) than the person saw; `seen` is None off the screen."""
    if seen is not None and values_of(item) != seen:
        raise Stale(f"{item}在你打开以后被别人改过，没有办理。请看过现在的内容再定。")


def digests(items: Iterable[Item]) -> dict[str, str]:
    """Key → a digest of what a page shows, for a page of many items."""
    return {str(item.pk): _digest(values_of(item)) for item in items}


def _digest(values: Values) -> str:
    return hashlib.sha256(json.dumps(values, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:20]


def of_many(items: Sequence[Item]) -> Values:
    """What a page of many items carries: their digests, and the values of those that people wrote. What was read of a
    document is kept with each item, so that a page of a thousand of them stays small."""
    written = {str(item.pk): values_of(item) for item in items if item.is_edited or item.is_added}
    return {"digests": digests(items), "written": written}


@dataclass(frozen=True)
class Changed:
    """An item that is not as a page of many showed it: what became of it in words, and both versions (rows)."""

    item: Item
    what: str
    rows: list[dict[str, Any]]


def changed(items: Iterable[Item], seen: Values) -> list[Changed]:
    """Which of a proposal's `items`, whatever was decided on them, are not what a page showed as open (of_many)."""
    found = []
    for item in items:
        then, is_open = seen["digests"].get(str(item.pk)), item.is_pending
        if then is None and is_open:
            found.append(Changed(item, "你打开以后才有的（拆出或补录）", []))
        elif then is not None and not is_open:
            found.append(Changed(item, f"已由{item.decided_by}{item.get_decision_display()}", []))
        elif then is not None and _digest(now := values_of(item)) != then:
            before = _before(item, then, seen["written"].get(str(item.pk)))
            told = "" if before else "拆过或并过，打开时的样子看原文"
            found.append(Changed(item, told, rows(before, now, before) if before else []))
    return found


def _before(item: Item, digest: str, written: Values | None) -> Values | None:
    """The values that had `digest`: those that the page carried, or those that were read; None after a cut or a join."""
    serials = dict.fromkeys([item.serial, item.read.get("serial")])
    read = [{"item": item.pk, "serial": serial, **drafts.plain(item.read)} for serial in serials]
    return next((values for values in ([written] if written else []) + read if _digest(values) == digest), None)


def sealed(values: Values) -> str:
    """The values as a page carries them, so that they come back as they went."""
    return signing.dumps(values, salt=SALT, compress=True)


def opened(words: str) -> Values:
    """The values that a page carried. Raises Stale when it is not one of ours."""
    try:
        return dict(signing.loads(words, salt=SALT))
    except signing.BadSignature as error:
        raise Stale(NOT_WHOLE) from error


def opened_many(words: str) -> Values:
    """What a page of many items carried (of_many). Raises Stale when it is not one of ours, or of another kind."""
    values = opened(words)
    if values.keys() != {"digests", "written"}:
        raise Stale(NOT_WHOLE)
    return values


def both(then: Values, now: Values, typed: Values) -> Values:
    """The two changes in one: what was typed where only that differs from `then` or both do, else what stands there now."""
    return {name: typed[name] if typed[name] != then[name] else now[name] for name in LABELS}


def rows(then: Values, now: Values, typed: Values) -> list[dict[str, Any]]:
    """What either side changed, in words: before, by the others, by this person (None where nothing was typed)."""
    return [
        {
            "label": LABELS[name],
            "then": _words(name, then[name]),
            "now": _words(name, now[name]),
            "typed": _words(name, typed[name]) if typed[name] != then[name] else None,
            "met": then[name] != now[name] != typed[name] != then[name],
        }
        for name in LABELS
        if then[name] != now[name] or typed[name] != then[name]
    ]


def _words(name: str, value: Any) -> str:
    if name == "measures":
        return "\n".join(f"{number}. {row['text']}" for number, row in enumerate(value, 1))
    if name == "deadline":
        after = "，完成后长期坚持" if value["then_long_term"] else ""
        return f"{value['due'] or DueKind(value['kind'] or DueKind.NONE).label}{after}"
    return ("›" if name == "category" else "、").join(value) if isinstance(value, list) else str(value)
