"""Who must speak at a dispatch meeting (表态发言), as data. The seed plan names three grounds: 整改任务重、难度大、整改进展
滞后 (R19); what each means in numbers is a place's own decision."""

from dataclasses import dataclass
from typing import Any

SIGNS: dict[str, str] = {
    "sponsored": "领导领衔督办",
    "extended": "延过期",
    "returned": "验收退回或不通过",
    "consulted": "提请会商",
}


@dataclass(frozen=True)
class Speaking:
    """Heavy: at least `heavy_tasks` open tasks, or `heavy_share` per cent of the place's where that is `heavy_least` or
    more. Hard: at least `hard_tasks` open tasks that bear one of `hard_signs`. Lagging: at least `lagging_tasks` tasks
    behind or overdue, or `missing_reports` reports that did not come. At most `most` units speak, the slowest first."""

    heavy_tasks: int = 5
    heavy_share: int = 30
    heavy_least: int = 3
    hard_tasks: int = 1
    hard_signs: tuple[str, ...] = tuple(SIGNS)
    lagging_tasks: int = 1
    missing_reports: int = 1
    most: int = 8


NAMES = {
    "heavy_tasks": ("任务重：未销号项数", 1, 999),
    "heavy_share": ("任务重：占比（%）", 1, 100),
    "heavy_least": ("任务重：按占比时至少项数", 1, 999),
    "hard_tasks": ("难度大：项数", 1, 999),
    "lagging_tasks": ("进展滞后：项数", 1, 999),
    "missing_reports": ("进展滞后：未报月报告份数", 1, 999),
    "most": ("表态发言最多几家", 1, 50),
}


def speaking_from(data: Any) -> Speaking:
    """The rules in a version's JSON. Raises ValueError, with what to do, for what cannot be followed.

    >>> speaking_from({"most": 3}).most
    3
    >>> speaking_from({"most": 0})
    Traceback (most recent call last):
    ValueError: “表态发言最多几家”应是1到50之间的整数，现在是0
    """
    if isinstance(data, Speaking):
        return data
    if not isinstance(data, dict) or set(data) - {*NAMES, "hard_signs"}:
        raise ValueError(f"“表态发言”只能写这些条目：{'、'.join([*NAMES, 'hard_signs'])}")
    numbers = {}
    for name, (words, low, high) in NAMES.items():
        value = data.get(name, getattr(Speaking, name))
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(f"“{words}”应是{low}到{high}之间的整数，现在是{value!r}")
        numbers[name] = value
    signs = data.get("hard_signs", Speaking.hard_signs)
    if not isinstance(signs, list | tuple) or set(signs) - set(SIGNS):
        raise ValueError(f"“难度大”的情形只能是：{'、'.join(SIGNS)}")
    return Speaking(**numbers, hard_signs=tuple(signs))


def words_of(rules: Speaking) -> str:
    """What people read.

    >>> words_of(Speaking(hard_signs=("extended",)))
    '未销号5项以上，或占30%且3项以上；延过期的1项以上；滞后1项以上或未报1份以上；最多8家'
    """
    signs = "、".join(SIGNS[name] for name in rules.hard_signs)
    hard = f"；{signs}的{rules.hard_tasks}项以上" if signs else ""
    return (
        f"未销号{rules.heavy_tasks}项以上，或占{rules.heavy_share}%且{rules.heavy_least}项以上{hard}；"
        f"滞后{rules.lagging_tasks}项以上或未报{rules.missing_reports}份以上；最多{rules.most}家"
    )
