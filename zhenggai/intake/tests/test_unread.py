"""What the reading left out is told, shown where it stands, and can be added by hand."""

from typing import Any

import pytest
from django.core.files.base import ContentFile

from tests.browser.test_path import PLAN
from tests.world import World
from zhenggai.intake.actions import propose
from zhenggai.intake.models import Proposal

LEFT_OUT = "另有三家砖瓦厂烟气治理设施老旧，请属地一并纳入整改范围。"


@pytest.fixture
def proposal(world: World) -> Proposal:
    assert world.inspection is not None
    plan = PLAN.replace("整改任务清单\n", f"{LEFT_OUT}\n整改任务清单\n")
    return propose(ContentFile(plan.encode(), name="方案.txt"), "方案.txt", world.inspection, by=world.office)


def test_a_passage_that_went_into_no_value_is_kept_with_its_place(proposal: Proposal) -> None:
    assert [proposal.text[start:end] for start, end in proposal.unread] == [LEFT_OUT]


def test_the_page_says_how_many_places_and_shows_each_with_what_is_around_it(
    proposal: Proposal, login: Any, world: World
) -> None:
    client = login(world.office)
    assert "未读入1处" in client.get(f"/intake/{proposal.pk}/").content.decode()
    answer = client.get(f"/intake/{proposal.pk}/unread/")
    page = answer.content.decode()
    (passage,) = answer.context["passages"]
    assert (passage.text, passage.item) == (LEFT_OUT, None)
    assert f'<span class="zg-lit" data-start="{passage.start}" data-end="{passage.end}">{LEFT_OUT}</span>' in page
    assert "制定本方案" in page


def test_from_there_a_task_is_added_by_hand_with_the_passage_chosen(
    proposal: Proposal, login: Any, world: World
) -> None:
    client = login(world.office)
    start, end = proposal.unread[0]
    form = client.get(f"/intake/{proposal.pk}/add/?from={start}&to={end}").context["form"]
    assert form["first"].value() is not None
    assert proposal.text[form["first"].value() : form["last"].value()].strip() == LEFT_OUT


def test_a_plan_that_was_read_whole_says_nothing_of_it(world: World, login: Any) -> None:
    assert world.inspection is not None
    whole = propose(ContentFile(PLAN.encode(), name="方案.txt"), "方案.txt", world.inspection, by=world.office)
    assert whole.unread == []
    client = login(world.office)
    assert "未读入" not in client.get(f"/intake/{whole.pk}/").content.decode()
    assert "原文都读入了" in client.get(f"/intake/{whole.pk}/unread/").content.decode()


def test_who_may_not_import_sees_none_of_it(proposal: Proposal, login: Any, world: World) -> None:
    assert login(world.south_liaison).get(f"/intake/{proposal.pk}/unread/").status_code == 404
