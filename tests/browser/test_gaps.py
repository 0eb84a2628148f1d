"""A rule is found wanting, mended and confirmed in a real browser; a stale decision on an import is seen at once on a phone."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.test_path import PLAN
from tests.world import World, build
from zhenggai.audit import clock
from zhenggai.intake import corrections
from zhenggai.intake.tests.test_intake import proposed
from zhenggai.ledger.gaps import Found, find_gap
from zhenggai.ledger.models import Gap


@pytest.fixture
def world(transactional_db: None) -> World:
    return build()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_gap_from_the_task_to_its_confirmation(
    world: World, visitor: Callable[..., Page], axe: Callable[[Page], list[str]], tmp_path: Path
) -> None:
    task, rule = world.task(), tmp_path / "排口巡查办法.pdf"
    rule.write_bytes(b"%PDF-1.7 rule")
    office = visitor("office")
    office.goto(task.get_absolute_url())
    office.click("text=登记缺陷")
    office.check("[name=kind][value=missing]")
    office.fill("[name=wrong]", "没有规定雨水排口由谁巡查、多久一次。")
    office.check("[name=way][value=make]")
    office.fill("[name=todo]", "制定排口巡查办法，写明单位和次数")
    office.fill("[name=due]", f"{clock.today() + timedelta(days=90)}")
    office.fill("[name=how]", "没有人巡查，排口溢流半年没有人发现。")
    assert axe(office) == []
    office.click("button[form=act]")
    office.wait_for_selector("text=制度缺陷已登记")
    gap = Gap.objects.get()
    unit = visitor("south_liaison")
    unit.goto("/work/")
    unit.click("text=去补")
    unit.click(".zg-do a")
    for name, words in (("name", "排口巡查办法"), ("number", "南政办〔2026〕8号"), ("issued_by", "南湖区政府"),
                        ("effective_on", f"{clock.today()}"), ("note", "写明每周巡查一次、由谁报告。")):  # fmt: skip
        unit.fill(f"[name={name}]", words)
    unit.set_input_files("[name=file]", rule)
    unit.click("button[form=act]")
    unit.wait_for_selector("text=待确认")
    other = visitor("supervision", phone=True)
    other.goto(f"{gap.get_absolute_url()}")
    other.click("text=核对、确认")
    other.check("[name=confirm][value=yes]")
    other.fill("[name=reason]", "核对过，已经写明巡查单位和次数")
    other.click("button[form=act]")
    other.wait_for_selector("text=已补上")
    for address in (gap.get_absolute_url(), "/ledger/gaps/", task.get_absolute_url()):
        for page in (office, other):
            page.goto(address)
            assert axe(page) == [], address
            assert fits(page), address


def test_many_gaps_fit_a_phone(world: World, visitor: Callable[..., Page], axe: Callable[[Page], list[str]]) -> None:
    due = clock.today() + timedelta(days=30)
    for number in range(60):
        wrong = f"第{number + 1}条没有写明雨水排口由哪个单位巡查、多久巡查一次，也没有写发现溢流以后向谁报告。"
        told = Found(
            world.south_gov,
            "unclear",
            wrong,
            "revise",
            "修订办法，写明巡查单位",
            due,
            "南湖区排水管理办法",
            "南政发〔2019〕3号",
        )
        find_gap([world.task()], told, how="没有人负责巡查，溢流没有人发现。", by=world.office)
    phone = visitor("office", phone=True)
    phone.goto("/ledger/gaps/")
    assert phone.locator("tbody tr").count() == 50
    assert fits(phone)
    assert axe(phone) == []
    phone.click("text=下一页")
    assert phone.locator("tbody tr").count() == 10


def test_a_stale_decision_is_told_above_the_document(
    world: World, visitor: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    proposal = proposed(world, PLAN)
    phone = visitor("office", phone=True)
    phone.goto(f"/intake/{proposal.pk}/1/")
    item = proposal.items.get(position=1)
    corrections.edit(
        item, {"goal": "别人写的目标。" * 12}, serial=1, reason="原文漏印，按补正通知改", by=world.acceptor
    )
    phone.click("[data-accept]")
    notice = phone.wait_for_selector(".zg-stale")
    assert notice is not None
    box, document = notice.bounding_box(), phone.locator(".zg-doc").bounding_box()
    assert box is not None
    assert document is not None
    assert box["y"] + box["height"] <= document["y"]
    assert box["y"] < 500, "in sight without scrolling"
    assert "别人写的目标。" in notice.inner_text()
    assert fits(phone)
    assert axe(phone) == []
