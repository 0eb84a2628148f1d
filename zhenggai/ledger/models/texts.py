from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from zhenggai.ledger.models.tasks import Task


class TaskText(models.Model):
    """What a task is found by: the neighbouring pairs of characters of its number, headline and failing. The database
    writes them whenever one of the three is written. They stand in a table of their own: a task's row changes often, and
    its words hardly ever."""

    task = models.OneToOneField(Task, models.PROTECT, primary_key=True, related_name="text", verbose_name="任务")
    pairs = ArrayField(models.TextField(), verbose_name="字对")

    objects: ClassVar[models.Manager[TaskText]]

    class Meta:
        verbose_name = "查找用的字"
        indexes: ClassVar = [GinIndex(fields=["pairs"], name="task_text_pairs")]

    def __str__(self) -> str:
        return f"任务{self.pk}的字"
