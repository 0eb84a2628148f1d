"""What a round owes, how it is kept up, and the close that freezes it."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests.world import World, evidence, revise
from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.models import Entry
from zhenggai.ledger.figures import reports_of
from zhenggai.ledger.lifecycle import take
from zhenggai.ledger.models import Duty, Task
from zhenggai.ledger.states import ACCEPT, APPLY, SELF_CHECK
from zhenggai.pages import daily
from zhenggai.progress.actions import Told, correct, decide, submit
from zhenggai.progress.models import Owed, Report, Round, RoundTask
from zhenggai.progress.querysets import tasks_to_report
from zhenggai.progress.rounds import close_round, counts_key, counts_of, digest_of, keep_up, open_round
from zhenggai.rulebook.actions import approve, draft

OPENED, DUE, AFTER = date(2026, 11, 2), date(2026, 11, 16), date(2026, 11, 20)
MONTH = date(2026, 11, 1)
WORDS = "排查已完成，正在组织改造施工，下月完成。"


@pytest.fixture(autouse=True)
def on_the_day() -> Any:
    with clock.pretend(at(OPENED)):
        yield


def report(world: World, task: Task, by: str = "south_liaison", nil: bool = False, **told: Any) -> Report:
    return submit(task, text=WORDS, measures=told.get("measures", []), files=[], nil=nil, by=getattr(world, by))


def close(world: World, round_: Round, by: str = "office") -> Round:
    return close_round(round_, seen=counts_key(counts_of(round_)), by=getattr(world, by))


def owed(task: Task, unit: Any) -> Owed:
    return Owed.objects.get(task=task, unit=unit)


# ── what is owed ─────────────────────────────────────────────────────────────
@pytest.mark.requirement("R17")
def test_lead_and_responsible_units_owe_a_report_each_and_cooperating_ones_none(world: World) -> None:
    task = world.task(lead=[world.south_gov], responsible=[world.south_gov, world.north_gov], cooperating=[world.water])
    open_round(world.city, MONTH)
    rows = Owed.objects.filter(task=task).order_by("unit")
    assert [(row.unit, row.part, row.due_on, row.state) for row in rows] == [
        (world.south_gov, "lead", DUE, "owed"),
        (world.north_gov, "responsible", DUE, "owed"),
    ]
    assert Entry.objects.get(verb="round.opened").note == "临江市2026年11月调度，应报2份，2026-11-16截止"


@pytest.mark.requirement("R17")
def test_where_the_rules_say_so_the_lead_unit_alone_owes_and_without_one_those_that_answer(world: World) -> None:
    with clock.pretend(at(date(2026, 10, 8))):
        book = draft(
            world.city, name="牵头报", effective_from=date(2026, 11, 1), data={"reporters": "lead"}, by=world.office
        )
        approve(book, by=world.leader)
    led = world.task(lead=[world.water], responsible=[world.water, world.south_gov], cooperating=[])
    unled = world.task(lead=[], responsible=[world.south_gov, world.north_gov], cooperating=[])
    round_ = open_round(world.city, MONTH)
    rows = Owed.objects.order_by("task", "unit").values_list("task", "unit")
    assert set(rows) == {(led.pk, world.water.pk), (unled.pk, world.south_gov.pk), (unled.pk, world.north_gov.pk)}
    assert list(tasks_to_report(world.water_liaison, MONTH)) == [led]
    assert list(tasks_to_report(world.south_liaison, MONTH)) == [unled]
    spoken = report(world, led)  # unasked, but taken, and mended when it is returned
    decide(spoken, accept=False, reason="写明进展", by=world.office)
    assert set(tasks_to_report(world.south_liaison, MONTH)) == {led, unled}
    Duty.objects.create(task=unled, part="lead", unit=world.north_gov, raw="北塘区政府", position=1)
    keep_up(round_)
    assert (owed(unled, world.south_gov).state, owed(unled, world.north_gov).state) == ("excused", "owed")


def test_a_round_opens_by_itself_and_what_enters_later_owes_too(world: World) -> None:
    first = world.task()
    assert daily.run()["rounds"] == 1
    later = world.task()
    with clock.pretend(at(DUE)):
        on_the_last_day = world.task()
    with clock.pretend(at(date(2026, 11, 17))):
        too_late = world.task()
        assert daily.run()["rounds"] == 0
    assert set(Owed.objects.values_list("task", flat=True)) == {first.pk, later.pk, on_the_last_day.pk}
    with clock.pretend(at(date(2026, 12, 1))):
        daily.run()
    assert Owed.objects.filter(month=date(2026, 12, 1), task=too_late).exists()


def test_keeping_up_twice_changes_nothing(world: World) -> None:
    world.task()
    round_ = open_round(world.city, MONTH)
    assert keep_up(round_) == 0
    assert Owed.objects.count() == 1


def test_the_row_follows_the_report(world: World) -> None:
    task = world.task()
    with clock.pretend(at(DUE)):
        first = report(world, task)
        assert owed(task, world.south_gov).state == "submitted"
        decide(first, accept=False, reason="缺照片", by=world.office)
        assert owed(task, world.south_gov).state == "returned"
    with clock.pretend(at(AFTER)):
        second = report(world, task)
        decide(second, accept=True, by=world.office)
    row = owed(task, world.south_gov)
    assert (row.state, row.version, row.report_id) == ("accepted", 2, second.pk)
    assert (row.first_on, row.last_on, row.days_late, second.days_late) == (DUE, AFTER, 0, 0)


def test_a_first_version_that_comes_late_stays_late(world: World) -> None:
    task = world.task()
    with clock.pretend(at(AFTER)):
        sent = report(world, task)
    assert (owed(task, world.south_gov).days_late, sent.days_late) == (4, 4)


def test_a_cooperating_unit_may_report_and_owes_nothing(world: World) -> None:
    task = world.task()
    report(world, task, by="water_liaison")
    assert list(Owed.objects.values_list("unit", "state")) == [(world.south_gov.pk, "owed")]


def test_who_has_finished_owes_no_more_and_stays_excused_while_it_is_checked(world: World) -> None:
    task = world.task()
    open_round(world.city, MONTH)
    task.measures.update(progress="done", done_on=OPENED)
    take(SELF_CHECK, task, by=world.south_liaison, result="3处排口已改造完成，不再溢流。", finished_on=OPENED)
    row = owed(task, world.south_gov)
    assert (row.state, row.reason) == ("excused", "任务已到“自查自验”环节")
    take(APPLY, task, by=world.south_liaison, statement="", files=[evidence()])
    level = task.applications.get().verdicts.order_by("pk").first()
    take(ACCEPT, task, by=world.south_acceptor, level=level.pk, result="return", reason="东渡排口未复测")
    assert owed(task, world.south_gov).state == "excused", "back at the self-check, not in rectification"


def test_who_is_sent_back_after_the_report_day_owes_from_the_next_month(world: World) -> None:
    task = world.task()
    open_round(world.city, MONTH)
    task.measures.update(progress="done", done_on=OPENED)
    take(SELF_CHECK, task, by=world.south_liaison, result="3处排口已改造完成，不再溢流。", finished_on=OPENED)
    take(APPLY, task, by=world.south_liaison, statement="", files=[evidence()])
    level = task.applications.get().verdicts.order_by("pk").first()
    with clock.pretend(at(AFTER)):
        take(ACCEPT, task, by=world.south_acceptor, level=level.pk, result="fail", reason="东渡排口未复测")
    assert Task.objects.get(pk=task.pk).state == "rectifying"
    assert owed(task, world.south_gov).state == "excused"


def test_who_is_sent_back_before_the_report_day_owes_again(world: World) -> None:
    task = world.task()
    open_round(world.city, MONTH)
    task.measures.update(progress="done", done_on=OPENED)
    take(SELF_CHECK, task, by=world.south_liaison, result="3处排口已改造完成，不再溢流。", finished_on=OPENED)
    take(APPLY, task, by=world.south_liaison, statement="", files=[evidence()])
    level = task.applications.get().verdicts.order_by("pk").first()
    with clock.pretend(at(date(2026, 11, 10))):
        take(ACCEPT, task, by=world.south_acceptor, level=level.pk, result="fail", reason="东渡排口未复测")
    assert owed(task, world.south_gov).state == "owed"


def test_what_was_missed_stays_missed_whatever_becomes_of_the_task_or_the_duty(world: World) -> None:
    finished, handed_on = world.task(), world.task(responsible=[world.south_gov, world.north_gov])
    round_ = open_round(world.city, MONTH)
    finished.measures.update(progress="done", done_on=OPENED)
    with clock.pretend(at(AFTER)):
        take(SELF_CHECK, finished, by=world.south_liaison, result="3处排口已改造完成，不再溢流。", finished_on=OPENED)
        revise(handed_on)
        handed_on.duties.filter(unit=world.north_gov).delete()
        keep_up(round_)
    assert owed(finished, world.south_gov).state == "owed"
    assert owed(handed_on, world.north_gov).state == "owed"


def test_who_is_charged_with_a_task_after_the_report_day_has_missed_nothing(world: World) -> None:
    moved, back = world.task(), world.task(responsible=[world.south_gov, world.north_gov])
    round_ = open_round(world.city, MONTH)
    revise(back)
    back.duties.filter(unit=world.north_gov).delete()
    keep_up(round_)
    with clock.pretend(at(AFTER)):
        for task in (moved, back):
            revise(task)
            Duty.objects.create(task=task, part="responsible", unit=world.north_gov, raw="北塘区政府", position=9)
        keep_up(round_)
        assert not Owed.objects.filter(task=moved, unit=world.north_gov).exists()
        assert owed(back, world.north_gov).state == "excused"
        assert not tasks_to_report(world.north_liaison, MONTH).exists()
    with clock.pretend(at(date(2026, 12, 1))):
        daily.run()
    assert Owed.objects.filter(month=date(2026, 12, 1), unit=world.north_gov).count() == 2


def test_a_unit_that_lost_its_duty_is_excused(world: World) -> None:
    task = world.task(responsible=[world.south_gov, world.north_gov])
    round_ = open_round(world.city, MONTH)
    revise(task)
    task.duties.filter(unit=world.north_gov).delete()
    keep_up(round_)
    row = owed(task, world.north_gov)
    assert (row.state, row.reason) == ("excused", "职责已调整，不再由本单位报")


def test_who_owes_nothing_more_this_month_is_not_asked(world: World) -> None:
    first = world.task()
    round_ = open_round(world.city, MONTH)
    with clock.pretend(at(AFTER)):
        world.task()
        assert list(tasks_to_report(world.south_liaison, MONTH)) == [first]
        close(world, round_)
        assert not tasks_to_report(world.south_liaison, MONTH).exists()


# ── nil reports ──────────────────────────────────────────────────────────────
@pytest.mark.requirement("R17")
def test_a_nil_report_is_marked_and_tells_of_no_progress(world: World) -> None:
    task = world.task()
    report(world, task, nil=True, measures=[{"no": 1, "progress": "open", "done_on": None}])
    assert owed(task, world.south_gov).nil
    assert "无进展" in Entry.objects.get(verb="report.submitted").note
    other = world.task()
    with pytest.raises(Refused, match="措施却有变化"):
        report(world, other, nil=True, measures=[{"no": 1, "progress": "doing", "done_on": None}])


# ── closing ──────────────────────────────────────────────────────────────────
@pytest.mark.requirement("R17")
def test_closing_freezes_what_was_owed_and_how_each_task_stood(world: World) -> None:
    told, silent = world.task(), world.task(due=date(2026, 11, 10))
    open_round(world.city, MONTH)
    decide(
        report(world, told, measures=[{"no": 1, "progress": "done", "done_on": "2026-11-02"}]),
        accept=True,
        by=world.office,
    )
    with clock.pretend(at(AFTER)):
        closed = close(world, Round.objects.get())
        assert closed.digest == digest_of(closed)
        entry = Entry.objects.get(verb="round.closed")
    assert (entry.after["counts"]["due"], entry.after["counts"]["missing"], entry.after["tasks"]) == (2, 1, 2)
    assert entry.after["digest"] == closed.digest
    rows = {row.task_id: row for row in RoundTask.objects.all()}
    assert (rows[told.pk].schedule, rows[told.pk].measures_done, rows[told.pk].measures_total) == ("P", 1, 2) or rows[
        told.pk
    ].schedule == "T"
    assert (rows[silent.pk].schedule, rows[silent.pk].due, rows[silent.pk].place_id) == (
        "O",
        date(2026, 11, 10),
        world.south.pk,
    )
    assert rows[told.pk].achieved == 50


def test_a_round_is_not_closed_before_its_day_has_passed(world: World) -> None:
    round_ = open_round(world.city, MONTH)
    with clock.pretend(at(DUE)), pytest.raises(Refused, match="过了这一天才能封存"):
        close(world, round_)
    with pytest.raises(DatabaseError, match="before its limit has passed"), transaction.atomic():
        Round.objects.filter(pk=round_.pk).update(closed_at=at(DUE), closed_by=world.office, digest="x")


@pytest.mark.parametrize("by", ["leader", "south_liaison", "south_acceptor", "publicity", "audit_admin"])
def test_others_do_not_close(world: World, by: str) -> None:
    round_ = open_round(world.city, MONTH)
    with clock.pretend(at(AFTER)), pytest.raises(Refused, match="综合协调组封存"):
        close(world, round_, by=by)


def test_what_changed_after_the_look_stops_the_close(world: World) -> None:
    task = world.task()
    round_ = open_round(world.city, MONTH)
    with clock.pretend(at(AFTER)):
        seen = counts_key(counts_of(round_))
        report(world, task)
        with pytest.raises(Stale, match="又有变化"):
            close_round(round_, seen=seen, by=world.office)
        close(world, round_)
        with pytest.raises(Stale, match="已经封存"):
            close(world, round_)


@pytest.fixture
def closed(world: World) -> Round:
    """November closed, with one task on which nobody reported."""
    world.task()
    round_ = open_round(world.city, MONTH)
    with clock.pretend(at(AFTER)):
        return close(world, round_)


def test_database_keeps_a_closed_round(world: World, closed: Round) -> None:
    row = Owed.objects.get()
    changes = [
        lambda: Round.objects.filter(pk=closed.pk).update(closed_at=at(date(2026, 12, 1))),
        lambda: Round.objects.filter(pk=closed.pk).update(closed_at=None, closed_by=None, digest=""),
        lambda: Round.objects.filter(pk=closed.pk)._raw_delete("default"),
        lambda: Owed.objects.filter(pk=row.pk).update(state="excused", reason="帮个忙"),
        lambda: Owed.objects.filter(pk=row.pk)._raw_delete("default"),
        lambda: Owed.objects.create(
            month=MONTH, round=closed, task=row.task, unit=world.north_gov, part="lead", due_on=DUE
        ),
        lambda: RoundTask.objects.update(schedule="D"),
        lambda: RoundTask.objects.all()._raw_delete("default"),
    ]
    for change in changes:
        with pytest.raises(DatabaseError, match="never"), transaction.atomic():
            change()


def test_database_keeps_who_owes_what_until_when(world: World) -> None:
    task = world.task()
    round_ = open_round(world.city, MONTH)
    with pytest.raises(DatabaseError, match="frozen when it opens"), transaction.atomic():
        Round.objects.filter(pk=round_.pk).update(due_on=date(2026, 11, 30))
    with pytest.raises(DatabaseError, match="until when"), transaction.atomic():
        Owed.objects.update(due_on=date(2026, 11, 30))
    report(world, task)
    with pytest.raises(DatabaseError, match="when it first came"), transaction.atomic():
        Owed.objects.update(first_on=date(2026, 11, 1))
    with pytest.raises(IntegrityError, match="owed_state_fits_its_report"), transaction.atomic():
        Owed.objects.update(state="owed")
    with pytest.raises(IntegrityError, match="owed_by_who_rectifies"), transaction.atomic():
        Owed.objects.create(month=MONTH, round=round_, task=task, unit=world.water, part="cooperating", due_on=DUE)


# ── after the close ──────────────────────────────────────────────────────────
def test_a_report_after_the_close_is_refused_and_says_what_can_be_done(world: World, closed: Round) -> None:
    task = Task.objects.get()
    with clock.pretend(at(AFTER)), pytest.raises(Refused, match="作为更正报送"):
        report(world, task)


@pytest.mark.requirement("R17")
def test_a_correction_is_a_version_with_a_reason_and_changes_no_frozen_figure(world: World, closed: Round) -> None:
    task = Task.objects.get()
    done = [{"no": 1, "progress": "done", "done_on": "2026-11-10"}]
    with clock.pretend(at(date(2026, 12, 3))):
        sent = correct(task, MONTH, told=Told(WORDS, done), reason="封存时漏报", by=world.south_liaison)
        decide(sent, accept=True, by=world.office)
    assert (sent.version, sent.correction, sent.first_on) == (1, "封存时漏报", date(2026, 12, 3))
    assert Owed.objects.get().state == "owed"
    assert task.measures.get(no=1).progress == "open", "the later reports tell how measures stand"
    assert digest_of(closed) == closed.digest
    assert "理由：封存时漏报" in Entry.objects.get(verb="report.corrected").note


def test_a_correction_needs_a_reason_a_closed_round_and_a_part_in_the_task(world: World, closed: Round) -> None:
    task, told = Task.objects.get(), Told(WORDS)
    with clock.pretend(at(AFTER)):
        with pytest.raises(Refused, match="写明理由"):
            correct(task, MONTH, told=told, reason=" ", by=world.south_liaison)
        with pytest.raises(Refused, match="联络员报送"):
            correct(task, MONTH, told=told, reason="漏报", by=world.north_liaison)
        with pytest.raises(Refused, match="没有封存"):
            correct(task, date(2026, 12, 1), told=told, reason="漏报", by=world.south_liaison)
        correct(task, MONTH, told=told, reason="漏报", by=world.south_liaison)
        with pytest.raises(Refused, match="审核以后才能更正"):
            correct(task, MONTH, told=told, reason="又漏了", by=world.south_liaison)


def test_database_takes_a_late_report_as_a_correction_alone(world: World, closed: Round) -> None:
    task = Task.objects.get()
    fields = {"task": task, "unit": world.south_gov, "text": WORDS, "due_on": DUE, "submitted_by": world.south_liaison}
    with pytest.raises(DatabaseError, match="as a correction"), transaction.atomic():
        Report.objects.create(month=MONTH, submitted_on=AFTER, **fields)
    with connection.cursor() as cursor:
        cursor.execute("SELECT progress_month('2026-12-01')")
    with pytest.raises(DatabaseError, match="as a correction"), transaction.atomic():
        Report.objects.create(month=date(2026, 12, 1), submitted_on=AFTER, correction="没有封存", **fields)


def test_a_decision_after_the_close_leaves_the_frozen_row(world: World) -> None:
    task = world.task()
    sent = report(world, task)
    with clock.pretend(at(AFTER)):
        close(world, Round.objects.get())
        assert decide(sent, accept=True, by=world.office).state == "accepted"
    assert owed(task, world.south_gov).state == "submitted"


def test_a_task_that_finishes_after_the_close_changes_nothing_frozen(world: World, closed: Round) -> None:
    task = Task.objects.get()
    with clock.pretend(at(AFTER)):
        task.measures.update(progress="done", done_on=AFTER)
        take(SELF_CHECK, task, by=world.south_liaison, result="3处排口已改造完成，不再溢流。", finished_on=AFTER)
    assert Owed.objects.get().state == "owed"


def test_a_bulletin_counts_a_month_as_the_rounds_page_does(world: World) -> None:
    returned, late, accepted, _missing = (world.task() for _ in range(4))
    round_ = open_round(world.city, MONTH)
    for task, day in ((returned, OPENED), (accepted, OPENED), (late, AFTER)):
        with clock.pretend(at(day)):
            decide(report(world, task), accept=task != returned, reason="缺照片", by=world.office)
    with clock.pretend(at(AFTER)):
        found = reports_of(world.city, MONTH, AFTER)
    assert found is not None
    counts, told = counts_of(round_), found.units[world.south_gov.pk]
    assert (told.owed, told.in_time, told.late, told.returned, told.missing) == (4, 2, 1, 1, 1)
    assert (counts["due"], counts["in_time"], counts["late"], counts["returned"], counts["missing"]) == (4, 2, 1, 1, 1)
