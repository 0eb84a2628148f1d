from typing import Any

from django import forms

from zhenggai.supervision.forms.fields import PlaceForm, TasksField, date_input, lines
from zhenggai.supervision.models import Consultation


class AskForm(PlaceForm):
    tasks = TasksField(label="任务", widget=lines(2))
    problem = forms.CharField(label="遇到的问题", min_length=5, max_length=2000, widget=lines(4),
                              help_text="卡在哪里、为什么本单位解决不了")  # fmt: skip
    asked = forms.CharField(label="请求协调的事项", min_length=5, max_length=1000, widget=lines(3))


class TakeUpForm(PlaceForm):
    accept = forms.TypedChoiceField(
        label="受理意见", choices=[("yes", "受理"), ("no", "不予受理")], widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
    )  # fmt: skip
    reason = forms.CharField(label="理由", max_length=500, widget=lines(2), help_text="提请单位会看到")
    form = forms.ChoiceField(label="形式", choices=[("", "—"), *Consultation.Form.choices], required=False)
    planned_on = forms.DateField(label="拟定日期", widget=date_input(), required=False)
    where = forms.CharField(label="地点", max_length=120, required=False)
    invited = forms.CharField(label="参加单位", max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("accept"):
            for name, words in (("form", "受理要写明以什么形式会商"), ("planned_on", "受理要写明哪一天会商")):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, words)
        return data


class ConcludeForm(PlaceForm):
    held_on = forms.DateField(label="召开日期", widget=date_input())
    form = forms.ChoiceField(label="形式", choices=Consultation.Form.choices)
    where = forms.CharField(label="地点", max_length=120, required=False)
    invited = forms.CharField(label="参加单位", max_length=300, required=False)
    conclusion = forms.CharField(label="会商结论", min_length=5, max_length=3000, widget=lines(5),
                                 help_text="写进每项任务的全过程：定了什么、谁办、什么时候办完")  # fmt: skip
