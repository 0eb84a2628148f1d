"""Someone who has signed in as the application's role and writes past the program: what the database itself refuses."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection, transaction

from tests.world import World
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.trail import verify_database
from zhenggai.closure.tests.test_path import walk
from zhenggai.documents.forms import Upload
from zhenggai.documents.models import FileAlarm, PhotoFacts, StoredFile
from zhenggai.ledger.gaps import hand_in
from zhenggai.ledger.lifecycle import take
from zhenggai.ledger.models import Sample, Task, YearlyCheck
from zhenggai.ledger.registers import enter_findings
from zhenggai.ledger.states import STRIKE_OFF, State
from zhenggai.ledger.sweeps import answer_sweep, ask_sweep
from zhenggai.ledger.targets import set_target
from zhenggai.ledger.tests.test_gaps import gap_of, mended
from zhenggai.ledger.yearly import check_yearly
from zhenggai.progress.actions import submit
from zhenggai.publicity.actions import answer, object_to
from zhenggai.publicity.models import Notice

DAY = date(2024, 12, 2)
STEP = "SELECT set_config('zhenggai.step', 'x', true);"


@pytest.fixture
def city(world: World) -> World:
    """A task in its notice with two objections, one answered, one that is struck off, and one that has just come in; on
    another what is reported, measured, swept and checked of it."""
    with clock.pretend(at(DAY)):
        _worked_on(world)
        world.task()
        walk(world, world.task(), State.IN_NOTICE)
        walk(world, world.task(), State.IN_NOTICE)
        first, second = Notice.objects.order_by("pk")
        object_to(first, text="夜里还有异味", contact="0000-1234567")
        answer(object_to(first, text="夜里还有异味"), finding="upheld", text="情况属实", by=world.publicity)
    with clock.pretend(at(date(2024, 12, 20))):
        take(STRIKE_OFF, second.items.get().task, by=world.leader)
    connection.check_constraints()
    return world


def _worked_on(world: World) -> None:
    assert world.inspection
    enter_findings(world.inspection, "accountability", "1.某局监管不力。", by=world.office)
    task = world.task(due=None)
    target = set_target(task, by=world.office, what="处理率", unit="%", goal=Decimal(90), starts_on=date(2024, 1, 5))
    Sample.objects.create(target=target, on=DAY, value=40, by=world.south_liaison)
    sweep = ask_sweep(
        task, what="排查雨天溢流的排口", units=[world.north_gov], due_on=date(2024, 12, 20), by=world.office
    )
    answer_sweep(sweep.answers.get(), text="查了三条河的排口，没有溢流。", found=[], by=world.north_liaison)
    check = YearlyCheck.objects.create(task=task, year=2024, due_on=date(2024, 12, 20))
    check_yearly(check, result="slipped", text="现场又有污水流出，拍了照。", by=world.office)
    hand_in(gap_of(world, task), mended(effective_on=DAY), by=world.south_liaison)
    photo = Upload(ContentFile(b"\xff\xd8\xff"), "现场.jpg", "image/jpeg")
    submit(task, text="在推进", measures=[], files=[photo], by=world.south_liaison)
    stored = StoredFile.objects.get(media_type="image/jpeg")
    PhotoFacts.objects.create(stored=stored, taken_at=at(DAY))
    FileAlarm.objects.create(stored=stored, kind="missing", found_at=at(DAY), mended_at=at(DAY))


@pytest.fixture
def as_application(city: World) -> Iterator[Any]:
    """A cursor with the rights of the running product, and no more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'zhenggai_app'")
        if cursor.fetchone() is None:
            pytest.skip("this PostgreSQL (DATABASE_URL) has no zhenggai_app role")
        with transaction.atomic():
            cursor.execute("SET LOCAL ROLE zhenggai_app")
            yield cursor
            cursor.execute("RESET ROLE")


