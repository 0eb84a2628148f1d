from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.ledger.models import Task
from zhenggai.supervision.querysets import ConsultationQuerySet


class Consultation(models.Model):
    """A consultation on a great matter (重大问题会商): asked by a unit, taken up or declined by the coordination team, held
    as a meeting or on site, concluded in writing."""

    class Form(models.TextChoices):
        MEETING = "meeting", "协商座谈会"
        ON_SITE = "on_site", "现场研究会"

    class State(models.TextChoices):
        REQUESTED = "requested", "待受理"
        ACCEPTED = "accepted", "已受理"
        DECLINED = "declined", "不予受理"
        CONCLUDED = "concluded", "已有结论"

    place = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="受理区划")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="consultations", verbose_name="提请单位")
    problem = models.TextField("遇到的问题", max_length=2000)
    asked = models.TextField("请求协调的事项", max_length=1000)
    state = models.CharField("环节", max_length=10, choices=State, default=State.REQUESTED)
    requested_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="提请人")
    requested_at = models.DateTimeField("提请时间", default=clock.now)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="受理人")
    decided_at = models.DateTimeField("受理时间", null=True)
    decision_reason = models.CharField("受理意见", max_length=500, blank=True)
    form = models.CharField("形式", max_length=10, choices=Form, blank=True)
    planned_on = models.DateField("拟定日期", null=True)
    where = models.CharField("地点", max_length=120, blank=True)
    invited = models.CharField("参加单位", max_length=300, blank=True)
    held_on = models.DateField("召开日期", null=True)
    conclusion = models.TextField("会商结论", max_length=3000, blank=True)
    concluded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="记录人")
    concluded_at = models.DateTimeField("记录时间", null=True)
    tasks: models.ManyToManyField[Task, ConsultationTask] = models.ManyToManyField(
        Task, through="ConsultationTask", related_name="consultations"
    )

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = "会商"
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["requested", "accepted", "declined", "concluded"]),
                name="consultation_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(form__in=["", "meeting", "on_site"]), name="consultation_form_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="requested", decided_by__isnull=True, decided_at__isnull=True)
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(state="requested")
                   & ~Q(decision_reason="")),
                name="consultation_decision_has_its_reason",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="consultation_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "concluded"]) | (~Q(form="") & Q(planned_on__isnull=False)),
                name="accepted_consultation_is_planned",
            ),
            models.CheckConstraint(
                condition=(Q(state="concluded", held_on__isnull=False, concluded_by__isnull=False,
                             concluded_at__isnull=False) & ~Q(conclusion=""))
                | (~Q(state="concluded") & Q(held_on__isnull=True, concluded_by__isnull=True, conclusion="")),
                name="concluded_consultation_is_whole",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [models.Index(fields=["place", "state"], name="consultation_by_place")]

    def __str__(self) -> str:
        return f"会商{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("consultation", args=[self.pk])


class ConsultationTask(models.Model):
    """A task on which a consultation was asked."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="links")
    task = models.ForeignKey(Task, models.PROTECT, related_name="consultation_links")

    class Meta:
        verbose_name = "会商的任务"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["consultation", "task"], name="task_once_in_a_consultation")
        ]

    def __str__(self) -> str:
        return f"{self.consultation} {self.task_id}"
