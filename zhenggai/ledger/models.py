from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from zhenggai.accounts.models import Unit, UnitGroup
from zhenggai.audit import clock
from zhenggai.documents.models import StoredFile
from zhenggai.ledger.querysets import DutyQuerySet, PlanQuerySet, TaskQuerySet
from zhenggai.ledger.states import CLOSED, State


class Inspection(models.Model):
    """One inspection of a place: who inspected, which round, when its findings came back."""

    class Kind(models.TextChoices):
        CENTRAL = "central", "中央督察"
        PROVINCIAL = "provincial", "省级督察"
        SPECIAL = "special", "专项督察"
        LOOK_BACK = "look_back", "“回头看”"

    place = models.ForeignKey(Unit, models.PROTECT, related_name="inspections", verbose_name="被督察对象")
    name = models.CharField("名称", max_length=120, help_text="如：2025年省生态环境保护督察")
    prefix = models.CharField("编号前缀", max_length=12, help_text="任务编号的开头，如：省督。同一地方不能重复")
    kind = models.CharField("类型", max_length=16, choices=Kind)
    feedback_on = models.DateField("反馈日期", null=True, blank=True)

    class Meta:
        verbose_name = "督察"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["place", "prefix"], name="inspection_prefix_once"),
            models.UniqueConstraint(fields=["place", "name"], name="inspection_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["central", "provincial", "special", "look_back"]), name="inspection_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Plan(models.Model):
    """A rectification plan: the document whose tasks entered the ledger."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="plans", verbose_name="督察")
    title = models.CharField("标题", max_length=200)
    document_number = models.CharField("文号", max_length=60, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="原件")
    file_name = models.CharField("文件名", max_length=200, blank=True)
    entered_at = models.DateTimeField("入账时间", default=clock.now)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = "整改方案"
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"《{self.title}》"


class DueKind(models.TextChoices):
    DATE = "date", "有期限"
    IMMEDIATE = "immediate", "立行立改"
    LONG_TERM = "long_term", "长期坚持"
    RECURRING = "recurring", "定期"
    NONE = "none", "原文没有时限"


class Task(models.Model):
    """One rectification task. `state` is written by lifecycle.take() alone; the database refuses every other writer."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="tasks", verbose_name="方案")
    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="tasks", verbose_name="督察")
    number = models.CharField("编号", max_length=24)
    serial = models.PositiveIntegerField("序号", help_text="方案里的序号")
    headline = models.CharField("问题概要", max_length=120)
    issue = models.TextField("反馈问题")
    goal = models.TextField("整改目标", blank=True)
    category = models.JSONField("类别", default=list, help_text="由外到内的标题")
    place = models.ForeignKey(Unit, models.PROTECT, related_name="tasks", verbose_name="属地")
    due = models.DateField("完成时限", null=True)
    due_kind = models.CharField("时限种类", max_length=16, choices=DueKind)
    due_raw = models.TextField("原文时限", blank=True)
    first_due = models.DateField("最初时限", null=True, help_text="延期不改这一天")
    then_long_term = models.BooleanField("完成后长期坚持", default=False)
    passage = models.TextField("原文", help_text="导入时逐字保留")
    passage_marks = models.JSONField("出处", default=dict, help_text="字段在原文里的起止")
    responsible_persons = models.JSONField("责任人", default=list)
    result = models.TextField("整改完成情况", blank=True)
    finished_on = models.DateField("完成整改日期", null=True)
    struck_off_on = models.DateField("销号日期", null=True)
    state = models.CharField("环节", max_length=24, default=State.RECTIFYING.value)
    state_since = models.DateTimeField("进入环节时间", default=clock.now)
    version = models.PositiveIntegerField("版本", default=1)
    entered_at = models.DateTimeField("挂账时间", default=clock.now)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = "整改任务"
        ordering: ClassVar = ["due", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "serial"], name="serial_once_in_a_plan"),
            models.UniqueConstraint(fields=["inspection", "number"], name="number_never_reused"),
            models.CheckConstraint(
                condition=Q(due_kind=DueKind.DATE, due__isnull=False) | ~Q(due_kind=DueKind.DATE), name="date_has_due"
            ),
            models.CheckConstraint(
                condition=Q(due__isnull=True) | Q(first_due__isnull=True) | Q(due__gte=F("first_due")),
                name="due_never_before_first",
            ),
            models.CheckConstraint(condition=Q(state__in=[state.value for state in State]), name="state_is_known"),
            models.CheckConstraint(condition=Q(due_kind__in=DueKind.values), name="due_kind_is_known"),
            models.CheckConstraint(
                condition=Q(state=State.RECTIFYING.value) | Q(finished_on__isnull=False),
                name="closing_needs_finish_date",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in CLOSED], struck_off_on__isnull=False)
                | (~Q(state__in=[state.value for state in CLOSED]) & Q(struck_off_on__isnull=True)),
                name="struck_off_has_its_date",
            ),
        ]
        indexes: ClassVar = [
            models.Index(F("due").asc(nulls_last=True), "id", name="task_by_due"),
            models.Index(fields=["state", "due"], name="task_by_state"),
            models.Index(fields=["place", "state"], name="task_by_place"),
        ]

    def __str__(self) -> str:
        return f"{self.number}{self.headline}"

    def get_absolute_url(self) -> str:
        return reverse("task", args=[self.pk])

    @property
    def is_closed(self) -> bool:
        return self.state in CLOSED

    @property
    def state_words(self) -> str:
        return State(self.state).words

    def days_left(self, today: date) -> int | None:
        """Days until the task is due; negative when overdue, None where no date binds it."""
        return (self.due - today).days if self.due else None


