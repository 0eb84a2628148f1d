"""The pages on which targets, values, extensions, sweeps and other problems are handled."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from tests.world import World
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.ledger.actions import NewMeasure
from zhenggai.ledger.extensions import ask_extension
from zhenggai.ledger.models import Extension, SweepAnswer, Target, Task
from zhenggai.ledger.sweeps import ask_sweep
from zhenggai.ledger.targets import Reading, set_target, take_sample
from zhenggai.ledger.tests.test_gaps import gap_of

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def on_the_day() -> object:
    with clock.pretend(at(TODAY)):
        yield


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def target_of(world: World, task: Task) -> Target:
    return set_target(task, by=world.office, what="污水处理率", unit="%", goal=Decimal(90), starts_on=date(2026, 1, 1))


def test_the_plans_own_figures_are_offered_and_one_becomes_a_target(world: World) -> None:
    task = world.task(goal="2026年底前，污水处理率达到90%。", measures=[NewMeasure(1, "完成26个小区改造")])
    office = browser(world.office)
    page = office.get(f"/ledger/{task.pk}/target/").content.decode()
    assert "污水处理率达到90%" in page
    assert "26个小区" in page
    sent = {
        "what": "污水处理率",
        "unit": "%",
        "comparator": "ge",
        "baseline": "62",
        "goal": "90",
        "pace": "end",
        "weight": 1,
    }
    assert office.post(f"/ledger/{task.pk}/target/", sent).url == task.get_absolute_url()
    target = Target.objects.get()
    assert (target.due, target.starts_on) == (task.due, TODAY)
    assert "污水处理率" in office.get(task.get_absolute_url()).content.decode()


def test_a_wrong_target_says_what_to_mend_and_keeps_what_was_typed(world: World) -> None:
    task = world.task()
    sent = {
        "what": "处理率",
        "unit": "%",
        "comparator": "ge",
        "baseline": "95",
        "goal": "90",
        "pace": "end",
        "weight": 1,
    }
    answer = browser(world.office).post(f"/ledger/{task.pk}/target/", sent)
    assert answer.status_code == 422
    assert "目标值要大于基数" in answer.content.decode()
    assert 'value="95"' in answer.content.decode()
    assert not Target.objects.exists()


def test_a_contradicting_value_is_refused_on_the_page(world: World) -> None:
    target = target_of(world, world.task())
    liaison = browser(world.south_liaison)
    address = f"/ledger/targets/{target.pk}/sample/"
    liaison.post(address, {"on": "2026-11-20", "value": "70"})
    answer = liaison.post(address, {"on": "2026-11-20", "value": "80"})
    assert (answer.status_code, target.samples.count()) == (422, 1)
    assert "已填报70%；确要更正，写明理由" in answer.content.decode()


def test_an_extension_is_asked_and_decided_in_the_browser(world: World) -> None:
    task = world.task(due=date(2026, 12, 31))
    sent = {"new_due": "2027-06-30", "reason": "管网改造要避开汛期，延期内完成剩余两公里"}
    browser(world.south_liaison).post(f"/ledger/{task.pk}/extension/", sent)
    extension = Extension.objects.get()
    leader = browser(world.leader)
    assert "延至2027-06-30" in leader.get(f"/ledger/extensions/{extension.pk}/").content.decode()
    leader.post(f"/ledger/extensions/{extension.pk}/", {"grant": "yes", "answer": "情况属实，同意"})
    page = leader.get(task.get_absolute_url()).content.decode()
    assert "延过1次" in page
    assert "最初的时限是2026-12-31" in page


def test_a_sweep_is_asked_and_answered_by_who_cannot_see_the_task(world: World) -> None:
    task = world.task()
    asked = {"what": "排查雨天溢流的排口", "places": [world.north.pk], "others": "市水务局", "due_on": "2026-12-20"}
    browser(world.office).post(f"/ledger/{task.pk}/sweep/", asked)
    answer = SweepAnswer.objects.get(unit=world.north)
    north = browser(world.north_acceptor)
    assert north.get(task.get_absolute_url()).status_code == 404
    found = {
        "text": "排查辖区全部41处排口",
        "found": "一号排口溢流\n二号排口溢流",
        "lead": "北塘区政府",
        "measures": "改造",
    }
    north.post(f"/ledger/sweeps/{answer.pk}/", found)
    assert list(answer.tasks.values_list("number", "due_kind")) == [("自查-01", "immediate"), ("自查-02", "immediate")]
    assert SweepAnswer.objects.filter(unit=world.water, nothing_found=None).exists()


@pytest.mark.parametrize(
    ("field", "text", "why"),
    [
        ("found", "排口溢流\n" * 51, "最多50行"),
        ("found", "溢" * 501, "不超过500字"),
        ("measures", "改造\n" * 51, "最多50行"),
    ],
)
def test_one_answer_does_not_flood_the_ledger(world: World, field: str, text: str, why: str) -> None:
    sweep = ask_sweep(
        world.task(), what="排查雨天溢流的排口", units=[world.north_gov], due_on=date(2026, 12, 20), by=world.office
    )
    sent = {"text": "排查辖区全部41处排口", "found": "一号排口溢流", "lead": "北塘区政府", "measures": "改造"}
    answer = browser(world.north_liaison).post(f"/ledger/sweeps/{sweep.answers.get().pk}/", sent | {field: text})
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert Task.objects.count() == 1


def test_a_county_sends_no_other_county_to_look(world: World) -> None:
    asked = {"what": "排查雨天溢流的排口", "others": "北塘区政府", "due_on": "2026-12-20"}
    county = browser(world.south_acceptor)
    answer = county.post(f"/ledger/{world.task().pk}/sweep/", asked)
    assert answer.status_code == 422
    assert "北塘区政府不在你的范围内" in answer.content.decode()
    assert "北塘区" not in county.get(f"/ledger/{world.task().pk}/sweep/").content.decode()
    assert not SweepAnswer.objects.exists()


def test_an_unknown_unit_is_refused_not_guessed(world: World) -> None:
    asked = {"what": "排查雨天溢流的排口", "others": "市某某局", "due_on": "2026-12-20"}
    answer = browser(world.office).post(f"/ledger/{world.task().pk}/sweep/", asked)
    assert "单位名录里没有“市某某局”" in answer.content.decode()


def test_a_place_registers_a_problem_of_its_own(world: World) -> None:
    sent = {
        "of_place": world.south.pk, "source": "patrol", "increment": "on", "issue": "湖滨三号排口溢流",
        "measures": "封堵\n改造", "due": "2027-03-31", "lead": "南湖区政府",
    }  # fmt: skip
    office = browser(world.south_acceptor)
    page = office.post("/ledger/own/", sent)
    task = Task.objects.get()
    assert page.url == task.get_absolute_url()
    assert (task.number, task.measures.count(), task.increment) == ("自查-01", 2, True)
    again = office.post("/ledger/own/", sent)
    assert (again.status_code, Task.objects.count()) == (422, 1)
    assert "自查-01就是这个问题" in again.content.decode()
    assert office.post("/ledger/own/", sent | {"due": f"{TODAY - timedelta(days=1)}"}).status_code == 422
    assert browser(world.south_liaison).get("/ledger/own/").status_code == 403


@pytest.mark.parametrize("path", ["target", "extension", "sweep", "upper"])
def test_who_may_not_see_the_task_is_not_told_of_it(world: World, path: str) -> None:
    assert browser(world.north_liaison).get(f"/ledger/{world.task().pk}/{path}/").status_code == 404
    assert browser(world.audit_admin).post(f"/ledger/{world.task().pk}/{path}/").status_code == 404


@pytest.mark.parametrize("who", ["office", "south_liaison"])
def test_the_task_page_asks_few_questions_however_much_hangs_on_it(
    world: World, who: str, django_assert_max_num_queries: object
) -> None:
    measures = [NewMeasure(n, "改造", TODAY, [("设计", TODAY)]) for n in range(1, 9)]
    task = world.task(measures=measures, due=date(2026, 12, 31), leaders=[("sponsor", "副市长")])
    for number in range(5):
        target = set_target(
            task, by=world.office, what=f"处理率{number}", unit="%", goal=Decimal(90), starts_on=date(2026, 1, 1)
        )
        take_sample(target, Reading(TODAY, Decimal(70 + number)), by=world.office)
        gap_of(world, task, wrong=f"第{number}条没有写明由谁巡查。")
    ask_sweep(
        task,
        what="排查雨天溢流的排口",
        units=[world.north, world.south_gov],
        due_on=date(2026, 12, 20),
        by=world.office,
    )
    ask_extension(task, new_due=date(2027, 6, 30), reason="汛期不能施工，延期内完成剩余两公里", by=world.south_liaison)
    client = browser(getattr(world, who))
    client.get(task.get_absolute_url())
    with django_assert_max_num_queries(25):  # type: ignore[operator]
        client.get(task.get_absolute_url())
