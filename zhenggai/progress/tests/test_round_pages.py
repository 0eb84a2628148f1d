"""The round's pages: what the office and a unit see, each figure opens its rows, and what happens after the close."""

import re
from contextlib import ExitStack
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.world import UnitFactory, World
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.documents import apart
from zhenggai.progress.actions import Told, correct, decide, submit
from zhenggai.progress.models import Owed, Report, Round
from zhenggai.progress.rounds import close_round, counts_key, counts_of, open_round

OPENED, AFTER = date(2026, 11, 2), date(2026, 11, 20)
MONTH = date(2026, 11, 1)
WORDS = "排查已经完成，正在组织改造施工，下月完成。"


@pytest.fixture
def busy(world: World) -> World:
    """November: one accepted in time, one late and nil, one returned, one missing."""
    with clock.pretend(at(OPENED)):
        tasks = [world.task(issue=f"第{number}个问题。") for number in range(4)]
        open_round(world.city, MONTH)
        sent = [submit(task, text=WORDS, measures=[], files=[], by=world.south_liaison) for task in tasks[:2]]
        decide(sent[0], accept=True, by=world.office)
        decide(sent[1], accept=False, reason="缺照片", by=world.office)
    with clock.pretend(at(AFTER)):
        submit(tasks[2], text=WORDS, measures=[], files=[], nil=True, by=world.south_liaison)
    return world


@pytest.fixture(autouse=True)
def on_the_day() -> Any:
    with clock.pretend(at(AFTER)):
        yield


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


@pytest.mark.requirement("R17")
def test_the_matrix_counts_and_each_figure_opens_its_rows(busy: World, login: Any) -> None:
    client = login(busy.office)
    assert client.get("/rounds/").headers["Location"] == "/rounds/2026-11/"
    page = text(client, "/rounds/2026-11/")
    assert "按时率50.0%，即2÷4" in page
    figures = {state: int(count) for state, count in re.findall(r"unit=\d+&amp;state=(\w+)\">(\d+)</a>", page)}
    assert figures == {
        "due": 4,
        "in_time": 2,
        "late": 1,
        "missing": 1,
        "submitted": 1,
        "returned": 1,
        "accepted": 1,
        "nil": 1,
    }
    for address, state, count in re.findall(r'href="(/rounds/2026-11/owed/[^"]*state=(\w+))">(\d+)</a>', page):
        rows = text(client, address.replace("&amp;", "&"))
        assert rows.count('<th scope="row"') == int(count), state
    assert "1份未报，1份退回待补正" in page


def test_the_rows_say_late_missing_and_nil(busy: World, login: Any) -> None:
    page = text(login(busy.office), "/rounds/2026-11/owed/")
    for words in ("迟4天", "已过4天", "无进展", "按时", "已退回"):
        assert words in page, words


def test_a_unit_sees_its_own_rows_and_others_none(busy: World, login: Any) -> None:
    assert "南湖区政府" in text(login(busy.south_liaison), "/rounds/2026-11/")
    assert "没有应报的单位" in text(login(busy.north_liaison), "/rounds/2026-11/")
    assert "还没有布置月报" in text(login(busy.audit_admin), "/rounds/2026-11/")
    assert login(busy.audit_admin).get("/rounds/2026-11/owed/").status_code == 404
    assert login(busy.office).get("/rounds/nonsense/").status_code == 404


def test_the_months_before_tell_a_unit_only_of_tasks_that_it_sees(world: World, login: Any) -> None:
    with clock.pretend(at(date(2026, 10, 8))):
        shared = world.task(responsible=[world.south_gov, world.water])
        world.task(lead=[world.north_gov], responsible=[world.north_gov, world.water], cooperating=[])
        open_round(world.city, date(2026, 10, 1))
        submit(shared, text=WORDS, measures=[], files=[], by=world.water_liaison)
    with clock.pretend(at(OPENED)):
        open_round(world.city, MONTH)
    assert "未报1份" in _line_of(text(login(world.office), "/rounds/2026-11/"), "市水务局")
    seen = _line_of(text(login(world.south_liaison), "/rounds/2026-11/"), "市水务局")
    assert "未报1份" not in seen
    assert "10月按时" in seen


def _line_of(page: str, unit: str) -> str:
    return next(row for row in page.split("<tbody>")[1].split("<tr") if unit in row)


