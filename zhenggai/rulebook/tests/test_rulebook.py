from datetime import date
from typing import Any

import lxml.html
import pytest
from django.db import DatabaseError, IntegrityError, transaction

from tests.world import UnitFactory, World
from zhenggai.accounts.decisions import Refused
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.progress.rounds import report_due
from zhenggai.rulebook.actions import approve, differences, draft
from zhenggai.rulebook.models import Rulebook
from zhenggai.rulebook.rules import RuleError, Rules, rules_from
from zhenggai.rulebook.shipped import shipped


def version(world: World, name: str, day: date, **changes: object) -> Rulebook:
    return draft(world.city, name=name, effective_from=day, data=Rules().as_json() | changes, by=world.office)


def test_the_version_of_the_day_counts(world: World) -> None:
    with clock.pretend(at(date(2026, 1, 5))):
        approve(version(world, "二月版", date(2026, 2, 10), notice_days=5), by=world.leader)
    days = [
        Rulebook.objects.in_force(world.south_gov, on).rules.notice_days for on in (date(2026, 2, 9), date(2026, 2, 10))
    ]
    assert days == [10, 5]


def test_the_nearest_place_with_rules_counts(world: World) -> None:
    Rulebook.objects.create(
        place=world.south,
        name="区版",
        effective_from=date(2020, 1, 1),
        data={"notice_days": 7},
        approved_at=clock.now(),
    )
    assert Rulebook.objects.in_force(world.south_gov, date(2026, 1, 1)).rules.notice_days == 7
    assert Rulebook.objects.in_force(world.north_gov, date(2026, 1, 1)).rules.notice_days == 10


def test_without_rules_nothing_is_decided(world: World) -> None:
    with pytest.raises(Refused, match="没有生效的制度"):
        Rulebook.objects.in_force(world.province, date(2026, 1, 1))


def test_a_draft_does_not_count_and_needs_another_person(world: World) -> None:
    with clock.pretend(at(date(2026, 1, 5))):
        book = version(world, "二月版", date(2026, 2, 10), notice_days=5)
        assert Rulebook.objects.in_force(world.city, date(2026, 3, 1)).rules.notice_days == 10
        for person in (world.office, world.south_acceptor, world.south_liaison):
            with pytest.raises(Refused, match="不能批准自己|领导批准"):
                approve(book, by=person)
        both = world.person("both", None, world.city_office)
        both.grants.create(role="leader", unit=world.city_gov)
        both.grants.create(role="coordination", unit=world.city_office)
        own = draft(world.city, name="自己的", effective_from=date(2026, 5, 1), data={}, by=both)
        with pytest.raises(Refused, match="不能批准自己"):
            approve(own, by=both)
        with pytest.raises(IntegrityError, match="rulebook_approved_by_another"), transaction.atomic():
            Rulebook.objects.filter(pk=own.pk).update(approved_by=both)


def test_rules_do_not_reach_back(world: World) -> None:
    book = version(world, "旧的", date(2026, 1, 1))
    with clock.pretend(at(date(2026, 1, 2))), pytest.raises(Refused, match="不追溯"):
        approve(book, by=world.leader)


def test_an_approved_version_is_never_rewritten(world: World) -> None:
    assert world.rulebook is not None
    for change in ({"data": {}}, {"effective_from": date(2020, 1, 1)}):
        with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
            Rulebook.objects.filter(pk=world.rulebook.pk).update(**change)


USUAL_LEVELS: list[dict[str, Any]] = Rules().as_json()["chains"][0]["levels"]


@pytest.mark.parametrize("key", sorted(shipped()))
def test_a_shipped_rulebook_is_drafted_as_it_is_through_the_form(world: World, login: Any, key: str) -> None:
    """What the form shows of it and sends back is the rulebook that was shipped."""
    client, address = login(world.office), f"/desk/rules/draft/?from={key}"
    page = lxml.html.fromstring(client.get(address).content)
    form = page.get_element_by_id("f")
    form.fields["name"] = "从样本"
    assert client.post(address, sent(form)).status_code == 302
    made, rules = Rulebook.objects.get(name="从样本").rules, rules_from(shipped()[key]["rules"])
    assert (made.overridable, made.filing_to, made.notice_days) == (
        rules.overridable,
        rules.filing_to,
        rules.notice_days,
    )
    assert [chain.words for chain in made.chains] == [chain.words for chain in rules.chains]
    assert [chain.inquiry for chain in made.chains] == [chain.inquiry for chain in rules.chains]
    assert [chain.fits_all for chain in made.chains] == [chain.fits_all for chain in rules.chains]


