"""举一反三: from one task, others look for problems of its kind; and how any problem that no inspector's list names
enters the ledger (R04, R62)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, QuerySet

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Person, Unit, UnitClosure
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.audit.actions import record, text_digest
from zhenggai.audit.verbs import register
from zhenggai.ledger.actions import NewTask, enter_plan, enter_task
from zhenggai.ledger.blockers import Blocker, blocks
from zhenggai.ledger.models import Inspection, Plan, Source, Sweep, SweepAnswer, Task
from zhenggai.ledger.permissions import can_answer_sweep, can_ask_sweep, sees_all_answers, stands_below, units_to_send
from zhenggai.ledger.states import APPLY

ASKED = register("sweep.asked", "布置举一反三", "blue")
ANSWERED = register("sweep.answered", "回报举一反三")
REGISTER_OPENED = register("register.opened", "建立自查问题台账")

OWN_PREFIX = "自查"


@transaction.atomic
def ask_sweep(task: Task, *, what: str, units: Iterable[Unit], due_on: date, by: Person) -> Sweep:
    """Ask `units` to look for problems like the task's until `due_on`. Raises Refused."""
    if not (allowed := can_ask_sweep(task, by)):
        raise Refused(allowed.reason)
    asked = list(dict.fromkeys(units))
    if not asked:
        raise Refused("选择由哪些单位排查")
    mine = set(units_to_send(by, Unit.objects.filter(pk__in=[unit.pk for unit in asked])))
    if beyond := [str(unit) for unit in asked if unit not in mine]:
        raise Refused(f"{'、'.join(beyond[:3])}不在你的范围内，请上一级布置")
    if due_on <= clock.today():
        raise Refused("排查期限要在今天之后")
    if len(what.strip()) < 6:
        raise Refused("写明排查什么问题、什么范围")
    Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
    if same := task.sweeps.filter(what=what.strip(), due_on__gte=clock.today()).first():
        raise Refused(f"同样的排查已经布置（{same.due_on}前），没有重复布置；要加单位或改范围，写明有什么不同")
    sweep = Sweep.objects.create(task=task, what=what.strip(), due_on=due_on, asked_by=by)
    SweepAnswer.objects.bulk_create(SweepAnswer(sweep=sweep, unit=unit) for unit in asked)
    record(
        ASKED, by=by, target=sweep, task_id=task.pk,
        after={"what": sweep.what, "units": [unit.pk for unit in asked], "due_on": due_on.isoformat()},
        note=f"{'、'.join(map(str, asked))}{due_on}前排查：{sweep.what}",
    )  # fmt: skip
    return sweep


@transaction.atomic
def answer_sweep(answer: SweepAnswer, *, text: str, found: Sequence[NewTask], by: Person) -> SweepAnswer:
    """Say what was looked at, and enter what was found as self-found tasks of the unit's place. Raises Refused."""
    locked = SweepAnswer.objects.select_for_update(of=("self",)).select_related("unit", "sweep__task").get(pk=answer.pk)
    if locked.nothing_found is not None:
        raise Stale("这个单位已经回报")
    if not (allowed := can_answer_sweep(locked, by)):
        raise Refused(allowed.reason)
    if len(text.strip()) < 10:
        raise Refused("写明排查了哪些地方、怎样排查（至少10个字）；没有发现问题的也要写")
    locked.text, locked.nothing_found = text.strip(), not found
    locked.answered_by, locked.answered_on = by, clock.today()
    locked.save(update_fields=["text", "nothing_found", "answered_by", "answered_on"])
    place = locked.unit.place or locked.unit
    for new in found:
        _enter(place, new, by=by, found_by=locked)
    record(
        ANSWERED, by=by, target=locked, task_id=locked.sweep.task_id,
        after={"digest": text_digest(locked.text)}, note=f"{locked.unit}已回报",
    )  # fmt: skip  # others read the task's timeline too: what was answered is not for all of them (sees_all_answers)
    return locked


