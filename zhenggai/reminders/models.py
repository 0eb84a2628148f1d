from typing import ClassVar

from django.db import models
from django.db.models import Q

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.documents.secrecy import unseal
from zhenggai.reminders.querysets import ChannelQuerySet

SEEN_AT_MOST = 1000  # marks of one person; queues show at most 50 rows each


class Habit(models.Model):
    """How a person wants to be reminded, and what of the own work the person has seen. One row a person, not one an event:
    what is new is worked out from the queues."""

    class Days(models.TextChoices):
        WORKDAYS = "workdays", "工作日发；休息日只在2天内有到期的才发"
        WEEKLY = "weekly", "每周第一个工作日发"
        NEVER = "never", "不发"

    person = models.OneToOneField(Person, models.CASCADE, related_name="habit", verbose_name="人员")
    days = models.CharField("什么时候发邮件", max_length=10, choices=Days, default=Days.WORKDAYS)
    seen = models.JSONField("看过的", default=list, help_text="各队列里看过的行的记号")
    seen_at = models.DateTimeField("上次看的时间", null=True)

    class Meta:
        verbose_name = "提醒设置"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(days__in=["workdays", "weekly", "never"]), name="habit_days_are_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person}的提醒"


class Sent(models.TextChoices):
    SENDING = "sending", "正在发"
    SENT = "sent", "已发"
    FAILED = "failed", "没有发成"


class Digest(models.Model):
    """The one letter that a person may get on a day. The row stands before the letter leaves: what then breaks off is not
    sent twice. A letter that the server refused may be tried again the same day."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="digests", verbose_name="人员")
    day = models.DateField("日期")
    state = models.CharField("状态", max_length=8, choices=Sent, default=Sent.SENDING)
    tries = models.PositiveSmallIntegerField("第几次", default=1)
    subject = models.CharField("标题", max_length=200)
    items = models.PositiveIntegerField("几件", default=0)
    error = models.CharField("没有发成的原因", max_length=300, blank=True)
    at = models.DateTimeField("时间", default=clock.now)

    class Meta:
        verbose_name = "每日一封"
        ordering: ClassVar = ["-day", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "day"], name="one_letter_a_person_a_day"),
            models.CheckConstraint(condition=Q(state__in=["sending", "sent", "failed"]), name="digest_state_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.day}"


class Channel(models.Model):
    """A group of DingTalk, WeCom or Feishu that hears of one place once a day. Its address is a secret: who knows it may
    write into the group."""

    class Kind(models.TextChoices):
        DINGTALK = "dingtalk", "钉钉群机器人"
        WECOM = "wecom", "企业微信群机器人"
        FEISHU = "feishu", "飞书群机器人"
        OTHER = "other", "其他"

    place = models.ForeignKey(Unit, models.PROTECT, related_name="channels", verbose_name="区划")
    name = models.CharField("群名", max_length=60)
    kind = models.CharField("哪一种", max_length=10, choices=Kind)
    sealed = models.TextField("地址（加密）")
    is_on = models.BooleanField("启用", default=True)
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="添加人")
    added_at = models.DateTimeField("添加时间", default=clock.now)
    tested_at = models.DateTimeField("上次试发", null=True)
    test_error = models.CharField("试发的结果", max_length=300, blank=True)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        verbose_name = "群通知"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["place", "name"], name="channel_name_once"),
            models.CheckConstraint(condition=~Q(sealed=""), name="channel_has_its_address"),
            models.CheckConstraint(
                condition=Q(kind__in=["dingtalk", "wecom", "feishu", "other"]), name="channel_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.get_kind_display()}）"

    @property
    def address(self) -> str:
        """The opened address, as apprise takes it. Never shown."""
        return unseal(self.sealed)


class ChannelPost(models.Model):
    """The one message of a day to a channel."""

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="posts", verbose_name="群")
    day = models.DateField("日期")
    state = models.CharField("状态", max_length=8, choices=Sent, default=Sent.SENDING)
    figures = models.JSONField("数字", default=dict)
    error = models.CharField("没有发成的原因", max_length=300, blank=True)
    at = models.DateTimeField("时间", default=clock.now)

    class Meta:
        verbose_name = "群消息"
        ordering: ClassVar = ["-day", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "day"], name="one_post_a_channel_a_day"),
            models.CheckConstraint(condition=Q(state__in=["sending", "sent", "failed"]), name="post_state_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.day}"
