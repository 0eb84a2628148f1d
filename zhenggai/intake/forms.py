from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.conf import settings

from zhenggai.accounts.models import Person, Unit
from zhenggai.accounts.roles import Role
from zhenggai.documents.forms import UploadField
from zhenggai.documents.kinds import PLANS
from zhenggai.intake.models import UNIT_FIELDS
from zhenggai.intake.stale import Values
from zhenggai.ledger.models import DueKind, Duty, Inspection, Plan


class UploadForm(forms.Form):
    """A plan, and the inspection that it answers: one that is registered, or a new one."""

    file = UploadField(
        label="方案原件", limit=settings.PLAN_FILE_LIMIT, kinds=PLANS,
        help_text="Word（.docx .doc .wps）、PDF、OFD、Excel（.xlsx .xls .et .csv）、网页、纯文本（.txt .md），"
        "或扫描的图片（.jpg .png .tif .bmp），不超过50兆字节",
        widget=forms.FileInput(attrs={"accept": ",".join(f".{ending}" for kind in PLANS for ending in kind.endings)}),
        error_messages={"required": "请选择方案文件"},
    )  # fmt: skip
    revises = forms.ModelChoiceField(
        label="是新方案，还是新版本", queryset=Plan.objects.none(), required=False, empty_label="新方案",
        help_text="选一份已入账的方案，就逐项列出新旧差别，采纳哪项改哪项",
    )  # fmt: skip
    inspection = forms.ModelChoiceField(
        label="答复哪次督察", queryset=Inspection.objects.none(), required=False, empty_label="新登记一次督察",
    )  # fmt: skip
    name = forms.CharField(
        label="督察名称", max_length=120, required=False, help_text="新登记时填，如：2026年省生态环境保护督察"
    )
    number_prefix = forms.RegexField(
        r"^[\w一-鿿]{1,8}$", label="编号前缀", required=False,
        help_text="新登记时填，任务编号用它开头，如“省督”，则编号为省督-01",
        error_messages={"invalid": "前缀用1到8个汉字、字母或数字"},
    )  # fmt: skip
    kind = forms.ChoiceField(label="类型", choices=Inspection.Kind.choices, initial=Inspection.Kind.PROVINCIAL)

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = by.places_as(Role.COORDINATION)
        inspections = Inspection.objects.filter(place__up__ancestor__in=places).distinct().order_by("-pk")
        self.fields["inspection"].queryset = inspections  # type: ignore[attr-defined]
        plans = Plan.objects.filter(inspection__in=inspections).order_by("-pk")
        self.fields["revises"].queryset = plans  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("revises"):
            data["inspection"] = data["revises"].inspection
        if not data.get("inspection"):
            for name in ("name", "number_prefix"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, "新登记督察要填；或在上面选一次已登记的督察")
        return data


class AcceptForm(forms.Form):
    place: forms.ModelChoiceField[Unit] = forms.ModelChoiceField(
        label="属地", queryset=Unit.objects.none(), required=False, empty_label=None
    )

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = places  # type: ignore[attr-defined]


class RejectForm(forms.Form):
    reason = forms.CharField(label="不入账的理由", max_length=300)


DATE_INPUT = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
NAMES = {**{key: Duty.Part(part).label for part, key in UNIT_FIELDS.items()}, "responsible_persons": "责任人"}
SPARE = 2  # empty rows for measures that the document's reading left out


