"""How a task enters the ledger. How it leaves is lifecycle.take()."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Kind, Person, Tier, Unit
from zhenggai.accounts.naming import Named
from zhenggai.audit import clock
from zhenggai.audit.actions import record
from zhenggai.audit.verbs import register
from zhenggai.ledger.changes import changed
from zhenggai.ledger.models import (
    DueKind,
    Duty,
    Finding,
    Inspection,
    Leader,
    Measure,
    Milestone,
    Plan,
    PlanVersion,
    Source,
    Task,
)
from zhenggai.ledger.standing import keep_achieved
from zhenggai.ledger.wording import headline

ENTERED = register("task.entered", "任务挂账", "blue")
PLAN_ENTERED = register("plan.entered", "方案入账", "blue")
INSPECTION_ADDED = register("inspection.added", "登记督察")

_OF_A_COUNTY = (Tier.COUNTY, Tier.TOWNSHIP)


@dataclass(frozen=True)
class NewMeasure:
    """`milestones`: the dated steps inside it, in the plan's words."""

    no: int
    text: str
    due: date | None = None
    milestones: Sequence[tuple[str, date]] = ()


@dataclass(frozen=True)
class NewTask:
    """What a plan says of one task, with its names already looked up. `duties`: part → names in the plan's order;
    `leaders`: part of Leader → post."""

    serial: int
    issue: str
    passage: str
    duties: dict[str, Sequence[Named]]
    goal: str = ""
    category: Sequence[str] = ()
    measures: Sequence[NewMeasure] = ()
    due: date | None = None
    due_kind: str = DueKind.NONE
    due_raw: str = ""
    then_long_term: bool = False
    responsible_persons: Sequence[str] = ()
    passage_marks: dict[str, Any] = field(default_factory=dict)
    place: Unit | None = None
    source: str = Source.FEEDBACK
    increment: bool = False
    finding: Finding | None = None
    upper_number: str = ""
    leaders: Sequence[tuple[str, str]] = ()

    def numbered(self, serial: int) -> "NewTask":
        """The same task under a number of its register."""
        return replace(self, serial=serial)


def place_of(duties: dict[str, Sequence[Named]], city: Unit) -> Unit:
    """The task's place (属地): the one county whose units lead or answer for it, else the city itself."""
    named = [name for part in (Duty.Part.LEAD, Duty.Part.RESPONSIBLE) for name in duties.get(part, ())]
    units = [name.unit for name in named if name.unit is not None]
    counties = {unit.place for unit in units if unit.tier in _OF_A_COUNTY and unit.kind != Kind.ENTERPRISE}
    has_group = any(name.group for name in named)
    only = counties.pop() if len(counties) == 1 and not has_group else None
    return only or city


@transaction.atomic
def add_inspection(*, by: Person, **fields: Any) -> Inspection:
    """Register an inspection. Raises Refused when its name or its prefix is taken in that place."""
    try:
        with transaction.atomic():
            inspection = Inspection.objects.create(**fields)
    except IntegrityError as error:
        raise Refused(f"“{fields['name']}”或编号前缀“{fields['prefix']}”已经用过，请换一个") from error
    record(INSPECTION_ADDED, by=by, target=inspection, after={"name": inspection.name, "prefix": inspection.prefix})
    return inspection


@transaction.atomic
def enter_plan(inspection: Inspection, *, by: Person, **fields: Any) -> Plan:
    """A plan's own row, before its first task enters."""
    plan = Plan.objects.create(inspection=inspection, **fields)
    PlanVersion.objects.create(plan=plan, version=1, file=plan.file, file_name=plan.file_name)
    record(PLAN_ENTERED, by=by, target=plan, after={"title": plan.title, "inspection": inspection.name})
    return plan


