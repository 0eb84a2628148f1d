from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone

from zhenggai.documents.forms import EvidenceField
from zhenggai.ledger.models import Task
from zhenggai.supervision.forms.fields import PlaceForm, TasksField, UnitField, date_input, lines
from zhenggai.supervision.models import AgendaItem, Attendee, Meeting


class PlanForm(PlaceForm):
    """When, where and under whom a meeting is to be held."""

    title = forms.CharField(label="会议名称", max_length=120)
    day = forms.DateField(label="日期", widget=date_input())
    hour = forms.TimeField(label="时间", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    where = forms.CharField(label="地点", max_length=120)
    chair = forms.CharField(label="主持人", max_length=80, help_text="写职务")

    @classmethod
    def initial_of(cls, meeting: Meeting) -> dict[str, Any]:
        at = timezone.localtime(meeting.planned_at)
        return {
            "title": meeting.title,
            "day": at.date(),
            "hour": at.time(),
            "where": meeting.where,
            "chair": meeting.chair,
        }

    def data_of(self) -> dict[str, Any]:
        """The keyword arguments of the action."""
        data = dict(self.cleaned_data)
        day: date = data.pop("day")
        hour: time = data.pop("hour")
        return data | {"planned_at": timezone.make_aware(datetime.combine(day, hour))}


class NewMeetingForm(PlanForm):
    """A new meeting; its agenda is drafted from the ledger as soon as it is saved."""

    title = forms.CharField(label="会议名称", max_length=120, required=False, help_text="空着就按月份和形式取名")
    kind = forms.ChoiceField(label="形式", choices=Meeting.Kind.choices, widget=forms.RadioSelect, initial="dispatch")
    month = forms.CharField(label="调度月份", widget=forms.TextInput(attrs={"type": "month"}))
    field_order = ("kind", "month", "day", "hour", "where", "chair", "title")

    def clean_month(self) -> date:
        try:
            return date.fromisoformat(f"{self.cleaned_data['month']}-01")
        except ValueError as error:
            raise forms.ValidationError("月份写成2026-11这样") from error


class ItemForm(PlaceForm):
    kind = forms.ChoiceField(label="种类", choices=AgendaItem.Kind.choices, initial="other")
    title = forms.CharField(label="议题", max_length=120, required=False, help_text="其他议题必填")
    text = forms.CharField(label="说明", max_length=2000, required=False, widget=lines(2))


class EditItemForm(PlaceForm):
    item = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label="议题", max_length=120)
    text = forms.CharField(label="说明", max_length=2000, required=False, widget=lines(2))


class OneItemForm(PlaceForm):
    item = forms.IntegerField(widget=forms.HiddenInput)


class MoveForm(OneItemForm):
    up = forms.BooleanField(required=False)


class SpeakerForm(PlaceForm):
    unit = UnitField(label="单位")
    speaks = forms.BooleanField(required=False, widget=forms.HiddenInput, initial=True)
    reason = forms.CharField(label="理由", max_length=300, required=False)


class InviteForm(PlaceForm):
    names = forms.CharField(
        label="参会单位", max_length=8000, required=False, widget=lines(6), help_text="一行一个单位或职务，按这个次序"
    )

    def data_of(self) -> dict[str, Any]:
        return {"names": self.cleaned_data["names"].splitlines()}


class ReasonForm(PlaceForm):
    reason = forms.CharField(label="理由", max_length=300)


class NothingForm(PlaceForm):
    """An act that asks for nothing more."""


class HoldForm(PlaceForm):
    """That the meeting was held, and who came."""

    held_on = forms.DateField(label="召开日期", widget=date_input())

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.attendees = list(meeting.attendees.order_by("position"))
        for attendee in self.attendees:
            self.fields[f"a{attendee.pk}"] = forms.ChoiceField(
                label=attendee.name, choices=Attendee.Presence.choices[1:], initial=Attendee.Presence.PRESENT,
            )  # fmt: skip

    def presence(self) -> list[Any]:
        """The fields of those who were asked."""
        return [self[f"a{attendee.pk}"] for attendee in self.attendees]

    def data_of(self) -> dict[str, Any]:
        given = {attendee.pk: self.cleaned_data[f"a{attendee.pk}"] for attendee in self.attendees}
        return {"held_on": self.cleaned_data["held_on"], "presence": given}


class DecideForm(PlaceForm):
    text = forms.CharField(label="事项", max_length=1000, widget=lines(2))
    unit = UnitField(label="承办单位")
    due = forms.DateField(label="办结期限", widget=date_input())
    tasks = TasksField(label="任务", required=False, help_text="与哪项任务有关，写编号；没有可以不写")

    def clean_tasks(self) -> list[Task]:
        tasks: list[Task] = self.cleaned_data["tasks"]
        if len(tasks) > 1:
            raise forms.ValidationError("一条议定事项写一项任务，几项的请分开写")
        return tasks

    def data_of(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        tasks = data.pop("tasks")
        return data | {"task": tasks[0] if tasks else None}


class MinutesForm(PlaceForm):
    """The minutes and what each speaker said."""

    text = forms.CharField(
        label="会议情况",
        min_length=10,
        max_length=10000,
        widget=lines(10),
        help_text="听取了什么、研究了什么、提出什么要求；议定事项另列",
    )
    attached = EvidenceField(label="附件", help_text="签字的纪要、签到表等；每个不超过20兆字节")

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.speakers = list(meeting.speakers.filter(speaks=True).select_related("unit").order_by("position"))
        for speaker in self.speakers:
            self.fields[f"s{speaker.pk}"] = forms.CharField(
                label=f"{speaker.unit}的表态", max_length=3000, required=False, widget=lines(2)
            )

    def data_of(self) -> dict[str, Any]:
        said = {speaker.pk: self.cleaned_data[f"s{speaker.pk}"] for speaker in self.speakers}
        return {"text": self.cleaned_data["text"], "statements": said, "files": self.cleaned_data["attached"]}


class ReportDoneForm(PlaceForm):
    done_on = forms.DateField(label="办结日期", widget=date_input())
    note = forms.CharField(label="办理情况", min_length=5, max_length=2000, widget=lines(4))


class SettleForm(PlaceForm):
    done = forms.TypedChoiceField(
        label="核实结果", choices=[("yes", "确已办结"), ("no", "退回再办")], widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
    )  # fmt: skip
    answer = forms.CharField(
        label="意见", max_length=500, required=False, widget=lines(3), help_text="退回必须写明理由"
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("done") is False and not data.get("answer", "").strip():
            self.add_error("answer", "退回要写明理由，承办单位才知道还差什么")
        return data
