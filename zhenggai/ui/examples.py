"""Example data of the style book: one invented city on one day, 2026-11-22."""

from datetime import date
from types import SimpleNamespace
from typing import Any

from django import forms

from zhenggai.core import workdays
from zhenggai.ui import icons

TODAY = date(2026, 11, 22)
UNITS = [("", "市城市管理局"), ("water", "市水务局")]


class ExampleForm(forms.Form):
    rate = forms.DecimalField(label="雨污分流改造完成率（%）", widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    finished = forms.DateField(label="完成日期", help_text="写年月日，不晚于今天", required=False)
    report = forms.CharField(
        label="情况说明", widget=forms.Textarea(attrs={"rows": 4, "data-count": True, "minlength": 50})
    )
    unit = forms.ChoiceField(label="牵头单位", choices=UNITS, required=False)
    verdict = forms.ChoiceField(
        label="结论", choices=[("yes", "同意"), ("no", "退回")], widget=forms.RadioSelect, required=False
    )
    truthful = forms.BooleanField(label="对内容的真实性负责")
    source = forms.CharField(
        label="原文（不能改）", required=False, widget=forms.TextInput(attrs={"readonly": True, "class": "zg-src"})
    )


def wrong_form() -> ExampleForm:
    filled = {
        "rate": "78.2",
        "finished": "2026-11-20",
        "report": "正在推进。",
        "verdict": "yes",
        "truthful": "on",
        "source": "2026年底前完成",
    }
    form = ExampleForm({f"example-{name}": value for name, value in filled.items()}, prefix="example")
    form.add_error("rate", "比上月的81.9%低；如确实下降，请在说明里写原因")
    form.add_error("report", "只有5个字；写做了什么、做到多少、还差什么")
    return form


def steps() -> list[dict[str, str]]:
    done = [("整改", "2026-10-20"), ("自查自验", "2026-10-20"), ("县级验收", "2026-10-27"), ("市级验收", "2026-11-06")]
    todo = [("销号", "市领导小组"), ("备案", "省整改办")]
    return [
        *({"name": name, "note": note, "state": "done"} for name, note in done),
        {"name": "公示", "note": "剩3个工作日", "state": "current"},
        *({"name": name, "note": note, "state": ""} for name, note in todo),
    ]


def tasks() -> list[dict[str, Any]]:
    behind = {"number": "省督-09", "issue": "工业园区污水处理厂配套管网不完善", "status": "O", "done": 4, "late": 3}
    fine = {"number": "央督-16", "issue": "乡镇污水处理设施长期低负荷运行", "status": "T", "done": 5, "late": 0}
    return [
        {**behind, "due": date(2026, 10, 31), "total": 7, "chosen": False},
        {**fine, "due": date(2027, 1, 31), "total": 7, "chosen": True},
    ]


def tabs() -> list[dict[str, Any]]:
    return [
        {"label": "我的", "url": "#c9", "current": True, "count": 7},
        {"label": "本单位", "url": "#c9", "count": 11},
        {"label": "已逾期", "url": "#c9", "count": 2, "alarm": True},
    ]


def everything() -> dict[str, Any]:
    return {
        "today": TODAY,
        "icons": icons.names(),
        "form": wrong_form(),
        "steps": steps(),
        "tasks": tasks(),
        "tabs": tabs(),
        "period": workdays.add(date(2026, 11, 12), 10),
        "golden_week": workdays.add(date(2026, 9, 28), 10),
        "allowed": SimpleNamespace(allowed=True, reason=""),
        "refused": SimpleNamespace(allowed=False, reason="还差2项：目标1未达到、缺第三方检测报告"),
        "duty": [
            ("定领导", "南湖区区长（第一责任人）"),
            ("定任务", "4项措施、9个节点"),
            ("定进度", "月报15日前；年底完成"),
        ],
        "sizes": [812, 300_000, 28 * 1024 * 1024],
        "days": {
            "overdue": date(2026, 10, 31),
            "soon": date(2026, 11, 30),
            "later": date(2026, 12, 31),
            "this": TODAY,
        },
    }
