"""The ledger's workbook as it comes back from Excel or WPS: which cells were changed, and what is wrong with them.

Three versions meet in each cell: as it was exported (its mark in the hidden column), as the sheet says it now, and as the
ledger says it now. Changed on the sheet alone, it is an edit; changed on both sides, a conflict.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.core.reading.grid import Grid, address
from zhenggai.ledger.amendments import for_particulars
from zhenggai.ledger.cells import day_of, figure_of
from zhenggai.ledger.columns import BY_LABEL, COLUMNS, Column
from zhenggai.ledger.models import Task
from zhenggai.ledger.particulars import Directory, edit_of, tidy
from zhenggai.ledger.permissions import can_amend
from zhenggai.ledger.workbook import CHECKS, MARK, mark, plain

HEAD_WITHIN = 10  # rows in which the head is looked for
NUMBER = "序号"
DATES = {"first_due", "due", "finished_on", "struck_off_on", "known_on"}
FIGURES = {"extended", "achieved"}


@dataclass
class Cell:
    """One cell that was changed: its address, its column, the words before and after, and what is wrong with it."""

    at: str
    key: str
    label: str
    before: str
    after: str
    error: str = ""
    conflict: bool = False


@dataclass
class Row:
    """One row that changes something or is wrong. `marks`: column's key → mark of the cell as it was exported."""

    row: int
    number: str
    texts: dict[str, str]
    task_id: int | None = None
    marks: dict[str, str] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)

    @property
    def status(self) -> str:
        if any(cell.error for cell in self.cells):
            return "error"
        return "conflict" if any(cell.conflict for cell in self.cells) else "change"

    def as_json(self) -> list[dict[str, object]]:
        return [asdict(cell) for cell in self.cells]


@dataclass(frozen=True)
class Head:
    """The head's row, and which column of the sheet holds what."""

    row: int
    columns: dict[int, Column]
    token: int | None = None
    order: tuple[str, ...] = ()  # the columns' keys as they were exported, in the order of the marks

    def place(self, key: str) -> int:
        return next((place for place, column in self.columns.items() if column.key == key), 1)


def head_of(grid: Grid) -> Head:
    """The head of an exported ledger. Raises Refused, naming each cell that is wrong: the file is then not taken at all."""
    rows = list(grid.rows.items())[:HEAD_WITHIN]
    found = next(((row, cells) for row, cells in rows if NUMBER in map(_label, cells.values())), None)
    if found is None:
        raise Refused(f"没有“{NUMBER}”列：前{HEAD_WITHIN}行里找不到表头。请用“导出所见”的表来改，表头不要动")
    row, cells = found
    columns: dict[int, Column] = {}
    token, order, wrong = None, "", []
    for place, text in cells.items():
        column = BY_LABEL.get(_label(text))
        if text.startswith(CHECKS):
            token, order = place, text.removeprefix(CHECKS)
        elif column is None:
            wrong.append(f"{address(row, place)}：不认识的列“{text}”，请改回原来的列名，或删掉这一列")
        elif column in columns.values():
            wrong.append(f"{address(row, place)}：“{text}”列有两个，请删掉一个")
        else:
            columns[place] = column
    wrong += [
        f"{address(top, left)}:{address(bottom, right)}合并了单元格，请取消合并，每行各填各的"
        for top, left, bottom, right in grid.merges
        if bottom >= row
    ]
    if wrong:
        raise Refused("；".join(wrong[:10]) + (f"；另有{len(wrong) - 10}处" if len(wrong) > 10 else ""))
    return Head(row, columns, token, tuple(order.split()))


def _label(text: str) -> str:
    return "".join(text.split())


def changed_rows(grid: Grid, by: Person) -> tuple[int, list[Row]]:
    """How many rows the sheet has, and those that change something or are wrong, judged against the ledger as it is now.
    Raises Refused when the head is wrong. A number of statements that does not grow with the rows."""
    head = head_of(grid)
    rows = [_row(number, cells, head) for number, cells in grid.rows.items() if number > head.row]
    _mark(rows, grid, head)
    tasks = _tasks(rows, by)
    _identify(rows, tasks, head)
    known = {row.task_id: tasks[row.task_id] for row in rows if row.task_id and not row.cells}
    allowed = set(Task.objects.amended_by(by).filter(pk__in=known).order_by().values_list("pk", flat=True))
    directory = Directory.of([_own(row) for row in rows if row.task_id in known], by)
    for row in rows:
        if row.task_id in known:
            row.cells = list(_changes(row, known[row.task_id], grid, head, directory))
            if row.cells and row.task_id not in allowed:
                row.cells[0].error = can_amend(known[row.task_id], by).reason
    return len(rows), [row for row in rows if row.cells]


