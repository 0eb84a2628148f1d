"""An older ledger enters as it was, and nothing else may enter so."""

from collections.abc import Mapping
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection, transaction

from tests.world import InspectionFactory, World
from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.models import Entry
from zhenggai.audit.trail import verify_database
from zhenggai.documents.forms import Upload
from zhenggai.ledger import returned
from zhenggai.ledger.amendments import amend
from zhenggai.ledger.history import guessed, missing
from zhenggai.ledger.lifecycle import decide
from zhenggai.ledger.loading import judged, load_history, map_columns, receive_history
from zhenggai.ledger.models import Duty, Task, Workbook
from zhenggai.ledger.states import FILE
from zhenggai.ledger.views.table import XLSX

TODAY, KNOWN = date(2026, 11, 22), date(2026, 6, 30)
HEAD = (
    "序号",
    "存在问题",
    "整改目标",
    "整改措施",
    "牵头单位",
    "责任单位",
    "整改时限",
    "整改状态",
    "销号日期",
    "挂钩领导",
    "备注",
)
CLOSED = (
    "1",
    "南湖排口溢流。",
    "不溢流",
    "1.排查；2.改造",
    "南湖区政府",
    "南湖区政府",
    "2024-06-30",
    "已销号",
    "2024/7/5",
    "副市长",
    "旧系统",
)
OPEN = (
    "2",
    "北塘超标。",
    "达标",
    "建设污水厂",
    "北塘区政府",
    "北塘区政府、北塘镇",
    "2025年12月31日",
    "整改中",
    "",
    "",
    "",
)
LASTING = ("3", "秸秆焚烧。", "", "", "", "市水务局", "长期坚持", "", "", "", "")


@pytest.fixture(autouse=True)
def on_the_day() -> object:
    with clock.pretend(at(TODAY)):
        yield


def sheet(*rows: tuple[str, ...], head: tuple[str, ...] = HEAD) -> Upload:
    out = BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet()
    page.write_string(0, 0, "临江市整改台账（旧）")
    for row, texts in enumerate((head, *rows), 1):
        for column, text in enumerate(texts):
            page.write_string(row, column, text)
    book.close()
    return Upload(ContentFile(out.getvalue(), name="旧台账.xlsx"), "旧台账.xlsx", XLSX)


def received(world: World, *rows: tuple[str, ...], **more: Any) -> Workbook:
    return receive_history(sheet(*rows, **more), by=world.office)


def loaded(world: World, *rows: tuple[str, ...], **more: Any) -> dict[str, Task]:
    inspection = more.pop("inspection", None) or InspectionFactory(place=world.city, prefix="央督")
    plan = load_history(
        received(world, *rows), inspection, title="2021年方案", known_on=KNOWN, by=world.office, **more
    )  # fmt: skip
    return {task.number: task for task in plan.tasks.all()}


def with_cell(row: tuple[str, ...], name: str, text: str) -> tuple[str, ...]:
    place = HEAD.index(name)
    return (*row[:place], text, *row[place + 1 :])


def errors(world: World, *rows: tuple[str, ...]) -> Mapping[str, str]:
    book = received(world, *rows)
    return {key: words for row in judged(book, world.inspection, KNOWN) for key, words in row.errors.items()}


