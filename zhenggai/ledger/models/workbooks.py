from typing import ClassVar

from django.db import models
from django.db.models import Q

from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.documents.models import StoredFile
from zhenggai.ledger.models.tasks import Plan, Task


class Workbook(models.Model):
    """A table that somebody sent: the ledger's own, changed in Excel or WPS; or one of the time before this system. Nothing
    of it stands in the ledger before its rows are accepted."""

    class Kind(models.TextChoices):
        CHANGES = "changes", "改过的台账"
        HISTORY = "history", "历史台账"

    kind = models.CharField("种类", max_length=8, choices=Kind)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="原件")
    file_name = models.CharField("文件名", max_length=200)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="上传人")
    at = models.DateTimeField("上传时间", default=clock.now)
    head = models.JSONField("表头", default=list, help_text="列号和列名")
    mapping = models.JSONField("各列是什么", default=dict, help_text="列号 → 字段")
    total = models.PositiveIntegerField("行数", default=0)
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, related_name="+", verbose_name="载入的方案")
    ended_at = models.DateTimeField("办结时间", null=True)

    class Meta:
        verbose_name = "上传的表"
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["changes", "history"]), name="workbook_kind_is_known")
        ]
        indexes: ClassVar = [models.Index(fields=["by", "-id"], name="workbook_by_person")]

    def __str__(self) -> str:
        return self.file_name


class WorkbookRow(models.Model):
    """One row of a table that was sent. `cells` as they were (column → text); `edits` what it would change."""

    class Status(models.TextChoices):
        CHANGE = "change", "有改动"
        CONFLICT = "conflict", "台账也改了"
        ERROR = "error", "有错"
        ACCEPTED = "accepted", "已采纳"

    workbook = models.ForeignKey(Workbook, models.CASCADE, related_name="rows")
    row = models.PositiveIntegerField("行号")
    number = models.CharField("序号", max_length=200, blank=True)
    task = models.ForeignKey(Task, models.PROTECT, null=True, related_name="+", verbose_name="任务")
    status = models.CharField("情况", max_length=8, choices=Status)
    edits = models.JSONField("改动", default=list)
    cells = models.JSONField("原样", default=dict)

    class Meta:
        verbose_name = "上传的行"
        ordering: ClassVar = ["row"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workbook", "row"], name="workbook_row_once"),
            models.CheckConstraint(
                condition=Q(status__in=["change", "conflict", "error", "accepted"]), name="row_status_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"第{self.row}行"
