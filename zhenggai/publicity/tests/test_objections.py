from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client

from tests.world import World
from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.models import Entry
from zhenggai.closure.tests.test_path import walk
from zhenggai.ledger.lifecycle import take
from zhenggai.ledger.states import OPEN_NOTICE, RENEW_NOTICE, STRIKE_OFF, WITHDRAW_NOTICE, State
from zhenggai.publicity.models import Notice, Objection
from zhenggai.publicity.objections import answer, enter_objection, object_to, read_sender
from zhenggai.publicity.tests.rig import filled, notice_from, send

IN = at(date(2024, 12, 27))


@pytest.mark.requirement("R64")
def test_a_citizen_objects_and_gets_a_receipt(world: World) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    with clock.pretend(IN):
        answered = Client().post(
            f"/public/notices/{notice.pk}/object/",
            filled(notice, text="夜里九点以后还有异味，请再查。", contact="139-0000-0000"), follow=True,
        )  # fmt: skip
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
        assert Client().post(address, {"text": "味" * 3_000_000}).status_code in (400, 413)
    assert not Objection.objects.exists()


def test_a_flood_from_one_place_is_held_off(world: World) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    with clock.pretend(at(date(2024, 12, 27))):
        for night in range(5):
            object_to(notice, text=f"第{night}夜还有异味", address="203.0.113.9")
        with pytest.raises(Refused, match="一小时内"):
            object_to(notice, text="夜里还有异味", address="203.0.113.9")
        object_to(notice, text="夜里还有异味", address="203.0.113.10")


def test_the_same_words_sent_twice_are_one_objection(world: World) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    with clock.pretend(at(date(2024, 12, 27))):
        first = object_to(notice, text="夜里还有异味", address="203.0.113.9")
        assert object_to(notice, text="夜里还有异味", address="203.0.113.9") == first
        assert object_to(notice, text="夜里还有异味", address="198.51.100.7") != first


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
            send(notice, sent, text="夜里还有异味")
        assert Objection.objects.count() == 8
        for forged in range(8):
            sent = Client(headers={"X-Forwarded-For": f"198.51.100.{forged}, 203.0.113.9"})
            answered = send(notice, sent, text=f"第{forged}夜还有异味")
    assert answered.status_code == 422
    assert Objection.objects.count() == 13


def test_the_trail_does_not_keep_from_where_a_citizen_objected(world: World) -> None:
    notice = notice_from(world, clock.today())
    send(notice, Client(REMOTE_ADDR="203.0.113.9"), text="夜里还有异味")
    assert Objection.objects.exists()
    assert "203.0.113.9" not in str(list(Entry.objects.values()))
    assert Entry.objects.get(verb="objection.received").source == "公开网站"


def test_a_program_that_fills_in_everything_is_dropped(world: World) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    with clock.pretend(at(date(2024, 12, 27))):
        send(notice, text="buy now", website="http://spam.example")
    assert not Objection.objects.exists()


def test_only_its_handler_reads_who_sent_it_and_the_trail_tells(world: World, login: Any) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    with clock.pretend(IN):
        objection = object_to(notice, text="夜里还有异味", contact="139-0000-0000")
    address = f"/objections/{objection.pk}/"
    for name in ("office", "publicity", "south_acceptor"):
        page = login(getattr(world, name)).get(address).content.decode()
        assert "夜里还有异味" in page
        assert "139-0000-0000" not in page
    for name in ("south_liaison", "leader", "supervision", "north_acceptor", "audit_admin"):
        assert login(getattr(world, name)).get(address).status_code == 404
    with pytest.raises(Refused, match="只有承办人"):
        read_sender(objection, by=world.office)
    client = login(world.office)
    client.post(f"{address}take/")
    assert "139-0000-0000" in client.post(f"{address}sender/").content.decode()
    assert login(world.publicity).post(f"{address}sender/").status_code == 403
    read = Entry.objects.get(verb="objection.sender_read")
    assert (read.actor_name, read.note) == (world.office.name, objection.receipt)
    objection.refresh_from_db()
    with pytest.raises(Refused, match="由承办人"):
        answer(objection, finding="partly", text="旧池未清空，已清", by=world.publicity)
    assert answer(objection, finding="partly", text="旧池未清空，已清", by=world.office).answered_by == world.office


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


def test_a_wrong_receipt_number_is_explained(db: None) -> None:
    answered = Client().get("/public/objections/?receipt=YY20990101-0001")
    assert answered.status_code == 404
    assert "没有这个受理编号" in answered.content.decode()