def _row(number: int, cells: dict[int, str], head: Head) -> Row:
    texts = {column.key: _plain(column, cells.get(place, "")) for place, column in head.columns.items()}
    return Row(number, texts["number"], texts)


def _plain(column: Column, text: str) -> str:
    """A cell's text in the form in which it was exported, whatever Excel made of dates and figures."""
    if column.key in DATES and (day := day_of(text)):
        return day.isoformat()
    if column.key in FIGURES and (figure := figure_of(text)) is not None:
        return plain(figure)
    return tidy(text)


def _mark(rows: list[Row], grid: Grid, head: Head) -> None:
    """Take the hidden column apart: the task's id, its version, and the mark of each cell as it was exported."""
    for row in rows:
        pk, _, rest = grid.cells.get((row.row, head.token or 0), "").partition(".")
        marks = rest.partition(".")[2]
        if pk.isascii() and pk.isdigit() and len(pk) < 18 and len(marks) == MARK * len(head.order):
            row.task_id = int(pk)
            row.marks = {key: marks[at * MARK : (at + 1) * MARK] for at, key in enumerate(head.order)}


def _tasks(rows: list[Row], by: Person) -> dict[int, Task]:
    """The tasks that the rows speak of, as far as the person may see them."""
    visible = Task.objects.visible_to(by)
    ids = [row.task_id for row in rows if row.task_id]
    numbers = {row.number for row in rows if not row.task_id}
    found = {
        *visible.filter(pk__in=ids).order_by().values_list("pk", flat=True),
        *visible.filter(number__in=numbers).order_by().values_list("pk", flat=True),
    }
    wanted = for_particulars(
        Task.objects.filter(pk__in=found).with_schedule(clock.today()).with_measures(clock.today())
    )
    rows_of = wanted.select_related("place", "upper", "inspection").defer("passage", "passage_marks", "result")
    return {task.pk: task for task in rows_of.order_by("pk")}


def _identify(rows: list[Row], tasks: dict[int, Task], head: Head) -> None:
    """Tell which task each row is; a row of which that cannot be said gets an error on its number."""
    by_number: dict[str, list[Task]] = {}
    for task in tasks.values():
        by_number.setdefault(task.number, []).append(task)
    first: dict[int, int] = {}
    for row in rows:
        error = ""
        named = by_number.get(row.number, [])
        if not row.number:
            error = "没有序号；请填上，或删掉这一行"
        elif row.task_id in tasks and tasks[row.task_id].number != row.number:
            error = f"这一行原来是{tasks[row.task_id].number}；编号不能改，也不能重用"
        elif row.task_id not in tasks and len(named) != 1:
            error = (
                f"台账里有{len(named)}项“{row.number}”，请用导出的表来改"
                if named
                else f"台账里没有“{row.number}”，或者你看不到它"
            )
        else:
            row.task_id = row.task_id if row.task_id in tasks else named[0].pk
            if row.task_id in first:
                error = f"与第{first[row.task_id]}行是同一项，一项只能有一行"
            first.setdefault(row.task_id or 0, row.row)
        if error:
            row.task_id = None
            row.cells = [Cell(address(row.row, head.place("number")), "number", NUMBER, "", row.number, error)]


def _own(row: Row) -> dict[str, str]:
    return {column.key: row.texts[column.key] for column in COLUMNS if column.is_editable and column.key in row.texts}


def _changes(row: Row, task: Task, grid: Grid, head: Head, directory: Directory) -> Iterator[Cell]:
    today = clock.today()
    for place, column in head.columns.items():
        if column.frozen is None or column.key == "number":
            continue
        after, exported = row.texts[column.key], row.marks.get(column.key)
        if exported is not None and mark(after) == exported:
            continue  # the sheet says what it was given
        now = plain(column.value(task, today))
        if after == now:
            continue
        cell = Cell(address(row.row, place), column.key, column.label, now, after)
        cell.conflict = exported is not None and mark(now) != exported
        if (row.row, place) in grid.formulas:
            cell.error = "是公式；请复制后选择性粘贴为数值"
        elif column.frozen:
            cell.error = _frozen(column, after)
        elif (edit := edit_of(task, column.key, after, directory)) is None:
            continue
        else:
            cell.error = edit.error
        yield cell


def _frozen(column: Column, after: str) -> str:
    if column.key in DATES and after and not isinstance(day_of(after), date):
        return f"{column.frozen}；而且“{after}”不是日期，日期写成2026-12-31"
    return str(column.frozen)
