"""A thing stands in a person's queue exactly when its step is open to that person: the queues, which answer for many
rows at once, and the permissions, which answer for one, hold the same rules."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import QuerySet

from tests.world import World, alter_measure
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.closure import querysets as closing
from zhenggai.closure.changed import changed_among, tasks_to_look_at
from zhenggai.closure.models import Verdict
from zhenggai.closure.seen import can_look, changes_of, hold_changes, look
from zhenggai.closure.tests.test_path import finish_measures, level, walk
from zhenggai.documents.actions import keep_bytes
from zhenggai.ledger.extensions import ask_extension
from zhenggai.ledger.gaps import decide as decide_remedy
from zhenggai.ledger.gaps import hand_in
from zhenggai.ledger.lifecycle import decide, take
from zhenggai.ledger.models import Gap, Measure, Remedy, Target, Task, YearlyCheck
from zhenggai.ledger.permissions import RECTIFIERS, can_answer_sweep, can_confirm, can_decide_extension, can_mend
from zhenggai.ledger.states import (
    ACCEPT,
    APPLY,
    FILE,
    OPEN_NOTICE,
    REVIEW,
    SELF_CHECK,
    STRIKE_OFF,
    State,
    Step,
)
from zhenggai.ledger.sweeps import ask_sweep
from zhenggai.ledger.tests.test_gaps import gap_of
from zhenggai.ledger.tests.test_gaps import mended as mended_by
from zhenggai.ledger.waiting import checks_for, extensions_for, sweeps_for
from zhenggai.ledger.yearly import can_check, open_yearly_checks
from zhenggai.pages.queues import todos_of, waiting_for, work_of
from zhenggai.progress.actions import decide as decide_report
from zhenggai.progress.actions import submit
from zhenggai.progress.filings import open_filing
from zhenggai.progress.models import FiledTask, Report
from zhenggai.progress.permissions import can_decide, can_file, can_report, duty_to_report
from zhenggai.progress.querysets import tasks_behind
from zhenggai.progress.rounds import open_round
from zhenggai.progress.tests.test_reports import OVER
from zhenggai.progress.tests.test_rounds import close
from zhenggai.publicity.actions import answer, object_to
from zhenggai.publicity.models import Notice
from zhenggai.publicity.querysets import tasks_to_notice
from zhenggai.supervision.actions.duties import keep_body, record_session, set_duty
from zhenggai.supervision.models import StandingDuty
from zhenggai.supervision.permissions import can_record_session

DAY = date(2024, 12, 2)
AFTER = date(2024, 12, 20)  # the notices have ended

QUEUES: list[tuple[tuple[Step, ...], Callable[[Person], QuerySet[Task]]]] = [
    ((SELF_CHECK,), closing.tasks_to_self_check),
    ((APPLY,), closing.tasks_to_apply_for),
    ((ACCEPT, REVIEW), lambda who: Task.objects.filter(applications__verdicts__in=Verdict.objects.waiting_for(who))),
    ((OPEN_NOTICE,), tasks_to_notice),
    ((STRIKE_OFF,), lambda who: closing.tasks_to_strike_off(who, clock.today())),
    ((FILE,), closing.tasks_to_file),
]


@pytest.fixture
def busy(world: World) -> World:
    """Tasks in every state, of two counties and the city, with and without a lead unit."""
    world.person("city_liaison", "liaison", world.city_gov)
    world.person("county_leader", "leader", world.south_gov)
    with clock.pretend(at(DAY)):
        for state in State:
            if state not in (State.STRUCK_OFF, State.FILED):
                walk(world, world.task(), state)
        walk(world, world.task(lead=[]), State.SELF_CHECKED)
        walk(world, world.task(lead=[]), State.RECTIFYING)
        finish_measures(world, world.task(cooperating=[]))
        north = world.task(lead=[world.north_gov], responsible=[world.north_gov], cooperating=[])
        north.measures.update(progress="done", done_on=DAY)
        world.task(lead=[world.water], responsible=[world.south_gov]).measures.update(progress="done", done_on=DAY)
        passed_two_levels(world)
        for _ in range(3):
            walk(world, world.task(), State.IN_NOTICE)
        first, second, third, *_ = Notice.objects.order_by("pk")
        object_to(first, text="夜里还有异味")
        answer(
            object_to(second, text="夜里还有异味"),
            finding="upheld",
            text="情况属实，将撤回公示重新整改。",
            by=world.publicity,
        )
        answer(
            object_to(third, text="夜里还有异味"),
            finding="unfounded",
            text="经现场核查，反映的情况不属实。",
            by=world.publicity,
        )
    with clock.pretend(at(AFTER)):
        done = [task for task in Task.objects.filter(state=State.IN_NOTICE) if decide(STRIKE_OFF, task, world.leader)]
        take(STRIKE_OFF, done[0], by=world.leader)
    return world


def passed_two_levels(world: World) -> None:
    task = world.task()
    walk(world, task, State.IN_ACCEPTANCE)
    take(ACCEPT, task, by=world.south_acceptor, level=level(task), result="pass", reason="符合条件")


@pytest.mark.parametrize("day", [DAY, AFTER])
def test_steps_stand_in_the_queue_of_those_to_whom_they_are_open(busy: World, day: date) -> None:
    wrong, opened = [], 0
    with clock.pretend(at(day)):
        for name in busy.people:
            person = busy.fresh(busy.people[name])
            for steps, queue in QUEUES:
                listed = set(queue(person).values_list("pk", flat=True))
                for task in Task.objects.select_related("place"):
                    is_open = any(decide(step, task, person) for step in steps)
                    opened += is_open
                    if is_open != (task.pk in listed):
                        wrong.append(f"{name}: {steps[0].label} {task.number} {task.state} open={bool(is_open)}")
    assert wrong == []
    assert opened > 10, "the small city must have something to do for the comparison to mean anything"


def test_reports_stand_in_the_queue_of_those_who_may_decide_them(world: World) -> None:
    world.person("city_liaison", "liaison", world.city_gov)
    led_by_city = world.task(lead=[world.city_gov], responsible=[world.south_gov], cooperating=[world.water])
    own = world.task()
    nobody_leads = world.task(lead=[])
    for task in (led_by_city, own, nobody_leads):
        submit(task, text="在推进", measures=[], files=[], by=world.south_liaison)
    submit(led_by_city, text="在推进", measures=[], files=[], by=world.water_liaison)
    decided = submit(world.task(), text="在推进", measures=[], files=[], by=world.south_liaison)
    decide_report(decided, accept=True, by=world.office)
    wrong, opened = [], 0
    for name in world.people:
        person = world.fresh(world.people[name])
        waiting = set(Report.objects.waiting_for(person).values_list("pk", flat=True))
        for report in Report.objects.select_related("task__place"):
            is_open = bool(can_decide(report, person))
            opened += is_open
            if is_open != (report.pk in waiting):
                wrong.append(f"{name}: {report.unit} {report.task.number} open={is_open}")
    assert wrong == []
    assert opened


def test_reports_are_owed_of_every_month_whose_round_is_open(world: World, login: Any) -> None:
    client = login(world.south_liaison)
    october, november, december = (date(2024, month, 1) for month in (10, 11, 12))
    with clock.pretend(at(october)):
        late, told, back = world.task(), world.task(), world.task(cooperating=[])
        closed = open_round(world.city, october)
    with clock.pretend(at(november)):
        close(world, closed)
        open_round(world.city, november)
        submit(told, text="在推进", measures=[], files=[], by=world.south_liaison)
        sent = submit(back, text="在推进", measures=[], files=[], by=world.south_liaison)
    with clock.pretend(at(DAY)):
        decide_report(sent, accept=False, reason="照片没有拍摄时间", by=world.office)
        charged = world.task()
        wrong, opened = [], 0
        for person in map(world.fresh, world.people.values()):
            listed = set(tasks_behind(person, december).values_list("pk", "of_month"))
            for task in Task.objects.select_related("inspection__place"):
                for month in (october, november):
                    duty = duty_to_report(task, person, month)
                    may = bool(can_report(task, person, month)) and duty is not None and duty.part in RECTIFIERS
                    opened += may
                    if may and task.pk != charged.pk and (task.pk, month) not in listed:
                        wrong.append(f"{person}: {task.number} {month} is not told")
                    if not may and (task.pk, month) in listed:
                        wrong.append(f"{person}: {task.number} {month} is not open")
        assert wrong == []
        assert opened
        todos = {todo.task: todo for todo in todos_of(world.fresh(world.south_liaison)) if "11月" in todo.title}
        assert {task: todo.label for task, todo in todos.items()} == {late: "补报", back: "补正"}
        for todo in todos.values():
            assert todo.due == date(2024, 11, 15)
            assert 'name="month" value="2024-11"' in client.get(todo.url).content.decode()
        before = waiting_for(world.fresh(world.south_liaison))["reports"]
        assert client.post(f"/tasks/{late.pk}/report/", OVER | {"month": "2024-11"}).status_code == 302
        assert waiting_for(world.fresh(world.south_liaison))["reports"] == before - 1


def test_what_is_counted_is_what_is_listed(busy: World) -> None:
    with clock.pretend(at(AFTER)):
        for name in busy.people:
            person = busy.fresh(busy.people[name])
            rows = todos_of(person)
            assert waiting_for(person)["my_work"] == len(rows), name


def test_what_changed_after_acceptance_waits_for_the_acceptors_and_is_marked_for_the_others(world: World) -> None:
    with clock.pretend(at(DAY)):
        reviewed, in_notice, same = world.task(), world.task(), world.task()
        walk(world, reviewed, State.REVIEWED)
        walk(world, in_notice, State.IN_NOTICE)
        walk(world, same, State.REVIEWED)

    def titles(name: str) -> list[str]:
        return [row.title for row in todos_of(world.fresh(world.people[name])) if "变化" in row.title]

    with clock.pretend(at(AFTER)):
        assert not any(titles(name) for name in world.people)
        for task in (reviewed, in_notice):
            alter_measure(task, 1, text="改过的措施")
        assert len(titles("acceptor")) == 2
        assert titles("publicity") == [f"发布公示（等验收单位看过变化）：{reviewed.headline}"]
        assert titles("leader") == [f"销号（等验收单位看过变化）：{in_notice.headline}"]
        assert not titles("south_liaison")
        assert not titles("south_acceptor"), "the city accepted last, and answers"
        assert {task.pk for task in tasks_to_look_at(world.acceptor)} == {
            task.pk for task in Task.objects.all() if changes_of(task) and can_look(task, world.acceptor)
        }
        for task in (reviewed, in_notice):
            look(task, note="错别字，不影响结论", by=world.acceptor)
        assert not any(titles(name) for name in world.people)


def test_one_statement_tells_what_the_comparison_of_each_task_tells(world: World) -> None:
    with clock.pretend(at(DAY)):
        tasks = [world.task() for _ in range(5)]
        Target.objects.create(
            task=tasks[4], no=1, what="收集率", unit="%", baseline=62, goal=90, comparator="ge", due=AFTER,
            value=Decimal("91.50"), value_on=DAY, met_on=DAY, starts_on=DAY,
        )  # fmt: skip
        for task in tasks:
            walk(world, task, State.REVIEWED)
    every = [task.pk for task in tasks]
    assert changed_among(every) == set()
    Task.objects.filter(pk=tasks[0].pk).update(goal="改过的目标")
    Measure.objects.filter(task=tasks[1], no=2).update(done_on=date(2024, 11, 1))
    stored = keep_bytes(b"%PDF-late", media_type="application/pdf")
    tasks[2].applications.get().files.create(stored=stored, name="后补.pdf")
    Target.objects.filter(task=tasks[4]).update(value=Decimal("92"))
    assert changed_among(every) == {tasks[at].pk for at in (0, 1, 2, 4)}
    assert changed_among(every) == {task.pk for task in Task.objects.filter(pk__in=every) if changes_of(task)}


def test_looking_for_changes_asks_as_much_for_many_tasks_as_for_one(
    world: World, django_assert_max_num_queries: Any
) -> None:
    with clock.pretend(at(DAY)):
        tasks = [world.task() for _ in range(3)]
        for task in tasks:
            walk(world, task, State.REVIEWED)
    for many in (tasks[:1], tasks):
        with django_assert_max_num_queries(7):
            hold_changes(list(Task.objects.filter(pk__in=[task.pk for task in many]).order_by("pk")))


def test_every_thing_to_do_opens_where_it_is_done(busy: World, login: Any) -> None:
    opened = 0
    with clock.pretend(at(AFTER)):
        for name in busy.people:
            person = busy.fresh(busy.people[name])
            client = login(person)
            for row in todos_of(person):
                assert client.get(row.url).status_code == 200, (name, row.title)
                opened += 1
    assert opened > 20


def test_extensions_sweeps_and_yearly_checks_wait_exactly_for_those_who_may_act(world: World) -> None:
    with clock.pretend(at(date(2023, 3, 1))):
        world.task(due=None)
    with clock.pretend(at(DAY)):
        task = world.task(due=date(2024, 12, 31))
        sweep = ask_sweep(
            task, what="排查雨天溢流的排口", units=[world.north, world.water], due_on=AFTER, by=world.office
        )
        extension = ask_extension(
            task, new_due=date(2025, 6, 30), reason="汛期不能施工，延期内完成剩余两公里", by=world.south_liaison
        )
        open_yearly_checks(DAY)
        check = YearlyCheck.objects.get()
        for person in map(world.fresh, world.people.values()):
            assert extensions_for(person).exists() == bool(can_decide_extension(extension, person)), person
            for row in sweep.answers.all():
                assert sweeps_for(person).filter(pk=row.pk).exists() == bool(can_answer_sweep(row, person)), person
            assert checks_for(person).exists() == bool(can_check(check, person)), person
        titles = [todo.title for todo in todos_of(world.fresh(world.office))]
        assert f"决定延期：{task.headline}" in titles
        assert f"补2024年度复核：{check.task.headline}" in titles, "its day, 11-30, has passed"


def test_gaps_and_what_mends_them_wait_exactly_for_those_who_may_act(world: World) -> None:
    with clock.pretend(at(DAY)):
        owed, handed_in, mended = (gap_of(world, wrong=f"第{n}条没有写明由谁巡查排口。", due=AFTER) for n in range(3))
        soon = hand_in(handed_in, mended_by(effective_on=DAY), by=world.south_acceptor)
        done = hand_in(mended, mended_by(effective_on=DAY), by=world.south_liaison)
        decide_remedy(done, confirm=True, reason="核对过，已经写明", by=world.office)
        for person in map(world.fresh, world.people.values()):
            for gap in Gap.objects.select_related("unit"):
                assert Gap.objects.mended_by(person).filter(pk=gap.pk).exists() == bool(can_mend(gap, person)), person
            for row in Remedy.objects.select_related("gap__unit"):
                listed = Remedy.objects.waiting_for(person, DAY).filter(pk=row.pk).exists()
                assert listed == bool(can_confirm(row, person, DAY)), person
        titles = {name: {todo.title for todo in todos_of(world.fresh(getattr(world, name)))} for name in world.people}
        assert f"修订制度：{owed.title}" in titles["south_liaison"] & titles["south_acceptor"]
        assert {name for name, found in titles.items() if f"确认补上的制度：{soon.name}" in found} == {
            "office", "acceptor", "case", "supervision",
        }  # fmt: skip


def test_filings_and_standing_duties_wait_for_whom_they_are_owed_by(world: World, login: Any) -> None:
    with clock.pretend(at(date(2024, 10, 8))):
        task, other = world.task(), world.task(lead=[world.water], responsible=[world.south_gov])
        open_filing(world.city, date(2024, 10, 1))
        team = keep_body(
            world.city, by=world.office, name="整改督导组", responsibilities="督查", role="supervision",
            group=keep_body(world.city, by=world.office, name="领导小组", responsibilities="领导"),
        )  # fmt: skip
        given = {"kind": "study", "shift": "none", "starts_on": date(2024, 10, 8), "source": "方案"}
        weekly = "FREQ=WEEKLY;BYDAY=FR"
        study = set_duty(world.city, by=world.office, unit=world.south_gov, what="每周研究", rule=weekly, **given)
        set_duty(world.city, by=world.office, body=team, what="每周督查", rule=weekly, **given)
        set_duty(world.city, by=world.office, unit=world.water, what="每季研究", rule="FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=25", **given)  # fmt: skip
    with clock.pretend(at(DAY)):
        for person in map(world.fresh, world.people.values()):
            for row in FiledTask.objects.select_related("task", "filing"):
                listed = FiledTask.objects.waiting_for(person, DAY).filter(pk=row.pk).exists()
                assert listed == bool(can_file(row, person)), person
            duties = StandingDuty.objects.waiting_for(person, DAY)
            assert all(can_record_session(duty, person) for duty in duties), person
        titles = {name: {todo.title for todo in todos_of(world.fresh(getattr(world, name)))} for name in world.people}
        assert f"报备2024年第4季度：{task.headline}" in titles["south_liaison"]
        assert f"报备2024年第4季度：{other.headline}" in titles["water_liaison"]
        owing = {name for name, found in titles.items() if any(title.startswith("登记履职") for title in found)}
        assert owing == {"south_liaison", "supervision"}, "the quarter's study is more than a week away"
        todo = next(todo for todo in todos_of(world.fresh(world.south_liaison)) if todo.title == "登记履职：每周研究")
        assert (todo.due, todo.label, todo.detail) == (
            date(2024, 11, 29),
            "补登",
            "南湖区政府，11月29日这一次已过3天，没有记录",
        )
        assert login(world.south_liaison).get(todo.url).context["form"].initial["for_due"] == "2024-11-29"
        record_session(study, by=world.south_liaison, held_on=DAY, topic="补开", text="研究两项任务", for_due=todo.due)
        assert StandingDuty.objects.waiting_for(world.fresh(world.south_liaison), DAY).get().waits_for == date(
            2024, 12, 6
        )


def test_a_queue_that_is_too_long_says_so_and_leads_to_the_rest(
    world: World, login: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        world.task()
    monkeypatch.setattr("zhenggai.pages.queues.MOST", 2)
    todos, rests = work_of(world.fresh(world.south_liaison))
    assert (len(todos), [(rest.count, rest.more, rest.url) for rest in rests]) == (
        2,
        [(1, False, "/reports/?state=owed")],
    )
    page = login(world.south_liaison).get("/work/")
    assert "还有1件没有列在这里" in page.content.decode()
    assert login(world.south_liaison).get(rests[0].url).context["rows"] == list(Task.objects.order_by("pk"))