# ── letters, calls, visits ───────────────────────────────────────────────────
def test_a_letter_counts_by_its_postmark(world: World) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    late = {"channel": "letter", "text": "夜里还有异味", "by": world.office, "received_on": date(2025, 1, 13)}
    with clock.pretend(at(date(2025, 1, 14))):
        taken = enter_objection(notice, postmarked_on=date(2025, 1, 9), contact="某某路1号", **late)
        assert (taken.raised_on, taken.due_on) == (date(2025, 1, 9), date(2025, 1, 21))
        with pytest.raises(Refused, match="不在公示期"):
            enter_objection(notice, postmarked_on=date(2025, 1, 10), **late)
        with pytest.raises(Refused, match="不在公示期"):
            enter_objection(notice, **late)
        with pytest.raises(Refused, match="邮戳日期不能晚于收到日期"):
            enter_objection(notice, postmarked_on=date(2025, 1, 14), **late)
        with pytest.raises(Refused, match="异议1件未答复"), transaction.atomic():
            take(STRIKE_OFF, notice.items.get().task, by=world.leader)
    with pytest.raises(Refused, match="登记"):
        enter_objection(notice, channel="phone", text="异味", by=world.south_liaison, received_on=date(2025, 1, 2))


def test_the_office_enters_a_call_with_its_form(world: World, login: Any) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    with clock.pretend(IN):
        client, address = login(world.office), f"/notices/{notice.pk}/objection/"
        wrong = {"channel": "phone", "received_on": "2024-12-27", "postmarked_on": "2024-12-26", "text": "夜里还有异味"}
        assert "只有来信有邮戳" in client.post(address, wrong).content.decode()
        scan = SimpleUploadedFile("记录.pdf", b"%PDF-1 scan")
        assert client.post(address, wrong | {"postmarked_on": "", "attached": scan}).status_code == 302
    objection = Objection.objects.get()
    assert (objection.get_channel_display(), objection.entered_by) == ("来电", world.office)
    assert objection.files.get().name == "记录.pdf"


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"received_on": date(2025, 1, 10)}, "inside the period"),
        ({"received_on": date(2024, 12, 25)}, "inside the period"),
        ({"channel": "fax"}, "objection_channel_is_known"),
        ({"channel": "letter"}, "entered_by_the_office"),
        ({"postmarked_on": date(2024, 12, 26)}, "only_letters_have_postmarks"),
    ],
)
def test_the_database_refuses_an_objection_out_of_order(world: World, given: dict[str, Any], refusal: str) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    row = {"receipt": "YY1", "text": "异味", "received_on": date(2024, 12, 27), "due_on": date(2025, 1, 3)} | given
    with pytest.raises(DatabaseError, match=refusal), transaction.atomic():
        Objection.objects.create(notice=notice, **row)


# ── the form of the web ──────────────────────────────────────────────────────
def test_the_question_holds_programs_off(world: World) -> None:
    notice, other = notice_from(world, date(2024, 12, 26)), notice_from(world, date(2024, 12, 26))
    address = f"/public/notices/{notice.pk}/object/"
    with clock.pretend(IN):
        good = filled(notice, text="夜里还有异味")
        for bad in ({"sum": "1"}, {"sum": ""}, {"token": "x"}, {"token": ""}, {"token": filled(other)["token"]}):
            page = Client().post(address, good | bad)
            assert page.status_code == 422
            assert "夜里还有异味" in page.content.decode(), "what was typed stays"
        assert not Objection.objects.exists()
        first = Client().post(address, good)
        assert Client().post(address, good | {"text": "另一件事也有异味"})["Location"] == first["Location"]
    assert Objection.objects.count() == 1, "a question is good for one objection, and a form sent twice is one"


def test_a_flood_on_one_notice_is_held_off(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zhenggai.publicity.objections.OBJECTIONS_A_NOTICE_AN_HOUR", 3)
    notice = notice_from(world, date(2024, 12, 26))
    with clock.pretend(IN):
        for number in range(3):
            object_to(notice, text="夜里还有异味", address=f"203.0.113.{number}")
        with pytest.raises(Refused, match="网上暂停接收"):
            object_to(notice, text="夜里还有异味", address="203.0.113.200")


def test_files_come_with_an_objection_and_are_never_public(world: World, login: Any) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    with clock.pretend(IN):
        answered = send(notice, text="夜里还有异味", attached=[SimpleUploadedFile("夜间.pdf", b"%PDF-1 night")])
    assert answered.status_code == 302, answered.content.decode()
    objection, file = Objection.objects.get(), Objection.objects.get().files.get()
    address = f"/objections/{objection.pk}/files/{file.pk}/"
    assert b"night" in b"".join(login(world.office).get(address).streaming_content)
    assert login(world.leader).get(address).status_code == 404
    assert Client().get(address).headers["Location"].startswith("/login/")
    for public in (notice.get_absolute_url(), f"/public/objections/{objection.receipt}/"):
        assert "夜间.pdf" not in Client().get(public).content.decode()


def test_a_form_that_was_opened_for_another_notice_is_not_taken_for_this_one(world: World) -> None:
    first, second = notice_from(world, date(2024, 12, 26)), notice_from(world, date(2024, 12, 26))
    with clock.pretend(IN):
        told = filled(first, text="夜里还有异味")
        page = Client().post(f"/public/notices/{second.pk}/object/", told)
        assert page.status_code == 422
        assert "为另一份公示打开的" in page.content.decode()
        assert "夜里还有异味" in page.content.decode()
        assert not Objection.objects.exists()
        assert Client().post(f"/public/notices/{first.pk}/object/", told).status_code == 302
    assert Objection.objects.get().notice == first


def bomb() -> bytes:
    import zipfile

    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", bytes(80_000_000))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("炸弹.docx", bomb, "展开后过大"),
        ("程序.exe", lambda: b"MZ\x90\x00\x03", "不是能收的文件"),
        ("空.pdf", lambda: b"", "空文件"),
        ("大.pdf", lambda: b"%PDF-" + bytes(21 * 1024 * 1024), "超过上限20兆字节"),
    ],
)
def test_a_bad_file_is_refused_and_the_words_stay(world: World, name: str, data: Any, words: str) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    with clock.pretend(IN):
        page = send(notice, text="夜里还有异味", attached=[SimpleUploadedFile(name, data())])
    assert page.status_code == 422
    assert words in page.content.decode()
    assert "夜里还有异味" in page.content.decode()
    assert not Objection.objects.exists()


