from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.documents.models import StoredFile
from zhenggai.ledger.models import Task
from zhenggai.supervision.querysets import DecidedItemQuerySet, MeetingQuerySet

if TYPE_CHECKING:
    from zhenggai.supervision.models.visits import Visit


class Meeting(models.Model):
    """A dispatch meeting (月调度: 推进会, 调度会) of one place. Its agenda, speakers and attendance are its own rows; they
    stand still once the minutes are out (migrations/0002_kept.py)."""

    class Kind(models.TextChoices):
        DISPATCH = "dispatch", "调度会"
        PROMOTION = "promotion", "推进会"

    class State(models.TextChoices):
        DRAFTED = "drafted", "筹备中"
        HELD = "held", "已召开"
        MINUTED = "minuted", "已出纪要"
        CANCELLED = "cancelled", "已取消"

    place = models.ForeignKey(Unit, models.PROTECT, related_name="meetings", verbose_name="区划")
    kind = models.CharField("会议形式", max_length=12, choices=Kind)
    month = models.DateField("调度月份", help_text="当月第一天")
    title = models.CharField("会议名称", max_length=120)
    planned_at = models.DateTimeField("时间")
    where = models.CharField("地点", max_length=120)
    chair = models.CharField("主持人", max_length=80, help_text="写职务")
    state = models.CharField("环节", max_length=10, choices=State, default=State.DRAFTED)
    figures_on = models.DateField("数据截至")
    since = models.DateField("新增从这天算起", help_text="上一次会议的数据日期")
    held_on = models.DateField("召开日期", null=True)
    minutes = models.TextField("会议纪要", blank=True)
    cancel_reason = models.CharField("取消理由", max_length=300, blank=True)
    version = models.PositiveIntegerField("版本", default=1)
    drafted_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="拟稿人")
    drafted_at = models.DateTimeField("拟稿时间", default=clock.now)
    minuted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="记录人")
    minuted_at = models.DateTimeField("纪要时间", null=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "调度会议"
        ordering: ClassVar = ["-planned_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["place", "planned_at"], condition=~Q(state="cancelled"), name="one_meeting_at_a_time"
            ),
            models.CheckConstraint(condition=Q(kind__in=["dispatch", "promotion"]), name="meeting_kind_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=["drafted", "held", "minuted", "cancelled"]), name="meeting_state_is_known"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="meeting_month_is_a_first"),
            models.CheckConstraint(
                condition=Q(state__in=["drafted", "cancelled"], held_on__isnull=True)
                | Q(state__in=["held", "minuted"], held_on__isnull=False),
                name="held_meeting_has_its_day",
            ),
            models.CheckConstraint(
                condition=(Q(state="minuted", minuted_by__isnull=False, minuted_at__isnull=False) & ~Q(minutes=""))
                | (~Q(state="minuted") & Q(minuted_by__isnull=True, minuted_at__isnull=True)),
                name="minutes_are_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(cancel_reason=""), name="cancelled_meeting_has_its_reason"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["place", "-planned_at"], name="meeting_by_place")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("meeting", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether its agenda and speakers may still change."""
        return self.state == self.State.DRAFTED

    @property
    def month_words(self) -> str:
        return f"{self.month.year}年{self.month.month}月"


class AgendaItem(models.Model):
    """One item of the agenda. Those of a kind with figures carry the rows that they counted when they were drafted."""

    class Kind(models.TextChoices):
        CARRIED = "carried", "上次议定事项落实情况"
        NEW = "new", "新增任务"
        DUE = "due", "临近到期任务"
        SLOW = "slow", "进度滞后任务"
        OTHER = "other", "其他议题"

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField("次序")
    kind = models.CharField("种类", max_length=10, choices=Kind)
    title = models.CharField("议题", max_length=120)
    text = models.TextField("说明", max_length=2000, blank=True)
    count = models.PositiveIntegerField("项数", default=0)

    class Meta:
        verbose_name = "议题"
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["meeting", "position"], name="agenda_order", deferrable=models.Deferrable.DEFERRED
            ),
            models.UniqueConstraint(fields=["meeting", "kind"], condition=~Q(kind="other"), name="agenda_kind_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["carried", "new", "due", "slow", "other"]), name="agenda_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DecidedItem(models.Model):
    """What somebody must do by when (督办事项), followed until it is closed: what a meeting decided (议定事项; carried into the
    next agenda), or what a visit demanded where it found something wrong. A demand whose finding was corrected is
    withdrawn with that reason."""

    class State(models.TextChoices):
        OPEN = "open", "办理中"
        REPORTED = "reported", "已报办结"
        CLOSED = "closed", "已办结"
        WITHDRAWN = "withdrawn", "已撤销"

    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, related_name="decided", verbose_name="会议")
    finding = models.OneToOneField(
        "supervision.VisitFinding", models.PROTECT, null=True, related_name="demand", verbose_name="督查情况"
    )
    position = models.PositiveSmallIntegerField("次序")
    text = models.TextField("事项", max_length=1000)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="decided_items", verbose_name="承办单位")
    task = models.ForeignKey(Task, models.PROTECT, null=True, related_name="decided_items", verbose_name="任务")
    decided_on = models.DateField("提出日期")
    due = models.DateField("办结期限")
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    done_note = models.TextField("办理情况", max_length=2000, blank=True)
    done_on = models.DateField("办结日期", null=True)
    reported_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="报送人")
    answer = models.CharField("核实意见", max_length=500, blank=True)
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="核实人")
    closed_at = models.DateTimeField("销项时间", null=True)

    objects = DecidedItemQuerySet.as_manager()

    class Meta:
        verbose_name = "督办事项"
        ordering: ClassVar = ["due", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(meeting__isnull=False, finding__isnull=True)
                | Q(meeting__isnull=True, finding__isnull=False, task__isnull=False),
                name="decided_item_comes_of_one",
            ),
            models.UniqueConstraint(fields=["meeting", "position"], name="decided_item_order"),
            models.CheckConstraint(condition=Q(due__gte=F("decided_on")), name="decided_item_due_after_meeting"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "reported", "closed", "withdrawn"]), name="decided_item_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "withdrawn"])
                | (Q(done_on__isnull=False, reported_by__isnull=False) & ~Q(done_note="")),
                name="done_item_says_how",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | (Q(finding__isnull=False) & ~Q(answer="")),
                name="withdrawn_demand_has_its_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_by__isnull=False, closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_by__isnull=True, closed_at__isnull=True)),
                name="closed_item_has_its_checker",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True) | ~Q(closed_by=F("reported_by")), name="item_closed_by_another"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "state"], name="decided_item_by_unit")]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return reverse("decided_item", args=[self.pk])

    @property
    def origin(self) -> Meeting | Visit:
        """The meeting that decided it, or the visit that demanded it."""
        found = self.finding.visit if self.finding else self.meeting
        assert found is not None
        return found

    @property
    def origin_words(self) -> str:
        """11月调度会, or the name of the visit."""
        return f"{self.meeting.month.month}月{self.meeting.get_kind_display()}" if self.meeting else str(self.origin)

    @property
    def is_out(self) -> bool:
        """Whether the unit has been told: a meeting's decision with the minutes, a visit's demand at once."""
        return self.meeting is None or self.meeting.state == Meeting.State.MINUTED


