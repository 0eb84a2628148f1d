"""Whatever a person takes out of the system as a file leaves a row of the trail, with its digest."""

from datetime import date
from hashlib import sha256
from typing import Any

import pytest

from tests.world import World
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.models import Entry
from zhenggai.progress.filings import open_filing
from zhenggai.progress.rounds import open_round
from zhenggai.supervision.actions.papers import draft_paper

DAY = date(2026, 11, 20)


@pytest.mark.requirement("R57")
def test_every_export_is_on_the_trail(world: World, login: Any) -> None:
    with clock.pretend(at(DAY)):
        task = world.task()
        open_round(world.city, date(2026, 11, 1))
        open_filing(world.city, date(2026, 10, 1))
        paper = draft_paper(world.city, "bulletin", by=world.office)
        client = login(world.office)
        sent = {
            "台账20261120.xlsx": client.get("/ledger/export/?view=all"),
            "应报2026-11.xlsx": client.get("/rounds/2026-11/owed/export/?state=due"),
            "月度调度2026-11.xlsx": client.get("/rounds/2026-11/export/"),
            "临江市2026年第4季度报备.xlsx": client.get("/filings/2026-4/export/"),
            "临江市2026年第4季度报备表.docx": client.get("/filings/2026-4/paper/"),
            f"{paper.title}（草稿）.docx": client.get(f"/meetings/papers/{paper.pk}/file/"),
        }
        ticked = client.post("/ledger/bulk/", {"act": "export", "pick": [task.pk]})
    rows = list(Entry.objects.filter(verb="data.exported").order_by("seq"))
    told = [(row.actor_id, row.after["name"], row.after["sha256"]) for row in rows]
    assert told[:-1] == [(world.office.pk, name, sha256(answer.content).hexdigest()) for name, answer in sent.items()]
    assert "选中的任务" in rows[-1].note
    assert rows[-1].after["sha256"] == sha256(ticked.content).hexdigest()


def test_what_is_refused_leaves_no_row(world: World, login: Any) -> None:
    assert login(world.north_liaison).get("/filings/2026-4/export/").status_code == 404
    assert not Entry.objects.filter(verb="data.exported").exists()
