from typing import BinaryIO, ClassVar, cast

from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q

from zhenggai.audit import clock


class StoredFile(models.Model):
    """The bytes of a file, kept once by their SHA-256; who uses it and under which name is the user's row."""

    sha256 = models.CharField("SHA-256", max_length=64, unique=True)
    size = models.PositiveBigIntegerField("字节")
    media_type = models.CharField("类型", max_length=100)
    stored_at = models.DateTimeField("收到时间", default=clock.now)

    class Meta:
        verbose_name = "文件"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="file_digest_is_sha256"),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def path(self) -> str:
        """Where the storage keeps it."""
        return f"{self.sha256[:2]}/{self.sha256[2:4]}/{self.sha256}"

    def open(self) -> BinaryIO:
        """The bytes, for reading."""
        return cast(BinaryIO, default_storage.open(self.path))


class Counter(models.Model):
    """The last number given out in a series (receipts of a day, papers of a year). Numbers are never given twice."""

    series = models.CharField("编号系列", max_length=60, unique=True)
    last = models.PositiveIntegerField("最后一号")

    class Meta:
        verbose_name = "编号"

    def __str__(self) -> str:
        return f"{self.series} {self.last}"
