from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.ledger.models import Duty, Task
from zhenggai.progress.models.reports import Report, month_words
from zhenggai.progress.querysets import OwedQuerySet, RoundQuerySet
from zhenggai.rulebook.models import Rulebook


class Round(models.Model):
    """One month's dispatch in one place: until when units report, frozen when the round opens. Closing it freezes what
    stood then (Owed, RoundTask) under `digest`; nothing reopens it."""

    place = models.ForeignKey(Unit, models.PROTECT, related_name="rounds", verbose_name="区划")
    month = models.DateField("月份", help_text="当月第一天")
    due_on = models.DateField("报送截止")
    rulebook = models.ForeignKey(Rulebook, models.PROTECT, related_name="+", verbose_name="制度")
    opened_at = models.DateTimeField("布置时间", default=clock.now)
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="封存人")
    closed_at = models.DateTimeField("封存时间", null=True)
    digest = models.CharField("封存摘要", max_length=64, blank=True, help_text="封存的各行的SHA-256")

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = "月度调度"
        ordering: ClassVar = ["-month"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["place", "month"], name="one_round_a_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="round_month_is_a_first"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, digest="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(digest="")),
                name="closed_round_says_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}{month_words(self.month)}调度"

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def month_key(self) -> str:
        """The month as it stands in addresses: 2026-11."""
        return f"{self.month:%Y-%m}"


class Owed(models.Model):
    """A report that one unit owes on one task in one month (应报). Kept up while the round is open, frozen when it closes.
    Whether it came in time is decided by its first version. Partitioned by month (migrations/0004_frozen.py)."""

    class State(models.TextChoices):
        OWED = "owed", "未报"
        SUBMITTED = "submitted", "待审核"
        RETURNED = "returned", "已退回"
        ACCEPTED = "accepted", "已通过"
        EXCUSED = "excused", "不再应报"

    month = models.DateField("月份")
    round = models.ForeignKey(Round, models.PROTECT, related_name="owed", verbose_name="调度")
    task = models.ForeignKey(Task, models.PROTECT, related_name="owed", verbose_name="任务")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="owed", verbose_name="单位")
    part = models.CharField(
        "职责", max_length=16, choices=[(part.value, part.label) for part in (Duty.Part.LEAD, Duty.Part.RESPONSIBLE)]
    )
    due_on = models.DateField("报送截止")
    state = models.CharField("状态", max_length=10, choices=State, default=State.OWED)
    reason = models.CharField("不再应报的原因", max_length=200, blank=True)
    report = models.ForeignKey(
        Report, models.PROTECT, null=True, related_name="+", db_constraint=False, verbose_name="最近一次报送"
    )
    version = models.PositiveSmallIntegerField("第几次报送", default=0)
    nil = models.BooleanField("无进展", default=False)
    first_on = models.DateField("首次报送", null=True)
    last_on = models.DateField("最近报送", null=True)

    objects = OwedQuerySet.as_manager()

    class Meta:
        verbose_name = "应报"
        ordering: ClassVar = ["-month", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "unit", "month"], name="owed_once"),
            models.CheckConstraint(
                condition=Q(state="owed", version=0, report__isnull=True, first_on__isnull=True)
                | (Q(state="excused") & ~Q(reason=""))
                | Q(
                    state__in=["submitted", "returned", "accepted"],
                    version__gte=1,
                    report__isnull=False,
                    first_on__isnull=False,
                    last_on__gte=models.F("first_on"),
                ),
                name="owed_state_fits_its_report",
            ),
            models.CheckConstraint(condition=Q(part__in=["lead", "responsible"]), name="owed_by_who_rectifies"),
        ]
        indexes: ClassVar = [
            # what a round's figures read of every row
            models.Index(
                fields=["round", "unit", "state"],
                include=["id", "month", "nil", "first_on", "due_on"],
                name="owed_by_round",
            ),
            models.Index(fields=["unit", "month"], name="owed_by_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.unit}{month_words(self.month)}应报"

    @property
    def days_late(self) -> int:
        """Calendar days by which the first version came after the limit; 0 when in time or not yet there."""
        return max((self.first_on - self.due_on).days, 0) if self.first_on else 0

    def days_missing(self, today: date) -> int:
        """Calendar days since the limit while nothing has come; 0 before and for what is not owed any more."""
        return max((today - self.due_on).days, 0) if self.state == self.State.OWED else 0


class RoundTask(models.Model):
    """How one task stood when a round closed: a row that never changes (migrations/0004_frozen.py). Partitioned by
    month. Its task is not checked by the database: that would wait for whoever works on the task, who may wait for the
    round; tasks are never deleted."""

    month = models.DateField("月份")
    round = models.ForeignKey(Round, models.PROTECT, related_name="tasks", verbose_name="调度")
    task = models.ForeignKey(Task, models.PROTECT, related_name="+", db_constraint=False, verbose_name="任务")
    place = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_constraint=False, verbose_name="属地")
    state = models.CharField("环节", max_length=24)
    schedule = models.CharField("序时进度", max_length=1)
    achieved = models.DecimalField("完成比例", max_digits=4, decimal_places=1)
    measures_done = models.PositiveIntegerField("措施已完成")
    measures_total = models.PositiveIntegerField("措施数")
    due = models.DateField("完成时限", null=True)

    class Meta:
        verbose_name = "封存的任务"
        ordering: ClassVar = ["-month", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "month"], name="task_frozen_once_a_month"),
            models.CheckConstraint(condition=Q(achieved__range=(0, 100)), name="frozen_share_is_a_percentage"),
        ]
        indexes: ClassVar = [models.Index(fields=["round", "schedule"], name="frozen_by_schedule")]

    def __str__(self) -> str:
        return f"{self.task}（{month_words(self.month)}封存）"