def test_more_files_than_may_come_are_refused(world: World) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    files = [SimpleUploadedFile(f"{number}.pdf", b"%PDF-1") for number in range(6)]
    with clock.pretend(IN):
        assert "最多上传3个" in send(notice, text="夜里还有异味", attached=files).content.decode()


def test_before_the_notice_begins_the_form_says_when(world: World) -> None:
    with clock.pretend(at(date(2024, 12, 20))):
        walk(world, task := world.task(), State.REVIEWED)
        from zhenggai.closure.tests.test_path import NOTICE

        take(OPEN_NOTICE, task, by=world.publicity, starts_on=date(2024, 12, 26), **NOTICE)
        notice = Notice.objects.get()
        page = Client().get(f"/public/notices/{notice.pk}/object/").content.decode()
        assert "还没有开始" in page
        assert 'name="text"' not in page
        with pytest.raises(Refused, match="还没有开始"):
            object_to(notice, text="夜里还有异味")


def test_the_answer_passes_the_release_check(world: World) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    with clock.pretend(IN):
        objection = object_to(notice, text="夜里还有异味")
    told = {"finding": "partly", "text": "已与反映人王小明（13900001234）核实", "by": world.office}
    with pytest.raises(Refused, match="发布前检查"):
        answer(objection, **told)


# ── upheld: back to the right step ───────────────────────────────────────────
def two_in_one_notice(world: World) -> tuple[Any, Any, Notice]:
    from zhenggai.closure.tests.test_path import NOTICE

    with clock.pretend(at(date(2024, 12, 26))):
        first, second = world.task(), world.task()
        walk(world, first, State.REVIEWED)
        walk(world, second, State.REVIEWED)
        take(OPEN_NOTICE, first, by=world.publicity, others=[second.pk], **NOTICE)
    return first, second, Notice.objects.get()


def test_an_upheld_objection_sends_its_own_task_back_and_the_other_waits_for_a_new_notice(world: World) -> None:
    first, second, notice = two_in_one_notice(world)
    with clock.pretend(IN):
        objection = object_to(notice, text="监测报告缺11月", item=notice.items.get(task=second))
        answer(objection, finding="upheld", text="属实，补监测", by=world.office)
        with pytest.raises(Refused, match="不能只更正重发"):
            take(RENEW_NOTICE, first, by=world.publicity, reason="电话有误")
        take(WITHDRAW_NOTICE, second, by=world.publicity, reason="材料不足", back_to=State.SELF_CHECKED)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (State.REVIEWED, State.SELF_CHECKED)
    assert second.finished_on is not None, "what was finished stays finished"


@pytest.mark.parametrize("step", [RENEW_NOTICE, WITHDRAW_NOTICE])
def test_the_reason_that_stands_on_a_withdrawn_notice_is_checked(world: World, step: Any) -> None:
    first, _, notice = two_in_one_notice(world)
    with clock.pretend(IN):
        with pytest.raises(Refused, match="理由会在公开网站上显示，里面有"):
            take(step, first, by=world.publicity, reason="户主王小明来电13900001234说不对")
        notice.refresh_from_db()
        assert notice.withdrawn_at is None
        take(step, first, by=world.publicity, reason=f"联系电话{notice.contact_phone}有误")


def test_a_notice_with_a_mistake_is_published_anew_in_full_length(world: World) -> None:
    from zhenggai.closure.tests.test_path import NOTICE

    first, second, notice = two_in_one_notice(world)
    with clock.pretend(at(date(2024, 12, 30))):
        take(RENEW_NOTICE, first, by=world.publicity, reason="联系电话有误")
        first.refresh_from_db()
        take(OPEN_NOTICE, first, by=world.publicity, others=[second.pk], **NOTICE)
    newest = Notice.objects.order_by("-pk")[0]
    assert (newest.starts_on, newest.items.count()) == (date(2024, 12, 30), 2)
    assert "联系电话有误" in Client().get(notice.get_absolute_url()).content.decode()
