"""From a document to a proposal, and from a proposal, row by row, to the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Person, Unit
from zhenggai.accounts.naming import Named, look_up
from zhenggai.audit import clock
from zhenggai.audit.actions import record
from zhenggai.audit.verbs import register
from zhenggai.documents.actions import fingerprint, keep, on_disk
from zhenggai.intake.doubts import doubts
from zhenggai.intake.drafts import due_of, milestones_of
from zhenggai.intake.models import Item, Proposal
from zhenggai.intake.permissions import can_import
from zhenggai.intake.reading import read_document
from zhenggai.intake.stale import Values, digests, refuse_changed
from zhenggai.intake.versions import counterparts
from zhenggai.ledger.actions import NewMeasure, NewTask, add_inspection, enter_plan, enter_task
from zhenggai.ledger.models import DueKind, Inspection, Plan
from zhenggai.ledger.revisions import differences, revise_task
from zhenggai.ui.asked import number

PROPOSED = register("intake.proposed", "导入方案，待核对", "blue")
ACCEPTED = register("intake.accepted", "采纳入账", "green")
REJECTED = register("intake.rejected", "不入账", "amber")
WITHDRAWN = register("intake.withdrawn", "撤回导入", "amber")


@dataclass(frozen=True)
class NewInspection:
    """An inspection to be registered together with the proposal, or not at all."""

    place: Unit
    name: str
    prefix: str
    kind: str


def propose(
    content: File[Any], name: str, inspection: Inspection | NewInspection, *, by: Person, revises: Plan | None = None
) -> Proposal:
    """Read an uploaded plan and keep what it says as a proposal; nothing enters the ledger. With `revises`, it is a new
    version of a plan that is in the ledger, and each task is set against the one that it changes.

    Raises Refused, saying what to do, when it was imported before, cannot be read, or holds no task.
    """
    require_import(content, inspection.place, by)
    with on_disk(content) as path:
        answer = read_document(path, name)
    return keep_answer(content, name, inspection, answer, by=by, revises=revises)


def require_import(content: File[Any], place: Unit, by: Person) -> None:
    """Raises Refused when the person may not import at `place`, or the document was imported there before."""
    if not (allowed := can_import(by, place)):
        raise Refused(allowed.reason)
    _refuse_second_import(fingerprint(content), place)


def keep_answer(
    content: File[Any],
    name: str,
    inspection: Inspection | NewInspection,
    answer: dict[str, Any],
    *,
    by: Person,
    revises: Plan | None,
) -> Proposal:
    """Keep what was read (`answer` of read_document) as a proposal. Raises Refused when it holds no task, or when somebody
    else was quicker with the same document."""
    if not answer["extraction"]["tasks"]:
        raise Refused(
            f"“{name}”里没有认出整改任务。请确认传的是整改方案或任务清单；是的话，检查每项是否写有“整改目标”"
            "“整改措施”“整改时限”这类标签，再传一次。"
        )
    try:
        return _keep_proposal(content, name, inspection, answer, by, revises)
    except IntegrityError:  # somebody imported the same document while this one was being read
        _refuse_second_import(fingerprint(content), inspection.place)
        raise


def _refuse_second_import(sha256: str, place: Unit) -> None:
    """A document is imported once in a place; a province's plan may be imported by each of its cities."""
    known = Proposal.objects.current().filter(file__sha256=sha256, inspection__place=place)
    earlier = known.select_related("created_by").first()
    if earlier:
        raise Refused(
            f"这份文件{earlier.created_at:%Y-%m-%d}已由{earlier.created_by}导入过（“{earlier}”），不再重复导入。"
            "请接着核对那一次；要重来，先撤回它。"
        )


@transaction.atomic
def _keep_proposal(
    content: File[Any],
    name: str,
    inspection: Inspection | NewInspection,
    answer: dict[str, Any],
    by: Person,
    revises: Plan | None,
) -> Proposal:
    extraction = answer["extraction"]
    if isinstance(inspection, NewInspection):
        inspection = add_inspection(by=by, **vars(inspection))
    proposal = Proposal.objects.create(
        inspection=inspection,
        file=keep(content, media_type="application/octet-stream"),
        file_name=name,
        title=(extraction["title"] or "")[:200],
        document_number=(extraction["document_number"] or "")[:60],
        text=answer["text"],
        warnings=extraction["warnings"],
        unread=[[one["place"]["start"], one["place"]["end"]] for one in extraction["unread"]],
        revises=revises,
        created_by=by,
        created_at=clock.now(),
    )
    items = list(_items(proposal, extraction["tasks"]))
    Item.objects.bulk_create(items)
    record(PROPOSED, by=by, target=proposal, after={"title": str(proposal), "tasks": len(items)}, note=name)
    return proposal


