"""The only writer of a task's state.

`take` is what every button, command and test calls. The app that owns a step registers its action and its permission
here; lower layers never import upper ones.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db import connection, transaction
from django.db.models import F

from zhenggai.accounts.decisions import Decision, Refused, Stale, no
from zhenggai.accounts.models import Person
from zhenggai.audit import clock, verbs
from zhenggai.audit.actions import record
from zhenggai.ledger.changes import changed
from zhenggai.ledger.models import Task
from zhenggai.ledger.states import STEPS, State, Step


@dataclass(frozen=True)
class Outcome:
    """What an action returns: the state that it leads to (where the step has several), what the audit row tells, and
    fields of the task itself to be written with the state."""

    target: State | None = None
    after: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    fields: dict[str, Any] = field(default_factory=dict)


# (task, *, by, and what the step's form gives) → Outcome
Action = Callable[..., Outcome]


@dataclass(frozen=True)
class Performer:
    """How a step is done: its action, who may, the form that asks for its data, and to whom it goes next."""

    action: Action
    allowed: Callable[[Task, Person], Decision]
    form: Callable[..., forms.Form] | None
    goes_to: Callable[[Task], str]


_performers: dict[str, Performer] = {}
_followers: list[Callable[[Task, Step, Person], None]] = []

for _step in STEPS.values():
    verbs.register(f"task.{_step.name}", _step.label, _step.tone)


def performs(
    step: Step,
    *,
    allowed: Callable[[Task, Person], Decision],
    form: Callable[..., forms.Form] | None = None,
    goes_to: Callable[[Task], str] = lambda task: "",
) -> Callable[[Action], Action]:
    """Register the decorated function as the action of `step`. A step has one action; a second raises ValueError."""

    def register(action: Action) -> Action:
        if step.name in _performers:
            raise ValueError(f"step {step.name} already has an action")
        _performers[step.name] = Performer(action, allowed, form, goes_to)
        return action

    return register


def follows(follower: Callable[[Task, Step, Person], None]) -> Callable[[Task, Step, Person], None]:
    """Register what must follow certain steps, in their transaction."""
    _followers.append(follower)
    return follower


def performer(step: Step) -> Performer:
    """The registered performer of `step`."""
    return _performers[step.name]


def decide(step: Step, task: Task, by: Person) -> Decision:
    """Whether `by` may take `step` on `task` as it stands now, else the reason."""
    if task.state not in step.sources:
        sources = "、".join(f"“{State(source).words}”" for source in step.sources)
        return no(f"“{step.label}”要在{sources}环节办理，这项任务现在是“{task.state_words}”")
    return _performers[step.name].allowed(task, by)


def open_steps(task: Task, by: Person) -> list[tuple[Step, Decision]]:
    """The steps that lead on from the task's state, each with the answer for `by`."""
    return [(step, decide(step, task, by)) for step in STEPS.values() if task.state in step.sources]


def take(step: Step, task: Task, *, by: Person, seen: int | None = None, **data: Any) -> Task:
    """Take `step` on `task`: lock, compare, ask, act, set the state, follow, record; all or nothing.

    `seen` is the task's version on the page that the person looked at. Raises Stale when somebody was faster, Refused
    with the reason when the step is not open to `by` or its data break a rule.
    """
    with transaction.atomic():
        locked = Task.objects.select_for_update(of=("self",)).select_related("place", "inspection").get(pk=task.pk)
        if seen is not None and seen != locked.version:
            raise Stale(
                f"{locked.number}在你打开页面之后已经变了，现在是“{locked.state_words}”。请看过现在的情况再办。"
            )
        if not (decision := decide(step, locked, by)):
            raise Stale(decision.reason) if locked.state not in step.sources else Refused(decision.reason)
        outcome = _performers[step.name].action(locked, by=by, **data)
        before = {"state": locked.state}
        _write(locked, step, outcome)
        for follower in _followers:
            follower(locked, step, by)
        changed(locked)
        record(
            f"task.{step.name}",
            by=by,
            target=locked,
            task_id=locked.pk,
            before=before,
            after={"state": locked.state} | outcome.after,
            note=outcome.note,
        )
    return locked


def _write(task: Task, step: Step, outcome: Outcome) -> None:
    target = outcome.target or step.targets[0]
    if target not in step.targets:
        raise ValueError(f"step {step.name} cannot lead to {target}")
    fields = dict(outcome.fields)
    if target == State.RECTIFYING:  # what goes back is not finished any more
        fields["finished_on"] = None
    task.state, task.state_since = target, clock.now()
    for name, value in fields.items():
        setattr(task, name, value)
    with connection.cursor() as cursor:  # the database refuses a new state without this (migrations/0002_state.py)
        cursor.execute("SELECT set_config('zhenggai.step', %s, true)", [step.name])
        Task.objects.filter(pk=task.pk).update(
            state=task.state, state_since=task.state_since, version=F("version") + 1, **fields
        )
        cursor.execute("SELECT set_config('zhenggai.step', '', true)")
    task.version += 1
