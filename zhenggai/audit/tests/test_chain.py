"""The trail only grows, and any change to it is found."""

import io
import json
from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection, transaction

from tests.world import World
from zhenggai.audit import trail as trail_module
from zhenggai.audit.actions import SYSTEM, Act, record, record_all
from zhenggai.audit.chain import GENESIS, Row, digest, netstring, read_export, verify
from zhenggai.audit.models import Entry
from zhenggai.audit.trail import export, verify_database
from zhenggai.audit.verbs import register, words
from zhenggai.ledger.models import Task


def exported() -> list[str]:
    out = io.StringIO()
    export(out)
    return out.getvalue().splitlines()


def check(lines: list[str]) -> tuple[int | None, str]:
    rows, head = read_export(lines)
    found = verify(rows, head)
    return found.broken, found.reason


@pytest.fixture
def trail(world: World) -> Task:
    task = world.task()
    for note in ("甲", "乙：“引号”\n换行", "丙\x1f分隔", *"子丑寅卯辰巳午未"):
        record("task.entered", by=world.office, target=task, task_id=task.pk, after={"数": 1.5, "空": None}, note=note)
    return task


def test_rows_are_chained_and_hold(trail: Task) -> None:
    rows = list(Entry.objects.order_by("seq"))
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert rows[0].previous == GENESIS
    assert [row.previous for row in rows[1:]] == [row.digest for row in rows[:-1]]
    found = verify_database()
    assert (found.holds, found.rows, found.head) == (True, len(rows), rows[-1].digest)


def test_database_and_program_compute_the_same_digest(trail: Task) -> None:
    for line in exported()[1:]:
        row = json.loads(line)
        assert digest(row) == row["digest"]


def test_digest_does_not_depend_on_the_session_time_zone(trail: Task) -> None:
    before = exported()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'Asia/Shanghai'")
        assert exported() == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET note = '改'",
        "DELETE FROM audit_entry WHERE seq = 1",
        "TRUNCATE audit_entry",
        "UPDATE audit_head SET seq = 0",
        "DELETE FROM audit_head",
        "INSERT INTO audit_head (seq, digest) VALUES (9, '')",
        "TRUNCATE audit_head",
    ],
)
def test_database_refuses_to_change_the_trail(trail: Task, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="only added|duplicate key"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert verify_database().holds


@pytest.mark.parametrize("statement", ["ALTER TABLE audit_entry DISABLE TRIGGER ALL", "DROP TABLE audit_head",
                                       "UPDATE audit_entry SET note = ''", "DELETE FROM audit_head"])  # fmt: skip
def test_running_product_has_no_right_to_it(trail: Task, statement: str) -> None:
    """The application's role owns nothing and may only read and add."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'zhenggai_app'")
        if cursor.fetchone() is None:
            pytest.skip("this PostgreSQL (DATABASE_URL) has no zhenggai_app role")
        cursor.execute("SET LOCAL ROLE zhenggai_app")
        with pytest.raises(DatabaseError, match="must be owner|permission denied"), transaction.atomic():
            cursor.execute(statement)


@pytest.mark.parametrize(
    ("field", "value"),
    [("note", "改过"), ("actor_name", "别人"), ("at", "1"), ("after", '{"数": 2}'), ("task_id", None), ("source", "x")],
)
def test_a_changed_row_is_named(trail: Task, field: str, value: str | None) -> None:
    lines = exported()
    row = json.loads(lines[3])
    lines[3] = json.dumps(row | {field: value})
    assert check(lines) == (3, "内容与摘要不符：这一条在写入之后被改过")


def test_a_changed_row_with_a_new_digest_breaks_the_next(trail: Task) -> None:
    lines = exported()
    row = json.loads(lines[3]) | {"note": "改过"}
    lines[3] = json.dumps(row | {"digest": digest(row)})
    assert check(lines)[0] == 4


def test_a_missing_row_and_a_cut_tail_are_named(trail: Task) -> None:
    lines = exported()
    assert check(lines[:2] + lines[3:]) == (2, "第2条不见了，下一条是第3条")
    count = len(lines) - 1
    assert check(lines[:-1]) == (count, f"末尾的记录被删：应有{count}条，只有{count - 1}条")


def test_something_else_than_an_export_is_refused() -> None:
    with pytest.raises(ValueError, match="zhenggai-audit/1"):
        read_export(['{"a": 1}'])


def test_record_wants_a_registered_verb_and_a_transaction(transactional_db: None) -> None:
    task = Task()
    with pytest.raises(ValueError, match="not registered"), transaction.atomic():
        record("nothing.such", by=SYSTEM, target=task)
    with pytest.raises(RuntimeError, match="inside the transaction"):
        record("task.entered", by=SYSTEM, target=task)


def test_a_verb_has_one_meaning() -> None:
    assert register("task.entered", words("task.entered").text, "blue") == "task.entered"
    with pytest.raises(ValueError, match="twice"):
        register("task.entered", "别的意思")


def test_netstrings_cannot_be_confused() -> None:
    assert netstring("a") + netstring("b") != netstring("ab") + netstring("")
    assert netstring(None) != netstring("")


def test_what_is_added_while_the_trail_is_read_does_not_look_like_a_forgery(
    trail: Task, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_late(*given: object) -> Iterator[Row]:
        record("task.entered", by=world.office, target=trail, note="后来的")
        yield from read(*given)

    read = trail_module._rows
    monkeypatch.setattr(trail_module, "_rows", read_late)
    assert verify_database().holds


def test_many_rows_at_once_are_chained_like_single_ones(world: World) -> None:
    task = world.task()
    acts = [Act("task.entered", task, task_id=task.pk, note=f"第{number}条") for number in range(2500)]
    assert record_all(iter(acts), by=world.office) == 2500
    record("task.entered", by=world.office, target=task)
    notes = Entry.objects.filter(note__startswith="第", task_id=task.pk).order_by("seq").values_list("note", flat=True)
    assert list(notes) == [act.note for act in acts]
    assert verify_database().holds


def test_a_row_of_many_with_an_unknown_verb_writes_none(world: World) -> None:
    task, before = world.task(), Entry.objects.count()
    with pytest.raises(ValueError, match="not registered"):
        record_all([Act("task.entered", task), Act("no.such", task)], by=world.office)
    assert Entry.objects.count() == before


def test_a_tail_that_was_cut_off_still_shows_when_rows_are_added(trail: Task) -> None:
    """The head knows more rows than the trail holds: what is added then leaves a gap."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_only_added")
        cursor.execute("DELETE FROM audit_entry WHERE seq > (SELECT max(seq) - 2 FROM audit_entry)")
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER audit_only_added")
    record_all([Act("task.entered", trail), Act("task.entered", trail)], by=SYSTEM)
    found = verify_database()
    assert not found.holds
    assert "不见了" in found.reason