def _items(proposal: Proposal, tasks: list[dict[str, Any]]) -> Iterable[Item]:
    """One item a task; with a new version, each beside the ledger's task that it speaks of."""
    names = look_up({name for task in tasks for name in Item(data=task).names()}, proposal.inspection.place)
    serials = list(_serials(tasks))
    known = counterparts(proposal.revises, serials, tasks) if proposal.revises else {}
    for index, (serial, task) in enumerate(zip(serials, tasks, strict=True)):
        item = Item(proposal=proposal, position=index + 1, serial=serial, read=task, data=task)
        item.doubtful = bool(doubts(item, proposal.warnings, names))
        item.matches = known.get(index)
        item.differs = proposal.revises is not None and (
            item.matches is None or bool(differences(item.matches, new_task(item, proposal.text, names)))
        )
        yield item


def _serials(tasks: list[dict[str, Any]]) -> Iterable[int]:
    """Each task's own number where every one has a different number, else its place in the list."""
    own = [number(task["serial"]) for task in tasks]
    if None in own or len(set(own)) < len(own):
        return range(1, len(tasks) + 1)
    return [number for number in own if number is not None]


def locked_proposal(proposal: Proposal, *, by: Person) -> Proposal:
    """The import under lock, within the person's right and not withdrawn. Raises Refused or Stale."""
    locked: Proposal = (
        Proposal.objects.select_for_update(of=("self",)).select_related("inspection__place").get(pk=proposal.pk)
    )
    _require(locked, by)
    return locked


def locked_item(item: Item, *, by: Person, seen: Values | None = None) -> Item:
    """The item under lock, open and within the person's right.

    Raises Refused, or Stale when somebody has decided it or it is not what was `seen` any more.
    """
    _require(Proposal.objects.select_related("inspection__place").get(pk=item.proposal_id), by)
    locked = _locked(item)
    refuse_changed(locked, seen)
    return locked


def _locked(item: Item) -> Item:
    """The item under lock. Raises Stale when somebody has decided it already."""
    locked = (
        Item.objects.select_for_update(of=("self",))
        .select_related("decided_by", "proposal__inspection__place", "matches")
        .get(pk=item.pk)
    )
    if not locked.is_pending:
        raise Stale(
            f"第{locked.serial}项已由{locked.decided_by}核对（{locked.get_decision_display()}），没有重复办理。"
        )
    if locked.proposal.withdrawn_at:
        raise Stale("这次导入已经撤回，不能再核对。")
    return locked


@transaction.atomic
def accept(item: Item, *, by: Person, place: Unit | None = None, seen: Values | None = None) -> Item:
    """Put one proposed task into the ledger as the document gives it; `place` overrides the derived one.

    `seen`: the values that the person looked at. Raises Stale when others stand there by now.
    """
    proposal = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("inspection__place", "plan", "revises")
        .get(pk=item.proposal_id)
    )
    _require(proposal, by)
    locked = _locked(item)
    refuse_changed(locked, seen)
    names = look_up(locked.names(), proposal.inspection.place)
    _enter(_plan_of(proposal, by), proposal, locked, names, by, place)
    return locked


@transaction.atomic
def accept_all(proposal: Proposal, *, by: Person, seen: dict[str, str] | None = None) -> int:
    """Put every item that is still open into the ledger; how many. All of them or, when one is refused, none.

    `seen`: the open items as the person saw them (stale.digests). Raises Stale when they are others by now.
    """
    locked = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("inspection__place", "plan", "revises")
        .get(pk=proposal.pk)
    )
    _require(locked, by)
    items = list(locked.items.pending().select_for_update(of=("self",)).select_related("matches").order_by("position"))
    if seen is not None and (now := digests(items)) != seen:
        changed = len(dict(now.items() ^ seen.items()))
        raise Stale(f"你打开以后有{changed}项被别人改过、拆并或核对，一项都没有入账。请看过再确认。")
    names = look_up({name for item in items for name in item.names()}, locked.inspection.place)
    plan = _plan_of(locked, by) if items else None
    for item in items:
        _enter(plan, locked, item, names, by, None)
    return len(items)


