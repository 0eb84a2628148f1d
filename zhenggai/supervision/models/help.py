from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.ledger.models import Task
from zhenggai.supervision.querysets import HelpPlanQuerySet, HelpStepQuerySet


class HelpPlan(models.Model):
    """Help for one task that does not move (主动帮扶、一点一策): what stands in its way, who helps, by which steps, and what
    came of it. It blocks nothing."""

    class Kind(models.TextChoices):
        MONEY = "money", "资金"
        LAND = "land", "土地"
        TECHNIQUE = "technique", "技术"
        APPROVAL = "approval", "审批"
        OWNERSHIP = "ownership", "权属"
        OTHER = "other", "其他"

    class State(models.TextChoices):
        ASKED = "asked", "待安排"
        HELPING = "helping", "帮扶中"
        ENDED = "ended", "已结束"
        DECLINED = "declined", "不安排"

    class Outcome(models.TextChoices):
        SOLVED = "solved", "解决"
        PARTLY = "partly", "部分解决"
        UNSOLVED = "unsolved", "未解决"

    task = models.ForeignKey(Task, models.PROTECT, related_name="help_plans", verbose_name="任务")
    kind = models.CharField("卡在哪一类", max_length=10, choices=Kind)
    difficulty = models.TextField("卡在哪里", max_length=2000)
    wanted = models.TextField("希望得到的帮助", max_length=1000, blank=True)
    grounds = models.JSONField("系统提示的理由", default=list, help_text="每条：规则、算法")
    asked_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="提出单位")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="提出人")
    asked_at = models.DateTimeField("提出时间", default=clock.now)
    state = models.CharField("环节", max_length=10, choices=State, default=State.ASKED)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="安排人")
    decided_at = models.DateTimeField("安排时间", null=True)
    answer = models.CharField("安排意见", max_length=500, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="帮扶单位")
    helper = models.CharField("帮扶责任人", max_length=80, blank=True, help_text="写职务")
    until = models.DateField("帮扶到哪天", null=True)
    outcome = models.CharField("结果", max_length=10, choices=Outcome, blank=True)
    outcome_reason = models.TextField("结果说明", max_length=1000, blank=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="结束人")
    ended_on = models.DateField("结束日期", null=True)

    objects = HelpPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "帮扶"
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["task"], condition=Q(state__in=["asked", "helping"]), name="one_open_help_a_task"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["money", "land", "technique", "approval", "ownership", "other"]),
                name="help_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_by__isnull=True, decided_at__isnull=True)
                | (Q(state__in=["helping", "ended", "declined"], decided_by__isnull=False, decided_at__isnull=False)
                   & ~Q(answer="")),
                name="help_decision_has_its_reason",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "declined"], unit__isnull=True, until__isnull=True, helper="")
                | (Q(state__in=["helping", "ended"], unit__isnull=False, until__isnull=False) & ~Q(helper="")),
                name="help_has_its_helper",
            ),
            models.CheckConstraint(
                condition=(Q(state="ended", outcome__in=["solved", "partly", "unsolved"], ended_by__isnull=False,
                             ended_on__isnull=False) & ~Q(outcome_reason=""))
                | (~Q(state="ended") & Q(outcome="", outcome_reason="", ended_by__isnull=True, ended_on__isnull=True)),
                name="ended_help_has_its_outcome",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [models.Index(fields=["state", "until"], name="help_by_state")]

    def __str__(self) -> str:
        return f"帮扶{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("help_plan", args=[self.pk])


class HelpStep(models.Model):
    """One step of the policy for one task: who does what by when, and what it brought."""

    plan = models.ForeignKey(HelpPlan, models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField("次序")
    text = models.CharField("办什么", max_length=300)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="承办单位")
    due = models.DateField("期限")
    result = models.TextField("结果", max_length=1000, blank=True)
    done_on = models.DateField("办结日期", null=True)
    reported_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="登记人")

    objects = HelpStepQuerySet.as_manager()

    class Meta:
        verbose_name = "帮扶措施"
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "position"], name="help_step_order"),
            models.CheckConstraint(
                condition=Q(result="", done_on__isnull=True, reported_by__isnull=True)
                | (~Q(result="") & Q(done_on__isnull=False, reported_by__isnull=False)),
                name="done_step_has_its_result",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "due"], name="help_step_by_unit")]

    def __str__(self) -> str:
        return self.text