@pytest.mark.requirement("R57")
def test_rows_enter_as_they_were_with_the_day_on_which_that_was_known(world: World) -> None:
    tasks = loaded(world, CLOSED, OPEN, LASTING)
    closed, still, lasting = tasks["央督-01"], tasks["央督-02"], tasks["央督-03"]
    assert (closed.state, closed.struck_off_on, closed.due) == ("struck_off", date(2024, 7, 5), date(2024, 6, 30))
    assert (still.state, still.due, still.first_due) == ("rectifying", date(2025, 12, 31), date(2025, 12, 31))
    assert (lasting.due, lasting.due_kind) == (None, "long_term")
    assert {task.known_on for task in tasks.values()} == {KNOWN}
    assert [task.place for task in (closed, still, lasting)] == [world.south, world.north, world.city]
    assert list(closed.measures.values_list("text", "progress")) == [("排查", "done"), ("改造", "done")]
    assert closed.leaders.get().name == "副市长"
    assert "备注：旧系统" in closed.passage, "what no column means is kept word by word"
    unknown = Duty.objects.get(task=still, raw="北塘镇")
    assert unknown.unit is None, "a name that the directory does not know stands as text"
    assert Entry.objects.filter(verb="task.loaded").count() == 3
    assert verify_database().holds
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_columns_are_told_by_their_names_and_may_be_said_otherwise(world: World) -> None:
    assert guessed(dict(enumerate(HEAD, 1)))[10] == "sponsor"
    book = received(world, ("7", "溢流。", "甲"), head=("号码", "存在问题", "牵头"))
    assert missing({2: "issue"}) == ["序号"]
    with pytest.raises(Refused, match="还要指定：序号"):
        map_columns(book, {2: "issue"}, by=world.office)
    with pytest.raises(Refused, match="同一个字段"):
        map_columns(book, {1: "number", 2: "issue", 3: "issue"}, by=world.office)
    map_columns(book, {1: "number", 2: "issue", 3: "lead"}, by=world.office)
    book.refresh_from_db()
    plan = load_history(book, world.inspection, title="旧", known_on=KNOWN, by=world.office)
    assert plan.tasks.get().duties.get(part="lead").raw == "甲"


@pytest.mark.parametrize(
    ("name", "text", "key", "why"),
    [
        ("序号", "", "number", "没有序号"),
        ("序号", "甲", "number", "没有数字"),
        ("存在问题", "", "issue", "不能空着"),
        ("整改时限", "年底前", "due", "不是日期"),
        ("整改时限", "2024-02-30", "due", "不是日期"),
        ("整改时限", "1024-06-30", "due", "核对年份"),
        ("整改状态", "差不多了", "state", "不认识的状态"),
        ("销号日期", "", "struck_off_on", "要写销号日期"),
        ("销号日期", "上个月", "struck_off_on", "不是日期"),
        ("销号日期", "2026-07-01", "struck_off_on", "晚于截至日期"),
    ],
)
def test_a_wrong_cell_is_told_and_stops_the_load(world: World, name: str, text: str, key: str, why: str) -> None:
    row = with_cell(CLOSED, name, text)
    assert why in errors(world, row)[key]
    before = Task.objects.count()
    with pytest.raises(Refused, match="有错"):
        loaded(world, row, OPEN)
    assert Task.objects.count() == before
    assert list(loaded(world, row, OPEN, partly=True, inspection=world.inspection)) == ["省督-02"], (
        "the sound rows alone"
    )


def test_numbers_are_never_reused(world: World) -> None:
    loaded(world, CLOSED, inspection=world.inspection)
    assert "已经有了" in errors(world, CLOSED)["number"]
    assert "序号相同" in errors(world, OPEN, OPEN)["number"]


def test_an_older_ledger_puts_no_task_on_a_place_outside(world: World) -> None:
    book = receive_history(sheet((*OPEN, "临江市"), head=(*HEAD, "属地")), by=world.south_acceptor)
    county = InspectionFactory(place=world.south, prefix="区督")
    with pytest.raises(Refused, match="1行有错"):
        load_history(book, county, title="旧", known_on=KNOWN, by=world.south_acceptor)
    assert judged(book, county, KNOWN)[0].errors["place"] == "临江市不在南湖区的范围内"


def test_what_was_struck_off_since_the_place_works_here_is_no_history(world: World) -> None:
    with clock.pretend(at(date(2024, 7, 4))):
        world.task(serial=90)
    assert "2024-07-04起" in errors(world, CLOSED)["struck_off_on"]
    assert not errors(world, with_cell(CLOSED, "销号日期", "2024/7/3"), OPEN)


