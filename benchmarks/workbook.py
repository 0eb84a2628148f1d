"""The round trip of a workbook of 10,000 tasks: out, a leader's name typed into each row, back, every row accepted.

    ZHENGGAI_VAR=… .venv/bin/python benchmarks/workbook.py [--rows 10000] [--user office-1]

On the ledger that benchmarks/generate.py made, which it changes. Prints a line for each part: seconds by the clock and
of this process's own work.
"""

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from benchmarks.pages import django_ready

FIRST = 3  # the row of the first task, below the caption and the head


@contextmanager
def timed(what: str) -> Iterator[None]:
    clock, own = time.perf_counter(), time.process_time()
    yield
    print(f"{what}：{time.perf_counter() - clock:.1f}秒，本进程{time.process_time() - own:.1f}秒", flush=True)


def typed_into(content: bytes, column: int, rows: int) -> bytes:
    """The workbook as a person saves it after writing another leader's name into each row."""
    import xlsxwriter

    from zhenggai.core.reading.grid import read_grid

    out = BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("台账")
    for (row, place), text in read_grid(content, "台账.xlsx").cells.items():
        sheet.write_string(row - 1, place - 1, text)
    for row in range(FIRST, FIRST + rows):
        sheet.write_string(row - 1, column - 1, f"副市长{row % 7 + 1}")
    book.close()
    return out.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--user", default="office-1")
    asked = parser.parse_args()
    with django_ready():
        from django.core.files.base import ContentFile

        from zhenggai.accounts.models import Person
        from zhenggai.audit import clock
        from zhenggai.documents.forms import Upload
        from zhenggai.ledger.columns import COLUMNS, needs_of
        from zhenggai.ledger.models import Task
        from zhenggai.ledger.returned import accept_rows, receive_changes
        from zhenggai.ledger.views.table import CHUNK, XLSX
        from zhenggai.ledger.workbook import workbook

        person, today = Person.objects.get(username=asked.user), clock.today()
        tasks = Task.objects.amended_by(person).with_schedule(today).for_list(needs_of(COLUMNS), today).order_by("pk")
        with timed(f"导出{asked.rows}行，全部{len(COLUMNS)}列"):
            content = workbook(tasks[: asked.rows].iterator(chunk_size=CHUNK), COLUMNS, today, "视图：全部")
        column = [column.key for column in COLUMNS].index("sponsor") + 1
        changed = typed_into(content, column, asked.rows)
        with timed("上传并逐行对照"):
            book = receive_changes(Upload(ContentFile(changed, name="改.xlsx"), "改.xlsx", XLSX), by=person)
        with timed("采纳"):
            written = accept_rows(book, by=person)
        print(f"{book.total}行，写入{written}项任务")


if __name__ == "__main__":
    main()
