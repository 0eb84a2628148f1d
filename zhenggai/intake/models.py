from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.documents.models import StoredFile
from zhenggai.intake.querysets import ItemQuerySet, ProposalQuerySet, ReadingQuerySet
from zhenggai.ledger.models import Inspection, Plan, Task

LONGEST_REFUSAL = 600
LONGEST = timedelta(seconds=settings.SCAN_SECONDS + 60)  # that a reading may take, with its turn


class Proposal(models.Model):
    """What was read out of an uploaded document. It stands beside the ledger until a person accepts it."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="proposals", verbose_name="督察")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="proposals", verbose_name="原件")
    file_name = models.CharField("文件名", max_length=200)
    title = models.CharField("标题", max_length=200, blank=True)
    document_number = models.CharField("文号", max_length=60, blank=True)
    text = models.TextField("清理后的全文", help_text="字段的出处是这段文字里的起止")
    warnings = models.JSONField("存疑", default=list)
    unread = models.JSONField("未读入的段落", default=list, help_text="原文里没有归到任何一处的段落，各记起止")
    plan = models.OneToOneField(Plan, models.PROTECT, null=True, related_name="proposal", verbose_name="方案")
    revises = models.ForeignKey(
        Plan, models.PROTECT, null=True, related_name="revisions", verbose_name="修订的方案",
        help_text="这份文件是哪份已入账方案的新版本",
    )  # fmt: skip
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="上传人")
    created_at = models.DateTimeField("上传时间", default=clock.now)
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="撤回人")
    withdrawn_at = models.DateTimeField("撤回时间", null=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "导入"
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["inspection", "file"],
                condition=Q(withdrawn_at__isnull=True),
                name="a_document_is_imported_once",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(plan__isnull=True), name="accepted_import_stays"
            ),
            models.CheckConstraint(
                condition=Q(revises__isnull=True) | Q(plan__isnull=True), name="a_revision_makes_no_second_plan"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.file_name

    def left_out(self) -> models.QuerySet[Task]:
        """The tasks of the revised plan of which this new version does not speak."""
        spoken_of = self.items.filter(matches__isnull=False).values("matches")
        return Task.objects.filter(plan=self.revises).exclude(pk__in=spoken_of).order_by("serial")


class Reading(models.Model):
    """An uploaded document that takes longer to read than one waits for. It ends with a proposal, or with why there is none."""

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="readings", verbose_name="原件")
    file_name = models.CharField("文件名", max_length=200)
    place = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="区划")
    inspection = models.ForeignKey(Inspection, models.PROTECT, null=True, related_name="+", verbose_name="督察")
    registers = models.JSONField("新登记的督察", default=dict, help_text="名称、前缀、类型；选了已有督察的为空")
    revises = models.ForeignKey(Plan, models.PROTECT, null=True, related_name="+", verbose_name="修订的方案")
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="上传人")
    created_at = models.DateTimeField("上传时间", default=clock.now)
    ended_at = models.DateTimeField("读完时间", null=True)
    proposal = models.OneToOneField(Proposal, models.PROTECT, null=True, related_name="reading", verbose_name="导入")
    refusal = models.CharField("没有读出来的原因", max_length=LONGEST_REFUSAL, blank=True)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        verbose_name = "读取"
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, proposal__isnull=True, refusal="")
                | (
                    Q(ended_at__isnull=False)
                    & (Q(proposal__isnull=False, refusal="") | (Q(proposal__isnull=True) & ~Q(refusal="")))
                ),
                name="a_reading_ends_in_one_way",
            ),
            models.CheckConstraint(
                condition=Q(inspection__isnull=False, registers={}) | (Q(inspection__isnull=True) & ~Q(registers={})),
                name="a_reading_is_for_one_inspection",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_lost(self) -> bool:
        """Whether the website stopped while it was being read: it would have ended long ago."""
        return self.ended_at is None and clock.now() > self.created_at + LONGEST


class Item(models.Model):
    """One task as the document gives it, in the extraction format, and what was decided about it.

    `read` is what the grammar made of the document and stays; `data` is what a person made of it and enters the ledger.
    """

    class Decision(models.TextChoices):
        PENDING = "pending", "未核对"
        ACCEPTED = "accepted", "已入账"
        REJECTED = "rejected", "不入账"
        MERGED = "merged", "已并入"

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="items")
    position = models.PositiveIntegerField("次序")
    serial = models.PositiveIntegerField("序号")
    read = models.JSONField("读出的内容")
    data = models.JSONField("内容")
    edit_reason = models.CharField("修改的理由", max_length=300, blank=True)
    added_reason = models.CharField(
        "补录的理由", max_length=300, blank=True, help_text="读取时漏掉、由人补上的一项才有"
    )
    doubtful = models.BooleanField("存疑", default=False)
    decision = models.CharField("结果", max_length=8, choices=Decision, default=Decision.PENDING)
    reason = models.CharField("理由", max_length=300, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="核对人")
    decided_at = models.DateTimeField("核对时间", null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged", verbose_name="并入的一项")
    matches = models.ForeignKey(
        Task, models.PROTECT, null=True, related_name="+", verbose_name="台账里的任务", help_text="修订方案时对照的任务"
    )
    differs = models.BooleanField("和台账有差别", default=False)
    task = models.ForeignKey(Task, models.PROTECT, null=True, related_name="intake_items", verbose_name="任务")

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = "导入的任务"
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["proposal", "position"], name="item_position_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.UniqueConstraint(
                fields=["task"], condition=Q(matches__isnull=True), name="a_task_comes_from_one_item"
            ),
            models.CheckConstraint(
                condition=Q(decision__in=["pending", "accepted", "rejected", "merged"]), name="decision_is_known"
            ),
            models.CheckConstraint(
                condition=Q(decision="merged", merged_into__isnull=False)
                | (~Q(decision="merged") & Q(merged_into__isnull=True)),
                name="merged_item_says_into_which",
            ),
            models.CheckConstraint(
                condition=Q(decision="accepted", task__isnull=False) | (~Q(decision="accepted") & Q(task__isnull=True)),
                name="accepted_item_has_its_task",
            ),
            models.CheckConstraint(
                condition=Q(decision="pending", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(decision="pending") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="decided_item_has_its_decider",
            ),
        ]

    def __str__(self) -> str:
        return f"第{self.serial}项"

    @property
    def is_pending(self) -> bool:
        return self.decision == self.Decision.PENDING

    @property
    def is_edited(self) -> bool:
        return bool(self.edit_reason)

    @property
    def is_added(self) -> bool:
        return bool(self.added_reason)

    @property
    def start(self) -> int:
        return int(self.data["place"]["start"])

    @property
    def end(self) -> int:
        return int(self.data["place"]["end"])

    def units(self) -> dict[str, list[str]]:
        """The names that the document gives, by part of duty."""
        return {part: list(self.data.get(key) or []) for part, key in UNIT_FIELDS.items()}

    def names(self) -> list[str]:
        return [name for names in self.units().values() for name in names]

    def text_of(self, key: str) -> Any:
        return self.data.get(key)


UNIT_FIELDS = {
    "lead": "lead_units",
    "responsible": "responsible_units",
    "cooperating": "cooperating_units",
    "supervising": "supervising_units",
    "acceptance": "acceptance_units",
}
