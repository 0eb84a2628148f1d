from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from zhenggai.accounts.models import Kind, Person, Unit
from zhenggai.accounts.naming import look_up
from zhenggai.documents.forms import EvidenceField
from zhenggai.ledger.models import Task
from zhenggai.supervision.actions.findings import Demand, Seen
from zhenggai.supervision.actions.visits import MOST_MEMBERS, Team
from zhenggai.supervision.forms.fields import PlaceForm, TasksField, UnitField, date_input, lines
from zhenggai.supervision.models import Body, StandingDuty, Visit, VisitFinding
from zhenggai.supervision.occurrences import Occurrence

HELD_AS = (StandingDuty.Kind.INSPECTION, StandingDuty.Kind.ON_SITE)


class PlanVisitForm(PlaceForm):
    """Who goes where, when, told before or not; the tasks are chosen by the rules as soon as it is saved."""

    body = forms.ModelChoiceField(Body.objects.none(), label="督查单位", help_text="领导小组和它的工作组")
    kind = forms.ChoiceField(label="种类", choices=Visit.Kind.choices, widget=forms.RadioSelect, initial="targeted",
                             help_text="全面督查看范围里全部没有销号的任务；针对性督查看逾期、滞后、重难点、长期没有看过的")  # fmt: skip
    area = forms.ModelChoiceField(Unit.objects.none(), label="督查范围")
    starts_on = forms.DateField(label="从哪天起", widget=date_input())
    ends_on = forms.DateField(label="到哪天止", widget=date_input())
    announced = forms.BooleanField(label="事先通知被督查单位", required=False,
                                   help_text="不通知的，登记第一条情况以前被督查单位看不到")  # fmt: skip
    duty = forms.ModelChoiceField(StandingDuty.objects.none(), label="抵常态化职责", required=False,
                                  help_text="如一周一督查一通报；结束时抵其中一次")  # fmt: skip
    title = forms.CharField(label="名称", max_length=120, required=False, help_text="空着就按范围、日期和种类取名")

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, person=person, **kwargs)
        bodies = Body.objects.run_by(person).order_by("place", "position", "pk")
        places = list(bodies.order_by().values_list("place", flat=True).distinct())
        areas = (
            Unit.objects.filter(kind=Kind.PLACE, up__ancestor__in=places).distinct().order_by("tier", "position", "pk")
        )
        duties = StandingDuty.objects.filter(body__in=bodies.order_by(), kind__in=HELD_AS, ends_on__isnull=True)
        self.fields["body"].queryset = bodies  # type: ignore[attr-defined]
        self.fields["area"].queryset = areas  # type: ignore[attr-defined]
        self.fields["duty"].empty_label = "不抵"  # type: ignore[attr-defined]
        self.fields["duty"].queryset = duties.select_related("body").order_by("pk")  # type: ignore[attr-defined]


class ChangeVisitForm(PlaceForm):
    title = forms.CharField(label="名称", max_length=120)
    starts_on = forms.DateField(label="从哪天起", widget=date_input())
    ends_on = forms.DateField(label="到哪天止", widget=date_input())
    announced = forms.BooleanField(label="事先通知被督查单位", required=False)


class TeamForm(PlaceForm):
    """Persons by their name or account, units by theirs, one a line, the head first."""

    names = forms.CharField(
        label="督查组", max_length=4000, widget=lines(5),
        help_text="一行一个，第一个是组长；写系统里人员的姓名（岗位）或账号，或者写单位，由它派人",
    )  # fmt: skip

    def __init__(self, *args: Any, place: Unit, **kwargs: Any) -> None:
        super().__init__(*args, place=place, **kwargs)
        self.place = place

    def clean_names(self) -> Team:
        names = list(dict.fromkeys(line.strip() for line in self.cleaned_data["names"].splitlines() if line.strip()))
        if len(names) > MOST_MEMBERS:
            raise ValidationError(f"督查组最多{MOST_MEMBERS}个，现在是{len(names)}个")
        units = look_up(names, self.place)
        members = [units[name].unit or self._person(name) for name in names]
        return Team(tuple(member for member in members if member))

    def _person(self, name: str) -> Person:
        here = (
            Person.objects.filter(is_active=True, unit__up__ancestor=self.place).select_related("unit").order_by("pk")
        )
        found = list(here.filter(username=name)[:1]) or list(here.filter(name=name)[:2])
        if not found:
            raise ValidationError(f"{self.place}的人员和单位里没有“{name}”，写姓名（岗位）、账号或单位的全称、简称")
        if len(found) > 1:
            raise ValidationError(f"有几个人叫“{name}”，请写账号")
        return found[0]

    def data_of(self) -> dict[str, Any]:
        return {"team": self.cleaned_data["names"]}


