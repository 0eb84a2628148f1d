"""The forms of what is done to one task beside its steps: targets, values, extensions, sweeps, yearly checks, and
problems that a place registers itself."""

from datetime import date, timedelta
from typing import Any

from django import forms

from zhenggai.accounts.models import Kind, Person, Unit
from zhenggai.accounts.naming import Named, look_up
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.ledger.actions import NewMeasure, NewTask
from zhenggai.ledger.models import DueKind, Measure, Source, Target, Task, YearlyCheck
from zhenggai.ledger.permissions import units_to_send
from zhenggai.ledger.targets import Reading

MOST_LINES, LONGEST_LINE = 50, 500


def day_field(label: str, **given: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **given)


def text_field(label: str, rows: int = 4, **given: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **given)


def lines_of(text: str) -> list[str]:
    """The lines of a text that say something.

    >>> lines_of("一号排口溢流\\n\\n 二号排口溢流 ")
    ['一号排口溢流', '二号排口溢流']
    """
    return [line.strip() for line in text.splitlines() if line.strip()]


def _few_lines(text: str) -> str:
    """`text`, each line of which becomes a row of the ledger; refused where that would be a flood."""
    rows = lines_of(text)
    if len(rows) > MOST_LINES or any(len(row) > LONGEST_LINE for row in rows):
        raise forms.ValidationError(f"一次最多{MOST_LINES}行，每行不超过{LONGEST_LINE}字；再多的请分开写")
    return text


class TargetForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A quantified target of a task."""

    class Meta:
        model = Target
        fields = (
            "what", "unit", "comparator", "baseline", "goal", "measure", "pace", "cumulative", "starts_on", "due",
            "method", "weight",
        )  # fmt: skip
        widgets = {name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d") for name in ("starts_on", "due")}

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.fields["measure"].queryset = task.measures.all()  # type: ignore[attr-defined]
        self.fields["measure"].empty_label = "整项任务"  # type: ignore[attr-defined]
        self.fields["measure"].label_from_instance = _measure_words  # type: ignore[attr-defined]
        self.fields["starts_on"].required = False
        self.fields["starts_on"].help_text = "不填就是挂账的那一天"
        self.fields["due"].help_text = "不填就用所属措施或任务的时限"

    def _post_clean(self) -> None:
        """The rules are asked of the action, which says in words what to mend."""


def _measure_words(measure: Measure) -> str:
    return f"措施{measure.no} {measure.text[:24]}"


class SampleForm(forms.Form):
    """One dated value."""

    on = day_field("日期", help_text="这个数是哪一天的")
    value = forms.DecimalField(label="数值", max_digits=16, decimal_places=4)
    source = forms.CharField(label="来源", max_length=200, required=False, help_text="监测报告号、报表名等")
    reason = forms.CharField(
        label="更正或下降的理由", max_length=300, required=False, help_text="与以前填的矛盾时必填；以前的值会保留"
    )

    def reading(self) -> Reading:
        return Reading(**self.cleaned_data)


class ExtensionForm(forms.Form):
    new_due = day_field("申请延至")
    reason = text_field("理由", max_length=1000, help_text="为什么不能按期完成，延期里做什么，怎样保证不再延")


class ExtensionDecisionForm(forms.Form):
    grant = forms.TypedChoiceField(
        label="决定", choices=[("yes", "同意"), ("no", "不同意")], widget=forms.RadioSelect, coerce=lambda value: value == "yes"
    )  # fmt: skip
    answer = text_field("理由", max_length=500, rows=3)


class SweepForm(forms.Form):
    """Who is asked to look for like problems: the places below, and others by name."""

    what = text_field("排查什么", rows=3, max_length=500, help_text="写清问题的种类和范围")
    places = forms.ModelMultipleChoiceField(
        Unit.objects.none(), label="排查单位", required=False, widget=forms.CheckboxSelectMultiple
    )
    others = forms.CharField(label="其他单位", required=False, max_length=300, help_text="写单位名称，用顿号分开")
    due_on = day_field("排查期限")

    def __init__(self, *args: Any, task: Task, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.place = task.inspection.place
        below = units_to_send(by, self.place.children.filter(kind=Kind.PLACE))
        self.fields["places"].queryset = below  # type: ignore[attr-defined]

    def clean_others(self) -> list[Unit]:
        return units_named(self.cleaned_data["others"], self.place)

    def units(self) -> list[Unit]:
        return [*self.cleaned_data["places"], *self.cleaned_data["others"]]


def units_named(text: str, place: Unit) -> list[Unit]:
    """The units that the names mean; a name that the directory does not know is refused, never guessed."""
    names = [name for part in text.replace("，", "、").replace(",", "、").split("、") if (name := part.strip())]
    known = look_up(names, place)
    if unknown := [name for name in names if known[name].unit is None]:
        raise forms.ValidationError(f"单位名录里没有“{'、'.join(unknown)}”，请核对名称，或请系统管理员先加进名录")
    return [unit for name in names if (unit := known[name].unit)]


class _FoundForm(forms.Form):
    """What new tasks share: how to put right, until when, who leads."""

    measures = text_field("整改措施", rows=3, required=False, help_text="一行一条")
    due = day_field("完成时限", required=False, help_text="不填就是立行立改")
    lead = forms.CharField(label="牵头单位", required=False, max_length=100)

    place: Unit

    def clean_due(self) -> date | None:
        due: date | None = self.cleaned_data["due"]
        if due and not clock.today() < due < clock.today() + timedelta(days=10 * 366):
            raise forms.ValidationError("完成时限要在今天之后、十年之内")
        return due

    def clean_lead(self) -> list[Unit]:
        return units_named(self.cleaned_data["lead"], self.place)

    def clean_measures(self) -> str:
        return _few_lines(self.cleaned_data["measures"])

    def _task(self, issue: str, *, source: str, increment: bool, passage: str, **more: Any) -> NewTask:
        data = self.cleaned_data
        return NewTask(
            serial=0, issue=issue, passage=passage, source=source, increment=increment,
            duties={"lead": [Named(unit.short_name, unit=unit) for unit in data["lead"]]},
            measures=[NewMeasure(no, text, data["due"]) for no, text in enumerate(lines_of(data["measures"]), 1)],
            due=data["due"], due_kind=DueKind.DATE if data["due"] else DueKind.IMMEDIATE, place=self.place, **more,
        )  # fmt: skip


class SweepAnswerForm(_FoundForm):
    """What a unit looked at and what it found; each line of the problems becomes a task of its place."""

    text = text_field("排查情况", max_length=2000, help_text="排查了哪些地方、怎样排查")
    found = text_field("发现的问题", required=False, help_text="一行一个，逐个挂账；没有发现就空着")

    field_order = ("text", "found", "measures", "due", "lead")

    def __init__(self, *args: Any, place: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.place = place

    def clean_found(self) -> str:
        return _few_lines(self.cleaned_data["found"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if lines_of(data.get("found", "")) and not data.get("lead") and "lead" not in self.errors:
            self.add_error("lead", "发现的问题要有牵头单位")
        return data

    def tasks(self) -> list[NewTask]:
        """The tasks to enter, one a line."""
        return [
            self._task(line, source=Source.SELF_FOUND, increment=True, passage=line)
            for line in lines_of(self.cleaned_data["found"])
        ]


class OwnTaskForm(_FoundForm):
    """A problem that no inspector's list names: from a complaint, a patrol, or found by oneself."""

    of_place = forms.ModelChoiceField(Unit.objects.none(), label="属地", empty_label=None)
    source = forms.ChoiceField(label="来源", choices=[row for row in Source.choices if row[0] != Source.FEEDBACK])
    increment = forms.BooleanField(label="增量问题（整改中新发现、新发生的）", required=False, initial=True)
    issue = text_field("问题", min_length=6, max_length=3000)
    goal = text_field("整改目标", rows=2, required=False, max_length=2000)
    upper_number = forms.CharField(label="上级序号", required=False, max_length=40, help_text="如：省序号12")

    field_order = (
        "of_place", "source", "increment", "issue", "goal", "measures", "due", "lead", "upper_number",
    )  # fmt: skip

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        mine = by.places_as(Role.COORDINATION)
        places = Unit.objects.filter(kind=Kind.PLACE, up__ancestor__in=mine).distinct()
        self.fields["of_place"].queryset = places  # type: ignore[attr-defined]
        self.fields["lead"].required = True

    def clean_of_place(self) -> Unit:
        self.place = self.cleaned_data["of_place"]
        return self.place

    def clean_lead(self) -> list[Unit]:
        return super().clean_lead() if hasattr(self, "place") else []

    def task(self) -> NewTask:
        data = self.cleaned_data
        return self._task(
            data["issue"], source=data["source"], increment=data["increment"], passage=data["issue"],
            goal=data["goal"], upper_number=data["upper_number"],
        )  # fmt: skip


class YearlyCheckForm(forms.Form):
    result = forms.ChoiceField(label="结果", choices=YearlyCheck.Result.choices, widget=forms.RadioSelect)
    text = text_field("复核情况", max_length=2000, help_text="去了哪里、看到什么")


class DropForm(forms.Form):
    reason = forms.CharField(label="理由", max_length=200)


class UpperForm(forms.Form):
    """Which task of a higher level this one answers: by its number in this ledger, or as it is called elsewhere."""

    number = forms.CharField(
        label="上级任务的编号", required=False, max_length=40, help_text="如：央督-07；不在本台账的照写（省序号12）；空着就是取消关联"
    )  # fmt: skip

    def upper(self, by: Person) -> Task | None:
        """The task of that number among those that the person may see."""
        number = self.cleaned_data["number"].strip()
        return Task.objects.visible_to(by).filter(number=number).order_by("pk").first() if number else None
