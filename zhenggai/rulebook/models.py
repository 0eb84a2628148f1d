from functools import cached_property
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.rulebook.querysets import RulebookQuerySet
from zhenggai.rulebook.rules import RuleError, Rules, rules_from


def check_rules(data: dict[str, object]) -> None:
    """A rulebook's JSON must be rules that can be followed."""
    try:
        rules_from(data)
    except RuleError as error:
        raise ValidationError(str(error)) from error


class Rulebook(models.Model):
    """One version of a place's rules. It counts from a date on, is never rewritten, and needs a second person."""

    place = models.ForeignKey(Unit, models.PROTECT, related_name="rulebooks", verbose_name="区划")
    name = models.CharField("版本", max_length=60, help_text="如：2026年2月版")
    effective_from = models.DateField("生效日期", help_text="从这一天起的新环节按本版；在途的不变")
    data = models.JSONField("条目", default=dict, validators=[check_rules])
    drafted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="起草人")
    drafted_at = models.DateTimeField("起草时间", default=clock.now)
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="批准人")
    approved_at = models.DateTimeField("批准时间", null=True)

    objects = RulebookQuerySet.as_manager()

    class Meta:
        verbose_name = "制度"
        ordering: ClassVar = ["-effective_from", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["place", "name"], name="rulebook_name_once"),
            models.UniqueConstraint(
                fields=["place", "effective_from"],
                condition=Q(approved_at__isnull=False),
                name="one_rulebook_from_a_date",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | Q(drafted_by__isnull=True) | ~Q(approved_by=F("drafted_by")),
                name="rulebook_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"《制度》{self.name}"

    @cached_property
    def rules(self) -> Rules:
        return rules_from(self.data)

    @property
    def is_draft(self) -> bool:
        return self.approved_at is None
