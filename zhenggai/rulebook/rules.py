"""What a place may decide, as data: read from a rulebook version's JSON and checked here, once.

Names, levels, days and forms of acceptance differ by place (DOMAIN.md §2): they are rows of a rulebook, never code.
"""

from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

from zhenggai.core.cadence import Cadence, CadenceError, cadence_from
from zhenggai.rulebook.chain import USUAL, Chain, ChainError, chain_for, chains_from
from zhenggai.rulebook.speaking import Speaking, speaking_from

DayKind = Literal["working", "calendar"]
DAY_KINDS: dict[str, str] = {"working": "个工作日", "calendar": "日"}
Reporters = Literal["all", "lead"]
REPORTERS: dict[str, str] = {
    "all": "牵头单位、责任单位各自报",
    "lead": "牵头单位汇总报，没有牵头单位的由责任单位各自报",
}
YEARLY = Cadence("FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=30", "none")
MONTHLY = Cadence("FREQ=MONTHLY;BYMONTHDAY=15", "next")
QUARTERLY = Cadence("FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=25", "next")
# Versions written before cadences and chains were data name a day of the month and whether it moves on, and one list of
# levels with its review: they are never rewritten.
EARLIER_REPORT = ("report_day", "report_shift")
EARLIER_CHAIN = ("levels", "review_name", "review_tier", "review_days")
# What the leader who strikes off may override with a reason, where the rulebook says so; nothing else ever is.
OVERRIDABLE = {
    "targets": "量化目标未达到", "sweeps": "举一反三未回报", "lower": "分解的任务未销号", "penalties": "罚款未缴清",
}  # fmt: skip


class RuleError(ValueError):
    """A rulebook that cannot be followed; the message says which rule and what is allowed."""


@dataclass(frozen=True)
class Rules:
    """The rules of one version. Days without a kind are working days.

    `reporters`: who owes the monthly report (REPORTERS). `yearly_check`: until when long-term tasks are looked at again, one
    day in each year.
    `report`: until when units report on a month, one day in each. `filing_quarter`: until when a quarter is filed, one day
    in each; a day in the first month of a quarter files the quarter before. `countdown_days`: from how many days before
    its limit on a task stands on the countdown list (倒计时督办). `chains`: who accepts what kind of task (chain.py).
    `overridable`: which missing conditions a named leader may override (OVERRIDABLE).
    """

    report: Cadence = MONTHLY
    filing_quarter: Cadence = QUARTERLY
    countdown_days: int = 30
    notice_days: int = 10
    notice_day_kind: DayKind = "working"
    chains: tuple[Chain, ...] = (USUAL,)
    overridable: tuple[str, ...] = ()
    objection_days: int = 5
    filing_to: str = "省整改办"
    filing_days: int = 5
    warning_days: int = 30
    reporters: Reporters = "all"
    yearly_check: Cadence = YEARLY
    speaking: Speaking = field(default_factory=Speaking)

    def chain_of(self, source: str, inspection: str, term: str) -> Chain:
        """The chain that a task of this kind passes: the first that fits.

        >>> Rules().chain_of("complaint", "own", "dated").name
        '一般任务'
        """
        return chain_for(self.chains, source, inspection, term)

    def report_due(self, month: date) -> date:
        """Until when reports on `month` (its first day) are due.

        >>> Rules().report_due(date(2026, 11, 1))
        datetime.date(2026, 11, 16)
        """
        return _only(self.report, month, _later(month, 1))

    def quarter_due(self, quarter: date) -> date:
        """Until when the filing of `quarter` (its first day) is due.

        >>> Rules().quarter_due(date(2026, 7, 1))
        datetime.date(2026, 9, 28)
        >>> Rules(filing_quarter=Cadence("FREQ=MONTHLY;BYMONTH=1,4,7,10;BYMONTHDAY=10")).quarter_due(date(2026, 7, 1))
        datetime.date(2026, 10, 10)
        """
        return _only(self.filing_quarter, _later(quarter, 1), _later(quarter, 4))

    def yearly_due(self, year: int) -> date:
        """Until when the yearly check of `year` is due.

        >>> Rules().yearly_due(2026)
        datetime.date(2026, 11, 30)
        """
        return _only(self.yearly_check, date(year, 1, 1), date(year + 1, 1, 1))

    def as_json(self) -> dict[str, Any]:
        """The form in which a version is stored."""
        return asdict(self)


