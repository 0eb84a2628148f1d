from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhenggai.core import workdays
from zhenggai.core.cadence import Cadence, CadenceError, cadence_from

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
DAYS = st.dates(date(2005, 1, 1), date(2040, 12, 31))
RULES = st.sampled_from(
    [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=10",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE",
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYMONTHDAY=10,20,-1",
        "FREQ=MONTHLY;INTERVAL=5;BYDAY=5MO",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    ]
)


def test_a_day_off_moves_on_back_or_stays() -> None:
    """15 November 2026 is a Sunday; the National Day holiday of 2025 covers 1 to 8 October."""
    november = (date(2026, 11, 1), date(2026, 11, 30))
    rule = "FREQ=MONTHLY;BYMONTHDAY=15"
    assert Cadence(rule, "next").dates(*november) == [date(2026, 11, 16)]
    assert Cadence(rule, "previous").dates(*november) == [date(2026, 11, 13)]
    assert Cadence(rule, "none").dates(*november) == [date(2026, 11, 15)]
    holiday = Cadence("FREQ=MONTHLY;BYMONTHDAY=3", "next").dates(date(2025, 10, 1), date(2025, 10, 31))
    assert holiday == [date(2025, 10, 9)]


def test_a_quarter_ends_on_its_working_day() -> None:
    cadence = Cadence("FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=25", "next")
    assert cadence.dates(*YEAR) == [date(2026, 3, 25), date(2026, 6, 25), date(2026, 9, 28), date(2026, 12, 25)]
    assert cadence.words == "每季度末月25日，遇休息日顺延"


def test_a_moved_date_counts_where_it_falls_and_belongs_where_it_is_named() -> None:
    cadence = Cadence("FREQ=MONTHLY;BYMONTHDAY=-1", "next")
    assert date(2026, 2, 2) in cadence.dates(date(2026, 2, 1), date(2026, 2, 5))
    assert [found.named for found in cadence.occurrences(date(2026, 1, 1), date(2026, 1, 31))] == [date(2026, 1, 31)]
    assert cadence.dates(date(2026, 1, 30), date(2026, 1, 31)) == []


def test_days_that_meet_count_once() -> None:
    weekend_and_monday = (date(2026, 11, 14), date(2026, 11, 16))
    assert Cadence("FREQ=DAILY", "next").dates(*weekend_and_monday) == [date(2026, 11, 16)]


def test_an_interval_does_not_depend_on_where_the_question_begins() -> None:
    cadence = Cadence("FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", "none")
    whole = cadence.dates(*YEAR)
    assert cadence.dates(date(2026, 5, 7), date(2026, 12, 31)) == [day for day in whole if day >= date(2026, 5, 7)]
    assert Cadence("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1", "none").dates(*YEAR) == [
        date(2026, month, 1) for month in (1, 4, 7, 10)
    ]


@given(RULES, st.sampled_from(["none", "next", "previous"]), DAYS, st.integers(0, 800))
def test_any_part_of_a_span_has_the_dates_of_the_span(rule: str, shift: str, first: date, length: int) -> None:
    cadence = Cadence(rule, shift)  # type: ignore[arg-type]
    last = first + timedelta(days=length)
    found = cadence.dates(first, last)
    wider = cadence.dates(first - timedelta(days=45), last + timedelta(days=45))
    assert found == [day for day in wider if first <= day <= last]
    assert shift == "none" or all(workdays.is_workday(day) for day in found)
    assert cadence.words


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=DAILY", "每天"),
        ("FREQ=DAILY;INTERVAL=3", "每3天"),
        ("FREQ=WEEKLY;BYDAY=MO,WE", "每周一、周三"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "每2周的周五"),
        ("FREQ=MONTHLY;BYMONTHDAY=10,20,-1", "每月10日、20日、最后一天"),
        ("FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=-3", "每2个月的倒数第3天"),
        ("FREQ=MONTHLY;BYDAY=2MO", "每月第2个周一"),
        ("FREQ=MONTHLY;BYMONTH=1,4,7,10;BYMONTHDAY=10", "每季度首月10日"),
        ("FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=30", "每年6月、12月30日"),
        ("FREQ=YEARLY;BYMONTH=6;BYDAY=-2TU", "每年6月倒数第2个周二"),
    ],
)
def test_every_rule_has_its_words(rule: str, words: str) -> None:
    assert Cadence(rule, "none").words == words


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("", "RFC 5545"),
        ("每月15日", "名称=值"),
        ("FREQ=MONTHLY;BYMONTHDAY=15;BYMONTHDAY=16", "写了两次"),
        ("BYMONTHDAY=15", "没有写"),
        ("FREQ=HOURLY", "HOURLY"),
        ("FREQ=MONTHLY;BYMONTHDAY=15;COUNT=3", "没有起止和钟点"),
        ("FREQ=MONTHLY;BYMONTHDAY=15;BYHOUR=9", "没有起止和钟点"),
        ("FREQ=MONTHLY", "要写明哪一天"),
        ("FREQ=MONTHLY;BYMONTHDAY=15;BYDAY=2MO", "要写明哪一天"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "1到31"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "1到31"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "1到29"),
        ("FREQ=YEARLY;BYMONTHDAY=30", "写明月份"),
        ("FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29", "不能写INTERVAL"),
        ("FREQ=YEARLY;BYMONTH=13;BYMONTHDAY=1", "1到12"),
        ("FREQ=MONTHLY;INTERVAL=2;BYMONTH=3;BYMONTHDAY=1", "只能写一个"),
        ("FREQ=MONTHLY;INTERVAL=0;BYMONTHDAY=1", "1到99"),
        ("FREQ=MONTHLY;INTERVAL=²;BYMONTHDAY=1", "1到99"),
        ("FREQ=WEEKLY", "周几"),
        ("FREQ=WEEKLY;BYDAY=2MO", "周几"),
        ("FREQ=MONTHLY;BYDAY=MO", "周几"),
        ("FREQ=MONTHLY;BYDAY=6MO", "周几"),
        ("FREQ=MONTHLY;BYMONTHDAY=" + ",".join(["15"] * 99), "RFC 5545"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused(rule: str, message: str) -> None:
    with pytest.raises(CadenceError, match=message):
        Cadence(rule, "next")


def test_an_unknown_way_to_move_and_a_span_without_end_are_refused() -> None:
    with pytest.raises(CadenceError, match="顺延"):
        Cadence("FREQ=DAILY", "later")  # type: ignore[arg-type]
    with pytest.raises(CadenceError, match="20年"):
        Cadence("FREQ=DAILY", "none").dates(date(1900, 1, 1), date(2100, 1, 1))
    assert Cadence("FREQ=DAILY", "none").dates(date(2026, 1, 2), date(2026, 1, 1)) == []


@pytest.mark.parametrize("data", [None, "FREQ=DAILY", {}, {"rule": 3}, {"rule": "FREQ=DAILY", "until": "2027"}])
def test_stored_data_that_is_no_cadence_says_what_it_should_be(data: object) -> None:
    with pytest.raises(CadenceError, match="“月报截止”要写成规则"):
        cadence_from(data, "月报截止")
