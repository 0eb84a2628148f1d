from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.ledger.models import Task
from zhenggai.progress.querysets import FiledTaskQuerySet, RoundQuerySet
from zhenggai.rulebook.models import Rulebook


class QuarterFiling(models.Model):
    """One quarter's filing in one place (一季度一报备、一季度一结清). Closing it freezes its rows; nothing reopens it."""

    place = models.ForeignKey(Unit, models.PROTECT, related_name="filings", verbose_name="区划")
    quarter = models.DateField("季度", help_text="当季第一天")
    due_on = models.DateField("报备截止")
    rulebook = models.ForeignKey(Rulebook, models.PROTECT, related_name="+", verbose_name="制度")
    opened_at = models.DateTimeField("布置时间", default=clock.now)
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="封存人")
    closed_at = models.DateTimeField("封存时间", null=True)
    digest = models.CharField("封存摘要", max_length=64, blank=True, help_text="封存的各行的SHA-256")

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = "季度报备"
        ordering: ClassVar = ["-quarter"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["place", "quarter"], name="one_filing_a_quarter"),
            models.CheckConstraint(
                condition=Q(quarter__day=1, quarter__month__in=[1, 4, 7, 10]), name="quarter_is_its_first_day"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, digest="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(digest="")),
                name="closed_filing_says_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}{quarter_words(self.quarter)}报备"

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def quarter_key(self) -> str:
        """The quarter as it stands in addresses: 2026-4."""
        return f"{self.quarter.year}-{number_of(self.quarter)}"

    @property
    def words(self) -> str:
        return quarter_words(self.quarter)


class FiledTask(models.Model):
    """One open task in a quarter's filing: what was due in the quarter, how much of it is done, and what the unit says of
    the rest. What was due and is not done when the filing closes is carried over (结转) with its reason."""

    class State(models.TextChoices):
        OWED = "owed", "待报备"
        FILED = "filed", "已报备"
        CLEARED = "cleared", "已结清"
        CARRIED = "carried", "结转下季度"

    filing = models.ForeignKey(QuarterFiling, models.PROTECT, related_name="tasks", verbose_name="季度报备")
    task = models.ForeignKey(Task, models.PROTECT, related_name="filed", verbose_name="任务")
    place = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="属地")
    state = models.CharField("状态", max_length=8, choices=State, default=State.OWED)
    due_count = models.PositiveIntegerField("本季度到期", default=0, help_text="到期的措施，加上到期的任务本身")
    done_count = models.PositiveIntegerField("其中已完成", default=0)
    remains = models.TextField("还有什么没做", blank=True)
    reason = models.CharField("没有结清的原因", max_length=500, blank=True)
    carried_from = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="carried_to", verbose_name="由哪一季度结转"
    )
    times_carried = models.PositiveSmallIntegerField("已结转次数", default=0)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="报备单位")
    filed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="报备人")
    filed_on = models.DateField("报备日期", null=True)

    objects = FiledTaskQuerySet.as_manager()

    class Meta:
        verbose_name = "报备任务"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["filing", "task"], name="task_filed_once_a_quarter"),
            models.CheckConstraint(condition=Q(done_count__lte=F("due_count")), name="done_is_part_of_due"),
            models.CheckConstraint(
                condition=Q(state="owed", filed_by__isnull=True)
                | Q(state="cleared", done_count=F("due_count"), due_count__gt=0)
                | (Q(state="filed", filed_by__isnull=False, filed_on__isnull=False) & ~Q(remains=""))
                | (Q(state="carried", done_count__lt=F("due_count")) & ~Q(reason="")),
                name="filed_state_fits_its_figures",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["filing", "state"], name="filed_by_state")]

    def __str__(self) -> str:
        return f"{self.task}（{self.filing}）"

    @property
    def open_count(self) -> int:
        """How much of what was due is not done."""
        return self.due_count - self.done_count


def number_of(quarter: date) -> int:
    return (quarter.month + 2) // 3


def quarter_words(quarter: date) -> str:
    """
    >>> quarter_words(date(2026, 10, 1))
    '2026年第4季度'
    """
    return f"{quarter.year}年第{number_of(quarter)}季度"
