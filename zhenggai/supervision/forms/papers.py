from typing import Any

from django import forms

from zhenggai.supervision.forms.fields import lines
from zhenggai.supervision.models import Paper


def cells_of(table: dict[str, Any] | None) -> list[list[tuple[Any, str]]]:
    """A block's table for the page: its head, then its rows, each cell with the class of its column."""
    if table is None:
        return []
    css = ["zg-num" if letter == "r" else "" for letter in table["align"]]
    return [list(zip(row, css, strict=True)) for row in [table["header"], *table["rows"]]]


class NewPaperForm(forms.Form):
    """Which kind to draft; those of a meeting are drafted on its page."""

    kind = forms.ChoiceField(label="文种", choices=Paper.Kind.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""

    @property
    def general(self) -> list[tuple[str, str]]:
        """The kinds that need no meeting and no visit."""
        return [(value, label) for value, label in Paper.Kind.choices if value not in ("notice", "minutes", "visit")]


class PaperForm(forms.Form):
    """Title, addressee, and each block's heading and text; the tables are the figures' own."""

    title = forms.CharField(label="标题", max_length=200)
    addressee = forms.CharField(label="主送", max_length=300, required=False)

    def __init__(self, *args: Any, paper: Paper, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix, self.paper = "", paper
        self.initial = {"title": paper.title, "addressee": paper.addressee}
        for number, block in enumerate(paper.blocks):
            name = block["heading"] or "开头"
            self.fields[f"h{number}"] = forms.CharField(
                label=f"第{number + 1}段标题", max_length=60, required=False, initial=block["heading"]
            )
            self.fields[f"t{number}"] = forms.CharField(
                label=name, max_length=10000, required=False, initial=block["text"],
                widget=lines(min(12, 2 + len(block["text"]) // 45 + block["text"].count("\n"))),
            )  # fmt: skip

    def rows(self) -> list[dict[str, Any]]:
        """Each block with its two fields."""
        return [{"heading": self[f"h{number}"], "text": self[f"t{number}"], "table": block["table"], "cells": cells_of(block["table"]), "name": block["heading"]}
                for number, block in enumerate(self.paper.blocks)]  # fmt: skip

    def data_of(self) -> dict[str, Any]:
        texts = [(self.cleaned_data[f"h{number}"], self.cleaned_data[f"t{number}"]) for number in
                 range(len(self.paper.blocks))]  # fmt: skip
        return {"title": self.cleaned_data["title"], "addressee": self.cleaned_data["addressee"], "texts": texts}


class ReturnForm(forms.Form):
    reason = forms.CharField(label="退回理由", max_length=500, widget=lines(3))
