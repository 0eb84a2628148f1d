"""Quantified targets and their dated samples: set by the office, filled by those who report."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from zhenggai.accounts.decisions import YES, Decision, Refused, no
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.audit.actions import record
from zhenggai.audit.verbs import register
from zhenggai.ledger.changes import changed
from zhenggai.ledger.models import Measure, Sample, Target, Task
from zhenggai.ledger.permissions import can_report_values, can_set_targets
from zhenggai.ledger.standing import keep_achieved, ratio_of

TARGET_SET = register("target.set", "设定量化目标", "blue")
TARGET_DROPPED = register("target.dropped", "取消量化目标", "amber")
SAMPLE_TAKEN = register("sample.taken", "填报监测值")

PERCENT = ("%", "％", "百分点")
LARGEST = Decimal(10) ** 12


@dataclass(frozen=True)
class Reading:
    """A value as somebody reports it; `reason` where it contradicts an earlier one."""

    on: date
    value: Decimal
    source: str = ""
    reason: str = ""


@transaction.atomic
def set_target(task: Task, *, by: Person, measure: Measure | None = None, **fields: Any) -> Target:
    """Add a target to a task under rectification. `fields` are Target's; `starts_on` defaults to the day on which the
    task entered, `due` to the measure's date or the task's. Raises Refused with what to mend."""
    locked = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
    if not (allowed := can_set_targets(locked, by)):
        raise Refused(allowed.reason)
    if measure is not None and measure.task_id != locked.pk:
        raise Refused("所选措施不是这项任务的")
    fields["starts_on"] = fields.get("starts_on") or timezone.localdate(locked.entered_at)
    fields["due"] = fields.get("due") or (measure and measure.due) or locked.due
    target = Target(task=locked, measure=measure, no=_next_no(locked), **fields)
    if not (sound := _sound(target)):
        raise Refused(sound.reason)
    target.save()
    target.refresh_from_db()
    keep_achieved(locked, clock.today())
    record(
        TARGET_SET, by=by, target=target, task_id=locked.pk, note=target.words,
        after={name: str(value) for name, value in fields.items()},
    )  # fmt: skip
    changed(locked)
    return target


def _next_no(task: Task) -> int:
    return (task.targets.aggregate(last=Max("no"))["last"] or 0) + 1


def _sound(target: Target) -> Decision:
    rising = target.comparator == Target.Comparator.AT_LEAST
    if (target.goal <= target.baseline) if rising else (target.goal >= target.baseline):
        way = "大于" if rising else "小于"
        return no(
            f"“{target.get_comparator_display()}”的目标值要{way}基数；现在基数{target.baseline}、目标{target.goal}"
        )
    if target.due is not None and target.due <= target.starts_on:
        return no(f"时限{target.due}不晚于起算日期{target.starts_on}，请改起算日期")
    if target.pace == Target.Pace.EVEN and target.due is None:
        return no("按时间均匀推进的指标要有时限")
    return YES


@transaction.atomic
def drop_target(target: Target, *, reason: str, by: Person) -> None:
    """Take back a target that was set by mistake. One with samples stays: its history is evidence."""
    task = Task.objects.select_for_update(of=("self",)).get(pk=target.task_id)
    if not (allowed := can_set_targets(task, by)):
        raise Refused(allowed.reason)
    if not reason.strip():
        raise Refused("取消量化目标要写明理由")
    if target.samples.exists():
        raise Refused("这项指标已有监测值，不能取消")
    words = target.words
    target.delete()
    keep_achieved(task, clock.today())
    record(
        TARGET_DROPPED, by=by, target=task, task_id=task.pk, before={"target": words}, note=f"{words}：{reason.strip()}"
    )
    changed(task)


def check_reading(target: Target, reading: Reading, today: date) -> Decision:
    """Whether the value can stand: on a possible day, within its unit, and not against an earlier one without a reason."""
    value, day = reading.value, reading.on
    if day > today:
        return no(f"{target.what}的日期{day}在今天之后")
    if day < target.starts_on:
        return no(f"{target.what}的日期{day}早于起算日期{target.starts_on}；更早的情况是基数")
    if abs(value) >= LARGEST or (target.unit in PERCENT and not 0 <= value <= 100):
        return no(f"{target.what}填的{value}{target.unit}超出可能的范围，请核对单位")
    if reading.reason.strip():
        return YES
    samples = {row.on: row for row in target.samples.order_by("on", "version")}
    if day in samples:
        return no(f"{target.what}{day}已填报{samples[day].value.normalize():f}{target.unit}；确要更正，写明理由")
    if target.cumulative:
        before = max((row for on, row in samples.items() if on < day), key=lambda row: row.on, default=None)
        after = min((row for on, row in samples.items() if on > day), key=lambda row: row.on, default=None)
        if (before and value < before.value) or (after and value > after.value):
            other = before if before and value < before.value else after
            assert other is not None
            return no(
                f"{target.what}是累计数，{other.on}已填报{other.value.normalize():f}{target.unit}，"
                f"与{day}的{value}{target.unit}矛盾；确实如此，写明理由"
            )
    return YES


@transaction.atomic
def take_sample(target: Target, reading: Reading, *, by: Person, told_by: Person | None = None) -> Sample:
    """Keep one value; the target's latest value, its ratio and the task's progress follow. `told_by`: whose report `by` has
    accepted. Raises Refused."""
    task = Task.objects.select_for_update(of=("self",)).get(pk=target.task_id)
    locked = Target.objects.select_for_update(of=("self",)).get(pk=target.pk)
    if not (allowed := can_report_values(task, by)):
        raise Refused(allowed.reason)
    if not (sound := check_reading(locked, reading, clock.today())):
        raise Refused(sound.reason)
    versions = locked.samples.filter(on=reading.on).aggregate(last=Max("version"))["last"] or 0
    sample = Sample.objects.create(
        target=locked, on=reading.on, version=versions + 1, value=reading.value, source=reading.source,
        reason=reading.reason.strip(), by=told_by or by,
    )  # fmt: skip
    _follow(locked)
    keep_achieved(task, clock.today())
    told = f"，{told_by}报" if told_by else ""
    record(
        SAMPLE_TAKEN, by=by, target=locked, task_id=task.pk,
        after={"on": reading.on.isoformat(), "value": str(reading.value), "version": sample.version, "source": reading.source},
        note=f"{locked.what}{reading.on:%Y-%m-%d}为{reading.value}{locked.unit}{told}" + (f"。{sample.reason}" if sample.reason else ""),
    )  # fmt: skip
    changed(task)
    return sample


def _follow(target: Target) -> None:
    """The latest day's last version is the target's value."""
    latest = target.samples.order_by("-on", "-version").first()
    assert latest is not None
    target.value, target.value_on = latest.value, latest.on
    target.ratio = ratio_of(target.baseline, target.goal, latest.value)
    target.met_on = (target.met_on or latest.on) if target.ratio == 1 else None
    target.save(update_fields=["value", "value_on", "ratio", "met_on"])
