"""The pages of visits and of help: what each shows, what each refuses in words, and that it asks no more as the rows grow."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.world import World
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.ledger.models import Task
from zhenggai.supervision.actions.duties import set_duty
from zhenggai.supervision.actions.findings import state
from zhenggai.supervision.actions.visits import set_team, skip_task
from zhenggai.supervision.models import DecidedItem, HelpPlan, Paper, Session, Visit, VisitFinding
from zhenggai.supervision.tests.test_help import arranged, still
from zhenggai.supervision.tests.test_help import asked as help_asked
from zhenggai.supervision.tests.test_visits import DAY, SAW, Team, late, office, planned, reported, wrong

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with clock.pretend(at(DAY)):
        yield


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


# ── visits ───────────────────────────────────────────────────────────────────
@pytest.mark.requirement("R47", "R54", "R70")
def test_a_visit_from_the_plan_to_the_circular(world: World, login: Any) -> None:
    task, other = late(world), late(world)
    reported(world, task)
    body = office(world)
    duty = set_duty(world.city, by=world.office, body=body, kind="inspection", what="一周一督查一通报", shift="none",
                    rule="FREQ=WEEKLY;BYDAY=FR", starts_on=DAY - timedelta(days=20), source="方案")  # fmt: skip
    team, unit = login(world.supervision), login(world.south_liaison)
    form = {"body": body.pk, "kind": "targeted", "area": world.city.pk, "starts_on": "2026-11-20", "ends_on": "2026-11-21",
            "duty": duty.pk, "title": "雨水排口督查"}  # fmt: skip
    page = team.post("/supervision/visits/new/", form, follow=True).content.decode()
    visit = Visit.objects.get()
    for words in ("雨水排口督查", task.number, "时限2026-11-10，逾期10天", "不事先通知", "还没有确定"):
        assert words in page
    address = f"/supervision/visits/{visit.pk}/"

    def act(name: str, **data: Any) -> str:
        data["seen"] = Visit.objects.get().version
        answer = team.post(f"{address}{name}/", data, follow=True)
        assert answer.status_code == 200, answer.content.decode()
        return str(answer.content.decode())

    assert "组长" in act("team", names="supervision\n市水务局")
    assert unit.get(address).status_code == 404
    assert "登记督查情况：雨水排口督查" in text(team, "/work/")
    page = text(team, f"{address}tasks/{task.pk}/")
    assert "三处排口已经完成封堵" in page
    seen = {
        "result": "false", "text": SAW, "seen_on": "2026-11-20", "demand_text": "查清来源，封堵到位",
        "demand_unit": "南湖区政府", "demand_due": "2026-11-30",
        "attached": SimpleUploadedFile("排口.jpg", JPEG, "image/jpeg"),
    }  # fmt: skip
    page = team.post(f"{address}tasks/{task.pk}/", seen, follow=True).content.decode()
    for words in ("虚假整改", "三处排口已经完成封堵", SAW, "排口.jpg", "查清来源，封堵到位"):
        assert words in page
    act("skip", task=other.pk, reason="道路中断")
    assert "可以起草督查通报" in act("close", summary="看了一处，问题突出。", for_due="2026-11-20")
    assert Session.objects.get().visit == visit
    draft = {"kind": "visit", "visit": visit.pk}
    page = team.post("/meetings/papers/new/", draft, follow=True).content.decode()
    for words in ("关于雨水排口督查情况的通报", "查清来源，封堵到位（2026年11月30日前）", "道路中断", "2026年10月报告"):
        assert words in page
    paper = Paper.objects.get()
    assert team.post(f"/meetings/papers/{paper.pk}/issue/", {"seen": paper.version}).status_code == 302
    paper.refresh_from_db()
    assert (paper.state, paper.number_words) == ("issued", "第1期")
    assert "关于雨水排口督查情况的通报" in text(unit, "/meetings/papers/")


@pytest.mark.requirement("R70")
def test_the_task_page_shows_what_was_seen_beside_what_was_reported(world: World, login: Any) -> None:
    task = late(world)
    reported(world, task)
    found = wrong(world, planned(world), task, "false")
    unit = login(world.south_liaison)
    page = text(unit, task.get_absolute_url())
    for words in ("虚假整改 · 2026-11-20 · 而南湖区政府上报：三处排口已经完成封堵", "督查发现问题", 'id="demands"'):
        assert words in page
    assert "办督查督办事项：逐个排口查清来源" in text(unit, "/work/")
    page = unit.post(found.get_absolute_url(), {"text": "当天泵站检修，次日已恢复。"}, follow=True).content.decode()
    assert "当天泵站检修，次日已恢复。" in page
    assert unit.get(f"{found.get_absolute_url()}correct/").status_code == 403
    team = login(world.supervision)
    fresh = {"because": "看错了", "result": "as_reported", "text": "第二处是雨水管，不是污水", "seen_on": "2026-11-20"}
    correcting = f"{found.get_absolute_url()}correct/"
    assert "要由督查组的其他人或综合协调组更正" in text(team, correcting)
    assert "其他人或综合协调组更正" in team.post(correcting, fresh).content.decode()
    page = login(world.office).post(correcting, fresh, follow=True).content.decode()
    assert "这一条更正了" in page
    assert "已经更正" in text(unit, found.get_absolute_url())
    item = DecidedItem.objects.get()
    assert "已撤销" in text(unit, item.get_absolute_url())


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("team", {"names": "没有的人"}, "没有“没有的人”"),
        ("team", {"names": "南湖区政府"}, "不能督查自己办的事"),
        ("add", {"tasks": "省督-99", "reason": "要看"}, "台账里没有你能看到的省督-99"),
        ("add", {"tasks": "", "reason": "要看"}, "必"),
        ("change", {"title": "甲", "starts_on": "2026-11-20", "ends_on": "2026-11-19"}, "不能早于开始日期"),
        ("change", {"title": "甲", "starts_on": "二十日", "ends_on": "2026-11-19"}, "有"),
        ("close", {"summary": "看了两处，都有问题。"}, "还没有登记情况"),
        ("cancel", {"reason": ""}, "必"),
    ],
)
def test_what_is_refused_keeps_the_page_and_says_why(
    world: World, login: Any, name: str, data: Any, words: str
) -> None:
    late(world)
    visit = planned(world)
    visit.refresh_from_db()
    answer = login(world.supervision).post(f"{visit.get_absolute_url()}{name}/", data | {"seen": visit.version})
    assert answer.status_code == 422
    assert words in answer.content.decode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"result": "false", "demand_text": "", "demand_unit": ""}, "发现问题的要写明要办什么"),
        ({"demand_unit": "没有的单位"}, "名录里没有"),
        ({"text": "短"}, "10"),
        ({"seen_on": "2026-11-19"}, "查看日期应在2026-11-20"),
        ({"demand_due": "2026-11-01"}, "不能早于今天"),
        ({"result": "as_reported"}, "不用督办"),
    ],
)
def test_a_finding_that_lacks_something_is_asked_for_it(world: World, login: Any, data: Any, words: str) -> None:
    task = late(world)
    visit = planned(world)
    seen = {
        "result": "slower", "text": SAW, "seen_on": "2026-11-20", "demand_text": "封堵", "demand_unit": "南湖区政府",
        "demand_due": "2026-11-30",
    }  # fmt: skip
    answer = login(world.supervision).post(f"{visit.get_absolute_url()}tasks/{task.pk}/", seen | data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not VisitFinding.objects.exists()


def test_an_older_page_is_a_conflict(world: World, login: Any) -> None:
    task = late(world)
    visit = planned(world)
    seen = Visit.objects.get().version
    set_team(visit, by=world.office, team=Team((world.office,)))
    answer = login(world.supervision).post(
        f"{visit.get_absolute_url()}drop/", {"task": task.pk, "reason": "甲", "seen": seen}
    )
    assert answer.status_code == 409
    assert "有人改过" in answer.content.decode()


@pytest.mark.parametrize("seen", [{}, {"seen": ""}, {"seen": "-1"}, {"seen": "None"}])
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("change", {"title": "改名", "starts_on": "2026-11-20", "ends_on": "2026-11-21"}),
        ("team", {"names": "office"}),
        ("drop", {"reason": "甲"}),
        ("skip", {"reason": "甲"}),
        ("cancel", {"reason": "不去了"}),
    ],
)
def test_what_does_not_say_which_page_it_was_filled_in_on_is_refused(
    world: World, login: Any, name: str, data: dict[str, str], seen: dict[str, str]
) -> None:
    task = late(world)
    visit = planned(world)
    before = Visit.objects.values().get()
    answer = login(world.supervision).post(f"{visit.get_absolute_url()}{name}/", {"task": task.pk} | data | seen)
    assert answer.status_code in (403, 422)
    assert "页面不完整，没有办理" in answer.content.decode()
    assert Visit.objects.values().get() == before
    assert visit.tasks.filter(task=task, skipped="").exists()


def test_files_of_a_finding_are_for_those_who_see_the_task(world: World, login: Any) -> None:
    task = late(world)
    found = wrong(world, planned(world), task)
    state(found, by=world.south_liaison, text="当天泵站检修。", files=[_pdf()])
    file = found.files.get()
    for name, status in (("south_liaison", 200), ("office", 200), ("north_liaison", 404)):
        assert login(world.people[name]).get(f"/evidence/visit/{file.pk}/").status_code == status
    assert "说明.pdf" in text(login(world.office), f"/tasks/{task.pk}/evidence/")


def _pdf() -> Any:
    from django.core.files.base import ContentFile

    from zhenggai.documents.forms import Upload

    return Upload(ContentFile(b"%PDF-1"), "说明.pdf", "application/pdf")


def test_a_task_is_left_out_before_the_visit_begins_and_before_anybody_goes(world: World, login: Any) -> None:
    task = late(world)
    visit = planned(world, team=(), starts_on=DAY + timedelta(days=3), ends_on=DAY + timedelta(days=4))
    team, address = login(world.supervision), f"/supervision/visits/{visit.pk}/"
    assert f'aria-label="这次不看{task.number}"' in text(team, address)
    page = text(team, f"{address}tasks/{task.pk}/")
    assert "督查从2026-11-23开始，到时候再登记" in page
    assert "从这次督查去掉" in page
    assert "看到的情况" not in page
    assert team.post(f"{address}tasks/{task.pk}/", {"result": "as_reported", "text": SAW}).status_code == 403
    visit.refresh_from_db()
    left_out = {"task": task.pk, "reason": "上个月刚看过", "seen": visit.version}
    assert team.post(f"{address}drop/", left_out).url == address
    assert not visit.tasks.exists()


# ── help ─────────────────────────────────────────────────────────────────────
@pytest.mark.requirement("R49")
def test_help_from_the_rules_to_its_outcome(world: World, login: Any) -> None:
    task = still(world)
    unit, team, helper = login(world.south_liaison), login(world.office), login(world.water_liaison)
    assert "连续两个月没有达到序时进度" in text(team, "/supervision/help/suggested/")
    page = text(unit, f"/supervision/help/new/?task={task.pk}")
    assert task.number in page
    assert "从2026-08-23起，89天" in page
    form = {"tasks": task.number, "kind": "land", "difficulty": "泵站用地没有调规，林地手续办不下来"}
    assert "待安排" in unit.post("/supervision/help/new/", form, follow=True).content.decode()
    plan = HelpPlan.objects.get()
    address = plan.get_absolute_url()
    assert "安排帮扶：泵站用地没有调规" in text(team, "/work/")
    sent = {"answer": "由市水务局牵头", "unit": "市水务局", "helper": "副局长", "until": "2026-12-31",
            "text1": "完成调规", "unit1": "市水务局", "due1": "2026-11-25"}  # fmt: skip
    page = team.post(f"{address}arrange/", sent | {"text2": "落实资金"}).content.decode()
    assert "措施2还要写明由哪个单位办" in page
    assert "完成调规" in team.post(f"{address}arrange/", sent, follow=True).content.decode()
    assert "办帮扶措施：完成调规" in text(helper, "/work/")
    assert "泵站用地没有调规" in text(unit, task.get_absolute_url())
    listed = text(team, "/ledger/?hard=helped")
    assert task.number in listed
    assert "帮扶中" in listed
    step = plan.steps.get()
    done = {"step": step.pk, "result": "调规已批复", "done_on": "2026-11-20"}
    assert "调规已批复" in helper.post(f"{address}report/", done, follow=True).content.decode()
    assert "结束帮扶：泵站用地没有调规" in text(team, "/work/")
    ended = {"outcome": "solved", "outcome_reason": "用地已解决，已经开工"}
    assert "结果：解决" in team.post(f"{address}end/", ended, follow=True).content.decode()
    assert task.number in text(unit, "/supervision/help/?state=ended")


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("step", {"text": "甲", "unit": "没有的单位", "due": "2026-11-25"}, "名录里没有"),
        ("step", {"text": "甲", "unit": "市水务局", "due": "2026-11-01"}, "已经过了"),
        ("end", {"outcome": "solved", "outcome_reason": "都好了"}, "还有1条措施没有登记结果"),
        ("end", {"outcome": "", "outcome_reason": "甲"}, "必"),
    ],
)
def test_help_that_is_refused_keeps_the_page_and_says_why(
    world: World, login: Any, name: str, data: Any, words: str
) -> None:
    plan = arranged(world)
    answer = login(world.office).post(f"{plan.get_absolute_url()}{name}/", data)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_step_is_reported_by_its_unit_alone(world: World, login: Any) -> None:
    plan = arranged(world)
    address, step = f"{plan.get_absolute_url()}report/", plan.steps.get()
    sent = {"step": step.pk, "result": "", "done_on": "2026-11-20"}
    assert login(world.south_liaison).post(address, sent).status_code == 403
    assert login(world.water_liaison).post(address, sent).status_code == 422
    assert login(world.water_liaison).post(address, sent | {"step": 0}).status_code == 404


# ── the same number of questions whatever the size; empty pages ──────────────
@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/supervision/visits/", "没有这样的督查"), ("/supervision/help/", "没有这样的帮扶"),
        ("/supervision/help/suggested/", "没有这样的任务"),
    ],
)  # fmt: skip
def test_an_empty_page_says_what_comes_here(world: World, login: Any, address: str, words: str) -> None:
    assert words in text(login(world.office), address)
    assert words in text(login(world.south_liaison), address)


def fill(world: World, times: int, from_number: int) -> None:
    for number in range(from_number, from_number + times):
        tasks = [late(world) for _ in range(number)]
        visit = planned(world, title=f"第{number}次")
        for task in tasks:
            state(wrong(world, visit, task), by=world.south_liaison, text="当天泵站检修。", files=[_pdf()])
        for row in visit.tasks.exclude(task__in=tasks):
            skip_task(visit, by=world.supervision, task=row.task_id, reason="没有去")
        plan = arranged(world, help_asked(world, still(world)), steps=_steps(world, number))
        help_asked(world, still(world))
        still(world)
        assert plan.steps.count() == number


def _steps(world: World, number: int) -> list[Any]:
    from zhenggai.supervision.actions.help import NewStep

    return [NewStep(f"措施{n}", world.water, DAY + timedelta(days=5)) for n in range(number)]


def pages(world: World) -> list[tuple[Person, str]]:
    visit, found = Visit.objects.order_by("-pk")[0], VisitFinding.objects.order_by("-pk")[0]
    plan = HelpPlan.objects.filter(state="helping").order_by("-pk")[0]
    item = DecidedItem.objects.order_by("-pk")[0]
    found_task: Task = found.task
    addresses = [
        "/supervision/visits/", visit.get_absolute_url(), found.get_absolute_url(), "/supervision/help/",
        "/supervision/help/suggested/", plan.get_absolute_url(), item.get_absolute_url(), "/meetings/decided/",
        found_task.get_absolute_url(), plan.task.get_absolute_url(), "/work/",
    ]  # fmt: skip
    return [(who, address) for who in (world.office, world.south_liaison) for address in addresses] + [
        (world.supervision, "/supervision/visits/new/"), (world.south_liaison, "/supervision/help/new/"),
        (world.office, f"/supervision/findings/{found.pk}/correct/"),
    ]  # fmt: skip


def questions(client: Client, address: str) -> int:
    cache.clear()
    with CaptureQueriesContext(connection) as asked_for:
        assert client.get(address).status_code == 200, address
    return len(asked_for)


def test_pages_ask_at_most_25_questions_at_any_size(world: World, login: Any) -> None:
    fill(world, 1, 1)
    small = [questions(login(who), address) for who, address in pages(world)]
    fill(world, 1, 4)
    large = [questions(login(who), address) for who, address in pages(world)]
    told = [f"{who} {address}: {a} → {b}" for (who, address), a, b in zip(pages(world), small, large, strict=True)]
    assert [line for line, a, b in zip(told, small, large, strict=True) if b > a or b > 25] == []


def test_dates_stand_as_the_rest_of_the_product_writes_them(world: World) -> None:
    late(world)
    assert planned(world).title == f"临江市{date(2026, 11, 20):%Y年%-m月%-d日}针对性督查"
