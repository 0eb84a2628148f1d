"""回头看 (R48, R60): struck-off tasks are drawn by a seed that nobody can choose and by weights of risk; what slipped back
opens a new round, and who had accepted it is told."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, F, Max, OuterRef, Q

from zhenggai.accounts.decisions import YES, Decision, Refused, Stale, no
from zhenggai.accounts.models import Person, Unit, UnitClosure
from zhenggai.accounts.naming import Named
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.audit.actions import record
from zhenggai.audit.models import Entry
from zhenggai.audit.verbs import register
from zhenggai.closure.models import Application, Look, LookBack, Penalty, Rebound, Sample, Told, Verdict, Waiver
from zhenggai.closure.permissions import speaks_for
from zhenggai.ledger.actions import NewMeasure, NewTask, enter_task
from zhenggai.ledger.models import DueKind, Duty, Source, Task
from zhenggai.ledger.permissions import RECTIFIERS, duty_of, is_over, stands_below
from zhenggai.ledger.states import CLOSED
from zhenggai.ledger.sweeps import own_register

DRAWN = register("look_back.drawn", "抽取回头看", "blue")
VISITED = register("look_back.visited", "回头看", "green")
SLIPPED = register("look_back.slipped", "回头看发现反弹", "red")
ANSWERED = register("look_back.answered", "验收单位说明反弹", "amber")

MOST = 200
# What makes a task likelier to be drawn: name → (words, usual weight added to 1).
RISKS = {
    "waived": ("有放行的条件", 3), "changed": ("验收后有变", 2), "returned": ("验收退回过", 2), "extended": ("延过期", 1),
    "complaint": ("信访举报", 1), "fined": ("有行政处罚", 1),
}  # fmt: skip
Candidate = tuple[int, str, int, list[str]]


def draw(candidates: Sequence[Sequence[Any]], seed: str, size: int) -> list[int]:
    """The ids of `size` of the candidates (id, number, weight, …), without replacement, in the order in which they were drawn.
    Each gets the share of a hash of the seed and its number, to the power of one over its weight: the largest are drawn
    (Efraimidis and Spirakis 2006). The same seed draws the same whatever the order of the candidates.

    >>> rows = [(1, "省督-01", 1, []), (2, "省督-02", 9, []), (3, "省督-03", 1, [])]
    >>> draw(rows, "ab", 2) == draw(rows[::-1], "ab", 2), len(draw(rows, "ab", 9))
    (True, 3)
    >>> sum(draw(rows, str(seed), 1) == [2] for seed in range(1000)) > 750
    True
    """

    def share(row: Sequence[Any]) -> float:
        digest = hashlib.sha256(f"{seed}:{row[0]}:{row[1]}".encode()).digest()
        return float(((int.from_bytes(digest[:8]) + 1) / 2**64) ** (1 / row[2]))

    return [row[0] for row in sorted(candidates, key=share, reverse=True)[:size]]


def candidates_of(place: Unit, since: date, weights: dict[str, int]) -> list[Candidate]:
    """The tasks under `place` that were struck off here since `since`, each with its weight and why."""
    here = OuterRef("pk")
    flags = {
        "waived": Exists(Waiver.objects.filter(task=here)),
        "changed": Exists(Look.objects.filter(application__task=here)),
        "returned": Exists(Application.objects.filter(task=here, outcome__in=["returned", "failed"])),
        "extended": Q(extended__gt=0), "complaint": Q(source=Source.COMPLAINT),
        "fined": Exists(Penalty.objects.filter(task=here)),
    }  # fmt: skip
    rows = Task.objects.under([place.pk]).filter(state__in=CLOSED, struck_off_on__gte=since, strike_off__isnull=False)
    annotated = rows.annotate(**{f"is_{name}": flag for name, flag in flags.items()})
    found = annotated.order_by("pk").values_list("pk", "number", *(f"is_{name}" for name in flags))
    return [_weighed(pk, number, dict(zip(flags, marks, strict=True)), weights) for pk, number, *marks in found]


def _weighed(pk: int, number: str, marks: dict[str, bool], weights: dict[str, int]) -> Candidate:
    names = [name for name, marked in marks.items() if marked and weights.get(name)]
    return pk, number, 1 + sum(weights[name] for name in names), [RISKS[name][0] for name in names]


def can_draw(place: Unit | None, person: Person) -> Decision:
    places = person.places_as(Role.SUPERVISION, Role.COORDINATION)
    return YES if place and stands_below([place.pk], places) else no("由督导组或综合协调组抽取")


@transaction.atomic
def draw_look_back(
    place: Unit, *, name: str, since: date, size: int, due_on: date, weights: dict[str, int], by: Person
) -> LookBack:
    """Draw `size` tasks. The seed is the digest of the trail's last row at this moment: nobody knows it before. Raises
    Refused."""
    if not (allowed := can_draw(place, by)):
        raise Refused(allowed.reason)
    if due_on <= clock.today():
        raise Refused("完成期限要在今天之后")
    if not 1 <= size <= MOST:
        raise Refused(f"一次抽1到{MOST}项")
    candidates = candidates_of(place, since, weights)
    if not candidates:
        raise Refused(f"{place}在{since:%Y-%m-%d}以后没有销号的任务，没有可抽的")
    seed = Entry.objects.order_by("-seq").values_list("digest", flat=True)[0]
    try:
        with transaction.atomic():
            made = LookBack.objects.create(
                place=place, name=name, since=since, size=size, due_on=due_on, seed=seed, weights=weights,
                candidates=candidates, drawn_by=by, drawn_at=clock.now(),
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused(f"已经有叫“{name}”的回头看，请换个名字") from error
    by_id = {row[0]: row for row in candidates}
    drawn = draw(candidates, seed, size)
    Sample.objects.bulk_create(
        Sample(look_back=made, task_id=pk, weight=by_id[pk][2], reasons=by_id[pk][3]) for pk in drawn
    )
    record(
        DRAWN, by=by, target=made,
        after={"seed": seed, "weights": weights, "candidates": len(candidates), "drawn": [by_id[pk][1] for pk in drawn]},
        note=f"{name}：从{len(candidates)}项里抽{len(drawn)}项",
    )  # fmt: skip
    return made


def can_visit(sample: Sample, person: Person) -> Decision:
    """The supervision or coordination team over the place; nobody who accepted it, nobody who rectified it."""
    if sample.result:
        return no("这一项已经看过")
    if Verdict.objects.filter(application__task=sample.task, decided_by=person).exists():
        return no("你对这项任务作过结论，回头看由别人去")
    if duty_of(person, sample.task, RECTIFIERS):
        return no("你是牵头或责任单位的联络员")
    return YES if is_over(person, sample.task, Role.SUPERVISION, Role.COORDINATION) else no("由督导组或综合协调组去看")


def samples_for(person: Person) -> Any:
    """The samples that the person may visit (can_visit)."""
    places = person.places_as(Role.SUPERVISION, Role.COORDINATION)
    liaison_of = [unit.pk for unit in person.units_as(Role.LIAISON)]
    above = UnitClosure.objects.filter(ancestor__in=places, descendant=OuterRef("task__place"))
    own = UnitClosure.objects.filter(ancestor__in=liaison_of, descendant=OuterRef("unit"))
    rectified = Duty.objects.filter(Exists(own), task=OuterRef("task"), part__in=RECTIFIERS)
    signed = Verdict.objects.filter(application__task=OuterRef("task"), decided_by=person)
    return Sample.objects.filter(Exists(above), ~Exists(rectified), ~Exists(signed), result="")


@transaction.atomic
def visit(sample: Sample, *, result: str, text: str, again_by: date | None = None, by: Person) -> Sample:
    """Say what was seen. What slipped back opens a new round due on `again_by`. Raises Refused, or Stale."""
    rows = Sample.objects.select_for_update(of=("self",)).select_related("task__place", "task__inspection", "look_back")
    locked = rows.get(pk=sample.pk)
    if locked.result:
        raise Stale(f"{locked}已由{locked.visited_by}看过")
    if not (allowed := can_visit(locked, by)):
        raise Refused(allowed.reason)
    if len(text.strip()) < 10:
        raise Refused("写明去了哪里、看到什么（至少10个字）")
    slipped = result == Sample.Result.SLIPPED
    if slipped and (again_by is None or again_by <= clock.today()):
        raise Refused("出现反弹的要重新挂账，写明新一轮的整改期限，在今天之后")
    locked.result, locked.text, locked.visited_by, locked.visited_on = result, text.strip(), by, clock.today()
    locked.save(update_fields=["result", "text", "visited_by", "visited_on"])
    rebound = open_again(locked.task, locked.text, again_by, by=by, sample=locked) if slipped and again_by else None
    record(
        SLIPPED if slipped else VISITED, by=by, target=locked, task_id=locked.task_id,
        after={"result": result, "text": locked.text, "again": rebound.new.number if rebound else None},
        note=f"{locked.look_back}：{locked.text}" + (f"。重新挂账{rebound.new.number}" if rebound else ""),
    )  # fmt: skip
    return locked


def open_again(old: Task, seen: str, again_by: date, *, by: Person, **origin: Any) -> Rebound:
    """The new round in the place's own register, with the same units; who had accepted the old one is told. `origin`: the
    sample or the reply that showed it."""
    plan = own_register(old.place, by=by)
    last = plan.tasks.aggregate(last=Max("serial"))["last"] or 0
    named: dict[str, list[Named]] = {}
    for duty in old.duties.exclude(part=Duty.Part.PLACE).select_related("unit").order_by("position", "pk"):
        named.setdefault(duty.part, []).append(Named(duty.raw, unit=duty.unit))
    new = NewTask(
        serial=last + 1, issue=f"{old.number}销号后反弹：{seen}", goal=old.goal, passage=seen, duties={**named},
        measures=[NewMeasure(1, "查清反弹原因，重新整改到位", due=again_by)], due=again_by, due_kind=DueKind.DATE,
        due_raw=f"{again_by}前", place=old.place, source=Source.SELF_FOUND, increment=True,
    )  # fmt: skip
    rebound = Rebound.objects.create(old=old, new=enter_task(plan, new, by=by), seen=seen, **origin)
    signed = Verdict.objects.filter(application__task=old, application__outcome="passed", kind="acceptance")
    known = Told.objects.filter(rebound__old=old).values("verdict")
    fresh = signed.exclude(pk__in=known).order_by("position")
    Told.objects.bulk_create(Told(rebound=rebound, verdict=verdict) for verdict in fresh)
    return rebound


def told_for(person: Person) -> Any:
    """What units of the person accepted, slipped back, and waits for their answer."""
    offices = [unit.pk for unit in person.units_as(Role.COORDINATION)]
    departments = [unit.pk for unit in person.units_as(Role.LIAISON)]
    mine = Q(verdict__decider="office", verdict__unit__in=offices) | Q(
        verdict__decider="industry", verdict__unit__in=departments
    )
    return Told.objects.filter(mine, answer="")


def can_answer(told: Told, person: Person) -> Decision:
    if told.answer:
        return no("已经说明过")
    return YES if speaks_for(told.verdict, person) else no(f"由{told.verdict.unit}说明（谁验收、谁负责）")


@transaction.atomic
def answer(told: Told, *, text: str, by: Person) -> Told:
    """A unit says why it had accepted what slipped back. Raises Refused, or Stale."""
    rows = Told.objects.select_for_update(of=("self",)).select_related("verdict__unit", "rebound__old", "rebound__new")
    locked = rows.get(pk=told.pk)
    if locked.answer:
        raise Stale("已经说明过")
    if not (allowed := can_answer(locked, by)):
        raise Refused(allowed.reason)
    if len(text.strip()) < 10:
        raise Refused("写明当时怎么验收的、为什么没有看出来（至少10个字）")
    locked.answer, locked.answered_by, locked.answered_on = text.strip(), by, clock.today()
    locked.save(update_fields=["answer", "answered_by", "answered_on"])
    record(
        ANSWERED, by=by, target=locked, task_id=locked.rebound.old_id, after={"text": locked.answer},
        note=f"{locked.verdict.unit}：{locked.answer}",
    )  # fmt: skip
    return locked


def by_acceptor(places: Iterable[int]) -> list[dict[str, Any]]:
    """Of each unit that accepted under `places`: how many of its tasks are struck off, were looked at again (in a look-back, or
    because the complainant said that nothing was fixed), slipped back; and the share of those looked at that slipped, in
    percent (None where none was looked at)."""
    sampled, asked = Q(application__task__look_backs__result__gt=""), Q(application__task__replies__found__gt="")
    rows = (
        Verdict.objects.filter(kind="acceptance", result="pass", application__outcome="passed")
        .filter(application__task__in=Task.objects.under(places).filter(state__in=CLOSED))
        .order_by().values("unit", unit_name=F("unit__short_name"))
        .annotate(
            struck_off=Count("application__task", distinct=True),
            seen=Count("application__task", distinct=True, filter=sampled | asked),
            slipped=Count("application__task", distinct=True, filter=Q(application__task__rebounds__isnull=False)),
        )
        .order_by("-slipped", "-seen", "unit")
    )  # fmt: skip
    return [row | {"rate": round(100 * row["slipped"] / row["seen"], 1) if row["seen"] else None} for row in rows]
