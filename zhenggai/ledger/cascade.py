"""Tasks that answer tasks of a higher level (省序号 ↔ 市序号 ↔ 县): linked downwards, rolled up again (R40, R79)."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import DatabaseError, transaction
from django.db.models import Avg, Count, F, Q

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Person
from zhenggai.accounts.roles import Role
from zhenggai.audit.actions import record
from zhenggai.audit.verbs import register
from zhenggai.ledger.models import Task
from zhenggai.ledger.permissions import is_over
from zhenggai.ledger.querysets import TaskQuerySet
from zhenggai.ledger.states import CLOSED, State

LINKED = register("task.linked", "关联上级任务", "blue")


@dataclass(frozen=True)
class RollUp:
    """What the tasks below one task come to: how many, how many of them struck off, and their mean progress in percent."""

    total: int
    closed: int
    achieved: Decimal


def why_it_stays(task: Task, upper: Task | None) -> str:
    """Why the task cannot answer `upper` from now on: what blocks a strike-off is not unlinked (the database says the same,
    migrations/0004_guards). Empty where it can."""
    if upper == task.upper:
        return ""
    if task.is_closed and task.upper:
        return f"{task.number}{task.state_words}，和{task.upper.number}的关联不再改动"
    for above in filter(None, (task.upper, upper)):
        if above.state != State.RECTIFYING:
            return f"上级任务{above.number}在“{above.state_words}”环节，由哪些任务承担不能再改"
    return ""


def answer_to(task: Task, *, upper: Task | None, upper_number: str = "", by: Person) -> Task:
    """Say which task of a higher level this one answers: one of the ledger, or its number where it is kept elsewhere.

    Raises Refused when it would answer itself through others, when the person does not coordinate the task's place, and as
    why_it_stays() says.
    """
    with transaction.atomic():
        locked = Task.objects.select_for_update(of=("self",)).select_related("upper").get(pk=task.pk)
        if not is_over(by, locked, Role.COORDINATION):
            raise Refused("由任务所在地的综合协调组关联")
        before = locked.upper.number if locked.upper else locked.upper_number
        if reason := why_it_stays(locked, upper):
            raise Refused(reason)
        number = "" if upper else upper_number.strip()
        try:
            with transaction.atomic():
                Task.objects.filter(pk=locked.pk).update(upper=upper, upper_number=number, version=F("version") + 1)
        except DatabaseError as error:
            if "upper task" in str(error):  # it moved on while this was asked
                raise Stale("上级任务刚刚进入验收，由哪些任务承担不能再改。请刷新后再看") from error
            if "answer itself" not in str(error) and "task_does_not_answer_itself" not in str(error):
                raise
            raise Refused(f"{upper}本身分解自{locked.number}，不能倒过来作它的上级") from error
        locked.upper, locked.upper_number = upper, number
        after = upper.number if upper else number
        record(
            LINKED, by=by, target=locked, task_id=locked.pk, before={"upper": before}, after={"upper": after},
            note=f"上级任务：{after or '无'}",
        )  # fmt: skip
    return locked


def lower_of(task: Task, person: Person) -> TaskQuerySet:
    """The tasks that answer `task`, as far as the person may see them."""
    return Task.objects.visible_to(person).filter(upper=task)


def roll_up(task: Task) -> RollUp | None:
    """What all tasks below come to, one level down; None where nothing answers the task. Only figures leave here."""
    row = Task.objects.filter(upper=task).aggregate(
        total=Count("pk"), closed=Count("pk", filter=Q(state__in=CLOSED)), mean=Avg("achieved")
    )
    if not row["total"]:
        return None
    return RollUp(row["total"], row["closed"], Decimal(row["mean"]).quantize(Decimal("0.1")))
