"""Dispatch meetings: drafted from the ledger, speakers by the place's rules, decisions followed until they are closed."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests.world import World
from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.models import Entry
from zhenggai.documents.forms import Upload
from zhenggai.ledger import figures
from zhenggai.ledger.actions import NewMeasure
from zhenggai.ledger.figures import MonthReports, UnitReports
from zhenggai.ledger.models import Leader
from zhenggai.rulebook.models import Rulebook
from zhenggai.rulebook.rules import Rules
from zhenggai.supervision.actions import meetings, minutes
from zhenggai.supervision.models import DecidedItem, Meeting

DAY = date(2026, 11, 20)
MONTH = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with clock.pretend(at(DAY)):
        yield


def drafted(world: World, **given: Any) -> Meeting:
    return meetings.draft_meeting(world.city, by=world.office, **(
        {"kind": "dispatch", "month": MONTH, "planned_at": at(DAY + timedelta(days=6)), "where": "市政府第二会议室",
         "chair": "分管副市长"} | given
    ))  # fmt: skip


def held(world: World, **given: Any) -> Meeting:
    meeting = drafted(world, **given)
    meetings.invite(meeting, by=world.office, names=["南湖区政府", "市水务局"])
    with clock.pretend(at(DAY + timedelta(days=6))):
        return minutes.hold(meeting, by=world.office, held_on=DAY + timedelta(days=6), presence={})


def minuted(world: World) -> tuple[Meeting, DecidedItem]:
    meeting = held(world)
    with clock.pretend(at(DAY + timedelta(days=6))):
        item = minutes.decide_item(meeting, by=world.office, text="月底前报追赶计划", unit=world.south_gov,
                                   due=date(2026, 11, 30))  # fmt: skip
        minutes.minute(meeting, by=world.office, text="会议听取了汇报。", statements={}, files=[])
    meeting.refresh_from_db()
    return meeting, item


def slow(world: World, **given: Any) -> Any:
    """A task that is overdue since yesterday, entered a month ago."""
    with clock.pretend(at(DAY - timedelta(days=40))):
        return world.task(due=DAY - timedelta(days=1), **given)


# ── the agenda ───────────────────────────────────────────────────────────────
@pytest.mark.requirement("R18", "R91")
def test_the_agenda_is_drafted_from_the_ledger(world: World) -> None:
    late, near = slow(world), world.task(due=DAY + timedelta(days=10))
    with clock.pretend(at(DAY - timedelta(days=40))):
        old = world.task(due=DAY + timedelta(days=300))
    behind = world.task(measures=[NewMeasure(1, "排查", DAY - timedelta(days=3))])
    meeting = drafted(world)
    items = {item.kind: item for item in meeting.items.order_by("position")}
    assert list(items) == ["carried", "new", "due", "slow"]
    rows = {
        kind: list(item.rows.order_by("position").values_list("task_id", flat=True)) for kind, item in items.items()
    }
    assert rows == {"carried": [], "new": [near.pk, behind.pk], "due": [near.pk], "slow": [late.pk, behind.pk]}
    assert items["slow"].count == 2
    assert old.pk not in [pk for found in rows.values() for pk in found]
    assert items["slow"].rows.order_by("position")[0].words == "已逾期1天，措施完成0/2"
    assert items["slow"].rows.order_by("position")[1].words == "1项措施过期，措施完成0/1"


def test_the_agenda_can_be_edited_and_keeps_its_order(world: World) -> None:
    meeting = drafted(world)
    meetings.add_item(meeting, by=world.office, kind="other", title="学习有关文件", text="30分钟")
    last = meeting.items.get(kind="other")
    meetings.move_item(meeting, by=world.office, item=last.pk, up=True)
    meetings.edit_item(meeting, by=world.office, item=last.pk, title="传达学习有关文件")
    meetings.drop_item(meeting, by=world.office, item=meeting.items.get(kind="new").pk)
    titles = list(meeting.items.order_by("position").values_list("title", flat=True))
    assert titles == ["上次议定事项落实情况", "临近到期任务", "传达学习有关文件", "进度滞后任务"]
    with pytest.raises(Refused, match="已经有“进度滞后任务”"):
        meetings.add_item(meeting, by=world.office, kind="slow")
    notes = list(Entry.objects.filter(verb="meeting.agenda").order_by("seq").values_list("note", flat=True))
    assert notes == [
        "增加议题：学习有关文件",
        "调整次序：学习有关文件",
        "修改议题：传达学习有关文件",
        "删去议题：新增任务",
    ]


def test_new_figures_keep_what_was_written(world: World) -> None:
    meeting = drafted(world)
    item = meeting.items.get(kind="slow")
    meetings.edit_item(meeting, by=world.office, item=item.pk, title="滞后任务逐项过", text="请牵头单位说明原因")
    slow(world)
    meetings.redraft(meeting, by=world.office)
    item.refresh_from_db()
    assert (item.title, item.text, item.count, item.rows.count()) == ("滞后任务逐项过", "请牵头单位说明原因", 1, 1)


def test_two_people_do_not_overwrite_one_another(world: World) -> None:
    meeting = drafted(world)
    seen = Meeting.objects.get(pk=meeting.pk).version
    meetings.add_item(meeting, by=world.office, seen=seen, kind="other", title="甲")
    with pytest.raises(Stale, match="有人改过"):
        meetings.add_item(meeting, by=world.acceptor, seen=seen, kind="other", title="乙")


def test_what_is_new_counts_from_the_meeting_before(world: World) -> None:
    drafted(world)
    with clock.pretend(at(DAY + timedelta(days=30))):
        second = drafted(world, month=date(2026, 12, 1), planned_at=at(DAY + timedelta(days=32)))
    assert second.since == DAY


@pytest.mark.parametrize("who", ["south_acceptor", "leader", "south_liaison", "supervision"])
def test_only_the_coordination_team_of_the_place_prepares(world: World, who: str) -> None:
    with pytest.raises(Refused, match="综合协调组"):
        meetings.draft_meeting(world.city, by=world.people[who], kind="dispatch", month=MONTH, planned_at=at(DAY),
                               where="", chair="")  # fmt: skip
    meeting = drafted(world)
    with pytest.raises(Refused, match="综合协调组"):
        meetings.add_item(meeting, by=world.people[who], kind="other", title="甲")


def test_one_meeting_at_an_hour_unless_it_was_called_off(world: World) -> None:
    first = drafted(world)
    with pytest.raises(Refused, match="已经有一次会议"):
        drafted(world)
    meetings.cancel(first, by=world.office, reason="改期")
    assert drafted(world).pk


# ── who speaks ───────────────────────────────────────────────────────────────
def speakers(meeting: Meeting) -> dict[str, list[str]]:
    return {str(row.unit): [ground["words"] for ground in row.grounds]
            for row in meeting.speakers.filter(speaks=True).select_related("unit").order_by("position")}  # fmt: skip


def rules(world: World, **speaking: Any) -> None:
    Rulebook.objects.create(place=world.city, name="发言", effective_from=date(2016, 1, 1),
                            data=Rules().as_json() | {"speaking": speaking}, approved_at=clock.now())  # fmt: skip


@pytest.mark.requirement("R19")
def test_the_heavy_the_hard_and_the_lagging_speak_with_their_arithmetic(world: World) -> None:
    rules(world, heavy_tasks=3)
    slow(world, lead=[world.north_gov], responsible=[world.north_gov])
    world.task(lead=[world.water], responsible=[world.water], due=DAY + timedelta(days=90))
    sponsored = world.task(lead=[world.water], responsible=[world.water], due=DAY + timedelta(days=90))
    Leader.objects.create(task=sponsored, part="sponsor", name="市委副书记")
    for _ in range(3):
        world.task(due=DAY + timedelta(days=90))
    assert speakers(drafted(world)) == {
        "北塘区政府": ["逾期1项、未达到序时进度0项，合计1项，达到1项"],
        "南湖区政府": ["未销号3项，达到3项"],
        "市水务局": ["领导领衔督办1项，合计1项，达到1项"],
    }


@pytest.mark.requirement("R19")
def test_a_large_share_is_heavy_too(world: World) -> None:
    for _ in range(3):
        world.task()
    assert speakers(drafted(world)) == {"南湖区政府": ["未销号3项，占全部3项的100%，达到30%"]}


@pytest.mark.requirement("R19")
def test_a_missing_report_is_lagging(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.task()
    kept = MonthReports(MONTH, DAY, {world.south_gov.pk: UnitReports(owed=4, missing=2)})
    monkeypatch.setattr(figures, "_sources", [lambda place, month, today: kept])
    assert speakers(drafted(world)) == {"南湖区政府": ["月报告应报4份、未报2份，达到1份"]}


def test_no_more_speak_than_the_rules_say_the_slowest_first(world: World) -> None:
    rules(world, most=1)
    slow(world)
    for _ in range(2):
        slow(world, lead=[world.north_gov], responsible=[world.north_gov])
    meeting = drafted(world)
    assert list(speakers(meeting)) == ["北塘区政府"]
    assert meeting.speakers.filter(speaks=False, chosen=False).count() == 1


@pytest.mark.requirement("R19")
def test_speakers_are_changed_with_a_reason_on_the_trail(world: World) -> None:
    slow(world)
    meeting = drafted(world)
    with pytest.raises(Refused, match="写明理由"):
        meetings.set_speaker(meeting, by=world.office, unit=world.south_gov, speaks=False, reason=" ")
    meetings.set_speaker(meeting, by=world.office, unit=world.south_gov, speaks=False, reason="上月已经发言")
    meetings.set_speaker(meeting, by=world.office, unit=world.water, speaks=True, reason="管网任务需要说明")
    assert list(speakers(meeting)) == ["市水务局"]
    notes = list(Entry.objects.filter(verb="meeting.speakers").order_by("seq").values_list("note", flat=True))
    assert notes == ["南湖区政府不列入表态发言。理由：上月已经发言", "市水务局列入表态发言。理由：管网任务需要说明"]
    meetings.redraft(meeting, by=world.office)
    assert list(speakers(meeting)) == ["市水务局"], "what was changed by hand stays when the figures are taken anew"
    meetings.set_speaker(meeting, by=world.office, unit=world.south_gov, speaks=True, reason="")
    assert set(speakers(meeting)) == {"市水务局", "南湖区政府"}


def test_the_database_wants_a_reason_too(world: World) -> None:
    slow(world)
    meeting = drafted(world)
    with pytest.raises(IntegrityError, match="changed_speaker_has_its_reason"), transaction.atomic():
        meeting.speakers.update(speaks=False)


# ── held, decided, minuted ───────────────────────────────────────────────────
def test_a_meeting_is_not_held_before_its_day(world: World) -> None:
    with pytest.raises(Refused, match="不能晚于今天"):
        minutes.hold(drafted(world), by=world.office, held_on=DAY + timedelta(days=1), presence={})


def test_attendance_is_kept(world: World) -> None:
    meeting = drafted(world)
    meetings.invite(meeting, by=world.office, names=["南湖区政府", "市水务局", "特邀专家", "南湖区政府"])
    south, water, guest = meeting.attendees.order_by("position")
    assert (south.unit, water.unit, guest.unit) == (world.south_gov, world.water, None)
    found = minutes.hold(meeting, by=world.office, held_on=DAY, presence={south.pk: "present", water.pk: "absent"})
    assert [row.presence for row in found.attendees.order_by("position")] == ["present", "absent", "expected"]
    assert "到会1，缺席1，应到1" in Entry.objects.get(verb="meeting.held").note


@pytest.mark.requirement("R18")
def test_a_decision_is_followed_until_it_is_closed(world: World) -> None:
    meeting, item = minuted(world)
    with clock.pretend(at(date(2026, 12, 4))):
        carried = drafted(world, month=date(2026, 12, 1), planned_at=at(date(2026, 12, 10)))
        assert carried.items.get(kind="carried").rows.get().words == "2026年11月调度会：办理中，已超期4天"
        item = minutes.report_done(item, by=world.south_liaison, note="计划已报送。", done_on=date(2026, 12, 2))
        with pytest.raises(Refused, match="写明理由"):
            minutes.settle(item, by=world.office, done=False)
        item = minutes.settle(item, by=world.office, done=False, answer="缺责任人")
        item = minutes.report_done(item, by=world.south_liaison, note="已补责任人。", done_on=date(2026, 12, 3))
        minutes.settle(item, by=world.acceptor, done=True)
        meetings.redraft(carried, by=world.office)
        assert carried.items.get(kind="carried").count == 0
    assert meeting.decided.get().state == "closed"


def test_the_timeline_of_a_task_tells_of_a_decision_once_the_minutes_are_out(world: World) -> None:
    task, meeting = slow(world), held(world)
    told = Entry.objects.filter(task_id=task.pk, verb__startswith="meeting.")
    with clock.pretend(at(DAY + timedelta(days=6))):
        for text in ("约谈施工单位", "撤换施工单位"):
            minutes.decide_item(
                meeting, by=world.office, text=text, unit=world.south_gov, due=date(2026, 11, 30), task=task
            )
        minutes.drop_decided(meeting, by=world.office, item=meeting.decided.get(text="约谈施工单位").pk)
        assert not told.exists()
        minutes.minute(meeting, by=world.office, text="会议听取了汇报。", statements={}, files=[])
    assert "撤换施工单位" in told.get().note


@pytest.mark.parametrize("who", ["north_liaison", "office", "leader"])
def test_only_the_unit_itself_reports_a_decision_done(world: World, who: str) -> None:
    _, item = minuted(world)
    with clock.pretend(at(date(2026, 12, 4))), pytest.raises(Refused, match="由南湖区政府的联络员报送"):
        minutes.report_done(item, by=world.people[who], note="已办", done_on=date(2026, 12, 1))


def test_a_decision_is_not_due_before_it_was_made(world: World) -> None:
    meeting = held(world)
    with pytest.raises(Refused, match="不能早于会议召开"):
        minutes.decide_item(meeting, by=world.office, text="甲", unit=world.water, due=DAY)


def test_before_a_meeting_is_held_nothing_is_decided(world: World) -> None:
    with pytest.raises(Refused, match="先登记召开情况"):
        minutes.decide_item(drafted(world), by=world.office, text="甲", unit=world.water, due=DAY)


def test_minutes_keep_what_each_said_and_their_files(world: World) -> None:
    slow(world)
    meeting = held(world)
    speaker = meeting.speakers.get()
    minutes.minute(meeting, by=world.office, text="会议要求。", statements={speaker.pk: "月底前完成。"},
                   files=[Upload(ContentFile(b"%PDF-1"), "签到表.pdf", "application/pdf")])  # fmt: skip
    speaker.refresh_from_db()
    assert speaker.statement == "月底前完成。"
    assert meeting.files.get().name == "签到表.pdf"
    with pytest.raises(Refused, match="不能再改"):
        minutes.decide_item(meeting, by=world.office, text="甲", unit=world.water, due=date(2026, 12, 31))


# ── the database on its own ──────────────────────────────────────────────────
def test_the_database_keeps_a_meeting_whose_minutes_are_out(world: World) -> None:
    slow(world)
    meeting, item = minuted(world)
    for change, words in (
        (lambda: Meeting.objects.filter(pk=meeting.pk).update(minutes="改过"), "stands still"),
        (lambda: connection.cursor().execute("DELETE FROM supervision_meeting"), "not deleted"),
        (lambda: meeting.items.update(title="改过"), "stands still"),
        (lambda: meeting.speakers.update(statement="改过"), "stands still"),
        (lambda: meeting.attendees.update(presence="absent"), "stands still"),
        (lambda: DecidedItem.objects.filter(pk=item.pk).update(due=date(2027, 1, 1)), "stays as it was"),
        (lambda: DecidedItem.objects.filter(pk=item.pk).delete(), "not deleted"),
    ):
        with pytest.raises(DatabaseError, match=words), transaction.atomic():
            change()


def test_the_database_closes_no_decision_that_nobody_reported(world: World) -> None:
    _, item = minuted(world)
    with pytest.raises(DatabaseError, match="reported done before"), transaction.atomic():
        DecidedItem.objects.filter(pk=item.pk).update(
            state="closed", done_note="x", done_on=DAY, reported_by=world.south_liaison, closed_by=world.office,
            closed_at=clock.now(),
        )  # fmt: skip


def test_the_database_lets_nobody_close_what_he_reported(world: World) -> None:
    _, item = minuted(world)
    with clock.pretend(at(date(2026, 12, 4))):
        minutes.report_done(item, by=world.south_liaison, note="已办。", done_on=date(2026, 12, 1))
    with pytest.raises(IntegrityError, match="item_closed_by_another"), transaction.atomic():
        DecidedItem.objects.filter(pk=item.pk).update(
            state="closed", closed_by=world.south_liaison, closed_at=clock.now()
        )


# ── who sees ─────────────────────────────────────────────────────────────────
def test_a_unit_sees_a_meeting_once_it_was_held_and_only_if_it_was_asked(world: World) -> None:
    meeting = drafted(world)
    meetings.invite(meeting, by=world.office, names=["南湖区政府"])

    def sees(who: str) -> bool:
        return Meeting.objects.visible_to(world.fresh(world.people[who])).filter(pk=meeting.pk).exists()

    assert [sees(who) for who in ("office", "leader", "south_liaison", "north_liaison")] == [True, True, False, False]
    minutes.hold(meeting, by=world.office, held_on=DAY, presence={})
    assert [sees(who) for who in ("south_liaison", "north_liaison", "security_admin")] == [True, False, False]


def test_a_decision_waits_for_its_unit_and_then_for_the_office(world: World) -> None:
    _, item = minuted(world)

    def waits(who: str) -> bool:
        return DecidedItem.objects.waiting_for(world.fresh(world.people[who])).filter(pk=item.pk).exists()

    assert [waits(who) for who in ("south_liaison", "north_liaison", "office")] == [True, False, False]
    with clock.pretend(at(date(2026, 12, 4))):
        minutes.report_done(item, by=world.south_liaison, note="已办。", done_on=date(2026, 12, 1))
    assert [waits(who) for who in ("south_liaison", "office", "south_acceptor")] == [False, True, False]
