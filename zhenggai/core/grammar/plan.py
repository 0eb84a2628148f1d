"""The tasks of a plan or progress report, in running text and in tables."""

from itertools import pairwise

from zhenggai.core.grammar.bodies import KINDS
from zhenggai.core.grammar.flat_tables import FlatTable
from zhenggai.core.grammar.measures import items_of, split_measures
from zhenggai.core.grammar.objects import Place, Task, Warning
from zhenggai.core.grammar.outline import Outline
from zhenggai.core.grammar.places import Span
from zhenggai.core.grammar.prose_tasks import task_values
from zhenggai.core.grammar.task_groups import TaskGroup, grouped
from zhenggai.core.grammar.task_values import TaskValues, build_task


def read_tasks(outline: Outline, year: int | None) -> tuple[tuple[Task, ...], list[Warning]]:
    """All tasks in their order, and what is doubtful about them. ``year`` is that of the document, if known."""
    tasks: list[Task] = []
    warnings: list[Warning] = []
    for values in _all_values(outline):
        if values.is_task and not _is_body(outline, values):
            task, doubts = build_task(outline.source, values, year)
            tasks.append(task)
            warnings += doubts
    return tuple(tasks), warnings + _serial_warnings(tasks)


def _is_body(outline: Outline, values: TaskValues) -> bool:
    """A team of the plan with its lead (`综合协调组 牵头单位：…`) is set out like a task and is none."""
    if values.measures or "goal" in values.fields or "deadline" in values.fields:
        return False
    named = values.heading or next(iter(values.fields.get("issue", [])), None)
    if named is None:
        return False
    return outline.source.text[slice(*named)].rstrip(" 。：:\n").endswith(KINDS)


def _all_values(outline: Outline) -> list[TaskValues]:
    items = list(grouped(outline))
    if all(isinstance(item, TaskGroup) for item, _ in items):
        return [task_values(outline, item) for item, _ in items if isinstance(item, TaskGroup)]
    from zhenggai.core.grammar.table_tasks import TableReader  # loaded only where there are tables

    found: list[TaskValues] = []
    tables = TableReader(outline)
    for item, headings in items:
        if isinstance(item, TaskGroup):
            found.append(task_values(outline, item))
        elif isinstance(item, FlatTable):
            found += _flat_tasks(outline, item, [outline.heading(heading) for heading in headings])
        else:
            found += tables.tasks(item, [outline.heading(heading) for heading in headings])
    return found


def _flat_tasks(outline: Outline, table: FlatTable, headings: list[Span]) -> list[TaskValues]:
    """The tasks of a table whose cells are lines."""
    found = []
    for row in table.rows:
        own = [row.heading] if row.heading else []
        values = TaskValues((row.cells[0][1][0], row.cells[-1][1][1]), category=[*headings, *own])
        for name, span in row.cells:
            if name == "measures":
                values.measures += split_measures(outline.folded, span, items_of(outline.folded, span))
            elif name == "category":
                values.category.append(span)
            elif name != "other":
                values.add(name, span)
        found.append(values)
    return found


def _serial_warnings(tasks: list[Task]) -> list[Warning]:
    """Serial numbers that stand twice in a list without categories, or are left out in one that counts through."""
    numbers = [(int(task.serial), task.place) for task in tasks if task.serial and task.serial.isdecimal()]
    if len(numbers) < 3 or len(numbers) != len(tasks):
        return []
    found = []
    for (before, _), (number, place) in pairwise(numbers):
        if number not in {before + 1, 1}:
            found.append(_gap(before, number, place))
    return found


def _gap(before: int, number: int, place: Place) -> Warning:
    return Warning("serial_gap", f"任务序号从{before}跳到{number}，中间可能漏了任务。", place)
