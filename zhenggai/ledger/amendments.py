"""Writing particulars (particulars.py): of one task or of ten thousand, in one transaction, a row of the trail each."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import DatabaseError, connection, transaction

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.audit.actions import Act, record_all
from zhenggai.audit.verbs import register
from zhenggai.ledger.changes import changed
from zhenggai.ledger.models import Duty, Leader, Measure, Task
from zhenggai.ledger.particulars import LEADER_PARTS, UNIT_PARTS, Edit, judge
from zhenggai.ledger.permissions import can_amend
from zhenggai.ledger.querysets import TaskQuerySet
from zhenggai.ledger.standing import standing_of

AMENDED = register("task.amended", "更正补充信息")
BATCH = 500
FIELDS = {"headline", "increment", "place"}  # particulars that are fields of the task under the same name
# All tasks in one statement: bulk_update would take a WHEN for each value of each task.
WRITTEN = ("id", "headline", "increment", "place_id", "upper_id", "upper_number", "version")
WRITE = """
UPDATE ledger_task SET headline = given.headline, increment = given.increment, place_id = given.place_id,
    upper_id = given.upper_id, upper_number = given.upper_number, version = given.version
FROM unnest(%s::bigint[], %s::text[], %s::boolean[], %s::bigint[], %s::bigint[], %s::text[], %s::int[])
    AS given (id, headline, increment, place_id, upper_id, upper_number, version)
