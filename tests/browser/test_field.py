"""Site verification on a phone, in a real browser: filled in without a signal, kept in the phone, sent once when it is back."""

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.world import build
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.closure.models import SiteCheck, Verdict
from zhenggai.closure.tests.test_chain import applied
from zhenggai.ledger.models import Task


@pytest.fixture
def waiting(transactional_db: None) -> Task:
    """A task whose county has to go and look."""
    world = build()
    with clock.pretend(at(clock.today() - timedelta(days=3))):
        return applied(world, "county_city")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A picture whose camera says neither time nor place."""
    path, out = tmp_path / "排口.jpg", io.BytesIO()
    Image.new("RGB", (640, 480), "#4a7").save(out, "JPEG")
    path.write_bytes(out.getvalue())
    return path


def fill(page: Page, text: str, photo: Path | None = None) -> None:
    """Fill in the first site and save it."""
    page.locator("details.zg-site summary").first.click()
    page.get_by_label("现场与材料一致", exact=True).check()
    page.get_by_label("看到什么").fill(text)
    if photo:
        page.locator("form[data-visit] input[type=file]:not([data-camera])").set_input_files(str(photo))
    page.get_by_role("button", name="存好").click()


def test_a_visit_without_a_signal_arrives_once_when_it_is_back(
    waiting: Task, photo: Path, visitor: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    page = visitor("south_acceptor", phone=True)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 30.5123, "longitude": 114.321, "accuracy": 9})
    page.goto("/field/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()  # from here on the worker answers
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_text(waiting.number)).to_be_visible()  # the page is there without a signal
    fill(page, "三处排口都没有溢流，泵站在运行", photo)
    expect(page.locator("[data-net]")).to_contain_text("存在手机里：1处、1张照片")
    page.reload()
    expect(page.locator("[data-net]")).to_contain_text("存在手机里：1处、1张照片")  # kept beyond the page
    assert not SiteCheck.objects.exists()
    page.context.set_offline(False)
    expect(page.locator("[data-net]")).to_contain_text("已发送1处", timeout=15000)
    page.reload()
    page.wait_for_load_state("networkidle")
    check = SiteCheck.objects.get()
    assert (check.text, check.photos.count()) == ("三处排口都没有溢流，泵站在运行", 1)
    assert check.place_words == "北纬30.51230°，东经114.32100°，误差9米"
    assert check.made_at < check.received_at


def test_what_the_server_does_not_take_stays_in_the_phone_with_its_reason(
    waiting: Task, visitor: Callable[..., Page]
) -> None:
    page = visitor("south_acceptor", phone=True)
    page.goto("/field/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    waiting.applications.update(outcome="returned")
    fill(page, "三处排口都没有溢流")
    expect(page.locator("[data-net]")).to_contain_text("没有收下：县级验收的结论已经作出或申请已经退回", timeout=15000)
    assert not SiteCheck.objects.exists()
    assert Verdict.objects.get(position=1).is_open
