from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.ledger.models.tasks import Measure, Task


class Milestone(models.Model):
    """One dated step inside a measure (节点)."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="milestones")
    no = models.PositiveSmallIntegerField("序号")
    text = models.CharField("内容", max_length=300)
    due = models.DateField("时限")
    done_on = models.DateField("完成日期", null=True)

    class Meta:
        verbose_name = "节点"
        ordering: ClassVar = ["due", "no"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["measure", "no"], name="milestone_once")]

    def __str__(self) -> str:
        return f"节点{self.no}"


class Target(models.Model):
    """A quantified target: what is measured, from where, to where, until when. `value` and `ratio` are carried here
    from its samples by targets.py; nobody types a percentage."""

    class Comparator(models.TextChoices):
        AT_LEAST = "ge", "不低于"
        AT_MOST = "le", "不高于"

    class Pace(models.TextChoices):
        END = "end", "到期考核"
        EVEN = "even", "按时间均匀推进"

    task = models.ForeignKey(Task, models.PROTECT, related_name="targets")
    measure = models.ForeignKey(
        Measure, models.PROTECT, null=True, blank=True, related_name="targets", verbose_name="措施"
    )
    no = models.PositiveSmallIntegerField("序号")
    what = models.CharField("指标", max_length=80, help_text="如：污水集中处理率")
    unit = models.CharField("计量单位", max_length=16, help_text="如：%、处、公里")
    baseline = models.DecimalField("基数", max_digits=16, decimal_places=4, default=0)
    goal = models.DecimalField("目标值", max_digits=16, decimal_places=4)
    comparator = models.CharField("要求", max_length=2, choices=Comparator, default=Comparator.AT_LEAST)
    cumulative = models.BooleanField("累计数", default=False, help_text="只增不减的数（累计完成多少）")
    pace = models.CharField("序时口径", max_length=4, choices=Pace, default=Pace.END)
    starts_on = models.DateField("起算日期")
    due = models.DateField("时限", null=True, blank=True)
    method = models.CharField("怎样测算", max_length=200, blank=True, help_text="谁提供、怎么测")
    weight = models.PositiveSmallIntegerField("权重", default=1)
    value = models.DecimalField("最近值", max_digits=16, decimal_places=4, null=True, editable=False)
    value_on = models.DateField("最近值日期", null=True, editable=False)
    ratio = models.DecimalField("完成比例", max_digits=5, decimal_places=4, default=0, editable=False)
    met_on = models.DateField("达到日期", null=True, editable=False)

    class Meta:
        verbose_name = "量化目标"
        ordering: ClassVar = ["no"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "no"], name="target_once"),
            models.CheckConstraint(condition=Q(comparator__in=["ge", "le"]), name="comparator_is_known"),
            models.CheckConstraint(condition=Q(pace__in=["end", "even"]), name="pace_is_known"),
            models.CheckConstraint(
                condition=Q(comparator="ge", goal__gt=F("baseline")) | Q(comparator="le", goal__lt=F("baseline")),
                name="target_leads_away_from_its_baseline",
            ),
            models.CheckConstraint(condition=Q(ratio__range=(0, 1)), name="ratio_is_a_share"),
            models.CheckConstraint(condition=Q(weight__gte=1), name="target_weighs_something"),
            models.CheckConstraint(condition=Q(due__isnull=True) | Q(due__gt=F("starts_on")), name="target_has_time"),
        ]
        indexes: ClassVar = [models.Index(fields=["task", "due"], name="target_by_task")]

    def __str__(self) -> str:
        return self.what

    @property
    def words(self) -> str:
        """The target as a sentence: 污水集中处理率 不低于90%（基数62%）."""
        goal, baseline = f"{self.goal.normalize():f}", f"{self.baseline.normalize():f}"
        return f"{self.what}{self.get_comparator_display()}{goal}{self.unit}（基数{baseline}{self.unit}）"

    def is_late(self, today: date) -> bool:
        """Whether its date has passed and it is not met."""
        return self.due is not None and self.due < today and self.met_on is None


class Sample(models.Model):
    """One dated value of a target. Never changed: a correction is a further version of the same day, with its reason."""

    target = models.ForeignKey(Target, models.PROTECT, related_name="samples")
    on = models.DateField("日期")
    version = models.PositiveSmallIntegerField("版本", default=1)
    value = models.DecimalField("数值", max_digits=16, decimal_places=4)
    source = models.CharField("来源", max_length=200, blank=True, help_text="监测报告号、报表名等")
    reason = models.CharField("更正或下降的理由", max_length=300, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="填报人")
    at = models.DateTimeField("填报时间", default=clock.now)

    class Meta:
        verbose_name = "监测值"
        ordering: ClassVar = ["-on", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["target", "on", "version"], name="sample_once"),
            models.CheckConstraint(condition=Q(version=1) | ~Q(reason=""), name="corrected_sample_has_its_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {self.value}"
