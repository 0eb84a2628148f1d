from typing import Any

from django import forms

from zhenggai.audit import clock
from zhenggai.ledger.forms import StepForm
from zhenggai.publicity.models import Objection, period_of
from zhenggai.rulebook.models import Rulebook


class OpenNoticeForm(StepForm):
    template = "publicity/_open_notice_form.html"

    title = forms.CharField(label="标题", max_length=200)
    issuer = forms.CharField(label="发布单位", max_length=120)
    contact_unit = forms.CharField(label="受理部门", max_length=120)
    contact_phone = forms.RegexField(
        r"^[\d\-－—+()（）转、，, ]{7,40}$", label="联系电话", max_length=40,
        error_messages={
            "required": "没有联系电话的公示无法提异议，不能发布", "invalid": "写打得通的电话号码，如：0711-1234567",
        },
    )  # fmt: skip
    contact_address = forms.CharField(label="联系地址", required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        task = self.task
        issuer = f"{task.place.name}人民政府"
        self.initial = {
            "title": f"{issuer}关于{task.inspection.name}反馈第{task.serial}项问题整改情况的公示",
            "issuer": issuer,
            "contact_unit": f"{task.place}生态环境保护督察整改工作领导小组办公室",
            "contact_phone": self.by.phone,
        } | dict(self.initial)

    def context(self) -> dict[str, Any]:
        today = clock.today()
        book = Rulebook.objects.in_force(self.task.place, today)
        period = period_of(today, book.rules.notice_days, book.rules.notice_day_kind)
        return {"period": period, "rulebook": book, "measures": self.task.measures.order_by("no")}


class WithdrawNoticeForm(StepForm):
    reason = forms.CharField(
        label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="会写在公众看到的公示页上",
    )  # fmt: skip


class ObjectionForm(forms.Form):
    """The citizen's form. `website` is a trap for programs: people do not see it."""

    text = forms.CharField(
        label="哪里与事实不符", max_length=5000, min_length=5, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="请写明时间、地点；不要写他人的个人信息。",
        error_messages={"required": "请写明哪里与事实不符", "max_length": "最多写5000字，现在有%(show_value)d字"},
    )  # fmt: skip
    contact = forms.CharField(
        label="联系方式", required=False, max_length=100, help_text="只有承办人能看到；用来告诉您办理结果"
    )
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))


class AnswerForm(forms.Form):
    finding = forms.ChoiceField(label="核查结论", choices=Objection.Finding.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label="答复", min_length=5, max_length=4000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="凭受理编号可以查到这段答复；不要写反映人的信息",
    )  # fmt: skip


class ReceiptForm(forms.Form):
    receipt = forms.CharField(label="受理编号", max_length=24)
