"""Help for a task that does not move: asked for or offered, arranged as a policy for that one task, followed step by step,
ended with what came of it. Each act stands on the task's timeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from zhenggai.accounts.decisions import Decision, Refused, Stale
from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.audit.actions import record
from zhenggai.audit.verbs import register
from zhenggai.ledger.models import Task
from zhenggai.supervision.choosing import stuck_grounds
from zhenggai.supervision.days import check_not_far
from zhenggai.supervision.models import HelpPlan, HelpStep
from zhenggai.supervision.permissions import (
    asks_for,
    can_add_step,
    can_arrange_help,
    can_ask_help,
    can_end_help,
    can_report_step,
)

ASKED = register("help.asked", "提出帮扶", "blue")
ARRANGED = register("help.arranged", "安排帮扶", "green")
DECLINED = register("help.declined", "不安排帮扶", "amber")
STEP_ADDED = register("help.step_added", "增加帮扶措施")
STEP_DONE = register("help.step_done", "帮扶措施办结")
ENDED = register("help.ended", "帮扶结束", "green")

MOST_STEPS = 20


@dataclass(frozen=True)
class NewStep:
    """One step of the policy: what, who, by when."""

    text: str
    unit: Unit
    due: date


@transaction.atomic
def ask_help(task: Task, *, by: Person, kind: str, difficulty: str, wanted: str = "") -> HelpPlan:
    """Ask for help, or offer it: what exactly stands in the way. The rules that name the task today are kept with it.
    Raises Refused."""
    rows = Task.objects.select_for_update(of=("self",)).select_related("place")
    found = rows.get(pk=task.pk)
    _require(can_ask_help(found, by))
    unit = asks_for(found, by)
    assert unit is not None
    grounds = [{"rule": rule, "words": words} for rule, words in stuck_grounds(found, clock.today())]
    plan = HelpPlan.objects.create(
        task=found, kind=kind, difficulty=difficulty, wanted=wanted, grounds=grounds, asked_unit=unit, asked_by=by,
        asked_at=clock.now(),
    )  # fmt: skip
    _record(ASKED, plan, by, {"kind": kind, "difficulty": difficulty, "wanted": wanted, "grounds": grounds},
            f"{unit}：{plan.get_kind_display()}，{difficulty}")  # fmt: skip
    return plan


def _require(decision: Decision) -> None:
    if not decision:
        raise Refused(decision.reason)


def _record(verb: str, plan: HelpPlan, by: Person, after: dict[str, Any], note: str) -> None:
    record(verb, by=by, target=plan, task_id=plan.task_id, after=after, note=note)


def _locked(plan: HelpPlan, expected: str) -> HelpPlan:
    rows = HelpPlan.objects.select_for_update(of=("self",)).select_related("task__place", "unit")
    found = rows.get(pk=plan.pk)
    if found.state != expected:
        raise Stale(f"这份帮扶{found.get_state_display()}，没有重复办理。")
    return found


@transaction.atomic
def arrange(plan: HelpPlan, *, by: Person, answer: str, unit: Unit, helper: str, until: date,
            steps: Sequence[NewStep]) -> HelpPlan:  # fmt: skip
    """Arrange the help: who helps until when, by which steps. Raises Refused without a step, or for days that have passed."""
    found = _locked(plan, HelpPlan.State.ASKED)
    _require(can_arrange_help(found, by))
    if found.task.is_closed:
        raise Refused(f"{found.task.number}已经销号，不用再帮扶；请写明理由，选“不安排”")
    if not steps:
        raise Refused("至少写一条帮扶措施：办什么、哪个单位、哪天之前")
    if until < clock.today():
        raise Refused("帮扶到哪天不能早于今天")
    check_not_far(until, "帮扶到哪天：")
    if not answer.strip():
        raise Refused("写明安排意见")
    found.state, found.decided_by, found.decided_at = HelpPlan.State.HELPING, by, clock.now()
    found.answer, found.unit, found.helper, found.until = answer.strip(), unit, helper, until
    found.save(update_fields=["state", "decided_by", "decided_at", "answer", "unit", "helper", "until"])
    for step in steps:
        _add(found, step)
    _record(
        ARRANGED, found, by,
        {"state": found.state, "unit": str(unit), "helper": helper, "until": until.isoformat(),
         "steps": [[step.text, str(step.unit), step.due.isoformat()] for step in steps]},
        f"{unit}（{helper}）帮扶到{until}：" + "；".join(f"{step.text}（{step.unit}，{step.due}前）" for step in steps),
    )  # fmt: skip
    return found


def _add(plan: HelpPlan, step: NewStep) -> HelpStep:
    last = plan.steps.aggregate(last=Max("position"))["last"] or 0
    if last >= MOST_STEPS:
        raise Refused(f"一份帮扶最多{MOST_STEPS}条措施")
    if step.due < clock.today():
        raise Refused(f"“{step.text}”的期限{step.due}已经过了")
    if plan.until and step.due > plan.until:
        raise Refused(f"“{step.text}”的期限{step.due}在帮扶结束的{plan.until}之后")
    return HelpStep.objects.create(plan=plan, position=last + 1, text=step.text, unit=step.unit, due=step.due)


@transaction.atomic
def decline(plan: HelpPlan, *, by: Person, answer: str) -> HelpPlan:
    """Arrange no help; why is always said."""
    found = _locked(plan, HelpPlan.State.ASKED)
    _require(can_arrange_help(found, by))
    if not answer.strip():
        raise Refused("写明为什么不安排，提出的单位要知道")
    found.state, found.answer, found.decided_by, found.decided_at = (
        HelpPlan.State.DECLINED, answer.strip(), by, clock.now(),
    )  # fmt: skip
    found.save(update_fields=["state", "answer", "decided_by", "decided_at"])
    _record(DECLINED, found, by, {"state": found.state}, found.answer)
    return found


@transaction.atomic
def add_step(plan: HelpPlan, *, by: Person, step: NewStep) -> HelpStep:
    """One more step while the help goes on."""
    found = _locked(plan, HelpPlan.State.HELPING)
    _require(can_add_step(found, by))
    if found.task.is_closed:
        raise Refused(f"{found.task.number}已经销号，不再增加措施；请写明结果，结束帮扶")
    made = _add(found, step)
    _record(STEP_ADDED, found, by, {"text": step.text, "unit": str(step.unit), "due": step.due.isoformat()},
            f"{step.text}（{step.unit}，{step.due}前）")  # fmt: skip
    return made


@transaction.atomic
def report_step(step: HelpStep, *, by: Person, result: str, done_on: date) -> HelpStep:
    """What a step brought."""
    rows = HelpStep.objects.select_for_update(of=("self",)).select_related("plan__task__place", "unit")
    found = rows.get(pk=step.pk)
    if found.done_on:
        raise Stale("这一步已经登记结果，没有重复登记。")
    _require(can_report_step(found, by))
    plan = found.plan
    assert plan.decided_at is not None
    first = timezone.localdate(plan.decided_at)
    if not first <= done_on <= clock.today():
        raise Refused(f"办结日期应在{first}（安排帮扶那天）到今天之间")
    if not result.strip():
        raise Refused("写明办到什么程度、解决了什么")
    found.result, found.done_on, found.reported_by = result.strip(), done_on, by
    found.save(update_fields=["result", "done_on", "reported_by"])
    _record(STEP_DONE, plan, by, {"step": found.position, "result": found.result, "done_on": done_on.isoformat()},
            f"{found.text}（{found.unit}）：{found.result}")  # fmt: skip
    return found


@transaction.atomic
def end_help(plan: HelpPlan, *, by: Person, outcome: str, outcome_reason: str) -> HelpPlan:
    """What came of it, and why. Raises Refused for solved while a step is open."""
    found = _locked(plan, HelpPlan.State.HELPING)
    _require(can_end_help(found, by))
    if not outcome_reason.strip():
        raise Refused("写明解决了什么、还差什么")
    left = found.steps.filter(done_on__isnull=True).count()
    if outcome == HelpPlan.Outcome.SOLVED and left:
        raise Refused(f"还有{left}条措施没有登记结果，不能写“解决”")
    found.state, found.outcome, found.outcome_reason = HelpPlan.State.ENDED, outcome, outcome_reason.strip()
    found.ended_by, found.ended_on = by, clock.today()
    found.save(update_fields=["state", "outcome", "outcome_reason", "ended_by", "ended_on"])
    _record(ENDED, found, by, {"state": found.state, "outcome": outcome, "left": left},
            f"{found.get_outcome_display()}：{found.outcome_reason}")  # fmt: skip
    return found
