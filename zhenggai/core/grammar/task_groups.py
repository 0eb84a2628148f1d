"""From tokens to tasks: which number opens a task, which labels belong to it, which numbers are its measures.

A task is a number with labelled fields after it, or a group of labels that starts over. Numbers inside an open field
are its items as long as they count on; where a number could be the next measure or the next task, the labels that
follow decide: a task is followed by fields that the current task has already.
"""

import re
from collections.abc import Iterator

from zhenggai.core.grammar.flat_tables import FlatTable
from zhenggai.core.grammar.label_words import SHORT_FIELDS
from zhenggai.core.grammar.labels import NUMBERED_MEASURE, Label
from zhenggai.core.grammar.numbering import Marker
from zhenggai.core.grammar.outline import PLAIN, Outline, Stop, TableBlock, Token
from zhenggai.core.reading.folding import HAN

_OPENS_TASK = frozenset({"serial", "category", "issue"})
_OUTERMOST = 0
_WORDED = frozenset({"word", "item"})
"""Numbers with a word (任务一, 第1项): labels below them may have numbers of any style."""
_SECTION_NAME = re.compile(rf"{HAN}{{2,8}}:")
_LONGEST_HEADING = 30
_MOST_FIELDS = 200  # a task has a dozen, with those of its measures some forty


class FieldText:
    """One labelled value: the label, where the value ends, the numbers of its items, and the measure it stands in."""

    __slots__ = ("end", "in_measure", "items", "label")

    def __init__(self, label: Label, in_measure: int | None = None) -> None:
        self.label = label
        self.end = -1
        self.items: list[Marker] = []
        self.in_measure = in_measure  # index of the measure that was open when the label came


class TaskGroup:
    """The tokens of one task. ``headings`` are the numbers of the headings above it, outermost first."""

    __slots__ = ("end", "fields", "head", "headings", "measures", "names", "open", "section", "start")

    def __init__(self, head: Marker | None, headings: tuple[Marker, ...], start: int) -> None:
        self.head = head
        self.headings = headings
        self.start = start
        self.end = -1
        self.fields: list[FieldText] = []
        self.names: set[str] = set()
        self.measures: FieldText | None = None
        self.open: FieldText | None = None  # the field whose value is being read
        self.section: Marker | None = None  # the number of the last numbered label

    def add(self, one: FieldText) -> None:
        """One more field; of several with measures the last one counts."""
        self.fields.append(one)
        self.names.add(one.label.field)
        self.open = one
        self.section = one.label.marker or self.section
        if one.label.field == "measures":
            self.measures = one

    def close(self, end: int) -> None:
        """Ends the field whose value was being read."""
        if self.open is not None:
            self.open.end = end
            self.open = None

    @property
    def first_rank(self) -> int | None:
        """The rank of the number of its first label."""
        return self.fields[0].label.rank

    def has(self, name: str) -> bool:
        """Whether the task has this field."""
        return name in self.names


Item = TaskGroup | TableBlock | FlatTable