@transaction.atomic
def enter_task(plan: Plan, new: NewTask, *, by: Person) -> Task:
    """Put one accepted task on the account (挂账), with its measures and its chain of duty.

    Raises Refused when the plan's number is in the ledger already: numbers are never reused.
    """
    inspection = plan.inspection
    number = f"{inspection.prefix}-{new.serial:02d}"
    try:
        with transaction.atomic():
            task = _create(plan, inspection, number, new)
    except IntegrityError as error:
        if not {"number_never_reused", "serial_once_in_a_plan"}.intersection(str(error).split('"')):
            raise
        raise Refused(f"{number}在台账里已经有了，编号不能重用；请先核对是不是同一项任务") from error
    measures = Measure.objects.bulk_create(
        Measure(task=task, no=measure.no, text=measure.text, due=measure.due) for measure in new.measures
    )
    Milestone.objects.bulk_create(
        Milestone(measure=made, no=no, text=text[:300], due=due)
        for made, measure in zip(measures, new.measures, strict=True)
        for no, (text, due) in enumerate(measure.milestones, 1)
    )
    Leader.objects.bulk_create(Leader(task=task, part=part, name=name) for part, name in dict.fromkeys(new.leaders))
    Duty.objects.bulk_create(duties_of(task, new.duties))
    record(
        ENTERED, by=by, target=task, task_id=task.pk,
        after={
            "number": number, "due": task.due and task.due.isoformat(), "state": task.state, "source": task.source,
            "increment": task.increment,
        },
        note=f"从{plan}第{new.serial}项导入" if new.source == Source.FEEDBACK else f"{task.get_source_display()}，登记入账",
    )  # fmt: skip
    return task


def _create(plan: Plan, inspection: Inspection, number: str, new: NewTask) -> Task:
    return Task.objects.create(
        plan=plan,
        inspection=inspection,
        number=number,
        serial=new.serial,
        headline=headline(new.issue),
        issue=new.issue,
        goal=new.goal,
        category=list(new.category),
        place=new.place or place_of(new.duties, inspection.place),
        due=new.due,
        first_due=new.due,
        due_kind=new.due_kind,
        due_raw=new.due_raw,
        then_long_term=new.then_long_term,
        passage=new.passage,
        passage_marks=new.passage_marks,
        responsible_persons=list(new.responsible_persons),
        source=new.source,
        increment=new.increment,
        finding=new.finding,
        upper_number=new.upper_number,
    )


def duties_of(task: Task, duties: dict[str, Sequence[Named]]) -> Iterable[Duty]:
    """The rows of a chain of duty: the place, then each part; a group as one row for each member."""
    yield Duty(task=task, part=Duty.Part.PLACE, unit=task.place, raw=str(task.place))
    for part, names in duties.items():
        seen: set[int | str] = set()
        for position, name in enumerate(names, 1):
            members = list(name.group.members.all()) if name.group else [name.unit]
            for unit in members:
                key = unit.pk if unit else name.raw
                if key not in seen:
                    seen.add(key)
                    yield Duty(task=task, part=part, unit=unit, group=name.group, raw=name.raw, position=position)


def set_measures(task: Task, progress: Sequence[dict[str, Any]]) -> None:
    """Carry an accepted report's progress into the measures: each row has `no`, `progress` and, when done, `done_on`;
    `milestones`, where it has any, tells their dates of completion by number.

    Runs inside the report's transaction, whose audit row tells it.
    """
    told = {row["no"]: row for row in progress}
    moved = False
    for measure in task.measures.filter(no__in=told).prefetch_related("milestones"):
        moved |= _set_measure(measure, told[measure.no])
    if moved:
        keep_achieved(task, clock.today())
        changed(task)


def _set_measure(measure: Measure, row: dict[str, Any]) -> bool:
    moved = False
    dates = {no: _day(day) for no, day in row.get("milestones", [])}
    for milestone in measure.milestones.all():
        if milestone.no in dates and dates[milestone.no] != milestone.done_on:
            milestone.done_on, moved = dates[milestone.no], True
            milestone.save(update_fields=["done_on"])
    done_on = _day(row["done_on"]) if row["progress"] == Measure.Progress.DONE else None
    if (measure.progress, measure.done_on) != (row["progress"], done_on):
        measure.progress, measure.done_on, moved = row["progress"], done_on, True
        measure.save(update_fields=["progress", "done_on"])
    return moved


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None
