"""Tasks in running text: from a group of labelled fields to the places of their words."""

import re

from zhenggai.core.grammar.label_words import SHORT_FIELDS, UNIT_FIELDS
from zhenggai.core.grammar.labels import NUMBERED_MEASURE
from zhenggai.core.grammar.measures import MeasureText, lines_of, split_measures
from zhenggai.core.grammar.numbering import Marker
from zhenggai.core.grammar.outline import Outline
from zhenggai.core.grammar.places import Span, trimmed
from zhenggai.core.grammar.task_groups import FieldText, TaskGroup
from zhenggai.core.grammar.task_values import TaskValues
from zhenggai.core.grammar.unit_lists import looks_like_units
from zhenggai.core.reading.numerals import to_number

_BROKEN_OFF = "、，,；;/和及与"
_NUMBER_IN_BRACKETS = re.compile(
    r"\([^()省市县国央对]{0,10}(?:第 ?(?P<number>\w{1,4}) ?(?:项|条|号)|(?:序号|编号) ?:? ?(?P<counted>\d{1,4}))[^()]{0,6}\)[!:]?$"
)
"""The task's own number behind its words: `危险废物贮存不规范（整改任务第21项）`."""
_CALLED_BY_NUMBER = re.compile(
    r'(?:关于)?[^第"\n]{0,16}第 ?(?P<number>\w{1,4}?) ?[项条号](?:(?:督察)?(?:反馈|整改)?(?:问题|任务|事项|意见))?[:`, ]?'
    r' ?"(?P<name>[^"\n]{4,120})"(?:的?(?:问题|任务|事项))?(?:的?整改)?(?:工作)?(?:进展|落实|完成)?(?:情况)?[!: ]*'
)
"""A heading that calls the task by its number in another list: `（一）关于第3项“河水返黑”问题`."""
_NUMBERED_AS_TASKS = frozenset({"word", "item"})
_TASK_WORD = re.compile("任务|问题|事项")
CALLED_IN_BRACKETS = re.compile(r" ?\((?P<name>[^()\n]{4,60})\) ?:? ?")
"""What a task is called, between its number and what is told of it: `任务二（污水厂改造滞后）：已通水。`"""
_BRACKETS = " \t\n(（[【"
_ADDRESSES = ("请", "望", "现将", "特此")
_TELLS_MORE = frozenset({"goal", "measures", "progress", "status"})
"""With one of these beside it, what a task's number opens is its issue, not what is to be done."""


def task_values(outline: Outline, group: TaskGroup) -> TaskValues:
    """Where the fields of this task stand."""
    values = TaskValues((group.start, group.end))
    values.category = [outline.heading(heading) for heading in group.headings]
    if group.head:
        values.serial = group.head.number
        _add_head(outline, group, group.head, values)
    else:
        values.serial = _own_number(group)
    of_measures = _of_measures(outline, group)
    for one in group.fields:
        name = one.label.field
        if name == "measures":
            values.measures += _measures(outline, one, of_measures)
        elif name == "category":
            values.category.append(_value(outline, one))
        elif name != "other" and one not in of_measures:
            values.add(name, _value(outline, one))
    return values


def _own_number(group: TaskGroup) -> int | None:
    """The number before a task's issue (`一、反馈问题：…`), unless all its labels are numbered as sections."""
    first = group.fields[0].label
    if first.marker is None or first.field != "issue" or any(one.label.rank == first.rank for one in group.fields[1:]):
        return None
    return first.marker.number


def _add_head(outline: Outline, group: TaskGroup, head: Marker, values: TaskValues) -> None:
    """The words after the task's number: its issue, its heading, or, with labels only in brackets, what to do."""
    text = outline.source.text
    first = group.fields[0].label
    span = trimmed(text, trimmed(text, (head.end, first.start)), _BRACKETS)
    if span[0] >= span[1]:
        return
    called = _CALLED_BY_NUMBER.fullmatch(outline.folded, *span)
    if called and to_number(called["number"]):
        values.serial, span = to_number(called["number"]), called.span("name")
    told = _NUMBER_IN_BRACKETS.search(outline.folded, *span)
    if told:
        values.serial = to_number(told["number"] or told["counted"]) or values.serial
    named = None if group.names & _TELLS_MORE else CALLED_IN_BRACKETS.match(outline.folded, head.end, first.start)
    if group.has("issue"):
        values.heading = span
    elif named and names_task(outline.folded, head) and outline.folded[named.end() : first.start].strip():
        values.add("issue", named.span("name"))
        values.add("progress", (named.end(), first.start))
    elif _in_brackets(outline, first.start) and _TELLS_MORE.isdisjoint(group.names) and group.names != {"other"}:
        values.measures.append(MeasureText(None, span))
    else:
        values.add("issue", span)


