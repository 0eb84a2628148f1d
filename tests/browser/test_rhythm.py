"""The lists of the month and the quarter on a phone: what is to be done, and its button, without moving sideways."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.world import World, build
from zhenggai.audit import clock
from zhenggai.progress.filings import open_filing, quarter_of
from zhenggai.progress.rounds import keep_up, month_of, open_round


@pytest.fixture
def world(transactional_db: None) -> World:
    return build()


def inside(page: Page, words: str) -> bool:
    box = page.locator(f".zg-cards >> text={words}").first.bounding_box()
    return box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390


def test_what_a_unit_owes_stands_on_a_phone_with_its_button(
    world: World, visitor: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    month = month_of(clock.today())
    with clock.pretend(clock.at(month)):
        task = world.task()
    keep_up(open_round(world.city, month))
    filing = open_filing(world.city, quarter_of(clock.today()))
    page = visitor("south_liaison", phone=True)
    for address, words in (
        ("/reports/", "去报"),
        (f"/rounds/{month:%Y-%m}/owed/?state=due", "牵头单位"),
        (f"/filings/{filing.quarter_key}/", "去报备"),
    ):
        page.goto(address)
        assert inside(page, task.number)
        assert inside(page, words), address
        assert axe(page) == []
    page.goto(f"/tasks/{task.pk}/report/")
    box = page.locator("[name=measure_2]").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 390
    page.fill("[name=text]", "排查已经完成，正在组织改造施工，下月完成管网接驳。")
    page.select_option("[name=measure_1]", "doing")
    page.click("button[form=report]")
    page.wait_for_selector("text=报告已报送")
