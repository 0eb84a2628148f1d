"""A visit's life: planned with the tasks that the rules name, changed until it ends, then closed with what was seen; it then
stands for the occurrence of the duty that it was held for."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max

from zhenggai.accounts.decisions import Decision, Refused, Stale
from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.audit.actions import record, text_digest
from zhenggai.audit.verbs import register
from zhenggai.ledger.models import Task
from zhenggai.ledger.permissions import stands_below
from zhenggai.rulebook.models import Rulebook
from zhenggai.supervision.actions.duties import record_session
from zhenggai.supervision.choosing import MOST, to_visit
from zhenggai.supervision.impartial import conflicts
from zhenggai.supervision.models import Body, StandingDuty, Visit, VisitMember, VisitTask
from zhenggai.supervision.permissions import acts_for, can_change_visit

PLANNED = register("visit.planned", "部署督查", "blue")
CHANGED = register("visit.changed", "修改督查安排")
TEAM = register("visit.team", "确定督查组")
TASKS = register("visit.tasks", "增减督查的任务", "amber")
SKIPPED = register("visit.skipped", "督查没有看的任务", "amber")
CLOSED = register("visit.closed", "督查结束", "green")
CANCELLED = register("visit.cancelled", "取消督查", "red")

FAR = timedelta(days=366)  # no visit is planned or put down further away than this
MOST_MEMBERS = 30


@dataclass(frozen=True)
class Team:
    """Who goes: persons and units, in their order."""

    members: tuple[Person | Unit, ...]

    @property
    def people(self) -> list[Person]:
        return [one for one in self.members if isinstance(one, Person)]

    @property
    def units(self) -> list[Unit]:
        return [one for one in self.members if isinstance(one, Unit)]


@transaction.atomic
def plan_visit(body: Body, *, by: Person, kind: str, announced: bool, area: Unit, starts_on: date, ends_on: date,
               title: str = "", duty: StandingDuty | None = None) -> Visit:  # fmt: skip
    """A visit of `body` to the tasks under `area` that the rules name today.

    Raises Refused when the person does not act for the body, the area or the duty is not the body's, the dates are wrong,
    no rules are in force, or the name is taken.
    """
    _require(acts_for(body, by))
    place, today = body.place, clock.today()
    if not stands_below([area.pk], [place.pk]):
        raise Refused(f"督查范围要在{place}以内")
    if duty and (duty.body_id != body.pk or (duty.ends_on and duty.ends_on < starts_on)):
        raise Refused(f"“{duty.what}”不是{body}现在的职责，不能抵它")
    _check_days(starts_on, ends_on, today)
    rules = Rulebook.objects.in_force(place, today).rules
    visit = Visit(
        place=place, body=body, kind=kind, announced=announced, area=area, starts_on=starts_on, ends_on=ends_on,
        duty=duty, figures_on=today, planned_by=by, planned_at=clock.now(),
        title=title or f"{area.name}{starts_on:%Y年%-m月%-d日}{Visit.Kind(kind).label}",
    )  # fmt: skip
    try:
        with transaction.atomic():
            visit.save()
    except IntegrityError as error:
        raise Refused(f"{place}已经有叫“{visit.title}”的督查，请换个名称") from error
    found = to_visit(area, kind, today, rules.speaking.hard_signs)
    VisitTask.objects.bulk_create(
        VisitTask(visit=visit, task=row.task, position=position, grounds=row.as_data())
        for position, row in enumerate(found, 1)
    )
    record(
        PLANNED, by=by, target=visit,
        after={"kind": kind, "announced": announced, "area": area.pk, "starts_on": starts_on.isoformat(),
               "ends_on": ends_on.isoformat(), "tasks": [row.task.number for row in found]},
        note=f"{body}：{visit.title}，{len(found)}项任务",
    )  # fmt: skip
    return visit


def _require(decision: Decision) -> None:
    if not decision:
        raise Refused(decision.reason)


def _check_days(starts_on: date, ends_on: date, today: date) -> None:
    if ends_on < starts_on:
        raise Refused("结束日期不能早于开始日期")
    if abs(starts_on - today) > FAR or abs(ends_on - today) > FAR:
        raise Refused("督查日期离今天超过一年，请核对年份")


def _locked(visit: Visit, seen: int | None, by: Person) -> Visit:
    rows = Visit.objects.select_for_update(of=("self",)).select_related("place", "body__place", "duty__body", "area")
    found = rows.get(pk=visit.pk)
    if seen is not None and seen != found.version:
        raise Stale(f"{found}在你打开页面之后有人改过，没有保存。请看过现在的内容再改。")
    _require(can_change_visit(found, by))
    return found


def _changed(visit: Visit, verb: str, by: Person, note: str, before: Any = None, after: Any = None) -> Visit:
    Visit.objects.filter(pk=visit.pk, state=Visit.State.PLANNED).update(version=F("version") + 1)
    record(verb, by=by, target=visit, before=before, after=after, note=note)
    return visit


@transaction.atomic
def change_visit(visit: Visit, *, by: Person, seen: int | None = None, title: str, announced: bool, starts_on: date,
                 ends_on: date) -> Visit:  # fmt: skip
    """Change its name, its days, and whether the units are told before; not to a day after something was seen."""
    found = _locked(visit, seen, by)
    _check_days(starts_on, ends_on, clock.today())
    first = found.findings.order_by("seen_on").values_list("seen_on", flat=True).first()
    if first and first < starts_on:
        raise Refused(f"{first}已经登记了情况，开始日期不能更晚")
    before = {"title": found.title, "announced": found.announced, "starts_on": found.starts_on.isoformat(),
              "ends_on": found.ends_on.isoformat()}  # fmt: skip
    found.title, found.announced, found.starts_on, found.ends_on = title, announced, starts_on, ends_on
    try:
        with transaction.atomic():
            found.save(update_fields=["title", "announced", "starts_on", "ends_on"])
    except IntegrityError as error:
        raise Refused(f"{found.place}已经有叫“{title}”的督查，请换个名称") from error
    after = {"title": title, "announced": announced, "starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()}
    return _changed(found, CHANGED, by, title, before, after)


@transaction.atomic
def set_team(visit: Visit, *, by: Person, seen: int | None = None, team: Team) -> Visit:
    """Who goes, the first as its head. Raises Refused, and names the tasks, for whoever would look at its own work."""
    found = _locked(visit, seen, by)
    if not team.members:
        raise Refused("督查组至少要有一个人或一个单位")
    if len(team.members) > MOST_MEMBERS:
        raise Refused(f"督查组最多{MOST_MEMBERS}个")
    if wrong := conflicts(_tasks(found), team.people, team.units):
        raise Refused(f"不能督查自己办的事：{'；'.join(wrong)}。请换人，或把这些任务从这次督查里去掉")
    before = [str(row) for row in found.members.select_related("person", "unit")]
    found.members.all().delete()
    VisitMember.objects.bulk_create(
        VisitMember(visit=found, position=position, person=one if isinstance(one, Person) else None,
                    unit=one if isinstance(one, Unit) else None)
        for position, one in enumerate(team.members, 1)
    )  # fmt: skip
    after = [str(one) for one in team.members]
    return _changed(found, TEAM, by, f"{found}：{'、'.join(after)}", {"team": before}, {"team": after})


def _tasks(visit: Visit) -> list[Task]:
    return list(Task.objects.filter(visit_tasks__visit=visit).only("pk", "number").order_by("pk"))


@transaction.atomic
def add_task(visit: Visit, *, by: Person, seen: int | None = None, task: Task, reason: str) -> Visit:
    """Look at one more task. Raises Refused when it is not of the place, is there already, or is somebody's own on the team."""
    found = _locked(visit, seen, by)
    if not reason.strip():
        raise Refused("写明为什么要看这一项")
    if not stands_below([task.place_id], [found.place_id]):
        raise Refused(f"{task.number}不在{found.place}以内")
    if found.tasks.filter(task=task).exists():
        raise Refused(f"{task.number}已经在这次督查里")
    if found.tasks.count() >= MOST[Visit.Kind.FULL]:
        raise Refused(f"一次督查最多{MOST[Visit.Kind.FULL]}项任务，请另部署一次")
    members = list(found.members.select_related("person", "unit"))
    wrong = conflicts([task], [row.person for row in members if row.person], [row.unit for row in members if row.unit])
    if wrong:
        raise Refused(f"不能督查自己办的事：{'；'.join(wrong)}。请先换人")
    last = found.tasks.aggregate(last=Max("position"))["last"] or 0
    VisitTask.objects.create(visit=found, task=task, position=last + 1, reason=reason.strip())
    return _changed(found, TASKS, by, f"{found}：增加{task.number}。理由：{reason.strip()}", after={"task": task.pk})