@dataclass(frozen=True)
class Shown:
    """A sweep as one person may read it: its answers, how many others were asked, how many of these have answered."""

    sweep: Sweep
    answers: Sequence[SweepAnswer]
    others: int
    answered: int


def answers_for(person: Person) -> QuerySet[SweepAnswer]:
    """Answers with their unit, how many tasks each found (`found`), and whether it is of the person's own unit or of one
    below it (`own`)."""
    below = UnitClosure.objects.filter(ancestor__in=person.scope, descendant=OuterRef("unit"))
    return SweepAnswer.objects.select_related("unit").annotate(own=Exists(below), found=Count("tasks")).order_by("pk")


def sweeps_shown(task: Task, person: Person) -> list[Shown]:
    """The sweeps of `task`, whose answers were read with it (answers_for), as `person` may read them."""
    return [_shown(sweep, task, person) for sweep in task.sweeps.all()]


def _shown(sweep: Sweep, task: Task, person: Person) -> Shown:
    sweep.task = task
    answers: list[Any] = list(sweep.answers.all())
    whole = sees_all_answers(sweep, person)
    others = [] if whole else [answer for answer in answers if not answer.own]
    mine = answers if whole else [answer for answer in answers if answer.own]
    return Shown(sweep, mine, len(others), sum(1 for answer in others if answer.nothing_found is not None))


@transaction.atomic
def enter_own(place: Unit, new: NewTask, *, by: Person) -> Task:
    """Put a problem that no inspector's list names on the account of its place. Raises Refused."""
    if new.source == Source.FEEDBACK:
        raise Refused("督察反馈的问题从整改方案导入，不单独登记")
    if not stands_below([place.pk], by.places_as(Role.COORDINATION)):
        raise Refused(f"由{place}的综合协调组登记")
    known = own_register(place, by=by).tasks.filter(issue=new.issue, source=new.source).open().order_by("pk").first()
    if known:  # a form that was sent twice: a number once given is never taken back
        raise Refused(f"{known.number}就是这个问题，已经登记，没有重复登记")
    return _enter(place, new, by=by)


def _enter(place: Unit, new: NewTask, *, by: Person, found_by: SweepAnswer | None = None) -> Task:
    plan = own_register(place, by=by)
    last = plan.tasks.aggregate(last=Max("serial"))["last"] or 0
    task = enter_task(plan, new.numbered(last + 1), by=by)
    if found_by is not None:
        Task.objects.filter(pk=task.pk).update(found_by=found_by)
        task.found_by = found_by
    return task


def own_register(place: Unit, *, by: Person) -> Plan:
    """The place's register of problems found by itself, locked; made the first time."""
    found = Inspection.objects.select_for_update().filter(place=place, kind=Inspection.Kind.OWN).first()
    if found is None:
        Unit.objects.select_for_update(of=("self",)).get(pk=place.pk)  # two at once wait here
        found = Inspection.objects.filter(place=place, kind=Inspection.Kind.OWN).first()
    if found is None:
        found = Inspection.objects.create(
            place=place, kind=Inspection.Kind.OWN, name=f"{place}自查自纠", prefix=OWN_PREFIX
        )
        record(REGISTER_OPENED, by=by, target=found, after={"name": found.name})
    return found.plans.first() or enter_plan(found, by=by, title=f"{place}自查问题台账")


@blocks
def unanswered_sweeps(task: Task) -> Iterable[Blocker]:
    """Like problems are looked for before the task is handed in (R04, R35)."""
    waiting = [str(row.unit) for sweep in task.sweeps.all() for row in sweep.answers.all() if row.nothing_found is None]
    if waiting:
        more = f"等{len(waiting)}个单位" if len(waiting) > 3 else ""
        yield Blocker(
            APPLY, f"举一反三排查还没有回报：{'、'.join(waiting[:3])}{more}", "由这些单位回报", "sweeps", "sweeps"
        )
