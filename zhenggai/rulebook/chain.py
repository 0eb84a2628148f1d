"""The chain of acceptance as data: which levels a kind of task passes, what each needs, who decides, in how many days.

Places differ in all of it (DOMAIN.md §2): a county accepts and its city reviews; provincial and city issues are accepted
apart and filed; an industry department joins. A chain ends with the leading group's review, and has at least one
acceptance before it.
"""

from dataclasses import dataclass
from typing import Any, Literal

By = Literal["office", "industry", "leaders"]
TIERS = ("county", "city", "province")
TIER_WORDS = {"county": "县级", "city": "市级", "province": "省级"}
DECIDERS: dict[str, str] = {"office": "整改办", "industry": "行业部门", "leaders": "领导小组"}
# Kinds of task, told apart by where the problem came from and by whether it ever ends.
SOURCES = ("feedback", "accountability", "complaint", "self_found", "patrol")
INSPECTIONS = ("central", "provincial", "special", "look_back", "own")
TERMS = ("dated", "long_term")
MOST_LEVELS, MOST_CHAINS, MOST_LINES = 8, 8, 30


class ChainError(ValueError):
    """A chain that cannot be walked; the message says what is wrong and what is allowed."""


@dataclass(frozen=True)
class Level:
    """One decision. `by`: the office of `tier`, the industry department that the task names, or the leaders of `tier`.
    `conditions`: the lines of its form, each to be answered; `documents`: what the application must hold; `visit`: somebody
    has been on site; `collective`: minutes of the meeting that decided."""

    key: str
    name: str
    tier: str
    days: int
    by: By = "office"
    conditions: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    visit: bool = False
    collective: bool = False

    @property
    def is_review(self) -> bool:
        return self.by == "leaders"

    @property
    def words(self) -> str:
        """
        >>> Level("county", "县级验收", "county", 15, conditions=("措施做完",), visit=True).words
        '县级验收（县级整改办，15个工作日；验收表1项，现场核查）'
        """
        needs = [
            f"验收表{len(self.conditions)}项" if self.conditions else "",
            "、".join(f"《{name}》" for name in self.documents),
            "现场核查" if self.visit else "",
            "集体研究" if self.collective else "",
        ]
        told = "，".join(need for need in needs if need)
        who = f"{TIER_WORDS[self.tier]}{DECIDERS[self.by]}，{self.days}个工作日"
        return f"{self.name}（{who}{'；' if told else ''}{told}）"


@dataclass(frozen=True)
class Chain:
    """The levels of the kinds of task that it names; an empty list of sources, inspections or terms means all. `inquiry`:
    before one applies, somebody has asked which rule let the failing happen (倒查制度缺陷)."""

    name: str
    levels: tuple[Level, ...]
    sources: tuple[str, ...] = ()
    inspections: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    inquiry: bool = False

    @property
    def fits_all(self) -> bool:
        return not (self.sources or self.inspections or self.terms)

    def fits(self, source: str, inspection: str, term: str) -> bool:
        """
        >>> Chain("信访件", (), sources=("complaint",)).fits("complaint", "own", "dated")
        True
        """
        asked = ((self.sources, source), (self.inspections, inspection), (self.terms, term))
        return all(not named or value in named for named, value in asked)

    def levels_from(self, tier: str) -> tuple[Level, ...]:
        """The levels that a task of this tier passes: a city's own task has no county above it, a township's has all.

        >>> [level.key for level in USUAL.levels_from("city")], len(USUAL.levels_from("township"))
        (['city', 'review'], 3)
        """
        lowest = TIERS.index(tier) if tier in TIERS else 0
        return tuple(level for level in self.levels if TIERS.index(level.tier) >= lowest)

    @property
    def words(self) -> str:
        asked = "先倒查制度缺陷 → " if self.inquiry else ""
        return asked + " → ".join(level.words for level in self.levels)


USUAL = Chain(
    "一般任务",
    (
        Level("county", "县级验收", "county", 15),
        Level("city", "市级验收", "city", 20),
        Level("review", "市领导小组审核", "city", 10, by="leaders"),
    ),
)


def chain_for(chains: tuple[Chain, ...], source: str, inspection: str, term: str) -> Chain:
    """The first chain that fits; the last one fits every task (chains_from)."""
    return next(chain for chain in chains if chain.fits(source, inspection, term))


