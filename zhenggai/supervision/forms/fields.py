"""Fields that several forms share: a unit by its name, a task by its number."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from zhenggai.accounts.models import Person, Unit
from zhenggai.accounts.naming import look_up
from zhenggai.ledger.models import Task

MOST_TASKS = 50


def date_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def lines(rows: int, **attrs: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows} | attrs)


class UnitField(forms.CharField):
    """A unit of `place`'s directory by its full name, short name or an older one; `place` is set by the form."""

    place: Unit | None = None

    def __init__(self, **kwargs: Any) -> None:
        given: dict[str, Any] = {"max_length": 100, "help_text": "全称或简称"} | kwargs
        super().__init__(**given)

    def clean(self, value: Any) -> Unit | None:
        name = super().clean(value).strip()
        if not name:
            return None
        assert self.place is not None
        unit = look_up([name], self.place)[name].unit
        if unit is None:
            raise ValidationError(f"名录里没有“{name}”，请写全称或简称")
        return unit


class TasksField(forms.CharField):
    """Tasks by their numbers, with commas or line ends between; only those that `person` may see."""

    person: Person | None = None

    def __init__(self, **kwargs: Any) -> None:
        given: dict[str, Any] = {"max_length": 2000, "help_text": "任务编号，几项用顿号或换行隔开"} | kwargs
        super().__init__(**given)

    def clean(self, value: Any) -> list[Task]:
        text = super().clean(value)
        for separator in "、，,;；\r\n\t ":
            text = text.replace(separator, "\n")
        numbers = list(dict.fromkeys(part for part in text.split("\n") if part))
        if len(numbers) > MOST_TASKS:
            raise ValidationError(f"一次最多{MOST_TASKS}项任务，现在是{len(numbers)}项")
        assert self.person is not None
        rows = Task.objects.visible_to(self.person).filter(number__in=numbers).select_related("inspection__place")
        tasks: dict[str, list[Task]] = {}
        for task in rows.order_by("pk"):
            tasks.setdefault(task.number, []).append(task)
        if missing := [number for number in numbers if number not in tasks]:
            raise ValidationError(f"台账里没有你能看到的{'、'.join(missing)}，请核对编号")
        if double := [number for number in numbers if len(tasks[number]) > 1]:
            raise ValidationError(f"{'、'.join(double)}不止一项，请从任务页进入")
        return [tasks[number][0] for number in numbers]


class PlaceForm(forms.Form):
    """A form about `place`, filled in by `person`: its unit and task fields know both."""

    def __init__(self, *args: Any, place: Unit | None = None, person: Person | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for field in self.fields.values():
            if isinstance(field, UnitField):
                field.place = place
            elif isinstance(field, TasksField):
                field.person = person
