"""What a place may decide, as data: read from a rulebook version's JSON and checked here, once.

Names, levels, days and forms of acceptance differ by place (DOMAIN.md §2): they are rows of a rulebook, never code.
"""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

DayKind = Literal["working", "calendar"]
DAY_KINDS: dict[str, str] = {"working": "个工作日", "calendar": "日"}
TIERS = ("county", "city", "province")


class RuleError(ValueError):
    """A rulebook that cannot be followed; the message says which rule and what is allowed."""


@dataclass(frozen=True)
class Level:
    """One level of acceptance: what it is called, which tier's office decides, within how many working days."""

    key: str
    name: str
    tier: str
    days: int


@dataclass(frozen=True)
class Rules:
    """The rules of one version. Days without a kind are working days."""

    report_day: int = 15
    report_shift: bool = True
    notice_days: int = 10
    notice_day_kind: DayKind = "working"
    levels: tuple[Level, ...] = field(
        default=(Level("county", "县级验收", "county", 15), Level("city", "市级验收", "city", 20))
    )
    review_name: str = "市领导小组审核"
    review_tier: str = "city"
    review_days: int = 10
    objection_days: int = 5
    filing_to: str = "省整改办"
    filing_days: int = 5
    warning_days: int = 30

    def levels_from(self, tier: str) -> tuple[Level, ...]:
        """The levels that a task of this tier passes: a city's own task has no county above it, a township's has all.

        >>> [level.key for level in Rules().levels_from("city")], len(Rules().levels_from("township"))
        (['city'], 2)
        """
        lowest = TIERS.index(tier) if tier in TIERS else 0
        return tuple(level for level in self.levels if TIERS.index(level.tier) >= lowest)

    def as_json(self) -> dict[str, Any]:
        """The form in which a version is stored."""
        return asdict(self)


def _within(name: str, value: Any, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise RuleError(f"“{name}”应是{low}到{high}之间的整数，现在是{value!r}")
    return value


def _one_of(name: str, value: Any, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise RuleError(f"“{name}”只能是{'、'.join(allowed)}之一，现在是{value!r}")
    return str(value)


def _levels(rows: Any) -> tuple[Level, ...]:
    if not isinstance(rows, list | tuple) or not rows:
        raise RuleError("“验收层级”至少要有一级")
    levels = tuple(
        Level(
            str(row["key"]),
            str(row["name"]),
            _one_of("验收层级", row["tier"], TIERS),
            _within("验收限期", row["days"], 1, 120),
        )
        for row in rows
    )
    if len({level.key for level in levels}) != len(levels):
        raise RuleError("“验收层级”里有两级同名")
    order = [TIERS.index(level.tier) for level in levels]
    if order != sorted(order):
        raise RuleError("“验收层级”要由下往上排：县级、市级、省级")
    return levels


def rules_from(data: dict[str, Any]) -> Rules:
    """The rules in a version's JSON; unknown names and values out of range raise RuleError with what to do.

    >>> rules_from({"notice_days": 5}).notice_days
    5
    >>> rules_from({"notice_days": 0})
    Traceback (most recent call last):
    zhenggai.rulebook.rules.RuleError: “公示期”应是1到60之间的整数，现在是0
    """
    given = Rules()
    unknown = set(data) - set(given.as_json())
    if unknown:
        raise RuleError(f"制度里没有这些条目：{'、'.join(sorted(unknown))}")
    merged = given.as_json() | data
    return Rules(
        report_day=_within("月报截止日", merged["report_day"], 1, 28),
        report_shift=bool(merged["report_shift"]),
        notice_days=_within("公示期", merged["notice_days"], 1, 60),
        notice_day_kind=_one_of("公示期计法", merged["notice_day_kind"], tuple(DAY_KINDS)),  # type: ignore[arg-type]
        levels=_levels(merged["levels"]),
        review_name=str(merged["review_name"]),
        review_tier=_one_of("审核层级", merged["review_tier"], TIERS),
        review_days=_within("审核限期", merged["review_days"], 1, 120),
        objection_days=_within("异议答复期限", merged["objection_days"], 1, 60),
        filing_to=str(merged["filing_to"]),
        filing_days=_within("备案期限", merged["filing_days"], 1, 60),
        warning_days=_within("到期提醒", merged["warning_days"], 1, 180),
    )
