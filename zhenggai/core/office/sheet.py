"""A list as a workbook (.xlsx): a caption, a head that stays, one row a thing, written without holding them in memory."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sheet(name: str, caption: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[object]]) -> bytes:
    """The .xlsx of `rows`. `columns`: each its label and its width in characters. Numbers and dates stay such; text is never
    taken for a formula or an address. Prints in landscape, as wide as the page, with the head on each.

    >>> sheet("台账", "全部", [("序号", 10)], [["省督-01"]])[:2]
    b'PK'
    """
    import xlsxwriter

    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bg_color": "#ECF1EE", "border": 1, "valign": "vcenter", "text_wrap": True})
    text = book.add_format({"text_wrap": True, "valign": "top", "border": 1, "num_format": "@"})
    number = book.add_format({"valign": "top", "border": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "border": 1})
    for position, (_, width) in enumerate(columns):
        page.set_column(position, position, width)
    page.freeze_panes(2, 1)
    page.set_landscape()
    page.repeat_rows(1)
    page.fit_to_pages(1, 0)
    page.write_string(0, 0, caption)
    for position, (label, _) in enumerate(columns):
        page.write_string(1, position, label, head)
    for row, values in enumerate(rows, 2):
        for position, value in enumerate(values):
            if isinstance(value, date):
                page.write_datetime(row, position, value, day)
            elif isinstance(value, int | Decimal):
                page.write_number(row, position, float(value), number)
            else:
                page.write_string(row, position, str(value or ""), text)
    book.close()
    return out.getvalue()
