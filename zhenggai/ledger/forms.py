from typing import Any

from django import forms

from zhenggai.accounts.models import Person
from zhenggai.ledger.models import Task


class StepForm(forms.Form):
    """The form of a step. `template` draws it; what it returns goes to lifecycle.take()."""

    template = "pages/_step_form.html"

    def __init__(self, *args: Any, task: Task, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.task, self.by = task, by
        self.label_suffix = ""

    def step_data(self) -> dict[str, Any]:
        """The keyword arguments of the step's action."""
        return dict(self.cleaned_data)

    def context(self) -> dict[str, Any]:
        """What the form's template shows beside its fields."""
        return {}