class Measure(models.Model):
    """One measure of a task, with its own date where the plan gives one."""

    class Progress(models.TextChoices):
        OPEN = "open", "未开始"
        DOING = "doing", "进行中"
        DONE = "done", "已完成"

    task = models.ForeignKey(Task, models.PROTECT, related_name="measures")
    no = models.PositiveIntegerField("序号")
    text = models.TextField("内容")
    due = models.DateField("时限", null=True)
    progress = models.CharField("进展", max_length=8, choices=Progress, default=Progress.OPEN)
    done_on = models.DateField("完成日期", null=True)

    class Meta:
        verbose_name = "整改措施"
        ordering: ClassVar = ["no"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "no"], name="measure_once"),
            models.CheckConstraint(condition=Q(progress__in=["open", "doing", "done"]), name="progress_is_known"),
            models.CheckConstraint(
                condition=Q(progress="done", done_on__isnull=False) | (~Q(progress="done") & Q(done_on__isnull=True)),
                name="done_measure_has_its_date",
            ),
        ]

    def __str__(self) -> str:
        return f"措施{self.no}"


class Duty(models.Model):
    """Who answers for a task, in which part. A group of units stands as one row for each member that names the group;
    a name that the directory does not know stands as text. The place itself is a row too: rights are one join."""

    class Part(models.TextChoices):
        PLACE = "place", "属地"
        LEAD = "lead", "牵头单位"
        RESPONSIBLE = "responsible", "责任单位"
        COOPERATING = "cooperating", "配合单位"
        SUPERVISING = "supervising", "督导单位"
        ACCEPTANCE = "acceptance", "验收单位"

    task = models.ForeignKey(Task, models.PROTECT, related_name="duties")
    part = models.CharField("职责", max_length=16, choices=Part)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="duties", verbose_name="单位")
    group = models.ForeignKey(UnitGroup, models.PROTECT, null=True, related_name="+", verbose_name="单位组")
    raw = models.CharField("原文写法", max_length=200)
    position = models.PositiveSmallIntegerField("次序", default=0)

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = "职责"
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "part", "unit"], condition=Q(unit__isnull=False), name="duty_once"),
            models.UniqueConstraint(
                fields=["task", "part", "raw"], condition=Q(unit__isnull=True), name="unknown_unit_once"
            ),
            models.CheckConstraint(condition=Q(unit__isnull=False) | Q(group__isnull=True), name="group_has_members"),
            models.CheckConstraint(
                condition=Q(part__in=["place", "lead", "responsible", "cooperating", "supervising", "acceptance"]),
                name="part_is_known",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "part", "task"], name="duty_by_unit")]

    def __str__(self) -> str:
        return f"{self.get_part_display()} {self.raw}"
