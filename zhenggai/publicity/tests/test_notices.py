from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.test import Client
from docx import Document

from tests.world import World
from zhenggai.accounts.decisions import Refused
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.closure.tests.test_path import RESULT, walk
from zhenggai.ledger.models import Task
from zhenggai.ledger.states import State
from zhenggai.publicity.actions import publish_plan
from zhenggai.publicity.models import Notice, NoticeItem, PublishedTask
from zhenggai.publicity.tests.rig import notice_from


@pytest.mark.requirement("R41", "R80")
@pytest.mark.parametrize(
    ("start", "days", "kind", "end"),
    [
        (date(2024, 12, 26), 10, "working", date(2025, 1, 9)),
        (date(2021, 1, 6), 5, "working", date(2021, 1, 12)),
        (date(2025, 1, 21), 10, "working", date(2025, 2, 8)),
        (date(2019, 12, 13), 7, "calendar", date(2019, 12, 19)),
    ],
)
def test_the_period_is_what_the_rulebook_says(world: World, start: date, days: int, kind: str, end: date) -> None:
    notice = notice_from(world, start, notice_days=days, notice_day_kind=kind)
    assert (notice.starts_on, notice.ends_on, notice.provisional) == (start, end, False)


def test_a_year_without_a_state_council_notice_gives_a_provisional_date(world: World) -> None:
    notice = notice_from(world, date(2098, 12, 20))
    assert notice.provisional
    with clock.pretend(at(date(2098, 12, 21))):
        page = Client().get(notice.get_absolute_url()).content.decode()
    assert "结束日期是暂定的" in page
    assert "结束日期为暂定" in words_of(notice)


def words_of(notice: Notice) -> str:
    assert notice.paper is not None
    with notice.paper.open() as file:
        return "\n".join(paragraph.text for paragraph in Document(BytesIO(file.read())).paragraphs)


@pytest.mark.requirement("R39", "R42", "R80")
def test_page_and_paper_carry_what_a_notice_must(world: World) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    with clock.pretend(at(date(2024, 12, 27))):
        page = Client().get(notice.get_absolute_url()).content.decode()
    for text in (
        "南湖排口雨天溢流。督察发现3处排口污水入湖。",
        "3处排口不溢流。",
        "完成排查",
        RESULT,
        "0000-1234567",
        "南湖区整改办",
    ):
        assert text in page
        assert text in words_of(notice)
    assert "2024年12月26日至2025年1月9日（10个工作日" in words_of(notice)
    assert "12月26日发布，当日计第1日" in page
    assert "1月1日元旦放假" in page


@pytest.mark.requirement("R52")
def test_a_notice_is_called_by_the_numbers_of_its_items(world: World, login: Any) -> None:
    with clock.pretend(at(date(2024, 12, 26))):
        first, second = world.task(), world.task()
        for task in (first, second):
            walk(world, task, State.REVIEWED)
        client, address = login(world.publicity), f"/tasks/{first.pk}/open_notice/"
        form = client.get(address).context["form"]
        told = {name: form[name].value() or "" for name in form.fields if name != "others"}
        assert told["title"].endswith(f"关于{first.inspection.name}反馈第{first.serial}项问题整改情况的公示")
        sent = told | {"others": [second.pk], "contact_phone": "0711-1234567", "seen": first.version}
        assert client.post(address, sent).status_code == 302
        page = Client().get("/public/notices/").content.decode()
    assert f"反馈第{first.serial}、{second.serial}项问题整改情况的公示" in page


def test_what_a_notice_says_stays_as_it_was(world: World) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    Task.objects.update(goal="改过的目标")
    assert notice.items.get().goal == "3处排口不溢流。"
    with pytest.raises(DatabaseError, match="stays as it was published"), transaction.atomic():
        notice.items.update(result="改过的情况")


@pytest.mark.parametrize("change", [{"ends_on": date(2025, 1, 8)}, {"starts_on": date(2024, 12, 20)}, {"days": 5}])
def test_the_database_refuses_a_shortened_period(world: World, change: dict[str, Any]) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    with pytest.raises(DatabaseError, match="cannot be shortened"), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(**change)


@pytest.mark.parametrize(("day", "words"), [(26, "发布当日计第1日"), (28, "自12月30日起计")])
def test_the_paper_says_from_which_day_it_counts(world: World, day: int, words: str) -> None:
    """28 December 2024 is a Saturday; the 29th a Sunday."""
    notice = notice_from(world, date(2024, 12, day))
    assert notice.paper is not None
    with default_storage.open(notice.paper.path) as paper:
        written = "\n".join(line.text for line in Document(paper).paragraphs)
    assert f"（10个工作日，{words}）" in written


