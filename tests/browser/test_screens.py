"""The screens of the demonstration city: what each must show, without a script too, for a screen reader, on a phone.

`SCREENS=docs/screens` keeps the pictures for the README; otherwise they go to a temporary folder.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from zhenggai.accounts.models import Person
from zhenggai.demo.load import load
from zhenggai.intake.models import Proposal
from zhenggai.ledger.models import Task
from zhenggai.publicity.models import Notice
from zhenggai.publicity.tests.rig import ANSWERS


@pytest.fixture
def city(transactional_db: None) -> dict[str, str]:
    """The demonstration city, loaded by the real import; passwords by account."""
    return {account.username: account.password for account in load(lambda line: None)}


@pytest.fixture
def pictures(tmp_path: Path) -> Callable[[Page, str], None]:
    folder = Path(os.environ.get("SCREENS") or tmp_path)

    def take(page: Page, name: str) -> None:
        page.evaluate("document.fonts.ready")
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", animations="disabled")

    return take


def address_of(number: str) -> str:
    return Task.objects.get(number=number).get_absolute_url()


def no_sideways_scrolling(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide}px wider than the window"


def test_the_demonstration_city(
    city: dict[str, str],
    visitor: Callable[..., Page],
    browser: Browser,
    live_server: Any,
    pictures: Callable[[Page, str], None],
    axe: Callable[[Page], list[str]],
    subtests: pytest.Subtests,
) -> None:
    """One city, loaded once, looked at in four ways."""
    with subtests.test("every role has something to do on its first page"):
        every_role_has_something_to_do_on_its_first_page()
    with subtests.test("screens"):
        screens(city, visitor, pictures, axe)
    with subtests.test("the keyboard walks the ledger"):
        keyboard_walks_the_ledger(city, visitor)
    with subtests.test("the keyboard reaches every control, and shows which"):
        keyboard_shows_where_it_is(city, visitor)
    with subtests.test("the war map opens at today on a phone"):
        war_map_opens_at_today(city, visitor)
    with subtests.test("the portal and the steps work without script"):
        portal_and_steps_work_without_script(city, browser, live_server)


def screens(
    city: dict[str, str],
    visitor: Callable[..., Page],
    pictures: Callable[[Page, str], None],
    axe: Callable[[Page], list[str]],
) -> None:
    """Screens 1, 3, 4, 5, 10 and 15 and their neighbours: content, axe, picture, and no sideways scrolling on a phone."""
    proposal = Proposal.objects.get(inspection__prefix="固废")
    notice = Notice.objects.get(items__task__number="省督-24")
    acceptance = Task.objects.get(number="省督-15")
    pages: list[tuple[str, str, str, str]] = [
        ("city-office", "01-my-work", "/work/", "市级验收：装修垃圾转运点布设不足"),
        ("city-office", "03-ledger", "/ledger/", "工业园区污水处理厂配套管网不完善"),
        ("nanhu-liaison", "04-task", address_of("省督-17"), "雨污分流改造滞后，3处排口雨天溢流"),
        ("city-office", "05-intake", f"/intake/{proposal.pk}/", "存疑"),
        ("city-publicity", "10-notices", "/notices/", "规模以下养殖场粪污直排塘北河"),
        ("", "15-portal", "/", "58项整改任务，销号18项，2项已逾期"),
        ("", "15-portal-notice", notice.get_absolute_url(), "公示期还剩3个工作日" if notice.days == 10 else "公示期"),
        ("", "15-portal-progress", "/public/progress/", "各责任单位"),
        ("", "15-portal-tasks", "/public/tasks/", "问题清单"),
        ("", "15-portal-notices", "/public/notices/", "整改公示"),
        ("", "15-portal-task", f"/public/tasks/{Task.objects.get(number='省督-24').pk}/", "公开记录"),
        ("", "15-portal-object", f"{notice.get_absolute_url()}object/", "等于多少"),
        ("", "15-portal-how", "/public/objections/how/", "选一份正在进行的公示"),
        ("", "15-portal-news", "/public/news/", "督察整改进行时"),
        ("", "15-portal-search", "/public/search/?q=粪污", "找到"),
        ("", "15-portal-data", "/public/data/", "开放数据"),
        ("", "15-portal-words", "/public/words/", "这些词是什么意思"),
        ("", "15-portal-accessibility", "/public/accessibility/", "无障碍声明"),
        ("city-publicity", "10-names", "/notices/names/", "公开名单"),
        ("city-publicity", "10-article", "/notices/articles/new/", "拟写公开信息"),
        ("city-office", "09-closure", "/closure/", "建筑垃圾消纳场无序堆放"),
        ("city-acceptance", "09-acceptance", f"{acceptance.get_absolute_url()}accept/", "验收的不是提交的"),
        ("nanhu-liaison", "06-report", f"{address_of('省督-17')}report/", "措施进展"),
        ("city-office", "06-reports", "/reports/", "报告"),
        ("", "14-login", "/login/", "登录"),
        ("security-admin", "17-people", "/desk/people/", "城市管理局"),
        ("audit-admin", "17-audit", "/desk/audit/?verify=1", "链完整"),
        ("city-office", "17-rules", "/desk/rules/", "公示期"),
        ("city-office", "17-calendar", "/desk/calendar/2026/", "248个工作日"),
    ]
    windows = {who: visitor(who, password=city.get(who, "")) for who in dict.fromkeys(who for who, *_ in pages)}
    found: dict[str, list[str]] = {}
    for who, name, address, words in pages:
        page = windows[who]
        page.goto(address)
        expect(page.locator("body")).to_contain_text(words)
        pictures(page, name)
        if who or address == "/":  # test_public.py holds what everybody may open against axe, in three ways
            found[name] = axe(page)
        page.set_viewport_size({"width": 390, "height": 844})
        no_sideways_scrolling(page)
        if name in ("04-task", "15-portal-notice", "06-report", "01-my-work"):
            pictures(page, f"{name}-phone")
        page.set_viewport_size({"width": 1366, "height": 768})
    assert {name: rows for name, rows in found.items() if rows} == {}


def keyboard_walks_the_ledger(city: dict[str, str], visitor: Callable[..., Page]) -> None:
    page = visitor("city-office", password=city["city-office"])
    page.goto("/ledger/")
    expect(page.locator("#detail")).to_contain_text("完成时限")  # the first row's, read once the pane is in sight
    page.keyboard.press("j")
    page.keyboard.press("j")
    chosen = page.locator('tr[aria-selected="true"]')
    number = chosen.locator("th").inner_text()
    expect(page.locator("#detail")).to_contain_text(number)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(number)
    page.go_back()
    page.locator("tbody input[name=pick]").first.focus()  # a box of a row opens its row, and sends no form
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/tasks/\d+/$"))


# How the focused control looks, then how it looks without the focus; nothing when the page has been walked through.
STOP = """() => {
    const at = document.activeElement;
    if (at === document.body) return null;
    const look = () => {
        const s = getComputedStyle(at);
        document.getAnimations().forEach((running) => running.finish());
        return [s.outlineStyle, s.boxShadow, s.borderColor].join();
    };
    const focused = look(), name = at.tagName + " " + (at.getAttribute("aria-label") || at.innerText || at.name);
    if (at.type === "date") return [name, true];  // has stops of its own, which a new focus would begin again
    at.blur();
    const plain = look();
    at.focus({ preventScroll: true });
    return [name, focused !== plain];
}"""


def keyboard_shows_where_it_is(city: dict[str, str], visitor: Callable[..., Page]) -> None:
    page = visitor("nanhu-liaison", password=city["nanhu-liaison"])
    for address in ("/work/", "/ledger/", "/map/", f"{address_of('省督-17')}report/"):
        page.goto(address)
        stops: list[tuple[str, bool]] = []
        while len(stops) < 300:
            page.keyboard.press("Tab")
            if (stop := page.evaluate(STOP)) is None:
                break
            stops.append(stop)
        assert len(stops) < 300, f"{address} does not let the keyboard go: {stops[-3:]}"
        assert [name for name, shows in stops if not shows] == [], address


def war_map_opens_at_today(city: dict[str, str], visitor: Callable[..., Page]) -> None:
    page = visitor("city-office", phone=True, password=city["city-office"])
    page.goto("/map/")
    day = page.locator(".zg-map__day").bounding_box()
    assert day is not None
    assert 190 < day["x"] < 390 - day["width"]
    no_sideways_scrolling(page)


def portal_and_steps_work_without_script(city: dict[str, str], browser: Browser, live_server: Any) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url, locale="zh-CN")
    page = context.new_page()
    page.goto("/")
    expect(page.locator("main")).to_contain_text("各地进展")
    page.locator("a", has_text="规模以下养殖场粪污直排塘北河").click()
    page.locator("a", has_text="提交异议，得到受理编号").click()
    page.fill("[name=text]", "上坝沟下游昨晚还有异味。")
    asked = page.locator("label[for=id_sum]").inner_text()
    page.fill("[name=sum]", str(next(number for words, number in ANSWERS.items() if asked.startswith(words))))
    page.locator("button", has_text="提交").click()
    expect(page.locator("main")).to_contain_text("请记下受理编号")
    page.goto("/login/")
    page.fill("[name=username]", "city-office")
    page.fill("[name=password]", city["city-office"])
    page.locator("button", has_text="登录").click()
    page.goto("/ledger/?view=overdue")
    page.locator("#rows a").first.click()
    expect(page.locator("h1")).to_contain_text("工业园区污水处理厂配套管网不完善")
    context.close()


def every_role_has_something_to_do_on_its_first_page() -> None:
    """First minute: each role's first page is not empty."""
    client = Client()
    for name, words in (
        ("city-office", "审核"), ("city-acceptance", "市级验收"), ("city-publicity", "答复异议"), ("nanhu-liaison", "补正"),
        ("beitang-liaison", "办议定事项"), ("industry-liaison", "去报"), ("beitang-office", "县级验收"), ("city-leader", "58项任务"), ("city-case", "58项任务"),
        ("city-supervision", "58项任务"), ("security-admin", "建账号"), ("system-admin", "新建单位"), ("audit-admin", "逐条验证"),
    ):  # fmt: skip
        client.force_login(Person.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend")
        page = client.get("/work/", follow=True).content.decode()
        assert words in page, (name, words)
