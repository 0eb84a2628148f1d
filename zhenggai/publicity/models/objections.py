from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q

from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.documents.models import StoredFile
from zhenggai.documents.secrecy import unseal
from zhenggai.publicity.models.notices import Notice, NoticeItem
from zhenggai.publicity.querysets import ObjectionQuerySet


class Objection(models.Model):
    """What a citizen says against a notice. The contact is sealed at rest and shown to the handlers alone."""

    class Finding(models.TextChoices):
        UPHELD = "upheld", "属实"
        PARTLY = "partly", "部分属实"
        UNFOUNDED = "unfounded", "不属实"

    class Channel(models.TextChoices):
        WEB = "web", "网上"
        LETTER = "letter", "来信"
        PHONE = "phone", "来电"
        VISIT = "visit", "来访"

    receipt = models.CharField("受理编号", max_length=24, unique=True)
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="objections", verbose_name="公示")
    item = models.ForeignKey(
        NoticeItem,
        models.PROTECT,
        null=True,
        related_name="objections",
        verbose_name="针对的任务",
        help_text="空着是整份公示",
    )
    channel = models.CharField("渠道", max_length=8, choices=Channel, default=Channel.WEB)
    postmarked_on = models.DateField("邮戳日期", null=True, help_text="来信以邮戳日期为准")
    entered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    handler = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="承办人")
    question = models.CharField("验证题", max_length=32, null=True, unique=True, help_text="一道题只能提交一次")
    text = models.TextField("异议内容", max_length=5000)
    contact_sealed = models.TextField("联系方式（密文）", blank=True)
    sender_mark = models.CharField("来处标记", max_length=64, blank=True, help_text="限制频次用，不能还原")
    received_on = models.DateField("收到日期")
    received_at = models.DateTimeField("收到时间", default=clock.now)
    due_on = models.DateField("答复期限")
    finding = models.CharField("核查结论", max_length=10, choices=Finding, blank=True)
    answer = models.TextField("答复", blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="答复人")
    answered_at = models.DateTimeField("答复时间", null=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = "异议"
        ordering: ClassVar = ["due_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, finding="", answer="", answered_by__isnull=True)
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(finding="") & ~Q(answer="")),
                name="answer_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(finding__in=["", "upheld", "partly", "unfounded"]), name="finding_is_known"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["web", "letter", "phone", "visit"]), name="objection_channel_is_known"
            ),
            models.CheckConstraint(
                condition=Q(channel="web", entered_by__isnull=True) | (~Q(channel="web") & Q(entered_by__isnull=False)),
                name="objection_entered_by_the_office",
            ),
            models.CheckConstraint(
                condition=Q(postmarked_on__isnull=True)
                | Q(channel="letter", postmarked_on__lte=models.F("received_on")),
                name="only_letters_have_postmarks",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["sender_mark", "received_at"], name="objection_by_sender")]

    def __str__(self) -> str:
        return self.receipt

    @property
    def contact(self) -> str:
        return unseal(self.contact_sealed)

    @property
    def raised_on(self) -> date:
        """The day that decides whether it came in time: a letter's postmark, else the day it was received."""
        return self.postmarked_on or self.received_on

    @property
    def is_open(self) -> bool:
        return self.answered_at is None


class ObjectionFile(models.Model):
    """What came with an objection. Read by its handlers; no public address leads to it."""

    objection = models.ForeignKey(Objection, models.PROTECT, related_name="files")
    stored = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField("文件名", max_length=160)

    class Meta:
        verbose_name = "异议附件"
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.name
