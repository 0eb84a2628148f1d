from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from zhenggai.audit import clock
from zhenggai.closure.content import differences, digest_of, manifest
from zhenggai.closure.models import Verdict
from zhenggai.closure.permissions import current_application, next_verdict
from zhenggai.documents.forms import EvidenceField
from zhenggai.ledger.forms import StepForm

DATE_INPUT = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class SelfCheckForm(StepForm):
    result = forms.CharField(
        label="整改完成情况",
        min_length=20,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="逐项对照整改目标写：做了什么、做到多少、效果如何。这段话会写进公示。",
        error_messages={
            "min_length": "只有%(show_value)d个字；写做了什么、做到多少、效果如何（至少%(limit_value)d字）"
        },
    )
    finished_on = forms.DateField(label="完成日期", widget=DATE_INPUT, help_text="全部措施完成的日期，不晚于今天")
    vouched = forms.BooleanField(
        label="已逐项自查，对内容的真实性负责", error_messages={"required": "自查自验要有人对真实性负责"}
    )

    def clean_finished_on(self) -> date:
        finished_on: date = self.cleaned_data["finished_on"]
        if finished_on > clock.today():
            raise ValidationError("完成日期不能晚于今天")
        last = self.task.measures.order_by("-done_on").values_list("done_on", flat=True).first()
        if last and finished_on < last:
            raise ValidationError(f"最后一项措施{last:%Y-%m-%d}才完成，完成日期不能更早")
        return finished_on

    def step_data(self) -> dict[str, Any]:
        return {"result": self.cleaned_data["result"], "finished_on": self.cleaned_data["finished_on"]}


class ApplyForm(StepForm):
    statement = forms.CharField(
        label="申请说明", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="需要验收单位知道的情况；没有可以不写",
    )  # fmt: skip
    evidence = EvidenceField(label="销号材料", help_text="竣工验收、监测报告、前后对比照片等；每个不超过20兆字节")

    def step_data(self) -> dict[str, Any]:
        return {"statement": self.cleaned_data["statement"], "files": self.cleaned_data["evidence"]}


class VerdictForm(StepForm):
    template = "closure/_verdict_form.html"

    level = forms.IntegerField(widget=forms.HiddenInput)
    content = forms.CharField(max_length=64, help_text="打开页面时内容的摘要；模板里总写现在的")
    result = forms.ChoiceField(label="结论", choices=Verdict.Result.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="理由", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="退回补正、不通过必须写明哪几项、差什么",
    )  # fmt: skip
    looked = forms.BooleanField(
        label="已看过验收后的变化", required=False, help_text="上一级看过之后内容有变，看过才能作结论"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.verdict = next_verdict(self.task)
        self.fields["level"].initial = self.verdict.pk if self.verdict else None
        self.changed = self._changed()
        if not self.changed:
            del self.fields["looked"]

    def _changed(self) -> list[str]:
        """What changed since the level before signed, or since the application."""
        if self.verdict is None:
            return []
        before = self.verdict.application.verdicts.filter(position__lt=self.verdict.position).last()
        seen = before.manifest if before else self.verdict.application.manifest
        return differences(seen or {}, manifest(self.task))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("result") not in (None, Verdict.Result.PASS) and not data.get("reason", "").strip():
            self.add_error("reason", "退回补正、不通过要写明理由")
        if self.changed and not data.get("looked"):
            self.add_error("looked", "内容有变，请先看过再作结论")
        return data

    def step_data(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("level", "result", "reason", "content")}

    def context(self) -> dict[str, Any]:
        application = current_application(self.task)
        return {
            "verdict": self.verdict,
            "application": application,
            "files": application.files.select_related("stored") if application else [],
            "verdicts": application.verdicts.select_related("unit", "decided_by", "decider_unit")
            if application
            else [],
            "changed": self.changed,
            "digest": digest_of(manifest(self.task)),
        }


class StrikeOffForm(StepForm):
    note = forms.CharField(label="意见", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class FileForm(StepForm):
    sent_to = forms.CharField(label="报送", max_length=120)
    reference = forms.CharField(label="备案文号", required=False, max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        application = current_application(self.task)
        self.fields["sent_to"].initial = application.rulebook.rules.filing_to if application else ""
