"""The status of a task in a progress report: what its field says, else the words that its progress opens with.

The words are those that reports use (DOMAIN, section 3). A heading may say it for all tasks below it (已完成的整改任务).
"""

import re

from zhenggai.core.grammar.objects import Place, Task
from zhenggai.core.grammar.places import place_of, trimmed
from zhenggai.core.reading import CleanText
from zhenggai.core.reading.folding import fold

STATUSES = (
    "已完成整改并通过验收", "完成整改并通过验收", "已完成整改并销号", "已完成验收销号", "已完成整改", "已整改完成", "已整改到位", "已完成销号", "已验收销号", "已基本完成", "基本完成整改", "基本完成",
    "已经完成", "已完成", "已销号", "完成整改", "未达到序时进度", "未达序时进度", "达到序时进度", "超过序时进度", "序时推进", "达到时序进度", "未达到时序进度", "尚未启动", "未启动", "正在整改", "正在推进",
    "正在实施", "持续推进", "持续整改", "长期坚持", "需长期坚持", "滞后", "进度滞后", "整改中", "推进中", "未完成", "尚未完成", "按序时进度推进", "未达到时序进度要求", "达到序时要求", "正常推进", "已验收", "通过验收", "已通过验收", "未销号", "取得阶段性成效", "阶段性完成", "已办结", "已交账销号",
)  # fmt: skip
_STATUS = "|".join(sorted(STATUSES, key=len, reverse=True))
_OPENS = re.compile(
    rf" ?(?:\d[.`]|\(\w\)|目前,?|该(?:项|问题|任务),?|总体,?)?(?P<status>{_STATUS})(?=[,!;:(]|整改|并|$)"
)
_OF_THIS = re.compile(
    rf"(?:该|此|本)(?:项)?(?:整改)?(?:问题|任务|事项)(?:整改)?(?:目前|总体|现)?,?(?P<status>{_STATUS})(?=[,!;:(]|整改|并|$)"
)
_CLOSES = re.compile(rf"(?<=[,;!])(?P<status>{_STATUS})!?$")
_ONLY = re.compile(rf"(?:{_STATUS})(?:[,`;并且](?:{_STATUS}|销号|验收))?")
_BETWEEN = " \t\n。；;，,、）)*】"
_LEAST_TOLD, _LONGEST_LABEL = 6, 12
_IN_HEADING = re.compile(rf"(?P<status>{_STATUS})")


def names_status(words: str) -> bool:
    """Whether a heading puts what is under it into a state: 已完成整改任务（2项）."""
    return _IN_HEADING.search(fold(words)) is not None


def is_status(words: str) -> bool:
    """Whether the words are a state and nothing else.

    >>> is_status("达到序时进度"), is_status("已完成整改，已销号。"), is_status("已完成3座泵站")
    (True, True, False)
    """
    return _ONLY.fullmatch(fold(words).strip(" !\n")) is not None


def with_progress(source: CleanText, task: Task) -> Task:
    """The task with what its last words tell, where no label says that they are its progress and nothing is to be done."""
    if task.progress is not None or task.measures or task.goal:
        return task
    known = [place.end for places in task.places.values() for place in places]
    known += [task.deadline.place.end] if task.deadline else []
    start, end = trimmed(source.text, (max(known, default=task.place.end), task.place.end))
    start = end - len(source.text[start:end].lstrip(_BETWEEN))
    if end - start < _LEAST_TOLD or ":" in source.folded[start : start + _LONGEST_LABEL]:
        return task
    places = {**task.places, "progress": (place_of(source, (start, end)),)}
    return task._replace(progress=source.text[start:end], places=places)


def with_status(source: CleanText, task: Task) -> Task:
    """The task with its status, where only its progress, its limit or its heading says it.

    A limit that only says 已完成 is a status.
    """
    if task.status is not None:
        return task
    found = _opening(source, task) or _heading(source, task)
    if found is None:
        return task
    start, end = found
    places = {**task.places, "status": (place_of(source, (start, end)),)}
    return task._replace(status=source.text[start:end], places=places)


def _opening(source: CleanText, task: Task) -> tuple[int, int] | None:
    for place in (*task.places.get("progress", ()), *_limit(task)):
        match = _OPENS.match(source.folded, place.start, place.end)
        if match:
            return match.span("status")
    for place in task.places.get("progress", ()):
        match = _OF_THIS.search(source.folded, place.start, place.end) or _CLOSES.search(
            source.folded, place.start, place.end
        )
        if match:
            return match.span("status")
    return None


def _limit(task: Task) -> tuple[Place, ...]:
    return (task.deadline.place,) if task.deadline and task.deadline.kind is None else ()


def _heading(source: CleanText, task: Task) -> tuple[int, int] | None:
    """The status in the innermost heading above the task that names one."""
    for place in reversed(task.places.get("category", ())):
        match = _IN_HEADING.search(fold(source.text[place.start : place.end]))
        if match:
            return place.start + match.start("status"), place.start + match.end("status")
    return None