WHERE ledger_task.id = given.id
"""


def amend(
    wanted: Mapping[int, Mapping[str, str]],
    *,
    by: Person,
    seen: Mapping[int, int] | None = None,
    shown: Mapping[int, Mapping[str, str]] | None = None,
    source: str = "",
) -> dict[int, list[Edit]]:
    """Write `wanted` (task's id → key → text) and return what changed, by task; tasks of which nothing changes are left out.

    `seen`: the version of each task that the person looked at; `shown`: the words (key → text) that stood there. Raises
    Stale when a task has another version or other words by now, Refused when one may not be changed or a value is
    wrong: then nothing is written. A number of statements that does not grow with the tasks, but for batches.
    """
    with transaction.atomic():
        locked = list(_locked(wanted))
        _refuse_stale(locked, seen or {})
        edits = {pk: rows for pk, rows in judge(locked, wanted, by).items() if rows}
        _refuse_moved(locked, edits, shown or {})
        mine = [task for task in locked if task.pk in edits]
        _refuse_wrong(mine, edits, by)
        for task in mine:
            task.version += 1
        try:
            with transaction.atomic():
                _write_fields(mine, edits)
        except DatabaseError as error:
            if "upper task" in str(error):
                raise Stale("有上级任务刚刚进入验收，由哪些任务承担不能再改。请刷新后再试") from error
            if "answer itself" not in str(error):
                raise
            raise Refused("上级序号绕成了圈：有任务会成为自己的上级。请检查“上级序号”") from error
        _write_leaders(mine, edits)
        _write_duties(mine, edits)
        _write_weights(mine, edits)
        record_all((_act(task, edits[task.pk], source) for task in mine), by=by)
        changed(*mine)
    return edits


def for_particulars(rows: TaskQuerySet) -> TaskQuerySet:
    """`rows` with what the words of particulars are made of, in a constant number of statements."""
    return rows.select_related("place", "upper").prefetch_related("leaders", "duties", "measures")


def _locked(wanted: Iterable[int]) -> Iterable[Task]:
    rows = for_particulars(Task.objects.filter(pk__in=list(wanted)).defer("passage", "passage_marks", "result"))
    return rows.select_for_update(of=("self",)).order_by("pk")


def _refuse_stale(tasks: list[Task], seen: Mapping[int, int]) -> None:
    late = [task.number for task in tasks if seen.get(task.pk, task.version) != task.version]
    if late:
        raise Stale(f"{_some(late)}在你打开页面之后已经变了，没有保存。请看过现在的内容再办。")


def _refuse_moved(tasks: list[Task], edits: Mapping[int, list[Edit]], shown: Mapping[int, Mapping[str, str]]) -> None:
    moved = [
        f"{task.number}的{edit.label}"
        for task in tasks
        for edit in edits.get(task.pk, [])
        if shown.get(task.pk, {}).get(edit.key, edit.before) != edit.before
    ]
    if moved:
        raise Stale(f"{_some(moved)}在你看过之后又变了，没有保存。请看过现在的内容再办。")


def _refuse_wrong(tasks: list[Task], edits: Mapping[int, list[Edit]], by: Person) -> None:
    allowed = set(Task.objects.amended_by(by).filter(pk__in=[task.pk for task in tasks]).values_list("pk", flat=True))
    for task in tasks:
        if task.pk not in allowed:
            raise Refused(f"{task.number}：{can_amend(task, by).reason}")
        for edit in edits[task.pk]:
            if edit.error:
                raise Refused(f"{task.number}的{edit.label}“{edit.after}”：{edit.error}")


def _some(names: list[str]) -> str:
    return "、".join(names[:3]) + (f"等{len(names)}处" if len(names) > 3 else "")


def _write_fields(tasks: list[Task], edits: Mapping[int, list[Edit]]) -> None:
    for task in tasks:
        for edit in edits[task.pk]:
            if edit.key in FIELDS:
                setattr(task, edit.key, edit.value)
            elif edit.key == "upper":
                task.upper = edit.value if isinstance(edit.value, Task) else None
                task.upper_number = "" if isinstance(edit.value, Task) else edit.value
    columns = [[getattr(task, name) for task in tasks] for name in WRITTEN]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, columns)
    moved = {task.pk: task for task in tasks if any(edit.key == "place" for edit in edits[task.pk])}
    rows = list(Duty.objects.filter(task__in=moved, part=Duty.Part.PLACE).order_by("pk")) if moved else []
    for row in rows:
        row.unit = moved[row.task_id].place
        row.raw = str(row.unit)
    Duty.objects.bulk_update(rows, ["unit", "raw"], batch_size=BATCH)


def _write_leaders(tasks: list[Task], edits: Mapping[int, list[Edit]]) -> None:
    for key, part in LEADER_PARTS.items():
        given = {task.pk: edit.value for task in tasks for edit in edits[task.pk] if edit.key == key}
        if given:
            Leader.objects.filter(task__in=given, part=part).delete()
            rows = [Leader(task_id=pk, part=part, name=name) for pk, names in given.items() for name in names]
            Leader.objects.bulk_create(rows, batch_size=BATCH)


def _write_duties(tasks: list[Task], edits: Mapping[int, list[Edit]]) -> None:
    for key, part in UNIT_PARTS.items():
        emptied = [task.pk for task in tasks for edit in edits[task.pk] if edit.key == key and not edit.value]
        if emptied:
            Duty.objects.filter(task__in=emptied, part=part).delete()
    rows = [
        Duty(task=task, part=UNIT_PARTS[edit.key], unit=unit, raw=unit.short_name, position=position)
        for task in tasks
        for edit in edits[task.pk]
        if edit.key in UNIT_PARTS
        for position, unit in enumerate(edit.value, 1)
    ]
    Duty.objects.bulk_create(rows, batch_size=BATCH)


def _write_weights(tasks: list[Task], edits: Mapping[int, list[Edit]]) -> None:
    given = {task.pk: edit.value for task in tasks for edit in edits[task.pk] if edit.key == "weights"}
    if not given:
        return
    rows: list[Measure] = []
    for task in tasks:
        for measure, weight in zip(task.measures.all(), given.get(task.pk, []), strict=False):
            measure.weight = weight
            rows.append(measure)
    Measure.objects.bulk_update(rows, ["weight"], batch_size=BATCH)
    fresh = list(Task.objects.filter(pk__in=given).prefetch_related("targets", "measures__milestones").order_by("pk"))
    for task in fresh:
        task.achieved = standing_of(task, clock.today()).achieved
    Task.objects.bulk_update(fresh, ["achieved"], batch_size=BATCH)


def _act(task: Task, edits: list[Edit], source: str) -> Act:
    told: dict[str, dict[str, Any]] = {
        "before": {edit.key: edit.before for edit in edits},
        "after": {edit.key: edit.after for edit in edits},
    }
    words = "；".join(f"{edit.label}：{edit.before or '（空）'} → {edit.after or '（空）'}" for edit in edits)
    return Act(AMENDED, task, task_id=task.pk, note=f"{source}。{words}" if source else words, **told)
