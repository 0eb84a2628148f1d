from typing import ClassVar

from django.db import models
from django.db.models import Q

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.ledger.models import Plan
from zhenggai.publicity.models.notices import Notice


class PublicName(models.Model):
    """A person whose name may stand in what is public (领导、联系人): other names are stopped by the release check."""

    place = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="区划")
    name = models.CharField("姓名", max_length=20)
    post = models.CharField("职务", max_length=60)
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="列入人")
    added_at = models.DateTimeField("列入时间", default=clock.now)
    ended_at = models.DateTimeField("移出时间", null=True)

    class Meta:
        verbose_name = "公开名单"
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["place", "name"], condition=Q(ended_at__isnull=True), name="public_name_once_in_a_place"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.post}）"


class Release(models.Model):
    """What the release check found before something became public, and why what stands was let through.

    `findings`: [{"where", "kind", "shown", "removed", "reason"}]; numbers are masked in `shown`. Rows are only added.
    """

    notice = models.ForeignKey(Notice, models.PROTECT, null=True, related_name="releases", verbose_name="公示")
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, related_name="releases", verbose_name="方案")
    findings = models.JSONField("检查结果", default=list)
    released_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="发布人")
    released_at = models.DateTimeField("发布时间", default=clock.now)

    class Meta:
        verbose_name = "发布检查"
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(notice__isnull=False, plan__isnull=True) | Q(notice__isnull=True, plan__isnull=False),
                name="release_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.notice or self.plan}的发布检查"
