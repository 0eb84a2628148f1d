"""Inspections, plans and tasks with everything that hangs on them."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from benchmarks.believable import words
from benchmarks.believable.copying import Numbers, copy
from benchmarks.believable.course import Course, Part, run
from benchmarks.believable.places import Place, Tree
from benchmarks.believable.scale import Scale
from zhenggai.audit import clock
from zhenggai.ledger.models import (
    Duty,
    Extension,
    Inspection,
    Leader,
    Measure,
    Milestone,
    Plan,
    PlanVersion,
    Sample,
    Target,
    Task,
)
from zhenggai.ledger.standing import percent, ratio_of

TASK = (
    "id", "plan_id", "inspection_id", "number", "serial", "headline", "issue", "goal", "category", "place_id", "due",
    "due_kind", "due_raw", "first_due", "passage", "source", "increment", "extended", "achieved", "result",
    "finished_on", "struck_off_on", "state", "state_since", "entered_at", "known_on",
)  # fmt: skip
MEASURE = ("id", "task_id", "no", "text", "due", "progress", "done_on")
MILESTONE = ("measure_id", "no", "text", "due", "done_on")
TARGET = (
    "id", "task_id", "no", "what", "unit", "baseline", "goal", "comparator", "cumulative", "pace", "starts_on", "due",
    "value", "value_on", "ratio", "met_on",
)  # fmt: skip
SAMPLE = ("target_id", "on", "value", "source", "by_id", "at")
DUTY = ("task_id", "part", "unit_id", "raw", "position")
LEADER = ("task_id", "part", "name")
EXTENSION = (
    "task_id", "old_due", "new_due", "reason", "level_id", "applied_by_id", "applied_on", "granted", "answer",
    "decided_by_id", "decided_at",
)  # fmt: skip


@dataclass
class Made:
    """One task as the rounds and the trail need it. `city`: where its place lies; `units`: who reports, the lead first."""

    id: int
    number: str
    inspection: int
    register: Place
    place: Place
    city: Place
    what: str
    units: list[int]
    course: Course
    measures: list[int] = field(default_factory=list)
    achieved: Decimal = Decimal(0)


@dataclass
class Rows:
    """What will be copied, a list a table."""

    task: list[tuple[object, ...]] = field(default_factory=list)
    measure: list[tuple[object, ...]] = field(default_factory=list)
    milestone: list[tuple[object, ...]] = field(default_factory=list)
    target: list[tuple[object, ...]] = field(default_factory=list)
    sample: list[tuple[object, ...]] = field(default_factory=list)
    duty: list[tuple[object, ...]] = field(default_factory=list)
    leader: list[tuple[object, ...]] = field(default_factory=list)
    extension: list[tuple[object, ...]] = field(default_factory=list)

    def store(self) -> None:
        """Copy everything, parents first."""
        for model, names, rows in (
            (Task, TASK, self.task), (Measure, MEASURE, self.measure), (Milestone, MILESTONE, self.milestone),
            (Target, TARGET, self.target), (Sample, SAMPLE, self.sample), (Duty, DUTY, self.duty),
            (Leader, LEADER, self.leader), (Extension, EXTENSION, self.extension),
        ):  # fmt: skip
            copy(model, names, rows)


def fill(scale: Scale, tree: Tree, chance: random.Random, numbers: Numbers, today: date) -> list[Made]:
    """Make and store all tasks; what was made."""
    rows, made = Rows(), []
    for register, prefix, name, kind, age, count in _registers(scale, tree, chance):
        entered = today.replace(day=10) - timedelta(days=age)
        inspection, plan = _plan(numbers, register, prefix, name, kind, entered)
        cities = [register] if register.tier == "city" else tree.cities
        places = [(place, city) for city in cities for place in (city, *city.counties)]
        width = max(2, len(str(count)))
        for serial in range(1, count + 1):
            # what is found while rectifying enters later than the plan
            new = chance.random() < 0.1
            day = entered + timedelta(days=chance.randrange(1, max(age, 2))) if new else entered
            task = Made(
                numbers.next(Task), f"{prefix}-{serial:0{width}d}", inspection, register, *chance.choice(places), "", [],
                run(chance, day, today),
            )  # fmt: skip
            _write(rows, task, plan, serial, new, tree, chance, numbers, today)
            made.append(task)
    rows.store()
    return made


def _registers(
    scale: Scale, tree: Tree, chance: random.Random
) -> Iterator[tuple[Place, str, str, str, int, int]]:  # fmt: skip
    """Whose register, its prefix, name and kind, how many days ago its plan entered, how many tasks."""
    oldest = scale.months * 30
    if scale.own_tasks:
        first = scale.own_tasks // 3
        yield tree.top, "央督", "第三轮中央生态环境保护督察", "central", oldest + 20, first
        yield tree.top, "省督", "省级生态环境保护例行督察", "provincial", oldest // 2, scale.own_tasks - first
    for city in tree.cities:
        age = oldest - chance.randrange(0, max(oldest * 2 // 3, 1))
        yield city, "市督", f"{city.name}省级督察", "provincial", age, scale.city_tasks


def _plan(numbers: Numbers, place: Place, prefix: str, name: str, kind: str, entered: date) -> tuple[int, int]:
    inspection, plan = numbers.next(Inspection), numbers.next(Plan)
    Inspection.objects.create(
        pk=inspection, place_id=place.id, name=name, prefix=prefix, kind=kind, feedback_on=entered - timedelta(days=60)
    )
    at = clock.at(entered)
    Plan.objects.create(
        pk=plan, inspection_id=inspection, title=f"{place.name}贯彻落实{name}反馈意见整改方案", entered_at=at,
        approved_on=entered,
    )  # fmt: skip
    PlanVersion.objects.create(pk=numbers.next(PlanVersion), plan_id=plan, version=1, entered_at=at)
    return inspection, plan


def _write(
    rows: Rows, task: Made, plan: int, serial: int, new: bool, tree: Tree, chance: random.Random, numbers: Numbers,
    today: date,
) -> None:  # fmt: skip
    subject, problem, category, bureau = words.SUBJECTS[chance.randrange(len(words.SUBJECTS))]
    place, course = task.place, task.course
    task.what = subject
    _duties(rows, task, tree, chance, bureau)
    _measures(rows, task, chance, numbers, today)
    shares = [_share(part) for part in course.parts]
    shares += _targets(rows, task, tree, chance, numbers, today)
    task.achieved = percent((1, share) for share in shares)
    found = chance.randrange(2, 60)
    headline = f"{place.name}{subject}{problem}"[:80]
    issue = (
        f"{headline}。督察发现，{place.name}共有{subject}相关问题点位{found}处，其中{found // 2}处整改不到位；"
        f"{tree.names[task.units[0]]}对日常管理责任落实不够，{chance.randrange(3, 18)}个月内未组织专项检查。"
    )
    goal = f"{found}处点位全部完成整治，{subject}稳定运行，群众反映的问题得到解决。"
    steps = "".join(f"{no}.{_step(no)}，{part.due:%Y年%-m月%-d日}前完成。" for no, part in enumerate(course.parts, 1))
    since = course.struck_off_on or course.finished_on or course.entered
    rows.task.append((
        task.id, plan, task.inspection, task.number, serial, headline, issue, goal,
        json.dumps([category], ensure_ascii=False), place.id, course.due, course.kind,
        f"{course.first_due:%Y年%-m月%-d日}前" if course.first_due else "长期坚持", course.first_due,
        f"{serial}.{issue}整改目标：{goal}整改措施：{steps}",
        "self_found" if new else "feedback", new, int(course.extended_on is not None), task.achieved,
        f"{found}处点位已整治完毕，经监测达到目标。" if course.finished_on else "", course.finished_on,
        course.struck_off_on, course.state, clock.at(since), clock.at(course.entered),
        today if course.struck_off_on else None,
    ))  # fmt: skip
    if course.extended_on:
        _extension(rows, task, tree)


def _step(no: int) -> str:
    return words.STEPS[(no - 1) % len(words.STEPS)]


def _duties(rows: Rows, task: Made, tree: Tree, chance: random.Random, bureau: int) -> None:
    """The place's government leads two tasks in five, else its bureau; the other answers for it."""
    place = task.place
    own = place.bureaus[bureau % len(place.bureaus)]
    lead, other = (place.government, own) if chance.random() < 0.4 else (own, place.government)
    responsible = [lead, other] if chance.random() < 0.6 else [lead]
    task.units = responsible
    above = task.register.bureaus[bureau % len(task.register.bureaus)]
    parts = [("place", [place.id]), ("lead", [lead]), ("responsible", responsible),
             ("cooperating", chance.sample(task.city.bureaus, 2)), ("supervising", [above]),
             ("acceptance", [place.office])]  # fmt: skip
    for part, units in parts:
        rows.duty.extend((task.id, part, unit, tree.names[unit], no) for no, unit in enumerate(units, 1))
    rows.leader.extend((
        (task.id, "first", f"{place.name}{words.LEADERS[0]}"),
        (task.id, "sponsor", f"{task.register.name}{chance.choice(words.LEADERS[1:])}"),
    ))  # fmt: skip


