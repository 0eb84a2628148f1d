"""The ledger as a workbook: the rows as they are seen, row by row, without holding them in memory."""

from collections.abc import Iterable
from datetime import date
from io import BytesIO

import xlsxwriter

from zhenggai.ledger.columns import COLUMNS
from zhenggai.ledger.models import Task


def workbook(tasks: Iterable[Task], today: date, caption: str) -> bytes:
    """An .xlsx with a caption row, a head that stays, and one row a task. Text is never taken for a formula."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("台账")
    head = book.add_format({"bold": True, "bg_color": "#ECF1EE", "border": 1, "valign": "vcenter"})
    cell = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "border": 1})
    for position, column in enumerate(COLUMNS):
        sheet.set_column(position, position, column.width)
    sheet.freeze_panes(2, 1)
    sheet.set_landscape()
    sheet.repeat_rows(1)
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, caption)
    for position, column in enumerate(COLUMNS):
        sheet.write_string(1, position, column.label, head)
    for row, task in enumerate(tasks, 2):
        for position, column in enumerate(COLUMNS):
            value = column.value(task, today)
            if isinstance(value, date):
                sheet.write_datetime(row, position, value, day)
            else:
                sheet.write_string(row, position, str(value or ""), cell)
    book.close()
    return out.getvalue()
