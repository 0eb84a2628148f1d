"""Papers: drafted from figures, edited as text, issued with a number of their own, then frozen with their digest."""

from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from docx import Document

from tests.world import UnitFactory, World
from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.models import Entry
from zhenggai.closure.tests.test_path import walk
from zhenggai.ledger import figures
from zhenggai.ledger.figures import MonthReports, UnitReports
from zhenggai.ledger.states import State
from zhenggai.supervision.actions import meetings, papers
from zhenggai.supervision.figures import by_place, by_unit, total_of
from zhenggai.supervision.models import Meeting, Paper
from zhenggai.supervision.papers.office import render
from zhenggai.supervision.tests.test_meetings import drafted, minuted, slow

DAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with clock.pretend(at(DAY)):
        yield


def words_of(data: bytes) -> str:
    document = Document(BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def issued_words(paper: Paper) -> str:
    assert paper.file is not None
    with paper.file.open() as file:
        return words_of(file.read())


def paper_of(world: World, kind: str = "bulletin", meeting: Meeting | None = None) -> Paper:
    return papers.draft_paper(world.city, kind, by=world.office, meeting=meeting)


# ── figures ──────────────────────────────────────────────────────────────────
def test_the_rows_add_up_to_the_whole(world: World) -> None:
    slow(world)
    world.task()
    walk(world, world.task(), State.IN_NOTICE)
    world.task(lead=[world.water], responsible=[world.water], place=world.city)
    total = total_of(world.city, DAY)
    assert total.total == 4
    assert total.struck_off + total.done + total.on_time + total.not_started + total.behind == total.total
    assert (total.behind, total.overdue, total.done) == (1, 1, 1)
    places = by_place(world.city, DAY)
    assert [(row.name, row.total) for row in places] == [("临江市本级", 1), ("南湖区", 3)]
    assert {row.name: (row.total, row.behind) for row in by_unit(world.city, DAY)} == {
        "南湖区政府": (3, 1), "市水务局": (1, 0),
    }  # fmt: skip


# ── drafts ───────────────────────────────────────────────────────────────────
@pytest.mark.requirement("R18")
@pytest.mark.parametrize("kind", ["bulletin", "circular"])
def test_a_bulletin_is_drafted_from_the_figures(world: World, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    late = slow(world)
    kept = MonthReports(date(2026, 11, 1), date(2026, 11, 16), {world.south_gov.pk: UnitReports(4, 2, 1, 0, 1)})
    monkeypatch.setattr(figures, "_sources", [lambda place, month, today: kept])
    paper = papers.issue_paper(paper_of(world, kind), by=world.office)
    words = issued_words(paper)
    for text in ("第1期", "截至2026年11月20日", "共有整改任务1项", "其中逾期1项", "各单位整改进展", late.number,
                 "已逾期1天", "应报4份", "按时2份，迟报1份，未报1份", "请南湖区政府逐项查明滞后原因"):  # fmt: skip
        assert text in words
    assert "工作通报" in words if kind == "circular" else "工作简报" in words


def test_a_bulletin_sums_the_reports_of_every_unit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    slow(world)
    units = [UnitFactory(parent=world.city_gov) for _ in range(61)]
    kept = MonthReports(date(2026, 11, 1), date(2026, 11, 16), {unit.pk: UnitReports(1, missing=1) for unit in units})
    monkeypatch.setattr(figures, "_sources", [lambda place, month, today: kept])
    words = issued_words(papers.issue_paper(paper_of(world), by=world.office))
    assert "应报61份" in words
    assert "未报61份" in words


def test_a_notice_carries_agenda_speakers_and_who_is_asked(world: World) -> None:
    slow(world)
    meeting = drafted(world)
    meetings.invite(meeting, by=world.office, names=["南湖区政府", "市水务局"])
    words = issued_words(papers.issue_paper(paper_of(world, "notice", meeting), by=world.office))
    for text in ("〔2026〕1号", "2026年11月26日（星期四）09:00", "市政府第二会议室", "4.进度滞后任务（1项）",
                 "南湖区政府、市水务局", "请南湖区政府主要负责人作表态发言", "各有关单位："):  # fmt: skip
        assert text in words


def test_minutes_carry_what_was_decided(world: World) -> None:
    meeting, _ = minuted(world)
    words = issued_words(papers.issue_paper(paper_of(world, "minutes", meeting), by=world.office))
    for text in (
        "会议纪要",
        "第1期",
        "2026年11月26日",
        "会议听取了汇报。",
        "月底前报追赶计划",
        "南湖区政府",
        "2026-11-30",
    ):
        assert text in words


@pytest.mark.parametrize(("kind", "words"), [("notice", "从会议页面起草"), ("minutes", "从会议页面起草")])
def test_a_paper_of_a_meeting_needs_its_meeting(world: World, kind: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        paper_of(world, kind)


def test_minutes_are_not_issued_before_they_are_written(world: World) -> None:
    with pytest.raises(Refused, match="先在会议页面形成纪要"):
        paper_of(world, "minutes", drafted(world))


def test_one_draft_of_a_kind_at_a_time(world: World) -> None:
    paper = paper_of(world)
    with pytest.raises(Refused, match="已经有一份没有印发"):
        paper_of(world)
    papers.discard_paper(paper, by=world.office)
    assert paper_of(world).pk


def texts(paper: Paper, **changed: str) -> list[tuple[str, str]]:
    return [(row["heading"], changed.get(row["key"], row["text"])) for row in paper.blocks]


def test_what_a_person_wrote_stays_when_the_figures_are_taken_anew(world: World) -> None:
    paper = paper_of(world)
    paper = papers.edit_paper(
        paper, by=world.office, title="改过的标题", addressee="", texts=texts(paper, demands="请抓紧。")
    )
    slow(world)
    paper = papers.refresh_paper(paper, by=world.office)
    found = {row["key"]: row["text"] for row in paper.blocks}
    assert "共有整改任务1项" in found["overall"]
    assert found["demands"] == "请抓紧。"
    assert paper.title == "改过的标题"


def test_two_people_do_not_overwrite_one_another(world: World) -> None:
    paper = paper_of(world)
    papers.edit_paper(paper, by=world.office, seen=paper.version, title="甲", addressee="", texts=texts(paper))
    with pytest.raises(Stale, match="有人改过"):
        papers.edit_paper(paper, by=world.acceptor, seen=paper.version, title="乙", addressee="", texts=texts(paper))


def test_an_empty_block_is_not_issued(world: World) -> None:
    paper = paper_of(world)
    paper = papers.edit_paper(paper, by=world.office, title="甲", addressee="", texts=texts(paper, demands=" "))
    with pytest.raises(Refused, match="“下一步要求”下面还没有写"):
        papers.issue_paper(paper, by=world.office)


# ── numbers, digest, signature ───────────────────────────────────────────────
@pytest.mark.requirement("R31")
def test_a_special_report_is_signed_by_a_leader_and_numbered(world: World) -> None:
    slow(world)
    paper = paper_of(world, "special")
    with pytest.raises(Refused, match="先送领导签发"):
        papers.issue_paper(paper, by=world.office)
    paper = papers.submit_paper(paper, by=world.office)
    with pytest.raises(Refused, match="不能再改"):
        papers.edit_paper(paper, by=world.office, title="甲", addressee="", texts=texts(paper))
    with pytest.raises(Refused, match="领导小组领导签发"):
        papers.issue_paper(paper, by=world.acceptor)
    paper = papers.return_paper(paper, by=world.leader, reason="补充逾期原因")
    assert (paper.state, paper.return_reason) == ("draft", "补充逾期原因")
    paper = papers.issue_paper(papers.submit_paper(paper, by=world.office), by=world.leader)
    words = issued_words(paper)
    assert "工作专报" in words
    assert "第1期" in words
    assert f"签发人：{world.leader.name}" in words


@pytest.mark.requirement("R31")
def test_numbers_run_by_place_kind_and_year_and_are_never_reused(world: World) -> None:
    numbers = [papers.issue_paper(paper_of(world), by=world.office).number for _ in range(2)]
    discarded = papers.discard_paper(paper_of(world), by=world.office)
    numbers.append(papers.issue_paper(paper_of(world), by=world.office).number)
    assert numbers == [1, 2, 3]
    assert discarded.number is None
    assert papers.issue_paper(paper_of(world, "circular"), by=world.office).number == 1
    with clock.pretend(at(date(2027, 1, 5))):
        assert papers.issue_paper(paper_of(world), by=world.office).number == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        Paper.objects.filter(kind="bulletin", number=2).update(number=1)


def test_an_issued_paper_is_kept_with_its_digest(world: World) -> None:
    paper = papers.issue_paper(paper_of(world), by=world.office)
    assert paper.file is not None
    with paper.file.open() as file:
        assert sha256(file.read()).hexdigest() == paper.file.sha256
    after = Entry.objects.get(verb="paper.issued").after
    assert after is not None
    assert after["file"] == paper.file.sha256
    assert render(paper, on=DAY) == render(paper, on=DAY)


@pytest.mark.parametrize("change", [{"title": "改过"}, {"blocks": []}, {"number": 9}, {"state": "draft"}])
def test_the_database_keeps_an_issued_paper(world: World, change: dict[str, Any]) -> None:
    paper = papers.issue_paper(paper_of(world), by=world.office)
    with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
        Paper.objects.filter(pk=paper.pk).update(**change)
    with pytest.raises(DatabaseError, match="not deleted"), transaction.atomic():
        Paper.objects.filter(pk=paper.pk).delete()


def test_the_database_wants_a_second_person_under_a_report_upward(world: World) -> None:
    paper = papers.submit_paper(paper_of(world, "special"), by=world.office)
    other = papers.issue_paper(paper_of(world), by=world.office)
    with pytest.raises(IntegrityError, match="report_upward_is_signed_by_another"), transaction.atomic():
        Paper.objects.filter(pk=paper.pk).update(
            state="issued", number=1, year=2026, issued_by=world.office, issued_on=DAY, issued_at=clock.now(),
            file=other.file,
        )  # fmt: skip


def test_who_reads_which_paper(world: World) -> None:
    bulletin = papers.issue_paper(paper_of(world), by=world.office)
    draft = paper_of(world)
    special = papers.submit_paper(paper_of(world, "special"), by=world.office)
    special = papers.issue_paper(special, by=world.leader)

    def reads(who: str) -> set[int]:
        return set(Paper.objects.visible_to(world.fresh(world.people[who])).values_list("pk", flat=True))

    assert reads("office") == reads("leader") == {bulletin.pk, draft.pk, special.pk}
    assert reads("south_liaison") == reads("water_liaison") == reads("south_acceptor") == {bulletin.pk}
    assert reads("security_admin") == reads("nobody") == set()


def test_a_meeting_s_notice_reaches_those_who_are_asked(world: World) -> None:
    meeting = drafted(world, planned_at=at(DAY + timedelta(days=3)))
    meetings.invite(meeting, by=world.office, names=["南湖区政府"])
    notice = papers.issue_paper(paper_of(world, "notice", meeting), by=world.office)
    for who, sees in (("south_liaison", True), ("north_liaison", False)):
        person = world.fresh(world.people[who])
        assert Meeting.objects.visible_to(person).filter(pk=meeting.pk).exists() is sees
        assert Paper.objects.visible_to(person).filter(pk=notice.pk).exists() is sees
