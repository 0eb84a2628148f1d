"""What a plan's tasks lack, as the national rules ask it of a plan (DOMAIN, section 1; requirement R15).

Each task names its goal, measures, limit and responsible unit (逐条、逐项明确整改目标、措施和整改时限); where the problem is
stated in figures, goal or measures have some too; no task's limit lies after the plan's own.
"""

import re
from collections.abc import Iterator

from zhenggai.core.grammar.dates import find_dates
from zhenggai.core.grammar.objects import Task, Warning
from zhenggai.core.grammar.quantities import find_quantities
from zhenggai.core.grammar.scanning import matches_from
from zhenggai.core.reading import CleanText, Spans

_WHOLE_PLAN = re.compile(
    r"(?:(?:全面|全部|如期|按期|基本|确保|力争)*完成(?:全部|所有|各项|全市|全省|全县|全区|各类|既定)?[^,!;\n]{0,12}(?:整改任务|整改工作|整改目标|问题整改|整改事项)"
    r"|(?:整改任务|反馈问题|整改工作|各项任务)(?:全部|全面|基本|如期)*(?:完成|整改到位|销号))"
)
_SIGNS = re.compile("[全如按基确力完整反各]")  # with which it begins
_NEARBY = 60  # characters before the words in which their date stands
_OF_THE_PROBLEM = frozenset({"次", "人", "名", "人次", "分", "场", "场次", "轮"})
"""Units of what was or was not done (meetings, people); a goal need not repeat them."""


def plan_doubts(source: CleanText, tasks: tuple[Task, ...], year: int | None) -> Iterator[Warning]:
    """A warning for each thing that a task of a plan lacks; a limit that is missing is told where tasks are built."""
    limit = _limit_of_plan(source, tasks, year)
    for task in tasks:
        name = f"任务{task.serial}" if task.serial else "这项任务"
        if task.goal is None:
            yield Warning("missing_goal", f"{name}没有写整改目标。", task.place)
        if not task.measures:
            yield Warning("missing_measures", f"{name}没有写整改措施。", task.place)
        if not (task.lead_units or task.responsible_units or task.responsible_persons or task.leaders):
            yield Warning("missing_unit", f"{name}没有写责任单位。", task.place)
        if task.issue and not task.goal_quantities and not any(one.quantities for one in task.measures):
            figure = next((one for one in find_quantities(task.issue) if one.unit not in _OF_THE_PROBLEM), None)
            if figure:
                message = f"{name}的问题写了“{figure.raw}”，整改目标和措施里没有数量。"
                yield Warning("missing_quantity", message, task.places["issue"][0])
        if limit and task.deadline and task.deadline.due and task.deadline.due > limit:
            message = f"{name}的整改时限{task.deadline.due}晚于方案自己的时限{limit}。"
            yield Warning("later_than_plan", message, task.deadline.place)


def _limit_of_plan(source: CleanText, tasks: tuple[Task, ...], year: int | None) -> str | None:
    """The day by which the plan as a whole is to be done, as its own text says; the last of several.

    >>> from zhenggai.core.reading import clean, read
    >>> text = "到2021年底，基本完成整改任务；2023年底前，反馈问题全部整改到位。"
    >>> _limit_of_plan(clean(read(text.encode(), "a.txt")), (), None)
    '2023-12-31'
    """
    inside = Spans.joined(sorted((task.place.start, task.place.end) for task in tasks))
    found = []
    for gap in zip([0, *inside.ends], [*inside.starts, len(source.folded)], strict=True):
        for match in matches_from(_SIGNS, _WHOLE_PLAN, source.folded, *gap):
            start = max(source.folded.rfind(sign, 0, match.start()) for sign in "!;\n") + 1
            points = find_dates(source.text[max(start, match.start() - _NEARBY) : match.end()], year)
            found += [point.due.isoformat() for point in points if point.due and point.bounded and point.named_year]
    return max(found, default=None)
