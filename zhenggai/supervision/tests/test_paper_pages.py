"""The pages of papers: from draft to issue, and that no form is taken from a page that says nothing of what it showed."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.world import World
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.progress.actions import open_round, submit
from zhenggai.supervision.actions import papers
from zhenggai.supervision.models import Meeting, Paper
from zhenggai.supervision.tests.test_meetings import drafted, slow
from zhenggai.supervision.tests.test_pages import DAY, text


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with clock.pretend(at(DAY)):
        yield


@pytest.mark.requirement("R31")
def test_a_special_report_from_draft_to_issue(world: World, login: Any) -> None:
    slow(world)
    office, leader = login(world.office), login(world.leader)
    office.post("/meetings/papers/new/", {"kind": "special"})
    paper = Paper.objects.get()
    data: dict[str, Any] = {"title": "改过的专报", "addressee": "中共临江市委、临江市人民政府", "seen": paper.version}
    for number, block in enumerate(paper.blocks):
        data |= {f"h{number}": block["heading"], f"t{number}": block["text"]}
    data["t0"] = "经核实，情况如下。" + data["t0"]
    assert office.post(f"/meetings/papers/{paper.pk}/", data).status_code == 302
    page = text(office, f"/meetings/papers/{paper.pk}/")
    assert "改过的专报" in page
    assert "送签" in page
    office.post(f"/meetings/papers/{paper.pk}/submit/", {"seen": Paper.objects.get().version})
    assert "签发专报：改过的专报" in text(leader, "/work/")
    leader.post(f"/meetings/papers/{paper.pk}/issue/", {"seen": Paper.objects.get().version})
    page = text(office, f"/meetings/papers/{paper.pk}/")
    assert "2026年第1期" in page
    assert "经核实，情况如下。" in page
    assert "第1期" in text(office, "/meetings/papers/?kind=special&year=2026")
    assert "改过的专报" not in text(office, "/meetings/papers/?kind=bulletin")
    file = office.get(f"/meetings/papers/{paper.pk}/file/")
    assert b"".join(file.streaming_content)[:2] == b"PK"


def test_a_draft_can_be_downloaded_and_says_that_it_is_one(world: World, login: Any) -> None:
    paper = papers.draft_paper(world.city, "bulletin", by=world.office)
    answer = login(world.office).get(f"/meetings/papers/{paper.pk}/file/")
    assert answer.content[:2] == b"PK"
    assert "%E8%8D%89%E7%A8%BF" in answer.headers["Content-Disposition"]
    assert login(world.south_liaison).get(f"/meetings/papers/{paper.pk}/file/").status_code == 404


@pytest.mark.parametrize(("name", "words"), [("issue", "先送领导签发"), ("return", "先送领导签发")])
def test_a_special_report_is_not_issued_past_the_leader(world: World, login: Any, name: str, words: str) -> None:
    paper = papers.draft_paper(world.city, "special", by=world.office)
    answer = login(world.office).post(f"/meetings/papers/{paper.pk}/{name}/", {"reason": "甲", "seen": paper.version})
    assert answer.status_code == 403
    assert words in answer.content.decode()


@pytest.mark.requirement("R18", "R19")
def test_the_round_s_figures_reach_speakers_and_bulletin(world: World) -> None:
    """Through the registry of the ledger: supervision never imports the rounds."""
    with clock.pretend(at(date(2026, 11, 2))):
        task = world.task(lead=[world.water], responsible=[world.south_gov])
        open_round(world.city, date(2026, 11, 1))
    with clock.pretend(at(date(2026, 11, 17))):
        submit(task, text="在推进", measures=[], files=[], by=world.south_liaison)
    grounds = {
        str(row.unit): row.grounds for row in drafted(world).speakers.select_related("unit").order_by("position")
    }
    assert grounds == {"市水务局": [{"kind": "整改进展滞后", "words": "月报告应报1份、未报1份，达到1份"}]}
    blocks = {row["key"]: row for row in papers.draft_paper(world.city, "bulletin", by=world.office).blocks}
    assert "11月报告应报2份，截止2026年11月16日：按时0份，迟报1份，未报1份" in blocks["reports"]["text"]


@pytest.mark.parametrize("seen", [{}, {"seen": "x"}])
def test_what_does_not_say_which_page_it_was_filled_in_on_is_refused(
    world: World, login: Any, seen: dict[str, str]
) -> None:
    slow(world)
    office, meeting = login(world.office), drafted(world)
    office.post("/meetings/papers/new/", {"kind": "special"})
    paper, items = Paper.objects.get(), meeting.items.count()
    texts_ = {f"t{number}": "改过的文字" for number in range(len(paper.blocks))}
    for address, data in (
        (f"/meetings/{meeting.pk}/add/", {"kind": "other", "title": "乙"}),
        (f"/meetings/{meeting.pk}/cancel/", {"reason": "改期"}),
        (f"/meetings/papers/{paper.pk}/", {"title": "改过的专报", "addressee": "市委"} | texts_),
        (f"/meetings/papers/{paper.pk}/submit/", {}),
        (f"/meetings/papers/{paper.pk}/discard/", {}),
    ):
        answer = office.post(address, data | seen)
        assert answer.status_code in (403, 422), address
        assert "页面不完整，没有办理" in answer.content.decode(), address
    assert Paper.objects.values().get()["blocks"] == paper.blocks
    assert Paper.objects.get().state == "draft"
    assert (Meeting.objects.get().is_open, meeting.items.count()) == (True, items)


def test_a_paper_sent_back_with_an_error_still_tells_what_a_colleague_changed(world: World, login: Any) -> None:
    slow(world)
    office = login(world.office)
    office.post("/meetings/papers/new/", {"kind": "special"})
    paper = Paper.objects.get()
    words: dict[str, Any] = {"title": "", "addressee": "市委", "seen": paper.version}
    for number, block in enumerate(paper.blocks):
        words |= {f"h{number}": block["heading"], f"t{number}": f"我写的第{number}段文字"}
    editing = {"title": "同事的", "addressee": "市委", "texts": [(row["heading"], row["text"]) for row in paper.blocks]}
    papers.edit_paper(paper, by=world.acceptor, **editing)
    again = office.post(f"/meetings/papers/{paper.pk}/", words)
    assert again.status_code == 422
    mine = words | {"title": "我的", "seen": again.context["seen"]}
    late_ = office.post(f"/meetings/papers/{paper.pk}/", mine, headers={"Origin": "http://testserver"})
    assert late_.status_code == 409
    assert "我写的第0段文字" in late_.content.decode(), "what was written can be copied"
    assert Paper.objects.get().title == "同事的"
