from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.documents.models import StoredFile
from zhenggai.supervision.models.meetings import Meeting
from zhenggai.supervision.models.visits import Visit
from zhenggai.supervision.querysets import PaperQuerySet


class Paper(models.Model):
    """A paper of the office: drafted from figures, edited as text, then issued: numbered, frozen, kept with its digest.

    `blocks`: [{"key", "heading", "text", "drafted", "table": {"caption", "header", "rows", "widths", "align"} | None}];
    `drafted` is what the figures gave, so that a later draft keeps what a person has written.
    """

    class Kind(models.TextChoices):
        NOTICE = "notice", "会议通知"
        MINUTES = "minutes", "会议纪要"
        BULLETIN = "bulletin", "整改工作简报"
        CIRCULAR = "circular", "整改工作通报"
        SPECIAL = "special", "整改工作专报"
        VISIT = "visit", "督查通报"

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        SUBMITTED = "submitted", "待签发"
        ISSUED = "issued", "已印发"
        DISCARDED = "discarded", "已作废"

    place = models.ForeignKey(Unit, models.PROTECT, related_name="papers", verbose_name="区划")
    kind = models.CharField("文种", max_length=10, choices=Kind)
    year = models.PositiveSmallIntegerField("年度", null=True)
    number = models.PositiveIntegerField("号", null=True, help_text="印发时取号，不重用")
    title = models.CharField("标题", max_length=200)
    addressee = models.CharField("主送", max_length=300, blank=True)
    issuer = models.CharField("发文单位", max_length=120)
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, related_name="papers", verbose_name="会议")
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="papers", verbose_name="督查")
    figures_on = models.DateField("数据截至")
    blocks = models.JSONField("正文", default=list)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField("版本", default=1)
    return_reason = models.CharField("退回理由", max_length=500, blank=True)
    drafted_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="拟稿人")
    drafted_at = models.DateTimeField("拟稿时间", default=clock.now)
    issued_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="签发人")
    issued_on = models.DateField("印发日期", null=True)
    issued_at = models.DateTimeField("印发时间", null=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="印发件")

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = "文稿"
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["place", "kind", "year", "number"], name="paper_number_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["notice", "minutes", "bulletin", "circular", "special", "visit"]),
                name="paper_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted", "issued", "discarded"]), name="paper_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    state="issued", number__isnull=False, year__isnull=False, issued_by__isnull=False,
                    issued_on__isnull=False, issued_at__isnull=False, file__isnull=False,
                )
                | (~Q(state="issued") & Q(number__isnull=True, year__isnull=True, issued_by__isnull=True,
                                          issued_on__isnull=True, issued_at__isnull=True, file__isnull=True)),
                name="issued_paper_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(kind="special") | Q(issued_by__isnull=True) | ~Q(issued_by=F("drafted_by")),
                name="report_upward_is_signed_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["notice", "minutes"]) | Q(meeting__isnull=False), name="meeting_paper_has_meeting"
            ),
            models.CheckConstraint(
                condition=Q(kind="visit", visit__isnull=False) | (~Q(kind="visit") & Q(visit__isnull=True)),
                name="visit_paper_has_visit",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [models.Index(fields=["place", "kind", "-year", "-number"], name="paper_by_number")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("paper", args=[self.pk])

    @property
    def number_words(self) -> str:
        """第N期, or the number that a letter carries; blank space before it is issued."""
        number = str(self.number) if self.number else "　"
        if self.kind in (self.Kind.NOTICE,):
            return f"〔{self.year or self.figures_on.year}〕{number}号"
        return f"第{number}期"