class Grouping:
    """Walks the tokens of an outline once and yields task groups and tables in their order."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._tokens = outline.tokens
        self._headings: list[Marker] = []
        self._task: TaskGroup | None = None
        self._head: Marker | None = None  # a heading since which no task began
        self._done: list[tuple[Item, tuple[Marker, ...]]] = []

    def items(self) -> list[tuple[Item, tuple[Marker, ...]]]:
        """Task groups and tables, each with the headings above it."""
        for index, token in enumerate(self._tokens):
            if isinstance(token, Label):
                self._take_label(index, token)
            elif isinstance(token, Marker):
                self._take_marker(index, token)
            else:
                self._close(token.start)
                if isinstance(token, Stop):
                    self._headings, self._head = [], None
                else:
                    self._done.append((token, tuple(self._headings)))
                    self._head = None
        self._close(len(self._outline.folded))
        return self._done

    # labels

    def _take_label(self, index: int, label: Label) -> None:
        if label.marker is not None and self._is_heading(index, label):
            self._take_marker(index, label.marker)
            return
        task = self._task
        if label.field == "other" and task is None and self._head is None:
            return  # 填报单位：… above a list opens no task
        if task is not None and self._head is None and self._tells_task(task, label):
            label = label._replace(field="measures" if self._goal_follows(index) else "goal")
        if task is None or self._head is not None or self._starts_over(task, label):
            self._begin(label)
            task = self._task
        assert task is not None
        measures = task.measures
        inside = len(measures.items) - 1 if measures and measures.items and label.field in SHORT_FIELDS else None
        task.close(label.start)
        task.add(FieldText(label, in_measure=inside))

    def _tells_task(self, task: TaskGroup, label: Label) -> bool:
        """`整改任务：` right after `反馈问题：` says what is to be reached, though by itself it names the task."""
        if label.field != "issue" or not task.has("issue") or task.names - _OPENS_TASK:
            return False
        first = next(one.label for one in task.fields if one.label.field == "issue")
        words = (self._outline.folded[one.start : one.end] for one in (first, label))
        return "问题" in next(words) and "任务" in next(words) and first.rank == label.rank

    def _goal_follows(self, index: int) -> bool:
        """Whether the task says its goal under a label further on: then 整改任务 before it is what is to be done."""
        ahead: set[str] = set()
        for token in self._tokens[index + 1 :]:
            if isinstance(token, Label) and token.field not in _OPENS_TASK and token.field not in ahead:
                ahead.add(token.field)
            elif not isinstance(token, Marker):
                break
        return "goal" in ahead and "measures" not in ahead

    def _is_heading(self, index: int, label: Label) -> bool:
        """`三、整改任务` above numbered tasks with fields of their own names a list; in a notice it is a field."""
        following = self._tokens[index + 1] if index + 1 < len(self._tokens) else None
        if not isinstance(following, Marker) or label.marker is None or following.rank <= label.marker.rank:
            return False
        if self._task is not None and label.rank == self._task.first_rank and not self._task.has(label.field):
            return False  # one more numbered section of the task, whose items name their units
        if self._outline.folded[label.end : following.start].strip():
            return False
        first = self._label_after(index + 1, following)
        return first is not None and first.rank != label.marker.rank

    def _starts_over(self, task: TaskGroup, label: Label) -> bool:
        """Whether the label opens the next task of a row of tasks without numbers."""
        if len(task.fields) >= _MOST_FIELDS:
            return True
        if label.field == "other":
            return False
        if label.rank is not None and task.head is not None and label.rank < task.head.rank:
            return task.head.style not in _WORDED or label.rank != task.first_rank
        if label.field in _OPENS_TASK:
            return bool(task.names - _OPENS_TASK) or task.has(label.field)
        if not task.has(label.field):
            return False
        if label.field == "measures" and NUMBERED_MEASURE.match(self._outline.folded, label.start):
            return False
        if label.field in SHORT_FIELDS:
            return task.fields[0].label.field == label.field and not self._within_measures(task, label)
        return True

    @staticmethod
    def _within_measures(task: TaskGroup, label: Label) -> bool:
        measures = task.measures
        return measures is not None and bool(measures.items)

    def _begin(self, label: Label) -> None:
        head = self._head
        if head is not None and label.rank is not None and head.rank >= label.rank and head.style not in _WORDED:
            head = None
        self._close(label.start)
        above = tuple(one for one in self._headings if one is not head and (head is None or one.rank < head.rank))
        if label.rank is not None and head is None:
            above = tuple(one for one in above if one.rank < label.rank)
        if head is None and label.rank is None and above:
            self._give_heading_back(above[-1])
        self._task = TaskGroup(head, above, head.start if head else label.start)
        self._head = None

    def _give_heading_back(self, heading: Marker) -> None:
        """A number that the task before took for its own stands above this task too: it is a heading of both."""
        words = self._outline.folded[slice(*self._outline.heading(heading))]
        if len(words) > _LONGEST_HEADING or set("!,;") & set(words.rstrip(" !")):
            return
        before = self._done[-1][0] if self._done else None
        if isinstance(before, TaskGroup) and before.head is heading and before.fields[0].label.rank is None:
            before.headings = (*before.headings, heading)
            before.head = None
            before.start = before.fields[0].label.start

    # numbers

    def _take_marker(self, index: int, marker: Marker) -> None:
        task = self._task
        if marker.style == PLAIN:
            self._take_plain_heading(index, marker)
            return
        if task is not None and self._is_other_section(task, marker):
            task.close(marker.start)
            task.section = marker
            return
        if task is not None and (self._takes_item(task, index, marker) or self._is_inner(task, marker)):
            return
        if task is not None and self._is_section(task, index, marker):
            task.close(marker.start)
            return
        self._close(marker.start)
        while self._headings and self._headings[-1].rank >= marker.rank:
            self._headings.pop()
        self._headings.append(marker)
        self._head = marker

    def _take_plain_heading(self, index: int, heading: Marker) -> None:
        """A heading without a number: over the next task, or within the measures of this one."""
        task = self._task
        following = self._tokens[index + 1] if index + 1 < len(self._tokens) else None
        if task is not None and isinstance(following, Marker):
            label = self._label_after(index + 1, following)
            counts_on = task.head is not None and following[1:3] == (task.head.rank, task.head.number + 1)
            if not counts_on and (label is None or not task.has(label.field)):
                return
        self._close(heading.start)
        while self._headings and self._headings[-1].rank >= heading.rank:
            self._headings.pop()
        self._headings.append(heading)
        self._head = None

    def _is_section(self, task: TaskGroup, index: int, marker: Marker) -> bool:
        """`五、责任分工` after `四、整改时限`: one more section of a task whose labels are numbered, over labels that it lacks."""
        if task.head is not None or task.fields[0].label.rank != marker.rank:
            return False
        following = self._label_after(index, marker)
        if following is None or following.rank == marker.rank or following.field in _OPENS_TASK:
            return False
        return not task.has(following.field)

    def _is_other_section(self, task: TaskGroup, marker: Marker) -> bool:
        """`（三）经费保障：…` after `（二）工作目标：…`: a section whose name is no field's ends the one before it."""
        last = task.section
        if last is None or marker.style != last.style or marker.number != last.number + 1:
            return False
        return marker.opens_line and _SECTION_NAME.match(self._outline.folded, marker.end) is not None

    def _is_inner(self, task: TaskGroup, marker: Marker) -> bool:
        """A number deeper than the task's own, in running text."""
        if task.open is None or self._counts_on(task, marker):
            return False
        if task.open.label.field in SHORT_FIELDS and marker.opens_line and task.head is None:
            return False
        return marker.rank > _outer_rank(task)

    def _takes_item(self, task: TaskGroup, index: int, marker: Marker) -> bool:
        current = task.open
        if current is None:
            return False
        if current.label.field in SHORT_FIELDS:
            return self._resumes_measures(task, index, marker) or self._counts_in_short(task, current, index, marker)
        if not current.items:
            if self._opens_items(task, current, marker):
                current.items.append(marker)
                return True
            return False
        return self._continues_items(task, current, index, marker)

    def _opens_items(self, task: TaskGroup, current: FieldText, marker: Marker) -> bool:
        """The first item of a field: number 1, deeper than the task's number or right after the label."""
        if marker.number != 1:
            return False
        if not self._outline.folded[current.label.end : marker.start].strip():
            return True
        return marker.rank > _outer_rank(task)

    def _continues_items(self, task: TaskGroup, current: FieldText, index: int, marker: Marker) -> bool:
        first, last = current.items[0], current.items[-1]
        if marker.rank > first.rank:
            return not self._counts_on(task, marker)  # a sub-item: part of the item's text
        if marker.rank < first.rank:
            return False
        could_be_task = task.head is None or marker.rank <= task.head.rank
        if marker.number == last.number + 1:
            if could_be_task and self._is_next_task(task, index, marker):
                return False
        elif could_be_task:
            return False
        current.items.append(marker)
        return True

    @staticmethod
    def _counts_on(task: TaskGroup, marker: Marker) -> bool:
        """Whether a number with a word is the next after the task's own: 任务二 after 任务一."""
        head = task.head
        return head is not None and head.style in _WORDED and marker[:3] == (head.style, head.rank, head.number + 1)

    def _is_next_task(self, task: TaskGroup, index: int, marker: Marker) -> bool:
        """Whether this number, which could be the next item, opens the next task."""
        if task.head is not None and (marker.rank != task.head.rank or marker.number != task.head.number + 1):
            return False
        following = self._label_after(index, marker)
        return following is not None and task.has(following.field)

    def _label_after(self, index: int, marker: Marker) -> Label | None:
        """The next label before the next number of the same or an outer style."""
        for token in self._tokens[index + 1 : index + 60]:
            if isinstance(token, Label):
                return token
            if not isinstance(token, Marker) or token.rank <= marker.rank:
                return None
        return None

    def _resumes_measures(self, task: TaskGroup, index: int, marker: Marker) -> bool:
        """After a unit or deadline that belongs to one measure, the next measure: its number counts on."""
        measures = task.measures
        if measures is None or not measures.items:
            return False
        last = measures.items[-1]
        if marker.rank != last.rank or marker.number != last.number + 1:
            return False
        if task.head is not None and marker.rank <= task.head.rank and self._is_next_task(task, index, marker):
            return False
        task.close(marker.start)
        measures.items.append(marker)
        measures.end = -1
        task.open = measures
        return True

    def _counts_in_short(self, task: TaskGroup, current: FieldText, index: int, marker: Marker) -> bool:
        """Numbers inside a short value: `责任单位：1.市水务局；2.市城管局`, on one line or a line each."""
        if not current.items:
            fits = marker.number == 1 and not self._outline.folded[current.label.end : marker.start].strip()
        else:
            last = current.items[-1]
            fits = marker.rank == last.rank and marker.number == last.number + 1
            if marker.opens_line:
                fits = fits and self._stays_inside(task, index, marker)
        if fits:
            current.items.append(marker)
        return fits

    def _stays_inside(self, task: TaskGroup, index: int, marker: Marker) -> bool:
        """Whether a number that opens a line can only be the task's, not the next task's."""
        if task.head is None or marker.rank < task.head.rank:
            return False
        return marker.rank > task.head.rank or not self._is_next_task(task, index, marker)

    # ends

    def _close(self, end: int) -> None:
        if self._task is None:
            return
        self._task.close(end)
        self._task.end = end
        self._done.append((self._task, self._task.headings))
        self._task = None


def _outer_rank(task: TaskGroup) -> int:
    """The rank that a number must be deeper than to stand inside the task."""
    if task.head:
        return task.head.rank
    above = task.headings[-1].rank if task.headings else _OUTERMOST
    return task.fields[0].label.rank or above


def grouped(outline: Outline) -> Iterator[tuple[Item, tuple[Marker, ...]]]:
    """Task groups and tables of an outline in their order, each with the numbers of the headings above it."""
    yield from Grouping(outline).items()


__all__ = ["FieldText", "Grouping", "Item", "TaskGroup", "Token", "grouped"]
