from typing import ClassVar

from django.db import models
from django.db.models import F

from zhenggai.accounts.models import Unit
from zhenggai.audit import clock
from zhenggai.ledger.models import Task
from zhenggai.publicity.querysets import PublishedTaskQuerySet


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
    passed = models.JSONField("放行的条件", default=list, help_text="条件、哪个单位的领导、日期、理由；没有姓名")
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


class PublishedVersion(models.Model):
    """A public copy of a task as it stood from a moment on. Rows are only added, so that what was public stays readable.

    `content`: {"headline", "issue", "goal", "measures", "units", "due_words", "state_words", "struck_off_on", "result"},
    and "passed" where a condition of the strike-off was let pass.
    """

    copy = models.ForeignKey(PublishedTask, models.PROTECT, related_name="versions")
    no = models.PositiveSmallIntegerField("版本")
    content = models.JSONField("内容", default=dict)
    since = models.DateTimeField("起始", default=clock.now)

    class Meta:
        verbose_name = "公开的任务的版本"
        ordering: ClassVar = ["no"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["copy", "no"], name="published_version_once")]

    def __str__(self) -> str:
        return f"{self.copy.number}第{self.no}版"
