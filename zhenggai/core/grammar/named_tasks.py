"""Tasks that sentences give, without labels.

Circulars call them by their number: `第14项任务“泥河水质不达标”，整改时限为10月底，目前只完成40%。` What stands up to the next
one, or to the end of the line, is the task's. Assignments say who does what by when: `（1）甲局负责，于4月底前完成…`.
"""

import re

from zhenggai.core.grammar.measures import MeasureText, split_measures
from zhenggai.core.grammar.numbering import Marker
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
_REMARK = re.compile(r"序号|编号|简称|见附|附件|下同|共\d|项$")
"""Words of a bracket that tells something else than what the task is about."""
_ASSIGNED = re.compile(
    r"(?:由 ?)?(?P<units>[^,;!:\n]{2,60}?)(?:牵头)?负责,(?:应|要|须|需)?(?:于|在|确保)?"
    r"(?P<deadline>(?:20\d\d ?年|\d{1,2} ?月|第?[一二三四]季度|上半年|年底|年内)[^,;!\n]{0,12}?(?:前|底|季度|上半年|年内|日)),?"
    r"(?P<what>[^,;!\n][^!\n]{3,}!?)"
)
_AGAINST = re.compile(
    r'(?:针对|关于|就|对) ?(?:(?:督察|反馈|指出|通报)的?)*"(?P<issue>[^"\n]{4,120})"(?:等)?(?:的)?(?:反馈|整改)?(?:问题|事项|任务)?(?:的?整改)?[!:]? *(?=\n|$)'
)
_LED = re.compile(
    r"由 ?(?P<lead>[^,;!:\n]{2,60}?)牵头(?:负责|落实|组织实施)?(?:,(?:会同)?(?P<helping>[^,;!:\n]{2,80}?)(?:配合|参与|协助|协同))?,?"
)
_MENDED_BY = re.compile(
    r"(?<=[,;!\n])(?P<deadline>[^,;!\n]{2,20}?(?:完成(?:全部)?整改|整改(?:到位|完成)|完成销号)(?:任务)?(?:,?并?(?:长期坚持|持续(?:推进|巩固)))?)"
)
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


def name_of(folded: str, number: int) -> Span | None:
    """The words by which a text calls the task of this number: `第31项整改任务（港区粉尘无组织排放）`."""
    for match in _NAMED.finditer(folded):
        if to_number(match["number"]) == number and (match["quoted"] or not _REMARK.search(match["bracketed"])):
            return match.span("quoted" if match["quoted"] else "bracketed")
    return None


def tasks_assigned(outline: Outline, year: int | None) -> tuple[Task, ...]:
    """The tasks of a list whose items each say who does what by when. One such item is no list."""
    found = []
    for token in outline.tokens:
        if not isinstance(token, Marker) or not token.opens_line:
            continue
        match = _ASSIGNED.match(outline.folded, token.end, outline.line_end(token.end))
        if match:
            values = TaskValues((token.start, match.end()), token.number)
            values.add("responsible_units", match.span("units"))
            values.add("deadline", match.span("deadline"))
            values.measures.append(MeasureText(None, match.span("what")))
            found.append(values)
    return tuple(build_task(outline.source, values, year)[0] for values in found) if len(found) > 1 else ()


def tasks_against(outline: Outline, year: int | None) -> tuple[Task, ...]:
    """The tasks under headings that quote a problem, told in sentences: who leads, who helps, what is done until when. One
    such heading is no list."""
    folded = outline.folded
    heads = [token for token in outline.tokens if isinstance(token, Marker) and token.opens_line]
    found = []
    for index, head in enumerate(heads):
        about = _AGAINST.match(folded, head.end, outline.line_end(head.end))
        if about is None:
            continue
        outer = (one.start for one in heads[index + 1 :] if one.rank <= head.rank)
        span = about.end(), next(outer, len(folded))
        values = TaskValues((head.start, span[1]), head.number)
        values.add("issue", about.span("issue"))
        _add_sentences(folded, values, span)
        if values.is_task:
            found.append(values)
    return tuple(build_task(outline.source, values, year)[0] for values in found) if len(found) > 1 else ()


def _add_sentences(folded: str, values: TaskValues, span: Span) -> None:
    start, end = span
    led = _LED.search(folded, start, end)
    if led:
        start = led.end()
        values.add("lead_units", led.span("lead"))
        if led["helping"]:
            values.add("cooperating_units", led.span("helping"))
    limit = _MENDED_BY.search(folded, start, end)
    if limit:
        values.add("deadline", limit.span("deadline"))
        end = limit.start()
    values.measures += split_measures(folded, (start, end), [])


def _add_fields(folded: str, values: TaskValues, span: Span) -> None:
    for name, pattern in _FIELDS:
        match = None if name in values.fields else pattern.search(folded, *span)
        if match:
            values.add(name, match.span("value"))
    told = _PROGRESS.search(folded, *span)
    if told:
        label = _LABEL_BEHIND.search(folded, told.start(), told.end())
        values.add("progress", (told.start(), label.start() if label else told.end()))