def _measures(rows: Rows, task: Made, chance: random.Random, numbers: Numbers, today: date) -> None:
    for no, part in enumerate(task.course.parts, 1):
        measure = numbers.next(Measure)
        task.measures.append(measure)
        begun = part.due - timedelta(days=60) < today
        progress = "done" if part.done_on else "doing" if begun and chance.random() < 0.7 else "open"
        text = f"{_step(no)}：{task.place.name}{task.what}，{part.due:%Y年%-m月%-d日}前完成"
        rows.measure.append((measure, task.id, no, text, part.due, progress, part.done_on))
        rows.milestone.extend(
            (measure, step, words.NODES[step - 1], inner.due, inner.done_on) for step, inner in enumerate(part.inner, 1)
        )


def _share(part: Part) -> Decimal:
    if part.done_on:
        return Decimal(1)
    done = sum(inner.done_on is not None for inner in part.inner)
    return Decimal(done) / len(part.inner) if part.inner else Decimal(0)


def _targets(
    rows: Rows, task: Made, tree: Tree, chance: random.Random, numbers: Numbers, today: date
) -> list[Decimal]:  # fmt: skip
    """A quantified target in three tasks of ten, with a value a month; the share that each is reached."""
    course = task.course
    if chance.random() >= 0.3 or course.due is None or (course.due - course.entered).days < 120:
        return []
    what, unit, baseline, goal, rising = chance.choice(words.MEASURED)
    target, by = numbers.next(Target), tree.people[task.units[0]]
    months = max((course.due - course.entered).days // 30, 1)
    behind = 1 if course.finished_on else chance.choice((1, 1, 0.9, 0.7))
    value, value_on, met_on = None, None, None
    for month in range(1, months + 1):
        day = course.entered + timedelta(days=30 * month)
        if day > min(today, course.finished_on or today):
            break
        share = 1 if course.finished_on and day + timedelta(days=30) > course.finished_on else behind * month / months
        value, value_on = Decimal(str(round(baseline + (goal - baseline) * min(share, 1), 2))), day
        met_on = met_on or (day if share >= 1 else None)
        rows.sample.append((target, day, value, f"监测月报{day:%Y%m}", by, clock.at(day)))
    ratio = Decimal(0) if value is None else ratio_of(Decimal(baseline), Decimal(goal), value)
    rows.target.append((
        target, task.id, 1, what, unit, baseline, goal, "ge" if rising else "le", False,
        "even" if chance.random() < 0.5 else "end", course.entered, course.due, value, value_on, ratio, met_on,
    ))  # fmt: skip
    return [ratio]


def _extension(rows: Rows, task: Made, tree: Tree) -> None:
    course = task.course
    assert course.extended_on is not None
    rows.extension.append((
        task.id, course.first_due, course.due, "主体工程受征地影响，需延长工期。", task.register.id,
        tree.people[task.units[0]], course.extended_on, True, "理由属实，同意延期，不再延。",
        tree.offices[task.register.id], clock.at(course.extended_on + timedelta(days=5)),
    ))  # fmt: skip
