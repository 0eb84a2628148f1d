from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.documents.models import StoredFile
from zhenggai.ledger.models import Task
from zhenggai.supervision.models.duties import Body, StandingDuty
from zhenggai.supervision.querysets import FindingQuerySet, VisitQuerySet


class Visit(models.Model):
    """The leading group of a place, or one of its bodies, goes and looks (督查): at all tasks of an area, or at chosen ones.
    What it finds stands from the moment it is put down (migrations/0004_visits_kept.py)."""

    class Kind(models.TextChoices):
        FULL = "full", "全面督查"
        TARGETED = "targeted", "针对性督查"

    class State(models.TextChoices):
        PLANNED = "planned", "已部署"
        CLOSED = "closed", "已结束"
        CANCELLED = "cancelled", "已取消"

    place = models.ForeignKey(Unit, models.PROTECT, related_name="visits", verbose_name="区划")
    body = models.ForeignKey(Body, models.PROTECT, related_name="visits", verbose_name="督查单位")
    kind = models.CharField("种类", max_length=10, choices=Kind)
    announced = models.BooleanField("事先通知", help_text="不通知的，被督查单位在登记情况之前看不到")
    title = models.CharField("名称", max_length=120)
    area = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="督查范围", help_text="区划及以下")
    starts_on = models.DateField("从哪天起")
    ends_on = models.DateField("到哪天止")
    figures_on = models.DateField("任务按哪天的台账选")
    duty = models.ForeignKey(StandingDuty, models.PROTECT, null=True, related_name="visits", verbose_name="常态化职责",
                             help_text="结束时抵这项职责的一次")  # fmt: skip
    state = models.CharField("环节", max_length=10, choices=State, default=State.PLANNED)
    summary = models.TextField("督查情况", max_length=5000, blank=True)
    cancel_reason = models.CharField("取消理由", max_length=300, blank=True)
    version = models.PositiveIntegerField("版本", default=1)
    planned_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="部署人")
    planned_at = models.DateTimeField("部署时间", default=clock.now)
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="结束人")
    closed_at = models.DateTimeField("结束时间", null=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = "督查"
        ordering: ClassVar = ["-starts_on", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["place", "title"], name="visit_once"),
            models.CheckConstraint(condition=Q(kind__in=["full", "targeted"]), name="visit_kind_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "closed", "cancelled"]), name="visit_state_is_known"
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="visit_ends_after_it_starts"),
            models.CheckConstraint(
                condition=(Q(state="closed", closed_by__isnull=False, closed_at__isnull=False) & ~Q(summary=""))
                | (~Q(state="closed") & Q(closed_by__isnull=True, closed_at__isnull=True, summary="")),
                name="closed_visit_says_what_was_seen",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(cancel_reason=""), name="cancelled_visit_has_its_reason"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["place", "-starts_on"], name="visit_by_place")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("visit", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether its tasks and its team may still change."""
        return self.state == self.State.PLANNED


class VisitMember(models.Model):
    """Who goes: a person with an account, or a unit that sends somebody. Nobody looks at its own work."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="人员")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="单位")
    position = models.PositiveSmallIntegerField("次序")

    class Meta:
        verbose_name = "督查组成员"
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["visit", "position"], name="visit_member_order"),
            models.UniqueConstraint(fields=["visit", "person", "unit"], name="visit_member_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(person__isnull=False, unit__isnull=True) | Q(person__isnull=True, unit__isnull=False),
                name="visit_member_is_one",
            ),
        ]

    def __str__(self) -> str:
        return str(self.person or self.unit)


