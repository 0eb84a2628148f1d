"""A passage that the reading left out lights where it stands when it is clicked; on a phone nothing scrolls sideways."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import Page, expect

from tests.browser.test_path import PLAN
from tests.world import World
from zhenggai.intake.actions import propose

FIRST, SECOND = (
    "另有三家砖瓦厂烟气治理设施老旧，请属地一并纳入整改范围。",
    "东湖片区两处渣土堆放点尚未明确由谁清运，须尽快议定。",
)


@pytest.mark.django_db(transaction=True)
def test_each_passage_lights_where_it_stands(
    world: World, visitor: Callable[..., Page], live_server: Any, axe: Callable[[Page], list[str]], tmp_path: Path
) -> None:
    assert world.inspection is not None
    text = PLAN.replace("整改任务清单\n", f"{FIRST}\n整改任务清单\n") + f"附：\n{SECOND}\n"
    proposal = propose(ContentFile(text.encode(), name="方案.txt"), "方案.txt", world.inspection, by=world.office)
    folder = Path(os.environ.get("SCREENS") or tmp_path)
    for phone in (False, True):
        page = visitor("office", phone=phone)
        page.goto(f"{live_server.url}/intake/{proposal.pk}/")
        page.get_by_role("link", name="未读入2处").click()
        expect(page.locator(".zg-lit--on")).to_have_text(FIRST)
        page.get_by_role("group", name="第2处").click()
        expect(page.locator(".zg-lit--on")).to_have_text(SECOND)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0
        assert axe(page) == []
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"unread-{'phone' if phone else 'desk'}.png", animations="disabled")
