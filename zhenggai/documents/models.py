from typing import BinaryIO, ClassVar, cast

from django.core.files.storage import default_storage
from django.db import models
from django.db.models import F, Q

from zhenggai.audit import clock
from zhenggai.documents.querysets import FileAlarmQuerySet

PICTURES = ("image/jpeg", "image/png")


class StoredFile(models.Model):
    """The bytes of a file, kept once by their SHA-256; who uses it and under which name is the user's row."""

    sha256 = models.CharField("SHA-256", max_length=64, unique=True)
    size = models.PositiveBigIntegerField("字节")
    media_type = models.CharField("类型", max_length=100)
    stored_at = models.DateTimeField("收到时间", default=clock.now)
    checked_at = models.DateTimeField("上次核对", null=True, help_text="重新读过，大小和摘要都比过")

    class Meta:
        verbose_name = "文件"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="file_digest_is_sha256"),
        ]
        indexes: ClassVar = [models.Index(F("checked_at").asc(nulls_first=True), "id", name="file_by_check")]

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def is_picture(self) -> bool:
        return self.media_type in PICTURES

    @property
    def path(self) -> str:
        """Where the storage keeps it."""
        return f"{self.sha256[:2]}/{self.sha256[2:4]}/{self.sha256}"

    def open(self) -> BinaryIO:
        """The bytes, for reading."""
        return cast(BinaryIO, default_storage.open(self.path))


class PhotoFacts(models.Model):
    """When and where a picture was taken, as its camera says (photo.py). Both may be missing, neither is proof: a clock
    can be wrong. Kept with the file; pictures shown to people carry none of it."""

    stored = models.OneToOneField(StoredFile, models.PROTECT, related_name="photo", verbose_name="文件")
    taken_at = models.DateTimeField("拍摄时间", null=True)
    latitude = models.DecimalField("纬度", max_digits=8, decimal_places=6, null=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True)
    read_at = models.DateTimeField("读取时间", default=clock.now)

    class Meta:
        verbose_name = "照片信息"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    latitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__isnull=False,
                    longitude__range=(-180, 180),
                ),
                name="photo_place_is_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stored}的照片信息"

    @property
    def place_words(self) -> str:
        """北纬31.24000°，东经120.50000°; empty when the camera says nothing."""
        if self.latitude is None or self.longitude is None:
            return ""
        north, east = ("北纬", "南纬")[self.latitude < 0], ("东经", "西经")[self.longitude < 0]
        return f"{north}{abs(self.latitude):.5f}°，{east}{abs(self.longitude):.5f}°"


class FileAlarm(models.Model):
    """A stored file that is not there, or is not what was received (checking.py). Stays until the right content is back,
    and after that as what has been."""

    class Kind(models.TextChoices):
        MISSING = "missing", "文件不见了"
        CHANGED = "changed", "内容和收到时不同"
        UNREADABLE = "unreadable", "文件读不出来"

    stored = models.ForeignKey(StoredFile, models.PROTECT, related_name="alarms", verbose_name="文件")
    kind = models.CharField("情况", max_length=12, choices=Kind)
    detail = models.CharField("查到的", max_length=300, blank=True)
    found_at = models.DateTimeField("发现时间", default=clock.now)
    mended_at = models.DateTimeField("恢复时间", null=True)

    objects = FileAlarmQuerySet.as_manager()

    class Meta:
        verbose_name = "文件告警"
        ordering: ClassVar = ["-found_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["stored"], condition=Q(mended_at__isnull=True), name="one_open_alarm_a_file"
            ),
            models.CheckConstraint(
                condition=Q(mended_at__isnull=True) | Q(mended_at__gte=F("found_at")), name="mended_after_it_was_found"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["missing", "changed", "unreadable"]), name="file_alarm_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stored}：{self.get_kind_display()}"


class Counter(models.Model):
    """The last number given out in a series (receipts of a day, papers of a year). Numbers are never given twice."""

    series = models.CharField("编号系列", max_length=60, unique=True)
    last = models.PositiveIntegerField("最后一号")

    class Meta:
        verbose_name = "编号"

    def __str__(self) -> str:
        return f"{self.series} {self.last}"
