"""A task's own data: changed by one person at a time, by those who keep it, with a way on when two met."""

import threading
from typing import Any

import pytest
from django.db import connections

from tests.world import World, build
from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.audit.models import Entry
from zhenggai.closure.tests.test_path import walk
from zhenggai.ledger.amendments import amend
from zhenggai.ledger.models import Task
from zhenggai.ledger.states import State


def opened(client: Any, task: Task) -> dict[str, str]:
    """What a person's page of the form would send back unchanged."""
    page = client.get(f"/ledger/{task.pk}/particulars/")
    assert page.status_code == 200
    form = page.context["form"]
    return {name: str(form[name].value() or "") for name in form.fields} | {
        "seen": str(page.context["seen"]), "base": page.context["base"],
    }  # fmt: skip


@pytest.mark.requirement("R89", "R90")
def test_the_coordination_team_keeps_the_chain_of_leaders(world: World, login: Any) -> None:
    upper, task = world.task(), world.task()
    client = login(world.office)
    changed = {
        "headline": "排口溢流", "place": "北塘区", "first": "市长", "sponsor": "副市长", "leader": "局长、副局长",
        "person": "科长", "upper": upper.number, "increment": "增量", "weights": "2、1",
    }  # fmt: skip
    client.post(f"/ledger/{task.pk}/particulars/", opened(client, task) | changed)
    task.refresh_from_db()
    assert (task.headline, task.place, task.increment, task.upper) == ("排口溢流", world.north, True, upper)
    assert task.duties.get(part="place").unit == world.north, "who sees a task goes with its place"
    entry = Entry.objects.get(verb="task.amended")
    assert (entry.before["sponsor"], entry.after["leader"]) == ("", "局长、副局长")
    beside = client.get(f"/ledger/{task.pk}/").content.decode()
    for words in ("第一责任人", "领衔督办领导", "责任领导", "副市长", upper.number, "增量"):
        assert words in beside


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("headline", "", "必填"),
        ("headline", "长" * 121, "不超过120字"),
        ("place", "南山区", "不是你负责的区划"),
        ("increment", "都是", "存量”或“增量"),
        ("weights", "一、二", "1到100"),
        ("upper", "省" * 41, "不超过40个字"),
    ],
)
def test_a_wrong_value_keeps_what_was_typed_and_says_why(
    world: World, login: Any, field: str, value: str, why: str
) -> None:
    task, client = world.task(), login(world.office)
    answer = client.post(f"/ledger/{task.pk}/particulars/", opened(client, task) | {"sponsor": "副市长", field: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert why in page or "必填" in why
    assert "副市长" in page
    assert not Entry.objects.filter(verb="task.amended").exists()


def test_others_and_tasks_in_acceptance_are_refused(world: World, login: Any) -> None:
    task = world.task()
    assert login(world.south_liaison).get(f"/ledger/{task.pk}/particulars/").status_code == 403
    assert login(world.north_acceptor).get(f"/ledger/{task.pk}/particulars/").status_code == 404
    walk(world, task, State.IN_ACCEPTANCE)
    answer = login(world.office).get(f"/ledger/{task.pk}/particulars/")
    assert "补充信息不能再改" in answer.content.decode()
    with pytest.raises(Refused, match="由任务属地的综合协调组"):
        amend({world.task().pk: {"sponsor": "甲"}}, by=world.south_liaison)


def test_a_stale_page_shows_both_versions_and_lets_one_choose(world: World, login: Any) -> None:
    task, client = world.task(), login(world.office)
    mine = opened(client, task) | {"headline": "我写的", "sponsor": "副市长"}
    amend({task.pk: {"headline": "别人写的", "first": "市长"}}, by=world.acceptor)
    answer = client.post(f"/ledger/{task.pk}/particulars/", mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    for words in ("别人写的", "我写的", "副市长", "市长"):
        assert words in page
    task.refresh_from_db()
    assert task.headline == "别人写的", "nothing was saved"
    again = answer.context["hidden"] | {"seen": answer.context["seen"], "base": answer.context["base"]}
    client.post(f"/ledger/{task.pk}/particulars/", again | {"headline": "我写的"})
    task.refresh_from_db()
    assert task.headline == "我写的"
    leaders = dict(task.leaders.values_list("part", "name"))
    assert leaders == {"first": "市长", "sponsor": "副市长"}, "what only one of them changed stays"


def test_a_page_without_its_base_is_refused(world: World, login: Any) -> None:
    task, client = world.task(), login(world.office)
    answer = client.post(f"/ledger/{task.pk}/particulars/", opened(client, task) | {"base": "made up"})
    assert answer.status_code == 403
    assert "重新打开" in answer.content.decode()


def test_numbers_are_suggested_while_one_types(world: World, login: Any) -> None:
    task = world.task()
    assert task.number in login(world.office).get(f"/ledger/tasks/suggest/?upper={task.number[:4]}").content.decode()
    assert task.number not in login(world.north_liaison).get("/ledger/tasks/suggest/?upper=省").content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_one_wins_and_the_other_is_told() -> None:
    world = build()
    task = world.task()
    told: dict[str, Exception | None] = {}
    ready = threading.Barrier(2)

    def at_once(name: str) -> None:
        try:
            ready.wait(10)
            amend(
                {task.pk: {"headline": f"{name}写的"}},
                by=world.fresh(getattr(world, name)),
                seen={task.pk: task.version},
            )
            told[name] = None
        except Stale as stale:
            told[name] = stale
        finally:
            connections.close_all()

    threads = [threading.Thread(target=at_once, args=(name,)) for name in ("office", "acceptor")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    winners = [name for name, error in told.items() if error is None]
    assert len(told) == 2
    assert len(winners) == 1
    assert Task.objects.get(pk=task.pk).headline == f"{winners[0]}写的"
