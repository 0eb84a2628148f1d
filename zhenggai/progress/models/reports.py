from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.documents.models import StoredFile
from zhenggai.ledger.models import Task
from zhenggai.progress.querysets import ReportQuerySet


class Report(models.Model):
    """What one unit says of one task in one month. A returned report stays as it was; its correction is a new version.
    After the month's round was closed a version says why it comes (`correction`): it stands beside the frozen figures and
    changes none. The table is partitioned by month (migrations/0002_partitions.py)."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", "待审核"
        ACCEPTED = "accepted", "已通过"
        RETURNED = "returned", "已退回"

    month = models.DateField("月份")
    task = models.ForeignKey(Task, models.PROTECT, related_name="reports", verbose_name="任务")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="reports", verbose_name="报送单位")
    version = models.PositiveSmallIntegerField("第几次报送", default=1)
    text = models.TextField("进展情况")
    nil = models.BooleanField("无进展", default=False, help_text="本月没有进展，进展情况写的是理由")
    correction = models.CharField("更正理由", max_length=500, blank=True, help_text="本月调度封存以后报送的才有")
    measures = models.JSONField("措施进展", default=list, help_text="每项：序号、进展、完成日期")
    samples = models.JSONField("监测值", default=list, help_text="每项：指标、日期、数值、来源、理由；审核通过后入账")
    due_on = models.DateField("报送截止")
    submitted_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="报送人")
    submitted_on = models.DateField("报送日期")
    first_on = models.DateField("首次报送日期", null=True, help_text="第1次报送的日期；是否按时看它")
    submitted_at = models.DateTimeField("报送时间", default=clock.now)
    state = models.CharField("状态", max_length=10, choices=State, default=State.SUBMITTED)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="审核人")
    decided_at = models.DateTimeField("审核时间", null=True)
    reason = models.CharField("退回理由", max_length=500, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = "月报告"
        ordering: ClassVar = ["-month", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "unit", "month", "version"], name="report_version_once"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("submitted_by")),
                name="report_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state="submitted", decided_by__isnull=True)
                | Q(state="accepted", decided_by__isnull=False)
                | (Q(state="returned", decided_by__isnull=False) & ~Q(reason="")),
                name="returned_report_has_its_reason",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="report_month_is_a_first"),
            models.CheckConstraint(
                condition=Q(first_on__isnull=True) | Q(first_on__lte=F("submitted_on")), name="report_first_comes_first"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["task", "-month"], name="report_by_task"),
            models.Index(fields=["month", "state"], name="report_by_state"),
            models.Index(fields=["due_on", "id"], name="report_waiting", condition=Q(state="submitted")),
            models.Index(fields=["month"], name="report_correction", condition=~Q(correction="")),
        ]

    def __str__(self) -> str:
        return f"{self.month:%-m月}报告"

    @property
    def month_key(self) -> str:
        """The month as it stands in addresses: 2026-11."""
        return f"{self.month:%Y-%m}"

    @property
    def days_late(self) -> int:
        """Calendar days by which the month's first version came after the limit; 0 when in time. A returned report that
        is mended later keeps its first date."""
        return max(((self.first_on or self.submitted_on) - self.due_on).days, 0)

    @property
    def month_words(self) -> str:
        return month_words(self.month)


def month_words(month: date) -> str:
    """
    >>> month_words(date(2026, 11, 1))
    '2026年11月'
    """
    return f"{month.year}年{month.month}月"


class ReportFile(models.Model):
    """A file sent with a report, as evidence."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="files", db_constraint=False)
    month = models.DateField("月份")
    stored = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    name = models.CharField("文件名", max_length=200)

    class Meta:
        verbose_name = "佐证"
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.name
