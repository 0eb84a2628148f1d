"""The pages of gaps in the rules: the register, one gap, what is done on a task."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.world import World, revise
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.core.reading.grid import read_grid
from zhenggai.ledger.gaps import correct, decide, drop, find_none, hand_in
from zhenggai.ledger.models import Gap, Inquiry, Remedy
from zhenggai.ledger.tests.test_gaps import HOW, TODAY, found, gap_of, mended


@pytest.fixture(autouse=True)
def on_the_day() -> object:
    with clock.pretend(at(TODAY)):
        yield


SENT = {
    "rule": "", "kind": "missing", "wrong": "没有规定雨水排口由谁巡查。", "way": "make", "todo": "制定排口巡查办法",
    "unit": "南湖区政府", "due": "2027-03-31", "how": HOW,
}  # fmt: skip


def test_a_gap_is_registered_mended_and_confirmed_in_the_browser(world: World, login: Any) -> None:
    task, other = world.task(), world.task()
    office = login(world.office)
    assert 'value="南湖区政府"' in office.get(f"/ledger/{task.pk}/gap/").content.decode()
    assert office.post(f"/ledger/{task.pk}/gap/", SENT | {"others": other.number}).url == task.get_absolute_url()
    gap = Gap.objects.get()
    assert gap.inquiries.count() == 2
    page = login(world.south_liaison).get(task.get_absolute_url()).content.decode()
    assert f"{gap.pk}号 缺制度：没有规定雨水排口由谁巡查。" in page
    sent = {
        "name": "排口巡查办法", "number": "南政办〔2026〕8号", "issued_by": "南湖区政府", "effective_on": "2026-11-20",
        "note": "写明每周巡查一次、由谁报告。", "file": SimpleUploadedFile("办法.pdf", b"%PDF-1.7 rule"),
    }  # fmt: skip
    address = f"/ledger/gaps/{gap.pk}/"
    assert login(world.south_liaison).post(f"{address}remedy/", sent).url == address
    remedy = Remedy.objects.get()
    answer = login(world.supervision).post(
        f"/ledger/remedies/{remedy.pk}/", {"confirm": "yes", "reason": "核对过，已写明"}
    )
    assert answer.url == address
    page = office.get(address).content.decode()
    assert "已补上" in page
    assert "核对过，已写明" in page
    got = office.get(f"/ledger/remedies/{remedy.pk}/file/")
    assert b"".join(got.streaming_content) == b"%PDF-1.7 rule"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"unit": "南湖区政府、市水务局"}, "责任单位只写一个"),
        ({"unit": "某某局"}, "单位名录里没有“某某局”"),
        ({"others": "省督-999"}, "台账里没有“省督-999”"),
        ({"kind": "outdated"}, "要写明是哪项制度"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(world: World, login: Any, given: Any, why: str) -> None:
    answer = login(world.office).post(f"/ledger/{world.task().pk}/gap/", SENT | given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert why in page
    assert "没有规定雨水排口由谁巡查。" in page
    assert not Gap.objects.exists()


def test_a_remedy_without_its_file_is_refused(world: World, login: Any) -> None:
    gap = gap_of(world)
    answer = login(world.south_liaison).post(f"/ledger/gaps/{gap.pk}/remedy/", {"name": "办法"})
    assert answer.status_code == 422
    assert not Remedy.objects.exists()


def test_that_none_was_found_is_said_and_taken_back_on_the_task_s_page(world: World, login: Any) -> None:
    task = world.task()
    office = login(world.office)
    office.post(f"/ledger/{task.pk}/no-gap/", {"why": "查了排水管理办法等三项，规定清楚，是管道突然破裂造成的。"})
    assert "没有查出制度缺陷" in office.get(task.get_absolute_url()).content.decode()
    row = Inquiry.objects.get()
    office.post(f"/ledger/inquiries/{row.pk}/drop/", {"why": "漏查了一项，重新查"})
    page = office.get(task.get_absolute_url()).content.decode()
    assert "取消：漏查了一项，重新查" in page


def test_a_stale_correction_is_answered_as_a_conflict(world: World, login: Any) -> None:
    gap = gap_of(world)
    correct(gap, found(world, due=date(2027, 6, 30)), reason="办法要先征求意见", seen=1, by=world.office)
    office = login(world.office)
    page = office.get(f"/ledger/gaps/{gap.pk}/").content.decode()
    assert "<del>2027-03-31</del> → 2027-06-30" in page
    sent = SENT | {"rule": "办法", "kind": "unclear", "way": "revise", "seen": "1", "reason": "改一下期限"}
    assert office.post(f"/ledger/gaps/{gap.pk}/correct/", sent).status_code == 409


def test_the_register_holds_what_each_may_see_and_goes_out_as_asked(world: World, login: Any) -> None:
    mine, his = world.task(), world.task(lead=[world.north_gov], responsible=[world.north_gov], cooperating=[])
    gap = gap_of(world, mine)
    gap_of(world, his, rule="北塘区排水办法", unit=world.north_gov)
    done = hand_in(gap_of(world, mine, wrong="没有写明发现溢流以后向谁报告。"), mended(), by=world.south_liaison)
    decide(done, confirm=True, reason="核对过，已经写明", by=world.office)
    north = login(world.north_liaison).get("/ledger/gaps/").content.decode()
    assert "北塘区排水办法" in north
    assert "南湖区排水管理办法" not in north
    assert login(world.north_liaison).get(f"/ledger/gaps/{gap.pk}/").status_code == 404
    office = login(world.office)
    assert len(office.get("/ledger/gaps/").context["rows"]) == 3
    for asked, count in (
        ("state=open", 2),
        ("state=mended", 1),
        ("unit=北塘", 1),
        ("kind=missing", 0),
        ("q=向谁报告", 1),
        ("state=nonsense", 3),
    ):
        assert len(office.get(f"/ledger/gaps/?{asked}").context["rows"]) == count, asked
    rows = read_grid(office.get("/ledger/gaps/export/?state=mended").content, "a.xlsx").rows
    assert "已补上" in rows[1][1]
    assert [rows[2][place] for place in (2, 3, 4)] == ["哪项制度", "缺陷", "错在哪里"]
    assert (rows[3][5], rows[3][11]) == (mine.number, "南湖区排水管理办法（修订）")
    assert set(rows) == {1, 2, 3}


def test_of_a_task_that_is_not_seen_nothing_is_told(world: World, login: Any) -> None:
    """A county's unit mends a rule to which another county's task leads too."""
    mine, his = world.task(), world.task(lead=[world.north_gov], responsible=[world.north_gov], cooperating=[])
    revise(his)
    his.duties.exclude(unit__in=[world.north_gov]).delete()
    gap = gap_of(world, mine, his)
    page = login(world.south_liaison).get(f"/ledger/gaps/{gap.pk}/").content.decode()
    assert mine.number in page
    assert f"{his.number} " not in page
    assert "另有1项任务不在你的范围内" in page
    assert his.number not in [
        row.task.number for row in login(world.south_liaison).get("/ledger/gaps/").context["rows"][0][0].led
    ]


def test_the_pages_ask_no_more_for_many_rows(world: World, login: Any, django_assert_max_num_queries: Any) -> None:
    office = login(world.office)
    task = world.task()
    for number in range(12):
        gap = gap_of(world, task, wrong=f"第{number}条没有写明由谁巡查。")
        for _ in range(2):
            decide(
                hand_in(gap, mended(), by=world.south_liaison), confirm=False, reason="没有写多久一次", by=world.office
            )
    none = find_none(world.task(), why="查了排水管理办法等三项，规定清楚，是管道突然破裂造成的。", by=world.office)
    drop(none, why="漏查了一项，重新查", by=world.office)
    office.get("/ledger/gaps/")
    for address, most in (
        ("/ledger/gaps/", 14),
        (f"/ledger/gaps/{gap.pk}/", 14),
        (task.get_absolute_url(), 25),
        ("/ledger/gaps/export/", 12),
    ):
        with django_assert_max_num_queries(most):
            office.get(address)


def test_what_is_not_in_force_yet_can_be_sent_back_in_the_browser(world: World, login: Any) -> None:
    gap = gap_of(world)
    remedy = hand_in(gap, mended(effective_on=date(2031, 1, 1)), by=world.south_liaison)
    office, address = login(world.office), f"/ledger/remedies/{remedy.pk}/"
    assert "没有补上的，退回" in office.get(f"/ledger/gaps/{gap.pk}/").content.decode()
    assert "没有补上的，退回" not in login(world.south_liaison).get(f"/ledger/gaps/{gap.pk}/").content.decode()
    assert "2031-01-01才施行" in office.get(address).content.decode()
    refused = office.post(address, {"confirm": "yes", "reason": "核对过，已写明"})
    assert (refused.status_code, "施行以后再确认" in refused.content.decode()) == (422, True)
    assert office.post(address, {"confirm": "no", "reason": "五年以后才施行，不能补上"}).status_code == 302
    remedy.refresh_from_db()
    assert remedy.confirmed is False
