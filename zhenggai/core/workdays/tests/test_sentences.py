from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhenggai.core.workdays import add, calendar_period, explain


@pytest.mark.requirement("R41")
def test_a_sentence_names_the_first_day_the_days_left_out_and_the_last_day():
    assert explain(add(date(2024, 12, 26), 10)) == (
        "12月26日发布，当日计第1日；12月28日、29日、1月4日、5日为双休日，1月1日元旦放假，不计；第10日是2025年1月9日"
    )


@pytest.mark.parametrize(
    ("period", "sentence"),
    [
        (add(date(2025, 3, 3), 2), "3月3日发布，当日计第1日；第2日是2025年3月4日"),
        (
            add(date(2025, 3, 3), 2, first_counts=False),
            "3月3日发布，当日不计，自3月4日起计；第2日是2025年3月5日",
        ),
        (
            add(date(2025, 3, 1), 1),
            "3月1日发布，当日为双休日，自3月3日起计；3月2日为双休日，不计；第1日是2025年3月3日",
        ),
        (
            add(date(2025, 10, 1), 1),
            "10月1日发布，当日国庆节、中秋节放假，自10月9日起计；10月2日至8日国庆节、中秋节放假，不计；"
            "第1日是2025年10月9日",
        ),
        (
            add(date(2025, 2, 10), 30),
            "2月10日发布，当日计第1日；其间双休日共10天，不计；第30日是2025年3月21日",
        ),
        (
            calendar_period(date(2025, 1, 6), 7),
            "1月6日发布，当日计第1日；按自然日计算；第7日是2025年1月12日",
        ),
        (
            calendar_period(date(2025, 1, 4), 7, first_counts=False, shift=True),
            "1月4日发布，当日不计，自1月5日起计；按自然日计算；第7日是2025年1月11日，当日为双休日，顺延至2025年1月13日",
        ),
    ],
)
def test_sentences(period, sentence):
    assert explain(period) == sentence


def test_a_provisional_period_says_what_is_missing():
    assert explain(add(date(2026, 12, 28), 5)).endswith("国务院办公厅尚未公布2027年放假安排，暂按双休日推算")
    assert explain(add(date(2013, 12, 30), 2)).endswith("本系统未收录2013年放假安排，暂按双休日推算")


def test_the_first_act_may_be_another_one():
    assert explain(add(date(2025, 3, 3), 1), begins="送达").startswith("3月3日送达，当日计第1日")


@given(st.dates(date(2012, 1, 1), date(2030, 12, 31)), st.integers(1, 40), st.booleans(), st.booleans())
def test_every_period_can_be_explained(start, n, first_counts, shift):
    for period in (
        add(start, n, first_counts=first_counts),
        calendar_period(start, n, first_counts=first_counts, shift=shift),
    ):
        sentence = explain(period)
        assert f"第{n}日是" in sentence
        assert f"{period.end.year}年{period.end.month}月{period.end.day}日" in sentence
        assert ("暂按双休日推算" in sentence) == period.provisional
