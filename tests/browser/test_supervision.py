"""The screens of meetings and supervision in a real browser: axe, no sideways scrolling on a phone, the keyboard, print."""

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.world import build
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.ledger.actions import NewMeasure
from zhenggai.supervision.actions import meetings, minutes, papers
from zhenggai.supervision.actions.consultations import ask, take_up
from zhenggai.supervision.actions.duties import keep_body, record_session, set_duty
from zhenggai.supervision.actions.findings import Demand, Seen, put_down, state
from zhenggai.supervision.actions.help import NewStep, arrange, ask_help
from zhenggai.supervision.actions.visits import Team, add_task, plan_visit, set_team


@pytest.fixture
def busy(transactional_db: None) -> dict[str, str]:
    """A small city with a meeting held, one in preparation, a draft, a consultation, duties; addresses by name."""
    world, today = build(), clock.today()
    ago = today - timedelta(days=100)
    with clock.pretend(at(ago)):
        for lead, days in ((world.south_gov, 90), (world.north_gov, 300), (world.south_gov, 120), (world.water, 80)):
            world.task(lead=[lead], responsible=[lead], due=ago + timedelta(days=days),
                       measures=[NewMeasure(1, "完成排查", ago + timedelta(days=40)), NewMeasure(2, "完成改造")])  # fmt: skip
    place: dict[str, Any] = {"kind": "dispatch", "where": "市政府第二会议室", "chair": "分管副市长"}
    with clock.pretend(at(today - timedelta(days=30))):
        month = clock.today().replace(day=1)
        told = meetings.draft_meeting(world.city, by=world.office, month=month, planned_at=clock.now(), **place)
        meetings.invite(told, by=world.office, names=["南湖区政府", "北塘区政府", "市水务局", "特邀专家"])
        minutes.hold(
            told, by=world.office, held_on=clock.today(), presence={told.attendees.get(position=3).pk: "absent"}
        )
        minutes.decide_item(told, by=world.office, text="逐段明确管网完工日期和责任人，报市整改办", unit=world.south_gov,
                            due=clock.today() + timedelta(days=20))  # fmt: skip
        minutes.minute(told, by=world.office, text="会议听取了三季度整改进展情况汇报，研究了滞后任务。\n会议要求倒排工期，按月报告。",
                       statements={row.pk: "月底前拿出追赶计划，十二月完成。" for row in told.speakers.all()}, files=[])  # fmt: skip
        for kind in ("minutes",):
            papers.issue_paper(papers.draft_paper(world.city, kind, by=world.office, meeting=told), by=world.office)
    coming = meetings.draft_meeting(world.city, by=world.office, month=today.replace(day=1),
                                    planned_at=at(today + timedelta(days=4)), **place)  # fmt: skip
    meetings.invite(coming, by=world.office, names=["南湖区政府", "市水务局"])
    notice = papers.draft_paper(world.city, "notice", by=world.office, meeting=coming)
    bulletin = papers.draft_paper(world.city, "bulletin", by=world.office)
    asked = ask(
        [world.task()],
        by=world.south_liaison,
        problem="跨区管网权属不清，区里协调不下来。",
        asked="请市里明确建设主体和资金。",
    )
    asked = take_up(asked, by=world.office, accept=True, reason="涉及两区，需要现场定。", form="on_site",
                    planned_on=today, where="东渡排口", invited="市水务局")  # fmt: skip
    group = keep_body(world.city, by=world.office, name="临江市整改工作领导小组", responsibilities="统一领导整改，协调重大问题。",
                      members=[("head", "市长"), ("deputy", "分管副市长")])  # fmt: skip
    team = keep_body(world.city, by=world.office, name="整改督导组", responsibilities="督促检查。", group=group, role="supervision",
                     daily_unit=world.city_office, members=[("head", "市委督查室主任")])  # fmt: skip
    duty = set_duty(world.city, by=world.office, unit=world.south_gov, kind="study", what="研究生态环境保护工作", shift="none",
                    rule="FREQ=MONTHLY;BYMONTHDAY=-1", starts_on=date(today.year - 1, 11, 1), source="方案：每月至少研究1次")  # fmt: skip
    record_session(duty, by=world.south_liaison, held_on=today, topic="听取整改汇报", text="研究了3项任务。")
    seen = _visited(world, team, today)
    return seen | {"meeting": told.get_absolute_url(), "coming": coming.get_absolute_url(), "notice": notice.get_absolute_url(),
            "bulletin": bulletin.get_absolute_url(), "consultation": asked.get_absolute_url(),
            "duty": f"/supervision/duties/{duty.pk}/"}  # fmt: skip


