from typing import ClassVar

from django.db import models

from zhenggai.accounts.models import Person, Unit


class SavedView(models.Model):
    """A list as somebody wants to find it again: the filters' address under a name; shared with a place or one's own."""

    owner = models.ForeignKey(Person, models.CASCADE, related_name="saved_views")
    name = models.CharField("名称", max_length=30)
    query = models.CharField("条件", max_length=500)
    shared_with = models.ForeignKey(
        Unit, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="共享给"
    )

    class Meta:
        verbose_name = "常用视图"
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "name"], name="view_name_once")]

    def __str__(self) -> str:
        return self.name


class ColumnChoice(models.Model):
    """Which columns of the ledger a person wants to see, in which order (keys of columns.py)."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="ledger_columns")
    keys = models.JSONField("列", default=list)

    class Meta:
        verbose_name = "列的选择"

    def __str__(self) -> str:
        return f"{self.person}的列"
