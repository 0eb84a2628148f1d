"""How a closing ends: the strike-off and its filing upward."""

from django.db import models

from zhenggai.accounts.models import Person
from zhenggai.closure.models.applications import Application
from zhenggai.documents.models import StoredFile
from zhenggai.ledger.models import Task
from zhenggai.publicity.models import Notice


class StrikeOff(models.Model):
    """The strike-off (销号): by whom, on which notice and which application it rests."""

    task = models.OneToOneField(Task, models.PROTECT, related_name="strike_off")
    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="+")
    struck_off_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="批准人")
    struck_off_on = models.DateField("销号日期")
    note = models.CharField("意见", max_length=500, blank=True)
    paper = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="销号登记表")

    class Meta:
        verbose_name = "销号"

    def __str__(self) -> str:
        return f"{self.task} 销号"


class Filing(models.Model):
    """The filing upward (备案) of a strike-off."""

    strike_off = models.OneToOneField(StrikeOff, models.PROTECT, related_name="filing")
    sent_to = models.CharField("报送", max_length=120)
    reference = models.CharField("备案文号", max_length=80, blank=True)
    filed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="经办人")
    filed_on = models.DateField("备案日期")
    package = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="案卷")

    class Meta:
        verbose_name = "备案"

    def __str__(self) -> str:
        return f"{self.strike_off.task} 备案"
