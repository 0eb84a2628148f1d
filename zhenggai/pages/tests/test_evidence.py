"""Files that were handed in: looked at by who may see the task, versions counted, two months side by side, alarms shown
wherever the file is."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from tests.world import World
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.closure.tests.test_path import walk
from zhenggai.documents.checking import check_files
from zhenggai.documents.forms import Upload
from zhenggai.documents.models import FileAlarm, StoredFile
from zhenggai.documents.photos import read_new_photos
from zhenggai.documents.tests.pictures import photo
from zhenggai.ledger.models import Task
from zhenggai.ledger.states import State
from zhenggai.progress.actions import decide, submit
from zhenggai.progress.models import Report

OCTOBER, NOVEMBER = date(2026, 10, 9), date(2026, 11, 9)


def upload(name: str, data: bytes) -> Upload:
    return Upload(ContentFile(data), name, "image/jpeg" if name.endswith("jpg") else "text/plain")


def report(world: World, task: Task, day: date, *files: Upload) -> Report:
    with clock.pretend(at(day)):
        made = submit(task, text="在推进", measures=[], files=files, by=world.south_liaison)
    read_new_photos()
    return made


@pytest.fixture
def told(world: World) -> Task:
    """A task with photos in October and November; the plan of the works comes a second time, changed."""
    with clock.pretend(at(OCTOBER)):
        task = world.task()
    first = report(
        world, task, OCTOBER,
        upload("现场.jpg", photo(taken="2026:10:08 09:00:00", place=(31.2, 120.5))), upload("图纸.txt", "第一稿".encode()),
    )  # fmt: skip
    decide(first, accept=True, by=world.office)
    report(
        world, task, NOVEMBER,
        upload("现场二.jpg", photo(taken="2026:09:02 09:00:00", colour="navy")), upload("图纸.txt", "第二稿".encode()),
        upload("空白.jpg", photo(colour="white")),
    )  # fmt: skip
    return task


def address(task: Task, name: str, month: int) -> str:
    file = next(
        file
        for report in Report.objects.filter(task=task, month__month=month)
        for file in report.files.all()
        if file.name == name
    )
    return f"/evidence/report/{file.pk}/"


# ── one file ─────────────────────────────────────────────────────────────────
def test_a_photo_is_shown_with_who_when_and_where_it_was_taken(world: World, told: Task, login: Any) -> None:
    page = login(world.office).get(address(told, "现场.jpg", 10)).content.decode()
    for words in (
        "2026-10-08 09:00",
        "北纬31.20000°，东经120.50000°",
        world.south_liaison.name,
        "2026-10-09 09:00",
        "2026年10月报告",
    ):
        assert words in page
    assert "早于" not in page


def test_what_a_photo_does_not_say_is_marked_and_one_older_than_its_month_remarked(
    world: World, told: Task, login: Any
) -> None:
    client = login(world.office)
    blank = client.get(address(told, "空白.jpg", 11)).content.decode()
    assert "没有拍摄时间" in blank
    assert "没有拍摄地点" in blank
    assert "2026年9月拍的，早于报告的11月" in client.get(address(told, "现场二.jpg", 11)).content.decode()


def test_the_picture_is_ours_and_can_do_nothing_but_be_looked_at(world: World, told: Task, login: Any) -> None:
    client = login(world.south_liaison)
    answer = client.get(address(told, "现场.jpg", 10) + "1/?small=1")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in answer.headers["Cache-Control"]
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert not picture.getexif()
    download = client.get(address(told, "现场.jpg", 10) + "download/")
    assert download.headers["Content-Disposition"].startswith("attachment")
    assert download.headers["X-Content-Type-Options"] == "nosniff"
    assert b"".join(download).startswith(b"\xff\xd8")


@pytest.mark.parametrize("who", ["north_liaison", "system_admin", "audit_admin", "nobody"])
def test_who_may_not_see_the_task_sees_none_of_its_files(world: World, told: Task, login: Any, who: str) -> None:
    client, there = login(getattr(world, who)), address(told, "现场.jpg", 10)
    for end in ("", "1/", "download/"):
        assert client.get(there + end).status_code == 404
    assert client.get(f"/tasks/{told.pk}/evidence/").status_code == 404
    assert client.get(f"/tasks/{told.pk}/photos/").status_code == 404
    assert Client().get(there).status_code == 302


def test_a_file_or_page_that_is_not_there_is_not_found(world: World, told: Task, login: Any) -> None:
    client, there = login(world.office), address(told, "现场.jpg", 10)
    for wrong in (f"{there}2/", f"{there}99999999999999999999/", "/evidence/odd/1/", "/evidence/report/999999/"):
        assert client.get(wrong).status_code == 404


def test_files_that_came_together_follow_one_another(world: World, told: Task, login: Any) -> None:
    page = login(world.office).get(address(told, "图纸.txt", 11)).content.decode()
    assert "第2个，共3个" in page
    assert f'data-prev href="{address(told, "现场二.jpg", 11)}"' in page
    assert f'data-next href="{address(told, "空白.jpg", 11)}"' in page
    assert "第二稿" in page


# ── of a task ────────────────────────────────────────────────────────────────
def test_the_same_name_again_is_a_further_version_and_the_same_content_is_none(
    world: World, told: Task, login: Any
) -> None:
    client = login(world.office)
    assert "第1版，共2版" in client.get(address(told, "图纸.txt", 10)).content.decode()
    page = client.get(address(told, "图纸.txt", 11)).content.decode()
    assert "第2版，共2版" in page
    assert address(told, "图纸.txt", 10) in page
    decide(Report.objects.get(task=told, month__month=11), accept=True, by=world.office)
    december = date(2026, 12, 9)
    report(world, told, december, upload("图纸.txt", "第二稿".encode()), upload("新.txt", b"new"))
    assert "第2版，共2版" in client.get(address(told, "图纸.txt", 12)).content.decode()
    assert "版，共" not in client.get(address(told, "新.txt", 12)).content.decode()


def test_the_files_of_an_application_stand_beside_those_of_the_reports(world: World, login: Any) -> None:
    with clock.pretend(at(NOVEMBER)):
        task = world.task()
        walk(world, task, State.IN_ACCEPTANCE)
        task.applications.get().files.create(stored=StoredFile.objects.create(sha256="a" * 64, size=1), name="竣工.pdf")
    page = login(world.office).get(f"/tasks/{task.pk}/evidence/").content.decode()
    assert "竣工.pdf" in page
    assert "销号申请" in page


def test_two_months_of_photos_stand_side_by_side(world: World, told: Task, login: Any) -> None:
    client = login(world.south_liaison)
    page = client.get(f"/tasks/{told.pk}/photos/").content.decode()
    assert (
        page.index("2026年10月<span") < page.index("现场.jpg") < page.index("2026年11月<span") < page.index("空白.jpg")
    )
    other = client.get(f"/tasks/{told.pk}/photos/?left=2026-11&right=2026-10").content.decode()
    assert other.index("空白.jpg") < other.index("现场.jpg")
    assert client.get(f"/tasks/{told.pk}/photos/?left=nonsense&right=1999-01").status_code == 200


def test_queries_do_not_grow_with_the_files(
    world: World, told: Task, login: Any, django_assert_max_num_queries: Any
) -> None:
    client = login(world.office)

    def counted(page: str, most: int) -> int:
        client.get(page)
        with django_assert_max_num_queries(most) as queries:
            client.get(page)
        return len(queries)

    pages = {f"/tasks/{told.pk}/evidence/": 23, f"/tasks/{told.pk}/photos/": 22, address(told, "现场.jpg", 10): 23}
    few = [counted(page, most) for page, most in pages.items()]
    decide(Report.objects.get(task=told, month__month=11), accept=True, by=world.office)
    many = [upload(f"照片{number}.jpg", photo((8, 8 + number))) for number in range(12)]
    report(world, told, date(2026, 12, 9), *many)
    assert [counted(page, most) for page, most in pages.items()] == few


# ── alarms ───────────────────────────────────────────────────────────────────
def test_an_alarm_stands_on_every_page_that_shows_the_file(world: World, told: Task, login: Any) -> None:
    file = StoredFile.objects.get(sha256=Report.objects.get(task=told, month__month=10).files.first().stored.sha256)
    Path(default_storage.path(file.path)).unlink()
    check_files()
    client = login(world.office)
    for page in (
        address(told, "现场.jpg", 10),
        f"/tasks/{told.pk}/evidence/",
        f"/tasks/{told.pk}/photos/",
        "/desk/files/",
    ):
        assert "文件不见了" in client.get(page).content.decode(), page
    assert client.get(address(told, "现场.jpg", 10) + "download/").status_code == 403


def test_alarms_go_to_the_system_administrator_and_to_the_team_whose_task_it_is(
    world: World, told: Task, login: Any
) -> None:
    file = Report.objects.get(task=told, month__month=10).files.first().stored
    Path(default_storage.path(file.path)).write_bytes(b"other")
    check_files()
    assert FileAlarm.objects.count() == 1
    system = login(world.system_admin).get("/desk/files/").content.decode()
    assert file.path in system
    assert told.number not in system
    assert told.number in login(world.south_acceptor).get("/desk/files/").content.decode()
    assert "没有告警" in login(world.north_acceptor).get("/desk/files/").content.decode()
    assert login(world.south_liaison).get("/desk/files/").status_code == 403