def test_the_matrix_narrows_to_a_place(busy: World, login: Any) -> None:
    with clock.pretend(at(date(2026, 11, 3))):
        busy.task(lead=[busy.north_gov], responsible=[busy.north_gov], cooperating=[])
    from zhenggai.progress.rounds import keep_up

    keep_up(Round.objects.get())
    client = login(busy.office)
    assert "按时率40.0%，即2÷5" in text(client, "/rounds/2026-11/")
    narrowed = text(client, f"/rounds/2026-11/?place={busy.north.pk}")
    assert "即0÷1" in narrowed
    assert "南湖区政府" not in narrowed.split("<tbody>")[1].split("</tbody>")[0]


def test_months_without_a_round_say_so(world: World, login: Any) -> None:
    assert "还没有布置月报" in text(login(world.office), "/rounds/2020-01/")


@pytest.mark.parametrize(
    "address", ["/ledger/export/?view=all", "/rounds/2026-11/export/", "/rounds/2026-11/owed/export/"]
)
def test_many_exports_leave_the_website_its_threads(
    busy: World, login: Any, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(apart, "PATIENCE", 0.1)
    client = login(busy.office)
    with ExitStack() as stack:
        for _ in range(apart.EXPORTS_AT_ONCE):
            stack.enter_context(apart.turn("export", apart.EXPORTS_AT_ONCE, apart.EXPORT_BUSY))
        answer = client.get(address)
    assert "正在导出别的表" in answer.content.decode()
    assert client.get(address).status_code == 200


def test_the_matrix_as_a_workbook(busy: World, login: Any) -> None:
    for address in ("/rounds/2026-11/export/", "/rounds/2026-11/owed/export/?state=missing"):
        answer = login(busy.office).get(address)
        with ZipFile(BytesIO(answer.content)) as archive:
            words = (
                archive.read("xl/sharedStrings.xml").decode() if "xl/sharedStrings.xml" in archive.namelist() else ""
            )
            words += archive.read("xl/worksheets/sheet1.xml").decode()
        assert "南湖区政府" in words
        assert "临江市2026年11月调度" in words


@pytest.mark.requirement("R17")
def test_closing_shows_what_is_missing_and_asks(busy: World, login: Any) -> None:
    client = login(busy.office)
    page = text(client, "/rounds/2026-11/close/")
    assert "还有1份未报、1份退回待补正、1份待审核" in page
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    assert "又有变化" in client.post("/rounds/2026-11/close/", {"seen": "0"}).content.decode()
    assert not Round.objects.get().is_closed
    assert client.post("/rounds/2026-11/close/", {"seen": seen[1]}).status_code == 302
    assert "已封存" in text(client, "/rounds/2026-11/")
    assert "已经封存" in client.get("/rounds/2026-11/close/").content.decode()


@pytest.mark.parametrize("who", ["leader", "south_liaison", "south_acceptor"])
def test_others_are_told_who_closes(busy: World, login: Any, who: str) -> None:
    answer = login(getattr(busy, who)).get("/rounds/2026-11/close/")
    assert answer.status_code == 403
    assert "综合协调组封存" in answer.content.decode()


def freeze(world: World) -> Round:
    round_ = Round.objects.get()
    return close_round(round_, seen=counts_key(counts_of(round_)), by=world.office)


@pytest.mark.requirement("R17")
def test_a_report_that_comes_too_late_keeps_its_words_and_becomes_a_correction(busy: World, login: Any) -> None:
    freeze(busy)
    owed = Owed.objects.get(state="owed")
    client, address = login(busy.south_liaison), f"/tasks/{owed.task_id}/report/"
    sent = {"text": WORDS, "measure_1": "doing", "measure_2": "open"}
    late = client.post(address, sent)
    page = late.content.decode()
    assert late.status_code == 409
    assert "没有报上" in page
    assert WORDS in page
    assert re.search(r'<option value="doing" selected', page)
    found = re.search(r'action="([^"]+/correct/)"', page)
    assert found
    without = client.post(found[1], sent)
    assert (without.status_code, "写明理由" in without.content.decode()) == (422, True)
    assert client.post(found[1], sent | {"reason": "经办人外出培训"}).status_code == 302
    report = Report.objects.get(task=owed.task_id)
    assert (report.correction, Owed.objects.get(pk=owed.pk).state) == ("经办人外出培训", "owed")
    rows = text(login(busy.office), "/rounds/2026-11/owed/?state=missing")
    assert "封存时未报" in rows
    assert "更正（待审核）" in rows
    shown = text(login(busy.office), f"/reports/2026-11/{report.pk}/")
    assert "封存时这份应报是“未报”" in shown
    assert "经办人外出培训" in shown


def test_an_accepted_report_is_corrected_from_its_page(busy: World, login: Any) -> None:
    freeze(busy)
    report = Report.objects.get(state="accepted")
    client = login(busy.south_liaison)
    address = f"/tasks/{report.task_id}/report/2026-11/correct/"
    assert address in text(client, f"/reports/2026-11/{report.pk}/")
    assert WORDS in text(client, address), "what was reported stands in the form"
    assert client.get(f"/tasks/{report.task_id}/report/2026-10/correct/").status_code == 403
    assert login(busy.north_liaison).get(address).status_code == 404


def test_the_report_stands_beside_last_months_with_the_differences_marked(busy: World, login: Any) -> None:
    first = Report.objects.get(state="accepted")
    with clock.pretend(at(date(2026, 12, 3))):
        client = login(busy.south_liaison)
        form = text(client, f"/tasks/{first.task_id}/report/")
        assert "上次通过的报告" in form
        assert WORDS in form.replace("<del>", "").replace("</del>", "")
        rows = [{"no": 1, "progress": "doing", "done_on": None}]
        second = submit(
            first.task, text="排查已经完成，已改造2处排口。", measures=rows, files=[], by=busy.south_liaison
        )
        page = text(login(busy.office), f"/reports/2026-12/{second.pk}/")
    assert "<ins>已改造2处排口。</ins>" in page
    assert "<del>正在组织改造施工，下月完成。</del>" in page
    assert "和上次相同的有46%" in page


def test_the_form_refuses_a_nil_report_with_progress(busy: World, login: Any) -> None:
    owed = Owed.objects.get(state="owed")
    address = f"/tasks/{owed.task_id}/report/"
    sent = {"text": WORDS, "nil": "on", "measure_1": "doing", "measure_2": "open"}
    client = login(busy.south_liaison)
    answer = client.post(address, sent)
    assert (answer.status_code, "措施却有变化" in answer.content.decode()) == (422, True)
    assert client.post(address, sent | {"measure_1": "open"}).status_code == 302
    assert "无进展" in text(login(busy.office), "/reports/?month=2026-11")


def test_the_pages_ask_the_same_number_of_questions_at_any_size(busy: World, login: Any) -> None:
    def asked(address: str) -> int:
        cache.clear()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    client = login(busy.office)
    addresses = ["/rounds/2026-11/", "/rounds/2026-11/?sort=missing", "/rounds/2026-11/owed/", "/rounds/2026-11/close/"]
    for address in addresses:
        client.get(address)
    few = [asked(address) for address in addresses]
    with clock.pretend(at(date(2026, 11, 3))):
        for number in range(60):
            unit = UnitFactory(name=f"临江市第{number}局", parent=busy.city_gov)
            busy.task(lead=[unit], responsible=[unit, busy.north_gov], cooperating=[])
    from zhenggai.progress.rounds import keep_up

    keep_up(Round.objects.get())
    assert [asked(address) for address in addresses] == few
    assert max(few) <= 25


def test_the_matrix_pages_by_key_through_all_units(busy: World, login: Any) -> None:
    with clock.pretend(at(date(2026, 11, 3))):
        for number in range(60):
            unit = UnitFactory(name=f"临江市第{number}局", parent=busy.city_gov)
            busy.task(lead=[unit], responsible=[], cooperating=[])
    from zhenggai.progress.rounds import keep_up

    keep_up(Round.objects.get())
    client = login(busy.office)
    for sort in ("unit", "missing"):
        seen: list[str] = []
        address = f"/rounds/2026-11/?sort={sort}"
        while address:
            page = text(client, address)
            seen += re.findall(r'<th scope="row" class="zg-nw">([^<]+)</th>', page)
            following = re.search(r'href="([^"]+)" rel="next"', page)
            address = "/rounds/2026-11/" + following[1].replace("&amp;", "&") if following else ""
        assert len(seen) == len(set(seen)) == 61, sort


def test_a_correction_may_be_corrected_once_it_is_decided(busy: World, login: Any) -> None:
    freeze(busy)
    owed = Owed.objects.get(state="owed")
    first = correct(owed.task, MONTH, told=Told(WORDS), reason="漏报", by=busy.south_liaison)
    decide(first, accept=False, reason="数字不对", by=busy.office)
    second = correct(owed.task, MONTH, told=Told(WORDS), reason="改数字", by=busy.south_liaison)
    assert second.version == 2
