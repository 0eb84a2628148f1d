"""Dates and time limits as plans write them."""

import pytest

from zhenggai.core.grammar.dates import find_dates
from zhenggai.core.grammar.deadlines import find_deadlines, parse_deadline


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("2018 年底之前", "2018-12-31"), ("2020年年底前", "2020-12-31"), ("2021年末", "2021-12-31"), ("2019年6月底之前", "2019-06-30"), ("2024年2月底", "2024-02-29"),
        ("2024年6月30日前", "2024-06-30"), ("2024年6月30日", "2024-06-30"), ("2024.6.30", "2024-06-30"), ("2024-06-30前", "2024-06-30"), ("2024/6/30", "2024-06-30"),
        ("2019年8月上旬", "2019-08-10"), ("2019年8月中旬", "2019-08-20"), ("2019年8月下旬", "2019-08-31"), ("2019年2月下旬", "2019-02-28"), ("2024年第三季度", "2024-09-30"),
        ("2024年三季度末", "2024-09-30"), ("2024年第1季度", "2024-03-31"), ("2024年上半年", "2024-06-30"), ("2024年下半年", "2024-12-31"), ("2020年", "2020-12-31"),
        ("2019年6月", "2019-06-30"), ("2019-2023年", "2023-12-31"), ("2019年—2021年", "2021-12-31"), ("2019年1月至12月", "2019-12-31"), ("2019年5月-2020年3月底", "2020-03-31"),
        ("2018年7月21日至8月9日", "2018-08-09"), ("二〇二四年六月底", "2024-06-30"), ("二○二三年十二月三十一日", "2023-12-31"), ("２０２４年６月底", "2024-06-30"),
        ("“十四五”末", "2025-12-31"), ("“十三五”期间", "2020-12-31"), ("2024年10月份", "2024-10-31"), ("2024年十一月十五号", "2024-11-15"),
    ],
)  # fmt: skip
def test_the_last_day_that_counts(text, due):
    point, *others = find_dates(text)
    assert str(point.due) == due
    assert point.doubt is None
    assert others == []


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("202591日", "2025-09-01"),
        ("2024528日", "2024-05-28"),
        ("20241226", "2024-12-26"),
        ("2024年630日前", "2024-06-30"),
        ("20246月底前", "2024-06-30"),
        ("202412月底", "2024-12-31"),
    ],
)
def test_a_date_that_lost_characters_is_read_when_one_reading_is_possible(text, due):
    point = find_dates(text)[0]
    assert str(point.due) == due
    assert point.doubt is not None


@pytest.mark.parametrize("text", ["2024111日", "2024年2月30日前", "2024年13月底", "明年6月底"])
def test_a_date_that_cannot_be_told_has_no_due_day_and_a_doubt(text):
    point = find_dates(text)[0]
    assert point.due is None
    assert point.doubt is not None


@pytest.mark.parametrize("text", ["2024年6月前", "2025年前", "2024年第三季度前", "24年6月底", "2024年3月初"])
def test_a_date_that_may_be_meant_otherwise_carries_a_doubt(text):
    point = find_dates(text)[0]
    assert point.due is not None
    assert point.doubt is not None


def test_a_date_without_a_year_takes_that_of_the_date_before_or_of_the_document():
    assert [str(point.due) for point in find_dates("2019年6月底前完成勘测，12月底前完工")] == [
        "2019-06-30",
        "2019-12-31",
    ]
    assert find_dates("年底前")[0].due is None
    assert str(find_dates("年底前", 2021)[0].due) == "2021-12-31"
    assert find_dates("年底前", 2021)[0].doubt is not None


@pytest.mark.parametrize(
    "text",
    [
        "一月一调度",
        "一季度一报备",
        "每月底",
        "每年底",
        "15年以上",
        "鄂环发〔2018〕4号",
        "0557-2660000",
        "1.5万亩",
        "第三方",
        "三个季度",
        "3月龄",
        "十月怀胎"[2:],
        "双月",
    ],
)
def test_what_is_no_date(text):
    assert find_dates(text) == []


@pytest.mark.parametrize(
    ("text", "kind", "due", "then_long_term"),
    [
        ("2018年底前完成,并长期坚持", "date", "2018-12-31", True), ("2020年12月31日前，长期坚持", "date", "2020-12-31", True), ("立行立改", "immediate", None, False), ("立即整改", "immediate", None, False),
        ("立行立改，长期坚持", "immediate", None, True), ("立行立改，2021年3月底前完成", "date", "2021-03-31", False), ("长期坚持", "long_term", None, False), ("持续推进", "long_term", None, False),
        ("长期", "long_term", None, False), ("每月", "recurring", None, False), ("每年12月底前", "recurring", None, False), ("按季度推进", "recurring", None, False), ("已完成", None, None, False),
        ("已按期完成整改", None, None, False), ("2024年底前完成，2025年起长期坚持", "date", "2024-12-31", True), ("2019年1月—2020年12月", "date", "2020-12-31", False),
    ],
)  # fmt: skip
def test_the_kind_of_a_limit(text, kind, due, then_long_term):
    deadline = parse_deadline(text)
    assert (deadline.raw, deadline.kind, deadline.due, deadline.then_long_term) == (text, kind, due, then_long_term)


def test_a_field_with_several_dates_takes_the_last_and_says_so():
    deadline = parse_deadline("2023年底前完成主体工程，2024年6月底前通水")
    assert deadline.due == "2024-06-30"
    assert "几个日期" in deadline.doubt


@pytest.mark.parametrize("text", ["汛期前", "3个月内", "督察组离开前"])
def test_a_limit_that_names_no_date_carries_a_doubt(text):
    deadline = parse_deadline(text)
    assert (deadline.kind, deadline.due) == (None, None)
    assert deadline.doubt is not None


@pytest.mark.parametrize("text", ["", "  ", "。", "；"])
def test_an_empty_field_sets_no_limit(text):
    assert parse_deadline(text) is None


@pytest.mark.parametrize(
    ("text", "raws"),
    [
        ("2019年6月底之前完成泵站建设，2019年底之前完成管网建设。", ["2019年6月底之前", "2019年底之前"]), ("于2018年底之前完成勘测。", ["2018年底之前"]), ("到2020年底，完成率达到90%。", ["2020年底"]),
        ("力争2021年建成投用。", ["2021年"]), ("（2024年6月30日前）", ["2024年6月30日前"]), ("列入2019年区级城建计划。", []), ("形成2019-2023年度重点项目库。", []), ("2017年以来很少研究。", []),
        ("截至2018年底仍未完成。", []), ("从2019年起全面推行。", []), ("按照《2018年工作方案》落实。", []), ("全面排查，立行立改。", ["立行立改"]), ("对问题立行立改、举一反三。", []), ("加强巡查，长期坚持。", ["长期坚持"]),
        ("持续推进河长制落实。", []), ("每月15日前报告进展。", []),
    ],
)  # fmt: skip
def test_the_limits_inside_a_measure(text, raws):
    assert [deadline.raw for deadline in find_deadlines(text)] == raws
