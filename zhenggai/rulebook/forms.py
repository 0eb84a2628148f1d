from typing import Any

from django import forms

from zhenggai.core.cadence import Cadence
from zhenggai.rulebook.rules import OVERRIDABLE, REPORTERS, Rules
from zhenggai.rulebook.speaking import NAMES, SIGNS

DAYS = (*range(1, 29), -1)
CADENCES = {
    "report": [f"FREQ=MONTHLY;BYMONTHDAY={day}" for day in DAYS],
    "filing_quarter": [
        f"FREQ=MONTHLY;BYMONTH={months};BYMONTHDAY={day}" for months in ("3,6,9,12", "1,4,7,10") for day in DAYS
    ],
    "yearly_check": [f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={day}" for month in range(1, 13) for day in (15, -1)],
}
SHIFTS = [("next", "顺延到下一个工作日"), ("previous", "提前到上一个工作日"), ("none", "不变")]


class RulebookForm(forms.Form):
    """A version as a form: numbers and choices; the chains of acceptance are in chain_forms.py."""

    name = forms.CharField(label="版本", max_length=60, help_text="如：2027年1月版")
    effective_from = forms.DateField(
        label="生效日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="从这一天起的新环节按本版，在途的不变",
    )  # fmt: skip
    report = forms.ChoiceField(label="月报截止")
    report_shift = forms.ChoiceField(label="月报截止遇休息日", choices=SHIFTS)
    filing_quarter = forms.ChoiceField(label="季度报备截止", help_text="落在季度首月的，报备的是上一季度")
    filing_quarter_shift = forms.ChoiceField(label="季度报备截止遇休息日", choices=SHIFTS)
    countdown_days = forms.IntegerField(
        label="倒计时督办", min_value=1, max_value=180, help_text="期限前多少天列入倒计时督办清单"
    )
    notice_days = forms.IntegerField(label="公示期", min_value=1, max_value=60)
    notice_day_kind = forms.ChoiceField(label="公示期计法", choices=[("working", "工作日"), ("calendar", "自然日")])
    objection_days = forms.IntegerField(label="异议答复期限（工作日）", min_value=1, max_value=60)
    filing_to = forms.CharField(label="备案报送", max_length=60)
    filing_days = forms.IntegerField(label="备案期限（工作日）", min_value=1, max_value=60)
    warning_days = forms.IntegerField(label="到期前多少天提醒", min_value=1, max_value=180)
    reporters = forms.ChoiceField(
        label="谁报月报告", choices=list(REPORTERS.items()), help_text="从下一次布置的月度调度起按新的办"
    )
    yearly_check = forms.ChoiceField(label="长期坚持任务年度复核截止", help_text="每年一次，从下一年度起按新的办")
    yearly_check_shift = forms.ChoiceField(label="年度复核截止遇休息日", choices=SHIFTS)

    overridable = forms.MultipleChoiceField(
        label="销号条件里，批准销号的领导可以写明理由放行的", choices=list(OVERRIDABLE.items()),
        widget=forms.CheckboxSelectMultiple, required=False, help_text="放行的人和理由一直写在任务页和文稿上；不勾的一律不放行",
    )  # fmt: skip

    hard_signs = forms.MultipleChoiceField(
        label="表态发言：哪些情形算难度大",
        choices=list(SIGNS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, base: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, usual in CADENCES.items():  # a rule of the place's own, such as a second Monday, stays choosable
            rules = list(dict.fromkeys([getattr(base, name).rule, *usual]))
            self.fields[name].choices = [(rule, Cadence(rule, "none").words) for rule in rules]  # type: ignore[attr-defined]
        for name, (words, low, high) in NAMES.items():
            self.fields[name] = forms.IntegerField(label=f"表态发言：{words}", min_value=low, max_value=high)

    @classmethod
    def initial_of(cls, rules: Rules) -> dict[str, Any]:
        """The form's values for `rules`."""
        plain = {name: value for name, value in rules.as_json().items() if name in cls.base_fields}
        return (
            plain
            | {name: getattr(rules, name).rule for name in CADENCES}
            | {f"{name}_shift": getattr(rules, name).shift for name in CADENCES}
            | rules.as_json()["speaking"]
        )

    def rules(self, base: Rules) -> dict[str, Any]:
        """The version's JSON: what the form says, on top of `base`."""
        data = self.cleaned_data
        cadences = {name: {"rule": data[name], "shift": data[f"{name}_shift"]} for name in CADENCES}
        plain = {name: data[name] for name in base.as_json() if name in data}
        speaking = {name: data[name] for name in (*NAMES, "hard_signs")}
        return base.as_json() | plain | cadences | {"speaking": speaking}