def test_a_table_without_end_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(returned, "MOST_ROWS", 3)
    assert received(world, OPEN)
    with pytest.raises(Refused, match="最多3行"):
        received(world, OPEN, LASTING)


def test_who_when_and_once(world: World) -> None:
    book = received(world, OPEN)
    with pytest.raises(Refused, match="今天之后"):
        load_history(book, world.inspection, title="旧", known_on=date(2027, 1, 1), by=world.office)
    beyond = InspectionFactory(place=world.province, prefix="部督")
    with pytest.raises(Refused, match="被督察对象的综合协调组"):
        load_history(book, beyond, title="旧", known_on=KNOWN, by=world.office)
    load_history(book, world.inspection, title="旧", known_on=KNOWN, by=world.office)
    with pytest.raises(Stale, match="已经办结"):
        load_history(book, world.inspection, title="旧", known_on=KNOWN, by=world.office)
    with pytest.raises(Refused, match="没有内容"):
        received(world)


def test_a_loaded_closed_task_is_not_filed_here_but_may_be_corrected(world: World) -> None:
    task = loaded(world, CLOSED)["央督-01"]
    assert "历史台账" in decide(FILE, task, world.office).reason
    amend({task.pk: {"headline": "南湖排口"}}, by=world.office)


# ── the database ─────────────────────────────────────────────────────────────
CLOSE = "INSERT INTO ledger_task (plan_id, inspection_id, number, serial, headline, issue, goal, category, place_id, due_kind, due_raw, then_long_term, passage, passage_marks, responsible_persons, source, increment, upper_number, extended, achieved, started, result, state, state_since, version, entered_at, known_on, finished_on, struck_off_on) SELECT plan_id, inspection_id, '省督-901', 901, headline, issue, goal, category, place_id, 'none', '', false, passage, passage_marks, responsible_persons, source, increment, '', 0, 0, false, '', {state}, now(), 1, now(), {known_on}, {finished_on}, {struck_off_on} FROM ledger_task LIMIT 1 RETURNING id"


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"known_on": "NULL"}, "enters the ledger as rectifying"),
        (
            {"state": "'in_notice'", "struck_off_on": "NULL", "finished_on": "'2024-01-01'"},
            "enters the ledger as rectifying",
        ),
        ({"struck_off_on": "'2026-07-01'"}, "enters the ledger as rectifying"),
        ({"finished_on": "'2026-07-01'"}, "enters the ledger as rectifying"),
        ({}, "without a row on the audit trail"),
        ({"state": "'rectifying'", "struck_off_on": "NULL"}, "without a row on the audit trail"),
    ],
)
def test_the_database_refuses_a_closed_task_that_nobody_loaded(world: World, values: dict[str, str], why: str) -> None:
    world.task()
    given = {
        "state": "'struck_off'",
        "known_on": "'2026-06-30'",
        "finished_on": "NULL",
        "struck_off_on": "'2024-07-05'",
    }
    with pytest.raises(DatabaseError, match=why), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLOSE.format(**given | values))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("value", ["NULL", "'2025-01-01'"])
def test_the_database_keeps_the_day_on_which_it_was_known(world: World, value: str) -> None:
    loaded(world, CLOSED)
    with pytest.raises(DatabaseError, match="said once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE ledger_task SET known_on = {value}")


def test_the_database_gives_no_other_task_such_a_day(world: World) -> None:
    task = world.task()
    with pytest.raises(DatabaseError, match="said once"), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(known_on=KNOWN)


def test_the_database_still_wants_a_finish_date_of_tasks_on_their_way(world: World) -> None:
    task = loaded(world, OPEN)["央督-02"]
    with pytest.raises(DatabaseError, match="closing_needs_finish_date"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('zhenggai.step', 'self_check', true)")
        Task.objects.filter(pk=task.pk).update(state="self_checked")