AS_IT_WAS = (
    ("DELETE FROM publicity_objection", "not deleted"),
    ("UPDATE publicity_objection SET text = '没有意见'", "stays as it came in"),
    ("UPDATE publicity_objection SET contact_sealed = 'x'", "stays as it came in"),
    ("UPDATE publicity_objection SET finding = 'unfounded' WHERE finding = 'upheld'", "answered once"),
    ("UPDATE publicity_notice SET contact_phone = '1'", "stays as it was published"),
    ("UPDATE publicity_notice SET withdrawn_at = now(); UPDATE publicity_notice SET withdrawn_at = NULL",
     "stays withdrawn"),
    ("UPDATE closure_application SET manifest = '{}'", "as it was handed in"),
    ("UPDATE closure_application SET outcome = 'failed'; UPDATE closure_application SET outcome = 'passed'",
     "stays ended"),
    ("DELETE FROM closure_application", "not deleted"),
    ("INSERT INTO closure_verdict (application_id, applicant_id, applicant_unit_id, position, kind, name, unit_id, days,"
     " result, reason, decided_by_id, decider_unit_id, decided_at, manifest, digest) SELECT application_id, applicant_id,"
     " applicant_unit_id, 9, kind, name, unit_id, days, result, reason, decided_by_id, decider_unit_id, decided_at,"
     " manifest, digest FROM closure_verdict LIMIT 1", "signed later"),
    ("DELETE FROM closure_strikeoff", "only added"),
    ("UPDATE closure_selfcheck SET result = ''", "only added"),
    ("DELETE FROM closure_applicationfile; DELETE FROM closure_filing; UPDATE closure_strikeoff SET note = 'x'",
     "only added"),
    ("UPDATE progress_reportfile SET name = '别的.jpg'", "a correction is a new version"),
    ("DELETE FROM progress_reportfile", "a correction is a new version"),
    ("UPDATE progress_report SET samples = '[1]'", "stays as it was submitted"),
    ("UPDATE documents_storedfile SET sha256 = repeat('0', 64)", "stays as it came"),
    ("DELETE FROM documents_filealarm", "as they were written"),
    ("UPDATE documents_filealarm SET found_at = now()", "as they were written"),
    ("UPDATE documents_photofacts SET taken_at = now()", "as they were written"),
    ("UPDATE ledger_finding SET text = '别的'", "as they were written"),
    ("UPDATE ledger_sweepanswer SET text = '别的'", "as they were written"),
    ("UPDATE ledger_yearlycheck SET result = 'holds'", "as they were written"),
    ("UPDATE ledger_task SET number = number || '-1'", "keeps its number"),
    ("UPDATE ledger_task SET serial = serial + 1000", "keeps its number"),
    ("DELETE FROM ledger_planversion", "as they were written"),
    ("UPDATE ledger_planversion SET file_name = '别的.docx'", "as they were written"),
    ("UPDATE ledger_target SET goal = goal / 2", "as they were written"),
    ("DELETE FROM ledger_gap", "as they were written"),
    ("UPDATE ledger_inquiry SET how = '别的'", "as they were written"),
    ("UPDATE ledger_remedy SET issued_by = '别的'", "as they were written"),
    ("DELETE FROM accounts_grant", "never deleted"),
    ("UPDATE accounts_grant SET role = 'leader' WHERE role = 'liaison'", "never deleted or changed"),
)  # fmt: skip


def test_what_was_done_stays(as_application: Any, subtests: pytest.Subtests) -> None:
    for statement, refusal in AS_IT_WAS:
        with subtests.test(statement), pytest.raises(DatabaseError, match=refusal), transaction.atomic():
            as_application.execute(statement)


def test_no_state_without_a_row_on_the_trail(as_application: Any, city: World) -> None:
    with pytest.raises(DatabaseError, match="became reviewed without a row on the audit trail"), transaction.atomic():
        as_application.execute(
            f"{STEP} UPDATE ledger_task SET state = 'reviewed', finished_on = now() WHERE state = 'rectifying'"
        )
        as_application.execute("SET CONSTRAINTS ALL IMMEDIATE")


