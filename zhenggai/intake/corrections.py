"""What a person does to a proposed task before deciding on it: edit, split, merge, put back as it was read; and the task
that the reading left out, added by hand."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, Max

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Person
from zhenggai.accounts.naming import look_up
from zhenggai.audit import clock
from zhenggai.audit.actions import record
from zhenggai.audit.verbs import register
from zhenggai.intake import drafts
from zhenggai.intake.actions import locked_item, locked_proposal
from zhenggai.intake.doubts import doubts
from zhenggai.intake.models import Item, Proposal
from zhenggai.intake.stale import Values, refuse_changed

EDITED = register("intake.edited", "修改提取内容", "amber")
SPLIT = register("intake.split", "拆成两项", "amber")
MERGED = register("intake.merged", "并为一项", "amber")
ADDED = register("intake.added", "补录一项", "amber")
RESTORED = register("intake.restored", "恢复为原文", "blue")


@transaction.atomic
def edit(
    item: Item, changes: dict[str, Any], *, serial: int, reason: str, by: Person, seen: Values | None = None
) -> Item:
    """Write other values than the document's, with the reason; the document's own stay beside them.

    `seen`: the values that the person looked at. Raises Stale when others stand there by now, Refused when nothing was
    changed, or when another item of the import has this serial.
    """
    locked = locked_item(item, by=by, seen=seen)
    new = drafts.edited(locked.data, changes)
    if new == locked.data and serial == locked.serial:
        raise Refused("没有改动，没有保存")
    _refuse_taken_serial(locked, serial)
    before, after = drafts.plain(locked.data), drafts.plain(new)
    names = [name for name in after if before[name] != after[name]]
    record(
        EDITED, by=by, target=locked, note=f"{locked}：{reason}",
        before={"serial": locked.serial, **{name: before[name] for name in names}},
        after={"serial": serial, **{name: after[name] for name in names}},
    )  # fmt: skip
    locked.data, locked.serial, locked.edit_reason = new, serial, reason
    return _kept(locked)


@transaction.atomic
def split(item: Item, at: int, *, by: Person, seen: Values | None = None) -> Item:
    """Cut the item's passage at offset `at` of the text; the second part becomes an item of its own, which is returned.

    Both parts are read again. Raises Refused when no line begins at `at`, or when the item was edited; Stale when it
    is not what was `seen` any more.
    """
    locked = locked_item(item, by=by, seen=seen)
    _refuse_edited(locked, "拆分")
    text, end = locked.proposal.text, locked.end
    if at not in [offset for offset, _ in drafts.lines_of(text, locked.start, end)]:
        raise Refused("请选第二项从哪一行开始")
    second = Item(
        proposal=locked.proposal, position=locked.position + 1, serial=_free_serial(locked),
        read=drafts.part(text, at, end, locked.data),
    )  # fmt: skip
    second.data = second.read
    locked.proposal.items.filter(position__gt=locked.position).update(position=F("position") + 1)
    locked.read = locked.data = drafts.part(text, locked.start, at, locked.data)
    _kept(locked)
    record(SPLIT, by=by, target=locked, after={"at": at, "second": second.serial}, note=f"{locked}拆出{second}")
    return _kept(second)


@transaction.atomic
def merge(item: Item, *, by: Person, seen: Values | None = None, seen_next: Values | None = None) -> Item:
    """Take the next open item into this one. Raises Refused when there is none; Stale when one of the two is not what
    was seen any more, or another one is the next.
    """
    locked = locked_item(item, by=by, seen=seen)
    following = (
        locked.proposal.items.pending().select_for_update().filter(position__gt=locked.position).order_by("position")
    ).first()
    if following is None:
        raise Refused("后面没有未核对的任务可以并入")
    refuse_changed(following, seen_next)
    union = drafts.part(locked.proposal.text, locked.start, following.end, locked.data)
    # Two halves of one task, cut in the wrong place, are one again; two tasks are laid one behind the other.
    halves = locked.end == following.start and union["serial"] is not None and not locked.is_edited
    locked.data = union if halves else drafts.merged(locked.data, following.data)
    following.decision, following.merged_into = Item.Decision.MERGED, locked
    following.decided_by, following.decided_at = by, clock.now()
    following.save(update_fields=["decision", "merged_into", "decided_by", "decided_at"])
    locked.edit_reason = locked.edit_reason or f"并入{following}"
    record(MERGED, by=by, target=locked, after={"second": following.serial}, note=f"{following}并入{locked}")
    return _kept(locked)


@transaction.atomic
def add(
    proposal: Proposal, *, passage: tuple[int, int] | None, issue: str, serial: int, reason: str, by: Person
) -> Item:
    """A task that the reading left out: read from `passage` of the text, or with the typed `issue` and nothing else.

    Raises Refused when the passage is none or meets another item's, there is neither, or the serial is taken.
    """
    locked = locked_proposal(proposal, by=by)
    items = list(locked.items.select_for_update().exclude(decision="merged").order_by("position"))
    if passage is None and not issue:
        raise Refused("请选原文里的段落，或写明问题")
    start, end = passage or (items[-1].end, items[-1].end)
    if not 0 <= start <= end <= len(locked.text) or (passage and not locked.text[start:end].strip()):
        raise Refused("选的段落不对：止行要在起行之后")
    if passage and (met := next((item for item in items if item.start < end and item.end > start), None)):
        raise Refused(f"选的段落和{met}重叠。要把{met}分开，请在它那里“拆成两项”")
    data = drafts.part(locked.text, start, end, drafts.EMPTY)
    if issue:
        data |= {"issue": issue, "places": {name: at for name, at in data["places"].items() if name != "issue"}}
    before = [item.position for item in items if not passage or item.start < start]
    position = max(before, default=0) + 1
    item = Item(proposal=locked, position=position, serial=serial, read=data, data=data, added_reason=reason)
    _refuse_taken_serial(item, serial)
    locked.items.filter(position__gte=position).update(position=F("position") + 1)
    item.differs = locked.revises is not None
    _kept(item)
    record(ADDED, by=by, target=item, after={"serial": serial, **drafts.plain(data)}, note=f"补录{item}：{reason}")
    return item


@transaction.atomic
def restore(item: Item, *, by: Person, seen: Values | None = None) -> Item:
    """Put the item back as it was read; items that were merged into it stand for themselves again. Raises Stale when it
    is not what was `seen` any more.
    """
    locked = locked_item(item, by=by, seen=seen)
    if not locked.is_edited:
        raise Refused("没有改过，不用恢复")
    locked.merged.update(decision=Item.Decision.PENDING, merged_into=None, decided_by=None, decided_at=None)
    record(RESTORED, by=by, target=locked, before=drafts.plain(locked.data), note=str(locked))
    locked.data, locked.edit_reason = locked.read, ""
    return _kept(locked)


def _kept(item: Item) -> Item:
    """Saved, its doubts weighed afresh."""
    names = look_up(item.names(), item.proposal.inspection.place)
    item.doubtful = bool(doubts(item, item.proposal.warnings, names))
    item.save()
    return item


def _refuse_edited(item: Item, what: str) -> None:
    if item.is_edited:
        raise Refused(f"{item}改过，先“恢复为原文”再{what}")


def _refuse_taken_serial(item: Item, serial: int) -> None:
    others = item.proposal.items.exclude(pk=item.pk).exclude(decision__in=["merged", "rejected"])
    if others.filter(serial=serial).exists():
        raise Refused(f"这份方案里已经有第{serial}项，序号不能重复")


def _free_serial(item: Item) -> int:
    return int(item.proposal.items.aggregate(last=Max("serial"))["last"]) + 1
