"""The ledger's workbook out, changed as Excel would, and back: what differs row by row, what is refused, what is written."""

from collections.abc import Mapping
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from django.core.files.base import ContentFile

from tests.world import World
from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.audit import clock
from zhenggai.audit.models import Entry
from zhenggai.audit.trail import verify_database
from zhenggai.closure.tests.test_path import walk
from zhenggai.core.reading.grid import address, read_grid
from zhenggai.documents.forms import Upload
from zhenggai.ledger.amendments import amend
from zhenggai.ledger.columns import COLUMNS, needs_of
from zhenggai.ledger.models import Task, Workbook
from zhenggai.ledger.querysets import TaskQuerySet
from zhenggai.ledger.returned import accept_rows, compare_again, drop_workbook, receive_changes
from zhenggai.ledger.states import State
from zhenggai.ledger.views.table import XLSX
from zhenggai.ledger.workbook import CHECKS, workbook

KEYS = [column.key for column in COLUMNS]
FIRST = 3  # the row of the first task, below the caption and the head


def exported(rows: TaskQuerySet | None = None) -> bytes:
    today = clock.today()
    tasks = (Task.objects.all() if rows is None else rows).with_schedule(today).for_list(needs_of(COLUMNS), today)
    return workbook(tasks.order_by("pk"), COLUMNS, today, "视图：全部")


def at(key: str, row: int = FIRST) -> str:
    return address(row, KEYS.index(key) + 1)


