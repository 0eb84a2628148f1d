"""Progress told without labels: tasks by their numbers (第3项 …) under headings that say how far they are (已完成任务).

Only where both are there: an item of a report without a task's number, or under another heading, is no task.
"""

from zhenggai.core.grammar.measures import lines_of
from zhenggai.core.grammar.numbering import Marker
from zhenggai.core.grammar.objects import Task
from zhenggai.core.grammar.outline import Outline, Stop
from zhenggai.core.grammar.places import Span, trimmed
from zhenggai.core.grammar.progress import names_status
from zhenggai.core.grammar.task_values import TaskValues, build_task

_NUMBERED_AS_TASKS = frozenset({"word", "item"})


def tasks_by_state(outline: Outline, year: int | None) -> tuple[Task, ...]:
    """The tasks of such lists: the first sentence of an item is the issue, the rest its progress."""
    source = outline.source
    heading: Span | None = None
    found = []
    for token in outline.tokens:
        if isinstance(token, Stop):
            heading = None
        if not isinstance(token, Marker) or not token.opens_line:
            continue
        if token.style not in _NUMBERED_AS_TASKS:
            span = outline.heading(token)
            heading = span if names_status(source.text[slice(*span)]) else None
        elif heading is not None:
            values = TaskValues((token.start, outline.next_token(token.start)), token.number, category=[heading])
            _add_words(outline, token, values)
            found.append(build_task(source, values, year)[0])
    return tuple(found)


def _add_words(outline: Outline, marker: Marker, values: TaskValues) -> None:
    folded = outline.folded
    lines = lines_of(folded, (marker.end, values.span[1]))
    if not lines:
        return
    stop = folded.find("!", lines[0][0], lines[0][1])
    cut = stop + 1 if stop >= 0 else lines[0][1]
    values.add("issue", (lines[0][0], cut))
    rest = trimmed(outline.source.text, (cut, lines[-1][1]))
    if rest[0] < rest[1]:
        values.add("progress", rest)
