from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from zhenggai.accounts.models import Person
from zhenggai.audit import clock

UNDO_FOR = timedelta(minutes=30)


class BulkChange(models.Model):
    """One particular that somebody set of many tasks at once, and what stood there before: until UNDO_FOR has passed who
    did it may take it back."""

    key = models.CharField("补充信息", max_length=20)
    label = models.CharField("办了什么", max_length=40)
    value = models.CharField("写入的内容", max_length=400)
    rows = models.JSONField("各项任务", default=list, help_text="每项：任务、原来的内容、写入后的内容")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="办理人")
    at = models.DateTimeField("办理时间", default=clock.now)
    undone_at = models.DateTimeField("撤销时间", null=True)
    undone = models.PositiveIntegerField("撤销项数", default=0)

    class Meta:
        verbose_name = "批量办理"
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone=0) | Q(undone_at__gte=models.F("at")),
                name="bulk_undone_after_it_was_done",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["by", "-at"], name="bulk_by_person")]

    def __str__(self) -> str:
        return f"{self.label}“{self.value}”{len(self.rows)}项"

    def get_absolute_url(self) -> str:
        return reverse("bulk_change", args=[self.pk])

    @property
    def until(self) -> datetime:
        """Until when it may be taken back."""
        return self.at + UNDO_FOR
