from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.test import Client
from docx import Document

from tests.world import World
from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.models import Entry
from zhenggai.closure.tests.test_path import RESULT, walk
from zhenggai.ledger.models import Task
from zhenggai.ledger.states import State
from zhenggai.publicity.actions import answer, object_to, publish_plan
from zhenggai.publicity.models import Notice, NoticeItem, Objection, PublishedTask
from zhenggai.rulebook.models import Rulebook
from zhenggai.rulebook.rules import Rules


def notice_from(world: World, day: date, **rules: Any) -> Notice:
    """A notice that is published on `day`, under rules changed as given."""
    if rules:
        Rulebook.objects.create(
            place=world.city,
            name="另一版",
            effective_from=date(2016, 1, 1),
            data=Rules().as_json() | rules,
            approved_at=clock.now(),
        )
    with clock.pretend(at(day)):
        walk(world, world.task(), State.IN_NOTICE)
    return Notice.objects.get()


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


@pytest.mark.requirement("R64")
def test_a_citizen_objects_and_gets_a_receipt(world: World) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    with clock.pretend(at(date(2024, 12, 27))):
        client = Client(enforce_csrf_checks=True)
        page = client.get(notice.get_absolute_url()).content.decode()
        token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        sent = {
            "text": "夜里九点以后还有异味，请再查。",
            "contact": "139-0000-0000",
            "website": "",
            "csrfmiddlewaretoken": token,
        }
        answered = client.post(f"/public/notices/{notice.pk}/object/", sent, follow=True)
        shown = answered.content.decode()
    assert "YY20241227-0001" in shown
    assert "2025年1月6日前答复" in shown
    objection = Objection.objects.get()
    assert objection.contact == "139-0000-0000"
    assert "139-0000-0000" not in objection.contact_sealed
    assert "139-0000-0000" not in shown
    assert "异味" not in shown, "the receipt page shows neither text nor sender"
    recorded = str(list(Entry.objects.filter(verb="objection.received").values()))
    assert "0000-0000" not in recorded, "the trail tells that one came, not from whom"
    assert "异味" not in recorded, "nor what it says"


def test_an_objection_outside_the_period_says_what_to_do(world: World) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    with clock.pretend(at(date(2025, 1, 10))):
        answered = Client().post(f"/public/notices/{notice.pk}/object/", {"text": "夜里还有异味"})
    assert answered.status_code == 422
    assert "联系电话0000-1234567" in answered.content.decode()
    assert not Objection.objects.exists()


def test_too_long_or_empty_objections_keep_what_was_typed(world: World) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    with clock.pretend(at(date(2024, 12, 27))):
        address = f"/public/notices/{notice.pk}/object/"
        assert "请写明哪里与事实不符" in Client().post(address, {"text": ""}).content.decode()
        long = Client().post(address, {"text": "味" * 5001})
        assert "最多写5000字" in long.content.decode()
        assert "味味味" in long.content.decode()
        assert Client().post(address, {"text": "味" * 3_000_000}).status_code == 400
    assert not Objection.objects.exists()


def test_a_flood_from_one_place_is_held_off(world: World) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    with clock.pretend(at(date(2024, 12, 27))):
        for night in range(5):
            object_to(notice, text=f"第{night}夜还有异味", address="203.0.113.9")
        with pytest.raises(Refused, match="一小时内"):
            object_to(notice, text="夜里还有异味", address="203.0.113.9")
        object_to(notice, text="夜里还有异味", address="203.0.113.10")


@pytest.mark.parametrize(("day", "words"), [(26, "发布当日计第1日"), (28, "自12月30日起计")])
def test_the_paper_says_from_which_day_it_counts(world: World, day: int, words: str) -> None:
    """28 December 2024 is a Saturday; the 29th a Sunday."""
    notice = notice_from(world, date(2024, 12, day))
    assert notice.paper is not None
    with default_storage.open(notice.paper.path) as paper:
        written = "\n".join(line.text for line in Document(paper).paragraphs)
    assert f"（10个工作日，{words}）" in written


def test_the_same_words_sent_twice_are_one_objection(world: World) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    with clock.pretend(at(date(2024, 12, 27))):
        first = object_to(notice, text="夜里还有异味", address="203.0.113.9")
        assert object_to(notice, text="夜里还有异味", address="203.0.113.9") == first
        assert object_to(notice, text="夜里还有异味", address="198.51.100.7") != first


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


