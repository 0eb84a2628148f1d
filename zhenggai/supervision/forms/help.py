from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from zhenggai.ledger.models import Task
from zhenggai.supervision.actions.help import NewStep
from zhenggai.supervision.forms.fields import PlaceForm, TasksField, UnitField, date_input, lines
from zhenggai.supervision.models import HelpPlan

ROWS = 3  # of steps in the form; more are added while the help goes on


class AskHelpForm(PlaceForm):
    """What exactly stands in the way of one task."""

    tasks = TasksField(label="任务", help_text="一项任务一份帮扶，写编号")
    kind = forms.ChoiceField(label="卡在哪一类", choices=HelpPlan.Kind.choices, widget=forms.RadioSelect)
    difficulty = forms.CharField(label="卡在哪里", min_length=10, max_length=2000, widget=lines(4),
                                 help_text="具体到哪一步、哪个手续、差多少、卡在谁那里")  # fmt: skip
    wanted = forms.CharField(label="希望得到的帮助", max_length=1000, required=False, widget=lines(2))

    def clean_tasks(self) -> list[Task]:
        tasks: list[Task] = self.cleaned_data["tasks"]
        if len(tasks) != 1:
            raise ValidationError("一点一策：一项任务一份，几项的请分开提")
        return tasks

    def data_of(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        return data | {"task": data.pop("tasks")[0]}


class StepForm(PlaceForm):
    text = forms.CharField(label="办什么", max_length=300)
    unit = UnitField(label="承办单位")
    due = forms.DateField(label="期限", widget=date_input())

    def data_of(self) -> dict[str, Any]:
        return {"step": NewStep(**self.cleaned_data)}


class ArrangeForm(PlaceForm):
    """Who helps until when, by which steps."""

    answer = forms.CharField(label="安排意见", max_length=500, widget=lines(2), help_text="怎么帮、解决到什么程度")
    unit = UnitField(label="帮扶单位")
    helper = forms.CharField(label="帮扶责任人", max_length=80, help_text="写职务")
    until = forms.DateField(label="帮扶到哪天", widget=date_input())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, ROWS + 1):
            first = number == 1
            self.fields[f"text{number}"] = forms.CharField(
                label=f"措施{number}：办什么", max_length=300, required=first
            )
            unit = UnitField(label=f"措施{number}：承办单位", required=first)
            unit.place = kwargs["place"]
            self.fields[f"unit{number}"] = unit
            self.fields[f"due{number}"] = forms.DateField(
                label=f"措施{number}：期限", required=first, widget=date_input()
            )

    @property
    def whole(self) -> list[Any]:
        """The fields of the help as a whole."""
        return [self[name] for name in self.base_fields]

    @property
    def rows(self) -> list[list[Any]]:
        """The fields of each step."""
        return [[self[f"{part}{number}"] for part in ("text", "unit", "due")] for number in range(1, ROWS + 1)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        words = {"text": "办什么", "unit": "由哪个单位办", "due": "哪天之前"}
        for number in range(2, ROWS + 1):
            given = [part for part in words if data.get(f"{part}{number}")]
            for part in words if given else ():
                name = f"{part}{number}"
                if part not in given and name not in self.errors:
                    self.add_error(name, f"措施{number}还要写明{words[part]}，不要这一条就都空着")
        return data

    def data_of(self) -> dict[str, Any]:
        """The keyword arguments of the action."""
        data = self.cleaned_data
        steps = [
            NewStep(data[f"text{number}"], data[f"unit{number}"], data[f"due{number}"])
            for number in range(1, ROWS + 1) if data[f"text{number}"]
        ]  # fmt: skip
        return {name: data[name] for name in ("answer", "unit", "helper", "until")} | {"steps": steps}


class DeclineForm(PlaceForm):
    answer = forms.CharField(label="理由", max_length=500, widget=lines(2), help_text="提出的单位会看到")


class ReportStepForm(PlaceForm):
    step = forms.IntegerField(widget=forms.HiddenInput)
    result = forms.CharField(label="结果", max_length=1000, widget=lines(2), help_text="办到什么程度、解决了什么")
    done_on = forms.DateField(label="办结日期", widget=date_input())


class EndHelpForm(PlaceForm):
    outcome = forms.ChoiceField(label="结果", choices=HelpPlan.Outcome.choices, widget=forms.RadioSelect)
    outcome_reason = forms.CharField(
        label="结果说明", max_length=1000, widget=lines(3), help_text="解决了什么、还差什么、下一步"
    )
