"""The circular of a visit (督查通报), and what visits and help give to the report upward."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.world import World
from zhenggai.accounts.decisions import Refused
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.supervision.actions.findings import Seen, correct, put_down
from zhenggai.supervision.actions.papers import draft_paper, issue_paper
from zhenggai.supervision.actions.visits import close_visit, skip_task
from zhenggai.supervision.models import Paper, Visit
from zhenggai.supervision.tests.test_help import arranged
from zhenggai.supervision.tests.test_papers import issued_words
from zhenggai.supervision.tests.test_visits import DAY, SAW, demand, late, planned, reported, wrong


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with clock.pretend(at(DAY)):
        yield


def closed(world: World) -> Visit:
    """A visit with a wrong, one that agrees and one that was not looked at."""
    bad, good, missed = late(world), late(world), late(world)
    reported(world, bad)
    visit = planned(world, title="雨水排口督查")
    wrong(world, visit, bad, "false")
    put_down(visit, good, Seen("as_reported", SAW, DAY), by=world.supervision)
    skip_task(visit, by=world.supervision, task=missed.pk, reason="道路中断。")
    return close_visit(visit, by=world.supervision, summary="看了两处，一处问题突出。")


@pytest.mark.requirement("R54", "R70")
def test_the_circular_is_numbered_and_tells_what_was_wrong_beside_what_was_reported(world: World) -> None:
    visit = closed(world)
    bad, good, missed = (row.task.number for row in visit.tasks.select_related("task").order_by("task"))
    paper = issue_paper(draft_paper(world.city, "visit", by=world.supervision, visit=visit), by=world.supervision)
    words = issued_words(paper)
    for told in (
        "生态环境保护督察整改督查通报", "第1期", "关于雨水排口督查情况的通报",
        "2026年11月20日，整改督导组对临江市督察整改任务开展针对性督查，事先没有通知被督查单位。督查组由市政府的人员组成，"
        "到现场查看2项任务，与上报情况一致1项，发现问题1项。",
        bad, "南湖区政府2026年10月报告：三处排口已经完成封堵", f"虚假整改。{SAW}", "逐个排口查清来源，封堵到位（2026年11月30日前）",
        f"{good}，共1项。", f"{missed}：道路中断。", "请南湖区政府对照上表逐项整改",
    ):  # fmt: skip
        assert told in words
    assert list(Paper.objects.visible_to(world.north_liaison)) == [paper], "a circular goes to every unit of the place"


def test_a_circular_tells_the_days_on_which_something_was_seen(world: World) -> None:
    first, last = late(world), late(world)
    visit = planned(world)
    wrong(world, visit, first)
    with clock.pretend(at(DAY + timedelta(days=3))):
        put_down(visit, last, Seen("as_reported", SAW, DAY + timedelta(days=3)), by=world.supervision)
        close_visit(visit, by=world.supervision, summary="看了两处，一处问题突出。")
        opening = draft_paper(world.city, "visit", by=world.office, visit=visit).blocks[0]["text"]
    assert opening.startswith("2026年11月20日至23日，整改督导组")


def test_a_correction_stands_in_the_circular_in_place_of_what_it_corrects(world: World) -> None:
    visit = closed(world)
    found = visit.findings.wrong().get()
    correct(found, Seen("slower", "第二处是雨水管，第三处仍有污水流出", DAY), by=world.supervision, because="看错了管线",
            demand=demand(world, text="封堵第三处"))  # fmt: skip
    blocks = {row["key"]: row for row in draft_paper(world.city, "visit", by=world.office, visit=visit).blocks}
    (row,) = blocks["wrong"]["table"]["rows"]
    assert row[3] == "实际进度慢于上报。第二处是雨水管，第三处仍有污水流出"
    assert row[4] == "封堵第三处（2026年11月30日前）"


def test_a_circular_needs_a_visit_that_has_ended_and_who_went(world: World) -> None:
    visit = planned(world)
    with pytest.raises(Refused, match="从督查页面起草"):
        draft_paper(world.city, "visit", by=world.office)
    with pytest.raises(Refused, match="只印发督查通报"):
        draft_paper(world.city, "circular", by=world.office, visit=visit)
    with pytest.raises(Refused, match="结束以后再起草"):
        draft_paper(world.city, "visit", by=world.supervision, visit=visit)
    with pytest.raises(Refused, match="由整改督导组或临江市综合协调组办理"):
        draft_paper(world.city, "visit", by=world.publicity, visit=visit)
    ended = closed(world)
    draft_paper(world.city, "visit", by=world.supervision, visit=ended)
    with pytest.raises(Refused, match="已经有一份没有印发的督查通报"):
        draft_paper(world.city, "visit", by=world.office, visit=ended)


def test_the_report_upward_counts_visits_and_help(world: World) -> None:
    closed(world)
    arranged(world, until=DAY + timedelta(days=60))
    text = {row["key"]: row["text"] for row in draft_paper(world.city, "special", by=world.office).blocks}["done"]
    assert "开展督查1次，到现场查看任务2项，发现问题1项" in text
    assert "正在帮扶推进困难的任务1项" in text
