from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from zhenggai.audit import clock
from zhenggai.documents.forms import EvidenceField
from zhenggai.ledger.forms import StepForm
from zhenggai.ledger.models import Task
from zhenggai.ledger.states import State
from zhenggai.publicity import challenge
from zhenggai.publicity.covers import LONGEST, SHORTEST
from zhenggai.publicity.models import Notice, NoticeItem, Objection, period_of
from zhenggai.publicity.notices import check_notice
from zhenggai.publicity.release.findings import Finding
from zhenggai.publicity.releasing import unanswered
from zhenggai.publicity.uploads import MOST_FILES, ObjectionFilesField
from zhenggai.rulebook.models import Rulebook
from zhenggai.ui.asked import day as asked_day

MOST_OTHERS = 40


class PlainFilesInput(forms.ClearableFileInput):
    """A plain input for several files: public pages run no script."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__()
        self.attrs["multiple"] = True

    def format_value(self, value: Any) -> None:
        return None


class ReleaseForm(StepForm):
    """A form whose words become public: the release check stands between it and the public. `why-<key>` are the reasons for
    what stands; the template draws them (publicity/_findings.html)."""

    findings: Sequence[Finding] = ()

    @property
    def reasons(self) -> dict[str, str]:
        return reasons_in(self.data)

    def check(self, findings: Sequence[Finding]) -> None:
        """Refuse the form while a line is unanswered; the lines stand in it either way."""
        self.findings = findings
        if left := unanswered(findings, self.reasons):
            raise forms.ValidationError(
                f"发布前检查：有{len(left)}处要处理。逐条改掉，或者在下面写明为什么可以公开，再发布一次。"
            )

    def lines(self) -> list[dict[str, Any]]:
        """The findings with the reasons typed so far."""
        return lines_of(self.findings, self.reasons)


def reasons_in(data: Mapping[str, Any]) -> dict[str, str]:
    """The reasons that a form sent, by the key of the finding."""
    return {name[4:]: str(data[name])[:300] for name in data if name.startswith("why-")}


def lines_of(findings: Sequence[Finding], reasons: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each finding with its reason so far, what stands first."""
    rows = [{"finding": finding, "reason": reasons.get(finding.key, "")} for finding in dict.fromkeys(findings)]
    return sorted(rows, key=lambda row: row["finding"].removed)


def title_of(tasks: Sequence[Task]) -> str:
    """The title of a notice on these tasks of one place: it names each by its number in the plan (第24项)."""
    serials: dict[str, list[int]] = {}
    for task in tasks:
        serials.setdefault(task.inspection.name, []).append(task.serial)
    items = "、".join(f"{name}反馈第{'、'.join(map(str, sorted(numbers)))}项" for name, numbers in serials.items())
    return f"{tasks[0].place.name}人民政府关于{items}问题整改情况的公示"


class OpenNoticeForm(ReleaseForm):
    template = "publicity/_open_notice_form.html"

    starts_on = forms.DateField(
        label="开始日期", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="先公告、后起算：可以写今天，也可以写以后的一天，不能写过去",
    )  # fmt: skip
    others = forms.MultipleChoiceField(
        label="一起公示的任务", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="同一个地方、同样待公示的任务可以放进一份公示",
    )  # fmt: skip
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
        waiting = Task.objects.filter(place=task.place_id, state=State.REVIEWED).exclude(pk=task.pk).order_by("number")
        others: Any = self.fields["others"]
        others.choices = [(row.pk, f"{row.number} {row.headline}") for row in waiting[:MOST_OTHERS]]
        if not others.choices:
            del self.fields["others"]
        issuer = f"{task.place.name}人民政府"
        self.initial = {
            "title": title_of([task]),
            "issuer": issuer,
            "contact_unit": f"{task.place}生态环境保护督察整改工作领导小组办公室",
            "contact_phone": self.by.phone,
            "starts_on": clock.today(),
        } | dict(self.initial)

    def clean_starts_on(self) -> date:
        return self.cleaned_data["starts_on"] or clock.today()

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        chosen = (
            Task.objects.filter(pk__in=given.get("others") or [])
            .select_related("inspection", "place")
            .order_by("number")
        )
        if chosen and given.get("title") == title_of([self.task]):  # left as proposed: it names all the items
            given["title"] = title_of([self.task, *chosen])
        if not self.errors:
            self.check(check_notice([self.task, *chosen], given))
        return given

    def step_data(self) -> dict[str, Any]:
        others = [int(pk) for pk in self.cleaned_data.get("others") or []]
        return super().step_data() | {"others": others, "reasons": self.reasons}

    def context(self) -> dict[str, Any]:
        start = asked_day(str(self["starts_on"].value() or "")) or clock.today()
        book = Rulebook.objects.in_force(self.task.place, start)
        period = period_of(start, book.rules.notice_days, book.rules.notice_day_kind)
        return {
            "period": period,
            "rulebook": book,
            "measures": self.task.measures.order_by("no"),
            "lines": self.lines(),
        }


class WithdrawNoticeForm(StepForm):
    reason = forms.CharField(
        label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="会写在公众看到的公示页上",
    )  # fmt: skip
    back_to = forms.ChoiceField(
        label="退回到", initial=State.RECTIFYING.value, widget=forms.RadioSelect,
        choices=[
            (State.RECTIFYING.value, "整改：问题没有改到位，措施要接着做"),
            (State.SELF_CHECKED.value, "自查自验之后：已经改到位，材料不足，补齐后重新申请销号"),
        ],
    )  # fmt: skip


