from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings

from zhenggai.accounts.models import Person, Unit
from zhenggai.accounts.roles import Role
from zhenggai.documents.forms import UploadField
from zhenggai.documents.kinds import PLANS
from zhenggai.ledger.models import Inspection


class UploadForm(forms.Form):
    """A plan, and the inspection that it answers: one that is registered, or a new one."""

    file = UploadField(
        label="方案原件", limit=settings.PLAN_FILE_LIMIT, kinds=PLANS,
        help_text="Word（.docx .doc .wps）、PDF、网页或纯文本，不超过50兆字节。没有采纳之前，什么都不进台账。",
        error_messages={"required": "请选择方案文件"},
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

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
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
