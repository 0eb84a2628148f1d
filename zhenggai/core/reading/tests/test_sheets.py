"""Workbooks: what a sheet shows, not what it stores."""

import datetime
from pathlib import Path

import pytest

from zhenggai.core.reading import Table, TooLarge, limits, read
from zhenggai.core.reading.number_formats import shown
from zhenggai.core.tests.documents import workbook_of, workbook_with_table

OLD = Path(__file__).parents[2] / "tests" / "data" / "table.xls"


def table_of(fill_in):
    return next(b for b in read(workbook_of(fill_in), "a.xlsx").blocks if isinstance(b, Table))


def texts_of(fill_in):
    return [cell.text for cell in table_of(fill_in).cells]


def test_the_old_and_the_new_kind_read_alike():
    old, new = read(OLD.read_bytes(), "a.xls"), read(workbook_with_table(), "a.xlsx")
    assert old.blocks == new.blocks
    assert old.remarks == new.remarks


def test_dates_and_figures_stand_as_the_sheet_shows_them():
    def fill_in(book):
        sheet = book.add_worksheet()
        day = datetime.date(2024, 6, 30)
        for column, (value, form) in enumerate(
            [
                (day, 'yyyy"年"m"月"'),
                (day, 'yyyy"年"m"月"d"日"'),
                (day, "yyyy-mm-dd"),
                (0.9, "0%"),
                (1234.5, '#,##0.0"万元"'),
            ]
        ):
            sheet.write(0, column, value, book.add_format({"num_format": form}))
        sheet.write_row(0, 5, [3, 0.1 + 0.2, True])
        sheet.write_formula(0, 8, '="完"', None, "完成")

    assert texts_of(fill_in) == [
        "2024年6月", "2024年6月30日", "2024-06-30", "90%", "1234.5万元", "3", "0.3", "TRUE", "完成",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (45473, "[$-804]yyyy\\-mm\\-dd;@", "2024-06-30"),
        (45473.5, "yyyy/m/d\\ h:mm", "2024/6/30 12:00"),
        (45473, "[DBNum1][$-804]yyyy\"年\"m\"月\"", "2024年6月"),
        (45473, "d-mmm-yy", "30-6月-24"),
        (-3, "0;[Red]\\-0", "-3"),
        (-3, '0.0_);(0.0)', "(3.0)"),
        (2.5, "0.##", "2.5"),
        (7, "@", "7"),
        (7, "", "7"),
        (3e12, "yyyy", "3000000000000"),
        (5, '"第"0"项"', "第5项"),
        (0, '0;-0;"—"', "—"),
    ],
)  # fmt: skip
def test_formats_of_the_chinese_edition(value, code, text):
    assert shown(value, code) == text


def test_a_header_of_two_rows_keeps_what_each_name_covers():
    def fill_in(book):
        sheet = book.add_worksheet()
        sheet.merge_range("A1:D1", "某市整改清单")
        sheet.merge_range("A2:D2", "填报单位：市整改办")
        sheet.merge_range("A3:A4", "序号")
        sheet.merge_range("B3:C3", "责任单位")
        sheet.merge_range("D3:D4", "时限")
        sheet.write_row("B4", ["牵头", "配合"])
        sheet.write_row("A5", [1, "甲局", "乙局", "2024年"])

    cells = table_of(fill_in).cells
    assert [(cell.text, cell.row, cell.column, cell.rows, cell.columns) for cell in cells[:5]] == [
        ("序号", 1, 1, 2, 1),
        ("责任单位", 1, 2, 1, 2),
        ("时限", 1, 4, 2, 1),
        ("牵头", 2, 2, 1, 1),
        ("配合", 2, 3, 1, 1),
    ]


def test_several_sheets_come_in_order_each_below_its_name():
    def fill_in(book):
        for name in ("大气类", "水类"):
            book.add_worksheet(name).write_row(0, 0, ["序号", name])
        book.add_worksheet("Sheet3").write_row(0, 0, ["完", "毕"])

    blocks = read(workbook_of(fill_in), "a.xlsx").blocks
    assert [getattr(block, "text", "table") for block in blocks] == ["大气类", "table", "水类", "table", "table"]


def test_runs_of_one_text_are_put_together():
    def fill_in(book):
        sheet = book.add_worksheet()
        sheet.write_rich_string(0, 0, "整改", book.add_format({"bold": True}), "目标", "：达标")
        sheet.write(0, 1, "甲\n乙")

    assert texts_of(fill_in) == ["整改目标：达标", "甲\n乙"]


def test_two_cells_at_opposite_corners_cost_nothing():
    def fill_in(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["序号", "目标"])
        sheet.write(1_048_575, 16_383, "达标")

    table = table_of(fill_in)
    assert (table.height, table.width) == (2, 3)


def test_a_sheet_of_more_cells_than_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr(limits, "MAX_BLOCKS", 50)

    def fill_in(book):
        sheet = book.add_worksheet()
        for number in range(40):
            sheet.write_row(number, number, ["x", "x"])

    with pytest.raises(TooLarge):
        read(workbook_of(fill_in), "a.xlsx")


def test_macros_are_told_and_never_run():
    def fill_in(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["序号", "目标"])

    import io
    import zipfile

    buffer = io.BytesIO(workbook_of(fill_in))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    document = read(buffer.getvalue(), "a.xlsm")
    assert [remark.code for remark in document.remarks] == ["macros"]
