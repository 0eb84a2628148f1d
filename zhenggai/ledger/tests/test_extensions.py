from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from tests.world import World
from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.audit import clock
from zhenggai.audit.actions import record
from zhenggai.audit.clock import at
from zhenggai.ledger.actions import NewMeasure
from zhenggai.ledger.extensions import ask_extension, decide_extension
from zhenggai.ledger.models import Extension, Task
from zhenggai.ledger.revisions import REVISED

TODAY = date(2026, 11, 22)
DUE, LATER = date(2026, 12, 31), date(2027, 6, 30)
REASON = "管网改造要避开汛期，延期内完成剩余两公里"


@pytest.fixture(autouse=True)
def on_the_day() -> object:
    with clock.pretend(at(TODAY)):
        yield


def asked(world: World, task: Task | None = None) -> Extension:
    task = task or world.task(due=DUE, measures=[NewMeasure(1, "一", DUE), NewMeasure(2, "二", date(2026, 12, 1))])
    return ask_extension(task, new_due=LATER, reason=REASON, by=world.south_liaison)


def test_a_granted_extension_moves_the_date_and_keeps_the_first(world: World) -> None:
    extension = asked(world)
    assert extension.level == world.city
    decide_extension(extension, grant=True, answer="情况属实，同意", by=world.leader)
    task = Task.objects.get(pk=extension.task_id)
    assert (task.due, task.first_due, task.extended) == (LATER, DUE, 1)
    assert list(task.measures.values_list("due", flat=True)) == [LATER, date(2026, 12, 1)]


def test_a_denied_one_moves_nothing(world: World) -> None:
    extension = decide_extension(asked(world), grant=False, answer="工期可以压缩", by=world.office)
    task = Task.objects.get(pk=extension.task_id)
    assert (task.due, task.extended) == (DUE, 0)
    with pytest.raises(Stale, match="已由"):
        decide_extension(extension, grant=True, answer="又同意", by=world.leader)


def test_the_level_that_approved_the_plan_decides(world: World) -> None:
    world.plan.approver = world.province
    world.plan.save(update_fields=["approver"])
    extension = asked(world)
    with pytest.raises(Refused, match="由批准方案的一级（江南省）"):
        decide_extension(extension, grant=True, answer="同意", by=world.leader)


@pytest.mark.parametrize("name", ["south_acceptor", "supervision", "water_liaison", "south_liaison"])
def test_nobody_else_decides(world: World, name: str) -> None:
    with pytest.raises(Refused, match="由批准方案的一级|不能决定自己"):
        decide_extension(asked(world), grant=True, answer="同意", by=getattr(world, name))


def test_asking_is_refused_with_the_reason(world: World) -> None:
    task = world.task(due=DUE)

    def ask(new_due: date = LATER, reason: str = REASON, by: str = "south_liaison", on: Task = task) -> None:
        ask_extension(on, new_due=new_due, reason=reason, by=getattr(world, by))

    with pytest.raises(Refused, match="要晚于现在的时限"):
        ask(new_due=DUE)
    with pytest.raises(Refused, match="核对年份"):
        ask(new_due=date(2126, 1, 1))
    with pytest.raises(Refused, match="至少10个字"):
        ask(reason="忙")
    with pytest.raises(Refused, match="联络员办理"):
        ask(by="water_liaison")  # who only cooperates may report, not apply
    with pytest.raises(Refused, match="没有到期的日子"):
        ask(on=world.task(due=None))
    with pytest.raises(Refused, match="已过"):
        ask(on=world.task(due=TODAY - timedelta(days=1)))
    ask()
    with pytest.raises(Refused, match="已有一份"):
        ask()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_task SET due = '2028-01-01'",
        "UPDATE ledger_task SET first_due = '2026-06-30'",
    ],
)
def test_the_database_refuses_a_date_that_moves_without_its_row(world: World, statement: str) -> None:
    world.task(due=DUE)
    with pytest.raises(DatabaseError, match="moves only by an extension"), transaction.atomic():
        connection.cursor().execute(statement)
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_measure SET due = '2028-01-01'",
        "UPDATE ledger_measure SET text = '已完成'",
        "UPDATE ledger_measure SET no = no + 10",
        "DELETE FROM ledger_measure",
    ],
)
def test_the_database_refuses_a_measure_that_changes_without_its_row(world: World, statement: str) -> None:
    world.task(due=DUE)
    with pytest.raises(DatabaseError, match="changes only by an extension or a new version"), transaction.atomic():
        connection.cursor().execute(statement)
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_database_refuses_a_new_version_that_puts_off_a_date_that_has_passed(world: World) -> None:
    task = world.task(due=DUE)
    late = clock.pretend(at(DUE + timedelta(days=1)))
    with late, pytest.raises(DatabaseError, match="moves only by"), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(due=DUE + timedelta(days=90))
        record(REVISED, by=world.office, target=task, task_id=task.pk, after={"due": "2027-03-31"})
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_extension SET new_due = '2029-01-01'",
        "UPDATE ledger_extension SET applied_on = '2026-01-01'",
        "DELETE FROM ledger_extension",
    ],
)
def test_the_database_keeps_what_was_asked(world: World, statement: str) -> None:
    asked(world)
    with pytest.raises(DatabaseError, match="answered once"), transaction.atomic():
        connection.cursor().execute(statement)


def test_the_database_refuses_one_asked_too_late_or_decided_by_its_applicant(world: World) -> None:
    task = world.task(due=DUE)
    row = {"task": task, "old_due": DUE, "new_due": LATER, "reason": REASON, "level": world.city}
    late = Extension(**row, applied_by=world.south_liaison, applied_on=DUE + timedelta(days=1))
    with pytest.raises(DatabaseError, match="extension_asked_in_time"), transaction.atomic():
        late.save()
    own = asked(world, task)
    own.granted, own.answer, own.decided_by, own.decided_at = True, "好", world.south_liaison, clock.now()
    with pytest.raises(DatabaseError, match="extension_decided_by_another"), transaction.atomic():
        own.save()
