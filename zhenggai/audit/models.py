from typing import ClassVar

from django.db import models


class Entry(models.Model):
    """One step that someone took. Rows are only added: the database assigns seq and digests and refuses the rest."""

    seq = models.BigAutoField("序号", primary_key=True)
    at = models.DateTimeField("时间")
    recorded_at = models.DateTimeField("入库时间", db_default=models.functions.Now(), editable=False)
    actor_id = models.BigIntegerField("谁", null=True)
    actor_name = models.CharField("姓名或岗位", max_length=120)
    actor_unit = models.CharField("单位", max_length=200, blank=True)
    verb = models.CharField("做了什么", max_length=64)
    target_type = models.CharField("对象类型", max_length=64)
    target_id = models.BigIntegerField("对象", null=True)
    task_id = models.BigIntegerField("任务", null=True)
    before = models.JSONField("之前", null=True)
    after = models.JSONField("之后", null=True)
    note = models.TextField("说明", blank=True)
    source = models.CharField("来处", max_length=120, blank=True)
    previous = models.CharField("前一条摘要", max_length=64, editable=False, default="")
    digest = models.CharField("摘要", max_length=64, editable=False, default="")

    class Meta:
        verbose_name = "审计记录"
        ordering: ClassVar = ["-seq"]
        indexes: ClassVar = [
            models.Index(fields=["task_id", "-seq"], name="audit_task", condition=models.Q(task_id__isnull=False)),
            models.Index(fields=["target_type", "target_id", "-seq"], name="audit_target"),
            models.Index(fields=["actor_id", "-seq"], name="audit_actor"),
            models.Index(fields=["verb", "-seq"], name="audit_verb"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.actor_name} {self.verb}"
