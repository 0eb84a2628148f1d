"""Who may open the ledger's list, its columns, views and what is done to many tasks at once; the rows of
tests/test_permissions.py for these."""

from typing import Any

from tests.matrix import EVERYONE, ON_THE_TASK
from tests.world import World
from zhenggai.audit import clock
from zhenggai.ledger.bulk import ACTIONS, carry_out
from zhenggai.ledger.gaps import hand_in
from zhenggai.ledger.models import Task
from zhenggai.ledger.preferences import save_view
from zhenggai.ledger.tests.test_gaps import gap_of, mended

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
    # gaps in the rules, of 南湖区政府
    "gaps": EVERYONE,
    "export_gaps": EVERYONE,
    "gap": ON_THE_TASK,
    "lead_to_gap": ON_THE_TASK - {"publicity", "leader"},  # whose task is named decides
    "correct_gap": {"office", "south_acceptor", "supervision", "case"},
    "hand_in_remedy": {"office", "south_acceptor", "south_liaison"},
    "decide_remedy": {"office", "south_acceptor", "supervision", "case"},
    "remedy_file": ON_THE_TASK,
    "drop_inquiry": {"office", "south_acceptor", "supervision", "case"},
    "find_gap": {"office", "south_acceptor", "supervision", "case", "south_liaison"},
    "find_no_gap": {"office", "south_acceptor", "supervision", "case"},
}
POST_ONLY = {"ledger_columns", "save_view", "rename_view", "drop_view", "bulk_preview", "bulk_do"}


def kept(world: World, task: Task) -> dict[str, list[Any]]:
    """A view that the office saved, and what it did to many tasks at once; what their addresses are made of."""
    view = save_view("我的", "?view=open", shared=False, by=world.office)
    change = carry_out({task.pk: task.version}, ACTIONS["increment"], "", by=world.office)
    gap, other = gap_of(world, task), gap_of(world, task, wrong="没有写明发现溢流以后向谁报告。")
    remedy = hand_in(other, mended(effective_on=clock.today()), by=world.south_liaison)
    kept_gaps = {name: [gap.pk] for name in ("gap", "lead_to_gap", "correct_gap", "hand_in_remedy")}
    return kept_gaps | {
        "decide_remedy": [remedy.pk], "remedy_file": [remedy.pk], "drop_inquiry": [gap.inquiries.get().pk],
        "find_gap": [task.pk], "find_no_gap": [task.pk],
        "rename_view": [view.pk], "drop_view": [view.pk], "ledger_detail": [task.pk], "bulk_change": [change.pk],
    }  # fmt: skip
