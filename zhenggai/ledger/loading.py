"""Loading an older ledger (history.py) into this one: the rows without errors, in one transaction, a row of the trail each.

The only way beside lifecycle.take() by which a task comes to stand closed; the database lets it pass for rows that say on
which day they were known so, and for no others (migrations/0009_history.py).
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Min, prefetch_related_objects
from django.utils import timezone

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Kind, Person, Unit
from zhenggai.audit import clock
from zhenggai.audit.actions import Act, record, record_all
from zhenggai.audit.verbs import register
from zhenggai.documents.actions import keep
from zhenggai.documents.forms import Upload
from zhenggai.ledger.actions import duties_of, enter_plan
from zhenggai.ledger.history import Loaded, guessed, head_row, missing, read_rows
from zhenggai.ledger.models import Duty, Inspection, Leader, Measure, Plan, Task, Workbook, WorkbookRow
from zhenggai.ledger.returned import RECEIVED, lock_open, open_upload
from zhenggai.ledger.states import CLOSED
from zhenggai.ledger.wording import headline

LOADED = register("task.loaded", "历史台账载入", "blue")
BOOK_LOADED = register("workbook.loaded", "载入历史台账", "green")
BATCH = 1000


def receive_history(upload: Upload, *, by: Person) -> Workbook:
    """Keep a table of the time before this system, all rows as they are; nothing enters the ledger yet. Raises Refused when it
    cannot be read or has no rows below its head."""
    grid = open_upload(upload)
    at = head_row(grid)
    rows = {number: cells for number, cells in grid.rows.items() if number > at}
    if not rows:
        raise Refused("表头下面没有内容")
    head = {place: " ".join(text.split()) for place, text in grid.rows[at].items()}
    with transaction.atomic():
        stored = keep(upload.content, media_type=upload.media_type)
        book = Workbook.objects.create(
            kind=Workbook.Kind.HISTORY, file=stored, file_name=upload.name, by=by, total=len(rows),
            head=sorted(head.items()), mapping=guessed(head),
        )  # fmt: skip
        made = (WorkbookRow(workbook=book, row=row, cells=cells, status="change") for row, cells in rows.items())
        WorkbookRow.objects.bulk_create(made, batch_size=BATCH)
        record(RECEIVED, by=by, target=book, after={"file": upload.name, "rows": len(rows)})
    return book


def mapping_of(book: Workbook) -> dict[int, str]:
    """Column → field, as it stands now."""
    return {int(place): key for place, key in book.mapping.items()}


@transaction.atomic
def map_columns(book: Workbook, mapping: dict[int, str], *, by: Person) -> None:
    """Say what each column is. Raises Refused when a needed field has no column, or one field has two."""
    locked = lock_open(book, by)
    keys = list(mapping.values())
    if lacking := missing(mapping):
        raise Refused(f"还要指定：{'、'.join(lacking)}")
    if len(keys) != len(set(keys)):
        raise Refused("同一个字段指定了两列，请只留一列")
    Workbook.objects.filter(pk=locked.pk).update(mapping=mapping)


def judged(book: Workbook, inspection: Inspection, known_on: date) -> list[Loaded]:
    """All rows as they would enter under `inspection`, with what is wrong in each, numbers of the ledger included."""
    cells = {
        row: {int(place): text for place, text in texts.items()}
        for row, texts in book.rows.order_by("row").values_list("row", "cells")
    }
    rows = read_rows(cells, mapping_of(book), inspection.place, inspection.prefix, known_on)
    numbers = {row.number for row in rows if row.number}
    taken = set(Task.objects.filter(inspection=inspection, number__in=numbers).values_list("number", flat=True))
    within = set(Unit.objects.below(inspection.place_id).filter(kind=Kind.PLACE).values_list("pk", flat=True))
    began = _in_use_since(inspection)
    for row in rows:
        if began and row.values["state"] in CLOSED and (row.values["struck_off_on"] or began) > began:
            row.errors["struck_off_on"] = f"{began}起这里的任务在本系统办理，以后的销号要一步步办，不能当作历史载入"
        if row.number in taken:
            row.errors["number"] = f"{row.number}在台账里已经有了，编号不能重用"
        if (place := row.values.get("place")) is not None and place.pk not in within:
            row.errors["place"] = f"{place}不在{inspection.place}的范围内"
    return rows


def _in_use_since(inspection: Inspection) -> date | None:
    """The day on which the first task of the inspected place entered this ledger in the ordinary way."""
    own = Task.objects.filter(inspection__place=inspection.place_id, known_on__isnull=True)
    first = own.aggregate(first=Min("entered_at"))["first"]
    return timezone.localdate(first) if first else None


@transaction.atomic
def load_history(
    book: Workbook, inspection: Inspection, *, title: str, known_on: date, by: Person, partly: bool = False
) -> Plan:
    """Put the rows into the ledger as they were on `known_on`, under a plan of their own. Raises Refused when a row is wrong
    (`partly`: those rows are left out), the day lies ahead, or the inspection is not the person's: then nothing is written."""
    locked = lock_open(book, by)
    if not Inspection.objects.kept_by(by).filter(pk=inspection.pk).exists():
        raise Refused("由被督察对象的综合协调组载入")
    if known_on > clock.today():
        raise Refused("截至日期不能在今天之后")
    rows = judged(locked, inspection, known_on)
    sound = [row for row in rows if not row.errors]
    if not sound or (len(sound) < len(rows) and not partly):
        raise Refused(f"{len(rows) - len(sound)}行有错，没有载入；改好后重新上传，或只载入没有错的行")
    plan = enter_plan(inspection, by=by, title=title.strip()[:200], file=locked.file, file_name=locked.file_name)
    _enter(plan, sound, locked, known_on, by)
    Workbook.objects.filter(pk=locked.pk).update(ended_at=clock.now(), plan=plan)
    left = len(rows) - len(sound)
    record(
        BOOK_LOADED, by=by, target=locked, after={"plan": plan.pk, "loaded": len(sound), "left": left},
        note=f"{locked.file_name}：载入{len(sound)}行，截至{known_on}" + (f"；{left}行有错没有载入" if left else ""),
    )  # fmt: skip
    return plan


