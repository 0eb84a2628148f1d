from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import pytest

from zhenggai.core import workdays
from zhenggai.core.workdays.notices import NoticeError, read_file, read_notices

YEARS = sorted(read_notices())
NOTICE = """
[[notice]]
title = "关于2027年部分节假日安排的通知"
[[notice.holiday]]
name = "元旦"
days = [2027-01-01]
"""


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(n) for n in range((date(year + 1, 1, 1) - first).days)]


def test_the_years_follow_one_another_from_2014_to_2026():
    assert list(range(2014, 2027)) == YEARS


@pytest.mark.parametrize("year", YEARS)
def test_every_day_agrees_with_chinesecalendar(year):
    assert [day for day in days_of(year) if workdays.is_workday(day) != chinese_calendar.is_workday(day)] == []


@pytest.mark.parametrize("year", YEARS)
def test_every_day_agrees_with_holidays(year):
    # The notice of the following year may rearrange the end of this one.
    china = holidays.country_holidays("CN", years=(year, year + 1))
    assert [day for day in days_of(year) if workdays.is_workday(day) != china.is_working_day(day)] == []


@pytest.mark.parametrize("year", YEARS)
def test_every_notice_has_title_number_and_date_of_publication(year):
    for notice in workdays.year_notices(year):
        assert str(year) in notice.title or "70周年" in notice.title
        assert notice.number.startswith(("国办发明电〔", "国发明电〔"))
        assert notice.published < max(day for holiday in notice.holidays for day in holiday.days)
        assert f"〔{notice.published.year}〕" in notice.number


@pytest.mark.parametrize("year", YEARS)
def test_a_first_notice_names_every_statutory_holiday(year):
    names = "".join(holiday.name for holiday in workdays.year_notices(year)[0].holidays)
    for name in ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"):
        assert name in names


@pytest.mark.parametrize("year", [2015, 2019, 2020])
def test_an_amended_year_carries_its_second_notice(year):
    assert len(workdays.year_notices(year)) == 2


def test_a_later_notice_wins():
    planned_workday = date(2020, 2, 1)
    first, second = workdays.year_notices(2020)
    assert planned_workday in first.holidays[1].makeup
    assert planned_workday in second.holidays[0].days
    assert not workdays.is_workday(planned_workday)


def test_a_year_without_notice_has_none():
    assert not workdays.known(2027)
    assert workdays.year_notices(2027) == ()


def test_a_notice_without_number_is_cited_by_its_title(tmp_path):
    (notice,) = read_file(write(tmp_path, NOTICE))
    assert (notice.number, notice.published) == (None, None)
    assert notice.citation == "《关于2027年部分节假日安排的通知》"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[notice", "2027.toml"),
        ("", "缺少 notice"),
        (NOTICE.replace("title", "heading"), "不认识的项目 heading"),
        (NOTICE.replace('title = "关于2027年部分节假日安排的通知"', ""), "缺少 title"),
        (NOTICE.replace("days", "day"), "不认识的项目 day"),
        (NOTICE.replace("[2027-01-01]", "[]"), "元旦没有日期"),
        (NOTICE.replace("2027-01-01", '"2027-01-01"'), "不是日期"),
        (NOTICE.replace("2027-01-01", "2027-01-01T08:00:00"), "不是日期"),
        (NOTICE.replace("2027-01-01", "2028-01-01"), "2028-01-01 不属于2027年"),
        (NOTICE.replace("2027-01-01", "2026-11-30"), "2026-11-30 不属于2027年"),
        (NOTICE.replace("2027-01-01", "2027-01-01, 2027-01-01"), "2027-01-01 在同一通知中出现两次"),
        (NOTICE + "makeup = [2027-01-04]", "2027-01-04 不是双休日"),
        (NOTICE.replace("title", 'published = "2026-11-20"\ntitle'), "不是日期"),
        ("notice = 1", "2027.toml"),
        ("notice = [1]", "2027.toml"),
    ],
)
def test_a_broken_file_is_refused_with_its_name_and_the_reason(tmp_path, text, complaint):
    with pytest.raises(NoticeError, match=complaint) as refusal:
        read_file(write(tmp_path, text))
    assert "2027.toml" in str(refusal.value)


def test_a_file_not_named_by_a_year_is_refused(tmp_path):
    with pytest.raises(NoticeError, match="文件名应为年份"):
        read_file(write(tmp_path, NOTICE, "2027-draft.toml"))


def test_a_file_that_is_not_utf8_is_refused(tmp_path):
    file = tmp_path / "2027.toml"
    file.write_bytes(NOTICE.encode("gb18030"))
    with pytest.raises(NoticeError, match=r"2027\.toml"):
        read_file(file)


def write(folder: Path, text: str, name: str = "2027.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file
