"""A new version of a plan: what differs, task by task, and only what is accepted changes the ledger."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.browser.test_path import PLAN
from tests.world import World
from zhenggai.accounts.decisions import Refused
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.models import Entry
from zhenggai.closure.tests.test_path import walk
from zhenggai.intake import actions
from zhenggai.intake.actions import propose
from zhenggai.intake.models import Proposal
from zhenggai.intake.tests.test_intake import plan, proposed
from zhenggai.ledger.actions import NewMeasure, NewTask
from zhenggai.ledger.models import Measure, Plan, Task
from zhenggai.ledger.revisions import revise_task
from zhenggai.ledger.states import State

SECOND = (
    PLAN.replace("2025年底前完成。\n牵头", "2026年6月底前完成。\n牵头")
    .replace("（2）2025年6月底前完成3处排口改造。\n", "（2）2025年9月底前完成3处排口改造。\n（3）2025年10月底前装流量计。\n")
    .replace("南湖区政府、市水务局", "南湖区政府、市水务局、市住建局")
)  # fmt: skip
THIRD = "3.港口粉尘无组织排放。码头堆场没有围挡。\n整改目标：堆场全部封闭。\n整改措施：\n（1）2025年8月底前封闭。\n整改时限：2025年底前完成。\n责任单位：北塘区政府\n"


@pytest.fixture(autouse=True)
def before_its_dates() -> Any:
    """The plan is revised before any of its dates has passed."""
    with clock.pretend(at(date(2025, 1, 10))):
        yield


@pytest.fixture
def first(world: World) -> Plan:
    proposal = proposed(world)
    actions.accept_all(proposal, by=world.office)
    proposal.refresh_from_db()
    assert proposal.plan
    return proposal.plan


def revised(world: World, first: Plan, text: str = SECOND) -> Proposal:
    assert world.inspection is not None
    return propose(plan(text), "方案修订.txt", world.inspection, by=world.office, revises=first)


def test_only_what_is_accepted_changes(world: World, first: Plan) -> None:
    proposal = revised(world, first)
    task = Task.objects.get(serial=1)
    assert str(task.due) == "2025-12-31"
    done = actions.accept(proposal.items.get(position=1), by=world.office)
    task.refresh_from_db()
    assert done.task == task
    assert (str(task.due), str(task.first_due), task.number) == ("2026-06-30", "2025-12-31", "省督-01")
    assert [(row.no, str(row.due)) for row in task.measures.order_by("no")] == [
        (1, "2025-03-31"), (2, "2025-09-30"), (3, "2025-10-31"),
    ]  # fmt: skip
    assert task.duties.filter(part="responsible", raw="市住建局").exists()
    assert Task.objects.count() == 2
    assert Plan.objects.filter(tasks__isnull=False).distinct().count() == 1
    entry = Entry.objects.get(verb="ledger.revised")
    assert entry.before["due"] == "2025-12-31"
    assert entry.after["due"] == "2026-06-30"


def test_an_unchanged_task_is_confirmed_without_a_trace_on_it(world: World, first: Plan) -> None:
    proposal = revised(world, first)
    assert list(proposal.items.order_by("position").values_list("differs", flat=True)) == [True, False]
    version = Task.objects.get(serial=2).version
    actions.accept(proposal.items.get(position=2), by=world.office)
    assert Task.objects.get(serial=2).version == version
    assert not Entry.objects.filter(verb="ledger.revised").exists()


def test_a_task_is_found_by_its_words_when_its_number_moved(world: World, first: Plan) -> None:
    moved = SECOND.replace("1.南湖", "9.南湖").replace("2.北塘", "1.北塘")
    proposal = revised(world, first, moved)
    found = {item.matches.headline for item in proposal.items.select_related("matches")}
    assert found == {"南湖排口雨天溢流", "北塘区餐饮油烟扰民"}


def test_a_new_task_enters_and_a_missing_one_is_named_and_stays(world: World, first: Plan) -> None:
    text = SECOND[: SECOND.index("2.北塘区")] + THIRD
    proposal = revised(world, first, text)
    assert [task.number for task in proposal.left_out()] == ["省督-02"]
    assert list(proposal.items.values_list("differs", flat=True)) == [True, True]
    assert actions.accept_all(proposal, by=world.office) == 2
    assert Task.objects.get(number="省督-03").headline == "港口粉尘无组织排放"
    assert Task.objects.filter(number="省督-02").exists()


def test_a_begun_measure_that_the_new_version_drops_stays(world: World, first: Plan) -> None:
    task = Task.objects.get(serial=1)
    task.measures.filter(no=2).update(progress=Measure.Progress.DOING)
    proposal = revised(world, first, PLAN.replace("（2）2025年6月底前完成3处排口改造。\n", ""))
    actions.accept(proposal.items.get(position=1), by=world.office)
    assert [row.no for row in task.measures.order_by("no")] == [1, 2]
    task.measures.filter(no=2).update(progress=Measure.Progress.OPEN)
    again = revised(world, first, PLAN.replace("（2）2025年6月底前完成3处排口改造。\n", "").replace("南湖区政府、", ""))
    actions.accept(again.items.get(position=1), by=world.office)
    assert [row.no for row in task.measures.order_by("no")] == [1]


def test_an_earlier_limit_becomes_the_first_one(world: World, first: Plan) -> None:
    proposal = revised(world, first, PLAN.replace("整改时限：2025年底前完成", "整改时限：2025年9月底前完成"))
    actions.accept(proposal.items.get(position=1), by=world.office)
    task = Task.objects.get(serial=1)
    assert (task.due, task.first_due) == (date(2025, 9, 30), date(2025, 9, 30))


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"due": date(2026, 12, 31)}, "的完成时限2026-10-31"),
        ({"due": None, "due_kind": "long_term"}, "的完成时限2026-10-31"),
        (
            {"measures": [NewMeasure(1, "完成排查", date(2026, 12, 1)), NewMeasure(2, "完成改造")]},
            "措施1的时限2026-10-01",
        ),
        ({"measures": [NewMeasure(1, "完成排查"), NewMeasure(2, "完成改造")]}, "措施1的时限2026-10-01"),
    ],
)
def test_what_is_overdue_is_not_made_punctual(world: World, given: dict[str, Any], what: str) -> None:
    measures = [NewMeasure(1, "完成排查", date(2026, 10, 1)), NewMeasure(2, "完成改造")]
    task = world.task(due=date(2026, 10, 31), measures=measures)
    new = NewTask(**{
        "serial": task.serial, "issue": task.issue, "goal": task.goal, "passage": "", "duties": {}, "due": task.due,
        "due_kind": "date", "measures": measures, **given,
    })  # fmt: skip
    with clock.pretend(at(date(2026, 11, 2))), pytest.raises(Refused, match=f"{what}：已经逾期的"):
        revise_task(task, new, by=world.office, source="新版方案")
    task.refresh_from_db()
    assert (task.due, [row.due for row in task.measures.order_by("no")]) == (
        date(2026, 10, 31),
        [date(2026, 10, 1), None],
    )


def test_a_closed_task_is_not_changed(world: World, first: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Task, "is_closed", property(lambda task: True))
    proposal = revised(world, first)
    with pytest.raises(Refused, match="不因新版方案改动"):
        actions.accept(proposal.items.get(position=1), by=world.office)
    assert str(Task.objects.get(serial=1).due) == "2025-12-31"
    assert proposal.items.get(position=1).is_pending


def test_what_the_acceptors_look_at_stands_still(world: World) -> None:
    task = world.task()
    walk(world, task, State.SELF_CHECKED)
    new = NewTask(serial=task.serial, issue=task.issue, goal="换一个容易的目标。", passage="", duties={})
    with pytest.raises(Refused, match="“自查自验”环节，不因新版方案改动"):
        revise_task(task, new, by=world.office, source="新版方案")
    assert Task.objects.get(pk=task.pk).goal == task.goal


def test_an_import_of_which_something_was_accepted_is_not_withdrawn(world: World, first: Plan) -> None:
    proposal = revised(world, first)
    actions.accept(proposal.items.get(position=2), by=world.office)
    with pytest.raises(Refused, match="不能撤回"):
        actions.withdraw(proposal, by=world.office)


def test_the_page_shows_each_difference(world: World, first: Plan, login: Any) -> None:
    client = login(world.office)
    upload = SimpleUploadedFile("方案修订.txt", SECOND.encode())
    answer = client.post("/intake/", {"file": upload, "revises": first.pk, "kind": "provincial"})
    assert answer.status_code == 302
    page = client.get(f"{answer.url}1/").content.decode()
    for words in ("<del>2025-12-31</del>", "<ins>2026-06-30</ins>", "装流量计", "处变更"):
        assert words in page
    assert "和台账没有差别" in client.get(f"{answer.url}2/").content.decode()