def saved(
    content: bytes, changes: Mapping[str, str] = {}, formulas: Mapping[str, str] = {}, merged: str = ""
) -> Upload:
    """The workbook as a person would save it after typing `changes` (address → text) into it; text "-" empties the cell."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("台账")
    for (row, column), text in read_grid(content, "台账.xlsx").cells.items():
        typed = changes.get(address(row, column), text)
        sheet.write_string(row - 1, column - 1, "" if typed == "-" else typed)
    for place, text in changes.items():
        sheet.write_string(place, "" if text == "-" else text)
    for place, text in formulas.items():
        sheet.write_formula(place, text, value="算出来的")
    if merged:
        sheet.merge_range(merged, "合并")
    book.close()
    return Upload(ContentFile(out.getvalue(), name="改好.xlsx"), "改好.xlsx", XLSX)


def returned(world: World, changes: Mapping[str, str], **more: Any) -> Workbook:
    return receive_changes(saved(exported(), changes, **more), by=world.office)


def told(book: Workbook) -> list[tuple[str, str, str, str]]:
    """(address, before, after, what is wrong) of every cell."""
    return [(cell["at"], cell["before"], cell["after"], cell["error"]) for row in book.rows.all() for cell in row.edits]


@pytest.mark.requirement("R57", "R89")
def test_what_was_changed_is_shown_and_written_when_accepted(world: World) -> None:
    first, second = world.task(), world.task()
    changes = {
        at("headline"): "南湖三处排口溢流", at("sponsor"): "分管副市长", at("leader"): "区长、副区长", at("increment"): "增量",
        at("weights"): "3、1", at("upper", FIRST + 1): "省18-04",
    }  # fmt: skip
    book = returned(world, changes)
    assert [row.number for row in book.rows.all()] == [first.number, second.number]
    assert {(place, after) for place, _, after, _ in told(book)} == set(changes.items())
    assert not any(error for *_, error in told(book))
    assert not Task.objects.filter(increment=True).exists(), "nothing is written before it is accepted"
    assert accept_rows(book, by=world.office) == 2
    first.refresh_from_db()
    assert (first.headline, first.increment) == ("南湖三处排口溢流", True)
    assert sorted(first.leaders.values_list("part", "name")) == [
        ("responsible", "副区长"), ("responsible", "区长"), ("sponsor", "分管副市长"),
    ]  # fmt: skip
    assert list(first.measures.values_list("weight", flat=True)) == [3, 1]
    assert Task.objects.get(pk=second.pk).upper_number == "省18-04"
    entries = Entry.objects.filter(verb="task.amended")
    assert entries.count() == 2, "one row of the trail a task"
    assert entries.get(task_id=first.pk).after["sponsor"] == "分管副市长"
    assert verify_database().holds


def test_columns_may_be_moved_and_left_out(world: World) -> None:
    task = world.task()
    grid = read_grid(exported(), "台账.xlsx")
    out = BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    kept = [KEYS.index("sponsor") + 1, KEYS.index("number") + 1, len(KEYS) + 1]
    for row in (2, 3):
        for place, column in enumerate(kept):
            sheet.write_string(row, place, grid.cells.get((row, column), ""))
    sheet.write_string(3, 0, "分管副市长")
    book.close()
    received = receive_changes(Upload(ContentFile(out.getvalue(), name="a.xlsx"), "a.xlsx", XLSX), by=world.office)
    assert told(received) == [("A4", "", "分管副市长", "")]
    accept_rows(received, by=world.office)
    assert task.leaders.get().name == "分管副市长"


def test_an_unchanged_workbook_changes_nothing(world: World) -> None:
    world.task()
    with pytest.raises(Refused, match="和台账没有差别"):
        returned(world, {})
    assert not Workbook.objects.exists()


def test_days_that_only_pass_are_no_changes(world: World) -> None:
    world.task(due=clock.today() + timedelta(days=3))
    content = exported()
    with clock.pretend(clock.at(clock.today() + timedelta(days=9))), pytest.raises(Refused, match="没有差别"):
        receive_changes(saved(content), by=world.office)


@pytest.mark.parametrize(
    ("key", "text", "why"),
    [
        ("due", "2030-01-01", "延期要另行申请"),
        ("due", "明年底", "不是日期"),
        ("first_due", "2030-01-01", "延期要另行申请"),
        ("achieved", "100", "不能填"),
        ("state", "已销号", "不能填"),
        ("lead", "市水务局", "新版方案"),
        ("number", "省督-999", "编号不能改"),
        ("headline", "-", "不能空着"),
        ("increment", "都是", "存量”或“增量"),
        ("place", "南山区", "不是你负责的区划"),
        ("weights", "1", "有2项措施"),
        ("weights", "1、0", "1到100"),
        ("leader", "长" * 81, "不超过80字"),
    ],
)
def test_a_cell_that_may_not_change_says_why_at_its_address(world: World, key: str, text: str, why: str) -> None:
    world.task()
    book = returned(world, {at(key): text, at("sponsor"): "分管副市长"})
    errors = {place: error for place, _, _, error in told(book) if error}
    assert list(errors) == [at(key)]
    assert why in errors[at(key)]
    with pytest.raises(Refused, match="没有可以采纳的行"):
        accept_rows(book, by=world.office)
    assert not Entry.objects.filter(verb="task.amended").exists(), "not half of the row either"


def test_rows_that_name_no_task_one_twice_or_none(world: World) -> None:
    first, second = world.task(), world.task()
    hidden = address(FIRST + 1, len(KEYS) + 1)
    book = returned(world, {at("number", FIRST + 1): first.number, hidden: "-"})
    assert [error for *_, error in told(book)] == [f"与第{FIRST}行是同一项，一项只能有一行"]
    book = returned(world, {at("number", FIRST + 1): "省督-999", hidden: "-"})
    assert "台账里没有“省督-999”" in told(book)[0][3]
    book = returned(world, {at("number", FIRST + 1): "-", hidden: "-"})
    assert "没有序号" in told(book)[0][3]
    assert second.number


def test_a_formula_is_told_where_it_stands(world: World) -> None:
    world.task()
    book = returned(world, {}, formulas={at("headline"): '=CONCATENATE("a","b")'})
    assert told(book)[0][0] == at("headline")
    assert "公式" in told(book)[0][3]


@pytest.mark.parametrize(
    ("changes", "more", "why"),
    [
        ({"A2": "编号x"}, {}, "没有“序号”列"),
        ({"B2": "不认识"}, {}, "B2：不认识的列“不认识”"),
        ({"C2": "属地"}, {}, "“属地”列有两个"),
        ({}, {"merged": "B3:B4"}, "B3:B4合并了单元格"),
    ],
)
def test_a_wrong_head_or_merged_cells_refuse_the_file(world: World, changes: Any, more: Any, why: str) -> None:
    world.task()
    world.task()
    with pytest.raises(Refused, match=why):
        returned(world, changes, **more)
    assert not Workbook.objects.exists()


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b"PK\x03\x04broken", "a.xlsx", "损坏|读不出"),
        ("只有文字".encode(), "a.txt", "这不是表格|不认识"),
        (b"\x00\x01", "a.xlsx", "."),
    ],
)
def test_what_is_no_workbook_is_refused_in_words(world: World, content: bytes, name: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        receive_changes(Upload(ContentFile(content, name=name), name, XLSX), by=world.office)


@pytest.mark.requirement("R57")
def test_what_changed_on_both_sides_is_a_conflict_with_both_shown(world: World) -> None:
    task = world.task()
    content = exported()
    amend({task.pk: {"headline": "别人改的"}}, by=world.acceptor)
    book = receive_changes(saved(content, {at("headline"): "表里改的", at("sponsor"): "副市长"}), by=world.office)
    row = book.rows.get()
    assert row.status == "conflict"
    assert [(cell["before"], cell["after"], cell["conflict"]) for cell in row.edits] == [
        ("别人改的", "表里改的", True), ("", "副市长", False),
    ]  # fmt: skip
    with pytest.raises(Refused, match="没有可以采纳的行"):
        accept_rows(book, by=world.office)
    assert accept_rows(book, by=world.office, rows=[row.row]) == 1, "named, it is taken over"
    task.refresh_from_db()
    assert task.headline == "表里改的"


def test_what_only_the_ledger_changed_stays(world: World) -> None:
    task = world.task()
    content = exported()
    amend({task.pk: {"headline": "别人改的"}}, by=world.acceptor)
    accept_rows(receive_changes(saved(content, {at("sponsor"): "副市长"}), by=world.office), by=world.office)
    task.refresh_from_db()
    assert task.headline == "别人改的"


def test_what_changes_between_comparing_and_accepting_stops_all(world: World) -> None:
    first, second = world.task(), world.task()
    book = returned(world, {at("headline"): "表里改的", at("headline", FIRST + 1): "也改了"})
    amend({second.pk: {"headline": "别人又改"}}, by=world.acceptor)
    with pytest.raises(Stale, match="又变了"):
        accept_rows(book, by=world.office)
    first.refresh_from_db()
    assert first.headline != "表里改的"
    compare_again(book, by=world.office)
    assert [row.status for row in book.rows.all()] == ["change", "conflict"]
    assert accept_rows(book, by=world.office) == 1


def test_only_tasks_of_ones_own_place_are_changed(world: World) -> None:
    world.task()
    world.task(lead=[world.north_gov], responsible=[world.north_gov, world.south_gov])
    content = exported(Task.objects.visible_to(world.fresh(world.south_acceptor)))
    changes = {at("sponsor"): "副区长", at("sponsor", FIRST + 1): "副区长"}
    book = receive_changes(saved(content, changes), by=world.fresh(world.south_acceptor))
    assert [row.status for row in book.rows.all()] == ["change", "error"]
    assert "由任务属地的综合协调组更正" in told(book)[1][3]


def test_a_task_in_acceptance_stands_still(world: World) -> None:
    task = world.task()
    walk(world, task, State.IN_ACCEPTANCE)
    book = returned(world, {at("sponsor"): "副市长"})
    assert "环节，补充信息不能再改" in told(book)[0][3]
    with pytest.raises(Refused, match="不能再改"):
        amend({task.pk: {"sponsor": "副市长"}}, by=world.office)


def test_a_circle_of_upper_tasks_is_refused_and_nothing_written(world: World) -> None:
    first, second = world.task(), world.task()
    book = returned(world, {at("upper"): second.number, at("upper", FIRST + 1): first.number})
    with pytest.raises(Refused, match="绕成了圈"):
        accept_rows(book, by=world.office)
    assert not Task.objects.filter(upper__isnull=False).exists()
    alone = returned(world, {at("upper"): first.number})
    assert "不能作自己的上级" in told(alone)[0][3]


def test_a_workbook_is_dealt_with_once_and_by_who_sent_it(world: World) -> None:
    world.task()
    book = returned(world, {at("sponsor"): "副市长"})
    with pytest.raises(Refused, match="只有上传的人"):
        accept_rows(book, by=world.acceptor)
    drop_workbook(book, by=world.office)
    with pytest.raises(Stale, match="已经办结"):
        accept_rows(book, by=world.office)


def test_the_hidden_column_comes_last(world: World) -> None:
    task = world.task(due=date(2026, 12, 31))
    cells = read_grid(exported(), "a.xlsx").cells
    assert cells[2, len(KEYS) + 1].startswith(CHECKS)
    assert cells[3, len(KEYS) + 1].startswith(f"{task.pk}.{task.version}.")
    assert cells[3, KEYS.index("due") + 1] == "2026-12-31"
