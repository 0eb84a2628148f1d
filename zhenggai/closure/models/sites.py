"""What acceptors saw on site, told from a phone, often without a signal and sent later."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.closure.models.applications import Verdict
from zhenggai.documents.models import PhotoFacts, StoredFile
from zhenggai.ledger.models import Task


class SiteCheck(models.Model):
    """One visit for one level of acceptance. `client_id` is made on the phone: what is sent twice arrives once. The place is
    the phone's own, and may be missing; that is said on the page, not refused."""

    class Found(models.TextChoices):
        HOLDS = "holds", "现场与材料一致"
        PARTLY = "partly", "部分一致"
        DIFFERS = "differs", "现场与材料不一致"

    client_id = models.UUIDField("手机上的编号", unique=True)
    task = models.ForeignKey(Task, models.PROTECT, related_name="site_checks")
    verdict = models.ForeignKey(Verdict, models.PROTECT, related_name="site_checks")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="核查单位")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="核查人")
    found = models.CharField("现场情况", max_length=8, choices=Found)
    text = models.TextField("看到什么", max_length=2000)
    made_at = models.DateTimeField("核查时间", help_text="手机上的时间")
    received_at = models.DateTimeField("收到时间", default=clock.now)
    latitude = models.DecimalField("纬度", max_digits=8, decimal_places=6, null=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True)
    accuracy = models.PositiveIntegerField("误差（米）", null=True)

    class Meta:
        verbose_name = "现场核查"
        ordering: ClassVar = ["made_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(found__in=["holds", "partly", "differs"]), name="site_found_is_known"),
            models.CheckConstraint(condition=~Q(text=""), name="site_check_says_what_was_seen"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="site_is_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}现场核查"

    @property
    def place_words(self) -> str:
        """北纬31.24000°，东经120.50000°，误差12米; or that the phone gave no place."""
        if self.latitude is None or self.longitude is None:
            return "没有位置"
        north, east = ("北纬", "南纬")[self.latitude < 0], ("东经", "西经")[self.longitude < 0]
        within = f"，误差{self.accuracy}米" if self.accuracy is not None else ""
        return f"{north}{abs(self.latitude):.5f}°，{east}{abs(self.longitude):.5f}°{within}"


class SitePhoto(models.Model):
    """A photo of a site check; what its camera says of time and place is the stored file's (documents.PhotoFacts)."""

    check_made = models.ForeignKey(SiteCheck, models.PROTECT, related_name="photos")
    stored = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="照片")
    name = models.CharField("文件名", max_length=200)

    class Meta:
        verbose_name = "现场照片"
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def facts(self) -> PhotoFacts:
        """What the camera says; empty facts where it says nothing or was not read yet."""
        known: PhotoFacts | None = getattr(self.stored, "photo", None)
        return known or PhotoFacts()