def names_task(folded: str, number: Marker) -> bool:
    """Whether a number is a task's: 任务二, 第3项, `1.任务二`; not that of a heading or an item."""
    return number.style in _NUMBERED_AS_TASKS or _TASK_WORD.search(folded, number.start, number.end) is not None


def _in_brackets(outline: Outline, start: int) -> bool:
    return start > 0 and outline.folded[start - 1] == "("


def _in_brackets_behind(outline: Outline, start: int) -> bool:
    """Whether a label opens a bracket behind words on its line: `完成清淤（责任单位：…）`; on a line of its own it is the task's."""
    line = outline.folded.rfind("\n", 0, start) + 1
    return _in_brackets(outline, start) and bool(outline.folded[line : start - 1].strip())


def _of_measures(outline: Outline, group: TaskGroup) -> list[FieldText]:
    """The units and limits that belong to one measure: another measure follows them, or its neighbours have theirs."""
    if group.measures is None:
        return []
    last = len(group.measures.items) - 1
    inside = [(one, one.in_measure) for one in group.fields if one.in_measure is not None]
    of_neighbours = {one.label.field for one, index in inside if index < last}
    found = []
    for one, index in inside:
        first_here = index == last and one.label.field in of_neighbours
        if first_here:
            of_neighbours.remove(one.label.field)
        if index < last or first_here or _in_brackets_behind(outline, one.label.start):
            found.append(one)
    return found


def _measures(outline: Outline, one: FieldText, of_measures: list[FieldText]) -> list[MeasureText]:
    measures = split_measures(outline.folded, (one.label.end, one.end), one.items)
    if not one.items:
        numbered = NUMBERED_MEASURE.match(outline.folded, one.label.start)
        number = to_number(numbered["number"]) if numbered else None
        return [measures[0]._replace(no=number), *measures[1:]] if number and measures else measures
    preface = len(measures) - len(one.items)
    return [
        measure if index < preface else _with_own_fields(outline, measure, index - preface, of_measures)
        for index, measure in enumerate(measures)
    ]


def _with_own_fields(outline: Outline, measure: MeasureText, index: int, of_measures: list[FieldText]) -> MeasureText:
    """The measure without the units and limits written after it, which become its own."""
    own = [one for one in of_measures if one.in_measure == index]
    if not own:
        return measure
    start, end = measure.span[0], min(one.label.start for one in own)
    return measure._replace(
        span=trimmed(outline.source.text, (start, end), _BRACKETS),
        units=tuple(_value(outline, one) for one in own if one.label.field in UNIT_FIELDS),
        deadlines=tuple(_value(outline, one) for one in own if one.label.field == "deadline"),
    )


def _value(outline: Outline, one: FieldText) -> Span:
    """The words of a field; a short one ends with its line unless the list goes on."""
    start, end = one.label.end, one.end
    if one.label.field not in SHORT_FIELDS or len(one.items) > 1:
        return start, end
    lines = lines_of(outline.folded, (start, end))
    if not lines:
        return start, start
    last = lines[0]
    for line in lines[1:]:
        if not _goes_on(outline, one, last, line):
            break
        last = line
    return lines[0][0], _units_end(outline, one, lines[0][0], last[1])


def _units_end(outline: Outline, one: FieldText, start: int, end: int) -> int:
    """Where units end: at a stop with more than units behind it, `牵头单位：市农业农村局。网箱已全部清退。`"""
    stop = outline.folded.find("!", start, end) if one.label.field in UNIT_FIELDS else -1
    rest = outline.source.text[stop + 1 : end].strip()
    return stop if stop >= 0 and rest and not looks_like_units(rest) else end


def _goes_on(outline: Outline, one: FieldText, line: Span, following: Span) -> bool:
    before = outline.source.text[slice(*line)].rstrip()
    after = outline.source.text[slice(*following)].lstrip()
    if before[-1:] in _BROKEN_OFF or after[:1] in _BROKEN_OFF:
        return True
    if after.startswith(_ADDRESSES):
        return False
    return one.label.field in UNIT_FIELDS and looks_like_units(after) and len(before) <= len(after) + 40
