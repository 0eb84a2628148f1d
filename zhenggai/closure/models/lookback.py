"""回头看: samples of struck-off tasks drawn so that nobody can choose them, what was seen, and what a rebound opens."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.closure.models.applications import Verdict
from zhenggai.closure.models.replies import Reply
from zhenggai.ledger.models import Task


class LookBack(models.Model):
    """One draw. `seed`, `weights` and `candidates` ([task id, number, weight, reasons]) are all that drawing needs: anybody
    who has them draws the same tasks (lookback.draw)."""

    place = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="区划")
    name = models.CharField("名称", max_length=80)
    since = models.DateField("销号起", help_text="抽这一天以后销号的任务")
    size = models.PositiveSmallIntegerField("抽几项")
    due_on = models.DateField("完成期限")
    seed = models.CharField("种子", max_length=64, help_text="抽样那一刻审计链末条的摘要")
    weights = models.JSONField("权重")
    candidates = models.JSONField("候选")
    drawn_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="抽样人")
    drawn_at = models.DateTimeField("抽样时间", default=clock.now)

    class Meta:
        verbose_name = "回头看"
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["place", "name"], name="look_back_name_once"),
            models.CheckConstraint(condition=Q(seed__regex="^[0-9a-f]{64}$"), name="look_back_seed_is_a_digest"),
            models.CheckConstraint(condition=Q(size__gte=1), name="look_back_draws_something"),
        ]

    def __str__(self) -> str:
        return self.name


class Sample(models.Model):
    """One task drawn, and what was found on site."""

    class Result(models.TextChoices):
        HOLDS = "holds", "没有反弹"
        SLIPPED = "slipped", "出现反弹"

    look_back = models.ForeignKey(LookBack, models.PROTECT, related_name="samples")
    task = models.ForeignKey(Task, models.PROTECT, related_name="look_backs")
    weight = models.PositiveSmallIntegerField("权重")
    reasons = models.JSONField("为什么是这个权重", default=list)
    result = models.CharField("结果", max_length=8, choices=Result, blank=True)
    text = models.TextField("看到什么", max_length=2000, blank=True)
    visited_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="去看的人")
    visited_on = models.DateField("去看的日期", null=True)

    class Meta:
        verbose_name = "抽中的任务"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["look_back", "task"], name="drawn_once"),
            models.CheckConstraint(
                condition=Q(result="", visited_by__isnull=True, visited_on__isnull=True)
                | (
                    Q(result__in=["holds", "slipped"], visited_by__isnull=False, visited_on__isnull=False) & ~Q(text="")
                ),
                name="sample_says_what_was_seen",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task.number}回头看"


class Rebound(models.Model):
    """A new round of a task that was struck off: the old one stays as it was, the new one points back to it."""

    sample = models.OneToOneField(Sample, models.PROTECT, null=True, related_name="rebound")
    reply = models.OneToOneField(Reply, models.PROTECT, null=True, related_name="rebound")
    seen = models.CharField("看到什么", max_length=2000, default="")
    old = models.ForeignKey(Task, models.PROTECT, related_name="rebounds", verbose_name="原任务")
    new = models.OneToOneField(Task, models.PROTECT, related_name="rebound_of", verbose_name="新一轮任务")

    class Meta:
        verbose_name = "反弹"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(old=F("new")), name="rebound_is_a_new_task"),
            models.CheckConstraint(
                condition=Q(sample__isnull=False, reply__isnull=True) | Q(sample__isnull=True, reply__isnull=False),
                name="rebound_has_one_origin",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old.number}反弹，重新挂账{self.new.number}"


class Told(models.Model):
    """A unit that had accepted what slipped back is told, and answers (谁验收、谁负责)."""

    rebound = models.ForeignKey(Rebound, models.PROTECT, related_name="told")
    verdict = models.OneToOneField(Verdict, models.PROTECT, related_name="told")
    answer = models.CharField("说明", max_length=1000, blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="说明人")
    answered_on = models.DateField("说明日期", null=True)

    class Meta:
        verbose_name = "告知验收单位"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(answer="", answered_by__isnull=True, answered_on__isnull=True)
                | (Q(answered_by__isnull=False, answered_on__isnull=False) & ~Q(answer="")),
                name="told_unit_answers_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict.unit}：{self.rebound}"
