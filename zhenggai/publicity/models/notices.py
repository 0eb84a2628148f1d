from dataclasses import replace
from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.core import workdays
from zhenggai.documents.models import StoredFile
from zhenggai.ledger.models import Task
from zhenggai.publicity.querysets import EndChangeQuerySet, NoticeQuerySet
from zhenggai.rulebook.models import Rulebook


class Notice(models.Model):
    """A public notice (公示). Its period is fixed when it is published and cannot be shortened."""

    number = models.CharField("公示编号", max_length=60, unique=True)
    title = models.CharField("标题", max_length=200)
    place = models.ForeignKey(Unit, models.PROTECT, related_name="notices", verbose_name="区划")
    issuer = models.CharField("发布单位", max_length=120)
    starts_on = models.DateField("开始")
    ends_on = models.DateField("结束", help_text="这一天仍在公示期内")
    days = models.PositiveSmallIntegerField("天数")
    day_kind = models.CharField("计法", max_length=10)
    provisional = models.BooleanField("暂定", default=False, help_text="跨入国务院办公厅尚未公布放假安排的年份")
    rulebook = models.ForeignKey(Rulebook, models.PROTECT, related_name="+", verbose_name="制度")
    contact_unit = models.CharField("受理部门", max_length=120)
    contact_phone = models.CharField("联系电话", max_length=40)
    contact_address = models.CharField("联系地址", max_length=200, blank=True)
    paper = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="公示文稿")
    published_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="发布人")
    published_at = models.DateTimeField("发布时间", default=clock.now)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_reason = models.CharField("撤回理由", max_length=500, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "公示"
        ordering: ClassVar = ["-starts_on", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="notice_ends_after_it_starts"),
            models.CheckConstraint(condition=~Q(contact_phone=""), name="notice_says_how_to_object"),
        ]
        indexes: ClassVar = [models.Index(fields=["ends_on"], name="notice_by_end")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("portal_notice", args=[self.pk])

    @property
    def counted(self) -> workdays.Period:
        """The period as the calendar counts it now; a later notice of the State Council may have moved its end."""
        return period_of(self.starts_on, self.days, self.day_kind)

    @property
    def period(self) -> workdays.Period:
        """The period day by day until the end that was published: that one is never rewritten, only put off (EndChange)."""
        counted = self.counted
        days = tuple(day for day in counted.days if day.date <= self.ends_on)
        return replace(counted, end=self.ends_on, days=days)

    @property
    def length_words(self) -> str:
        return f"{self.days}{'个工作日' if self.day_kind == 'working' else '日'}"

    @property
    def index_number(self) -> str:
        """The 索引号: place, year of publication, and the notice's own number."""
        return f"{self.place_id:06d}/{self.starts_on.year}-{self.pk:05d}"

    def is_announced(self, today: date) -> bool:
        return self.withdrawn_at is None and today < self.starts_on

    def is_running(self, today: date) -> bool:
        return self.withdrawn_at is None and self.starts_on <= today <= self.ends_on

    def has_ended(self, today: date) -> bool:
        return self.withdrawn_at is None and today > self.ends_on


def period_of(start: date, days: int, day_kind: str) -> workdays.Period:
    """The notice period of `days` from `start`; the day of publication counts (DOMAIN.md §2)."""
    count = workdays.add if day_kind == "working" else workdays.calendar_period
    return count(start, days)


class NoticeItem(models.Model):
    """One task as a notice shows it, word for word; later changes of the ledger do not reach it."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="items")
    task = models.ForeignKey(Task, models.PROTECT, related_name="notice_items")
    number = models.CharField("编号", max_length=24)
    headline = models.CharField("问题概要", max_length=120)
    issue = models.TextField("反馈问题")
    goal = models.TextField("整改目标", blank=True)
    measures = models.JSONField("整改措施", default=list)
    result = models.TextField("整改情况")

    class Meta:
        verbose_name = "公示的任务"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "task"], name="task_once_in_a_notice"),
            models.CheckConstraint(condition=~Q(result=""), name="notice_says_the_result"),
        ]

    def __str__(self) -> str:
        return self.number


class EndChange(models.Model):
    """A later end that the calendar gives a notice after the State Council has changed a day: proposed, and decided by a
    person. The published end stands until then; it is never moved forward."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="end_changes", verbose_name="公示")
    old_end = models.DateField("原结束日期")
    new_end = models.DateField("建议结束日期")
    because = models.CharField("依据", max_length=300)
    proposed_at = models.DateTimeField("提出时间", default=clock.now)
    adopted = models.BooleanField("采纳", null=True)
    reason = models.CharField("说明", max_length=300, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="决定人")
    decided_at = models.DateTimeField("决定时间", null=True)

    objects = EndChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "公示期顺延"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(new_end__gt=F("old_end")), name="end_change_is_later"),
            models.UniqueConstraint(fields=["notice", "new_end"], name="end_change_once"),
            models.CheckConstraint(
                condition=Q(adopted__isnull=True, decided_by__isnull=True, decided_at__isnull=True)
                | Q(adopted__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
                name="end_change_decided_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice.number}：{self.old_end}→{self.new_end}"
