"""What the coordination team adds to a task beside its plan (补充信息): headline, place, leaders, the task above,
stock or increment, weights. One list for the task's own form, for many tasks at once and for the workbook.

Values are texts, as a cell shows them; `judge` reads them against the ledger, amendments.py writes them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from zhenggai.accounts.models import Kind, Person, Unit
from zhenggai.accounts.roles import Role
from zhenggai.ledger.cascade import why_it_stays
from zhenggai.ledger.models import Duty, Leader, Task

INCREMENT = {"增量": True, "存量": False}
MOST_LEADERS = 20


@dataclass(frozen=True)
class Edit:
    """One value that would change, in words; `value` is what is written. With an `error` nothing is."""

    key: str
    label: str
    before: str
    after: str
    value: Any = None
    error: str = ""


@dataclass
class Directory:
    """What the texts may name: places and other units by name, tasks by number, read for many rows at once."""

    places: Mapping[str, Unit] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)
    tasks: Mapping[str, Sequence[Task]] = field(default_factory=dict)

    @classmethod
    def of(cls, wanted: Iterable[Mapping[str, str]], by: Person) -> "Directory":
        """For the values in `wanted`; only the places that `by` coordinates, only tasks that `by` may see."""
        texts: dict[str, set[str]] = {}
        for values in wanted:
            for key, text in values.items():
                texts.setdefault(key, set()).update(split(text) if key in UNIT_PARTS else [text])
        places = Unit.objects.filter(kind=Kind.PLACE, up__ancestor__in=by.places_as(Role.COORDINATION))
        numbers = texts.get("upper", set())
        above = Task.objects.visible_to(by).filter(number__in=numbers).only("number", "upper_id", "headline")
        found: dict[str, list[Task]] = {}
        for task in above.order_by("pk") if numbers else ():
            found.setdefault(task.number, []).append(task)
        units = set().union(*(texts.get(key, set()) for key in UNIT_PARTS))
        return cls(
            _by_name(places.filter(short_name__in=texts["place"]) | places.filter(name__in=texts["place"]))
            if "place" in texts
            else {},
            _by_name(Unit.objects.filter(short_name__in=units) | Unit.objects.filter(name__in=units)) if units else {},
            found,
        )


def _by_name(units: Any) -> dict[str, Unit]:
    """Names that mean one unit only."""
    found: dict[str, set[Unit]] = {}
    for unit in units.distinct().order_by("pk"):
        for name in {unit.name, unit.short_name}:
            found.setdefault(name, set()).add(unit)
    return {name: ones.pop() for name, ones in found.items() if len(ones) == 1}


@dataclass(frozen=True)
class Particular:
    """`words(task)`: what the ledger holds, as a cell shows it. `read(text, task, directory)`: the value to write; raises
    ValueError with a Chinese reason that says what to do."""

    key: str
    label: str
    words: Callable[[Task], str]
    read: Callable[[str, Task, Directory], Any]
    hint: str = ""


def split(text: str) -> list[str]:
    """Names that stand in one cell, each once.

    >>> split("分管副市长、 副秘书长；分管副市长")
    ['分管副市长', '副秘书长']
    """
    for sign in "；;，,\n":
        text = text.replace(sign, "、")
    return list(dict.fromkeys(name.strip() for name in text.split("、") if name.strip()))


def tidy(text: str) -> str:
    """A cell's text as it is compared: no blanks around it or at the ends of its lines."""
    return "\n".join(line.strip() for line in text.strip().splitlines())


def _headline(text: str, task: Task, directory: Directory) -> str:
    if not text:
        raise ValueError("问题概要不能空着")
    if len(text) > 120 or "\n" in text:
        raise ValueError("问题概要写成一行，不超过120字")
    return text


def _place(text: str, task: Task, directory: Directory) -> Unit:
    if text not in directory.places:
        raise ValueError(f"“{text}”不是你负责的区划；写区划的名称，如“{task.place}”")
    return directory.places[text]


def _increment(text: str, task: Task, directory: Directory) -> bool:
    if text not in INCREMENT:
        raise ValueError("只能写“存量”或“增量”")
    return INCREMENT[text]


def _upper(text: str, task: Task, directory: Directory) -> Task | str:
    if len(text) > 40:
        raise ValueError("上级序号不超过40个字")
    found = directory.tasks.get(text, [])
    if len(found) > 1:
        raise ValueError(f"台账里有{len(found)}项任务叫“{text}”，请到任务页选定")
    if found and found[0].pk == task.pk:
        raise ValueError("任务不能作自己的上级")
    if reason := why_it_stays(task, found[0] if found else None):
        raise ValueError(reason)
    return found[0] if found else text


