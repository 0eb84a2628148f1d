"""Tasks that running text calls by their number: `第14项任务“泥河水质不达标”，整改时限为10月底，目前只完成40%。`

So circulars tell of the tasks that lag. What a sentence says of the task up to the next one, or to the end of its line,
is the task's.
"""

import re

from zhenggai.core.grammar.objects import Task
from zhenggai.core.grammar.outline import Outline
from zhenggai.core.grammar.places import Span
from zhenggai.core.grammar.task_values import TaskValues, build_task
from zhenggai.core.reading.numerals import to_number

_NAMED = re.compile(
    r"第 ?(?P<number>\w{1,4}?) ?[项号](?:反馈|整改|督察|督察整改)*(?:任务|问题)?(?:是|为|,|:)?"
    r"(?:\"(?P<quoted>[^\"\n]{4,100})\"|\((?P<bracketed>[^()\n]{6,100})\))(?:的?(?:整改)?(?:任务|问题))?"
)
_SAYS = r"(?:为|是|:|应为)? ?"
_FIELDS = (
    ("deadline", re.compile(rf"(?:整改|完成)?(?:时限|期限){_SAYS}(?P<value>[^,;!\n]{{4,30}})")),
    ("deadline", re.compile(r"(?:应|要求|须|需)(?:当)?(?:于|在)?(?P<value>(?:20\d\d ?年|\d{1,2} ?月|年底)[^,;!\n]{0,12}?完成)")),
    ("lead_units", re.compile(rf"牵头(?:责任)?单位{_SAYS}(?P<value>[^,;!\n]{{2,80}})")),
    ("responsible_units", re.compile(rf"(?<!牵头)责任(?:单位|主体|地区){_SAYS}(?P<value>[^,;!\n]{{2,80}})")),
)  # fmt: skip
_PROGRESS = re.compile(r"(?:截至[^,;!\n]{2,16},)?(?:目前|现)(?!在)[^!\n]{2,}!?")
_LABEL_BEHIND = re.compile(r"[,;!]? ?(?:牵头|责任)(?:责任)?(?:单位|主体|地区) ?[:为]")


def tasks_called_by_number(outline: Outline, year: int | None) -> tuple[Task, ...]:
    """The tasks that the text names with number and words, each once, in order."""
    folded = outline.folded
    named = list(_NAMED.finditer(folded))
    found: dict[int, TaskValues] = {}
    for index, match in enumerate(named):
        number = to_number(match["number"])
        following = named[index + 1].start() if index + 1 < len(named) else len(folded)
        span = match.start(), min(outline.line_end(match.end()), following)
        if number is None or number in found:
            continue
        values = TaskValues(span, number)
        values.add("issue", match.span("quoted" if match["quoted"] else "bracketed"))
        _add_fields(folded, values, (match.end(), span[1]))
        if values.is_task:
            found[number] = values
    return tuple(build_task(outline.source, values, year)[0] for values in found.values())


def _add_fields(folded: str, values: TaskValues, span: Span) -> None:
    for name, pattern in _FIELDS:
        match = None if name in values.fields else pattern.search(folded, *span)
        if match:
            values.add(name, match.span("value"))
    told = _PROGRESS.search(folded, *span)
    if told:
        label = _LABEL_BEHIND.search(folded, told.start(), told.end())
        values.add("progress", (told.start(), label.start() if label else told.end()))
