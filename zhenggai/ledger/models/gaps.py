from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.documents.models import StoredFile
from zhenggai.ledger.gap_querysets import GapQuerySet, InquiryQuerySet, RemedyQuerySet
from zhenggai.ledger.models.tasks import Task


class Gap(models.Model):
    """制度缺陷: a rule that let a failing happen, or that does not exist; what will be done about it, by which unit, until
    when. Several tasks may lead back to one gap. Its state is derived (GapQuerySet.with_state)."""

    class Kind(models.TextChoices):
        MISSING = "missing", "制度缺失"
        OUTDATED = "outdated", "制度过时"
        UNENFORCED = "unenforced", "有制度未执行"
        UNCLEAR = "unclear", "责任不清"
        UNWATCHED = "unwatched", "监管缺位"

    class Way(models.TextChoices):
        MAKE = "make", "制定"
        REVISE = "revise", "修订"
        ABOLISH = "abolish", "废止"
        ENFORCE = "enforce", "严格执行"

    class State(models.TextChoices):
        OPEN = "open", "整改中"
        LATE = "late", "已逾期"
        HANDED_IN = "handed_in", "待确认"
        MENDED = "mended", "已补上"
        UNLINKED = "unlinked", "不再对应任务"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="gaps", verbose_name="责任单位")
    rule = models.CharField("哪项制度", max_length=200, blank=True, help_text="制度的名称；没有这样的制度就空着")
    number = models.CharField("文号", max_length=80, blank=True)
    kind = models.CharField("缺陷", max_length=12, choices=Kind)
    wrong = models.TextField("错在哪里", max_length=1000)
    way = models.CharField("怎样补", max_length=8, choices=Way)
    todo = models.TextField("要做什么", max_length=500, help_text="如：制定《…管理办法》，明确由谁巡查、多久一次")
    due = models.DateField("期限")
    version = models.PositiveIntegerField("版本", default=1)
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="登记人")
    entered_at = models.DateTimeField("登记时间", default=clock.now)

    objects = GapQuerySet.as_manager()

    class Meta:
        verbose_name = "制度缺陷"
        ordering: ClassVar = ["due", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["missing", "outdated", "unenforced", "unclear", "unwatched"])
                & Q(way__in=["make", "revise", "abolish", "enforce"]),
                name="gap_kind_and_way_are_known",
            ),
            models.CheckConstraint(condition=~Q(wrong="") & ~Q(todo=""), name="gap_says_what_is_wrong_and_to_be_done"),
            # What does not exist is neither outdated nor left undone, and can only be made; what is missing has no name.
            models.CheckConstraint(
                condition=Q(~Q(rule=""), ~Q(kind="missing"))
                | Q(rule="", number="", way="make", kind__in=["missing", "unclear", "unwatched"]),
                name="gap_names_the_rule_that_exists",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["due", "id"], name="gap_by_due")]

    def __str__(self) -> str:
        return f"制度缺陷{self.pk}号"

    def get_absolute_url(self) -> str:
        return reverse("gap", args=[self.pk])

    @property
    def title(self) -> str:
        """What a list calls it: the rule, or what nobody has ruled."""
        return self.rule_words if self.rule else f"缺制度：{self.wrong[:40]}{'…' if len(self.wrong) > 40 else ''}"

    @property
    def rule_words(self) -> str:
        """The rule as people name it: 《…》（文号）, or that there is none."""
        if not self.rule:
            return "没有这样的制度"
        name = self.rule if self.rule.startswith("《") else f"《{self.rule}》"
        return f"{name}（{self.number}）" if self.number else name


class Inquiry(models.Model):
    """One answer to the question which rule let a task's failing happen (倒查): a gap and how it led there, or that somebody
    looked and found none, and why. What was wrong is dropped with a reason, never taken away."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="inquiries", verbose_name="任务")
    gap = models.ForeignKey(Gap, models.PROTECT, null=True, related_name="inquiries", verbose_name="制度缺陷")
    how = models.TextField("怎样造成、为什么没有", max_length=1000)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="查的人")
    at = models.DateTimeField("时间", default=clock.now)
    dropped_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="取消人")
    dropped_at = models.DateTimeField("取消时间", null=True)
    dropped_why = models.CharField("为什么取消", max_length=300, blank=True)

    objects = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name = "倒查结论"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(how=""), name="inquiry_says_how"),
            models.CheckConstraint(
                condition=Q(dropped_by__isnull=True, dropped_at__isnull=True, dropped_why="")
                | Q(Q(dropped_by__isnull=False, dropped_at__isnull=False), ~Q(dropped_why="")),
                name="dropped_inquiry_says_who_and_why",
            ),
            models.UniqueConstraint(
                fields=["task", "gap"], condition=Q(dropped_at__isnull=True), name="one_standing_inquiry_a_gap"
            ),
            models.UniqueConstraint(
                fields=["task"], condition=Q(dropped_at__isnull=True, gap__isnull=True), name="found_none_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task.number}倒查"


class Remedy(models.Model):
    """What was done about a gap: the rule itself as a file, who issued it, from which day it is in force. Another person
    confirms it, or sends it back with a reason; then it is handed in anew."""

    gap = models.ForeignKey(Gap, models.PROTECT, related_name="remedies", verbose_name="制度缺陷")
    name = models.CharField("制度名称", max_length=200)
    number = models.CharField("文号", max_length=80, help_text="没有文号的写“无文号”")
    issued_by = models.CharField("发布单位", max_length=120)
    effective_on = models.DateField("施行日期", help_text="废止的写废止生效的那一天")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="原件")
    file_name = models.CharField("文件名", max_length=200)
    note = models.TextField("怎样堵住缺陷", max_length=500, help_text="哪一条改了什么；严格执行的写查了几次、结果怎样")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="报的人")
    on = models.DateField("报的日期")
    confirmed = models.BooleanField("确认", null=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="确认人")
    decided_on = models.DateField("确认日期", null=True)
    reason = models.CharField("意见", max_length=500, blank=True)

    objects = RemedyQuerySet.as_manager()

    class Meta:
        verbose_name = "补上的制度"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(number="") & ~Q(issued_by="") & ~Q(note="") & ~Q(file_name=""),
                name="remedy_names_the_rule",
            ),
            models.CheckConstraint(
                condition=Q(confirmed__isnull=True, decided_by__isnull=True, decided_on__isnull=True, reason="")
                | Q(
                    Q(confirmed__isnull=False, decided_by__isnull=False, decided_on__gte=F("on")),
                    ~Q(decided_by=F("by")),
                    ~Q(reason=""),
                ),
                name="remedy_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(confirmed=True) | Q(effective_on__lte=F("decided_on")), name="remedy_confirmed_in_force"
            ),
            models.UniqueConstraint(
                fields=["gap"], condition=Q(confirmed__isnull=True) | Q(confirmed=True), name="one_standing_remedy"
            ),
        ]

    def __str__(self) -> str:
        return self.name