def _visited(world: Any, team: Any, today: date) -> dict[str, str]:
    """A visit under way with a finding that the unit answered, and help that goes on."""
    visit = plan_visit(team, by=world.office, kind="targeted", announced=False, area=world.city, starts_on=today,
                       ends_on=today + timedelta(days=2), title="雨水排口督查")  # fmt: skip
    task, other = world.task(), world.task()
    for row in (task, other):
        add_task(visit, by=world.office, task=row, reason="有群众反映")
    set_team(visit, by=world.office, team=Team((world.office, world.supervision)))
    found = put_down(
        visit, task, Seen("superficial", "网下面没有覆土也没有防渗，雨水沟里是黄水", today), by=world.office,
        demand=Demand("按设计覆土、防渗，截洪沟接到位", world.south_gov, today + timedelta(days=9)),
    )  # fmt: skip
    state(found, by=world.south_liaison, text="材料上月底才到货，没有在月报告里写清楚，本月补报。")
    plan = ask_help(other, by=world.south_liaison, kind="land", difficulty="泵站用地没有调规，林地手续办不下来")
    asked_for = ask_help(world.task(), by=world.south_liaison, kind="money", difficulty="资金缺口没有落实，本月停工")
    arrange(plan, by=world.office, answer="由市水务局牵头，一点一策", unit=world.water, helper="市水务局副局长",
            until=today + timedelta(days=60), steps=[NewStep("完成用地调规", world.water, today + timedelta(days=20))])  # fmt: skip
    return {"visit": visit.get_absolute_url(), "finding": found.get_absolute_url(), "help": plan.get_absolute_url(),
            "put-down": f"{visit.get_absolute_url()}tasks/{other.pk}/", "asked-help": asked_for.get_absolute_url(),
            "visited-task": task.get_absolute_url()}  # fmt: skip


PAGES = ("/meetings/", "coming", "meeting", "/meetings/new/", "/meetings/decided/", "/meetings/papers/", "bulletin", "/supervision/",
         "consultation", "/supervision/duties/", "duty", "/supervision/bodies/", "/supervision/duties/new/", "/work/",
         "/supervision/visits/", "/supervision/visits/new/", "visit", "finding", "put-down", "visited-task",
         "/supervision/help/", "/supervision/help/suggested/", "/supervision/help/new/", "help", "asked-help")  # fmt: skip


def test_meetings_and_supervision(
    busy: dict[str, str], visitor: Callable[..., Page], axe: Callable[[Page], list[str]], tmp_path: Path
) -> None:
    folder = Path(os.environ.get("SCREENS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    desk, phone = visitor("office"), visitor("office", phone=True)
    wrong = []
    for number, name in enumerate(PAGES):
        address = busy.get(name, name)
        for page, kind in ((desk, "desk"), (phone, "phone")):
            page.goto(address)
            page.screenshot(
                path=folder / f"{number:02d}-{name.strip('/').replace('/', '-')}-{kind}.png", full_page=True
            )
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if wide > 0:
                wrong.append(f"{address} is {wide}px wider than a {kind}")
        wrong += [f"{address}: {found}" for found in axe(desk)]
    desk.goto("/meetings/")
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**" + busy["meeting"])
    desk.pdf(path=folder / "meeting.pdf")
    assert wrong == []
