"""The quarter's filing: what was due, what is cleared, what is carried over with its reason."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from docx import Document

from tests.world import World, build
from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.models import Entry
from zhenggai.ledger.actions import NewMeasure
from zhenggai.ledger.models import Task
from zhenggai.ledger.targets import set_target
from zhenggai.pages import daily
from zhenggai.progress.filings import (
    close_filing,
    countdown,
    counts_key,
    digest_of,
    figures,
    file,
    keep_up,
    open_filing,
)
from zhenggai.progress.models import FiledTask, QuarterFiling

OPENED, DUE, AFTER = date(2026, 10, 9), date(2026, 12, 25), date(2026, 12, 28)
QUARTER, NEXT = date(2026, 10, 1), date(2027, 1, 1)
IN_QUARTER, LATER = date(2026, 11, 30), date(2027, 5, 31)


@pytest.fixture(autouse=True)
def on_the_day() -> Any:
    with clock.pretend(at(OPENED)):
        yield


def a_task(world: World, *dues: date, due: date = LATER) -> Task:
    return world.task(measures=[NewMeasure(no, f"措施{no}", day) for no, day in enumerate(dues, 1)], due=due)


def row(task: Task, quarter: date = QUARTER) -> FiledTask:
    return FiledTask.objects.select_related("filing").get(task=task, filing__quarter=quarter)


def close(world: World, filing: QuarterFiling, by: str = "office") -> QuarterFiling:
    keep_up(filing)
    return close_filing(filing, seen=counts_key(figures(filing.tasks.all())), by=getattr(world, by))


@pytest.mark.requirement("R20")
def test_a_quarter_opens_by_itself_with_each_open_task_and_what_is_due_of_it(world: World) -> None:
    both, none, whole = a_task(world, IN_QUARTER, LATER), a_task(world, LATER), a_task(world, due=IN_QUARTER)
    assert daily.run()["filed"] == 3
    assert [(row(task).due_count, row(task).done_count) for task in (both, none, whole)] == [(1, 0), (0, 0), (1, 0)]
    filing = QuarterFiling.objects.get()
    assert (filing.quarter, filing.due_on) == (QUARTER, DUE)
    assert "3项，2026-12-25截止" in Entry.objects.get(verb="filing.opened").note
    entered = a_task(world, IN_QUARTER)
    both.measures.filter(no=1).update(progress="done", done_on=date(2026, 11, 3))
    assert daily.run()["filed"] == 1
    assert (row(entered).due_count, row(both).done_count) == (1, 1)


def test_what_was_due_before_and_not_done_is_due_still_and_what_was_done_before_is_not(world: World) -> None:
    task = a_task(world, date(2026, 6, 30), date(2026, 8, 31))
    task.measures.filter(no=1).update(progress="done", done_on=date(2026, 6, 20))
    open_filing(world.city, QUARTER)
    assert (row(task).due_count, row(task).done_count) == (1, 0)


def test_a_target_is_due_in_the_quarter_of_its_date(world: World) -> None:
    task, later = a_task(world), a_task(world)
    for of, due in ((task, IN_QUARTER), (later, LATER)):
        set_target(of, what="管网改造率", unit="%", comparator="ge", baseline=Decimal(10), goal=Decimal(90), due=due,
                   by=world.office)  # fmt: skip
    filing = open_filing(world.city, QUARTER)
    assert [(row(one).due_count, row(one).done_count) for one in (task, later)] == [(1, 0), (0, 0)]
    task.targets.update(met_on=OPENED)
    keep_up(filing)
    assert row(task).done_count == 1


@pytest.mark.requirement("R20")
def test_what_is_done_is_cleared_and_what_is_not_is_carried_over_with_its_reason(world: World) -> None:
    done, told, silent, calm = (a_task(world, IN_QUARTER), a_task(world, IN_QUARTER), a_task(world, IN_QUARTER),
                                a_task(world, LATER))  # fmt: skip
    filing = open_filing(world.city, QUARTER)
    done.measures.update(progress="done", done_on=date(2026, 11, 20))
    file(row(told), remains="还差1处排口", reason="管材供应推迟", by=world.south_liaison)
    file(row(calm), remains="按方案推进", by=world.south_liaison)
    with clock.pretend(at(date(2027, 1, 4))):
        following = open_filing(world.city, NEXT)
        assert row(told, NEXT).carried_from is None, "the quarter before is still open"
        closed = close(world, filing)
    assert [row(task).state for task in (done, told, silent, calm)] == ["cleared", "carried", "carried", "filed"]
    assert [row(task).reason for task in (told, silent)] == ["管材供应推迟", "责任单位没有报备原因"]
    assert closed.digest == digest_of(closed)
    carried = row(told, NEXT)
    assert (carried.carried_from, carried.times_carried, carried.due_count) == (row(told), 1, 1)
    assert row(done, NEXT).carried_from is None
    with clock.pretend(at(date(2027, 3, 29))):
        close(world, following)
        third = open_filing(world.city, date(2027, 4, 1))
    assert third.tasks.get(task=told).times_carried == 2
    notes = Entry.objects.filter(verb="filing.closed").order_by("seq").values_list("note", flat=True)
    assert notes[0] == "临江市2026年第4季度报备：4项，结清1，结转2，没有报备2"


def test_who_files_and_what_a_filing_must_say(world: World) -> None:
    task = a_task(world, IN_QUARTER)
    open_filing(world.city, QUARTER)
    for by in ("water_liaison", "north_liaison", "office", "leader"):
        with pytest.raises(Refused, match="牵头单位的联络员报备"):
            file(row(task), remains="还差1处", reason="推迟", by=getattr(world, by))
    with pytest.raises(Refused, match="写明还有什么没做"):
        file(row(task), remains=" ", by=world.south_liaison)
    with pytest.raises(Refused, match="还有1件没有做完，要写明原因"):
        file(row(task), remains="还差1处排口", by=world.south_liaison)
    file(row(task), remains="还差1处排口", reason="管材推迟", by=world.south_liaison)
    again = file(row(task), remains="还差半处", reason="管材推迟", by=world.south_liaison)
    assert (again.state, again.unit, Entry.objects.filter(verb="filing.filed").count()) == ("filed", world.south_gov, 2)


def test_what_waits_to_be_filed_waits_for_who_may_file_it_within_the_month_before_its_day(world: World) -> None:
    task = a_task(world, IN_QUARTER)
    open_filing(world.city, QUARTER)
    assert not FiledTask.objects.waiting_for(world.south_liaison, OPENED).exists()
    near = date(2026, 11, 26)
    for name in world.people:
        waiting = FiledTask.objects.waiting_for(world.fresh(world.people[name]), near).exists()
        assert waiting == (name == "south_liaison"), name
    file(row(task), remains="还差1处排口", reason="管材推迟", by=world.south_liaison)
    assert not FiledTask.objects.waiting_for(world.south_liaison, near).exists()


def test_a_filing_is_closed_after_its_day_by_the_office_of_its_place(world: World) -> None:
    task = a_task(world, IN_QUARTER)
    filing = open_filing(world.city, QUARTER)
    with clock.pretend(at(DUE)), pytest.raises(Refused, match="过了这一天"):
        close(world, filing)
    with clock.pretend(at(AFTER)):
        for by in ("south_liaison", "leader", "south_acceptor"):
            with pytest.raises(Refused, match="综合协调组封存"):
                close(world, filing, by=by)
        with pytest.raises(Stale, match="又有变化"):
            close_filing(filing, seen="0", by=world.office)
        close(world, filing)
        with pytest.raises(Stale, match="已经封存"):
            close(world, filing)
        with pytest.raises(Refused, match="下季度报备里写"):
            file(row(task), remains="补报", reason="晚了", by=world.south_liaison)


def test_database_keeps_a_closed_filing(world: World) -> None:
    task = a_task(world, IN_QUARTER)
    filing = open_filing(world.city, QUARTER)
    with pytest.raises(DatabaseError, match="before its limit"), transaction.atomic():
        QuarterFiling.objects.update(closed_at=at(DUE), closed_by=world.office, digest="x")
    with pytest.raises(DatabaseError, match="its limit stays"), transaction.atomic():
        QuarterFiling.objects.update(due_on=date(2026, 12, 31))
    with clock.pretend(at(AFTER)):
        close(world, filing)
    for change in (
        lambda: FiledTask.objects.update(reason="改过的"),
        lambda: FiledTask.objects.all()._raw_delete("default"),
        lambda: FiledTask.objects.create(filing=filing, task=a_task(world), place=world.south),
        lambda: QuarterFiling.objects.update(digest="y"),
        lambda: QuarterFiling.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="never"), transaction.atomic():
            change()
    assert row(task).state == "carried"


@pytest.mark.requirement("R21")
def test_the_countdown_lists_what_is_due_soon_or_over_most_pressing_first(world: World) -> None:
    over, soon = a_task(world, due=date(2026, 10, 1)), a_task(world, due=date(2026, 11, 8))
    a_task(world, due=date(2026, 11, 9))
    assert list(countdown(Task.objects.all(), OPENED, 30)) == [over, soon]


# ── pages ────────────────────────────────────────────────────────────────────
def text(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


@pytest.mark.requirement("R20", "R21")
def test_a_unit_files_on_the_page_and_the_office_closes(world: World, login: Any) -> None:
    task, near = a_task(world, IN_QUARTER), a_task(world, due=date(2026, 10, 20))
    open_filing(world.city, QUARTER)
    client, office = login(world.south_liaison), login(world.office)
    assert client.get("/filings/").headers["Location"] == "/filings/2026-4/"
    page = text(client, "/filings/2026-4/")
    assert f"/filings/2026-4/{task.pk}/" in page
    seen = client.get(f"/filings/2026-4/{task.pk}/").context["seen"]
    blind = client.post(f"/filings/2026-4/{task.pk}/", {"remains": "还差1处排口", "reason": "管材推迟"})
    assert (blind.status_code, "页面不完整" in blind.content.decode()) == (422, True)
    short = client.post(f"/filings/2026-4/{task.pk}/", {"remains": "还差1处排口", "seen": seen})
    assert (short.status_code, "要写明原因" in short.content.decode()) == (422, True)
    assert "还差1处排口" in short.content.decode(), "nothing that was typed is lost"
    sent = {"remains": "还差1处排口", "reason": "管材推迟", "seen": seen}
    assert client.post(f"/filings/2026-4/{task.pk}/", sent).status_code == 302
    countdown_page = text(office, "/filings/2026-4/?state=countdown")
    assert near.number in countdown_page
    assert "剩11天" in countdown_page
    assert office.get(f"/filings/2026-4/{task.pk}/").status_code == 403
    assert f"/filings/2026-4/{task.pk}/" not in text(office, "/filings/2026-4/")
    with clock.pretend(at(AFTER)):
        confirm = office.get("/filings/2026-4/close/")
        assert "2项到期没有做完" in confirm.content.decode()
        assert office.post("/filings/2026-4/close/", {"seen": confirm.context["seen"]}).status_code == 302
        closed = text(office, "/filings/2026-4/")
    assert "结转下季度" in closed
    assert "没有报备原因" in closed


def test_pages_of_no_quarter(world: World, login: Any) -> None:
    client = login(world.office)
    assert "还没有布置报备" in text(client, "/filings/2026-4/")
    for nonsense in ("2026-5", "abc", "2026-04", "-1", "0001-1"):
        assert client.get(f"/filings/{nonsense}/").status_code == 404, nonsense
    assert client.get("/filings/2026-4/paper/").status_code == 404


@pytest.mark.requirement("R20")
def test_the_paper_and_the_workbook_say_what_was_cleared_and_why_the_rest_was_not(world: World, login: Any) -> None:
    done, told = a_task(world, IN_QUARTER), a_task(world, IN_QUARTER)
    a_task(world, LATER)
    filing = open_filing(world.city, QUARTER)
    done.measures.update(progress="done", done_on=date(2026, 11, 20))
    file(row(told), remains="还差1处排口", reason="管材供应推迟", by=world.south_liaison)
    keep_up(filing)
    client = login(world.office)
    paper = Document(BytesIO(client.get("/filings/2026-4/paper/").content))
    words = "\n".join(paragraph.text for paragraph in paper.paragraphs)
    assert "临江市生态环境保护督察整改" in words
    assert "列入报备3项" in words
    assert [len(table.rows) for table in paper.tables] == [2, 2, 2]
    assert "管材供应推迟" in paper.tables[1].rows[1].cells[5].text
    answer = client.get("/filings/2026-4/export/?state=open")
    assert answer.content[:2] == b"PK"


def test_the_page_asks_the_same_number_of_questions_at_any_size(world: World, login: Any) -> None:
    def asked(address: str) -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    a_task(world, IN_QUARTER, due=date(2026, 10, 20))
    filing = open_filing(world.city, QUARTER)
    client = login(world.office)
    addresses = ["/filings/2026-4/", "/filings/2026-4/?state=countdown"]
    for address in addresses:
        client.get(address)
    few = [asked(address) for address in addresses]
    for _ in range(60):
        a_task(world, IN_QUARTER, due=date(2026, 10, 20))
    keep_up(filing)
    assert [asked(address) for address in addresses] == few
    assert max(few) <= 25


def test_what_was_written_on_a_page_that_was_overtaken_is_kept(world: World, login: Any) -> None:
    task = a_task(world, IN_QUARTER)
    filing = open_filing(world.city, QUARTER)
    colleague = world.person("colleague", None, world.south_gov)
    colleague.grants.create(role="liaison", unit=world.south_gov)
    client, address = login(world.south_liaison), f"/filings/2026-4/{task.pk}/"
    seen = client.get(address).context["seen"]
    file(row(task), remains="同事写的：还差2处", reason="同事写的原因", by=colleague)
    mine = {"remains": "我写的：还差1处", "reason": "管材推迟", "seen": seen}
    short = client.post(address, mine | {"remains": ""})
    assert short.context["seen"] == seen, "a page sent back with an error was still opened before the colleague wrote"
    answer = client.post(address, mine)
    words = answer.content.decode()
    assert answer.status_code == 409
    assert all(part in words for part in ("没有覆盖", "同事写的：还差2处", "同事写的原因", "我写的：还差1处"))
    assert row(task).remains == "同事写的：还差2处"
    assert client.post(address, mine | {"seen": answer.context["seen"]}).status_code == 302
    assert row(task).remains == "我写的：还差1处"
    with clock.pretend(at(date(2027, 1, 4))):
        close(world, filing)
        late = client.post(address, {"remains": "又做完了一处", "reason": ""})
    assert late.status_code == 409
    assert "已经封存" in late.content.decode()
    assert "又做完了一处" in late.content.decode()
    assert row(task).remains == "我写的：还差1处"


def test_a_filing_that_meets_the_close_is_in_time_or_refused_and_neither_breaks(transactional_db: None) -> None:
    world = build()
    task, following = a_task(world, IN_QUARTER), date(2027, 1, 5)
    filing = open_filing(world.city, QUARTER)
    keep_up(filing)
    seen, at_once, answers = counts_key(figures(FiledTask.objects.all())), Barrier(2), []

    def run(step: Callable[[], object]) -> None:
        try:
            at_once.wait(10)
            with clock.pretend(at(following)):
                answers.append(step())
        except Exception as error:
            answers.append(error)
        finally:
            connections.close_all()

    steps: list[Callable[[], object]] = [
        lambda: file(row(task), remains="还差1处", reason="管材推迟", by=world.fresh(world.south_liaison)),
        lambda: close_filing(filing, seen=seen, by=world.fresh(world.office)),
    ]
    threads = [Thread(target=run, args=[step]) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [error for error in answers if isinstance(error, Exception) and not isinstance(error, Refused)] == []
    filing.refresh_from_db()
    assert not filing.is_closed or digest_of(filing) == filing.digest