@transaction.atomic
def drop_task(visit: Visit, *, by: Person, seen: int | None = None, task: int, reason: str) -> Visit:
    """Do not look at a task after all; one of which something was put down stays."""
    found, row = _row(visit, seen, by, task)
    if found.findings.filter(task=row.task).exists():
        raise Refused(f"{row.task.number}已经登记了情况，不能去掉；登记错了请更正")
    if not reason.strip():
        raise Refused("写明为什么不看这一项")
    before = {"task": row.task_id, "grounds": row.grounds, "reason": row.reason}
    row.delete()
    return _changed(found, TASKS, by, f"{found}：去掉{row.task.number}。理由：{reason.strip()}", before)


@transaction.atomic
def skip_task(visit: Visit, *, by: Person, seen: int | None = None, task: int, reason: str) -> Visit:
    """Say why a task could not be looked at; the visit can end then."""
    found, row = _row(visit, seen, by, task)
    if found.findings.filter(task=row.task).exists():
        raise Refused(f"{row.task.number}已经登记了情况")
    if not reason.strip():
        raise Refused("写明为什么没有看成")
    row.skipped = reason.strip()
    row.save(update_fields=["skipped"])
    return _changed(
        found, SKIPPED, by, f"{found}：{row.task.number}没有看。原因：{row.skipped}", after={"task": row.task_id}
    )