class RenewNoticeForm(StepForm):
    reason = forms.CharField(
        label="哪里要更正", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="会写在公众看到的公示页上；更正后重新公示，期限从头算",
    )  # fmt: skip


class EndForm(forms.Form):
    adopt = forms.ChoiceField(
        label="怎么定", choices=[("yes", "顺延到建议的日期"), ("no", "不顺延")], widget=forms.RadioSelect, initial="yes"
    )
    reason = forms.CharField(label="说明", required=False, max_length=300, help_text="不顺延的必填")


class ObjectionForm(forms.Form):
    """The citizen's form. `website` is a trap for programs: people do not see it; `token` and `sum` are the challenge."""

    item = forms.ModelChoiceField(
        NoticeItem.objects.none(), label="针对哪一项", required=False, empty_label="整份公示", to_field_name="pk"
    )
    text = forms.CharField(
        label="哪里与事实不符", max_length=5000, min_length=5, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="请写明时间、地点；不要写他人的个人信息。",
        error_messages={"required": "请写明哪里与事实不符", "max_length": "最多写5000字，现在有%(show_value)d字"},
    )  # fmt: skip
    contact = forms.CharField(
        label="联系方式", required=False, max_length=100, widget=forms.TextInput(attrs={"autocomplete": "tel"}),
        help_text="可以不留（匿名）。只有承办人能看到，用来核实情况、告诉您办理结果",
    )  # fmt: skip
    attached = ObjectionFilesField(
        label="照片或文件", help_text=f"最多{MOST_FILES}个，每个不超过20兆字节；不公开", widget=PlainFilesInput()
    )
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))
    token = forms.CharField(widget=forms.HiddenInput, required=False)
    sum = forms.CharField(
        label="验证", max_length=12, widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
        error_messages={"required": "请答这道题"},
    )  # fmt: skip

    def __init__(self, *args: Any, notice: Notice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.notice, self.question = notice, ""
        items = notice.items.order_by("pk")
        if len(items) > 1:
            self.fields["item"].queryset = items  # type: ignore[attr-defined]
        else:
            del self.fields["item"]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        try:
            self.question = challenge.check(given.get("token", ""), given.get("sum", ""), self.notice.pk)
        except challenge.WrongAnswer as wrong:
            if "sum" not in self.errors:
                self.add_error("sum", str(wrong))
        return given

    def given(self) -> dict[str, Any]:
        """What objections.object_to() takes."""
        kept = {name: self.cleaned_data.get(name) for name in ("text", "contact", "item")}
        return kept | {"files": self.cleaned_data["attached"], "question": self.question}


class EnterObjectionForm(forms.Form):
    """What the office enters of a letter, a call or a visit."""

    channel = forms.ChoiceField(
        label="渠道", choices=[row for row in Objection.Channel.choices if row[0] != "web"], widget=forms.RadioSelect
    )
    received_on = forms.DateField(label="收到日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    postmarked_on = forms.DateField(
        label="邮戳日期", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="来信填写；是不是在公示期内提出，以邮戳为准",
    )  # fmt: skip
    item = forms.ModelChoiceField(NoticeItem.objects.none(), label="针对哪一项", required=False, empty_label="整份公示")
    text = forms.CharField(
        label="异议内容", min_length=5, max_length=5000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="照来信、来电或来访的原意写，不要写反映人的信息",
    )  # fmt: skip
    contact = forms.CharField(
        label="反映人和联系方式", required=False, max_length=100, help_text="加密保存，只有承办人能看到；匿名的不填"
    )
    attached = EvidenceField(label="附件", help_text="来信扫描件、照片等；不公开")

    def __init__(self, *args: Any, notice: Notice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.fields["item"].queryset = notice.items.order_by("pk")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("channel") != Objection.Channel.LETTER and given.get("postmarked_on"):
            self.add_error("postmarked_on", "只有来信有邮戳日期")
        return given

    def given(self) -> dict[str, Any]:
        """What objections.enter_objection() takes."""
        told = dict(self.cleaned_data)
        return told | {"files": told.pop("attached")}


class AnswerForm(forms.Form):
    finding = forms.ChoiceField(label="核查结论", choices=Objection.Finding.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label="答复", min_length=5, max_length=4000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="凭受理编号可以查到这段答复；不要写反映人的信息",
    )  # fmt: skip


class CoverForm(forms.Form):
    """What is to be covered, and where; `seen` comes with the second sending, of what the person was shown."""

    address = forms.CharField(
        label="网页地址",
        max_length=300,
        help_text="公开网站上那一页的地址，整个复制过来；一项任务、一条信息的所有旧版一起遮",
    )
    words = forms.CharField(
        label="要遮去的文字", max_length=LONGEST, min_length=SHORTEST, strip=True,
        help_text="只写个人信息本身，如姓名、电话、门牌号；这几个字不会记进审计",
    )  # fmt: skip
    reason = forms.CharField(
        label="理由", max_length=200, help_text="公众看得到，不要重复要遮去的文字；如：投诉人的姓名，本人要求删除"
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


class NameForm(forms.Form):
    name = forms.RegexField(
        "^[\u4e00-\u9fff·]{2,12}$", label="姓名", error_messages={"invalid": "写汉字姓名，2到12个字"}
    )
    post = forms.CharField(label="职务", max_length=60, help_text="为什么可以公开，如：市长、热线联系人")