def _require(proposal: Proposal, by: Person) -> None:
    if not (allowed := can_import(by, proposal.inspection.place)):
        raise Refused(allowed.reason)
    if proposal.withdrawn_at:
        raise Stale("这次导入已经撤回，不能再核对。")


def _plan_of(proposal: Proposal, by: Person) -> Plan:
    if proposal.revises is not None:
        return proposal.revises
    if proposal.plan is None:
        proposal.plan = enter_plan(
            proposal.inspection,
            by=by,
            title=str(proposal),
            document_number=proposal.document_number,
            file=proposal.file,
            file_name=proposal.file_name,
        )
        proposal.save(update_fields=["plan"])
    return proposal.plan


def _enter(
    plan: Plan | None, proposal: Proposal, item: Item, names: dict[str, Named], by: Person, place: Unit | None
) -> None:
    assert plan is not None
    deadline = item.data.get("deadline") or {}
    if deadline.get("kind") == DueKind.DATE and not deadline.get("due"):
        raise Refused(f"{item}的时限推不出日期，还不能入账。请先点“改、拆、并”填上完成时限，或改选时限的种类。")
    new = new_task(item, proposal.text, names, place)
    known = item.matches
    task = revise_task(known, new, by=by, source=str(proposal)) if known else enter_task(plan, new, by=by)
    item.decision, item.task, item.decided_by, item.decided_at = Item.Decision.ACCEPTED, task, by, clock.now()
    item.save(update_fields=["decision", "task", "decided_by", "decided_at"])
    record(ACCEPTED, by=by, target=item, task_id=task.pk, after={"number": task.number}, note=f"{item}采纳入账")


@transaction.atomic
def reject(item: Item, reason: str, *, by: Person, seen: Values | None = None) -> Item:
    """Keep one proposed task out of the ledger, with the reason. Raises Stale when it is not what was `seen` any more."""
    locked = locked_item(item, by=by, seen=seen)
    locked.decision, locked.reason = Item.Decision.REJECTED, reason
    locked.decided_by, locked.decided_at = by, clock.now()
    locked.save(update_fields=["decision", "reason", "decided_by", "decided_at"])
    record(REJECTED, by=by, target=locked, note=f"{locked}：{reason}")
    return locked


@transaction.atomic
def withdraw(proposal: Proposal, *, by: Person) -> None:
    """Take an import back while nothing of it is in the ledger; the same document may then be imported again."""
    locked = locked_proposal(proposal, by=by)
    if locked.plan_id or locked.items.filter(decision=Item.Decision.ACCEPTED).exists():
        raise Refused("已有任务入账，这次导入不能撤回；没入账的可以逐项注明“不入账”。")
    locked.withdrawn_by, locked.withdrawn_at = by, clock.now()
    locked.save(update_fields=["withdrawn_by", "withdrawn_at"])
    record(WITHDRAWN, by=by, target=locked, note=str(locked))


def new_task(item: Item, text: str, names: dict[str, Named], place: Unit | None = None) -> NewTask:
    """The item as the ledger takes it."""
    data, deadline = item.data, item.data.get("deadline") or {}
    return NewTask(
        serial=item.serial,
        issue=data["issue"] or "",
        goal=data["goal"] or "",
        passage=text[item.start : item.end],
        passage_marks=(
            deadline.get("place")
            and {"due": [deadline["place"]["start"] - item.start, deadline["place"]["end"] - item.start]}
        )
        or {},
        duties={part: [names[name] for name in given] for part, given in item.units().items()},
        category=data["category"],
        measures=[
            NewMeasure(
                number,
                measure["text"],
                _date(due_of(measure)),
                [(words, date.fromisoformat(due)) for words, due in milestones_of(measure)],
            )
            for number, measure in enumerate(data["measures"], 1)
        ],
        due=_date(deadline.get("due")),
        due_kind=deadline.get("kind") or DueKind.NONE,
        due_raw=deadline.get("raw") or "",
        then_long_term=bool(deadline.get("then_long_term")),
        responsible_persons=data["responsible_persons"],
        place=place,
    )


def _date(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def import_file(path: Path, inspection: Inspection | NewInspection, *, by: Person) -> Proposal:
    """`propose` for a file on this machine (`make run PLAN=…`)."""
    return propose(ContentFile(path.read_bytes(), name=path.name), path.name, inspection, by=by)
