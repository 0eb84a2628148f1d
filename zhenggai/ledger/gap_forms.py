"""The forms of asking a failing back to the rule that let it happen, and of mending that rule."""

from typing import Any

from django import forms
from django.conf import settings

from zhenggai.accounts.models import Person, Unit
from zhenggai.documents.forms import UploadField
from zhenggai.documents.kinds import EVIDENCE
from zhenggai.ledger.act_forms import day_field, text_field, units_named
from zhenggai.ledger.gaps import Found, Mended
from zhenggai.ledger.models import Gap, Task
from zhenggai.ledger.particulars import split

MOST_TASKS = 50


class _GapFields(forms.Form):
    """What is said of a gap."""

    rule = forms.CharField(
        label="哪项制度", required=False, max_length=200, help_text="制度的名称；没有这样的制度就空着，缺陷选“制度缺失”"
    )
    number = forms.CharField(label="文号", required=False, max_length=80)
    kind = forms.ChoiceField(label="缺陷", choices=Gap.Kind.choices, widget=forms.RadioSelect)
    wrong = text_field("错在哪里", rows=3, max_length=1000, help_text="哪一条没有写、写得不对，或者写了没有人照着办")
    way = forms.ChoiceField(label="怎样补", choices=Gap.Way.choices, widget=forms.RadioSelect)
    todo = text_field("要做什么", rows=2, max_length=500, help_text="如：制定《…管理办法》，明确由谁巡查、多久一次")
    unit = forms.CharField(label="责任单位", max_length=100, help_text="由哪个单位补，写一个单位的名称")
    due = day_field("期限")

    def __init__(self, *args: Any, place: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.place = place

    def clean_unit(self) -> Unit:
        units = units_named(self.cleaned_data["unit"], self.place)
        if len(units) != 1:
            raise forms.ValidationError("责任单位只写一个；几个单位都要补的，各登记一项")
        return units[0]

    def found(self) -> Found:
        names = ("unit", "kind", "wrong", "way", "todo", "due", "rule", "number")
        return Found(**{name: self.cleaned_data[name] for name in names})


class GapForm(_GapFields):
    """A new gap, and how the tasks lead to it."""

    how = text_field("怎样造成了这个问题", rows=3, max_length=1000)
    others = forms.CharField(
        label="同样由它造成的其他任务", required=False, max_length=600, help_text="写任务编号，用顿号分开；没有就空着"
    )

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_others(self) -> list[Task]:
        return tasks_named(self.cleaned_data["others"], self.by)


class CorrectionForm(_GapFields):
    """What is right of a gap, and why it is changed."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label="为什么更正", max_length=300, help_text="原来的内容和理由一直看得到")


class LeadForm(forms.Form):
    """Further tasks that lead to a gap that is known."""

    numbers = forms.CharField(label="任务编号", max_length=600, help_text="几项用顿号分开，如：省督-17、省督-18")
    how = text_field("怎样造成了这些问题", rows=3, max_length=1000)

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.by = by

    def clean_numbers(self) -> list[Task]:
        return tasks_named(self.cleaned_data["numbers"], self.by)


def tasks_named(text: str, by: Person) -> list[Task]:
    """The tasks of those numbers that the person sees; a number that is unknown, or that two tasks bear, is refused."""
    numbers = split(text)
    if len(numbers) > MOST_TASKS:
        raise forms.ValidationError(f"一次最多{MOST_TASKS}项")
    found: dict[str, list[Task]] = {}
    for task in Task.objects.visible_to(by).filter(number__in=numbers).order_by("pk"):
        found.setdefault(task.number, []).append(task)
    if unknown := [number for number in numbers if number not in found]:
        raise forms.ValidationError(f"台账里没有“{'、'.join(unknown[:3])}”，请核对任务编号")
    if double := [number for number in numbers if len(found[number]) > 1]:
        raise forms.ValidationError(f"叫“{double[0]}”的任务不止一项，请到那一项的任务页登记")
    return [found[number][0] for number in numbers]


class NoGapForm(forms.Form):
    why = text_field(
        "查了什么、为什么不是制度造成的", rows=4, max_length=1000, help_text="至少20个字：查了哪些制度，问题是怎么来的"
    )


class DropInquiryForm(forms.Form):
    why = forms.CharField(label="为什么取消", max_length=300, help_text="取消的结论和理由一直看得到")


class RemedyForm(forms.Form):
    """The rule itself, as it was issued."""

    name = forms.CharField(label="制度名称", max_length=200)
    number = forms.CharField(label="文号", max_length=80, help_text="没有文号的写“无文号”")
    issued_by = forms.CharField(label="发布单位", max_length=120)
    effective_on = day_field("施行日期", help_text="废止的写废止生效的那一天；还没有施行的，到那一天才能确认")
    note = text_field(
        "怎样堵住缺陷", rows=3, max_length=500, help_text="哪一条改了什么；严格执行的写查了几次、结果怎样"
    )
    file = UploadField(label="制度原件", limit=settings.EVIDENCE_FILE_LIMIT, kinds=EVIDENCE)

    def mended(self) -> Mended:
        return Mended(**self.cleaned_data)


class ConfirmForm(forms.Form):
    confirm = forms.TypedChoiceField(
        label="结论", choices=[("yes", "确认补上了"), ("no", "退回再补")], widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
    )  # fmt: skip
    reason = text_field("意见", rows=3, max_length=500, help_text="对照缺陷核对了哪一条；退回的写明还缺什么")
