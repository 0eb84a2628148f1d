"""Standing duties: what was due by the cadence, what was held, what was missed, counted for a span; and the leading group."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError, IntegrityError, transaction

from tests.world import World
from zhenggai.accounts.decisions import Refused
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.models import Entry
from zhenggai.documents.forms import Upload
from zhenggai.supervision.actions.duties import end_duty, keep_body, mirror, record_session, set_duty
from zhenggai.supervision.models import Body, Session, StandingDuty
from zhenggai.supervision.occurrences import account, occurrences

DAY = date(2026, 11, 20)
FIRST, LAST = date(2026, 8, 1), date(2026, 11, 30)


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with clock.pretend(at(DAY)):
        yield


def monthly(world: World, **given: Any) -> StandingDuty:
    """每月至少研究1次, from August on."""
    return set_duty(world.city, by=world.office, **(
        {"unit": world.south_gov, "kind": "study", "what": "研究生态环境保护工作",
         "rule": "FREQ=MONTHLY;BYMONTHDAY=-1", "shift": "none", "starts_on": date(2026, 8, 1),
         "source": "方案：每月至少研究1次"} | given
    ))  # fmt: skip


def held(world: World, duty: StandingDuty, day: date, due: date | None, **given: Any) -> Session:
    return record_session(duty, by=given.pop("by", world.south_liaison), held_on=day, for_due=due,
                          topic=given.pop("topic", "听取整改汇报"), text=given.pop("text", "会议研究了3项任务。"), **given)  # fmt: skip


def states(duty: StandingDuty, today: date = DAY) -> list[tuple[int, str]]:
    found = occurrences(duty, FIRST, LAST, list(duty.sessions.order_by("pk")))
    return [(row.due.month, row.state(today)) for row in found]


# ── due, held, late, missed ──────────────────────────────────────────────────
@pytest.mark.requirement("R36", "R46")
def test_each_month_is_held_missed_late_or_open(world: World) -> None:
    duty = monthly(world)
    held(world, duty, date(2026, 8, 12), date(2026, 8, 31))
    held(world, duty, date(2026, 11, 3), date(2026, 9, 30), topic="补九月的")
    assert states(duty) == [(8, "held"), (9, "late"), (10, "missed"), (11, "open")]
    assert Session.objects.get(topic="补九月的").days_late == 34


@pytest.mark.requirement("R46")
def test_the_count_for_a_notice_is_of_what_was_held(world: World) -> None:
    duty = monthly(world)
    held(world, duty, date(2026, 8, 12), date(2026, 8, 31))
    held(world, duty, date(2026, 8, 20), None, topic="加开")
    held(world, duty, date(2026, 11, 3), date(2026, 11, 30))
    found = account(duty, FIRST, LAST, list(duty.sessions.order_by("pk")))
    assert (found.held, found.extra, found.count("missed", DAY), len(found.occurrences)) == (3, 1, 2, 4)


@pytest.mark.requirement("R54")
def test_a_weekly_inspection_is_due_each_week(world: World) -> None:
    duty = monthly(world, unit=None, body=team(world), kind="inspection", what="督查并通报",
                   rule="FREQ=WEEKLY;BYDAY=FR", starts_on=date(2026, 11, 2), source="一周一督查一通报")  # fmt: skip
    held(world, duty, date(2026, 11, 5), date(2026, 11, 6), by=world.supervision)
    dues = occurrences(duty, date(2026, 11, 1), date(2026, 11, 20), list(duty.sessions.order_by("pk")))
    assert [(row.opens.day, row.due.day, row.state(DAY)) for row in dues] == [
        (2, 6, "held"), (7, 13, "missed"), (14, 20, "open"),
    ]  # fmt: skip


@pytest.mark.requirement("R23")
def test_heads_on_site_are_on_the_timeline_of_each_task(world: World) -> None:
    duty = monthly(world, kind="on_site", what="主要负责人现场督导")
    first, second = world.task(), world.task()
    session = held(world, duty, date(2026, 11, 5), date(2026, 11, 30), tasks=[first, second], topic="督导东渡排口")
    assert session.links.count() == 2
    for task in (first, second):
        assert "督导东渡排口" in Entry.objects.get(verb="duty.session", task_id=task.pk).note


# ── refusals ─────────────────────────────────────────────────────────────────
def test_a_session_cannot_be_recorded_for_a_day_to_come(world: World) -> None:
    duty = monthly(world)
    with pytest.raises(Refused, match="还没有到"):
        held(world, duty, date(2026, 11, 21), date(2026, 11, 30))
    with pytest.raises(IntegrityError, match="session_not_in_the_future"), transaction.atomic():
        Session.objects.create(
            duty=duty, held_on=date(2026, 11, 21), topic="甲", recorded_by=world.office, recorded_on=DAY
        )


def test_one_session_fulfils_one_occurrence(world: World) -> None:
    duty = monthly(world)
    held(world, duty, date(2026, 11, 3), date(2026, 11, 30))
    with pytest.raises(Refused, match="一次记录只抵一次"):
        held(world, duty, date(2026, 11, 4), date(2026, 11, 30), topic="又一次")
    with pytest.raises(IntegrityError, match="one_session_fulfils_one_occurrence"), transaction.atomic():
        Session.objects.create(duty=duty, held_on=date(2026, 11, 4), for_due=date(2026, 11, 30), topic="又一次",
                               recorded_by=world.office, recorded_on=DAY)  # fmt: skip


@pytest.mark.parametrize("due", [date(2026, 12, 31), date(2026, 11, 15), date(2026, 7, 31)])
def test_a_session_fulfils_only_what_had_fallen_due_or_begun(world: World, due: date) -> None:
    with pytest.raises(Refused, match="不能抵"):
        held(world, monthly(world), date(2026, 11, 3), due)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"text": " "}, "要有记录"),
        ({"by": "north_liaison"}, "由南湖区政府的联络员"),
        ({"day": date(2026, 7, 1)}, "不能更早"),
    ],
)
def test_a_session_is_refused_in_words(world: World, given: dict[str, Any], words: str) -> None:
    if "by" in given:
        given["by"] = world.people[given["by"]]
    with pytest.raises(Refused, match=words):
        held(world, monthly(world), given.pop("day", date(2026, 11, 3)), None, **given)


def test_a_file_is_a_record_too(world: World) -> None:
    file = Upload(ContentFile(b"%PDF-1"), "会议纪要.pdf", "application/pdf")
    assert (
        held(world, monthly(world), date(2026, 11, 3), None, text="", files=[file]).files.get().name == "会议纪要.pdf"
    )


def test_the_same_session_is_not_recorded_twice(world: World) -> None:
    duty = monthly(world)
    held(world, duty, date(2026, 11, 3), date(2026, 11, 30))
    with pytest.raises(Refused, match="已经登记过"):
        held(world, duty, date(2026, 11, 3), None)


def test_what_is_owed_is_not_put_away_backwards(world: World) -> None:
    duty = monthly(world)
    with pytest.raises(Refused, match="不能早于今天"):
        end_duty(duty, by=world.office, ends_on=date(2026, 9, 1), reason="机构改革")
    duty = end_duty(duty, by=world.office, ends_on=DAY, reason="机构改革")
    assert states(duty)[-1] == (10, "missed")


@pytest.mark.parametrize(
    ("given", "words"),
    [({"rule": "FREQ=HOURLY"}, "只认每天"), ({"unit": None}, "一个单位或者一个工作组")],
)
def test_a_duty_that_cannot_be_followed_is_refused(world: World, given: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        monthly(world, **given)


def test_the_database_keeps_duties_and_sessions(world: World) -> None:
    duty = monthly(world)
    session = held(world, duty, date(2026, 11, 3), date(2026, 11, 30))
    for change, words in (
        (lambda: StandingDuty.objects.filter(pk=duty.pk).update(what="改过"), "stays as it was set"),
        (lambda: StandingDuty.objects.filter(pk=duty.pk).update(rule="FREQ=DAILY"), "stays as it was set"),
        (lambda: Session.objects.filter(pk=session.pk).update(held_on=date(2026, 11, 1)), "only added"),
        (lambda: Session.objects.filter(pk=session.pk).delete(), "only added"),
    ):
        with pytest.raises(DatabaseError, match=words), transaction.atomic():
            change()


# ── the leading group ────────────────────────────────────────────────────────
def group(world: World) -> Body:
    return keep_body(world.city, by=world.office, name="临江市整改工作领导小组", responsibilities="统一领导整改，协调重大问题。",
                     members=[("head", "市长"), ("deputy", "分管副市长")])  # fmt: skip


def team(world: World) -> Body:
    return keep_body(world.city, by=world.office, name="整改督导组", responsibilities="督促检查。", group=group(world),
                     role="supervision", daily_unit=world.city_office, members=[("head", "市委督查室主任")])  # fmt: skip


@pytest.mark.requirement("R07", "R10")
def test_group_and_teams_are_kept_with_posts_and_duties(world: World) -> None:
    found = team(world)
    assert found.group == Body.objects.get(kind="group")
    assert [str(row) for row in found.group.members.order_by("position")] == ["组长 市长", "副组长 分管副市长"]
    changed = keep_body(world.city, by=world.office, body=found, name="整改督导组", responsibilities="督促检查，跟踪问效。",
                        group=found.group, role="supervision", members=[("head", "市政府督查室主任")])  # fmt: skip
    entry = Entry.objects.filter(verb="body.kept").order_by("-seq")[0]
    assert (entry.before or {})["members"] == [["head", "市委督查室主任"]]
    assert changed.members.get().post == "市政府督查室主任"


@pytest.mark.requirement("R13")
def test_a_district_mirrors_the_mechanism_without_its_posts(world: World) -> None:
    team(world)
    made = mirror(world.south, by=world.south_acceptor)
    assert [(body.name, body.kind, body.members.count()) for body in made] == [
        ("南湖区整改工作领导小组", "group", 0), ("整改督导组", "team", 0),
    ]  # fmt: skip
    assert made[1].group == made[0]
    assert made[0].mirrors == Body.objects.get(place=world.city, kind="group")
    with pytest.raises(Refused, match="已经登记"):
        mirror(world.south, by=world.south_acceptor)
    with pytest.raises(Refused, match="综合协调组维护"):
        mirror(world.north, by=world.office)


def test_nothing_above_nothing_mirrored(world: World) -> None:
    with pytest.raises(Refused, match="还没有登记领导小组"):
        mirror(world.south, by=world.south_acceptor)


def test_the_database_knows_no_team_without_its_group(world: World) -> None:
    found = team(world)
    with pytest.raises(IntegrityError, match="team_belongs_to_a_group"), transaction.atomic():
        Body.objects.filter(pk=found.pk).update(group=None)


def test_who_sees_a_duty(world: World) -> None:
    duty = monthly(world)

    def sees(who: str) -> bool:
        return StandingDuty.objects.visible_to(world.fresh(world.people[who])).filter(pk=duty.pk).exists()

    assert [sees(who) for who in ("office", "supervision", "south_liaison")] == [True, True, True]
    assert [sees(who) for who in ("north_liaison", "security_admin")] == [False, False]
