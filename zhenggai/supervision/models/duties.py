from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from zhenggai.accounts.models import Person, Unit
from zhenggai.accounts.roles import WORDS, Role
from zhenggai.audit import clock
from zhenggai.core.cadence import Cadence, CadenceError
from zhenggai.documents.models import StoredFile
from zhenggai.ledger.models import Task
from zhenggai.supervision.querysets import BodyQuerySet, SessionQuerySet, StandingDutyQuerySet


class Body(models.Model):
    """The leading group (领导小组) of a place and its teams, as the plan sets them up. A district's bodies name the upper
    ones that they mirror (各区建立相应的工作机制)."""

    class Kind(models.TextChoices):
        GROUP = "group", "领导小组"
        TEAM = "team", "工作组"

    place = models.ForeignKey(Unit, models.PROTECT, related_name="bodies", verbose_name="区划")
    kind = models.CharField("类别", max_length=8, choices=Kind)
    group = models.ForeignKey("self", models.PROTECT, null=True, related_name="teams", verbose_name="所属领导小组")
    name = models.CharField("名称", max_length=120)
    role = models.CharField(
        "对应的角色", max_length=32, blank=True, choices=[(role.value, WORDS[role]) for role in (
            Role.COORDINATION, Role.CASE, Role.SUPERVISION, Role.PUBLICITY)],
    )  # fmt: skip
    daily_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="日常工作由谁承担")
    responsibilities = models.TextField("职责", max_length=3000)
    mirrors = models.ForeignKey("self", models.PROTECT, null=True, related_name="mirrored_by", verbose_name="对应上级")
    position = models.PositiveSmallIntegerField("次序", default=0)

    objects = BodyQuerySet.as_manager()

    class Meta:
        verbose_name = "领导小组和工作组"
        ordering: ClassVar = ["place_id", "position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["place", "name"], name="body_once"),
            models.CheckConstraint(condition=Q(kind__in=["group", "team"]), name="body_kind_is_known"),
            models.CheckConstraint(
                condition=Q(role__in=["", "coordination", "case", "supervision", "publicity"]),
                name="body_role_is_known",
            ),
            models.CheckConstraint(
                condition=Q(kind="group", group__isnull=True) | Q(kind="team", group__isnull=False),
                name="team_belongs_to_a_group",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """A post in a body: a post (市政府分管副市长), never a person's name."""

    class Part(models.TextChoices):
        HEAD = "head", "组长"
        DEPUTY = "deputy", "副组长"
        MEMBER = "member", "成员"

    body = models.ForeignKey(Body, models.CASCADE, related_name="members")
    part = models.CharField("身份", max_length=8, choices=Part)
    post = models.CharField("职务", max_length=100)
    position = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = "成员"
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["body", "post"], name="post_once_in_a_body"),
            models.CheckConstraint(condition=Q(part__in=["head", "deputy", "member"]), name="member_part_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_part_display()} {self.post}"


def check_cadence(rule: str) -> None:
    """A cadence must be one that can be followed."""
    try:
        Cadence(rule, "none")
    except CadenceError as error:
        raise ValidationError(str(error)) from error


class StandingDuty(models.Model):
    """What a body owes again and again (每月至少研究1次, 一周一督查一通报): a unit, or a team of the leading group."""

    class Kind(models.TextChoices):
        STUDY = "study", "研究会议"
        INSPECTION = "inspection", "督查通报"
        BRIEFING = "briefing", "工作汇报"
        ON_SITE = "on_site", "现场督导"
        OTHER = "other", "其他"

    place = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="区划")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="standing_duties", verbose_name="单位")
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="duties", verbose_name="工作组")
    kind = models.CharField("种类", max_length=12, choices=Kind)
    what = models.CharField("要做什么", max_length=120)
    rule = models.CharField("节奏", max_length=200, validators=[check_cadence])
    shift = models.CharField("遇休息日", max_length=8, default="none",
                             choices=[("none", "不变"), ("next", "顺延"), ("previous", "提前")])  # fmt: skip
    starts_on = models.DateField("从哪天起")
    ends_on = models.DateField("到哪天止", null=True)
    source = models.CharField("依据", max_length=300, help_text="文件和原话")
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="登记人")
    set_at = models.DateTimeField("登记时间", default=clock.now)

    objects = StandingDutyQuerySet.as_manager()

    class Meta:
        verbose_name = "常态化职责"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False, body__isnull=True) | Q(unit__isnull=True, body__isnull=False),
                name="duty_is_owed_by_one",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["study", "inspection", "briefing", "on_site", "other"]),
                name="duty_kind_is_known",
            ),
            models.CheckConstraint(condition=Q(shift__in=["none", "next", "previous"]), name="duty_shift_is_known"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="duty_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="duty_has_its_source"),
            models.UniqueConstraint(
                fields=["place", "unit", "body", "what", "starts_on"], name="duty_once_set", nulls_distinct=False
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["place", "kind"], name="duty_by_place")]

    def __str__(self) -> str:
        return f"{self.owner}{self.what}"

    @property
    def owner(self) -> Unit | Body:
        found = self.unit or self.body
        assert found is not None
        return found

    @property
    def cadence(self) -> Cadence:
        return Cadence(self.rule, self.shift)  # type: ignore[arg-type]


class Session(models.Model):
    """One time that a duty was done. It fulfils at most one of the days on which the duty fell due (`for_due`); one more
    than was owed fulfils none and still counts as held."""

    duty = models.ForeignKey(StandingDuty, models.PROTECT, related_name="sessions", verbose_name="职责")
    held_on = models.DateField("召开日期")
    for_due = models.DateField("抵哪一次", null=True, help_text="这一次的截止日；空着是多开的")
    topic = models.CharField("议题", max_length=200)
    text = models.TextField("记录", max_length=5000, blank=True)
    visit = models.OneToOneField(
        "supervision.Visit", models.PROTECT, null=True, related_name="session", verbose_name="督查"
    )
    tasks: models.ManyToManyField[Task, SessionTask] = models.ManyToManyField(
        Task, through="SessionTask", related_name="sessions"
    )
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_on = models.DateField("登记日期")
    recorded_at = models.DateTimeField("登记时间", default=clock.now)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = "履职记录"
        ordering: ClassVar = ["-held_on", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["duty", "for_due"], name="one_session_fulfils_one_occurrence"),
            models.UniqueConstraint(fields=["duty", "held_on", "topic"], name="session_once"),
            models.CheckConstraint(condition=Q(held_on__lte=F("recorded_on")), name="session_not_in_the_future"),
        ]
        indexes: ClassVar = [models.Index(fields=["duty", "held_on"], name="session_by_day")]

    def __str__(self) -> str:
        return self.topic

    def get_absolute_url(self) -> str:
        return reverse("session", args=[self.pk])

    @property
    def days_late(self) -> int:
        """Calendar days after the day on which it was due; 0 when in time."""
        return max((self.held_on - self.for_due).days, 0) if self.for_due else 0


class SessionTask(models.Model):
    """A task that a session dealt with."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="links")
    task = models.ForeignKey(Task, models.PROTECT, related_name="session_links")

    class Meta:
        verbose_name = "履职记录的任务"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["session", "task"], name="task_once_in_a_session")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.task_id}"


class SessionFile(models.Model):
    """The record of a session as a file: minutes, a notice, photographs."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="files")
    stored = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    name = models.CharField("文件名", max_length=200)

    class Meta:
        verbose_name = "履职附件"
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.name