def _leaders(text: str, task: Task, directory: Directory) -> list[str]:
    names = split(text)
    if len(names) > MOST_LEADERS or any(len(name) > 80 for name in names):
        raise ValueError(f"最多{MOST_LEADERS}位，每位不超过80字，用顿号分开")
    return names


def _weights(text: str, task: Task, directory: Directory) -> list[int]:
    parts, measures = split(text), list(task.measures.all())
    if len(parts) != len(measures):
        raise ValueError(f"有{len(measures)}项措施，要依次写{len(measures)}个权重，用顿号分开")
    if any(not (part.isascii() and part.isdigit()) or not 1 <= int(part) <= 100 for part in parts):
        raise ValueError("权重写1到100的整数，用顿号分开")
    return [int(part) for part in parts]


def _units(text: str, task: Task, directory: Directory) -> list[Unit]:
    unknown = [name for name in split(text) if name not in directory.units]
    if unknown:
        raise ValueError(f"名录里没有“{unknown[0]}”，或者不止一个，请写全称")
    return [directory.units[name] for name in split(text)]


def _names_of(part: str) -> Callable[[Task], str]:
    def words(task: Task) -> str:
        return "、".join(leader.name for leader in task.leaders.all() if leader.part == part)

    return words


def units_of(part: str) -> Callable[[Task], str]:
    """The units of one duty as a cell shows them; a group stands under its own name."""

    def words(task: Task) -> str:
        return "、".join(task.names_of(part))

    return words


def _above(task: Task) -> str:
    return task.upper.number if task.upper else task.upper_number


def _weights_of(task: Task) -> str:
    return "、".join(str(measure.weight) for measure in task.measures.all())


# "responsible" is what the responsible units are called; so the responsible leader has a key of another name.
LEADER_PARTS = {
    "first": Leader.Part.FIRST, "sponsor": Leader.Part.SPONSOR, "leader": Leader.Part.RESPONSIBLE,
    "person": Leader.Part.PERSON,
}  # fmt: skip
UNIT_PARTS = {"supervising": Duty.Part.SUPERVISING, "acceptance": Duty.Part.ACCEPTANCE}
_NAMES = "写职务，姓名可以不写；几位用顿号分开"

# What a workbook and a task's form may change, in the order of the form.
PARTICULARS: dict[str, Particular] = {
    row.key: row
    for row in (
        Particular("headline", "问题概要", lambda task: task.headline, _headline, "一行，不超过120字"),
        Particular("place", "属地", lambda task: str(task.place), _place, "你负责的区划"),
        Particular(
            "increment", "存量/增量", lambda task: "增量" if task.increment else "存量", _increment, "存量或增量"
        ),
        Particular("upper", "上级序号", _above, _upper, "本任务分解自哪一项；台账里有这个编号就关联起来"),
        *(Particular(key, str(part.label), _names_of(part), _leaders, _NAMES) for key, part in LEADER_PARTS.items()),
        Particular("weights", "措施权重", _weights_of, _weights, "按措施的次序，如1、2、1"),
    )
}  # fmt: skip
# What many tasks at once may be given where they have none yet.
MISSING: dict[str, Particular] = {
    part: Particular(part, str(duty.label), units_of(duty), _units, "单位的全称或简称")
    for part, duty in UNIT_PARTS.items()
}
EVERY = PARTICULARS | MISSING


def edit_of(task: Task, key: str, text: str, directory: Directory) -> Edit | None:
    """What writing `text` would change; None where the ledger says so already."""
    row, text = EVERY[key], tidy(text)
    before = row.words(task)
    if text == tidy(before) or (key in LEADER_PARTS and split(text) == split(before)):
        return None
    edit = Edit(key, row.label, before, text)
    if key in MISSING and before and text:  # to empty it is to take back what was put there (bulk.undo)
        return replace(edit, error=f"已有{row.label}“{before}”，只补空着的")
    try:
        return replace(edit, value=row.read(text, task, directory))
    except ValueError as error:
        return replace(edit, error=str(error))


def judge(tasks: Iterable[Task], wanted: Mapping[int, Mapping[str, str]], by: Person) -> dict[int, list[Edit]]:
    """Task's id → what `wanted` (id → key → text) would change of it; a constant number of statements.

    `tasks` carry what `words` reads: for_particulars().
    """
    directory = Directory.of(wanted.values(), by)
    found = {}
    for task in tasks:
        edits = [edit_of(task, key, text, directory) for key, text in wanted[task.pk].items()]
        found[task.pk] = [edit for edit in edits if edit]
    return found
