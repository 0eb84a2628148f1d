"""Decisions on a page that is older than the row: refused, with both versions."""

import re
from typing import Any

import pytest

from tests.world import World
from zhenggai.intake import corrections
from zhenggai.intake.actions import reject
from zhenggai.intake.models import Item, Proposal
from zhenggai.intake.stale import of_many, sealed, values_of
from zhenggai.intake.tests.test_corrections import WHY, item, shown
from zhenggai.intake.tests.test_intake import proposed
from zhenggai.ledger.models import Task


@pytest.fixture
def proposal(world: World) -> Proposal:
    return proposed(world)


def decisions(proposal: Proposal) -> dict[str, dict[str, Any]]:
    """Every decision on the first item, as the pages send it that show it now."""
    base = shown(proposal)
    return {
        "accept": base, "reject": base | {"reason": "重复交办"}, "split": base | {"at": item(proposal).start + 1},
        "merge": base | {"next_base": shown(proposal, 2)["base"]}, "restore": base,
    }  # fmt: skip


@pytest.mark.parametrize("step", ["accept", "reject", "split", "merge", "restore"])
def test_a_decision_on_a_row_that_another_changed_is_refused_with_both_versions(
    world: World, proposal: Proposal, login: Any, step: str
) -> None:
    sent = decisions(proposal)[step]
    corrections.edit(item(proposal), {"goal": "别人写的目标。"}, serial=1, reason=WHY, by=world.office)
    before = values_of(item(proposal))
    answer = login(world.office).post(f"/intake/{proposal.pk}/1/{step}/", sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "在你打开以后被别人改过" in page
    assert "3处排口日雨量25毫米以下不溢流。" in page
    assert "别人写的目标。" in page
    assert step != "reject" or 'value="重复交办"' in page, "what was typed stays"
    assert values_of(item(proposal)) == before
    assert item(proposal).is_pending
    assert (proposal.items.count(), Task.objects.count()) == (2, 0)


def test_the_page_of_a_refused_decision_carries_what_stands_there_now(
    world: World, proposal: Proposal, login: Any
) -> None:
    client, address = login(world.office), f"/intake/{proposal.pk}/1/accept/"
    sent = shown(proposal)
    corrections.edit(item(proposal), {"goal": "别人写的目标。"}, serial=1, reason=WHY, by=world.office)
    page = client.post(address, sent).content.decode()
    again = re.search(r'name="base" value="([^"]+)"', page)
    assert again is not None
    assert client.post(address, {"base": again[1]}).status_code == 302
    assert Task.objects.get().goal == "别人写的目标。"


def test_the_next_row_is_not_taken_in_as_another_than_was_seen(world: World, proposal: Proposal, login: Any) -> None:
    sent = decisions(proposal)["merge"]
    corrections.edit(item(proposal, 2), {"goal": "别人写的目标。"}, serial=2, reason=WHY, by=world.office)
    answer = login(world.office).post(f"/intake/{proposal.pk}/1/merge/", sent)
    assert answer.status_code == 409
    assert "别人写的目标。" in answer.content.decode()
    assert item(proposal, 2).is_pending


def test_a_row_that_a_split_moved_is_decided_as_it_was_seen(world: World, proposal: Proposal, login: Any) -> None:
    second, sent = item(proposal, 2), shown(proposal, 2)
    corrections.split(item(proposal), proposal.text.index("（2）2025年6月"), by=world.office)
    assert login(world.office).post(f"/intake/{proposal.pk}/2/reject/", sent | {"reason": "重复"}).status_code == 302
    second.refresh_from_db()
    assert (second.position, second.decision) == (3, Item.Decision.REJECTED)


def opened(proposal: Proposal) -> dict[str, str]:
    """What the page of all open rows carries now."""
    return {"base": sealed(of_many(list(proposal.items.pending())))}


def test_all_rows_are_accepted_as_they_were_seen_or_none(world: World, proposal: Proposal, login: Any) -> None:
    client, address = login(world.office), f"/intake/{proposal.pk}/accept/"
    sent = opened(proposal)
    corrections.edit(item(proposal), {"goal": "别人写的目标。"}, serial=1, reason=WHY, by=world.office)
    answer = client.post(address, sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert f'<a href="/intake/{proposal.pk}/1/">第1项</a>' in page
    assert "<del>3处排口日雨量25毫米以下不溢流。</del>" in page
    assert "<ins>别人写的目标。</ins>" in page
    assert "/2/" not in re.sub(r"(?s).*<section", "", page.split("</section>")[0]), "the row that nobody changed"
    assert Task.objects.count() == 0
    assert client.post(address, opened(proposal)).status_code == 302
    assert Task.objects.count() == 2


def told(world: World, proposal: Proposal, login: Any, sent: dict[str, str]) -> list[tuple[str, str, list[Any]]]:
    answer = login(world.office).post(f"/intake/{proposal.pk}/accept/", sent)
    assert (answer.status_code, Task.objects.filter(number__gt="省督-02").count()) == (409, 0)
    return [
        (str(row.item), row.what, [(one["label"], one["then"], one["now"]) for one in row.rows])
        for row in answer.context["changed"]
    ]


def test_a_row_that_was_seen_edited_shows_that_edit_beside_what_stands_there_now(
    world: World, proposal: Proposal, login: Any
) -> None:
    corrections.edit(item(proposal), {"goal": "第一次写的。"}, serial=1, reason=WHY, by=world.office)
    sent = opened(proposal)
    corrections.edit(item(proposal), {"goal": "第二次写的。"}, serial=7, reason=WHY, by=world.office)
    assert told(world, proposal, login, sent) == [
        ("第7项", "", [("序号", "1", "7"), ("整改目标", "第一次写的。", "第二次写的。")])
    ]
    corrections.restore(item(proposal), by=world.office)
    ((_, _, rows),) = told(world, proposal, login, sent)
    assert ("整改目标", "第一次写的。", "3处排口日雨量25毫米以下不溢流。") in rows


def test_rows_that_were_decided_cut_or_came_meanwhile_are_named(world: World, proposal: Proposal, login: Any) -> None:
    sent = opened(proposal)
    corrections.split(item(proposal), proposal.text.index("（2）2025年6月"), by=world.office)
    reject(item(proposal, 3), "重复交办", by=world.office)
    assert [(name, what) for name, what, _ in told(world, proposal, login, sent)] == [
        ("第1项", "拆过或并过，打开时的样子看原文"),
        ("第3项", "你打开以后才有的（拆出或补录）"),
        ("第2项", f"已由{world.office}不入账"),
    ]


def test_a_page_of_all_rows_stays_small(proposal: Proposal) -> None:
    base = opened(proposal)["base"]
    assert len(base) < 300, "what was read is kept with each row, and is not carried"


def test_a_decision_without_what_was_seen_is_refused(world: World, proposal: Proposal, login: Any) -> None:
    client = login(world.office)
    assert client.post(f"/intake/{proposal.pk}/1/accept/").status_code == 409
    assert client.post(f"/intake/{proposal.pk}/accept/").status_code == 409
    assert client.post(f"/intake/{proposal.pk}/accept/", shown(proposal)).status_code == 409, "another page's"
    assert Task.objects.count() == 0