class EditForm(forms.Form):
    """A proposed task's values, to be written otherwise; `changes()` gives them in the shape of `drafts.edited`.

    `values` are those that it shows or was shown with, serial included.
    """

    serial = forms.IntegerField(label="序号", min_value=1, max_value=100000)
    issue = forms.CharField(label="反馈问题", max_length=20000, widget=forms.Textarea(attrs={"rows": 5}))
    goal = forms.CharField(label="整改目标", max_length=20000, required=False, widget=forms.Textarea(attrs={"rows": 4}))
    due_kind = forms.ChoiceField(label="时限", choices=DueKind.choices)
    due = forms.DateField(label="完成时限", required=False, widget=DATE_INPUT)
    then_long_term = forms.BooleanField(label="完成后长期坚持", required=False)
    reason = forms.CharField(
        label="为什么和原文不同", max_length=300, help_text="如：原文漏印时限，按市整改办〔2026〕12号补正"
    )

    def __init__(self, data: Any = None, *, values: Values, reason: str) -> None:
        deadline = values["deadline"]
        initial = {
            "serial": values["serial"], "issue": values["issue"], "goal": values["goal"], "due": deadline["due"],
            "due_kind": deadline["kind"] or DueKind.NONE, "then_long_term": deadline["then_long_term"],
            "reason": reason,
        }  # fmt: skip
        super().__init__(data, initial=initial)
        for name, label in NAMES.items():
            self.fields[name] = forms.CharField(
                label=label, required=False, max_length=4000, initial="、".join(values[name]),
                widget=forms.Textarea(attrs={"rows": 2}), help_text="用顿号分开",
            )  # fmt: skip
        self.fields["category"] = forms.CharField(
            label="类别",
            required=False,
            max_length=400,
            initial="›".join(values["category"]),
            help_text="由外到内，用›分开",
        )
        self.measure_count = len(values["measures"]) + SPARE
        for number, row in enumerate([*values["measures"], *[{"text": "", "due": None}] * SPARE], 1):
            self.fields[f"measure_{number}"] = forms.CharField(
                label=f"措施{number}", required=False, max_length=20000, initial=row["text"],
                widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip
            self.fields[f"due_{number}"] = forms.DateField(
                label=f"措施{number}的时限", required=False, widget=DATE_INPUT, initial=row["due"]
            )
        self.order_fields([name for name in self.fields if name != "reason"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("due_kind") == DueKind.DATE and not data.get("due") and "due" not in self.errors:
            self.add_error("due", "有期限的，填完成时限")
        if data.get("due") and data.get("due_kind") not in (None, DueKind.DATE):
            self.add_error("due", "没有期限的，不填日期；要填，时限改选“有期限”")
        return data

    @property
    def measures(self) -> list[tuple[Any, Any]]:
        """The bound fields of each measure: its words and its date."""
        return [(self[f"measure_{number}"], self[f"due_{number}"]) for number in range(1, self.measure_count + 1)]

    @property
    def names(self) -> list[Any]:
        return [self[name] for name in (*NAMES, "category")]

    def changes(self) -> dict[str, Any]:
        """What the form says, in the shape of `drafts.edited`."""
        data = self.cleaned_data
        kind = None if data["due_kind"] == DueKind.NONE else data["due_kind"]
        rows = [(data[f"measure_{number}"], data[f"due_{number}"]) for number in range(1, self.measure_count + 1)]
        return {
            "issue": _one_newline(data["issue"]),
            "goal": _one_newline(data["goal"]),
            "deadline": {"kind": kind, "due": _iso(data["due"]), "then_long_term": data["then_long_term"]},
            "measures": [{"text": _one_newline(text), "due": _iso(due)} for text, due in rows if text],
            "category": _split(data["category"], "›"),
            **{name: _split(data[name], "、,，;；\n") for name in NAMES},
        }


class AddForm(forms.Form):
    """A task that the reading left out: lines of the document, or typed words."""

    first = forms.TypedChoiceField(label="原文从哪一行起", coerce=int, required=False, empty_value=None)
    last = forms.TypedChoiceField(
        label="到哪一行止", coerce=int, required=False, empty_value=None, help_text="只有一行的，不用选"
    )
    issue = forms.CharField(
        label="反馈问题", max_length=20000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="选了原文的，可以不写：问题、目标、时限从那几行读出；原件里有、文字里没有的，照原件写",
    )  # fmt: skip
    serial = forms.IntegerField(label="序号", min_value=1, max_value=100000)
    reason = forms.CharField(label="为什么补录", max_length=300, help_text="如：第12页的表格跨页，读取时漏了这一行")

    def __init__(
        self, data: Any = None, *, lines: list[tuple[int, int, str]], serial: int,
        preset: tuple[int | None, int | None] = (None, None),
    ) -> None:  # fmt: skip
        begins, ends = preset
        first = next((start for start, end, _ in lines if begins is not None and start <= begins < end), None)
        last = next((end for start, end, _ in lines if ends is not None and start < ends <= end), None)
        super().__init__(data, initial={"serial": serial, "first": first, "last": last if first is not None else None})
        self.fields["first"].choices = [("", "不选"), *((start, words[:60]) for start, _, words in lines)]  # type: ignore[attr-defined]
        self.fields["last"].choices = [("", "不选"), *((end, words[:60]) for _, end, words in lines)]  # type: ignore[attr-defined]
        self.ends = {start: end for start, end, _ in lines}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("first") is None and data.get("last") is not None:
            self.add_error("first", "选了止行，还要选起行")
        if data.get("first") is None and not data.get("issue") and not self.errors:
            self.add_error("first", "请选原文从哪一行起，或在下面写明问题")
        return data

    @property
    def passage(self) -> tuple[int, int] | None:
        """Where the chosen lines stand in the text."""
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        return None if first is None else (first, self.ends[first] if last is None else last)


def _one_newline(text: str) -> str:
    return text.replace("\r\n", "\n")


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _split(text: str, marks: str) -> list[str]:
    return [part for piece in re.split(f"[{marks}]", text) if (part := piece.strip())]
