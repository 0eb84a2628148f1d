"""A real Chromium against the real server; left out, with the reason, where there is none."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests.world import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules/axe-core/axe.min.js"
NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--font-render-hinting=none",
]  # fmt: skip


def chromium() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            if chromium() is None:
                item.add_marker(pytest.mark.skip(reason="没有 Chromium：浏览器测试没有运行"))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": chromium(), "args": QUIET}


@pytest.fixture(scope="session", autouse=True)
def database_beside_the_browser() -> None:
    """Playwright's loop runs in this thread; the tests, and emptying the database after them, use it all the same."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture
def visitor(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """Open a window at 1366×768 (or a phone's size), signed in as `who` through the login page. Any message in the
    console (a refused style or script, an error) fails the test."""
    pages: list[Page] = []
    troubles: list[str] = []

    def open_window(who: str = "", *, phone: bool = False, password: str = PASSWORD) -> Page:
        size = {"width": 390, "height": 844} if phone else {"width": 1366, "height": 768}
        context = browser.new_context(viewport=size, locale="zh-CN", base_url=live_server.url)  # type: ignore[arg-type]
        page = context.new_page()
        page.on("console", lambda message: troubles.append(f"{page.url}: {message.text}"))
        page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
        pages.append(page)
        if who:
            page.goto("/login/")
            page.fill("[name=username]", who)
            page.fill("[name=password]", password)
            page.click("button[type=submit]")
            page.wait_for_selector(".zg-index")
        return page

    yield open_window
    for page in pages:
        page.context.close()
    quiet = [trouble for trouble in troubles if "the server responded with a status of 4" not in trouble]
    assert quiet == []


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """What axe (WCAG 2.2 AA and best practice) finds on a page."""
    source = AXE.read_text(encoding="utf-8")

    def violations(page: Page) -> list[str]:
        page.evaluate(source)
        found = page.evaluate(
            "axe.run({resultTypes: ['violations'], runOnly:"
            " ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
        )
        return [f"{row['id']}: {row['nodes'][0]['html'][:160]}" for row in found["violations"]]

    return violations
