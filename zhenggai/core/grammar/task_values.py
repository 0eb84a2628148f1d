"""From the words of a task's fields to the Task, whether they stood in running text or in a table."""

import re
from collections.abc import Iterable
from itertools import pairwise

from zhenggai.core.grammar.deadlines import parse_deadline
from zhenggai.core.grammar.label_words import PERSON_FIELDS, UNIT_FIELDS
from zhenggai.core.grammar.measures import MeasureText, build_measure
from zhenggai.core.grammar.objects import Deadline, Measure, Place, Quantity, Task, Warning
from zhenggai.core.grammar.places import Span, place_of, places_from, trimmed, trimmed_value
from zhenggai.core.grammar.quantities import find_quantities
from zhenggai.core.grammar.unit_lists import Units, parse_units
from zhenggai.core.reading import CleanText
from zhenggai.core.reading.numerals import to_number

# The role that a unit field gives its names, and the field that each role fills.
_ROLES = {
    "lead_units": "lead",
    "responsible_units": "responsible",
    "cooperating_units": "cooperating",
    "supervising_units": "supervising",
    "acceptance_units": "acceptance",
    "responsible_persons": "persons",
    "leaders": "persons",
}
_FIELD_OF_ROLE = {role: name for name, role in _ROLES.items() if name != "leaders"}
_WHO = frozenset({*UNIT_FIELDS, *PERSON_FIELDS})
_TEXTS = ("issue", "goal", "status", "progress")
_CATEGORY_LONGEST = 60
_OF_TIME = re.compile("年|月|日|季|旬|周|长期|坚持|持续|常态|立|每|完成$")
_CODED = re.compile(r"[^\W\d]{1,8} ?[-－—–#]? ?(?P<number>\d{1,4})")


class TaskValues:
    """Where the words of one task's fields stand. ``fields`` holds spans by field name, in the order found."""

    __slots__ = ("category", "fields", "heading", "measures", "serial", "span")

    def __init__(self, span: Span, serial: int | None = None, category: Iterable[Span] = ()) -> None:
        self.span = span
        self.serial = serial
        self.heading: Span | None = None
        self.category: list[Span] = list(category)
        self.fields: dict[str, list[Span]] = {}
        self.measures: list[MeasureText] = []

    def add(self, name: str, span: Span) -> None:
        """One more value of a field."""
        self.fields.setdefault(name, []).append(span)

    @property
    def is_task(self) -> bool:
        """Enough of it to be a task: something to do or a limit, and something that says what for or by whom."""
        fields = self.fields
        named = self.heading is not None or self.serial is not None or "issue" in fields or "serial" in fields
        units = not _WHO.isdisjoint(fields)
        does = bool(self.measures) or "goal" in fields
        told = "deadline" in fields or "progress" in fields or "status" in fields
        return (named and (does or units or told)) or (does and units)


def build_task(source: CleanText, values: TaskValues, year: int | None) -> tuple[Task, list[Warning]]:
    """The task that these words describe, and what is doubtful about it."""
    names, name_places = _named(source, values)
    measures = tuple([one for measure in values.measures if (one := build_measure(source, measure, year))])
    spans = {name: span for name in _TEXTS if name in values.fields and (span := _text(source, values, name))}
    texts = {name: source.text[start:end] for name, (start, end) in spans.items()}
    places: dict[str, tuple[Place, ...]] = {name: (place_of(source, span),) for name, span in spans.items()}
    category = [span for one in values.category if (span := _category(source.text, one))]
    if category:
        places["category"] = tuple([place_of(source, span) for span in category])
    if values.heading:
        places["heading"] = (place_of(source, values.heading),)
    task = Task(
        serial=_serial(source, values),
        category=tuple([source.text[start:end] for start, end in category]),
        heading=source.text[slice(*values.heading)] if values.heading else None,
        issue=texts.get("issue"),
        goal=texts.get("goal"),
        goal_quantities=_quantities(source, spans["goal"]) if "goal" in spans else (),
        measures=measures,
        deadline=_deadline(source, values, year),
        lead_units=names["lead_units"],
        responsible_units=names["responsible_units"] or _own_units(measures),
        responsible_persons=names["responsible_persons"],
        cooperating_units=names["cooperating_units"],
        supervising_units=names["supervising_units"],
        acceptance_units=names["acceptance_units"],
        leaders=names["leaders"],
        status=texts.get("status"),
        progress=texts.get("progress"),
        place=place_of(source, trimmed(source.text, values.span)),
        places=places | name_places,
    )
    return task, _warnings(task)


def _own_units(measures: tuple[Measure, ...]) -> tuple[str, ...]:
    """The units that are named in the measures only."""
    return tuple(dict.fromkeys([unit for measure in measures for unit in measure.responsible_units]))


