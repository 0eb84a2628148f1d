"""The chains of acceptance as two small tables that a clerk fills in: the kinds of task, and the levels of each."""

from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet

from zhenggai.rulebook.chain import DECIDERS, INSPECTIONS, MOST_CHAINS, MOST_LEVELS, SOURCES, TERMS, TIER_WORDS
from zhenggai.rulebook.rules import Rules

SOURCE_WORDS = dict(zip(SOURCES, ("督察反馈", "责任追究清单", "信访举报", "自查发现", "巡查发现"), strict=True))
INSPECTION_WORDS = dict(zip(INSPECTIONS, ("中央督察", "省级督察", "专项督察", "“回头看”", "自查自纠"), strict=True))
TERM_WORDS = dict(zip(TERMS, ("有期限", "长期坚持"), strict=True))
SPARE = 2  # empty rows to add to
KEPT_OF_CHAIN = ("name", "sources", "inspections", "terms", "inquiry")


def _some(label: str, words: dict[str, str]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=list(words.items()), required=False, widget=forms.CheckboxSelectMultiple
    )


class Row(forms.Form):
    """A row of a table: `title` is what it is called before it is opened."""

    @property
    def title(self) -> str:
        return " · ".join(str(self.initial[name]) for name in ("chain", "name") if name in self.initial)


class ChainForm(Row):
    """One chain: its name and the kinds of task that pass it."""

    name = forms.CharField(label="验收链", max_length=40)
    sources = _some("只适用来源", SOURCE_WORDS)
    inspections = _some("只适用督察", INSPECTION_WORDS)
    terms = _some("只适用期限", TERM_WORDS)
    inquiry = forms.BooleanField(
        label="申请销号前要倒查制度缺陷", required=False, help_text="查出的登记缺陷，没有查出的写明查过什么"
    )


class LinesField(forms.CharField):
    """A list, one a line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)

    def clean(self, value: Any) -> list[str]:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class LevelForm(Row):
    """One level of a chain."""

    key = forms.CharField(widget=forms.HiddenInput, required=False)
    chain = forms.CharField(label="属于哪条链", max_length=40)
    name = forms.CharField(label="层级", max_length=40)
    by = forms.ChoiceField(label="由谁作出", choices=list(DECIDERS.items()), initial="office")
    tier = forms.ChoiceField(label="哪一级", choices=list(TIER_WORDS.items()), initial="county")
    days = forms.IntegerField(label="限期（工作日）", min_value=1, max_value=120)
    conditions = LinesField(label="验收条件，一行一条")
    documents = LinesField(label="申请要附的材料，一行一种")
    visit = forms.BooleanField(label="要现场核查", required=False)
    collective = forms.BooleanField(label="要集体研究", required=False)


class RowsFormSet(BaseFormSet):  # type: ignore[type-arg]  # is no generic at run time
    """Rows of which some may be taken out, and a few spare ones."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = "删去这一行"

    def rows(self) -> list[dict[str, Any]]:
        """The rows that are filled in and stay."""
        return [form.cleaned_data for form in self.forms if form.has_changed() or form.initial
                if form.cleaned_data and not form.cleaned_data.get("DELETE")]  # fmt: skip


ChainFormSet = forms.formset_factory(
    ChainForm, formset=RowsFormSet, extra=1, can_delete=True, max_num=MOST_CHAINS, validate_max=True
)
LevelFormSet = forms.formset_factory(
    LevelForm, formset=RowsFormSet, extra=SPARE, can_delete=True, max_num=MOST_CHAINS * MOST_LEVELS, validate_max=True
)


def initial_chains(rules: Rules) -> list[dict[str, Any]]:
    return [{name: getattr(chain, name) for name in KEPT_OF_CHAIN} for chain in rules.chains]


def initial_levels(rules: Rules) -> list[dict[str, Any]]:
    return [
        {
            **{name: getattr(level, name) for name in ("key", "name", "by", "tier", "days", "visit", "collective")},
            "conditions": "\n".join(level.conditions), "documents": "\n".join(level.documents), "chain": chain.name,
        }
        for chain in rules.chains for level in chain.levels
    ]  # fmt: skip


def chains_of(chains: Any, levels: Any) -> list[dict[str, Any]]:
    """The chains as a version's JSON has them; a level of a chain that is not named stands in one of its own, which
    rules_from() refuses by name."""
    found = {row["name"]: {**_kept(row, *KEPT_OF_CHAIN), "levels": []} for row in chains.rows()}
    for number, row in enumerate(levels.rows(), 1):
        level = _kept(row, "name", "by", "tier", "days", "conditions", "documents", "visit", "collective")
        at = found.setdefault(row["chain"], {"name": row["chain"], "levels": []})
        at["levels"].append(level | {"key": row["key"] or f"level{number}"})
    return list(found.values())


def _kept(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}
