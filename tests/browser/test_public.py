"""Every page that anybody may open, as the table of addresses names them: for a screen reader, on a phone, in large type and
high contrast, and on paper."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from tests.browser.test_screens import no_sideways_scrolling
from tests.matrix import PUBLIC
from tests.matrix_publicity import published
from tests.test_permissions import MATRIX
from tests.world import World, build
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.closure.replies import make_link
from zhenggai.closure.tests.test_path import walk
from zhenggai.ledger.lifecycle import take
from zhenggai.ledger.models import Source
from zhenggai.ledger.states import STRIKE_OFF, State
from zhenggai.publicity.actions import publish_plan
from zhenggai.publicity.articles import draft_article, edit_article, release, withdraw_article
from zhenggai.publicity.models import Article, Notice, PublishedTask

# Files, feeds and redirects: no pages.
NO_PAGES = {
    "portal_paper", "portal_article_file", "portal_dataset", "portal_feed", "portal_calendar", "portal_sitemap",
    "portal_robots", "portal_display",
}  # fmt: skip
BODY = (
    "# 总体进展\n截至本月底，各地都已动工。\n表：各地进展\n| 地方 | 任务 | 说明 |\n| 南湖区 | 12 | 三处排口都在改造 |"
)


@pytest.fixture
def public(transactional_db: None) -> dict[str, str]:
    """A public site with something on each of its pages; what each page is → its address."""
    world, today = build(), clock.today()
    with clock.pretend(at(today - timedelta(days=60))):
        piece = world.task(source=Source.COMPLAINT)
        walk(world, piece, State.IN_NOTICE)
    take(STRIKE_OFF, piece, by=world.leader)
    ended = Notice.objects.get()
    noticed = world.task()
    walk(world, noticed, State.IN_NOTICE)
    ended_address, given = ended.get_absolute_url(), _published(world, noticed)
    given |= {
        "reply": [make_link(piece, by=world.office)],
        "portal_task": [piece.pk],
        "portal_task_version": [noticed.pk, 1],
    }
    names = {name for name, who in MATRIX.items() if who == PUBLIC} - NO_PAGES
    found = {name: reverse(name, args=given.get(name, [])) for name in names}
    gone = draft_article(world.city, kind="news", by=world.publicity, title="旧闻", body="旧。", issuer="市整改办")
    release(gone, by=world.publicity, reasons={})
    withdraw_article(gone, by=world.publicity, reason="已过时")
    return found | {
        "ended": ended_address, "withdrawn article": gone.get_absolute_url(), "no such task": "/public/tasks/999999/",
        "no such receipt": "/public/objections/?receipt=YY1", "nothing found": "/public/search/?q=没有的词",
        "found": "/public/search/?q=排口", "a used link": "/reply/x/", "ended form": f"{ended_address}object/",
    }  # fmt: skip


def _published(world: World, noticed: Any) -> dict[str, list[Any]]:
    """As the table of addresses has it, the article corrected, the task changed once."""
    current = Notice.objects.order_by("-pk")[0]
    given = published(world, noticed, notice=current)
    article = Article.objects.get()
    words = {"title": "整改动态", "issuer": "市整改办", "document_number": "临整改办〔2026〕3号", "counts": {}}
    edit_article(article, by=world.publicity, body=BODY, **words)
    release(article, by=world.publicity, reasons={}, note="补上各地进展")
    PublishedTask.objects.filter(task=noticed).update(goal="")
    assert world.plan is not None
    publish_plan(world.plan, by=world.publicity)
    return given


def test_everybody_can_read_every_public_page(
    public: dict[str, str], visitor: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    desk, phone, large = visitor(), visitor(phone=True), visitor()
    large.goto("/public/display/?size=largest&contrast=high")
    found: dict[str, list[str]] = {}
    for name, address in public.items():
        for page in (desk, phone, large):
            answer = page.goto(address)
            assert answer is not None
            assert answer.status in (200, 404), (name, answer.status)
            found[name] = found.get(name, []) + axe(page)
            no_sideways_scrolling(page)
        if not desk.locator("body.zg-pub").count():  # the login, and an address that is none
            continue
        desk.emulate_media(media="print")
        assert desk.locator("nav.zg-pub__nav, form, .zg-no-print").filter(visible=True).count() == 0, f"{name} in print"
        sheet = desk.evaluate("getComputedStyle(document.body).page")
        assert sheet == "a4p", f"{name}: its head is torn from its text on paper"
        desk.emulate_media(media="screen")
    assert {name: rows for name, rows in found.items() if rows} == {}
