from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.publicity.models.articles import ArticleVersion
from zhenggai.publicity.models.copies import PublishedVersion
from zhenggai.publicity.models.notices import NoticeItem


class Cover(models.Model):
    """A passage of something that once was public and that the public reads no more, because it is somebody's personal data.
    The version itself stays as it was, for who may look inside. One person asks for it and another confirms, for the same means
    could hide a failing. Rows are only added; one put in error is lifted, once.

    `field`: the text that it stands in, with the place in a list ("measures.2"); `start`, `end`: its characters.
    """

    task_version = models.ForeignKey(
        PublishedVersion, models.PROTECT, null=True, related_name="covers", verbose_name="任务的版本"
    )
    article_version = models.ForeignKey(
        ArticleVersion, models.PROTECT, null=True, related_name="covers", verbose_name="公开信息的版本"
    )
    notice_item = models.ForeignKey(
        NoticeItem, models.PROTECT, null=True, related_name="covers", verbose_name="公示的任务"
    )
    field = models.CharField("文字", max_length=24)
    start = models.PositiveIntegerField("起")
    end = models.PositiveIntegerField("止")
    reason = models.CharField("理由", max_length=200)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="提出的人")
    asked_at = models.DateTimeField("提出时间", default=clock.now)
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="确认的人")
    confirmed_at = models.DateTimeField("遮去时间", null=True)
    lifted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="恢复的人")
    lifted_at = models.DateTimeField("恢复时间", null=True)

    class Meta:
        verbose_name = "遮去的文字"
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(task_version__isnull=False, article_version__isnull=True, notice_item__isnull=True)
                | Q(task_version__isnull=True, article_version__isnull=False, notice_item__isnull=True)
                | Q(task_version__isnull=True, article_version__isnull=True, notice_item__isnull=False),
                name="cover_of_one_thing",
            ),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="cover_ends_after_it_starts"),
            models.CheckConstraint(condition=~Q(reason=""), name="cover_says_why"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | (Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=F("asked_by"))),
                name="cover_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(lifted_by__isnull=True, lifted_at__isnull=True)
                | Q(lifted_by__isnull=False, lifted_at__isnull=False),
                name="cover_lifted_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.length}个字"

    @property
    def of(self) -> PublishedVersion | ArticleVersion | NoticeItem:
        """What the passage stands in."""
        found = self.task_version or self.article_version or self.notice_item
        assert found is not None  # cover_of_one_thing
        return found

    @property
    def is_waiting(self) -> bool:
        return self.confirmed_at is None and self.lifted_at is None

    @property
    def is_in_force(self) -> bool:
        return self.confirmed_at is not None and self.lifted_at is None

    @property
    def length(self) -> int:
        return self.end - self.start
