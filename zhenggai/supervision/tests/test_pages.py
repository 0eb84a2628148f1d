"""The pages: what each shows, what each refuses in words, and that it asks the database no more as the rows grow."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.world import World
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.documents.forms import Upload
from zhenggai.supervision.actions import meetings, minutes, papers
from zhenggai.supervision.models import Body, Consultation, DecidedItem, Meeting, Paper, Session, StandingDuty
from zhenggai.supervision.tests.test_consultations import asked, concluded
from zhenggai.supervision.tests.test_duties import held as session_held
from zhenggai.supervision.tests.test_duties import monthly, team
from zhenggai.supervision.tests.test_meetings import drafted, slow

DAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with clock.pretend(at(DAY)):
        yield


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


# ── meetings ─────────────────────────────────────────────────────────────────
@pytest.mark.requirement("R18", "R19", "R91")
def test_a_meeting_from_the_call_to_the_closed_decision(world: World, login: Any) -> None:
    late = slow(world)
    office, unit = login(world.office), login(world.south_liaison)
    form = {
        "kind": "dispatch",
        "month": "2026-11",
        "day": "2026-11-20",
        "hour": "09:30",
        "where": "二楼会议室",
        "chair": "副市长",
    }
    page = office.post("/meetings/new/", form, follow=True).content.decode()
    meeting = Meeting.objects.get()
    for words in ("临江市11月生态环境保护督察整改调度会", late.number, "已逾期1天", "整改进展滞后", "南湖区政府"):
        assert words in page
    address = f"/meetings/{meeting.pk}/"

    def act(name: str, **data: Any) -> str:
        data["seen"] = Meeting.objects.get().version
        answer = office.post(f"{address}{name}/", data, follow=True)
        assert answer.status_code == 200, answer.content.decode()
        return str(answer.content.decode())

    act("add", kind="other", title="学习有关文件")
    act("invite", names="南湖区政府\n市水务局")
    south = meeting.attendees.get(name="南湖区政府")
    water = meeting.attendees.get(name="市水务局")
    act("hold", **{"held_on": "2026-11-20", f"a{south.pk}": "present", f"a{water.pk}": "excused"})
    assert "月底前报追赶计划" in act(
        "decide", text="月底前报追赶计划", unit="南湖区政府", due="2026-11-30", tasks=late.number
    )
    speaker = meeting.speakers.get()
    page = act("minutes", **{"text": "会议听取了进展情况汇报。", f"s{speaker.pk}": "保证按期完成。"})
    assert "保证按期完成。" in page
    assert "办议定事项：月底前报追赶计划" in text(unit, "/work/")
    item = DecidedItem.objects.get()
    assert item.task == late
    page = unit.post(f"/meetings/decided/{item.pk}/", {"done_on": "2026-11-20", "note": "计划已经报送。"}, follow=True)
    assert "计划已经报送。" in page.content.decode()
    assert "核实议定事项" in text(office, "/work/")
    office.post(f"/meetings/decided/{item.pk}/", {"done": "yes"})
    item.refresh_from_db()
    assert item.state == "closed"
    assert "月底前报追赶计划" in text(office, late.get_absolute_url())


def test_an_older_page_is_a_conflict(world: World, login: Any) -> None:
    meeting = drafted(world)
    version = Meeting.objects.get().version
    meetings.add_item(meeting, by=world.office, kind="other", title="甲")
    answer = login(world.office).post(f"/meetings/{meeting.pk}/add/", {"kind": "other", "title": "乙", "seen": version})
    assert answer.status_code == 409
    assert "有人改过" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("add", {"kind": "slow"}, "已经有“进度滞后任务”"),
        ("add", {"kind": "other"}, "请写明议题"),
        ("speaker", {"unit": "没有的单位", "speaks": "1", "reason": "甲"}, "名录里没有“没有的单位”"),
        ("speaker", {"unit": "市水务局", "speaks": "1"}, "写明理由"),
        ("hold", {"held_on": "2026-11-21"}, "不能晚于今天"),
        ("invite", {"names": "长" * 101}, "太长"),
        ("plan", {"title": "甲", "day": "明天", "hour": "9", "where": "x", "chair": "y"}, "有"),
    ],
)
def test_what_is_refused_keeps_the_page_and_says_why(
    world: World, login: Any, name: str, data: Any, words: str
) -> None:
    meeting = drafted(world)
    answer = login(world.office).post(f"/meetings/{meeting.pk}/{name}/", data | {"seen": Meeting.objects.get().version})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_decision_on_a_wrong_unit_or_task_is_refused_in_words(world: World, login: Any) -> None:
    meeting = drafted(world)
    minutes.hold(meeting, by=world.office, held_on=DAY, presence={})
    data = {"text": "甲", "unit": "南湖区政府", "due": "2026-11-30", "tasks": "省督-99"}
    page = login(world.office).post(f"/meetings/{meeting.pk}/decide/", data)
    assert page.status_code == 422
    assert "台账里没有你能看到的省督-99" in page.content.decode()


def test_a_unit_sees_of_the_agenda_what_concerns_it(world: World, login: Any) -> None:
    mine = slow(world)
    others = slow(world, lead=[world.north_gov], responsible=[world.north_gov], cooperating=[])
    meeting = drafted(world)
    meetings.invite(meeting, by=world.office, names=["南湖区政府"])
    minutes.hold(meeting, by=world.office, held_on=DAY, presence={})
    page = text(login(world.south_liaison), f"/meetings/{meeting.pk}/")
    assert f"/tasks/{mine.pk}/" in page
    assert f"/tasks/{others.pk}/" not in page
    assert "共2项，这里列出1项" in page
    page = text(login(world.office), f"/meetings/{meeting.pk}/")
    assert f"/tasks/{mine.pk}/" in page
    assert f"/tasks/{others.pk}/" in page
    assert login(world.water_liaison).get(f"/meetings/{meeting.pk}/").status_code == 404


def test_files_of_minutes_are_for_those_who_see_the_meeting(world: World, login: Any) -> None:
    meeting = drafted(world)
    minutes.hold(meeting, by=world.office, held_on=DAY, presence={})
    file = Upload(ContentFile(b"%PDF-1"), "签到表.pdf", "application/pdf")
    minutes.minute(meeting, by=world.office, text="会议要求。", statements={}, files=[file])
    address = f"/meetings/{meeting.pk}/files/{meeting.files.get().pk}/"
    assert b"".join(login(world.office).get(address).streaming_content) == b"%PDF-1"
    assert login(world.south_liaison).get(address).status_code == 404


# ── consultations ────────────────────────────────────────────────────────────
@pytest.mark.requirement("R16")
def test_a_consultation_from_the_task_s_page_to_its_conclusion(world: World, login: Any) -> None:
    task = world.task()
    unit, office = login(world.south_liaison), login(world.office)
    assert f"/supervision/consultations/new/?task={task.pk}" in text(unit, task.get_absolute_url())
    assert task.number in text(unit, f"/supervision/consultations/new/?task={task.pk}")
    form = {"tasks": task.number, "problem": "跨区管网权属不清。", "asked": "请明确建设主体。"}
    unit.post("/supervision/consultations/new/", form)
    found = Consultation.objects.get()
    assert "受理会商：请明确建设主体。" in text(office, "/work/")
    address = f"/supervision/consultations/{found.pk}/"
    wrong = office.post(address, {"accept": "yes", "reason": "需要现场定"})
    assert wrong.status_code == 422
    assert "受理要写明以什么形式会商" in wrong.content.decode()
    office.post(address, {"accept": "yes", "reason": "需要现场定", "form": "on_site", "planned_on": "2026-11-20"})
    assert "记会商结论" in text(office, "/work/")
    office.post(address, {"held_on": "2026-11-20", "form": "on_site", "conclusion": "由市水务局统一建设。"})
    page = text(unit, task.get_absolute_url())
    assert "现场研究会，2026-11-20：由市水务局统一建设。" in page
    assert "已有结论 · 2026-11-20 · 由市水务局统一建设。" in page


def test_who_may_not_ask_is_told_so(world: World, login: Any) -> None:
    assert "由牵头、责任或配合单位的联络员提请会商" in text(login(world.office), "/supervision/")
    other = world.task(lead=[world.north_gov], responsible=[world.north_gov], cooperating=[])
    form = {"tasks": other.number, "problem": "跨区管网权属不清。", "asked": "请明确建设主体。"}
    answer = login(world.south_liaison).post("/supervision/consultations/new/", form)
    assert answer.status_code == 422
    assert "台账里没有你能看到的" in answer.content.decode()


# ── standing duties ──────────────────────────────────────────────────────────
@pytest.mark.requirement("R23", "R36", "R46", "R54")
def test_duties_are_set_recorded_and_counted(world: World, login: Any) -> None:
    task = world.task()
    office, unit = login(world.office), login(world.south_liaison)
    form = {"unit": "南湖区政府", "kind": "study", "what": "研究生态环境保护工作", "rule": "FREQ=MONTHLY;BYMONTHDAY=-1",
            "shift": "none", "starts_on": "2026-08-01", "source": "方案：每月至少研究1次"}  # fmt: skip
    assert office.post("/supervision/duties/new/", form).status_code == 302
    duty = StandingDuty.objects.get()
    assert "每月最后一天" in text(unit, "/supervision/duties/record/")
    page = text(unit, f"/supervision/duties/record/?duty={duty.pk}&due=2026-10-31")
    assert "2026-10-01至2026-10-31这一次" in page
    data = {"duty": duty.pk, "held_on": "2026-11-19", "for_due": "2026-10-31", "topic": "补开十月", "text": "研究了1项任务。",
            "tasks": task.number}  # fmt: skip
    page = unit.post("/supervision/duties/record/", data, follow=True).content.decode()
    assert "应开3次：按期0次，迟开1次" in page
    assert "未开2次" in page
    page = text(office, "/supervision/duties/?first=2026-08-01&last=2026-11-20")
    assert "南湖区政府：研究会议1次" in page
    assert "补开十月" in text(unit, task.get_absolute_url())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"held_on": "2026-11-21"}, "还没有到"),
        ({"text": ""}, "要有记录"),
        ({"tasks": "省督-99"}, "台账里没有你能看到的"),
        ({"for_due": "2026-12-31"}, "选择一个有效的选项"),
    ],
)
def test_a_session_is_refused_on_the_page(world: World, login: Any, data: dict[str, str], words: str) -> None:
    duty = monthly(world)
    sent = {"duty": duty.pk, "held_on": "2026-11-19", "for_due": "", "topic": "甲", "text": "乙"} | data
    answer = login(world.south_liaison).post("/supervision/duties/record/", sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Session.objects.exists()


def test_nothing_to_record_is_said(world: World, login: Any) -> None:
    answer = login(world.north_liaison).get("/supervision/duties/record/")
    assert answer.status_code == 403
    assert "职责由综合协调组先登记" in answer.content.decode()


@pytest.mark.requirement("R07", "R08", "R09", "R10", "R11", "R13")
def test_the_leading_group_is_kept_and_mirrored_on_the_page(world: World, login: Any) -> None:
    office, district = login(world.office), login(world.south_acceptor)
    form = {
        "name": "临江市整改工作领导小组",
        "responsibilities": "统一领导。",
        "members": "组长：市长\n副组长:分管副市长",
    }
    assert office.post("/supervision/bodies/new/", form).status_code == 302
    first = Body.objects.get()
    for name, role in (
        ("综合协调组", "coordination"),
        ("案件查办组", "case"),
        ("整改督导组", "supervision"),
        ("宣传报道组", "publicity"),
    ):
        team_form = {
            "name": name,
            "group": first.pk,
            "role": role,
            "responsibilities": f"{name}的职责。",
            "daily_unit": "市整改办",
        }
        assert office.post("/supervision/bodies/new/", team_form).status_code == 302
    page = text(office, "/supervision/bodies/")
    for words in ("组长", "分管副市长", "案件查办组的职责。", "没有登记"):
        assert words in page
    wrong = office.post("/supervision/bodies/new/", form | {"name": "甲", "members": "张三"})
    assert "写成“组长：市长”这样" in wrong.content.decode()
    assert "比照临江市设立" in text(district, "/supervision/bodies/")
    page = district.post("/supervision/bodies/mirror/", follow=True).content.decode()
    assert "南湖区整改工作领导小组" in page
    assert "还没有登记职务" in page
    assert "已建立" in text(office, "/supervision/bodies/")


# ── the same number of questions whatever the size; empty pages ──────────────
EMPTY = {
    "/meetings/": "还没有会议", "/meetings/decided/": "没有这样的督办事项", "/meetings/papers/": "没有这样的文稿",
    "/supervision/": "没有这样的会商", "/supervision/duties/": "没有登记常态化职责", "/supervision/bodies/": "还没有登记领导小组",
}  # fmt: skip


@pytest.mark.parametrize("address", EMPTY)
def test_an_empty_page_says_what_comes_here(world: World, login: Any, address: str) -> None:
    assert EMPTY[address] in text(login(world.office), address)
    assert EMPTY[address] in text(login(world.south_liaison), address)


def fill(world: World, times: int, from_day: int) -> None:
    for number in range(times):
        day = DAY + timedelta(days=from_day + number)
        slow(world)
        concluded(world, world.task())
        asked(world)
        meeting = drafted(world, planned_at=at(day))
        meetings.invite(meeting, by=world.office, names=[f"单位{n}" for n in range(from_day)] + ["南湖区政府"])
        minutes.hold(meeting, by=world.office, held_on=DAY, presence={})
        for _ in range(2):
            minutes.decide_item(meeting, by=world.office, text="甲", unit=world.south_gov, due=day, task=world.task())
        minutes.minute(meeting, by=world.office, text="会议要求。", statements={}, files=[])
        papers.issue_paper(papers.draft_paper(world.city, "bulletin", by=world.office), by=world.office)
        duty = monthly(world, what=f"研究{from_day + number}")
        session_held(world, duty, date(2026, 11, 3), date(2026, 11, 30), tasks=[world.task()])
    meetings.add_item(
        drafted(world, planned_at=at(DAY + timedelta(days=200 + from_day))), by=world.office, kind="other", title="甲"
    )


def questions(client: Client, address: str) -> int:
    cache.clear()
    with CaptureQueriesContext(connection) as asked_for:
        assert client.get(address).status_code == 200
    return len(asked_for)


def pages(world: World) -> list[tuple[Person, str]]:
    held_one = Meeting.objects.filter(state="minuted").order_by("-pk")[0]
    open_one = Meeting.objects.filter(state="drafted").order_by("-pk")[0]
    item, paper = DecidedItem.objects.order_by("-pk")[0], Paper.objects.order_by("-pk")[0]
    consultation, session = Consultation.objects.order_by("-pk")[0], Session.objects.order_by("-pk")[0]
    task = session.tasks.get()
    found = [
        "/meetings/", f"/meetings/{held_one.pk}/", "/meetings/decided/", f"/meetings/decided/{item.pk}/", "/meetings/papers/",
        f"/meetings/papers/{paper.pk}/", "/supervision/", f"/supervision/consultations/{consultation.pk}/",
        "/supervision/duties/", f"/supervision/duties/{session.duty_id}/", "/supervision/duties/record/",
        f"/supervision/duties/record/?duty={session.duty_id}", f"/supervision/sessions/{session.pk}/", "/supervision/bodies/",
        "/work/", f"/tasks/{task.pk}/",
    ]  # fmt: skip
    return [(who, address) for who in (world.office, world.south_liaison) for address in found] + [
        (world.office, f"/meetings/{open_one.pk}/"), (world.office, "/supervision/duties/new/"),
        (world.south_liaison, "/supervision/consultations/new/"),
    ]  # fmt: skip


def test_pages_ask_at_most_25_questions_at_any_size(world: World, login: Any) -> None:
    team(world)
    fill(world, 1, 1)
    small = [questions(login(who), address) for who, address in pages(world)]
    fill(world, 2, 10)
    large = [questions(login(who), address) for who, address in pages(world)]
    told = [f"{who} {address}: {a} → {b}" for (who, address), a, b in zip(pages(world), small, large, strict=True)]
    wrong = [line for line, a, b in zip(told, small, large, strict=True) if b > a or b > 25]
    assert wrong == []
