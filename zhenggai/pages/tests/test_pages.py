"""What each page shows, and that it asks the database the same number of questions whatever the size of the ledger."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.world import World
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.closure.permissions import next_verdict
from zhenggai.closure.tests.test_path import walk
from zhenggai.ledger.lifecycle import take
from zhenggai.ledger.models import Task
from zhenggai.ledger.states import ACCEPT, State
from zhenggai.pages import daily
from zhenggai.progress.actions import submit
from zhenggai.progress.models import Round
from zhenggai.publicity.actions import object_to, publish_plan
from zhenggai.publicity.models import Notice

DAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def on_the_day() -> Any:
    with clock.pretend(at(DAY)):
        yield


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


# ── my work ──────────────────────────────────────────────────────────────────
def test_my_work_lists_the_report_that_is_owed(world: World, login: Any) -> None:
    task = world.task()
    page = text(login(world.south_liaison), "/work/")
    assert f"报11月报告：{task.headline}" in page
    assert f"/tasks/{task.pk}/report/" in page
    assert "没有要办的事" in text(login(world.north_liaison), "/work/")


@pytest.mark.parametrize(("result", "label"), [("return", "重新提交销号申请"), ("fail", "重新自查自验")])
def test_a_task_that_failed_says_so_on_the_first_page(world: World, login: Any, result: str, label: str) -> None:
    task = world.task()
    walk(world, task, State.IN_ACCEPTANCE)
    level = next_verdict(task)
    assert level
    take(ACCEPT, task, by=world.south_acceptor, level=level.pk, result=result, reason="东渡排口未复测")
    page = text(login(world.south_liaison), "/work/")
    assert f"{label}：{task.headline}" in page
    assert "东渡排口未复测" in page


def test_a_returned_report_comes_back_with_its_reason(world: World, login: Any) -> None:
    task = world.task()
    report = submit(task, text="在推进", measures=[], files=[], by=world.south_liaison)
    client = login(world.office)
    client.post(f"/reports/{report.month_key}/{report.pk}/", {"accept": "no", "reason": "缺施工照片"})
    page = text(login(world.south_liaison), "/work/")
    assert "补正11月报告" in page
    assert "退回理由：缺施工照片" in page


def test_the_index_counts_what_waits_and_counts_anew_after_a_step(world: World, login: Any) -> None:
    with clock.pretend(at(DAY.replace(day=2))):  # what enters after the report day owes nothing this month
        first, second = world.task(), world.task()
    client = login(world.south_liaison)
    assert "2<span" in text(client, "/work/")
    data = {"text": "本月完成2处排口的改造，剩余1处正在施工。", "measure_1": "doing", "measure_2": "doing"}
    page = client.post(f"/tasks/{first.pk}/report/", data, follow=True).content.decode()
    assert "1<span" in page
    assert second.pk


def test_an_administrator_is_sent_to_the_desk(world: World, login: Any) -> None:
    for who, first in (
        ("system_admin", "/desk/units/"),
        ("security_admin", "/desk/people/"),
        ("audit_admin", "/desk/audit/"),
    ):
        answer = login(getattr(world, who)).get("/work/", follow=True)
        assert answer.redirect_chain[-1][0].startswith(first)
        assert "台账" not in answer.content.decode().split("<main")[0]


# ── the page of a task ───────────────────────────────────────────────────────
@pytest.mark.requirement("R32", "R33")
def test_the_task_shows_its_chain_of_duty_and_why_the_limit(world: World, login: Any) -> None:
    page = text(login(world.office), f"/tasks/{world.task(due=date(2026, 12, 31)).pk}/")
    for words in ("牵头单位", "责任单位", "配合单位", "市水务局", "最后一天是2026-12-31", "41天", "完成排查"):
        assert words in page


def test_the_task_shows_what_blocks_it_and_who_must_act(world: World, login: Any) -> None:
    page = text(login(world.south_liaison), f"/tasks/{world.task().pk}/")
    assert "措施1、2未完成" in page
    assert "审核通过即可" in page


def test_a_task_of_others_is_not_there(world: World, login: Any) -> None:
    assert login(world.north_liaison).get(f"/tasks/{world.task().pk}/").status_code == 404


def test_a_step_is_taken_only_on_what_its_page_showed(world: World, login: Any) -> None:
    """Also where the form came back with an error in between: what was opened first is what counts."""
    task = world.task(measures=[])
    client, address = login(world.south_liaison), f"/tasks/{task.pk}/self_check/"
    sent = {"result": "三处排口改造完成，两次降雨都没有溢流，达到目标。", "finished_on": f"{DAY}", "vouched": "on"}
    for seen in ({}, {"seen": "x"}):
        blind = client.post(address, sent | seen)
        assert (blind.status_code, "页面不完整，没有办理" in blind.content.decode()) == (422, True)
        assert sent["result"] in blind.content.decode()
    opened = client.get(address).context["seen"]
    Task.objects.filter(pk=task.pk).update(version=opened + 1)
    wrong = client.post(address, sent | {"finished_on": "2099-01-01", "seen": opened})
    assert wrong.status_code == 422
    from_here = {"Origin": "http://testserver"}  # as a browser says
    late = client.post(address, sent | {"seen": wrong.context["seen"]}, headers=from_here)
    assert late.status_code == 409
    assert sent["result"] in late.content.decode()
    task.refresh_from_db()
    assert task.state == State.RECTIFYING
    assert client.post(address, sent | {"seen": opened + 1}).status_code == 302


def test_a_step_that_does_not_exist_is_not_there(world: World, login: Any) -> None:
    assert login(world.office).get(f"/tasks/{world.task().pk}/vanish/").status_code == 404


def test_a_long_history_is_read_in_pieces_without_gap(world: World, login: Any) -> None:
    task = world.task()
    for month in range(1, 11):
        with clock.pretend(at(date(2026, month, 10))):
            report = submit(task, text="在推进", measures=[], files=[], by=world.south_liaison)
            login(world.office).post(f"/reports/{report.month_key}/{report.pk}/", {"accept": "yes"})
    client, address, found = login(world.office), f"/tasks/{task.pk}/", 0
    while address:
        page = text(client, address)
        found += page.split('class="zg-line"')[1].split("</ol>")[0].count("月报告")
        address = f"/tasks/{task.pk}/?older={page.split('older=')[1].split(chr(34))[0]}" if "older=" in page else ""
    assert found >= 20


# ── the administrators' pages ────────────────────────────────────────────────
@pytest.mark.requirement("R57")
def test_the_trail_is_shown_searched_and_verified(world: World, login: Any) -> None:
    task = world.task()
    client = login(world.audit_admin)
    page = text(client, "/desk/audit/")
    assert task.number in page
    assert "环节：整改中" in page, "what a row holds is told in words"
    assert "&quot;state&quot;" not in page
    assert task.number in text(client, f"/desk/audit/?q={task.number}")
    assert task.number in text(client, "/desk/audit/?q=office")
    assert task.number not in text(client, "/desk/audit/?q=nobody-of-this-name")
    assert "环环相扣" in text(client, "/desk/audit/?verify=1") or "完整" in text(client, "/desk/audit/?verify=1")


# ── daily work ───────────────────────────────────────────────────────────────
def test_the_daily_work_opens_the_round_once(world: World) -> None:
    world.task()
    assert daily.run()["rounds"] == 1
    assert daily.run()["rounds"] == 0
    opened = Round.objects.get()
    assert (opened.month, opened.due_on) == (date(2026, 11, 1), date(2026, 11, 16))  # the 15th is a Sunday


def test_the_daily_work_brings_the_public_copy_up_to_date(world: World) -> None:
    task = world.task(due=DAY + timedelta(days=1))
    publish_plan(world.plan, by=world.publicity)
    assert task.published.schedule == "N"
    with clock.pretend(at(DAY + timedelta(days=2))):
        assert daily.run()["copies"] == 1
    task.published.refresh_from_db()
    assert task.published.schedule == "O"


# ── the same number of questions whatever the size ───────────────────────────
def fill(world: World, times: int) -> None:
    """`times` tasks in every state, with reports, notices, objections and public copies."""
    for _ in range(times):
        for state in State:
            if state not in (State.STRUCK_OFF, State.FILED):
                walk(world, world.task(), state)
        submit(world.task(), text="在推进", measures=[], files=[], by=world.south_liaison)
        object_to(Notice.objects.order_by("-pk")[0], text="夜里还有异味")
    publish_plan(world.plan, by=world.publicity)
    daily.run()


def questions(client: Client, address: str) -> int:
    cache.clear()
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def pages(world: World) -> list[tuple[Person | None, str]]:
    noticed = Task.objects.filter(state=State.IN_NOTICE).order_by("-pk")[0]
    applied = Task.objects.filter(state=State.IN_ACCEPTANCE).order_by("-pk")[0]
    notice = Notice.objects.order_by("-pk")[0]
    return [
        (world.south_liaison, "/work/"), (world.office, "/work/"), (world.leader, "/work/"), (world.publicity, "/work/"),
        (world.office, "/ledger/"), (world.office, f"/ledger/{noticed.pk}/"),
        (world.office, f"/tasks/{noticed.pk}/"), (world.south_liaison, f"/tasks/{noticed.pk}/"),
        (world.south_acceptor, f"/tasks/{applied.pk}/accept/"),
        (world.office, "/reports/"), (world.office, "/closure/"), (world.office, "/intake/"),
        (world.publicity, "/notices/"), (world.publicity, "/notices/?tab=objections"),
        (world.publicity, f"/notices/{notice.pk}/"), (world.audit_admin, "/desk/audit/"),
        (world.security_admin, "/desk/people/"), (world.system_admin, "/desk/units/"), (world.office, "/desk/rules/"),
        (None, "/"), (None, "/public/tasks/"), (None, f"/public/tasks/{noticed.pk}/"), (None, "/public/notices/"),
        (None, f"/public/notices/{notice.pk}/"),
    ]  # fmt: skip


def test_main_pages_ask_at_most_25_questions_at_any_size(world: World, login: Any) -> None:
    fill(world, 2)
    small = [questions(login(who) if who else Client(), address) for who, address in pages(world)]
    fill(world, 3)
    large = [questions(login(who) if who else Client(), address) for who, address in pages(world)]
    told = [f"{who} {address}: {a} → {b}" for (who, address), a, b in zip(pages(world), small, large, strict=True)]
    wrong = [line for line, a, b in zip(told, small, large, strict=True) if b > a or b > 25]
    assert wrong == []


@pytest.mark.parametrize(
    ("address", "entry"),
    [
        ("/ledger/", "台账"),
        ("/inspections/", "督察"),
        ("/plans/{plan}/", "督察"),
        ("/tasks/{task}/", "台账"),
    ],
)
def test_the_index_marks_the_one_entry_below_which_a_page_stands(
    world: World, login: Any, address: str, entry: str
) -> None:
    task = world.task()
    index = login(world.office).get(address.format(plan=task.plan_id, task=task.pk)).context["index"]
    assert [item["label"] for group in index for item in group if item["current"]] == [entry]
