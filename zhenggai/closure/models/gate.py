"""What stands in the way of a strike-off, and who answered for letting it pass."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.closure.models.applications import Application
from zhenggai.ledger.models import Task
from zhenggai.rulebook.models import Rulebook


class Look(models.Model):
    """After the last level had signed, something of what it saw became different: somebody of that level's unit has looked,
    and says that the verdict stands. `manifest` is what it looked like then; a further difference asks for a further look."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="looks")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="看过的人")
    at = models.DateTimeField("看过的时间", default=clock.now)
    changes = models.JSONField("变化")
    manifest = models.JSONField("当时的内容")
    note = models.CharField("为什么结论不变", max_length=500)

    class Meta:
        verbose_name = "看过的变化"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(note=""), name="look_says_why")]

    def __str__(self) -> str:
        return f"{self.by}看过变化"


class Waiver(models.Model):
    """A condition of the strike-off that a named leader let pass, with the reason. Only added; it stays on the task's page,
    on its papers and on the trail."""

    class Condition(models.TextChoices):
        TARGETS = "targets", "量化目标未达到"
        SWEEPS = "sweeps", "举一反三未回报"
        LOWER = "lower", "分解的任务未销号"
        PENALTIES = "penalties", "罚款未缴清"

    task = models.ForeignKey(Task, models.PROTECT, related_name="waivers")
    condition = models.CharField("条件", max_length=12, choices=Condition)
    missing = models.CharField("还差什么", max_length=300, help_text="放行那天页面上写的")
    reason = models.CharField("理由", max_length=500)
    rulebook = models.ForeignKey(Rulebook, models.PROTECT, related_name="+", verbose_name="依据的制度")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="放行人")
    at = models.DateTimeField("放行时间", default=clock.now)

    class Meta:
        verbose_name = "放行"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "condition"], name="one_waiver_a_condition"),
            models.CheckConstraint(
                condition=Q(condition__in=["targets", "sweeps", "lower", "penalties"]), name="waived_condition_is_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="waiver_has_its_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.get_condition_display()}，{self.by}放行"


class Penalty(models.Model):
    """A fine that belongs to a task: what is not paid keeps the task open."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="penalties")
    fined = models.CharField("处罚对象", max_length=120, help_text="单位名称；个人写“个人”，不写姓名")
    number = models.CharField("处罚决定书文号", max_length=60)
    amount = models.DecimalField("罚款（万元）", max_digits=10, decimal_places=4)
    imposed_on = models.DateField("决定日期")
    paid_on = models.DateField("缴清日期", null=True)
    receipt = models.CharField("缴款凭证号", max_length=60, blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="登记人")

    class Meta:
        verbose_name = "行政处罚"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "number"], name="penalty_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="penalty_is_an_amount"),
            models.CheckConstraint(
                condition=Q(paid_on__isnull=True, receipt="") | (Q(paid_on__gte=F("imposed_on")) & ~Q(receipt="")),
                name="paid_penalty_has_its_receipt",
            ),
        ]

    def __str__(self) -> str:
        return self.number
