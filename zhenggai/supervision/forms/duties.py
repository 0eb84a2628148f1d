from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from zhenggai.core.cadence import Cadence, CadenceError
from zhenggai.documents.forms import EvidenceField
from zhenggai.supervision.forms.fields import PlaceForm, TasksField, UnitField, date_input, lines
from zhenggai.supervision.models import Body, Member, StandingDuty
from zhenggai.supervision.occurrences import Occurrence

# The cadences that plans name most; another one is written as a rule (RFC 5545).
RULES = (
    "FREQ=MONTHLY;BYMONTHDAY=-1",
    "FREQ=WEEKLY;BYDAY=FR",
    "FREQ=MONTHLY;BYMONTHDAY=15",
    "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1",
    "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1",
)
OTHER = "other"
AT_LEAST = {RULES[0]: "每月至少一次（月底前）", RULES[1]: "每周一次（周五前）"}


class DutyForm(PlaceForm):
    """A standing duty: who, what, how often, from when, by which words."""

    unit = UnitField(label="单位", required=False, help_text="全称或简称；工作组的职责空着")
    body = forms.ModelChoiceField(Body.objects.none(), label="工作组", required=False)
    kind = forms.ChoiceField(label="种类", choices=StandingDuty.Kind.choices)
    what = forms.CharField(label="要做什么", max_length=120, help_text="如：研究生态环境保护工作")
    rule = forms.ChoiceField(label="节奏")
    own_rule = forms.CharField(label="另写节奏", max_length=200, required=False,
                               help_text="节奏选“另写”时填，如 FREQ=MONTHLY;BYMONTHDAY=10")  # fmt: skip
    shift = forms.ChoiceField(label="遇休息日", choices=[("none", "不变"), ("next", "顺延"), ("previous", "提前")])
    starts_on = forms.DateField(label="从哪天起", widget=date_input())
    source = forms.CharField(label="依据", max_length=300, widget=lines(2), help_text="文件名和原话")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = Body.objects.filter(place=kwargs["place"]).order_by("position")  # type: ignore[attr-defined]
        self.fields["rule"].choices = [  # type: ignore[attr-defined]
            *((rule, AT_LEAST.get(rule) or Cadence(rule, "none").words) for rule in RULES), (OTHER, "另写"),
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        own = data.pop("own_rule", "")
        if data.get("rule") == OTHER:
            data["rule"] = own.strip()
            try:
                Cadence(data["rule"], "none")
            except CadenceError as error:
                self.add_error("own_rule", str(error))
        if "unit" not in self.errors and bool(data.get("unit")) == bool(data.get("body")):
            self.add_error("unit", "写一个单位或者选一个工作组，只能有一个")
        return data


class EndForm(PlaceForm):
    ends_on = forms.DateField(label="到哪天止", widget=date_input())
    reason = forms.CharField(label="理由", max_length=300)


class SessionForm(PlaceForm):
    """One session of a duty; `open`: the occurrences that it may fulfil."""

    held_on = forms.DateField(label="召开（开展）日期", widget=date_input())
    for_due = forms.ChoiceField(label="抵哪一次", required=False, help_text="一次记录只抵一次；补以前的会显示为迟")
    topic = forms.CharField(label="议题", max_length=200)
    text = forms.CharField(label="记录", max_length=5000, required=False, widget=lines(5),
                           help_text="研究了什么、定了什么；有文件的可以只写要点")  # fmt: skip
    tasks = TasksField(label="涉及的任务", required=False, widget=lines(2))
    attached = EvidenceField(label="文件", help_text="纪要、通报、照片等；每个不超过20兆字节")

    def __init__(self, *args: Any, choices: list[Occurrence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(row.due.isoformat(), f"{row.opens:%Y-%m-%d}至{row.due:%Y-%m-%d}这一次") for row in choices]
        self.fields["for_due"].choices = [*rows, ("", "多开的，不抵")]  # type: ignore[attr-defined]

    def clean_for_due(self) -> date | None:
        value = self.cleaned_data["for_due"]
        return date.fromisoformat(value) if value else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("text", "").strip() and not data.get("attached") and "attached" not in self.errors:
            self.add_error("text", "要有记录：写下记录内容，或者上传文件")
        return data

    def data_of(self) -> dict[str, Any]:
        """The keyword arguments of the action."""
        data = dict(self.cleaned_data)
        return data | {"files": data.pop("attached")}


class BodyForm(PlaceForm):
    """The leading group or a team: posts one a line, with their part before a colon."""

    name = forms.CharField(label="名称", max_length=120)
    group = forms.ModelChoiceField(
        Body.objects.none(), label="所属领导小组", required=False, help_text="空着就是领导小组本身"
    )
    role = forms.ChoiceField(label="对应系统里的角色", required=False)
    daily_unit = UnitField(label="日常工作由谁承担", required=False)
    members = forms.CharField(
        label="组成", max_length=4000, required=False, widget=lines(5),
        help_text="一行一个职务，前面写身份，如：组长：市长；不写个人姓名",
    )  # fmt: skip
    responsibilities = forms.CharField(label="职责", max_length=3000, widget=lines(5))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = Body.objects.filter(place=kwargs["place"], kind=Body.Kind.GROUP)
        self.fields["group"].queryset = groups.order_by("pk")  # type: ignore[attr-defined]
        self.fields["role"].choices = [("", "—"), *Body._meta.get_field("role").choices]  # type: ignore[attr-defined, misc]

    def clean_members(self) -> list[tuple[str, str]]:
        parts = {label: value for value, label in Member.Part.choices}
        rows = []
        for line in self.cleaned_data["members"].splitlines():
            if not line.strip():
                continue
            part, colon, post = line.strip().replace(":", "：").partition("：")
            if not colon or part.strip() not in parts or not post.strip():
                raise ValidationError(
                    f"“{line.strip()[:20]}”看不懂，写成“组长：市长”这样，身份是{'、'.join(parts)}之一"
                )
            rows.append((parts[part.strip()], post.strip()[:100]))
        return rows
