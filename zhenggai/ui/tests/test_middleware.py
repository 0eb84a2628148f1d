import pytest
from django.db import connection
from django.http import HttpResponse

from zhenggai.ui.middleware import WRITE, ReadingNeverWritesMiddleware, ReadingWroteError


@pytest.mark.parametrize(
    ("sql", "table"),
    [
        ('INSERT INTO "ledger_task" ("id") VALUES (%s)', "ledger_task"),
        ('UPDATE "ledger_task" SET "state" = %s', "ledger_task"),
        ('DELETE FROM "ledger_task" WHERE true', "ledger_task"),
        ("  truncate table ledger_task", "ledger_task"),
        ("WITH gone AS (DELETE FROM ledger_task RETURNING *) SELECT * FROM gone", "ledger_task"),
        ("MERGE INTO ledger_task USING x ON true", "ledger_task"),
    ],
)
def test_writes_are_recognised(sql, table):
    assert WRITE.match(sql)["table"] == table


@pytest.mark.parametrize(
    "sql",
    [
        'SELECT "ledger_task"."id" FROM "ledger_task"',
        "SELECT 1 FROM ledger_task FOR UPDATE SKIP LOCKED",
        "WITH x AS (SELECT 1) SELECT * FROM x FOR UPDATE OF x",
        "SAVEPOINT s1",
        "SELECT 'UPDATE ledger_task SET'",
    ],
)
def test_reads_are_not(sql):
    assert WRITE.match(sql) is None


@pytest.fixture
def run(rf, db):
    def send(method, sql):
        def view(request):
            with connection.cursor() as cursor:
                cursor.execute(sql)
            return HttpResponse("done")

        return ReadingNeverWritesMiddleware(view)(getattr(rf, method)("/page"))

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE note (id integer)")
        cursor.execute("CREATE TEMPORARY TABLE axes_note (id integer)")
    yield send
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE note")
        cursor.execute("DROP TABLE axes_note")


@pytest.mark.parametrize("method", ["get", "head"])
def test_reading_that_writes_is_an_error_that_names_the_table(run, method):
    with pytest.raises(ReadingWroteError, match=rf"{method.upper()} /page ran INSERT INTO on note"):
        run(method, "INSERT INTO note VALUES (1)")


def test_reading_reads(run):
    assert run("get", "SELECT count(*) FROM note").content == b"done"


def test_posting_writes(run):
    assert run("post", "INSERT INTO note VALUES (1)").content == b"done"


def test_failed_logins_are_counted_while_reading(run):
    assert run("get", "INSERT INTO axes_note VALUES (1)").content == b"done"


def test_the_guard_ends_with_the_request(run):
    run("get", "SELECT 1")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO note VALUES (2)")
