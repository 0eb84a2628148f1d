from datetime import date
from functools import cached_property
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from zhenggai.accounts.models import Unit, UnitClosure, UnitGroup
from zhenggai.audit import clock
from zhenggai.documents.models import StoredFile
from zhenggai.ledger.querysets import DutyQuerySet, InspectionQuerySet, PlanQuerySet, TaskQuerySet
from zhenggai.ledger.states import CLOSED, STATE_WORDS, State
from zhenggai.ui.paths import path_to


class Inspection(models.Model):
    """One inspection of a place: who inspected, which round, when its findings came back."""

    class Kind(models.TextChoices):
        CENTRAL = "central", "中央督察"
        PROVINCIAL = "provincial", "省级督察"
        SPECIAL = "special", "专项督察"
        LOOK_BACK = "look_back", "“回头看”"
        OWN = "own", "自查自纠"

    place = models.ForeignKey(Unit, models.PROTECT, related_name="inspections", verbose_name="被督察对象")
    name = models.CharField("名称", max_length=120, help_text="如：2025年省生态环境保护督察")
    prefix = models.CharField("编号前缀", max_length=12, help_text="任务编号的开头，如：省督。同一地方不能重复")
    kind = models.CharField("类型", max_length=16, choices=Kind)
    round_no = models.CharField("轮次", max_length=20, blank=True, help_text="如：第三轮")
    batch = models.CharField("批次", max_length=20, blank=True, help_text="如：第二批")
    began_on = models.DateField("进驻日期", null=True, blank=True)
    ended_on = models.DateField("结束日期", null=True, blank=True)
    feedback_on = models.DateField("反馈日期", null=True, blank=True)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = "督察"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["place", "prefix"], name="inspection_prefix_once"),
            models.UniqueConstraint(fields=["place", "name"], name="inspection_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["central", "provincial", "special", "look_back", "own"]),
                name="inspection_kind_is_known",
            ),
            models.UniqueConstraint(fields=["place"], condition=Q(kind="own"), name="one_own_register_a_place"),
            models.CheckConstraint(
                condition=Q(began_on__isnull=True) | Q(ended_on__isnull=True) | Q(ended_on__gte=F("began_on")),
                name="inspection_ends_after_it_began",
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
    approved_on = models.DateField("批准日期", null=True, blank=True)
    approver = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="批准的一级",
        help_text="批准方案的区划；延期也由它决定。空着就是被督察对象自己",
    )  # fmt: skip
    last_due = models.DateField("方案最后时限", null=True, blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = "整改方案"
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"《{self.title}》"


class PlanVersion(models.Model):
    """One issue of a plan: the paper as it came, and whether this is the one shown to the public."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="versions")
    version = models.PositiveSmallIntegerField("版本")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="原件")
    file_name = models.CharField("文件名", max_length=200, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    public = models.BooleanField("公开版", default=False)
    entered_at = models.DateTimeField("入账时间", default=clock.now)

    class Meta:
        verbose_name = "方案版本"
        ordering: ClassVar = ["version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "version"], name="plan_version_once"),
            models.UniqueConstraint(fields=["plan"], condition=Q(public=True), name="one_public_version"),
        ]

    def __str__(self) -> str:
        return f"第{self.version}版"


class Finding(models.Model):
    """One entry of a list that the inspectors handed over: a feedback issue, or one of the accountability list."""

    class Kind(models.TextChoices):
        FEEDBACK = "feedback", "反馈问题清单"
        ACCOUNTABILITY = "accountability", "责任追究问题清单"

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="findings", verbose_name="督察")
    kind = models.CharField("清单", max_length=16, choices=Kind)
    serial = models.PositiveIntegerField("序号")
    text = models.TextField("问题")
    category = models.CharField("类别", max_length=60, blank=True)
    received_on = models.DateField("移交日期", null=True, blank=True)

    class Meta:
        verbose_name = "移交的问题"
        ordering: ClassVar = ["kind", "serial"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inspection", "kind", "serial"], name="finding_once"),
            models.CheckConstraint(condition=Q(kind__in=["feedback", "accountability"]), name="finding_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}第{self.serial}项"


class Source(models.TextChoices):
    FEEDBACK = "feedback", "督察反馈"
    ACCOUNTABILITY = "accountability", "责任追究清单"
    COMPLAINT = "complaint", "信访举报"
    SELF_FOUND = "self_found", "自查发现"
    PATROL = "patrol", "巡查发现"


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
    source = models.CharField("来源", max_length=16, choices=Source, default=Source.FEEDBACK)
    increment = models.BooleanField("增量问题", default=False, help_text="整改中新发现、新发生的；其余是存量")
    finding = models.ForeignKey(Finding, models.PROTECT, null=True, related_name="tasks", verbose_name="移交的问题")
    upper = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="lower", verbose_name="上级任务",
        help_text="本任务分解自哪一项（省序号、市序号）",
    )  # fmt: skip
    upper_number = models.CharField("上级序号", max_length=40, blank=True, help_text="上级任务不在本台账时填写")
    found_by = models.ForeignKey(
        "ledger.SweepAnswer", models.PROTECT, null=True, related_name="tasks", verbose_name="排查"
    )
    extended = models.PositiveSmallIntegerField("延期次数", default=0)
    achieved = models.DecimalField("完成度（%）", max_digits=4, decimal_places=1, default=0, editable=False)
    # Kept by the database from measures, milestones and targets (migrations/0007_dates_kept.py): from when on the task is
    # behind, until when it is ahead, whether anything has begun. with_schedule() reads the grade of any day off them.
    late_from = models.DateField("滞后起日", null=True, editable=False)
    early_until = models.DateField("超前至", null=True, editable=False)
    started = models.BooleanField("已启动", default=False, editable=False)
    known_on = models.DateField("截至日期", null=True, help_text="历史台账：所载情况截至哪一天")
    result = models.TextField("整改完成情况", blank=True)
    finished_on = models.DateField("完成整改日期", null=True)
    struck_off_on = models.DateField("销号日期", null=True)
    state = models.CharField("环节", max_length=24, default=State.RECTIFYING.value)
    state_since = models.DateTimeField("进入环节时间", default=clock.now)
    version = models.PositiveIntegerField("版本", default=1)
    entered_at = models.DateTimeField("挂账时间", default=clock.now)

    objects = TaskQuerySet.as_manager()
    # part and name of each duty, where a page read them for all its rows (beside.py)
    held_duties: list[tuple[str, str]] | None = None

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
            models.CheckConstraint(condition=Q(source__in=Source.values), name="source_is_known"),
            models.CheckConstraint(condition=~Q(upper=F("id")), name="task_does_not_answer_itself"),
            models.CheckConstraint(condition=Q(achieved__range=(0, 100)), name="achieved_is_a_percentage"),
            models.CheckConstraint(
                condition=Q(state=State.RECTIFYING.value)
                | Q(finished_on__isnull=False)
                | Q(known_on__isnull=False, state__in=[state.value for state in CLOSED]),
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
            # what counts and grades read of every task: no look at the rows themselves, which hold long texts
            models.Index(
                fields=["place", "inspection", "state", "due"],
                include=["id", "number", "late_from", "early_until", "started", "increment"],
                name="task_for_figures",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}{self.headline}"

    def get_absolute_url(self) -> str:
        return path_to("task", self.pk)

    @property
    def is_closed(self) -> bool:
        return self.state in CLOSED

    @property
    def state_words(self) -> str:
        return STATE_WORDS[self.state]

    @property
    def instead_of_days(self) -> str:
        """What is said where others have their days left: the step once the work is done, how it is due without a date."""
        if self.state != State.RECTIFYING:
            return self.state_words
        return "" if self.due else str(self.get_due_kind_display())

    @cached_property
    def places_above(self) -> frozenset[int]:
        """The task's place and every unit above it, by id."""
        return frozenset(UnitClosure.objects.filter(descendant=self.place_id).values_list("ancestor", flat=True))

    def hold_measure_counts(self, today: date) -> None:
        """What with_measures() adds, counted here of measures that are read anyway."""
        self.keep_measure_counts([(row.progress, row.due) for row in self.measures.all()], today)

    def keep_measure_counts(self, measures: list[tuple[str, date | None]], today: date) -> None:
        """Count measures that were read as (progress, due)."""
        left = [due for progress, due in measures if progress != Measure.Progress.DONE]
        self.measures_total, self.measures_done = len(measures), len(measures) - len(left)
        self.measures_late = sum(1 for due in left if due and due < today)

    def names_of(self, part: str) -> list[str]:
        """Who has one duty, each name once, as the plan writes it; a group stands under its own name."""
        rows = self.held_duties
        if rows is None:
            rows = [(duty.part, duty.raw) for duty in self.duties.all()]
        return list(dict.fromkeys(raw for at, raw in rows if at == part))

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
    weight = models.PositiveSmallIntegerField("权重", default=1)

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
            models.CheckConstraint(condition=Q(weight__gte=1), name="measure_weighs_something"),
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
        indexes: ClassVar = [
            models.Index(fields=["unit", "part", "task"], name="duty_by_unit"),
            models.Index(fields=["raw", "task"], condition=Q(part="lead"), name="duty_leads"),
        ]

    def __str__(self) -> str:
        return f"{self.get_part_display()} {self.raw}"


class Leader(models.Model):
    """Who among the leaders answers for a task, by post (四定: 定领导). The plan's own words for the responsible persons
    stay in Task.responsible_persons."""

    class Part(models.TextChoices):
        FIRST = "first", "第一责任人"
        SPONSOR = "sponsor", "领衔督办领导"
        RESPONSIBLE = "responsible", "责任领导"
        PERSON = "person", "具体责任人"

    task = models.ForeignKey(Task, models.PROTECT, related_name="leaders")
    part = models.CharField("职责", max_length=12, choices=Part)
    name = models.CharField("职务（姓名）", max_length=80, help_text="写职务；姓名可以不写")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位")

    class Meta:
        verbose_name = "责任领导"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "part", "name"], name="leader_once"),
            models.CheckConstraint(
                condition=Q(part__in=["first", "sponsor", "responsible", "person"]), name="leader_part_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_part_display()} {self.name}"
