"""Telling the apps above that tasks have changed, inside the transaction that changed them. They register here; the ledger
never imports them."""

from collections.abc import Callable, Sequence

from zhenggai.ledger.models import Task

Listener = Callable[[Sequence[Task]], None]

_listeners: list[Listener] = []


def on_change(listener: Listener) -> Listener:
    """Register what must follow every change of tasks' states, measures or particulars (their public copies, say). It is
    told of all that one act changed at once, and asks the database for all of them at once."""
    _listeners.append(listener)
    return listener


def changed(*tasks: Task) -> None:
    """Tell every listener. Called by lifecycle.take() and by the actions that change measures or particulars."""
    for listener in _listeners:
        listener(tasks)