def test_one_network_of_ipv6_is_one_place(world: World) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    with clock.pretend(at(date(2024, 12, 27))):
        for number in range(5):
            object_to(notice, text=f"第{number}夜还有异味", address=f"2001:db8::{number}")
        with pytest.raises(Refused, match="一小时内"):
            object_to(notice, text="夜里还有异味", address="2001:db8::ffff")
        for number in range(6):
            object_to(notice, text="夜里还有异味", address=f"::ffff:203.0.113.{number}")


def test_citizens_behind_our_proxy_are_told_apart(world: World, settings: Any) -> None:
    settings.PROXIES = 1
    notice = notice_from(world, date(2024, 12, 26))
    with clock.pretend(at(date(2024, 12, 27))):
        for number in range(8):
            sent = Client(headers={"X-Forwarded-For": f"203.0.113.{number}"})
            sent.post(f"/public/notices/{notice.pk}/object/", {"text": "夜里还有异味"})
        assert Objection.objects.count() == 8
        for forged in range(8):
            sent = Client(headers={"X-Forwarded-For": f"198.51.100.{forged}, 203.0.113.9"})
            answered = sent.post(f"/public/notices/{notice.pk}/object/", {"text": f"第{forged}夜还有异味"})
    assert answered.status_code == 422
    assert Objection.objects.count() == 13


def test_the_trail_does_not_keep_from_where_a_citizen_objected(world: World) -> None:
    notice = notice_from(world, clock.today())
    Client(REMOTE_ADDR="203.0.113.9").post(f"/public/notices/{notice.pk}/object/", {"text": "夜里还有异味"})
    assert Objection.objects.exists()
    assert "203.0.113.9" not in str(list(Entry.objects.values()))
    assert Entry.objects.get(verb="objection.received").source == "公开网站"


def test_a_program_that_fills_in_everything_is_dropped(world: World) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    with clock.pretend(at(date(2024, 12, 27))):
        Client().post(f"/public/notices/{notice.pk}/object/", {"text": "buy now", "website": "http://spam.example"})
    assert not Objection.objects.exists()


def test_only_handlers_read_an_objection(world: World, login: Any) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    with clock.pretend(at(date(2024, 12, 27))):
        objection = object_to(notice, text="夜里还有异味", contact="139-0000-0000")
    address = f"/objections/{objection.pk}/"
    for name in ("office", "publicity", "south_acceptor"):
        assert "139-0000-0000" in login(getattr(world, name)).get(address).content.decode()
    for name in ("south_liaison", "leader", "supervision", "north_acceptor", "audit_admin"):
        assert login(getattr(world, name)).get(address).status_code == 404


def test_an_objection_is_answered_once(world: World) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    with clock.pretend(at(date(2024, 12, 27))):
        objection = object_to(notice, text="夜里还有异味")
    answer(objection, finding="partly", text="旧池未清空，已清", by=world.office)
    with pytest.raises(Stale, match="已由"):
        answer(objection, finding="unfounded", text="改主意", by=world.publicity)
    with clock.pretend(at(date(2024, 12, 28))):
        page = Client().get(f"/public/objections/{objection.receipt}/").content.decode()
    assert "部分属实" in page
    assert "旧池未清空，已清" in page


def test_nobody_answers_an_objection_to_the_own_work(world: World) -> None:
    two_hats = world.person("two_hats", "coordination", world.south_office)
    two_hats.grants.create(role="liaison", unit=world.south_gov)
    notice = notice_from(world, date(2024, 12, 26))
    with clock.pretend(at(date(2024, 12, 27))):
        objection = object_to(notice, text="夜里还有异味")
    with pytest.raises(Refused, match="由别人答复"):
        answer(objection, finding="unfounded", text="没有的事，监测达标", by=world.fresh(two_hats))


def test_receipts_of_a_day_are_numbered_without_gap(world: World) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    with clock.pretend(at(date(2024, 12, 27))):
        receipts = [object_to(notice, text="夜里还有异味").receipt for _ in range(3)]
    assert receipts == ["YY20241227-0001", "YY20241227-0002", "YY20241227-0003"]


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


def test_a_wrong_receipt_number_is_explained(db: None) -> None:
    answered = Client().get("/public/objections/?receipt=YY20990101-0001")
    assert answered.status_code == 404
    assert "没有这个受理编号" in answered.content.decode()


def test_public_pages_take_few_statements(world: World, django_assert_max_num_queries: Any) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    assert world.plan is not None
    publish_plan(world.plan, by=world.publicity)
    with clock.pretend(at(date(2024, 12, 27))):
        for address, most in (("/", 6), ("/public/tasks/", 4), ("/public/notices/", 3), (notice.get_absolute_url(), 5)):
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
