"""State Council notices on the holidays of a year, one file a year.

Each November or so the General Office of the State Council (国务院办公厅) says which days of the next year are
holidays and which Saturdays and Sundays are worked instead (调休). ``data/2025.toml`` holds the notice of 2025 as
printed; a later notice of the same year (2015 九三, 2019 劳动节, 2020 春节) follows in the same file and wins for
the days that it names. To add a year, add its file.

``days`` are the days that the notice itself names as off; a weekend next to them (与周末连休) needs no naming.
``number``, ``published`` (day of publication on gov.cn) and ``source`` are left out where they are not certain.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

SATURDAY = 5


class NoticeError(ValueError):
    """A notice file that cannot be trusted; the message names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class Holiday:
    """One paragraph of a notice: a holiday, its days off, and the weekend days worked instead."""

    name: str
    days: tuple[date, ...]
    makeup: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice as it was issued.

    >>> notice = read_notices()[2025][0]
    >>> notice.citation
    '《国务院办公厅关于2025年部分节假日安排的通知》（国办发明电〔2024〕12号）'
    >>> [day.isoformat() for day in notice.holidays[1].makeup]
    ['2025-01-26', '2025-02-08']
    """

    title: str
    number: str | None
    published: date | None
    source: str | None
    holidays: tuple[Holiday, ...]

    @property
    def citation(self) -> str:
        return f"《{self.title}》（{self.number}）" if self.number else f"《{self.title}》"


@cache
def read_notices() -> MappingProxyType[int, tuple[Notice, ...]]:
    """All notices that come with the product, by year."""
    entries = [entry for entry in files(__package__).joinpath("data").iterdir() if entry.name.endswith(".toml")]
    return MappingProxyType({_year_of(entry): read_file(entry) for entry in sorted(entries, key=lambda e: e.name)})


def read_file(file: Traversable) -> tuple[Notice, ...]:
    """The notices of one year, oldest first, checked."""
    year = _year_of(file)
    try:
        notices = tuple(_notice(table) for table in tomllib.loads(file.read_text(encoding="utf-8"))["notice"])
        for notice in notices:
            _check_days(notice, year)
    except KeyError as missing:
        raise NoticeError(f"{file.name}：缺少 {missing.args[0]}") from missing
    except (ValueError, TypeError, AttributeError) as reason:  # unreadable text, broken TOML, our own findings
        raise NoticeError(f"{file.name}：{reason}") from reason
    return notices


def _year_of(file: Traversable) -> int:
    stem = file.name.removesuffix(".toml")
    if not stem.isdecimal():
        raise NoticeError(f"{file.name}：文件名应为年份，如 2027.toml")
    return int(stem)


def _notice(table: dict[str, Any]) -> Notice:
    _refuse_unknown(table, {"title", "number", "published", "source", "holiday"})
    published = table.get("published")
    if published is not None:
        _check_date(published)
    holidays = tuple(_holiday(holiday) for holiday in table["holiday"])
    return Notice(table["title"], table.get("number"), published, table.get("source"), holidays)


def _holiday(table: dict[str, Any]) -> Holiday:
    _refuse_unknown(table, {"name", "days", "makeup"})
    return Holiday(table["name"], tuple(table["days"]), tuple(table.get("makeup", ())))


def _refuse_unknown(table: dict[str, Any], known: set[str]) -> None:
    # A misspelt key would lose days without a word.
    if unknown := sorted(table.keys() - known):
        raise ValueError(f"不认识的项目 {unknown[0]}")


def _check_days(notice: Notice, year: int) -> None:
    named = list(_named_days(notice))
    for day in named:
        _check_date(day)
        # The first days off of a new year may lie in the December before it: 2018-12-30 (2019), 2022-12-31 (2023).
        if day.year != year and (day.year, day.month) != (year - 1, 12):
            raise ValueError(f"{day} 不属于{year}年")
    if twice := [day for day in named if named.count(day) > 1]:
        raise ValueError(f"{min(twice)} 在同一通知中出现两次")
    for day in (day for holiday in notice.holidays for day in holiday.makeup):
        if day.weekday() < SATURDAY:
            raise ValueError(f"{day} 不是双休日，不能作调休上班日")


def _check_date(day: object) -> None:
    if not isinstance(day, date) or isinstance(day, datetime):
        raise ValueError(f"{day!r} 不是日期，日期写作 2027-01-01，不加引号")


def _named_days(notice: Notice) -> Iterator[date]:
    for holiday in notice.holidays:
        if not holiday.days:
            raise ValueError(f"{holiday.name}没有日期")
        yield from holiday.days
        yield from holiday.makeup
