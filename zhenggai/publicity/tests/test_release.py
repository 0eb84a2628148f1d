"""Nothing unsafe becomes public silently: what the check finds has to be changed or answered, and the answer stays."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client

from tests.world import World
from zhenggai.accounts.decisions import Refused
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.models import Entry
from zhenggai.closure.tests.test_path import NOTICE, walk
from zhenggai.core import workdays
from zhenggai.ledger.lifecycle import take
from zhenggai.ledger.models import Task
from zhenggai.ledger.states import OPEN_NOTICE, STRIKE_OFF, State
from zhenggai.publicity.actions import check_plan, publish_plan
from zhenggai.publicity.models import EndChange, Notice, PublicName, Release
from zhenggai.publicity.notices import check_notice, decide_end, propose_new_ends
from zhenggai.publicity.release.words import findings_in
from zhenggai.publicity.releasing import check_file, list_name, names_for
from zhenggai.publicity.tests.rig import notice_from
from zhenggai.publicity.tests.test_release_files import docx, photo

DAY = at(date(2024, 12, 26))
PHONE = "13900001234"


@pytest.fixture
def reviewed(world: World) -> Task:
    with clock.pretend(DAY):
        task = world.task()
        walk(world, task, State.REVIEWED)
    return task


@pytest.mark.parametrize(
    ("field", "label"), [("title", "标题"), ("issuer", "发布单位"), ("contact_address", "联系地址")]
)
def test_a_notice_with_personal_data_is_not_published(world: World, reviewed: Task, field: str, label: str) -> None:
    given = NOTICE | {field: f"举报人王小明{PHONE}"}
    with clock.pretend(DAY), pytest.raises(Refused, match=f"{label}有"):
        take(OPEN_NOTICE, reviewed, by=world.publicity, **given)
    assert not Notice.objects.exists()


def test_who_lets_it_through_says_why_and_that_stays_visible(world: World, login: Any) -> None:
    with clock.pretend(DAY):
        reviewed = world.task(goal="负责人：王小明牵头落实。")
        walk(world, reviewed, State.REVIEWED)
        client, address = login(world.publicity), f"/tasks/{reviewed.pk}/open_notice/"
        reviewed.refresh_from_db()
        data = NOTICE | {"seen": reviewed.version}
        page = client.post(address, data)
        assert page.status_code == 422
        found = [finding for finding in check_notice([reviewed], NOTICE) if not finding.removed]
        assert [finding.shown for finding in found] == ["王小明"]
        assert f'name="why-{found[0].key}"' in page.content.decode()
        assert client.post(address, data | {f"why-{found[0].key}": "有"}).status_code == 422, "one word is no reason"
        assert client.post(address, data | {f"why-{found[0].key}": "市领导，已公开任职"}).status_code == 302
        notice = Notice.objects.get()
        assert "市领导，已公开任职" in client.get(f"/notices/{notice.pk}/").content.decode()
    told = Entry.objects.get(verb="task.open_notice").after
    assert told is not None
    assert told["let_through"] == [f"{reviewed.number}整改目标：王小明（市领导，已公开任职）"]
    with pytest.raises(DatabaseError, match="only added"), transaction.atomic():
        Release.objects.update(findings=[])


def test_a_name_on_the_list_may_stand(world: World, reviewed: Task, login: Any) -> None:
    reviewed.goal = "负责人：王小明牵头落实。"
    assert [finding.kind for finding in check_notice([reviewed], NOTICE)] == ["name"]
    listed = list_name(world.city, name="王小明", post="市长", by=world.publicity)
    assert check_notice([reviewed], NOTICE) == []
    with pytest.raises(Refused, match="已在"):
        list_name(world.city, name="王小明", post="市长", by=world.publicity)
    client = login(world.publicity)
    assert "王小明" in client.get("/notices/names/").content.decode()
    client.post(f"/notices/names/{listed.pk}/end/")
    assert PublicName.objects.get().ended_at is not None
    assert check_notice([reviewed], NOTICE) != []
    assert login(world.office).get("/notices/names/").status_code == 403


@pytest.mark.parametrize(
    "text", ["业主王小明答应年底前缴清", "村民李四有意见", "户主欧阳小红在家", "群众张三向镇里投诉", "当事人赵六已签字"]
)
def test_a_name_in_the_middle_of_a_sentence_is_seen(text: str) -> None:
    assert [finding.kind for finding in findings_in(text, "正文")] == ["name"]


@pytest.mark.parametrize(
    "text",
    [
        "群众反映强烈的问题", "群众关心的事", "居民安全有保障", "责任人应当在月底前到位", "村民房屋已经修复", "负责人任务清楚", "居民区对面的厂",
        "有关负责同志参加", "群众满意，居民方便。", "当事人高度重视",
    ],
)  # fmt: skip
def test_words_that_begin_like_a_name_are_none(text: str) -> None:
    assert findings_in(text, "正文") == []


def test_a_person_of_the_product_is_known_by_name(world: World, reviewed: Task) -> None:
    world.person("someone", None, world.city_gov)
    type(world.someone).objects.filter(pk=world.someone.pk).update(name="贾大山")
    reviewed.result = "经贾大山现场核实。"
    assert [finding.shown for finding in check_notice([reviewed], NOTICE)] == ["贾大山"]


def test_the_notice_s_own_office_telephone_may_stand_a_mobile_not(reviewed: Task) -> None:
    assert check_notice([reviewed], NOTICE | {"contact_phone": "0711-1234567"}) == []
    assert [finding.kind for finding in check_notice([reviewed], NOTICE | {"contact_phone": PHONE})] == ["mobile"]


def test_a_plan_is_checked_before_its_tasks_are_public(world: World, login: Any) -> None:
    assert world.plan is not None
    world.task(issue=f"村民王小明反映。电话{PHONE}。")
    with pytest.raises(Refused, match="发布前检查"):
        publish_plan(world.plan, by=world.publicity)
    client, address = login(world.publicity), f"/notices/publish/{world.plan.pk}/"
    page = client.get(address).content.decode()
    assert "名单以外的姓名" in page
    assert PHONE not in page.replace("13*******34", ""), "the check shows no number"
    reasons = {f"why-{finding.key}": "已征得本人同意" for finding in check_plan(world.plan)}
    assert client.post(address, {}).status_code == 422
    assert PHONE not in Client().get("/public/tasks/").content.decode()
    assert client.post(address, reasons).status_code == 302
    assert Entry.objects.get(verb="task.published").after["let_through"]  # type: ignore[index]


def test_a_file_is_checked_in_a_process_of_its_own_and_its_copy_kept(world: World) -> None:
    names = names_for(world.city)
    checked = check_file(SimpleUploadedFile("现场.jpg", photo()), "现场.jpg", names, "image/jpeg")
    with checked.copy.open() as file:
        assert b"SECRETCAM" not in file.read()
    assert [finding.kind for finding in checked.findings] == ["exif"]
    found = check_file(SimpleUploadedFile("a.docx", docx(words=PHONE)), f"王{PHONE}.docx", names, "x").findings
    assert {finding.where for finding in found} == {"附件", "附件的文件名"}
    with pytest.raises(Refused, match="损坏"):
        check_file(SimpleUploadedFile("坏.docx", b"PK\x03\x04"), "坏.docx", names, "x")


# ── the period ───────────────────────────────────────────────────────────────
def test_one_notice_holds_several_tasks_of_one_place(world: World, login: Any) -> None:
    with clock.pretend(DAY):
        first, second = world.task(), world.task()
        for task in (first, second):
            walk(world, task, State.REVIEWED)
        first.refresh_from_db()
        client = login(world.publicity)
        data = NOTICE | {"seen": first.version, "others": [str(second.pk)], "starts_on": "2024-12-27"}
        assert client.post(f"/tasks/{first.pk}/open_notice/", data).status_code == 302
        notice = Notice.objects.get()
        page = Client().get(notice.get_absolute_url()).content.decode()
        assert "2024年12月27日开始公示" in page, "announced before it starts"
    assert set(notice.items.values_list("task_id", flat=True)) == {first.pk, second.pk}
    assert set(Task.objects.values_list("state", flat=True)) == {State.IN_NOTICE}
    with clock.pretend(at(date(2025, 1, 11))):
        for task in (first, second):
            assert take(STRIKE_OFF, task, by=world.leader).state == State.STRUCK_OFF


def test_a_notice_never_begins_in_the_past(world: World, reviewed: Task) -> None:
    with clock.pretend(DAY), pytest.raises(Refused, match="不能写过去"):
        take(OPEN_NOTICE, reviewed, by=world.publicity, starts_on=date(2024, 12, 25), **NOTICE)
    with clock.pretend(DAY):
        take(OPEN_NOTICE, reviewed, by=world.publicity, **NOTICE)
    notice = Notice.objects.get()
    notice.pk, notice.number, notice.starts_on = None, "另一号", date(2024, 12, 20)
    with pytest.raises(DatabaseError, match="announced before"), transaction.atomic():
        notice.save(force_insert=True)


@pytest.fixture
def later(world: World, monkeypatch: pytest.MonkeyPatch) -> Notice:
    """A notice whose end the calendar now gives a day later than it was published."""
    notice = notice_from(world, date(2024, 12, 26))
    end = date(2025, 1, 10)
    counted = workdays.add(date(2024, 12, 26), 11)
    assert counted.end == end
    monkeypatch.setattr(Notice, "counted", property(lambda one: counted))
    with clock.pretend(at(date(2024, 12, 30))):
        assert propose_new_ends() == 1
        assert propose_new_ends() == 0, "run twice, proposed once"
    return notice


def test_a_changed_day_proposes_a_new_end_and_never_rewrites(world: World, later: Notice, login: Any) -> None:
    assert Notice.objects.get().ends_on == date(2025, 1, 9)
    with clock.pretend(at(date(2025, 1, 10))), pytest.raises(Refused, match="是否顺延"):
        take(STRIKE_OFF, later.items.get().task, by=world.leader)
    with pytest.raises(DatabaseError, match="only as it was decided"), transaction.atomic():
        Notice.objects.update(ends_on=date(2025, 1, 10))
    change = EndChange.objects.get()
    assert "国办" in change.because
    with pytest.raises(Refused, match="宣传报道组"):
        decide_end(change, adopt=True, reason="", by=world.office)
    with clock.pretend(at(date(2024, 12, 31))):
        client = login(world.publicity)
        assert "顺延到2025-01-10" in client.get(f"/notices/{later.pk}/").content.decode()
        assert client.post(f"/notices/ends/{change.pk}/", {"adopt": "yes"}).status_code == 302
        assert "决定顺延" in Client().get(later.get_absolute_url()).content.decode()
    assert Notice.objects.get().ends_on == date(2025, 1, 10)
    with pytest.raises(DatabaseError, match="decided once"), transaction.atomic():
        EndChange.objects.update(adopted=False)


def test_an_end_that_is_kept_says_why(world: World, later: Notice) -> None:
    with pytest.raises(Refused, match="写明理由"):
        decide_end(EndChange.objects.get(), adopt=False, reason="", by=world.publicity)
    decide_end(EndChange.objects.get(), adopt=False, reason="公示公告已刊登，期限不变", by=world.publicity)
    assert Notice.objects.get().ends_on == date(2025, 1, 9)
    with clock.pretend(at(date(2025, 1, 10))):
        assert take(STRIKE_OFF, later.items.get().task, by=world.leader).state == State.STRUCK_OFF


def test_before_the_state_council_has_spoken_the_form_says_which_year_is_missing(world: World, login: Any) -> None:
    with clock.pretend(at(date(2098, 12, 20))):
        task = world.task()
        walk(world, task, State.REVIEWED)
        page = login(world.publicity).get(f"/tasks/{task.pk}/open_notice/").content.decode()
    assert "2099年" in page
    assert "暂定" in page


def test_the_paper_of_a_notice_is_clean(world: World) -> None:
    notice = notice_from(world, date(2024, 12, 26))
    assert notice.paper is not None
    with notice.paper.open() as file:
        from zhenggai.publicity.release.copies import Names
        from zhenggai.publicity.release.docx import docx as copy_of

        copy = copy_of(BytesIO(file.read()).getvalue())
    assert {kind for kind, _ in copy.left} <= {"metadata"}
    assert Names(phones=[NOTICE["contact_phone"]]).check(copy.text, "公示文稿") == []
