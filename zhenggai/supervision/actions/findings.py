"""What a visit sees of a task: put down once, beside what had been reported, with what is demanded where something is wrong.
It never changes: a correction is a new one, and the inspected unit has its own word."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from zhenggai.accounts.decisions import Decision, Refused, Stale
from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.audit.actions import record
from zhenggai.audit.verbs import register
from zhenggai.documents.actions import keep
from zhenggai.documents.forms import Upload
from zhenggai.ledger.filters import schedule_words
from zhenggai.ledger.models import Task
from zhenggai.ledger.permissions import REPORTERS, duty_of
from zhenggai.ledger.reported import last_accepted
from zhenggai.supervision.days import check_not_far
from zhenggai.supervision.models import DecidedItem, FindingAnswer, FindingFile, Visit, VisitFinding
from zhenggai.supervision.permissions import ANOTHER, can_correct, can_find, can_state, takes_back_alone

LOOKED = register("visit.looked", "督查查看", "green")
WRONG = register("visit.wrong", "督查发现问题", "red")
CORRECTED = register("visit.corrected", "更正督查情况", "amber")
WITHDRAWN = register("demand.withdrawn", "撤销督办事项", "amber")
STATED = register("visit.stated", "被督查单位陈述", "blue")

TOLD = 200  # characters of what was reported, in the trail


@dataclass(frozen=True)
class Demand:
    """What a unit must do about what was found, and by when."""

    text: str
    unit: Unit
    due: date


@dataclass(frozen=True)
class Seen:
    """What was seen: the conclusion, in words, on which day, with photos and files."""

    result: str
    text: str
    seen_on: date
    files: Sequence[Upload] = ()


@transaction.atomic
def put_down(visit: Visit, task: Task, seen: Seen, *, by: Person, demand: Demand | None = None) -> VisitFinding:
    """Put down what was seen of one of the visit's tasks. Where something is wrong a demand goes with it.

    Raises Refused for who may not, a day before the visit or to come, and a wrong without a demand; Stale when somebody was
    faster.
    """
    found, about = _locked(visit, task)
    _require(can_find(found, about, by, clock.today()))
    row = found.tasks.filter(task=about).first()
    if row is None:
        raise Refused(f"{about.number}不在这次督查里，请先增加")
    if not found.members.exists():
        raise Refused("先确定督查组，再登记情况")
    if found.findings.filter(task=about).exists():
        raise Stale(f"{about.number}的情况已经有人登记，没有重复登记。登记错了请更正。")
    _check(found, seen, demand)
    if row.skipped:  # it was looked at after all
        row.skipped = ""
        row.save(update_fields=["skipped"])
    finding = _write(found, about, seen, by)
    item = _demand(finding, demand)
    record(WRONG if finding.is_wrong else LOOKED, by=by, target=finding, task_id=about.pk, after=_as_data(finding, item),
           note=_words(finding, item))  # fmt: skip
    return finding


@transaction.atomic
def correct(
    finding: VisitFinding, seen: Seen, *, by: Person, because: str, demand: Demand | None = None
) -> VisitFinding:
    """Put down anew what was put down wrongly; the old one stays. What it had demanded and is not closed is withdrawn.

    Raises Refused for who may not, without a reason, and where a wrong would be taken back by who put it down
    (permissions.takes_back_alone); Stale when somebody was faster.
    """
    old = VisitFinding.objects.select_related("visit__body__place", "task").get(pk=finding.pk)
    found, about = _locked(old.visit, old.task)
    _require(can_correct(old, by))
    if not because.strip():
        raise Refused("写明为什么更正")
    if takes_back_alone(old, seen.result, by):
        raise Refused(ANOTHER)
    stood = DecidedItem.objects.filter(finding=old).first()
    _check(found, seen, demand, stood)
    try:
        with transaction.atomic():
            fresh = _write(found, about, seen, by, corrects=old, because=because.strip())
    except IntegrityError as error:
        raise Stale("这一条已经有人更正，请看过最新的那一条。") from error
    _withdraw(old, because.strip(), by)
    item = _demand(fresh, demand, stood)
    record(CORRECTED, by=by, target=fresh, task_id=about.pk, before={"finding": old.pk, "result": old.result},
           after=_as_data(fresh, item), note=f"更正理由：{fresh.because}。{_words(fresh, item)}")  # fmt: skip
    return fresh


def _locked(visit: Visit, task: Task) -> tuple[Visit, Task]:
    """The visit and the task, locked: a task is not struck off while a demand on it is being put down."""
    rows = Visit.objects.select_for_update(of=("self",)).select_related("body__place", "place")
    found = rows.get(pk=visit.pk)
    Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
    today = clock.today()
    tasks = Task.objects.select_related("place").with_schedule(today).with_measures(today)
    return found, tasks.get(pk=task.pk)


def _require(decision: Decision) -> None:
    if not decision:
        raise Refused(decision.reason)


def _check(visit: Visit, seen: Seen, demand: Demand | None, stood: DecidedItem | None = None) -> None:
    """`stood`: what the corrected finding demanded. Its limit may stay although it has passed: nothing is put off by that."""
    today = clock.today()
    if not visit.starts_on <= seen.seen_on <= today:
        raise Refused(f"查看日期应在{visit.starts_on}（督查开始）到今天之间")
    if len(seen.text.strip()) < 10:
        raise Refused("写明去了哪里、看到什么（至少10个字）")
    wrong = seen.result != VisitFinding.Result.AS_REPORTED
    if wrong and demand is None:
        raise Refused("发现问题的要写明督办事项：办什么、哪个单位、哪天之前")
    if not wrong and demand is not None:
        raise Refused("与上报情况一致的不用督办；要督办请把结论改成相应的问题")
    if demand and demand.due < today and not _same_limit(demand, stood):
        raise Refused("办结期限不能早于今天")
    if demand:
        check_not_far(demand.due, "办结期限")


def _same_limit(demand: Demand, stood: DecidedItem | None) -> bool:
    return stood is not None and demand.due == stood.due


def _write(visit: Visit, task: Any, seen: Seen, by: Person, **correction: Any) -> VisitFinding:
    last = last_accepted([task.pk]).get(task.pk)
    finding = VisitFinding.objects.create(
        visit=visit, task=task, result=seen.result, text=seen.text.strip(), seen_on=seen.seen_on,
        stood=f"{schedule_words(task.schedule)}，措施完成{task.measures_done}/{task.measures_total}",
        reported_unit=last.unit if last else "", reported_month=last.month if last else None,
        reported=last.text if last else "", recorded_by=by, recorded_at=clock.now(), **correction,
    )  # fmt: skip
    _keep(seen.files, finding)
    return finding


def _keep(files: Sequence[Upload], finding: VisitFinding, answer: FindingAnswer | None = None) -> None:
    for file in files:
        stored = keep(file.content, media_type=file.media_type)
        FindingFile.objects.create(finding=finding, answer=answer, stored=stored, name=file.name)


def _demand(finding: VisitFinding, demand: Demand | None, stood: DecidedItem | None = None) -> DecidedItem | None:
    if demand is None:
        return None
    decided_on = stood.decided_on if stood and _same_limit(demand, stood) else clock.today()
    return DecidedItem.objects.create(
        finding=finding, position=1, text=demand.text, unit=demand.unit, task=finding.task, decided_on=decided_on,
        due=demand.due,
    )  # fmt: skip


def _withdraw(finding: VisitFinding, because: str, by: Person) -> None:
    item = DecidedItem.objects.open().filter(finding=finding).select_for_update(of=("self",)).first()
    if item is None:
        return
    before = item.state
    item.state, item.answer = DecidedItem.State.WITHDRAWN, f"督查情况已更正：{because}"[:500]
    item.save(update_fields=["state", "answer"])
    record(WITHDRAWN, by=by, target=item, task_id=item.task_id, before={"state": before}, after={"state": item.state},
           note=f"{item.unit}：{item.text}。{item.answer}")  # fmt: skip


def _as_data(finding: VisitFinding, item: DecidedItem | None) -> dict[str, Any]:
    return {
        "visit": finding.visit_id, "result": finding.result, "text": finding.text, "seen_on": finding.seen_on.isoformat(),
        "stood": finding.stood, "reported": [finding.reported_words, finding.reported],
        "files": [[file.name, file.stored.sha256] for file in finding.files.select_related("stored")],
        "demand": {"text": item.text, "unit": str(item.unit), "due": item.due.isoformat()} if item else None,
    }  # fmt: skip


def _words(finding: VisitFinding, item: DecidedItem | None) -> str:
    """What the timeline tells: what was seen, what had been reported where that says otherwise, what is demanded."""
    told = [f"{finding.visit}：{finding.get_result_display()}", finding.text]
    if finding.contradicts:
        told.append(f"而{finding.reported_words}说：{finding.reported[:TOLD]}")
    if item:
        told.append(f"要求{item.unit}{item.due}前：{item.text}")
    return "。".join(part.rstrip("。") for part in told)


@transaction.atomic
def state(finding: VisitFinding, *, by: Person, text: str, files: Sequence[Upload] = ()) -> FindingAnswer:
    """What an inspected unit has to say: once, beside the finding."""
    found = VisitFinding.objects.select_related("visit", "task").get(pk=finding.pk)
    _require(can_state(found, by))
    if len(text.strip()) < 5:
        raise Refused("写明要陈述的情况（至少5个字）")
    duty = duty_of(by, found.task, REPORTERS)
    assert duty is not None
    assert duty.unit is not None
    try:
        with transaction.atomic():
            answer = FindingAnswer.objects.create(
                finding=found, unit=duty.unit, text=text.strip(), by=by, at=clock.now()
            )
    except IntegrityError as error:
        raise Stale(f"{duty.unit}已经陈述过，没有重复登记。") from error
    _keep(files, found, answer)
    record(STATED, by=by, target=found, task_id=found.task_id,
           after={"unit": str(duty.unit), "text": answer.text,
                  "files": [[file.name, file.stored.sha256] for file in answer.files.select_related("stored")]},
           note=f"{duty.unit}对{found.visit}的陈述：{answer.text}")  # fmt: skip
    return answer
