"""A consultation's life: asked, taken up or declined, concluded. Each step stands on the timeline of every task of it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.audit.actions import record
from zhenggai.audit.verbs import register
from zhenggai.ledger.models import Task
from zhenggai.ledger.permissions import REPORTERS, duty_of
from zhenggai.supervision.models import Consultation, ConsultationTask
from zhenggai.supervision.permissions import can_ask, can_conclude, can_take_up

ASKED = register("consultation.asked", "提请会商", "blue")
TAKEN_UP = register("consultation.accepted", "受理会商", "green")
DECLINED = register("consultation.declined", "不予受理会商", "amber")
CONCLUDED = register("consultation.concluded", "会商结论", "green")


OPEN = (Consultation.State.REQUESTED, Consultation.State.ACCEPTED)


@transaction.atomic
def ask(tasks: Sequence[Task], *, by: Person, problem: str, asked: str) -> Consultation:
    """A unit asks for a consultation on `tasks`. Raises Refused when it has no part in one of them."""
    rows = Task.objects.filter(pk__in=[task.pk for task in tasks]).select_related("inspection__place").order_by("pk")
    found = list(rows)
    if not (allowed := can_ask(found, by)):
        raise Refused(allowed.reason)
    duty = duty_of(by, found[0], REPORTERS)
    assert duty is not None
    assert duty.unit is not None
    Task.objects.select_for_update(of=("self",)).get(pk=found[0].pk)
    same = Consultation.objects.filter(unit=duty.unit, tasks=found[0], problem=problem, asked=asked, state__in=OPEN)
    if same.exists():
        raise Refused("同样的事项已经提请，正在等会商，没有重复提请")
    consultation = Consultation.objects.create(
        place=found[0].inspection.place, unit=duty.unit, problem=problem, asked=asked, requested_by=by,
        requested_at=clock.now(),
    )  # fmt: skip
    ConsultationTask.objects.bulk_create(ConsultationTask(consultation=consultation, task=task) for task in found)
    _record(ASKED, consultation, by, {"problem": problem, "asked": asked}, f"{duty.unit}提请：{asked}")
    return consultation


def _record(verb: str, consultation: Consultation, by: Person, after: dict[str, Any], note: str) -> None:
    tasks = list(consultation.links.order_by("pk").values_list("task_id", flat=True))
    for task_id in tasks:
        record(verb, by=by, target=consultation, task_id=task_id, note=note, after={"tasks": tasks, **after})


def _locked(consultation: Consultation, expected: str) -> Consultation:
    rows = Consultation.objects.select_for_update(of=("self",)).select_related("place", "unit")
    found = rows.get(pk=consultation.pk)
    if found.state != expected:
        raise Stale(f"这次会商{found.get_state_display()}，没有重复办理。")
    return found


@transaction.atomic
def take_up(consultation: Consultation, *, by: Person, accept: bool, reason: str, form: str = "",
            planned_on: date | None = None, where: str = "", invited: str = "") -> Consultation:  # fmt: skip
    """The coordination team takes it up (in which form, when, where, with whom) or declines it; the reason always stands."""
    found = _locked(consultation, Consultation.State.REQUESTED)
    if not (allowed := can_take_up(found, by)):
        raise Refused(allowed.reason)
    if not reason.strip():
        raise Refused("请写明理由，提请单位要知道为什么")
    if accept and (not form or planned_on is None):
        raise Refused("受理要写明以什么形式、哪一天会商")
    if accept and planned_on and planned_on < clock.today():
        raise Refused("会商日期不能早于今天")
    found.decided_by, found.decided_at, found.decision_reason = by, clock.now(), reason.strip()
    found.state = Consultation.State.ACCEPTED if accept else Consultation.State.DECLINED
    if accept:
        found.form, found.planned_on, found.where, found.invited = form, planned_on, where, invited
    found.save()
    words = f"{found.get_form_display()}，{found.planned_on:%Y-%m-%d}。{found.decision_reason}" if accept else found.decision_reason  # fmt: skip
    after = {
        "state": found.state,
        "form": found.form,
        "planned_on": planned_on.isoformat() if accept and planned_on else None,
    }
    _record(TAKEN_UP if accept else DECLINED, found, by, after, words)
    return found


@transaction.atomic
def conclude(consultation: Consultation, *, by: Person, held_on: date, conclusion: str, form: str = "",
             where: str = "", invited: str = "") -> Consultation:  # fmt: skip
    """What the consultation came to, as it was really held."""
    found = _locked(consultation, Consultation.State.ACCEPTED)
    if not (allowed := can_conclude(found, by)):
        raise Refused(allowed.reason)
    if held_on > clock.today():
        raise Refused("会商还没有开，召开日期不能晚于今天")
    found.held_on, found.conclusion, found.state = held_on, conclusion, Consultation.State.CONCLUDED
    found.concluded_by, found.concluded_at = by, clock.now()
    found.form, found.where, found.invited = form or found.form, where or found.where, invited or found.invited
    found.save()
    _record(CONCLUDED, found, by, {"state": found.state, "held_on": held_on.isoformat(), "conclusion": conclusion},
            f"{found.get_form_display()}，{held_on:%Y-%m-%d}：{conclusion}")  # fmt: skip
    return found