WITH_A_ROW = (
    ("DELETE FROM ledger_duty WHERE part = 'lead'", "who answers for task"),
    ("UPDATE ledger_duty SET unit_id = NULL WHERE part = 'lead'", "who answers for task"),
    ("UPDATE ledger_duty SET part = 'responsible' WHERE part = 'cooperating'", "who answers for task"),
    ("UPDATE ledger_task SET extended = 3", "counts the extensions"),
)


def test_who_answers_and_what_was_extended_stay(as_application: Any, subtests: pytest.Subtests) -> None:
    for statement, refusal in WITH_A_ROW:
        with subtests.test(statement), pytest.raises(DatabaseError, match=refusal), transaction.atomic():
            as_application.execute(statement)
            as_application.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("UPDATE ledger_task SET achieved = 55 WHERE id = %s", "came further without a row"),
        (
            "INSERT INTO ledger_duty (task_id, part, raw, position) VALUES (%s, 'lead', '市水务局', 1)",
            "who answers for",
        ),
    ],
)
def test_no_progress_and_no_duty_without_a_row_on_the_trail(
    as_application: Any, city: World, statement: str, refusal: str
) -> None:
    """Of a task that was written past the actions: what these enter has its row in the transaction of a test."""
    assert city.plan
    bare = Task.objects.create(
        plan=city.plan, inspection=city.plan.inspection, number="无账-01", serial=9001, headline="某事", issue="某事。",
        passage="某事。", place=city.south, due_kind="none",
    )  # fmt: skip
    with pytest.raises(DatabaseError, match=refusal), transaction.atomic():
        as_application.execute(statement, [bare.pk])
        as_application.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("state", ["struck_off", "filed"])
def test_no_way_out_leads_past_the_strike_off_s_guard(as_application: Any, city: World, state: str) -> None:
    with pytest.raises(DatabaseError, match="conditions are missing: measures"), transaction.atomic():
        as_application.execute(
            f"{STEP} UPDATE ledger_task SET state = '{state}', finished_on = now(), struck_off_on = now()"
            " WHERE state = 'rectifying'"
        )


def test_a_look_alike_of_the_chain_s_head_is_not_taken_for_it(as_application: Any, city: World) -> None:
    as_application.execute(
        "CREATE TEMP TABLE audit_head AS SELECT true AS single, 7 + seq AS seq, digest FROM public.audit_head"
    )
    as_application.execute(
        "INSERT INTO audit_entry (at, actor_name, actor_unit, verb, target_type, note, source, previous, digest)"
        " VALUES (now(), '某', '', 'x', 'y', '', '', '', '')"
    )
    as_application.execute("DROP TABLE pg_temp.audit_head")
    assert verify_database().holds


def test_look_alikes_do_not_show_a_guard_what_it_wants_to_see(as_application: Any, city: World) -> None:
    """The strike-off guard asks for unanswered objections; an empty temporary table of that name has none."""
    as_application.execute("CREATE TEMP TABLE publicity_objection AS SELECT * FROM public.publicity_objection LIMIT 0")
    with pytest.raises(DatabaseError, match="objection is open or was found true"), transaction.atomic():
        as_application.execute(
            f"{STEP} UPDATE ledger_task SET state = 'struck_off', struck_off_on = '2025-01-01' WHERE state = 'in_notice'"
        )


def test_every_guard_looks_only_in_the_product_s_own_tables(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc JOIN pg_language l ON l.oid = prolang"
            " WHERE pronamespace = current_schema()::regnamespace AND lanname = 'plpgsql'"
            " AND NOT EXISTS (SELECT FROM unnest(proconfig) AS set WHERE set LIKE 'search_path=%%pg_temp') ORDER BY 1"
        )
        assert [name for (name,) in cursor.fetchall()] == ["rulebook_kept"]  # it reads no table


def test_a_state_that_was_taken_by_its_step_has_its_row(city: World) -> None:
    assert Task.objects.filter(state=State.STRUCK_OFF).exists()
    assert verify_database().holds
