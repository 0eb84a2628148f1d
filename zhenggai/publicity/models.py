from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.core import workdays
from zhenggai.documents.models import StoredFile
from zhenggai.documents.secrecy import unseal
from zhenggai.ledger.models import Task
from zhenggai.publicity.querysets import NoticeQuerySet, ObjectionQuerySet, PublishedTaskQuerySet
from zhenggai.rulebook.models import Rulebook


class PublishedTask(models.Model):
    """The public copy of a task: the ledger's public fields as they were approved for the public. The public site
    reads copies alone, never the ledger."""

    task = models.OneToOneField(Task, models.PROTECT, related_name="published")
    number = models.CharField("编号", max_length=24)
    inspection = models.CharField("督察", max_length=120)
    place = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="属地")
    headline = models.CharField("问题概要", max_length=120)
    issue = models.TextField("反馈问题")
    goal = models.TextField("整改目标", blank=True)
    measures = models.JSONField("整改措施", default=list)
    units = models.JSONField("责任单位", default=list)
    due = models.DateField("完成时限", null=True)
    due_words = models.CharField("时限", max_length=60)
    schedule = models.CharField("进展", max_length=1)
    state_words = models.CharField("环节", max_length=20)
    struck_off_on = models.DateField("销号日期", null=True)
    result = models.TextField("整改完成情况", blank=True)
    published_at = models.DateTimeField("公开时间", default=clock.now)
    refreshed_at = models.DateTimeField("更新时间", default=clock.now)

    objects = PublishedTaskQuerySet.as_manager()

    class Meta:
        verbose_name = "公开的任务"
        ordering: ClassVar = ["number"]
        indexes: ClassVar = [
            models.Index(fields=["place", "number"], name="published_by_place"),
            models.Index(F("struck_off_on").desc(nulls_last=True), "id", name="published_by_strike_off"),
            models.Index(fields=["number", "id"], name="published_by_number"),
        ]

    def __str__(self) -> str:
        return f"{self.number}{self.headline}"


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
    def period(self) -> workdays.Period:
        """The period day by day, as the calendar counts it now."""
        return period_of(self.starts_on, self.days, self.day_kind)

    @property
    def length_words(self) -> str:
        return f"{self.days}{'个工作日' if self.day_kind == 'working' else '日'}"

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


class Objection(models.Model):
    """What a citizen says against a notice. The contact is sealed at rest and shown to the handlers alone."""

    class Finding(models.TextChoices):
        UPHELD = "upheld", "属实"
        PARTLY = "partly", "部分属实"
        UNFOUNDED = "unfounded", "不属实"

    receipt = models.CharField("受理编号", max_length=24, unique=True)
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="objections", verbose_name="公示")
    text = models.TextField("异议内容", max_length=5000)
    contact_sealed = models.TextField("联系方式（密文）", blank=True)
    sender_mark = models.CharField("来处标记", max_length=64, blank=True, help_text="限制频次用，不能还原")
    received_on = models.DateField("收到日期")
    received_at = models.DateTimeField("收到时间", default=clock.now)
    due_on = models.DateField("答复期限")
    finding = models.CharField("核查结论", max_length=10, choices=Finding, blank=True)
    answer = models.TextField("答复", blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="答复人")
    answered_at = models.DateTimeField("答复时间", null=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = "异议"
        ordering: ClassVar = ["due_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, finding="", answer="", answered_by__isnull=True)
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(finding="") & ~Q(answer="")),
                name="answer_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(finding__in=["", "upheld", "partly", "unfounded"]), name="finding_is_known"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["sender_mark", "received_at"], name="objection_by_sender")]

    def __str__(self) -> str:
        return self.receipt

    @property
    def contact(self) -> str:
        return unseal(self.contact_sealed)

    @property
    def is_open(self) -> bool:
        return self.answered_at is None