def _row(visit: Visit, seen: int | None, by: Person, task: int) -> tuple[Visit, VisitTask]:
    found = _locked(visit, seen, by)
    row = found.tasks.select_related("task").filter(task=task).first()
    if row is None:
        raise Stale("这项任务已经不在这次督查里，请看过现在的内容再改。")
    return found, row


@transaction.atomic
def cancel_visit(visit: Visit, *, by: Person, seen: int | None = None, reason: str) -> Visit:
    """Call the visit off; it stays on the books with its reason. Not once something was put down."""
    found = _locked(visit, seen, by)
    if found.findings.exists():
        raise Refused("已经登记了情况的督查不能取消；没有看的任务写明原因后结束")
    found.state, found.cancel_reason = Visit.State.CANCELLED, reason
    found.save(update_fields=["state", "cancel_reason"])
    return _changed(found, CANCELLED, by, f"{found}。理由：{reason}", {"state": "planned"}, {"state": found.state})


@transaction.atomic
def close_visit(
    visit: Visit, *, by: Person, seen: int | None = None, summary: str, for_due: date | None = None
) -> Visit:
    """The visit is over: what was seen in all. Where it was held for a standing duty it is recorded as its session, in place
    of the occurrence due on `for_due`.

    Raises Refused while a task has neither a finding nor a reason why not, and when nothing was looked at.
    """
    found = _locked(visit, seen, by)
    looked = set(found.findings.values_list("task", flat=True))
    left = [
        row.task.number for row in found.tasks.select_related("task") if row.task_id not in looked and not row.skipped
    ]
    if left:
        more = f"等{len(left)}项" if len(left) > 5 else ""
        raise Refused(f"{'、'.join(left[:5])}{more}还没有登记情况；没有看成的写明原因")
    if not looked:
        raise Refused("一项都没有看，不能结束；不开展了请取消")
    found.state, found.summary = Visit.State.CLOSED, summary
    found.closed_by, found.closed_at = by, clock.now()
    found.version += 1
    found.save(update_fields=["state", "summary", "closed_by", "closed_at", "version"])
    wrong = found.findings.current().wrong().count()
    record(CLOSED, by=by, target=found, before={"state": "planned"},
           after={"state": found.state, "summary": text_digest(summary), "looked": len(looked), "wrong": wrong},
           note=f"{found}，看{len(looked)}项，发现问题{wrong}项")  # fmt: skip
    if found.duty:
        held = found.findings.aggregate(last=Max("seen_on"))["last"]
        tasks = list(Task.objects.filter(pk__in=looked).order_by("pk"))
        record_session(
            found.duty, by=by, held_on=held, topic=found.title, text=summary, for_due=for_due, tasks=tasks, visit=found
        )
    return found
