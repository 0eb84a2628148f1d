from typing import ClassVar

from django.db import models
from django.db.models import Q

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.ledger.models.tasks import Task


class Sweep(models.Model):
    """举一反三: from one task, places are asked to look for problems of its kind."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="sweeps")
    what = models.TextField("排查什么", max_length=500)
    due_on = models.DateField("排查期限")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="布置人")
    asked_at = models.DateTimeField("布置时间", default=clock.now)

    class Meta:
        verbose_name = "举一反三排查"
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.task.number}举一反三"


class SweepAnswer(models.Model):
    """What one unit found. What it found enters the ledger as self-found tasks that point here."""

    sweep = models.ForeignKey(Sweep, models.PROTECT, related_name="answers")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="排查单位")
    text = models.TextField("排查情况", blank=True)
    nothing_found = models.BooleanField("没有发现", null=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="填报人")
    answered_on = models.DateField("填报日期", null=True)

    class Meta:
        verbose_name = "排查结果"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sweep", "unit"], name="one_answer_a_unit"),
            models.CheckConstraint(
                condition=Q(nothing_found__isnull=True, answered_by__isnull=True, answered_on__isnull=True)
                | (Q(nothing_found__isnull=False, answered_by__isnull=False, answered_on__isnull=False) & ~Q(text="")),
                name="sweep_answer_says_what_was_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}的排查"
