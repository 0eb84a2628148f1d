from typing import Any

from django import forms

from zhenggai.core.cadence import Cadence
from zhenggai.rulebook.rules import REPORTERS, Rules
from zhenggai.rulebook.speaking import NAMES, SIGNS

LEVELS = {"county": "县级验收", "city": "市级验收", "province": "省级验收"}
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
    """A version as a form: numbers, and the levels of acceptance from below upwards."""

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
    levels = forms.MultipleChoiceField(
        label="验收层级", choices=list(LEVELS.items()), widget=forms.CheckboxSelectMultiple,
        help_text="由下往上依次验收；市本级的任务没有县级这一级",
    )  # fmt: skip
    county_days = forms.IntegerField(label="县级验收限期（工作日）", min_value=1, max_value=120)
    city_days = forms.IntegerField(label="市级验收限期（工作日）", min_value=1, max_value=120)
    province_days = forms.IntegerField(label="省级验收限期（工作日）", min_value=1, max_value=120)
    review_days = forms.IntegerField(label="审核限期（工作日）", min_value=1, max_value=120)
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
        days = {f"{level.tier}_days": level.days for level in rules.levels}
        plain = {name: value for name, value in rules.as_json().items() if name in cls.base_fields}
        return (
            plain
            | {"county_days": 15, "city_days": 20, "province_days": 20}
            | days
            | {name: getattr(rules, name).rule for name in CADENCES}
            | {f"{name}_shift": getattr(rules, name).shift for name in CADENCES}
            | {"levels": [level.tier for level in rules.levels]}
            | rules.as_json()["speaking"]
        )

    def rules(self, base: Rules) -> dict[str, Any]:
        """The version's JSON: what the form says, on top of `base`."""
        data = self.cleaned_data
        levels = [
            {"key": tier, "name": name, "tier": tier, "days": data[f"{tier}_days"]}
            for tier, name in LEVELS.items()
            if tier in data["levels"]
        ]
        cadences = {name: {"rule": data[name], "shift": data[f"{name}_shift"]} for name in CADENCES}
        plain = {name: data[name] for name in base.as_json() if name in data}
        speaking = {name: data[name] for name in (*NAMES, "hard_signs")}
        return base.as_json() | plain | cadences | {"levels": levels, "speaking": speaking}
