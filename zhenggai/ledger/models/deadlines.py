from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from zhenggai.accounts.models import Person, Unit
from zhenggai.ledger.models.tasks import Task


class Extension(models.Model):
    """A later date asked for, and the answer. Asked before the old date has passed; answered by the level that approved
    the plan, never by who asked. The task keeps its first date."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="extensions")
    old_due = models.DateField("原时限")
    new_due = models.DateField("申请延至")
    reason = models.TextField("理由", max_length=1000)
    level = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="决定的一级")
    applied_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="申请人")
    applied_on = models.DateField("申请日期")
    granted = models.BooleanField("同意", null=True)
    answer = models.CharField("决定理由", max_length=500, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="决定人")
    decided_at = models.DateTimeField("决定时间", null=True)

    class Meta:
        verbose_name = "延期申请"
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task"], condition=Q(granted__isnull=True), name="one_open_extension"),
            models.CheckConstraint(condition=Q(new_due__gt=F("old_due")), name="extension_is_later"),
            models.CheckConstraint(condition=Q(applied_on__lte=F("old_due")), name="extension_asked_in_time"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("applied_by")),
                name="extension_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(granted__isnull=True, decided_by__isnull=True, decided_at__isnull=True)
                | (Q(granted__isnull=False, decided_by__isnull=False, decided_at__isnull=False) & ~Q(answer="")),
                name="decided_extension_has_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old_due:%Y-%m-%d}延至{self.new_due:%Y-%m-%d}"


class YearlyCheck(models.Model):
    """A long-term task has no end; once a year somebody looks whether it still holds."""

    class Result(models.TextChoices):
        HOLDS = "holds", "保持良好"
        SLIPPED = "slipped", "出现反弹"

    task = models.ForeignKey(Task, models.PROTECT, related_name="yearly_checks")
    year = models.PositiveSmallIntegerField("年度")
    due_on = models.DateField("复核期限")
    result = models.CharField("结果", max_length=8, choices=Result, blank=True)
    text = models.TextField("复核情况", blank=True)
    checked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="复核人")
    checked_on = models.DateField("复核日期", null=True)

    class Meta:
        verbose_name = "年度复核"
        ordering: ClassVar = ["-year"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "year"], name="one_check_a_year"),
            models.CheckConstraint(
                condition=Q(result="", checked_by__isnull=True, checked_on__isnull=True)
                | (
                    Q(result__in=["holds", "slipped"], checked_by__isnull=False, checked_on__isnull=False) & ~Q(text="")
                ),
                name="yearly_check_says_what_was_seen",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["due_on"], condition=Q(result=""), name="yearly_check_open")]

    def __str__(self) -> str:
        return f"{self.year}年度复核"
