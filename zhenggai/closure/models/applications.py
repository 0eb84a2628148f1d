from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.closure.querysets import VerdictQuerySet
from zhenggai.documents.models import StoredFile
from zhenggai.ledger.models import Task
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
    kind = models.CharField("材料", max_length=120, blank=True, help_text="制度要求的哪一种材料；其他的不写")

    class Meta:
        verbose_name = "申请材料"
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.name


class Verdict(models.Model):
    """One level's decision: an acceptance or the review. Laid down with the application, as the rulebook in force then has it:
    `decider`, `conditions`, `documents`, `visit` and `collective` are that level's (rulebook/chain.py), the rest is written when it
    is signed. Who accepts is neither the person nor the unit that applied, nor a unit that rectifies; levels go in order, a
    decision is made once and with all that its level needs; the database holds it (migrations/0002, 0004).

    `answers`: one {"meets": Meets, "note"} for each condition. `changes`: what differed from what the level before had seen,
    looked at by who signed (content.Difference as JSON).
    """

    class Kind(models.TextChoices):
        ACCEPTANCE = "acceptance", "验收"
        REVIEW = "review", "审核"

    class Result(models.TextChoices):
        PASS = "pass", "通过"
        RETURN = "return", "退回补正"
        FAIL = "fail", "不通过"

    class By(models.TextChoices):
        OFFICE = "office", "整改办"
        INDUSTRY = "industry", "行业部门"
        LEADERS = "leaders", "领导小组"

    class Meets(models.TextChoices):
        YES = "yes", "符合"
        NO = "no", "不符合"
        NONE = "none", "不涉及"

    application = models.ForeignKey(Application, models.PROTECT, related_name="verdicts")
    applicant = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="申请人")
    applicant_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="申请单位")
    position = models.PositiveSmallIntegerField("次序")
    kind = models.CharField("类别", max_length=12, choices=Kind)
    name = models.CharField("层级", max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="由谁作出")
    days = models.PositiveSmallIntegerField("限期", help_text="工作日，进入次日数起")
    decider = models.CharField("哪一类单位", max_length=8, choices=By, default=By.OFFICE)
    conditions = models.JSONField("验收条件", default=list)
    documents = models.JSONField("要附的材料", default=list)
    visit = models.BooleanField("要现场核查", default=False)
    collective = models.BooleanField("要集体研究", default=False)
    result = models.CharField("结论", max_length=8, choices=Result, blank=True)
    reason = models.CharField("意见", max_length=1000, blank=True)
    answers = models.JSONField("验收表", default=list)
    changes = models.JSONField("看过的变化", default=list)
    minutes = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="会议纪要")
    minutes_name = models.CharField("纪要文件名", max_length=200, blank=True)
    met_on = models.DateField("集体研究日期", null=True)
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
            models.CheckConstraint(condition=Q(result="") | ~Q(reason=""), name="verdict_has_its_opinion"),
            models.CheckConstraint(
                condition=Q(decider__in=["office", "industry", "leaders"]), name="verdict_decider_is_known"
            ),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True, met_on__isnull=True) | Q(minutes__isnull=False, met_on__isnull=False),
                name="minutes_have_their_day",
            ),
            models.CheckConstraint(condition=Q(result__in=["", "pass", "return", "fail"]), name="verdict_is_known"),
            models.CheckConstraint(condition=Q(kind__in=["acceptance", "review"]), name="verdict_kind_is_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "result"], name="verdict_by_unit")]

    def __str__(self) -> str:
        return f"{self.name} {self.get_result_display()}"

    @property
    def is_open(self) -> bool:
        return not self.result

    @property
    def whose(self) -> str:
        """Who decides, in words: the unit; of a review the leading group's leaders, for whom the unit prepares it."""
        return f"领导小组领导（{self.unit}承办）" if self.decider == self.By.LEADERS else str(self.unit)

    @property
    def form_rows(self) -> list[tuple[str, str, str]]:
        """The form as it was filled in: condition, answer, note; nothing before it is signed."""
        return [
            (condition, self.Meets(answer["meets"]).label, answer["note"])
            for condition, answer in zip(self.conditions, self.answers, strict=False)
        ]
