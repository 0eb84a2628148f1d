"""The ledger as a workbook: the rows as they are seen, row by row, without holding them in memory.

Behind the last column stands a hidden one (CHECKS): which task a row is, and a mark of each cell as it was written, so that
what comes back tells exactly what was changed since, here and there (readback.py).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from typing import Any

import xlsxwriter

from zhenggai.ledger.columns import Column
from zhenggai.ledger.models import Task
from zhenggai.ledger.particulars import tidy

CHECKS = "校验（勿改）"
MARK = 6  # hexadecimal figures a cell


def workbook(tasks: Iterable[Task], columns: Sequence[Column], today: date, caption: str) -> bytes:
    """An .xlsx with a caption row, a head that stays, and one row a task. Text is never taken for a formula."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("台账")
    head = book.add_format({"bold": True, "bg_color": "#ECF1EE", "border": 1, "valign": "vcenter", "text_wrap": True})
    open_head = book.add_format(
        {"bold": True, "bg_color": "#CFE6DB", "border": 1, "valign": "vcenter", "text_wrap": True}
    )
    cell = book.add_format({"text_wrap": True, "valign": "top", "border": 1, "num_format": "@"})
    number = book.add_format({"valign": "top", "border": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "border": 1})
    _lay_out(sheet, columns)
    sheet.write_string(0, 0, f"{caption}。绿底表头的列可以改，改完到“台账 › 导入xlsx”交回")
    for position, column in enumerate(columns):
        sheet.write_string(1, position, column.label, open_head if column.is_editable else head)
    sheet.write_string(1, len(columns), " ".join([CHECKS, *(column.key for column in columns)]))
    for row, task in enumerate(tasks, 2):
        values = [column.value(task, today) for column in columns]
        for position, value in enumerate(values):
            if isinstance(value, date):
                sheet.write_datetime(row, position, value, day)
            elif isinstance(value, int | Decimal):
                sheet.write_number(row, position, float(value), number)
            else:
                sheet.write_string(row, position, str(value or ""), cell)
        sheet.write_string(row, len(columns), token(task, [plain(value) for value in values]))
    book.close()
    return out.getvalue()


def _lay_out(sheet: Any, columns: Sequence[Column]) -> None:
    for position, column in enumerate(columns):
        sheet.set_column(position, position, column.width)
    sheet.set_column(len(columns), len(columns), 4, None, {"hidden": True})
    sheet.freeze_panes(2, 1)
    sheet.set_landscape()
    sheet.repeat_rows(1)
    sheet.print_area(0, 0, 1_048_575, len(columns) - 1)
    sheet.fit_to_pages(1, 0)


def plain(value: Any) -> str:
    """A cell's value as the text by which it is compared; figures without needless noughts.

    >>> plain(Decimal("25.0")), plain(date(2026, 12, 31)), plain(" 甲 \\n"), plain(None)
    ('25', '2026-12-31', '甲', '')
    """
    if isinstance(value, int | Decimal):
        return f"{Decimal(value).normalize():f}"
    return tidy(str(value)) if value else ""


def token(task: Task, cells: Iterable[str]) -> str:
    """The hidden cell of a row: the task's id and version, then a mark for each cell."""
    return f"{task.pk}.{task.version}." + "".join(mark(cell) for cell in cells)


def mark(cell: str) -> str:
    """A few figures by which a cell's text is known again.

    >>> len(mark("南湖区"))
    6
    """
    return sha256(cell.encode()).hexdigest()[:MARK]
