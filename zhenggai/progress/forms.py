from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from zhenggai.audit import clock
from zhenggai.documents.forms import EvidenceField
from zhenggai.ledger.models import Measure, Milestone, Target, Task
from zhenggai.ledger.targets import Reading, check_reading
from zhenggai.progress.models import Report


class ReportForm(forms.Form):
    """A month's report: what was done, how each measure stands, and the files that show it."""

    text = forms.CharField(
        label="进展情况", min_length=20, max_length=5000, widget=forms.Textarea(attrs={"rows": 7, "data-count": True}),
        help_text="写做了什么、做到多少、还差什么、下一步",
        error_messages={"min_length": "只有%(show_value)d个字；写做了什么、做到多少、还差什么（至少%(limit_value)d字）"},
    )  # fmt: skip
    nil = forms.BooleanField(
        label="本月无进展", required=False,
        help_text="没有进展也要报：勾上，在进展情况里写明为什么、打算怎么办。处处都会标明“无进展”",
    )  # fmt: skip
    evidence = EvidenceField(label="佐证", help_text="照片、监测报告、验收材料等，可以选多个；每个不超过20兆字节")

    def __init__(self, *args: Any, task: Task, again: Report | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.task = task
        if again:  # what was returned is mended, not written anew
            self.initial = {"text": again.text, "nil": again.nil, **self.initial}
        self.rows = [
            self._add_measure(measure) for measure in task.measures.prefetch_related("milestones").order_by("no")
        ]
        self.targets = list(task.targets.all())
        for target in self.targets:
            self._add_target(target)

    def _add_measure(self, measure: Measure) -> tuple[Measure, str, str]:
        state, day = f"measure_{measure.no}", f"done_{measure.no}"
        self.fields[state] = forms.ChoiceField(
            label=f"措施{measure.no}的进展", choices=Measure.Progress.choices, initial=measure.progress
        )
        self.fields[day] = forms.DateField(
            label=f"措施{measure.no}的完成日期",
            required=False,
            initial=measure.done_on,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        )
        for stone in measure.milestones.all():
            self.fields[_stone(measure, stone)] = forms.DateField(
                label=f"措施{measure.no}{stone}的完成日期", required=False, initial=stone.done_on,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            )  # fmt: skip
        return measure, state, day

    def _add_target(self, target: Target) -> None:
        self.fields[f"value_{target.pk}"] = forms.DecimalField(
            label=f"{target.what}的数值", required=False, max_digits=16, decimal_places=4
        )
        self.fields[f"on_{target.pk}"] = forms.DateField(
            label=f"{target.what}的日期", required=False, initial=clock.today(),
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        )  # fmt: skip
        self.fields[f"why_{target.pk}"] = forms.CharField(
            label=f"{target.what}的来源", required=False, max_length=200,
            widget=forms.TextInput(attrs={"placeholder": "监测报告号"}),
        )  # fmt: skip
        self.fields[f"against_{target.pk}"] = forms.CharField(
            label=f"{target.what}与以前矛盾的理由", required=False, max_length=200,
            widget=forms.TextInput(attrs={"placeholder": "与以前填报的为什么矛盾"}),
        )  # fmt: skip

    @property
    def samples(self) -> list[dict[str, Any]]:
        """Each target with its bound fields and its last value, for the template; a reason is asked for once a value was
        refused."""
        return [
            {"target": target, "value": self[f"value_{target.pk}"], "on": self[f"on_{target.pk}"],
             "why": self[f"why_{target.pk}"], "against": self[f"against_{target.pk}"],
             "refused": bool(self[f"value_{target.pk}"].errors or self[f"against_{target.pk}"].value())}
            for target in self.targets
        ]  # fmt: skip

    @property
    def earliest(self) -> date:
        """A measure may be done while the inspectors are still there (边督边改), not years before the task existed."""
        return timezone.localdate(self.task.entered_at) - timedelta(days=2 * 365)

    @property
    def measures(self) -> list[dict[str, Any]]:
        """Each measure with its two bound fields, for the template."""
        return [
            {"row": measure, "state": self[state], "day": self[day],
             "stones": [{"row": stone, "day": self[_stone(measure, stone)]} for stone in measure.milestones.all()]}
            for measure, state, day in self.rows
        ]  # fmt: skip

    def with_last_month(self, before: Report | None) -> list[dict[str, Any]]:
        """`measures`, each with what the last accepted report said of it."""
        last = {row["no"]: row["progress"] for row in before.measures} if before else {}
        labels = dict(Measure.Progress.choices)
        return [row | {"last": labels.get(last.get(row["row"].no, ""), "—")} for row in self.measures]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._clean_stones(data)
        self._clean_samples(data)
        if data.get("nil") and (self._moves(data) or self._readings(data)):
            self.add_error("nil", "报了无进展，措施却有变化：去掉这一项，或者把措施改回原来的进展")
        for measure, state, day in self.rows:
            done, on = data.get(state) == Measure.Progress.DONE, data.get(day)
            if done and on is None and day not in self.errors:
                self.add_error(day, f"措施{measure.no}报了已完成，要填完成日期")
            if on and on > clock.today():
                self.add_error(day, f"措施{measure.no}的完成日期不能晚于今天")
            if on and on < self.earliest:
                self.add_error(day, f"措施{measure.no}的完成日期早得不合情理；督察之前就做完的，请在进展情况里说明")
        return data

    def _moves(self, data: dict[str, Any]) -> bool:
        """Whether a measure or a milestone is told otherwise than it stands."""
        stones = [(stone, _stone(measure, stone)) for measure, _, _ in self.rows for stone in measure.milestones.all()]
        return any(data.get(state) not in (None, measure.progress) for measure, state, _ in self.rows) or any(
            name in data and data[name] != stone.done_on for stone, name in stones
        )

    def _clean_stones(self, data: dict[str, Any]) -> None:
        for measure, state, _ in self.rows:
            for stone in measure.milestones.all():
                name = _stone(measure, stone)
                if (on := data.get(name)) and on > clock.today():
                    self.add_error(name, f"措施{measure.no}{stone}的完成日期不能晚于今天")
                elif on and on < self.earliest:
                    self.add_error(name, f"措施{measure.no}{stone}的完成日期早得不合情理，请核对年份")
                elif not on and data.get(state) == Measure.Progress.DONE and name not in self.errors:
                    self.add_error(name, f"措施{measure.no}报了已完成，{stone}还没有完成日期")

    def _clean_samples(self, data: dict[str, Any]) -> None:
        for target, reading in self._readings(data):
            if not (sound := check_reading(target, reading, clock.today())):
                self.add_error(f"value_{target.pk}", sound.reason)

    def _readings(self, data: dict[str, Any]) -> list[tuple[Target, Reading]]:
        """The values that were filled in; one without a day is of today. A source is no reason: what contradicts an earlier
        value says why."""
        found = []
        for target in self.targets:
            if (value := data.get(f"value_{target.pk}")) is not None:
                source, reason = data.get(f"why_{target.pk}", ""), data.get(f"against_{target.pk}", "")
                found.append((target, Reading(data.get(f"on_{target.pk}") or clock.today(), value, source, reason)))
        return found

    def readings(self) -> list[dict[str, Any]]:
        """What the form says of each target, as a report keeps it."""
        return [
            {"target": target.pk, "what": target.what, "unit": target.unit, "on": reading.on.isoformat(),
             "value": str(reading.value), "words": reading.source,
             "reason": reading.reason}
            for target, reading in self._readings(self.cleaned_data)
        ]  # fmt: skip

    def progress(self) -> list[dict[str, Any]]:
        """What the form says of each measure, as a report keeps it."""
        return [
            {
                "no": measure.no,
                "progress": self.cleaned_data[state],
                "done_on": _iso(self.cleaned_data[day]) if self.cleaned_data[state] == Measure.Progress.DONE else None,
                "milestones": [
                    [stone.no, _iso(self.cleaned_data[_stone(measure, stone)])] for stone in measure.milestones.all()
                ],
            }
            for measure, state, day in self.rows
        ]


class CorrectionForm(ReportForm):
    """A report that comes after its month was closed."""

    reason = forms.CharField(
        label="更正理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="为什么封存以后才报或者要改；和封存的数字并列公布",
        error_messages={"required": "封存以后的更正要写明理由"},
    )  # fmt: skip


def _stone(measure: Measure, stone: Milestone) -> str:
    return f"stone_{measure.no}_{stone.no}"


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


class DecisionForm(forms.Form):
    accept = forms.TypedChoiceField(
        label="结论", choices=[("yes", "通过"), ("no", "退回")], widget=forms.RadioSelect, coerce=lambda value: value == "yes"
    )  # fmt: skip
    reason = forms.CharField(
        label="退回理由", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="退回时必填，写清要补什么",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("accept") is False and not data.get("reason", "").strip():
            self.add_error("reason", "退回要写明理由，报送单位才知道改什么")
        return data


class FilingForm(forms.Form):
    """What a unit files of one task for a quarter."""

    remains = forms.CharField(
        label="还有什么没做", max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="到期的做到多少、还差什么、下季度做什么；都做完了，写“本季度到期的已完成”",
        error_messages={"required": "报备要写明还有什么没做；都做完了，写“本季度到期的已完成”"},
    )  # fmt: skip
    reason = forms.CharField(
        label="没有结清的原因", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="到期的还没有做完时必填；封存时带着原因结转下季度",
    )  # fmt: skip