class AgendaRow(models.Model):
    """A task, or an earlier decision, under an agenda item: in the words of the day on which it was drafted."""

    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="rows")
    task = models.ForeignKey(Task, models.PROTECT, null=True, related_name="+")
    decided = models.ForeignKey(DecidedItem, models.PROTECT, null=True, related_name="+")
    position = models.PositiveSmallIntegerField("次序")
    number = models.CharField("编号", max_length=24, blank=True)
    headline = models.CharField("事项", max_length=160)
    units = models.CharField("单位", max_length=200, blank=True)
    due = models.DateField("时限", null=True)
    words = models.CharField("情况", max_length=120)

    class Meta:
        verbose_name = "议题的任务"
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "position"], name="agenda_row_order"),
            models.CheckConstraint(
                condition=Q(task__isnull=False, decided__isnull=True) | Q(task__isnull=True, decided__isnull=False),
                name="agenda_row_is_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}{self.headline}"


class Speaker(models.Model):
    """A unit that must speak (表态发言). `chosen`: the rules name it; `speaks`: it stands on the list. Where the two
    differ somebody changed it and said why."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="speakers")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    position = models.PositiveSmallIntegerField("次序")
    chosen = models.BooleanField("按规则列入")
    speaks = models.BooleanField("表态发言")
    grounds = models.JSONField("理由", default=list, help_text="每条：种类、算法")
    reason = models.CharField("增减理由", max_length=300, blank=True)
    statement = models.TextField("表态内容", max_length=3000, blank=True)

    class Meta:
        verbose_name = "表态发言单位"
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "unit"], name="speaker_once"),
            models.CheckConstraint(
                condition=Q(chosen=F("speaks")) | ~Q(reason=""), name="changed_speaker_has_its_reason"
            ),
        ]

    def __str__(self) -> str:
        return str(self.unit)


class Attendee(models.Model):
    """Who was asked to come, and whether they did. A name that the directory does not know stands as text."""

    class Presence(models.TextChoices):
        EXPECTED = "expected", "应到"
        PRESENT = "present", "到会"
        SUBSTITUTE = "substitute", "委托他人"
        EXCUSED = "excused", "请假"
        ABSENT = "absent", "缺席"

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendees")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="单位")
    name = models.CharField("参会单位或职务", max_length=100)
    position = models.PositiveSmallIntegerField("次序")
    presence = models.CharField("到会情况", max_length=12, choices=Presence, default=Presence.EXPECTED)

    class Meta:
        verbose_name = "参会单位"
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "name"], name="attendee_once"),
            models.CheckConstraint(
                condition=Q(presence__in=["expected", "present", "substitute", "excused", "absent"]),
                name="presence_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MeetingFile(models.Model):
    """A file that belongs to the minutes: the signed copy, a sign-in sheet."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="files")
    stored = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    name = models.CharField("文件名", max_length=200)

    class Meta:
        verbose_name = "会议附件"
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.name
