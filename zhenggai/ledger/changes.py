"""Telling the apps above that a task has changed, inside the transaction that changed it. They register here; the ledger
never imports them."""

from collections.abc import Callable

from zhenggai.ledger.models import Task

_listeners: list[Callable[[Task], None]] = []


def on_change(listener: Callable[[Task], None]) -> Callable[[Task], None]:
    """Register what must follow every change of a task's state or measures (its public copy, say)."""
    _listeners.append(listener)
    return listener


def changed(task: Task) -> None:
    """Tell every listener. Called by lifecycle.take() and by the actions that change measures."""
    for listener in _listeners:
        listener(task)
