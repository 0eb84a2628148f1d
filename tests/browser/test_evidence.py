"""Files in a real browser: chosen, dropped, refused by name, sent with progress, kept when the form comes back; looked at
one after another by key; two months side by side; on a wide screen and on a phone."""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import Page, expect

from tests.world import World, build
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.documents.forms import Upload
from zhenggai.documents.photos import read_new_photos
from zhenggai.documents.tests.pictures import photo
from zhenggai.ledger.models import Task
from zhenggai.progress.actions import decide, submit
from zhenggai.progress.models import Report, ReportFile

LONG = "三处排口已完成改造两处，剩余一处正在施工，预计下月底完成，监测数据见附件。"
DROP = """(drop, names) => {
  const carrier = new DataTransfer();
  names.forEach((name) => carrier.items.add(new File(["x"], name)));
  drop.dispatchEvent(new DragEvent("drop", { dataTransfer: carrier, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def world(transactional_db: None) -> World:
    return build()


@pytest.fixture
def shoot(tmp_path: Path) -> Callable[[Page, str], None]:
    folder = Path(os.environ.get("SCREENS") or tmp_path)

    def take(page: Page, name: str) -> None:
        page.wait_for_load_state("networkidle")
        page.screenshot(path=folder / f"{name}.png", animations="disabled")

    return take


def narrow_enough(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, page.url


def test_files_are_refused_by_name_and_the_rest_is_sent_and_kept(
    world: World, visitor: Callable[..., Page], shoot: Callable[[Page, str], None], tmp_path: Path
) -> None:
    task = world.task()
    good, empty, program = tmp_path / "现场.jpg", tmp_path / "空的.txt", tmp_path / "程序.exe"
    good.write_bytes(photo((800, 600), taken="2026:11:20 10:00:00"))
    empty.write_bytes(b"")
    program.write_bytes(b"MZ")
    page = visitor("south_liaison")
    page.goto(f"/tasks/{task.pk}/report/")
    page.set_input_files("input[name=evidence]", [good, empty, program])
    chosen = page.locator("[data-chosen] li")
    expect(chosen).to_have_count(3)
    expect(chosen.nth(1)).to_contain_text("“空的.txt”是空文件，不会上传")
    expect(chosen.nth(2)).to_contain_text("不是能收的文件")
    page.evaluate(f"({DROP})(document.querySelector('[data-filedrop]'), ['说明.txt'])")
    expect(chosen).to_have_count(4)
    shoot(page, "upload")
    page.fill("[name=text]", "太短")
    page.evaluate("document.querySelector('#report').noValidate = true")
    page.click("button:has-text('报送')")
    expect(page.locator(".zg-err").first).to_contain_text("字")
    expect(page.locator("[name=text]")).to_have_value("太短")
    expect(page.locator("[data-chosen] li")).to_have_count(4)  # the files are still there
    shoot(page, "upload-sent-back")
    page.fill("[name=text]", LONG)
    page.click("button:has-text('报送')")
    page.wait_for_url(f"**/tasks/{task.pk}/")
    expect(page.locator(".zg-toast")).to_contain_text("已报送")
    assert sorted(ReportFile.objects.values_list("name", flat=True)) == ["现场.jpg", "说明.txt"]


def test_a_phone_offers_its_camera_and_fits(
    world: World, visitor: Callable[..., Page], shoot: Callable[[Page, str], None]
) -> None:
    task = world.task()
    page = visitor("south_liaison", phone=True)
    page.goto(f"/tasks/{task.pk}/report/")
    assert page.get_attribute("[data-camera]", "capture") == "environment"
    page.locator("[data-filedrop]").scroll_into_view_if_needed()
    narrow_enough(page)
    shoot(page, "upload-phone")


@pytest.fixture
def told(world: World) -> Task:
    """Photos and a table in October, photos in November."""
    with clock.pretend(at(date(2026, 10, 9))):
        task = world.task()
        files = [
            Upload(
                ContentFile(photo((1200, 900), taken="2026:10:08 09:00:00", place=(31.2, 120.5))),
                "东口.jpg",
                "image/jpeg",
            ),
            Upload(ContentFile("点位,浓度\n东口,12\n".encode()), "监测.csv", "text/plain"),
        ]
        decide(submit(task, text=LONG, measures=[], files=files, by=world.south_liaison), accept=True, by=world.office)
    with clock.pretend(at(date(2026, 11, 9))):
        november = [
            Upload(
                ContentFile(photo((1200, 900), taken="2026:09:02 09:00:00", colour="peru")), "东口.jpg", "image/jpeg"
            ),
            Upload(ContentFile(photo((900, 1200), colour="slategray")), "西口.jpg", "image/jpeg"),
        ]
        submit(task, text=LONG, measures=[], files=november, by=world.south_liaison)
    read_new_photos()
    return task


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_files_are_looked_at_by_key_and_side_by_side(
    world: World,
    told: Task,
    visitor: Callable[..., Page],
    shoot: Callable[[Page, str], None],
    axe: Callable[[Page], list[str]],
    phone: bool,
) -> None:
    end = "-phone" if phone else ""
    page = visitor("office", phone=phone)
    first = Report.objects.get(task=told, month__month=10).files.get(name="东口.jpg")
    page.goto(f"/evidence/report/{first.pk}/")
    picture = page.locator(".zg-viewer img")
    expect(picture).to_have_js_property("naturalWidth", 1200)
    shoot(page, f"evidence{end}")
    narrow_enough(page)
    assert axe(page) == []
    page.keyboard.press("ArrowRight")
    expect(page.locator("h1")).to_have_text("监测.csv")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("h1")).to_have_text("东口.jpg")
    for name, address in (("photos", "photos"), ("files", "evidence")):
        page.goto(f"/tasks/{told.pk}/{address}/")
        shoot(page, f"{name}{end}")
        narrow_enough(page)
        assert axe(page) == []


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_reminders_on_both_screens(
    world: World,
    told: Task,
    visitor: Callable[..., Page],
    shoot: Callable[[Page, str], None],
    axe: Callable[[Page], list[str]],
    phone: bool,
) -> None:
    end = "-phone" if phone else ""
    page = visitor("office", phone=phone)
    expect(page.locator(".zg-bell b")).to_be_visible()
    for name, address in (
        ("bell", "/reminders/"), ("settings", "/reminders/settings/"), ("channels", "/desk/channels/"),
        ("alarms", "/desk/files/"),
    ):  # fmt: skip
        page.goto(address)
        shoot(page, f"{name}{end}")
        narrow_enough(page)
        assert axe(page) == []
    page.goto("/reminders/")
    page.click("button:has-text('都看过了')")
    expect(page.locator(".zg-bell b")).to_have_count(0)