class AddTaskForm(PlaceForm):
    tasks = TasksField(label="任务", help_text="一次一项，写编号")
    reason = forms.CharField(label="为什么要看", max_length=300)

    def clean_tasks(self) -> list[Task]:
        tasks: list[Task] = self.cleaned_data["tasks"]
        if len(tasks) != 1:
            raise ValidationError("一次增加一项，每项各有理由")
        return tasks

    def data_of(self) -> dict[str, Any]:
        return {"task": self.cleaned_data["tasks"][0], "reason": self.cleaned_data["reason"]}


class TaskReasonForm(PlaceForm):
    task = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label="理由", max_length=300)


class CloseVisitForm(PlaceForm):
    """What was seen in all; for a visit of a standing duty also which occurrence it stands for."""

    summary = forms.CharField(label="督查情况", min_length=10, max_length=5000, widget=lines(6),
                              help_text="总的情况、共性问题；逐项的情况已经登记")  # fmt: skip
    for_due = forms.ChoiceField(label="抵常态化职责的哪一次", required=False)

    def __init__(self, *args: Any, choices: list[Occurrence] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if choices is None:
            del self.fields["for_due"]
            return
        rows = [(row.due.isoformat(), f"{row.opens:%Y-%m-%d}至{row.due:%Y-%m-%d}这一次") for row in choices]
        self.fields["for_due"].choices = [*rows, ("", "多开的，不抵")]  # type: ignore[attr-defined]

    def clean_for_due(self) -> date | None:
        value = self.cleaned_data["for_due"]
        return date.fromisoformat(value) if value else None


class FindingForm(PlaceForm):
    """What was seen of one task; where something is wrong, what must be done about it."""

    result = forms.ChoiceField(label="结论", choices=VisitFinding.Result.choices, widget=forms.RadioSelect)
    text = forms.CharField(label="看到的情况", min_length=10, max_length=3000, widget=lines(5),
                           help_text="去了哪里、看到什么、和谁核对")  # fmt: skip
    seen_on = forms.DateField(label="查看日期", widget=date_input())
    attached = EvidenceField(label="照片和文件", help_text="现场照片、检测报告等；每个不超过20兆字节")
    demand_text = forms.CharField(label="督办事项：办什么", max_length=1000, required=False, widget=lines(2),
                                  help_text="发现问题的必填；办结以前这项任务不能销号")  # fmt: skip
    demand_unit = UnitField(label="督办事项：承办单位", required=False)
    demand_due = forms.DateField(label="督办事项：办结期限", required=False, widget=date_input())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        wrong = data.get("result", "as_reported") != VisitFinding.Result.AS_REPORTED
        names = {"demand_text": "要办什么", "demand_unit": "由哪个单位办", "demand_due": "哪天之前办结"}
        given = [name for name in names if data.get(name)]
        if wrong or given:
            for name, words in names.items():
                if name not in given and name not in self.errors:
                    self.add_error(name, f"发现问题的要写明{words}")
        return data

    def data_of(self) -> dict[str, Any]:
        """The keyword arguments of the action."""
        data = self.cleaned_data
        demand = Demand(data["demand_text"], data["demand_unit"], data["demand_due"]) if data["demand_text"] else None
        return {"seen": Seen(data["result"], data["text"], data["seen_on"], data["attached"]), "demand": demand}


class CorrectForm(FindingForm):
    because = forms.CharField(label="更正理由", max_length=500, widget=lines(2),
                              help_text="原来的一条留着；它的督办事项没有办结的随之撤销")  # fmt: skip
    field_order = ("because",)

    def data_of(self) -> dict[str, Any]:
        return super().data_of() | {"because": self.cleaned_data["because"]}


class StateForm(PlaceForm):
    text = forms.CharField(label="陈述", min_length=5, max_length=2000, widget=lines(4),
                           help_text="和督查情况并列显示；只能陈述一次，不能改")  # fmt: skip
    attached = EvidenceField(label="附件", help_text="每个不超过20兆字节")

    def data_of(self) -> dict[str, Any]:
        return {"text": self.cleaned_data["text"], "files": self.cleaned_data["attached"]}
