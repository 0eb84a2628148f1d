from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from zhenggai.audit import clock
from zhenggai.closure.content import Difference, differences, digest_of, manifest
from zhenggai.closure.levels import documents_of
from zhenggai.closure.lookback import MOST, RISKS
from zhenggai.closure.models import Reply, Sample, SiteCheck, Verdict
from zhenggai.closure.permissions import current_application, next_verdict
from zhenggai.closure.seen import last_seen
from zhenggai.documents.forms import EvidenceField, UploadField
from zhenggai.documents.kinds import EVIDENCE
from zhenggai.ledger.forms import StepForm
from zhenggai.rulebook.models import Rulebook

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
    evidence = EvidenceField(
        label="销号材料",
        help_text="竣工验收、监测报告、前后对比照片等；每个不超过20兆字节。月报告里没有审核过的佐证时必须附",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = Rulebook.objects.in_force(self.task.place, clock.today()).rules
        self.documents = documents_of(self.task, rules)
        for number, name in enumerate(self.documents):
            self.fields[f"document{number}"] = UploadField(
                label=f"《{name}》", limit=settings.EVIDENCE_FILE_LIMIT, kinds=EVIDENCE, help_text="制度要求的材料"
            )

    def step_data(self) -> dict[str, Any]:
        data = self.cleaned_data
        documents = {name: data[f"document{number}"] for number, name in enumerate(self.documents)}
        return {"statement": data["statement"], "files": data["evidence"], "documents": documents}


class VerdictForm(StepForm):
    """The form of one level: its conditions line by line, its minutes where it decides collectively, conclusion, opinion."""

    template = "closure/_verdict_form.html"

    level = forms.IntegerField(widget=forms.HiddenInput)
    content = forms.CharField(max_length=64, help_text="打开页面时内容的摘要；模板里总写现在的")
    result = forms.ChoiceField(label="结论", choices=Verdict.Result.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="意见", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="看了什么、为什么这样定；退回补正、不通过的写明哪几项、差什么",
        error_messages={"required": "写明意见：看了什么、为什么这样定"},
    )  # fmt: skip
    looked = forms.BooleanField(
        label="已看过验收后的变化", required=False, help_text="上一级看过之后内容有变，看过才能作结论"
    )
    minutes = UploadField(
        label="集体研究会议纪要", limit=settings.EVIDENCE_FILE_LIMIT, kinds=EVIDENCE, required=False,
        help_text="通过、不通过都要附；退回补正可以不附",
    )  # fmt: skip
    met_on = forms.DateField(label="集体研究日期", widget=DATE_INPUT, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.verdict = next_verdict(self.task)
        self.fields["level"].initial = self.verdict.pk if self.verdict else None
        self.conditions: list[str] = self.verdict.conditions if self.verdict else []
        for number in range(len(self.conditions)):
            self.fields[f"meets{number}"] = forms.ChoiceField(
                label=self.conditions[number], choices=Verdict.Meets.choices, widget=forms.RadioSelect, required=False
            )
            self.fields[f"note{number}"] = forms.CharField(label="依据", max_length=200, required=False)
        self.seen = manifest(self.task)
        self.changed = self._changed()
        if not self.changed:
            del self.fields["looked"]
        if not (self.verdict and self.verdict.collective):
            del self.fields["minutes"], self.fields["met_on"]

    def _changed(self) -> list[Difference]:
        """What changed since the level before signed, or since the application."""
        if self.verdict is None:
            return []
        return differences(last_seen(self.verdict.application, before=self.verdict.position), self.seen)

    def clean_met_on(self) -> date | None:
        met_on: date | None = self.cleaned_data["met_on"]
        if met_on and met_on > clock.today():
            raise ValidationError("集体研究日期不能晚于今天")
        return met_on

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.changed and not data.get("looked"):
            self.add_error("looked", "内容有变，请先看过再作结论")
        if data.get("result") in (Verdict.Result.PASS, Verdict.Result.FAIL):
            for number in range(len(self.conditions)):
                if not data.get(f"meets{number}"):
                    self.add_error(f"meets{number}", "这一项要作出判断")
        return data

    def step_data(self) -> dict[str, Any]:
        data = self.cleaned_data
        answers = [
            {"meets": data[f"meets{number}"], "note": data[f"note{number}"]}
            for number in range(len(self.conditions)) if data[f"meets{number}"]
        ]  # fmt: skip
        given = {name: data.get(name) for name in ("level", "result", "reason", "content", "minutes", "met_on")}
        return given | {"answers": answers, "looked": bool(data.get("looked"))}

    def context(self) -> dict[str, Any]:
        application = self.verdict.application if self.verdict else None
        if self.verdict and application:
            application.task = self.task  # which each of its files would read again
            # Whoever applied stands on each verdict too, and the database keeps the two the same.
            application.unit, application.applied_by = self.verdict.applicant_unit, self.verdict.applicant
        rows = [(self[f"meets{number}"], self[f"note{number}"]) for number in range(len(self.conditions))]
        return {
            "verdict": self.verdict,
            "application": application,
            "files": application.files.select_related("stored") if application else [],
            "verdicts": application.verdicts.select_related("unit", "decided_by", "decider_unit")
            if application
            else [],
            "changed": self.changed,
            "digest": digest_of(self.seen),
            "form_rows": rows,
            "visits": self.task.site_checks.filter(verdict__application=application)
            .select_related("unit", "by").prefetch_related("photos__stored__photo") if application else [],
        }  # fmt: skip


class StrikeOffForm(StepForm):
    note = forms.CharField(label="意见", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class FileForm(StepForm):
    sent_to = forms.CharField(label="报送", max_length=120)
    reference = forms.CharField(label="备案文号", required=False, max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        application = current_application(self.task)
        self.fields["sent_to"].initial = application.rulebook.rules.filing_to if application else ""


class LookForm(forms.Form):
    note = forms.CharField(
        label="为什么结论不变", min_length=6, max_length=500, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="看了哪几处变化，为什么不影响验收结论。结论变了的不要在这里办，请撤回公示、退回整改",
    )  # fmt: skip


class WaiveForm(forms.Form):
    reason = forms.CharField(
        label="放行的理由", min_length=10, max_length=500, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="为什么现在可以销号、今后谁在什么时候补上。放行人和理由一直写在任务页和销号登记表上；"
        "理由和单位（不写姓名）公众也看得到，不要写姓名、电话",
    )  # fmt: skip


class FineForm(forms.Form):
    fined = forms.CharField(label="处罚对象", max_length=120, help_text="单位写全称；个人只写“个人”，不写姓名")
    number = forms.CharField(label="处罚决定书文号", max_length=60)
    amount = forms.DecimalField(label="罚款（万元）", max_digits=10, decimal_places=4, min_value=Decimal("0.0001"))
    imposed_on = forms.DateField(label="决定日期", widget=DATE_INPUT)


class SettleForm(forms.Form):
    paid_on = forms.DateField(label="缴清日期", widget=DATE_INPUT)
    receipt = forms.CharField(label="缴款凭证号", max_length=60)


class SiteCheckForm(forms.Form):
    """What a phone sends of one visit; without a signal it keeps it and sends it later. The time and the place are the
    phone's own."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    made_at = forms.DateTimeField(
        widget=forms.HiddenInput, required=False, input_formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z"]
    )
    latitude = forms.DecimalField(widget=forms.HiddenInput, required=False, min_value=-90, max_value=90)
    longitude = forms.DecimalField(widget=forms.HiddenInput, required=False, min_value=-180, max_value=180)
    accuracy = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=100_000)
    found = forms.ChoiceField(label="现场情况", choices=SiteCheck.Found.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label="看到什么", min_length=6, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="去了哪里、量了什么、和材料对得上对不上",
    )  # fmt: skip
    photos = EvidenceField(label="照片", help_text="最好当场拍：照片自带时间和位置。没有的也收，会标出来")


class DrawForm(forms.Form):
    name = forms.CharField(label="名称", max_length=80, help_text="如：2026年四季度回头看")
    since = forms.DateField(label="销号起", widget=DATE_INPUT, help_text="抽这一天以后销号的任务")
    size = forms.IntegerField(label="抽几项", min_value=1, max_value=MOST)
    due_on = forms.DateField(label="完成期限", widget=DATE_INPUT)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (words, weight) in RISKS.items():
            self.fields[f"weight_{name}"] = forms.IntegerField(
                label=f"权重：{words}", min_value=0, max_value=20, initial=weight, help_text="加在基本权重1上"
            )


class VisitForm(forms.Form):
    result = forms.ChoiceField(label="结果", choices=Sample.Result.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label="看到什么", min_length=10, max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="什么时候去的、去了哪里、看到什么",
    )  # fmt: skip
    again_by = forms.DateField(
        label="新一轮整改期限",
        widget=DATE_INPUT,
        required=False,
        help_text="出现反弹的必填：原任务不动，另挂一项新任务",
    )


class AnswerReboundForm(forms.Form):
    text = forms.CharField(
        label="说明", min_length=10, max_length=1000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="当时怎么验收的、为什么没有看出来、今后怎么验",
    )  # fmt: skip


class ReplyForm(forms.Form):
    opinion = forms.ChoiceField(label="您的评价", choices=Reply.Opinion.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label="还有什么要说的", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="没有解决的，请说哪里、什么时候",
    )  # fmt: skip


class ReviewForm(forms.Form):
    found = forms.ChoiceField(label="核查结论", choices=Reply.Found.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label="核查情况", min_length=10, max_length=1000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="什么时候去的、看到什么；不写信访人的姓名和联系方式",
    )  # fmt: skip
    again_by = forms.DateField(
        label="新一轮整改期限",
        widget=DATE_INPUT,
        required=False,
        help_text="没有解决的必填：原任务不动，另挂一项新任务",
    )
