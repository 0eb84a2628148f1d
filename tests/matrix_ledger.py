"""Who may open the ledger's list, its columns, views and what is done to many tasks at once; the rows of
tests/test_permissions.py for these."""

from typing import Any

from tests.matrix import EVERYONE, ON_THE_TASK
from tests.world import World
from zhenggai.ledger.bulk import ACTIONS, carry_out
from zhenggai.ledger.models import Task
from zhenggai.ledger.preferences import save_view

MATRIX: dict[str, set[str]] = {
    "ledger": EVERYONE,
    "ledger_export": EVERYONE,
    "ledger_detail": ON_THE_TASK,
    "ledger_columns": EVERYONE,
    "ledger_views": EVERYONE,
    "save_view": EVERYONE,
    "rename_view": {"office"},
    "drop_view": {"office"},
    "bulk_preview": set(),  # nothing is picked
    "bulk_do": set(),  # no preview was seen
    "bulk_change": {"office"},  # who did it
}
POST_ONLY = {"ledger_columns", "save_view", "rename_view", "drop_view", "bulk_preview", "bulk_do"}


def kept(world: World, task: Task) -> dict[str, list[Any]]:
    """A view that the office saved, and what it did to many tasks at once; what their addresses are made of."""
    view = save_view("我的", "?view=open", shared=False, by=world.office)
    change = carry_out({task.pk: task.version}, ACTIONS["increment"], "", by=world.office)
    return {
        "rename_view": [view.pk], "drop_view": [view.pk], "ledger_detail": [task.pk], "bulk_change": [change.pk],
    }  # fmt: skip
