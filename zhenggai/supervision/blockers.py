"""What a visit demanded stands between the task and its strike-off until whoever asked for it has closed it. The gate of
closure asks this of tasks that have such demands."""

from collections.abc import Iterable

from zhenggai.ledger.blockers import Blocker
from zhenggai.ledger.models import Task
from zhenggai.ledger.states import STRIKE_OFF
from zhenggai.supervision.models import DecidedItem

WORDS = 40  # characters of a demand


def open_demands(task: Task) -> Iterable[Blocker]:
    """Each demand that is open, or reported done and not looked at."""
    rows = DecidedItem.objects.open().filter(task=task, finding__isnull=False)
    for item in rows.select_related("unit", "finding__visit__body").order_by("due", "pk"):
        assert item.finding is not None
        text = item.text if len(item.text) <= WORDS else f"{item.text[:WORDS]}…"
        body = item.finding.visit.body
        who = f"由{body}核实" if item.state == DecidedItem.State.REPORTED else f"由{item.unit}办好并报办结，{body}核实"
        yield Blocker(STRIKE_OFF, f"督查要求没有办结：{text}（{item.due}前）", who, "demands")
