from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.closure.querysets import VerdictQuerySet
from zhenggai.documents.models import StoredFile
from zhenggai.ledger.models import Task
from zhenggai.publicity.models import Notice
from zhenggai.rulebook.models import Rulebook


class SelfCheck(models.Model):
    """The unit's own check after finishing (自查自验): what was achieved, and who vouches for it."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="self_checks")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="自查单位")
    result = models.TextField("整改完成情况")
    finished_on = models.DateField("完成日期")
    checked_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="自查人")
    checked_at = models.DateTimeField("自查时间", default=clock.now)

    class Meta:
        verbose_name = "自查自验"
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.task} 自查自验"


class Application(models.Model):
    """The application to close a task. It keeps the digest of what was handed in, and its levels of acceptance."""

    class Outcome(models.TextChoices):
        OPEN = "open", "办理中"
        PASSED = "passed", "通过"
        RETURNED = "returned", "退回补正"
        FAILED = "failed", "不通过"

    task = models.ForeignKey(Task, models.PROTECT, related_name="applications")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="申请单位")
    statement = models.TextField("申请说明", blank=True)
    applied_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="申请人")
    applied_at = models.DateTimeField("申请时间", default=clock.now)
    rulebook = models.ForeignKey(Rulebook, models.PROTECT, related_name="+", verbose_name="制度")
    digest = models.CharField("内容摘要", max_length=64)
    manifest = models.JSONField("内容")
    outcome = models.CharField("结果", max_length=10, choices=Outcome, default=Outcome.OPEN)

    class Meta:
        verbose_name = "销号申请"
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["task"], condition=Q(outcome__in=["open", "passed"]), name="one_application_at_a_time"
            ),
            # verdicts refer to these three together, so that "who applied" cannot be told differently there
            models.UniqueConstraint(fields=["id", "applied_by", "unit"], name="application_with_its_applicant"),
            models.CheckConstraint(
                condition=Q(outcome__in=["open", "passed", "returned", "failed"]), name="outcome_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} 销号申请"


class ApplicationFile(models.Model):
    """A file handed in with an application."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="files")
    stored = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    name = models.CharField("文件名", max_length=200)

    class Meta:
        verbose_name = "申请材料"
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.name


class Verdict(models.Model):
    """One level's decision: an acceptance or the review. Who accepts is neither the person nor the unit that applied,
    levels go in order, and a decision is made once; the database holds all three (migrations/0002_verdicts.py)."""

    class Kind(models.TextChoices):
        ACCEPTANCE = "acceptance", "验收"
        REVIEW = "review", "审核"

    class Result(models.TextChoices):
        PASS = "pass", "通过"
        RETURN = "return", "退回补正"
        FAIL = "fail", "不通过"

    application = models.ForeignKey(Application, models.PROTECT, related_name="verdicts")
    applicant = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="申请人")
    applicant_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="申请单位")
    position = models.PositiveSmallIntegerField("次序")
    kind = models.CharField("类别", max_length=12, choices=Kind)
    name = models.CharField("层级", max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="由谁作出")
    days = models.PositiveSmallIntegerField("限期", help_text="工作日，进入次日数起")
    result = models.CharField("结论", max_length=8, choices=Result, blank=True)
    reason = models.CharField("理由", max_length=1000, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="签字人")
    decider_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="签字人单位")
    decided_at = models.DateTimeField("签字时间", null=True)
    digest = models.CharField("所见内容摘要", max_length=64, blank=True)
    manifest = models.JSONField("所见内容", null=True)

    objects = VerdictQuerySet.as_manager()

    class Meta:
        verbose_name = "验收和审核"
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["application", "position"], name="one_decision_a_level"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("applicant")), name="acceptor_is_not_applicant"
            ),
            models.CheckConstraint(
                condition=~Q(unit=F("applicant_unit"))
                & (Q(decider_unit__isnull=True) | ~Q(decider_unit=F("applicant_unit"))),
                name="acceptor_unit_is_not_applicant_unit",
            ),
            models.CheckConstraint(
                condition=Q(result="", decided_by__isnull=True, decided_at__isnull=True, decider_unit__isnull=True)
                | (
                    ~Q(result="")
                    & Q(decided_by__isnull=False, decided_at__isnull=False, decider_unit__isnull=False)
                    & ~Q(digest="")
                ),
                name="verdict_is_whole",
            ),
            models.CheckConstraint(condition=Q(result__in=["", "pass"]) | ~Q(reason=""), name="refusal_has_its_reason"),
            models.CheckConstraint(condition=Q(result__in=["", "pass", "return", "fail"]), name="verdict_is_known"),
            models.CheckConstraint(condition=Q(kind__in=["acceptance", "review"]), name="verdict_kind_is_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "result"], name="verdict_by_unit")]

    def __str__(self) -> str:
        return f"{self.name} {self.get_result_display()}"

    @property
    def is_open(self) -> bool:
        return not self.result


class StrikeOff(models.Model):
    """The strike-off (销号): by whom, on which notice and which application it rests."""

    task = models.OneToOneField(Task, models.PROTECT, related_name="strike_off")
    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="+")
    struck_off_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="批准人")
    struck_off_on = models.DateField("销号日期")
    note = models.CharField("意见", max_length=500, blank=True)

    class Meta:
        verbose_name = "销号"

    def __str__(self) -> str:
        return f"{self.task} 销号"


class Filing(models.Model):
    """The filing upward (备案) of a strike-off."""

    strike_off = models.OneToOneField(StrikeOff, models.PROTECT, related_name="filing")
    sent_to = models.CharField("报送", max_length=120)
    reference = models.CharField("备案文号", max_length=80, blank=True)
    filed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="经办人")
    filed_on = models.DateField("备案日期")

    class Meta:
        verbose_name = "备案"

    def __str__(self) -> str:
        return f"{self.strike_off.task} 备案"