def _serial(source: CleanText, values: TaskValues) -> str | None:
    """The number in Arabic digits, without letters before it (`省督-12`); a serial that is no number stays as it is written."""
    for span in values.fields.get("serial", []):
        start, end = trimmed(source.text, span, " \t\n.、．:：第项()（）号")
        coded = _CODED.fullmatch(source.text, start, end)
        number = to_number(coded["number"] if coded else source.text[start:end])
        if start < end:
            return str(number) if number else source.text[start:end]
    return None if values.serial is None else str(values.serial)


def _text(source: CleanText, values: TaskValues, name: str) -> Span | None:
    """The words of a text field; of several values the stretch from the first to the last."""
    ends = trimmed_value if name == "status" else _without_joint
    spans = [ends(source.text, one) for one in values.fields[name]]
    spans = [span for span in spans if span[0] < span[1]]
    if len(spans) < 2:
        return spans[0] if spans else None
    return (spans[0][0], spans[-1][1]) if _adjacent(source, spans) else spans[0]


def _without_joint(text: str, span: Span) -> Span:
    """The span without the semicolon that only parts it from the next label on its line: `…达标；责任单位：`."""
    start, end = trimmed(text, span)
    joins = text[end - 1 : end] in {"；", ";"} and text[end : end + 1] not in {"", "\n", "\t"}
    return trimmed(text, (start, end - 1)) if joins else (start, end)


def _adjacent(source: CleanText, spans: list[Span]) -> bool:
    return all(a[1] <= b[0] and not source.text[a[1] : b[0]].strip() for a, b in pairwise(spans))


def _category(text: str, span: Span) -> Span | None:
    """A heading's words: its line, of a longer paragraph the first sentence."""
    start, end = trimmed(text, span, " \t\n。：:；;")
    stop = text.find("。", start, end)
    end = stop if stop >= 0 else end
    return (start, end) if 0 < end - start <= _CATEGORY_LONGEST else None


def _quantities(source: CleanText, span: Span) -> tuple[Quantity, ...]:
    start, end = span
    return tuple(find_quantities(source.text[start:end], source.folded[start:end], places_from(source, start)))


def _deadline(source: CleanText, values: TaskValues, year: int | None) -> Deadline | None:
    """The task's limit; where several rows give one each, the last of them."""
    found = []
    for span in values.fields.get("deadline", []):
        start, end = trimmed_value(source.text, span)
        stop = source.folded.find("!", start, end)
        if stop > start and _OF_TIME.search(source.folded, stop, end) is None:
            end = stop  # 时限：2025年底。主体工程完成85%。
        one = parse_deadline(source.text[start:end], year, places_from(source, start), source.folded[start:end])
        if one:
            found.append(one)
    return max(found, key=lambda one: one.due or "", default=None)


def _named(source: CleanText, values: TaskValues) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[Place, ...]]]:
    """Units and persons by field, and the place each name was read from."""
    found: dict[str, dict[str, Place]] = {}
    for label, label_role in _ROLES.items():
        for span in values.fields.get(label, ()):
            start, end = trimmed_value(source.text, span)
            placed = places_from(source, start)
            for role, units in zip(Units._fields, parse_units(source.text[start:end], label_role), strict=True):
                if not units:
                    continue
                name = "leaders" if label == "leaders" and role == "persons" else _FIELD_OF_ROLE[role]
                places = found.setdefault(name, {})
                for unit in units:
                    places.setdefault(unit.text, placed(unit.start, unit.end))
    names = {name: tuple(found.get(name, ())) for name in _ROLES}
    return names, {name: tuple(found[name].values()) for name in _ROLES if name in found}


def _warnings(task: Task) -> list[Warning]:
    deadlines = [one for measure in task.measures for one in measure.deadlines]
    if task.deadline:
        deadlines.insert(0, task.deadline)
    found = [Warning("uncertain_date", one.doubt, one.place) for one in deadlines if one.doubt]
    if not deadlines:
        found.append(Warning("missing_deadline", f"{_called(task)}没有写明整改时限。", task.place))
    if task.deadline and task.deadline.due:
        found += [
            _later(task, measure, one)
            for measure in task.measures
            for one in measure.deadlines
            if (one.due or "") > task.deadline.due
        ]
    return found


def _called(task: Task) -> str:
    return f"任务{task.serial}" if task.serial else "这项任务"


def _later(task: Task, measure: Measure, deadline: Deadline) -> Warning:
    whole = task.deadline.due if task.deadline else None
    which = f"措施{measure.no}" if measure.no else "一项措施"
    message = f"{_called(task)}的{which}要到{deadline.due}，晚于任务的整改时限{whole}。"
    return Warning("later_than_task", message, deadline.place)
