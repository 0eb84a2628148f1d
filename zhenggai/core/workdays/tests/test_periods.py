from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhenggai.core.workdays import (
    Kind,
    Unit,
    add,
    calendar_period,
    count,
    is_workday,
    remaining,
    shift_to_workday,
)

dates = st.dates(date(2012, 1, 1), date(2030, 12, 31))
lengths = st.integers(1, 60)


@pytest.mark.requirement("R41")
@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2024, 12, 26), 10, date(2025, 1, 9)),
        (date(2021, 1, 6), 5, date(2021, 1, 12)),
        (date(2025, 1, 21), 10, date(2025, 2, 8)),
    ],
)
def test_notice_periods_end_as_real_notices_printed_them(start, n, end):
    period = add(start, n)
    assert (period.start, period.end, period.length) == (start, end, n)
    assert not period.provisional
    assert count(start, end) == n


@pytest.mark.requirement("R80")
def test_a_notice_of_five_working_days_shows_every_day_with_its_number():
    days = add(date(2021, 1, 6), 5).days
    assert [day.date for day in days] == [date(2021, 1, 6) + timedelta(n) for n in range(7)]
    assert [day.number for day in days] == [1, 2, 3, None, None, 4, 5]
    assert [day.counted for day in days] == [True, True, True, False, False, True, True]
    assert {day.kind for day in days if not day.counted} == {Kind.WEEKEND}


def test_holidays_and_make_up_days_carry_the_name_of_the_holiday():
    days = {day.date: day for day in add(date(2025, 1, 21), 10).days}
    assert (days[date(2025, 1, 26)].kind, days[date(2025, 1, 26)].name) == (Kind.MAKEUP, "春节")
    assert (days[date(2025, 2, 4)].kind, days[date(2025, 2, 4)].name) == (Kind.HOLIDAY, "春节")
    assert (days[date(2025, 1, 25)].kind, days[date(2025, 1, 25)].name) == (Kind.WEEKEND, None)


def test_a_start_on_a_day_off_is_shown_and_counting_begins_on_the_next_working_day():
    period = add(date(2025, 10, 1), 1)
    assert (period.start, period.end) == (date(2025, 10, 1), date(2025, 10, 9))
    assert [day.counted for day in period.days] == [False] * 8 + [True]


def test_a_start_on_a_make_up_saturday_counts():
    assert add(date(2025, 2, 8), 1).end == date(2025, 2, 8)


def test_the_first_day_may_be_left_out():
    period = add(date(2024, 12, 26), 10, first_counts=False)
    assert not period.days[0].counted
    assert period.end == date(2025, 1, 10)


def test_on_a_day_off_leaving_out_the_first_day_changes_nothing():
    assert add(date(2025, 10, 1), 3, first_counts=False).end == add(date(2025, 10, 1), 3).end


def test_a_leap_day_is_a_day():
    assert add(date(2024, 2, 28), 3).end == date(2024, 3, 1)
    assert calendar_period(date(2024, 2, 28), 3).end == date(2024, 3, 1)
    assert calendar_period(date(2023, 2, 28), 3).end == date(2023, 3, 2)


@pytest.mark.parametrize("n", [0, -1])
def test_a_period_has_at_least_one_day(n):
    for count_days in (add, calendar_period):
        with pytest.raises(ValueError, match="期限至少为1日"):
            count_days(date(2025, 1, 1), n)


def test_a_period_that_runs_into_an_unpublished_year_is_provisional():
    period = add(date(2026, 12, 21), 10)
    assert period.end == date(2027, 1, 1)
    assert period.unpublished == (2027,)
    assert period.provisional


def test_the_last_days_of_december_wait_for_the_notice_of_the_next_year():
    assert not add(date(2026, 12, 28), 1).provisional
    assert add(date(2026, 12, 29), 1).unpublished == (2027,)
    assert not add(date(2024, 12, 30), 1).provisional


def test_years_before_the_first_notice_are_provisional_too():
    assert add(date(2013, 12, 30), 3).unpublished == (2013,)


def test_calendar_days_count_every_day_and_need_no_notice():
    period = calendar_period(date(2027, 1, 1), 7)
    assert (period.end, period.unit, period.provisional) == (date(2027, 1, 7), Unit.CALENDAR, False)
    assert all(day.counted for day in period.days)


def test_calendar_days_may_leave_out_the_first():
    assert calendar_period(date(2025, 1, 6), 7, first_counts=False).end == date(2025, 1, 13)


def test_a_calendar_period_that_ends_on_a_holiday_may_run_on_to_a_working_day():
    period = calendar_period(date(2025, 9, 26), 7, shift=True)
    assert period.end == date(2025, 10, 9)
    assert [day.date for day in period.days][-1] == period.end
    assert period.counted[-1].date == date(2025, 10, 2)


def test_a_shift_into_an_unpublished_year_is_provisional():
    assert calendar_period(date(2027, 1, 1), 2, shift=True).provisional
    assert not calendar_period(date(2026, 6, 1), 7, shift=True).provisional


def test_nothing_is_counted_backwards():
    assert count(date(2025, 1, 9), date(2024, 12, 26)) == 0


@given(dates, dates)
def test_count_agrees_with_asking_each_day(start, end):
    span = [start + timedelta(n) for n in range((end - start).days + 1)]
    assert count(start, end) == sum(is_workday(day) for day in span)


@given(dates, lengths, st.booleans())
def test_adding_and_counting_undo_each_other(start, n, first_counts):
    period = add(start, n, first_counts=first_counts)
    uncounted_first = not first_counts and is_workday(start)
    assert count(start, period.end) - uncounted_first == n
    assert is_workday(period.end)


@given(dates, lengths)
def test_more_days_end_later_and_a_later_start_never_ends_sooner(start, n):
    end = add(start, n).end
    assert add(start, n + 1).end > end
    assert add(start + timedelta(days=1), n).end >= end


@given(dates, lengths, st.booleans(), st.booleans(), st.booleans())
def test_days_are_complete_and_numbers_run_from_one(start, n, working, first_counts, shift):
    if working:
        period = add(start, n, first_counts=first_counts)
    else:
        period = calendar_period(start, n, first_counts=first_counts, shift=shift)
    assert [day.date for day in period.days] == [
        period.start + timedelta(i) for i in range((period.end - period.start).days + 1)
    ]
    assert [day.number for day in period.counted] == list(range(1, n + 1))
    assert all((day.number is not None) == day.counted for day in period.days)


@given(dates)
def test_shifting_finds_the_nearest_working_day_ahead(day):
    shifted = shift_to_workday(day)
    assert is_workday(shifted)
    assert count(day, shifted) == 1


@given(dates, dates)
def test_days_remaining_fall_to_zero_on_the_last_day_and_then_below(today, end):
    left = remaining(today, end)
    if today <= end:
        assert left == count(today + timedelta(days=1), end)
    else:
        assert left == -count(end + timedelta(days=1), today)