class VisitTask(models.Model):
    """A task to be looked at. `grounds`: the rules that chose it; one that a person added has a reason instead, one that was
    not looked at says why."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="tasks")
    task = models.ForeignKey(Task, models.PROTECT, related_name="visit_tasks")
    position = models.PositiveSmallIntegerField("次序")
    grounds = models.JSONField("按规则列入的理由", default=list, help_text="每条：规则、算法")
    reason = models.CharField("增加的理由", max_length=300, blank=True)
    skipped = models.CharField("没有看的原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "督查的任务"
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["visit", "task"], name="task_once_in_a_visit"),
            models.CheckConstraint(condition=~Q(grounds=[]) | ~Q(reason=""), name="visit_task_has_its_reason"),
        ]

    def __str__(self) -> str:
        return str(self.task)


class VisitFinding(models.Model):
    """What was seen of a task, beside what had been reported and what the ledger said on that day. Rows are only added: a
    correction is a new one that names the old one and says why."""

    class Result(models.TextChoices):
        AS_REPORTED = "as_reported", "与上报情况一致"
        SLOWER = "slower", "实际进度慢于上报"
        NOT_DONE = "not_done", "未按要求整改"
        SUPERFICIAL = "superficial", "敷衍整改、表面整改"
        FALSE = "false", "虚假整改"
        REBOUND = "rebound", "问题反弹"

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="findings")
    task = models.ForeignKey(Task, models.PROTECT, related_name="visit_findings")
    result = models.CharField("结论", max_length=12, choices=Result)
    text = models.TextField("看到的情况", max_length=3000)
    seen_on = models.DateField("查看日期")
    stood = models.CharField("当天台账", max_length=120)
    reported_unit = models.CharField("上报单位", max_length=100, blank=True)
    reported_month = models.DateField("上报月份", null=True)
    reported = models.TextField("上报情况", blank=True, help_text="最近一次审核通过的月报告，照抄")
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by", verbose_name="更正")
    because = models.CharField("更正理由", max_length=500, blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间", default=clock.now)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = "督查情况"
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["visit", "task"], condition=Q(corrects__isnull=True), name="one_first_finding_a_visit"
            ),
            models.CheckConstraint(
                condition=Q(result__in=["as_reported", "slower", "not_done", "superficial", "false", "rebound"]),
                name="finding_result_is_known",
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, because="") | (Q(corrects__isnull=False) & ~Q(because="")),
                name="corrected_finding_has_its_reason",
            ),
            models.CheckConstraint(
                condition=Q(reported_month__isnull=True, reported_unit="") | ~Q(reported_unit=""),
                name="reported_beside_finding_is_whole",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["task", "-seen_on"], name="visit_finding_by_task")]

    def __str__(self) -> str:
        return f"{self.task_id} {self.get_result_display()}"

    def get_absolute_url(self) -> str:
        return reverse("visit_finding", args=[self.pk])

    @property
    def is_wrong(self) -> bool:
        return self.result != self.Result.AS_REPORTED

    @property
    def contradicts(self) -> bool:
        """Whether it says otherwise than the last accepted report."""
        return self.is_wrong and self.reported_month is not None

    @property
    def reported_words(self) -> str:
        """Whose report of which month stands beside it; empty where none was accepted."""
        month = self.reported_month
        return f"{self.reported_unit}{month.year}年{month.month}月报告" if month else ""


class FindingAnswer(models.Model):
    """What an inspected unit says to a finding (陈述): once, and never in place of it."""

    finding = models.ForeignKey(VisitFinding, models.PROTECT, related_name="answers")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    text = models.TextField("陈述", max_length=2000)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="陈述人")
    at = models.DateTimeField("陈述时间", default=clock.now)

    class Meta:
        verbose_name = "陈述"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["finding", "unit"], name="one_statement_a_unit")]

    def __str__(self) -> str:
        return f"{self.unit}陈述"


class FindingFile(models.Model):
    """A photo or file of a finding, or of a unit's answer to it."""

    finding = models.ForeignKey(VisitFinding, models.PROTECT, related_name="files")
    answer = models.ForeignKey(FindingAnswer, models.PROTECT, null=True, related_name="files")
    stored = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    name = models.CharField("文件名", max_length=200)

    class Meta:
        verbose_name = "督查附件"
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.name
