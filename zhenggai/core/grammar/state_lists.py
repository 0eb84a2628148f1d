"""Progress told without labels: tasks by their numbers (第3项 …) under headings that say how far they are (已完成任务).

Only where both are there: an item of a report without a task's number, or under another heading, is no task.
"""

import re

from zhenggai.core.grammar.measures import lines_of
from zhenggai.core.grammar.numbering import Marker
from zhenggai.core.grammar.objects import Task
from zhenggai.core.grammar.outline import Outline, Stop
from zhenggai.core.grammar.places import Span, trimmed
from zhenggai.core.grammar.progress import names_status
from zhenggai.core.grammar.prose_tasks import CALLED_IN_BRACKETS, names_task
from zhenggai.core.grammar.task_values import TaskValues, build_task
from zhenggai.core.reading.numerals import to_number

_PROGRESS_LABEL = re.compile(r"\s*(?:目前|整改|最新)?(?:进展|进度)(?:情况)?: ?")
_LONGEST_ISSUE, _LONGEST_NAME = 120, 40
_ABOUT_PROBLEM = re.compile(
    r"(?:关于)?(?:反馈|督察)?(?:问题|任务)?(?P<number>\d{1,3})?:?\"(?P<issue>[^\"\n]{4,100})\"(?:的?问题)?的?(?:整改|落实|办理)(?:工作|完成|落实)?(?:情况|进展)"
)


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
        if not names_task(outline.folded, token):
            span = outline.heading(token)
            heading = span if names_status(source.text[slice(*span)]) else None
        elif heading is not None:
            values = TaskValues((token.start, outline.next_token(token.start)), token.number, category=[heading])
            _add_words(outline, token, values)
            found.append(build_task(source, values, year)[0])
    return tuple(found)


def tasks_by_question(outline: Outline, year: int | None) -> tuple[Task, ...]:
    """The tasks of a list whose items name the problem first and then tell what was done: `（一）关于…的问题。已…`.

    The first sentence is the issue where it ends in 问题, the rest its progress. One such item is no list.
    """
    found: list[TaskValues] = []
    headings: list[Marker] = []
    markers = [token for token in outline.tokens if isinstance(token, Marker | Stop)]
    for index, marker in enumerate(markers):
        if isinstance(marker, Stop):
            headings = []
            continue
        while headings and headings[-1].rank >= marker.rank:
            headings.pop()
        if marker.opens_line and not _tells_difficulties(outline, headings):
            following = (one for one in markers[index + 1 :] if isinstance(one, Stop) or one.rank <= marker.rank)
            end = next(following, None)
            values = TaskValues((marker.start, end.start if end else len(outline.folded)), marker.number)
            values.category = [outline.heading(heading) for heading in headings]
            _add_words(outline, marker, values)
            if "progress" in values.fields and _names_problem(outline, values):
                found.append(values)
        headings.append(marker)
    return tuple(build_task(outline.source, values, year)[0] for values in found) if len(found) > 1 else ()


def _names_problem(outline: Outline, values: TaskValues) -> bool:
    """Whether an item's first sentence is a problem, or a heading about what was done about one, which is then cut to it."""
    start, end = values.fields["issue"][0]
    named = outline.folded[start:end]
    if len(named) > _LONGEST_ISSUE:
        return False
    about = _ABOUT_PROBLEM.match(outline.folded, start, end)
    if about:
        values.fields["issue"] = [about.span("issue")]
        values.serial = to_number(about["number"] or "") or values.serial
        return True
    return named.strip(' !:()"').endswith("问题")


def _tells_difficulties(outline: Outline, headings: list[Marker]) -> bool:
    """Whether what stands under these headings is what is still wrong, not what was found."""
    words = "".join(outline.folded[slice(*outline.heading(heading))] for heading in headings)
    return any(word in words for word in ("存在的", "困难", "不足", "下一步", "下步"))


def _add_words(outline: Outline, marker: Marker, values: TaskValues) -> None:
    folded = outline.folded
    lines = lines_of(folded, (marker.end, values.span[1]))
    if not lines:
        return
    stop = folded.find("!", lines[0][0], lines[0][1])
    cut = stop + 1 if stop >= 0 else lines[0][1]
    called = CALLED_IN_BRACKETS.match(folded, *lines[0])
    if called and called.end() < lines[-1][1]:
        values.add("issue", called.span("name"))
        values.add("progress", trimmed(outline.source.text, (called.end(), lines[-1][1])))
        return
    colon = folded.find(":", lines[0][0], min(cut, lines[0][0] + _LONGEST_NAME))
    if colon >= 0 and cut >= lines[-1][1]:  # 第2项 黑臭水体治理：全部消除，已销号。
        values.add("issue", (lines[0][0], colon))
        values.add("progress", trimmed(outline.source.text, (colon + 1, lines[-1][1])))
        return
    values.add("issue", (lines[0][0], cut))
    label = _PROGRESS_LABEL.match(folded, cut, lines[-1][1])
    rest = trimmed(outline.source.text, (label.end() if label else cut, lines[-1][1]))
    if rest[0] < rest[1]:
        values.add("progress", rest)
