from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from zhenggai.publicity.querysets import PublicTextQuerySet


class PublicText(models.Model):
    """The words of everything public, for the public search: one row a thing, rewritten when the thing is released anew.

    `grams`: every pair of neighbouring characters, every word and number, as a tsvector with an index (querysets.py).
    """

    class Kind(models.TextChoices):
        TASK = "task", "整改任务"
        NOTICE = "notice", "整改公示"
        ARTICLE = "article", "公开信息"

    kind = models.CharField("类别", max_length=8, choices=Kind)
    target = models.BigIntegerField("对象")
    title = models.CharField("标题", max_length=300)
    text = models.TextField("文字")
    url = models.CharField("地址", max_length=200)
    on = models.DateField("日期")
    grams = SearchVectorField("字组")

    objects = PublicTextQuerySet.as_manager()

    class Meta:
        verbose_name = "公开检索"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "target"], name="public_text_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["task", "notice", "article"]), name="public_text_kind_is_known"
            ),
        ]
        indexes: ClassVar = [GinIndex(fields=["grams"], name="public_text_grams")]

    def __str__(self) -> str:
        return self.title
