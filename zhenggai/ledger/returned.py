"""Taking back the ledger's workbook: received, shown row by row, accepted or put aside. Nothing is written to the ledger
before rows are accepted, and then all of the chosen ones or none."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Count

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.audit.actions import record
from zhenggai.audit.verbs import register
from zhenggai.core.reading.grid import Grid
from zhenggai.documents.actions import keep, on_disk
from zhenggai.documents.forms import Upload
from zhenggai.documents.sheets import read_sheet
from zhenggai.ledger.amendments import amend, for_particulars
from zhenggai.ledger.models import Task, Workbook, WorkbookRow
from zhenggai.ledger.particulars import Directory, edit_of
from zhenggai.ledger.readback import changed_rows

RECEIVED = register("workbook.received", "上传表格")
ACCEPTED = register("workbook.accepted", "采纳表格的改动", "green")
DROPPED = register("workbook.dropped", "放弃上传的表格")
BATCH = 1000
MOST_ROWS = 25_000  # more than one export brings


def open_upload(upload: Upload) -> Grid:
    """The first sheet of an upload, read in a process of its own. Raises Refused, saying what to do."""
    with on_disk(upload.content) as path:
        grid = read_sheet(path, upload.name)
    if (rows := len({row for row, _ in grid.cells})) > MOST_ROWS:
        raise Refused(f"这份表有{rows}行，一次最多{MOST_ROWS}行；请拆成几份")
    return grid


def receive_changes(upload: Upload, *, by: Person) -> Workbook:
    """Keep a workbook of the ledger that comes back, with the rows that change something or are wrong.

    Raises Refused when it cannot be read, its head is wrong, or nothing in it differs: then nothing is kept.
    """
    total, rows = changed_rows(open_upload(upload), by)
    if not rows:
        raise Refused(f"读了{total}行，和台账没有差别。如果改过，请确认存的是这份文件")
    with transaction.atomic():
        stored = keep(upload.content, media_type=upload.media_type)
        book = Workbook.objects.create(
            kind=Workbook.Kind.CHANGES, file=stored, file_name=upload.name, by=by, total=total
        )
        WorkbookRow.objects.bulk_create(
            (
                WorkbookRow(
                    workbook=book, row=row.row, number=row.number[:200], task_id=row.task_id, status=row.status,
                    edits=row.as_json(),
                )
                for row in rows
            ),
            batch_size=BATCH,
        )  # fmt: skip
        record(RECEIVED, by=by, target=book, after={"file": upload.name, "rows": total, "changed": len(rows)})
    return book


def counts_of(book: Workbook) -> dict[str, int]:
    """How many rows stand in each status."""
    found = dict(book.rows.order_by().values_list("status").annotate(n=Count("pk")))
    return {status: found.get(status, 0) for status in WorkbookRow.Status.values}


@transaction.atomic
def accept_rows(book: Workbook, *, by: Person, rows: Iterable[int] | None = None) -> int:
    """Write the chosen rows into the ledger; how many tasks changed. `rows`: their numbers, conflicts included where they
    are named; None takes all that are free of errors and conflicts.

    Raises Stale when the ledger has changed since the sheet was compared: the comparison is then to be made anew
    (`compare_again`); Refused when a chosen row is wrong. In both cases nothing is written.
    """
    locked = lock_open(book, by)
    wanted = locked.rows.filter(status__in=["change", "conflict"])
    chosen = list(wanted.filter(status="change") if rows is None else wanted.filter(row__in=list(rows)))
    if not chosen:
        raise Refused("没有可以采纳的行。有错的行要在表里改好，再上传一次")
    done = amend(
        {row.task_id or 0: {cell["key"]: cell["after"] for cell in row.edits} for row in chosen},
        by=by,
        shown={row.task_id or 0: {cell["key"]: cell["before"] for cell in row.edits} for row in chosen},
        source=f"按上传的表“{book.file_name}”",
    )
    WorkbookRow.objects.filter(pk__in=[row.pk for row in chosen]).update(status=WorkbookRow.Status.ACCEPTED)
    if not locked.rows.filter(status__in=["change", "conflict"]).exists():
        Workbook.objects.filter(pk=book.pk).update(ended_at=clock.now())
    record(ACCEPTED, by=by, target=book, after={"rows": len(chosen), "changed": len(done)}, note=book.file_name)
    return len(done)


@transaction.atomic
def compare_again(book: Workbook, *, by: Person) -> None:
    """Judge the open rows against the ledger as it is now; what changed there meanwhile becomes a conflict."""
    locked = lock_open(book, by)
    rows = list(locked.rows.filter(status__in=["change", "conflict"], task__isnull=False))
    tasks = {task.pk: task for task in for_particulars(Task.objects.filter(pk__in=[row.task_id for row in rows]))}
    directory = Directory.of([{cell["key"]: cell["after"] for cell in row.edits} for row in rows], by)
    for row in rows:
        row.edits = [fresh for cell in row.edits if (fresh := _again(cell, tasks[row.task_id], directory))]
        wrong = any(cell["error"] for cell in row.edits)
        row.status = "error" if wrong else "conflict" if any(cell["conflict"] for cell in row.edits) else "change"
        if not row.edits:
            row.status = "accepted"  # the ledger says the same by now
    WorkbookRow.objects.bulk_update(rows, ["edits", "status"], batch_size=BATCH)


def _again(cell: dict[str, Any], task: Task, directory: Directory) -> dict[str, Any] | None:
    edit = edit_of(task, cell["key"], cell["after"], directory)
    if edit is None:
        return None
    moved = edit.before != cell["before"]
    return cell | {"before": edit.before, "error": edit.error, "conflict": cell["conflict"] or moved}


@transaction.atomic
def drop_workbook(book: Workbook, *, by: Person) -> None:
    """Put a workbook aside; what was accepted of it stays."""
    locked = lock_open(book, by)
    Workbook.objects.filter(pk=locked.pk).update(ended_at=clock.now())
    record(DROPPED, by=by, target=book, note=book.file_name)


def lock_open(book: Workbook, by: Person) -> Workbook:
    """The workbook, locked. Raises Refused when it is somebody else's, Stale when it has been dealt with."""
    locked = Workbook.objects.select_for_update(of=("self",)).get(pk=book.pk)
    if locked.by_id != by.pk:
        raise Refused("只有上传的人能办这份表")
    if locked.ended_at:
        raise Stale("这份表已经办结")
    return locked
