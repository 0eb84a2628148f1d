"""`take` is the only writer of a task's state: no other line of the program writes it, and the database refuses it."""

import ast
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from tests.world import World
from zhenggai.ledger import lifecycle
from zhenggai.ledger.models import Task
from zhenggai.ledger.states import STEPS, State, mermaid

ROOT = Path(__file__).resolve().parents[3]
WRITER = ROOT / "zhenggai/ledger/lifecycle.py"


def state_writers(source: str) -> list[int]:
    """Lines that assign `.state` of a task, or pass state= to an update of tasks."""
    found = []
    for node in ast.walk(ast.parse(source)):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in [part for one in targets if one for part in (one.elts if isinstance(one, ast.Tuple) else [one])]:
            if isinstance(target, ast.Attribute) and target.attr in ("state", "state_since") and _is_task(target.value):
                found.append(node.lineno)
        if isinstance(node, ast.Call) and _writes_task_state(node):
            found.append(node.lineno)
    return found


WRITES = {"update", "create", "bulk_create", "update_or_create", "get_or_create", "bulk_update"}


def _writes_task_state(call: ast.Call) -> bool:
    named = any(word.arg in ("state", "state_since") for word in call.keywords)
    return (
        named and isinstance(call.func, ast.Attribute) and call.func.attr in WRITES and "Task" in ast.unparse(call.func)
    )


def _is_task(value: ast.expr) -> bool:
    return "task" in ast.unparse(value).lower()


def test_no_other_line_writes_a_state() -> None:
    sources = [path for path in (ROOT / "zhenggai").rglob("*.py") if "tests" not in path.parts and path != WRITER]
    found = {str(path): lines for path in sources if (lines := state_writers(path.read_text()))}
    assert found == {}
    assert state_writers(WRITER.read_text()), "the search finds the one writer"


@pytest.mark.parametrize(
    "line", ["task.state = 'filed'", "Task.objects.filter(pk=1).update(state='filed')", "self.task.state_since = now"]
)
def test_the_search_finds_writers(line: str) -> None:
    assert state_writers(line) == [1]


def test_database_refuses_another_writer(world: World) -> None:
    task = world.task()
    with pytest.raises(IntegrityError, match="written by lifecycle"), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(state="self_checked", finished_on="2026-01-01")


def test_database_refuses_a_task_that_enters_finished(world: World) -> None:
    task = world.task()
    task.pk, task.serial, task.number, task.state, task.finished_on = None, 99, "省督-99", "reviewed", "2026-01-01"
    with pytest.raises(IntegrityError, match="enters the ledger as rectifying"), transaction.atomic():
        task.save(force_insert=True)


def test_a_task_and_its_number_stay(world: World) -> None:
    task = world.task()
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("DELETE FROM ledger_task WHERE id = %s", [task.pk])


def test_every_step_has_its_performer() -> None:
    assert set(lifecycle._performers) == set(STEPS)
    for step in STEPS.values():
        assert lifecycle.performer(step).form is not None


def test_a_step_has_one_performer() -> None:
    with pytest.raises(ValueError, match="already has an action"):
        lifecycle.performs(STEPS["file"], allowed=lambda task, by: None)(lambda task, by: None)  # type: ignore[arg-type, return-value]


def test_every_state_can_be_reached_and_left() -> None:
    reached = {State.RECTIFYING} | {target for step in STEPS.values() for target in step.targets}
    left = {source for step in STEPS.values() for source in step.sources}
    assert reached == set(State)
    assert left == set(State) - {State.FILED}


def test_diagram_in_the_docs_is_drawn_from_the_table() -> None:
    assert mermaid() in (ROOT / "docs/lifecycle.md").read_text()
