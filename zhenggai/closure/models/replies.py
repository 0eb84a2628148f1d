"""What the complainant says after a complaint piece was struck off, by a link that works once and needs no account."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.documents.secrecy import unseal
from zhenggai.ledger.models import Task


class Reply(models.Model):
    """One link and its answer. The link itself is kept nowhere, only its mark; what was written is sealed at rest."""

    class Opinion(models.TextChoices):
        FIXED = "fixed", "解决了"
        PARTLY = "partly", "解决了一部分"
        NOT = "not", "没有解决"

    class Found(models.TextChoices):
        STANDS = "stands", "核查：已解决"
        SLIPPED = "slipped", "核查：确有反弹或没有解决"

    task = models.ForeignKey(Task, models.PROTECT, related_name="replies")
    mark = models.CharField("链接的摘要", max_length=64, unique=True)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="发链接的人")
    made_at = models.DateTimeField("发链接的时间", default=clock.now)
    expires_on = models.DateField("有效至")
    opinion = models.CharField("答复", max_length=8, choices=Opinion, blank=True)
    text_sealed = models.TextField("说明（密文）", blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    found = models.CharField("核查结论", max_length=8, choices=Found, blank=True)
    found_text = models.CharField("核查情况", max_length=1000, blank=True)
    reviewed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="核查人")
    reviewed_on = models.DateField("核查日期", null=True)

    class Meta:
        verbose_name = "信访人评价"
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task"], condition=Q(opinion=""), name="one_open_link_a_task"),
            models.CheckConstraint(condition=Q(opinion__in=["", "fixed", "partly", "not"]), name="opinion_is_known"),
            models.CheckConstraint(
                condition=Q(opinion="", answered_at__isnull=True, text_sealed="")
                | (~Q(opinion="") & Q(answered_at__isnull=False)),
                name="reply_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(found="", reviewed_by__isnull=True, reviewed_on__isnull=True)
                | (
                    Q(opinion="not", found__in=["stands", "slipped"], reviewed_by__isnull=False)
                    & Q(reviewed_on__isnull=False) & ~Q(found_text="")
                ),
                name="review_answers_a_not",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.task.number}信访人评价"

    @property
    def text(self) -> str:
        return unseal(self.text_sealed)