def chains_from(rows: Any) -> tuple[Chain, ...]:
    """The chains in a version's JSON. Raises ChainError with what is wrong.

    >>> chains_from([{"name": "一般任务", "levels": []}])
    Traceback (most recent call last):
    zhenggai.rulebook.chain.ChainError: “一般任务”至少要有一级验收和一级审核
    """
    if not isinstance(rows, list | tuple) or not 0 < len(rows) <= MOST_CHAINS:
        raise ChainError(f"“验收链”要有1到{MOST_CHAINS}条")
    chains = tuple(_chain(row) for row in rows)
    if len({chain.name for chain in chains}) != len(chains):
        raise ChainError("“验收链”里有两条同名")
    if not chains[-1].fits_all:
        raise ChainError("最后一条“验收链”要适用所有任务，不写来源、督察类型和期限；否则有的任务没有人验收")
    return chains


def _chain(row: Any) -> Chain:
    if not isinstance(row, dict) or set(row) - set(Chain.__dataclass_fields__):
        raise ChainError("“验收链”的每一条只写name、levels，需要时写sources、inspections、terms、inquiry")
    name = _text("验收链名称", row.get("name"), 40)
    rows = row.get("levels", ())
    if not isinstance(rows, list | tuple) or len(rows) > MOST_LEVELS:
        raise ChainError(f"“{name}”最多{MOST_LEVELS}级")
    levels = tuple(_level(name, level) for level in rows)
    _check_order(name, levels)
    return Chain(
        name, levels,
        sources=_some(f"{name}的来源", row.get("sources", ()), SOURCES),
        inspections=_some(f"{name}的督察类型", row.get("inspections", ()), INSPECTIONS),
        terms=_some(f"{name}的期限", row.get("terms", ()), TERMS),
        inquiry=_yes(f"“{name}”的倒查制度缺陷", row.get("inquiry", False)),
    )  # fmt: skip


def _check_order(name: str, levels: tuple[Level, ...]) -> None:
    if len(levels) < 2 or levels[0].is_review or not levels[-1].is_review:
        raise ChainError(f"“{name}”至少要有一级验收和一级审核")
    if any(level.is_review for level in levels[:-1]):
        raise ChainError(f"“{name}”的领导小组审核只在最后一级")
    if len({level.key for level in levels}) != len(levels):
        raise ChainError(f"“{name}”里有两级同名")
    order = [TIERS.index(level.tier) for level in levels[:-1]]
    if order != sorted(order):
        raise ChainError(f"“{name}”要由下往上排：县级、市级、省级")


def _level(chain: str, row: Any) -> Level:
    if not isinstance(row, dict) or set(row) - set(Level.__dataclass_fields__):
        raise ChainError(f"“{chain}”的一级只能写：{'、'.join(Level.__dataclass_fields__)}")
    name = _text(f"“{chain}”的层级名称", row.get("name"), 40)
    days = row.get("days")
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= 120:
        raise ChainError(f"“{name}”的限期应是1到120之间的整数，现在是{days!r}")
    return Level(
        key=_text(f"“{name}”的key", row.get("key"), 40), name=name, days=days,
        tier=_one(f"“{name}”的层级", row.get("tier"), TIERS),
        by=_one(f"“{name}”由谁作出", row.get("by", "office"), tuple(DECIDERS)),  # type: ignore[arg-type]
        conditions=_lines(f"“{name}”的验收条件", row.get("conditions", ())),
        documents=_lines(f"“{name}”的材料", row.get("documents", ())),
        visit=_yes(f"“{name}”的现场核查", row.get("visit", False)),
        collective=_yes(f"“{name}”的集体研究", row.get("collective", False)),
    )  # fmt: skip


def _text(name: str, value: Any, most: int) -> str:
    if not isinstance(value, str) or not 0 < len(value.strip()) <= most:
        raise ChainError(f"{name}要写，最多{most}个字")
    return value.strip()


def _one(name: str, value: Any, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ChainError(f"{name}只能是{'、'.join(allowed)}之一，现在是{value!r}")
    return str(value)


def _some(name: str, values: Any, allowed: tuple[str, ...]) -> tuple[str, ...]:
    if not isinstance(values, list | tuple):
        raise ChainError(f"{name}要写成一列")
    return tuple(_one(name, value, allowed) for value in values)


def _lines(name: str, values: Any) -> tuple[str, ...]:
    if not isinstance(values, list | tuple) or len(values) > MOST_LINES:
        raise ChainError(f"{name}要写成一列，最多{MOST_LINES}条")
    lines = tuple(_text(name, value, 120) for value in values)
    if len(set(lines)) != len(lines):
        raise ChainError(f"{name}有两条相同")
    return lines


def _yes(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ChainError(f"{name}只写true或false")
    return value
