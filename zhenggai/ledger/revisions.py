"""A new version of a plan changes a task that is in the ledger: what differs, and the change itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.audit.actions import record
from zhenggai.audit.verbs import register
from zhenggai.ledger.actions import NewMeasure, NewTask, duties_of
from zhenggai.ledger.changes import changed
from zhenggai.ledger.models import DueKind, Duty, Measure, Milestone, Task
from zhenggai.ledger.standing import keep_achieved
from zhenggai.ledger.states import State
from zhenggai.ledger.wording import headline

REVISED = register("ledger.revised", "按新版方案变更", "amber")

FIELDS = {
    "issue": "反馈问题", "goal": "整改目标", "category": "类别", "due": "完成时限", "due_kind": "时限种类",
    "then_long_term": "完成后长期坚持", "responsible_persons": "责任人",
}  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """One thing that the new version says otherwise; `field` is a field of NewTask, a part of duty, or `measures`."""

    field: str
    label: str
    before: str
    after: str


def differences(task: Task, new: NewTask) -> list[Difference]:
    """What `new` would change of `task`, in the order of a task's page."""
    return [*_of_fields(task, new), *_of_duties(task, new), *_of_measures(task, new)]


@transaction.atomic
def revise_task(task: Task, new: NewTask, *, by: Person, source: str) -> Task:
    """Change a task to what the new version of its plan says; number, first limit and progress stay.

    A measure that the new version drops goes only when nothing was begun on it. Raises Refused for a closed task, and for one
    between self-check and strike-off: what the acceptors look at stands still; and for a date that has passed and would be put
    off.
    """
    locked = Task.objects.select_for_update(of=("self",)).select_related("inspection", "place").get(pk=task.pk)
    found = differences(locked, new)
    if not found:
        return locked
    if locked.is_closed:
        raise Refused(f"{locked.number}{locked.state_words}，不因新版方案改动；确要改，先按规定重新挂账")
    if locked.state != State.RECTIFYING:
        raise Refused(f"{locked.number}在“{locked.state_words}”环节，不因新版方案改动；确要改，先退回整改")
    if late := list(_overdue(locked, new)):
        raise Refused(
            f"{locked.number}{'、'.join(late)}：已经逾期的，新版方案不能改成没有逾期。把这一项的时限改回原来的再入账"
        )
    for name in FIELDS:
        value = getattr(new, name)
        setattr(locked, name, list(value) if name in ("category", "responsible_persons") else value)
    locked.headline = headline(new.issue)
    locked.due_raw, locked.passage, locked.passage_marks = new.due_raw, new.passage, new.passage_marks
    if locked.due and (locked.first_due is None or locked.due < locked.first_due):
        locked.first_due = locked.due
    locked.version = F("version") + 1
    locked.save(update_fields=[*FIELDS, "headline", "due_raw", "passage", "passage_marks", "first_due", "version"])
    _revise_duties(locked, new)
    _revise_measures(locked, new.measures)
    keep_achieved(locked, clock.today())
    locked.refresh_from_db()
    record(
        REVISED, by=by, target=locked, task_id=locked.pk, note=f"按{source}变更{len(found)}处",
        before={row.field: row.before for row in found}, after={row.field: row.after for row in found},
    )  # fmt: skip
    changed(locked)
    return locked


def _overdue(task: Task, new: NewTask) -> Iterator[str]:
    """Dates that have passed unmet and that the new version would put off (NEEDS §2 row 6): an extension is asked for before."""
    today = clock.today()
    if task.due and task.due < today and (new.due is None or new.due > task.due):
        yield f"的完成时限{task.due}"
    dates = {row.no: row.due for row in new.measures}
    for measure in task.measures.exclude(progress=Measure.Progress.DONE).filter(due__lt=today):
        due = dates.get(measure.no, measure.due)
        if due is None or (measure.due and due > measure.due):
            yield f"措施{measure.no}的时限{measure.due}"


def _of_fields(task: Task, new: NewTask) -> Iterator[Difference]:
    for name, label in FIELDS.items():
        before, after = _words(name, getattr(task, name)), _words(name, getattr(new, name))
        if before != after:
            yield Difference(name, label, before, after)


def _words(name: str, value: Any) -> str:
    if name == "due_kind":
        return str(DueKind(value).label)
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(value) if isinstance(value, list | tuple) else str(value or "")


def _raws(task: Task) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part, raw in task.duties.exclude(part=Duty.Part.PLACE).order_by("position", "pk").values_list("part", "raw"):
        names = found.setdefault(part, [])
        if raw not in names:
            names.append(raw)
    return found


def _of_duties(task: Task, new: NewTask) -> Iterator[Difference]:
    before = _raws(task)
    for part, names in new.duties.items():
        old, now = before.get(part, []), list(dict.fromkeys(name.raw for name in names))
        if old != now:
            yield Difference(part, str(Duty.Part(part).label), "、".join(old), "、".join(now))


def _of_measures(task: Task, new: NewTask) -> Iterator[Difference]:
    rows = {measure.no: measure for measure in task.measures.all()}
    after = {measure.no: _measure_words(measure) for measure in new.measures}
    for number in sorted(rows.keys() | after.keys()):
        before = _measure_words(rows[number]) if number in rows else ""
        now = after[number] if number in after else _dropped(rows[number])
        if before != now:
            yield Difference(f"measure_{number}", f"措施{number}", before, now)


def _dropped(measure: Measure) -> str:
    return "" if measure.progress == Measure.Progress.OPEN else "新版没有；已经开始，保留"


def _measure_words(measure: Measure | NewMeasure) -> str:
    return f"{measure.text}（{measure.due:%Y-%m-%d}）" if measure.due else measure.text


def _revise_duties(task: Task, new: NewTask) -> None:
    task.duties.exclude(part=Duty.Part.PLACE).delete()
    rows = [duty for duty in duties_of(task, new.duties) if duty.part != Duty.Part.PLACE]
    Duty.objects.bulk_create(rows)


def _revise_measures(task: Task, rows: Sequence[NewMeasure]) -> None:
    numbers = [row.no for row in rows]
    task.measures.exclude(no__in=numbers).filter(progress=Measure.Progress.OPEN).delete()
    kept = {measure.no: measure for measure in task.measures.all()}
    for row in rows:
        if (measure := kept.get(row.no)) is None:
            measure = Measure.objects.create(task=task, no=row.no, text=row.text, due=row.due)
        elif (measure.text, measure.due) == (row.text, row.due):
            continue
        else:
            measure.text, measure.due = row.text, row.due
            measure.save(update_fields=["text", "due"])
        _revise_milestones(measure, row)


def _revise_milestones(measure: Measure, row: NewMeasure) -> None:
    """The steps of the new words; what was done under the same words stays done."""
    done = dict(measure.milestones.exclude(done_on=None).values_list("text", "done_on"))
    measure.milestones.all().delete()
    Milestone.objects.bulk_create(
        Milestone(measure=measure, no=no, text=text[:300], due=due, done_on=done.get(text[:300]))
        for no, (text, due) in enumerate(row.milestones, 1)
    )