def _later(month: date, by: int) -> date:
    """The first day of the month `by` months after `month`."""
    index = month.year * 12 + month.month - 1 + by
    return date(index // 12, index % 12 + 1, 1)


def _only(cadence: Cadence, first: date, end: date) -> date:
    """The day of a cadence whose rule names one from `first` to the day before `end`."""
    return cadence.occurrences(first, end - timedelta(days=1))[0].day


def _cadence(name: str, data: Any, months: int) -> Cadence:
    """A cadence with exactly one day in each span of `months`; a longer one than a month begins with its second month."""
    try:
        cadence = cadence_from(data, name)
    except CadenceError as error:
        raise RuleError(str(error)) from error
    if wrong := _not_once(cadence, months):
        first, count = wrong
        every = {1: "每月", 3: "每季度", 12: "每年"}[months]
        raise RuleError(
            f"“{name}”{every}要有且只有一天，“{cadence.words}”在{first:%Y年%-m月}起的{months}个月里有{count}天"
        )
    return cadence


@lru_cache(maxsize=256)
def _not_once(cadence: Cadence, months: int) -> tuple[date, int] | None:
    """The first span of five years, which have every kind of February, that has not exactly one day, and how many."""
    bounds = [_later(date(2023, 2 if months > 1 else 1, 1), step) for step in range(0, 60 + months, months)]
    named = [found.named for found in cadence.occurrences(bounds[0], bounds[-1] - timedelta(days=1))]
    counts = ((first, sum(first <= day < end for day in named)) for first, end in pairwise(bounds))
    return next(((first, count) for first, count in counts if count != 1), None)


def _report(data: dict[str, Any]) -> Any:
    """The report day's cadence, also of a version that names a day of the month."""
    if "report" in data or not set(EARLIER_REPORT) & set(data):
        return data.get("report", MONTHLY)
    day = _within("月报截止日", data.get("report_day", 15), 1, 28)
    return Cadence(f"FREQ=MONTHLY;BYMONTHDAY={day}", "next" if data.get("report_shift", True) else "none")


def _speaking(data: Any) -> Speaking:
    try:
        return speaking_from(data)
    except ValueError as error:
        raise RuleError(str(error)) from error


def _within(name: str, value: Any, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise RuleError(f"“{name}”应是{low}到{high}之间的整数，现在是{value!r}")
    return value


def _one_of(name: str, value: Any, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise RuleError(f"“{name}”只能是{'、'.join(allowed)}之一，现在是{value!r}")
    return str(value)


def _chains(data: dict[str, Any]) -> tuple[Chain, ...]:
    """The chains, also of a version that names one list of levels and its review."""
    if "chains" in data or not set(EARLIER_CHAIN) & set(data):
        rows = data.get("chains", Rules().as_json()["chains"])
    else:
        review = {
            "key": "review", "by": "leaders", "name": data.get("review_name", "市领导小组审核"),
            "tier": data.get("review_tier", "city"), "days": data.get("review_days", 10),
        }  # fmt: skip
        rows = [{"name": USUAL.name, "levels": [*data.get("levels", asdict(USUAL)["levels"][:-1]), review]}]
    try:
        return chains_from(rows)
    except ChainError as error:
        raise RuleError(str(error)) from error


def _overridable(names: Any) -> tuple[str, ...]:
    if not isinstance(names, list | tuple):
        raise RuleError("“可以放行的条件”要写成一列")
    return tuple(_one_of("可以放行的条件", name, tuple(OVERRIDABLE)) for name in names)


def rules_from(data: dict[str, Any]) -> Rules:
    """The rules in a version's JSON; unknown names and values out of range raise RuleError with what to do.

    >>> rules_from({"notice_days": 5}).notice_days
    5
    >>> rules_from({"notice_days": 0})
    Traceback (most recent call last):
    zhenggai.rulebook.rules.RuleError: “公示期”应是1到60之间的整数，现在是0
    """
    given = Rules()
    unknown = set(data) - set(given.as_json()) - {*EARLIER_REPORT, *EARLIER_CHAIN}
    if unknown:
        raise RuleError(f"制度里没有这些条目：{'、'.join(sorted(unknown))}")
    if "chains" in data and set(EARLIER_CHAIN) & set(data):
        raise RuleError("“验收链”写了两种：有了chains，就不要再写levels、review_name、review_tier、review_days")
    if "report" in data and set(EARLIER_REPORT) & set(data):
        raise RuleError("“月报截止”写了两种：有了report，就不要再写report_day、report_shift")
    merged = given.as_json() | data
    return Rules(
        report=_cadence("月报截止", _report(data), 1),
        filing_quarter=_cadence("季度报备", merged["filing_quarter"], 3),
        countdown_days=_within("倒计时督办", merged["countdown_days"], 1, 180),
        notice_days=_within("公示期", merged["notice_days"], 1, 60),
        notice_day_kind=_one_of("公示期计法", merged["notice_day_kind"], tuple(DAY_KINDS)),  # type: ignore[arg-type]
        chains=_chains(data),
        overridable=_overridable(merged["overridable"]),
        objection_days=_within("异议答复期限", merged["objection_days"], 1, 60),
        filing_to=str(merged["filing_to"]),
        filing_days=_within("备案期限", merged["filing_days"], 1, 60),
        warning_days=_within("到期提醒", merged["warning_days"], 1, 180),
        reporters=_one_of("谁报月报告", merged["reporters"], tuple(REPORTERS)),  # type: ignore[arg-type]
        yearly_check=_cadence("年度复核", merged["yearly_check"], 12),
        speaking=_speaking(merged["speaking"]),
    )