def _enter(plan: Plan, rows: Sequence[Loaded], book: Workbook, known_on: date, by: Person) -> None:
    head, texts = dict(book.head), dict(book.rows.values_list("row", "cells"))
    serials = _serials(rows)
    tasks = Task.objects.bulk_create(
        (_task(plan, row, serials[row.row], _passage(head, texts[row.row]), known_on) for row in rows), batch_size=BATCH
    )
    pairs = list(zip(tasks, rows, strict=True))
    groups = {
        id(name.group): name.group for row in rows for names in row.duties.values() for name in names if name.group
    }
    prefetch_related_objects(list(groups.values()), "members")
    Duty.objects.bulk_create(
        (duty for task, row in pairs for duty in duties_of(task, dict(row.duties))), batch_size=BATCH
    )
    Leader.objects.bulk_create(
        (
            Leader(task=task, part=part, name=name[:80])
            for task, row in pairs
            for part, name in dict.fromkeys(row.leaders)
        ),
        batch_size=BATCH,
    )
    Measure.objects.bulk_create((measure for task, row in pairs for measure in _measures(task, row)), batch_size=BATCH)
    record_all(
        (
            Act(
                LOADED, task, task_id=task.pk, note=f"从“{book.file_name}”第{row.row}行载入，情况截至{known_on}",
                after={
                    "number": task.number, "state": task.state, "known_on": known_on.isoformat(),
                    "due": task.due and task.due.isoformat(),
                },
            )
            for task, row in pairs
        ),
        by=by,
    )  # fmt: skip


def _serials(rows: Sequence[Loaded]) -> dict[int, int]:
    """Row → serial within the plan: the figures of its number, or the next free one where two have the same."""
    wanted = {row.serial for row in rows}
    free = iter(range(max(one for one in wanted if one) + 1, 2**31))
    taken: set[int] = set()
    found = {}
    for row in rows:
        serial = row.serial if row.serial and row.serial not in taken else next(free)
        taken.add(serial)
        found[row.row] = serial
    return found


def _task(plan: Plan, row: Loaded, serial: int, passage: str, known_on: date) -> Task:
    values: dict[str, Any] = dict(row.values)
    closed = values["state"] in CLOSED
    return Task(
        plan=plan,
        inspection=plan.inspection,
        number=row.number,
        serial=serial,
        headline=headline(values["issue"]),
        passage=passage,
        known_on=known_on,
        achieved=100 if closed else 0,
        **values,
    )


def _passage(head: dict[int, str], cells: dict[str, str]) -> str:
    """The row word by word, each cell behind its column's name."""
    filled = sorted((int(place), text) for place, text in cells.items())
    return "\n".join(f"{head.get(place, f'第{place}列')}：{text}" for place, text in filled)


def _measures(task: Task, row: Loaded) -> Iterator[Measure]:
    done_on = (task.finished_on or task.struck_off_on) if task.state in CLOSED else None
    progress = Measure.Progress.DONE if done_on else Measure.Progress.OPEN
    for no, text in enumerate(row.measures, 1):
        yield Measure(task=task, no=no, text=text, progress=progress, done_on=done_on)