def sent(form: Any) -> dict[str, list[str]]:
    """What a browser sends of a form."""
    values: dict[str, list[str]] = {}
    for name, value in form.form_values():
        values.setdefault(name, []).append(value)
    return values


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"notice_days": 0}, "公示期"),
        ({"notice_days": "10"}, "公示期"),
        ({"notice_day_kind": "weeks"}, "公示期计法"),
        ({"report_day": 31}, "月报截止日"),
        ({"levels": []}, "至少要有一级"),
        ({"chains": []}, "1到8条"),
        ({"chains": [{"name": "甲", "levels": USUAL_LEVELS, "sources": ["complaint"]}]}, "最后一条“验收链”要适用所有任务"),
        ({"chains": [{"name": "甲", "levels": USUAL_LEVELS[:2]}]}, "一级审核"),
        ({"chains": [{"name": "甲", "levels": [USUAL_LEVELS[2], USUAL_LEVELS[2]]}]}, "一级审核"),
        ({"chains": [{"name": "甲", "levels": [USUAL_LEVELS[0] | {"days": 0}, USUAL_LEVELS[2]]}]}, "1到120"),
        ({"chains": [{"name": "甲", "levels": [USUAL_LEVELS[0] | {"by": "nobody"}, USUAL_LEVELS[2]]}]}, "由谁作出"),
        ({"chains": [{"name": "甲", "levels": USUAL_LEVELS}], "levels": []}, "写了两种"),
        ({"overridable": ["notice"]}, "可以放行的条件"),
        ({"levels": [{"key": "a", "name": "市", "tier": "city", "days": 5}, {"key": "b", "name": "县", "tier": "county", "days": 5}]}, "由下往上"),
        ({"colour": "red"}, "没有这些条目"),
        ({"report": {"rule": "FREQ=HOURLY"}}, "“月报截止”：只认"),
        ({"report": {"rule": "FREQ=MONTHLY;BYMONTHDAY=31"}}, "每月要有且只有一天"),
        ({"report": {"rule": "FREQ=MONTHLY;BYMONTHDAY=10,20"}}, "每月要有且只有一天"),
        ({"filing_quarter": {"rule": "FREQ=MONTHLY;BYMONTHDAY=25"}}, "每季度要有且只有一天"),
        ({"report": {"rule": "FREQ=MONTHLY;BYMONTHDAY=15"}, "report_day": 15}, "写了两种"),
        ({"countdown_days": 0}, "倒计时督办"),
    ],
)  # fmt: skip
def test_rules_that_cannot_be_followed_are_refused(world: World, data: dict[str, object], message: str) -> None:
    with pytest.raises(RuleError, match=message):
        rules_from(data)
    with pytest.raises(Refused, match=message):
        draft(world.city, name="坏的", effective_from=date(2026, 5, 1), data=data, by=world.office)


def test_differences_are_told_in_words() -> None:
    assert differences(Rules(), Rules(notice_days=5)) == [("公示期", "10个工作日，首日计入", "5个工作日，首日计入")]


@pytest.mark.requirement("R17")
@pytest.mark.parametrize(
    ("month", "due"), [(date(2026, 11, 1), date(2026, 11, 16)), (date(2026, 12, 1), date(2026, 12, 15))]
)
def test_the_report_day_moves_to_a_working_day(world: World, month: date, due: date) -> None:
    assert report_due(world.city, month)[0] == due


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"report_day": 20, "report_shift": False}, "每月20日"),
        ({"report_shift": True}, "每月15日，遇休息日顺延"),
        ({"report": {"rule": "FREQ=MONTHLY;BYDAY=2MO", "shift": "previous"}}, "每月第2个周一，遇休息日提前"),
        ({}, "每月15日，遇休息日顺延"),
    ],
)
def test_the_report_day_is_a_cadence_also_in_versions_that_name_a_day(data: dict[str, object], words: str) -> None:
    rules = rules_from(data)
    assert rules.report.words == words
    assert rules_from(rules.as_json()) == rules


@pytest.mark.requirement("R20")
def test_a_quarter_is_filed_on_a_day_of_its_own_or_early_in_the_next(world: World) -> None:
    assert Rules().quarter_due(date(2026, 10, 1)) == date(2026, 12, 25)
    after = rules_from({"filing_quarter": {"rule": "FREQ=MONTHLY;BYMONTH=1,4,7,10;BYMONTHDAY=10", "shift": "none"}})
    assert after.quarter_due(date(2026, 10, 1)) == date(2027, 1, 10)


def test_a_version_drafted_on_the_page_keeps_a_cadence_of_the_places_own(world: World, login: Any) -> None:
    own = {"report": {"rule": "FREQ=MONTHLY;BYDAY=2MO", "shift": "next"}}
    with clock.pretend(at(date(2026, 1, 5))):
        approve(version(world, "周一版", date(2026, 1, 6), **own), by=world.leader)
    with clock.pretend(at(date(2026, 1, 7))):
        client = login(world.office)
        page = client.get("/desk/rules/draft/")
        assert "每月第2个周一" in page.content.decode()
        form = lxml.html.fromstring(page.content).get_element_by_id("f")
        changed = {"name": "三月版", "effective_from": "2026-03-01", "filing_quarter_shift": "previous"}
        answer = client.post("/desk/rules/draft/", sent(form) | changed | {"countdown_days": 45})
        assert answer.status_code == 302, answer.context["form"].errors
    rules = Rulebook.objects.get(name="三月版").rules
    assert (rules.report.words, rules.countdown_days) == ("每月第2个周一，遇休息日顺延", 45)
    assert rules.filing_quarter.words == "每季度末月25日，遇休息日提前"


@pytest.mark.parametrize("tier", ["county", "township"])
def test_who_stands_below_a_city_makes_no_rules_of_its_own(world: World, tier: str) -> None:
    place = UnitFactory(name="下面的地方", kind="place", tier=tier, parent=world.south)
    office = world.person("below", "coordination", UnitFactory(name="下面的整改办", kind="office", parent=place))
    with pytest.raises(Refused, match="按市级制度办理"):
        draft(place, name="短公示", effective_from=clock.today(), data={"notice_days": 1}, by=office)
