"""Notices: headings, period, contact; and what a notice leaves out."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhenggai.core.extract import extract
from zhenggai.core.grammar.notice_headings import part_of
from zhenggai.core.workdays import add


def notice_of(*lines, title="某县整改情况的公示"):
    return extract("\n".join([title, *lines]).encode(), "公示.txt")


@pytest.mark.parametrize(
    ("heading", "part"),
    [
        ("反馈意见", "issue"), ("问题基本情况", "issue"), ("整改任务第二项", "issue"), ("目标任务", "goal"), ("整改任务目标", "goal"), ("重点措施", "measures"), ("整改目标及措施", "measures"),
        ("整改措施及完成情况", "result"), ("验收结论", "result"), ("整改成效", "result"), ("下一步工作打算", "follow_up"), ("后续巩固措施", "follow_up"), ("整改实施主体", "units"),
        ("完成时限", "deadline"), ("公示起止时间", "period"), ("公示期限", "period"), ("联 系 人", "contact"), ("监督电话", "contact"), ("问题来源", "other"),
        ("加强监管", None), ("环境问题突出", None), ("群众反映强烈", None), ("", None),
    ],
)  # fmt: skip
def test_a_heading_is_told_by_its_last_word(heading, part):
    assert part_of(heading) == part


@pytest.mark.parametrize(
    ("words", "start", "end", "days", "kind", "stated", "consistent"),
    [
        ("公示期：2025年1月21日—2025年2月8日(10个工作日)", "2025-01-21", "2025-02-08", 10, "working", True, True),
        ("公示时间：2025年1月21日至2月8日，共10个工作日", "2025-01-21", "2025-02-08", 10, "working", True, True),
        ("公示期为2021年3月1日至3月7日（7天）", "2021-03-01", "2021-03-07", 7, "calendar", True, True),
        ("公示期为2024年9月29日至10月9日，共10个工作日", "2024-09-29", "2024-10-09", 10, "working", True, False),
        ("公示期7日（2022.5.5-2022.5.11）", "2022-05-05", "2022-05-11", 7, "calendar", True, True),
        ("公示期：自2023年4月3日起5个工作日", "2023-04-03", "2023-04-10", 5, "working", False, True),
        ("如有异议，请自公示之日起十日内反映。", "2020-06-01", "2020-06-10", 10, "calendar", False, True),
        ("公示时间：2019年12月30日至1月3日", "2019-12-30", "2020-01-03", None, None, True, True),
    ],
)
def test_the_period_of_a_notice(words, start, end, days, kind, stated, consistent):
    found = notice_of("反馈问题：扬尘。", words, "2020年6月1日").notice.period
    assert (found.start, found.end, found.days, found.day_kind) == (start, end, days, kind)
    assert (found.stated, found.consistent) == (stated, consistent)


@settings(max_examples=40, deadline=None)
@given(st.dates(date(2015, 1, 1), date(2025, 11, 1)), st.integers(1, 20))
def test_a_period_that_agrees_with_the_calendar_is_consistent_and_one_day_more_is_not(start, days):
    end = add(start, days).end
    words = f"公示期：{start.year}年{start.month}月{start.day}日至{end.year}年{end.month}月{end.day}日（{{}}个工作日）"
    right = notice_of("反馈问题：扬尘。", words.format(days))
    wrong = notice_of("反馈问题：扬尘。", words.format(days + 1))
    assert right.notice.period.consistent
    assert not [one for one in right.warnings if one.code == "period_mismatch"]
    assert [one.code for one in wrong.warnings if one.code == "period_mismatch"] == ["period_mismatch"]
    assert str(days) in wrong.warnings[0].message
    assert str(days + 1) in wrong.warnings[0].message


def test_a_mismatch_names_both_figures():
    found = notice_of("反馈问题：扬尘。", "公示期：2024年9月29日至2024年10月9日，共10个工作日。联系电话：0557-2660000")
    assert [one.code for one in found.warnings] == ["period_mismatch"]
    assert "10个工作日" in found.warnings[0].message
    assert "4个工作日" in found.warnings[0].message


def test_a_period_that_an_issue_tells_of_is_not_the_notice_s():
    found = notice_of("反馈问题：环评已于2019年3月1日至3月7日网上公示。", "公示期：2020年5月6日至5月12日")
    assert found.notice.period.start == "2020-05-06"


def test_a_notice_without_period_or_contact_is_told():
    codes = [one.code for one in notice_of("一、反馈意见", "扬尘。", "二、整改情况", "已覆盖。", "特此公示。").warnings]
    assert codes == ["no_period", "no_contact"]


def test_a_contact_with_spaces_in_its_labels():
    words = "联 系 人：李某某　联系电话：0393-6660000、18300000000　电子邮箱：a.b@example.com　地　址：某路1号"
    contact = notice_of("反馈问题：扬尘。", words).notice.contact
    assert (contact.person, contact.address, contact.email) == ("李某某", "某路1号", "a.b@example.com")
    assert contact.phones == ("0393-6660000", "18300000000")
    assert contact.ways == ("phone", "email")


@pytest.mark.parametrize(
    ("words", "unit", "ways"),
    [
        ("如有异议，请以书面形式向县河长办反映。", "县河长办", ("written",)),
        ("对公示内容有异议的，请与县水利局联系。", "县水利局", ()),
        ("如有不同意见，可来信、来访或电话反馈至区城管局。", "区城管局", ("written", "phone", "visit")),
    ],
)
def test_the_unit_and_the_ways_that_a_sentence_names(words, unit, ways):
    contact = notice_of("整改情况：已完成。", words).notice.contact
    assert (contact.unit, contact.ways) == (unit, ways)


def test_a_fax_number_is_no_telephone():
    contact = notice_of("整改情况：已完成。", "联系电话：0593-3882211 传真：0593-3882299").notice.contact
    assert contact.phones == ("0593-3882211",)


@pytest.mark.parametrize(
    ("title", "serials"),
    [
        ("关于第24项问题整改情况公示", ("24",)), ("整改任务（序号十）公示", ("10",)), ("第二十七项整改任务公示", ("27",)), ("第3、5至7项整改任务完成情况公示", ("3", "5", "6", "7")),
        ("第二轮督察整改情况公示", ()),
    ],
)  # fmt: skip
def test_the_numbers_of_the_tasks(title, serials):
    assert notice_of("反馈问题：扬尘。", title=title).notice.serials == serials