def test_the_notice_says_what_was_accepted_and_nothing_else(world: World, login: Any) -> None:
    """Who publishes cannot improve the result that acceptors and reviewers have read."""
    with clock.pretend(at(date(2024, 12, 26))):
        task = world.task()
        walk(world, task, State.REVIEWED)
        client = login(world.publicity)
        address = f"/tasks/{task.pk}/open_notice/"
        assert RESULT in client.get(address).content.decode()
        data = {
            "title": "公示", "issuer": "南湖区人民政府", "result": "群众满意率达到100%，问题全部解决。" * 2,
            "contact_unit": "南湖区整改办", "contact_phone": "0000-1234567", "seen": task.version,
        }  # fmt: skip
        bad = client.post(address, data | {"contact_phone": "abc"})
        assert bad.status_code == 422
        assert "打得通的电话" in bad.content.decode()
        task.refresh_from_db()
        assert client.post(address, data | {"seen": task.version}).status_code == 302
    item = NoticeItem.objects.get(task=task)
    assert item.result == RESULT


@pytest.mark.requirement("R29")
def test_the_public_sees_copies_and_only_what_was_published(world: World) -> None:
    with clock.pretend(at(date(2026, 11, 1))):
        task = world.task(issue="南湖溢流。3处排口。", due=date(2026, 12, 31))
        assert "南湖溢流" not in Client().get("/public/tasks/").content.decode()
        assert world.plan is not None
        assert publish_plan(world.plan, by=world.publicity) == 1
        Task.objects.update(headline="内部改动")
        page = Client().get("/public/tasks/").content.decode()
        assert "南湖溢流" in page
        assert "内部改动" not in page
        assert "2026-12-31" in page
        detail = Client().get(f"/public/tasks/{task.pk}/").content.decode()
    assert "南湖区政府" in detail
    with clock.pretend(at(date(2027, 1, 2))):
        home = Client().get("/").content.decode()
    assert "1项整改任务，销号0项，1项已逾期" in home


def test_steps_show_on_the_public_copy(world: World) -> None:
    assert world.plan is not None
    with clock.pretend(at(date(2024, 12, 26))):
        task = world.task()
        publish_plan(world.plan, by=world.publicity)
        walk(world, task, State.IN_NOTICE)
    copy = PublishedTask.objects.get()
    assert (copy.schedule, copy.state_words, copy.result) == ("D", "公示中", "")


def test_who_may_not_publish(world: World) -> None:
    assert world.plan is not None
    for person in (world.office, world.leader, world.south_liaison, world.system_admin):
        with pytest.raises(Refused, match="宣传报道组"):
            publish_plan(world.plan, by=person)


@pytest.mark.parametrize(
    "address",
    [
        "/public/tasks/999/",
        "/public/notices/999/",
        "/public/objections/YY1/",
        "/public/notices/999/paper/",
        "/public/objections/%00/",
    ],
)
def test_what_does_not_exist_is_not_found(db: None, address: str) -> None:
    assert Client().get(address).status_code == 404


def test_public_pages_take_few_statements(world: World, django_assert_max_num_queries: Any) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    assert world.plan is not None
    publish_plan(world.plan, by=world.publicity)
    with clock.pretend(at(date(2024, 12, 27))):
        for address, most in (("/", 6), ("/public/tasks/", 4), ("/public/notices/", 3), (notice.get_absolute_url(), 6)):
            with django_assert_max_num_queries(most):
                assert Client().get(address).status_code == 200


def test_the_paper_is_a_download(world: World) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    answered = Client().get(f"/public/notices/{notice.pk}/paper/")
    assert answered.headers["Content-Disposition"].startswith("attachment")
    assert b"".join(answered.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]


def test_notices_number_by_place_and_year(world: World) -> None:
    notice_from(world, date(2024, 12, 26))
    with clock.pretend(at(date(2024, 12, 27))):
        walk(world, world.task(), State.IN_NOTICE)
    assert set(Notice.objects.values_list("number", flat=True)) == {
        "南湖区整改公示〔2024〕1号",
        "南湖区整改公示〔2024〕2号",
    }


def test_days_left_count_down(world: World) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    for day, words in (
        (date(2024, 12, 26), "还剩9个工作日"),
        (date(2025, 1, 9), "最后一天"),
        (date(2025, 1, 10), "公示已结束"),
    ):
        with clock.pretend(at(day)):
            assert words in Client().get(notice.get_absolute_url()).content.decode()
    assert notice.ends_on + timedelta(days=1) == date(2025, 1, 10)
