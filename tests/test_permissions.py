"""Every address × every role. A page that is new fails here until its row says who may open it."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import matrix_closure as closure
from tests import matrix_ledger as ledger
from tests import matrix_publicity as publicity
from tests import matrix_visits as visits
from tests.matrix import EVERYONE, ON_THE_TASK, OVER_THE_CITY, PUBLIC, ROLES
from tests.world import World
from zhenggai.accounts.models import Grant
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.closure.tests.test_path import walk
from zhenggai.documents.actions import keep_bytes
from zhenggai.documents.forms import Upload
from zhenggai.documents.secrecy import seal
from zhenggai.intake.models import Item, Proposal, Reading
from zhenggai.ledger.extensions import ask_extension
from zhenggai.ledger.models import Workbook, YearlyCheck
from zhenggai.ledger.states import State
from zhenggai.ledger.sweeps import ask_sweep
from zhenggai.ledger.targets import set_target
from zhenggai.progress.actions import submit
from zhenggai.progress.filings import open_filing
from zhenggai.progress.rounds import close_round, counts_key, counts_of, open_round
from zhenggai.reminders.models import Channel
from zhenggai.rulebook.actions import draft
from zhenggai.supervision.actions.consultations import ask
from zhenggai.supervision.actions.duties import keep_body, record_session, set_duty
from zhenggai.supervision.actions.meetings import draft_meeting, invite
from zhenggai.supervision.actions.minutes import decide_item, hold, minute
from zhenggai.supervision.actions.papers import draft_paper

DAY = date(2026, 11, 20)

# Who may open an address (or send its form); everyone else is turned away.
MATRIX: dict[str, set[str]] = {
    "login": PUBLIC,
    "logout": EVERYONE,
    "password": EVERYONE,
    "my_work": EVERYONE,
    "desk": EVERYONE,
    "stylebook": EVERYONE,
    # the administrators' desk
    "people": {"security_admin"},
    "add_person": {"security_admin"},
    "person": {"security_admin"},
    "switch_person": {"security_admin"},
    "reset_password": {"security_admin"},
    "end_grant": {"security_admin"},
    "units": EVERYONE,
    "unit": EVERYONE,
    "suggest_units": EVERYONE,
    "add_unit": {"system_admin"},
    "audit": {"audit_admin"},
    "rulebooks": EVERYONE,
    "rulebook": EVERYONE,
    "calendar": EVERYONE,
    "calendar_year": EVERYONE,
    "draft_rulebook": {"office"},
    "approve_rulebook": {"leader"},
    # the ledger: lists are open to all and hold what each may see
    "workbooks": {"office", "south_acceptor"},
    "workbook": {"office"},
    "accept_workbook": set(),  # no row is picked
    "workbook_mapping": set(),  # the needed columns are not named
    "load_workbook": {"office"},
    "drop_workbook": {"office"},
    "particulars": {"office", "south_acceptor"},
    "enter_own": {"office", "south_acceptor"},
    "set_target": {"office", "south_acceptor"},
    "drop_target": {"office", "south_acceptor"},
    "take_sample": {"office", "south_acceptor", "south_liaison"},
    "ask_extension": {"south_liaison"},
    "decide_extension": {"office", "leader"},
    "ask_sweep": {"office", "south_acceptor", "supervision"},
    "answer_sweep": {"office", "north_liaison"},
    "check_yearly": {"office", "south_acceptor", "supervision"},
    "answer_to": {"office", "south_acceptor"},
    "overview": EVERYONE,  # holds what each may see: for administrators nothing
    "war_map": EVERYONE,
    "suggest_tasks": EVERYONE,
    "inspections": EVERYONE,
    "add_inspection": {"office", "south_acceptor"},
    "inspection": ON_THE_TASK,
    "edit_inspection": {"office"},
    "enter_findings": {"office"},
    "plan": OVER_THE_CITY,
    "add_version": {"office"},
    "show_version": {"office"},
    "version_file": set(),  # this plan was not kept as a file
    "task": ON_THE_TASK,
    "step": {"south_liaison"},
    **closure.MATRIX,
    "reports": EVERYONE,
    "write_report": {"south_liaison"},
    "correct_report": {"south_liaison"},
    "rounds": EVERYONE,
    "round": EVERYONE,
    "owed": ON_THE_TASK | {"north_liaison"},
    "export_round": ON_THE_TASK | {"north_liaison"},
    "export_owed": ON_THE_TASK | {"north_liaison"},
    "close_round": {"office"},
    "filings": EVERYONE,
    "filing": EVERYONE,
    "export_filing": ON_THE_TASK | {"north_liaison"},
    "filing_paper": ON_THE_TASK | {"north_liaison"},
    "close_filing": {"office"},
    "file_task": {"south_liaison"},
    "report": ON_THE_TASK,
    "report_file": ON_THE_TASK,
    "evidence": ON_THE_TASK,
    "evidence_page": set(),  # this file is no document, and has no page
    "evidence_download": ON_THE_TASK,
    "task_evidence": ON_THE_TASK,
    "task_photos": ON_THE_TASK,
    "file_alarms": {"office", "south_acceptor", "system_admin"},
    "reminders": EVERYONE,
    "reminders_seen": EVERYONE,
    "reminder_settings": EVERYONE,
    "channels": {"office", "south_acceptor"},
    "try_channel": {"office"},
    "switch_channel": {"office"},
    "remove_channel": {"office"},
    "set_email": {"security_admin"},
    # meetings and supervision: lists are open to all and hold what each may see
    "meetings": EVERYONE,
    "new_meeting": {"office", "south_acceptor"},
    "meeting": OVER_THE_CITY | {"south_acceptor", "south_liaison"},
    "meeting_act": {"office"},
    "meeting_file": OVER_THE_CITY | {"south_acceptor", "south_liaison"},
    "decided_items": EVERYONE,
    "decided_item": OVER_THE_CITY | {"south_acceptor", "south_liaison"},
    "papers": EVERYONE,
    "draft_paper": {"office", "south_acceptor"},
    "paper": OVER_THE_CITY,
    "paper_act": {"office"},
    "paper_file": OVER_THE_CITY,
    "consultations": EVERYONE,
    "ask_consultation": {"south_liaison", "north_liaison"},
    "consultation": ON_THE_TASK,
    "standing_duties": EVERYONE,
    "set_duty": {"office", "south_acceptor"},
    "standing_duty": ON_THE_TASK,
    "end_duty": {"office"},
    "record_session": {"office", "south_liaison"},
    "session": ON_THE_TASK,
    "session_file": ON_THE_TASK,
    "bodies": EVERYONE,
    "new_body": {"office", "south_acceptor"},
    "body": {"office"},
    "mirror_bodies": {"south_acceptor"},  # the city has bodies already
    **visits.MATRIX,
    # intake is the city's
    "intake": {"office", "south_acceptor"},
    "proposal": {"office"},
    "proposal_item": {"office"},
    "accept_item": {"office"},
    "reject_item": {"office"},
    "edit_item": {"office"},
    "item_page": set(),  # this proposal is a text without pages
    "item_pages": {"office"},
    "add_item": {"office"},
    "proposal_unread": {"office"},
    "split_item": {"office"},
    "merge_item": {"office"},
    "restore_item": {"office"},
    "accept_all": {"office"},
    "withdraw_proposal": {"office"},
    "proposal_original": {"office"},
    "reading": {"office"},
    "read_again": {"office"},
    **publicity.MATRIX,
    **ledger.MATRIX,
}
BOOKS = ("workbook", "accept_workbook", "workbook_mapping", "load_workbook", "drop_workbook")
POST_ONLY = {
    "meeting_act", "draft_paper", "paper_act", "end_duty", "mirror_bodies",
    "logout", "switch_person", "reset_password", "end_grant", "approve_rulebook",
    "reminders_seen", "try_channel", "switch_channel", "remove_channel", "set_email",
    "accept_item", "reject_item", "read_again", "withdraw_proposal", "split_item", "merge_item", "restore_item", "accept_workbook", "workbook_mapping",
    "load_workbook", "drop_workbook", "show_version",
} | closure.POST_ONLY | publicity.POST_ONLY | ledger.POST_ONLY | visits.POST_ONLY  # fmt: skip


def names(patterns: list[Any] | None = None) -> Iterator[str]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            yield str(pattern.name)


def test_every_address_has_its_row() -> None:
    assert set(names()) == set(MATRIX)


@pytest.fixture
def addresses(world: World) -> dict[str, str]:
    """Each name with an address that exists in the small city."""
    with clock.pretend(at(date(2026, 10, 20))):
        october = open_round(world.city, date(2026, 10, 1))
        close_round(october, seen=counts_key(counts_of(october)), by=world.office)
    with clock.pretend(at(DAY)):
        open_task, noticed = world.task(), world.task()
        walk(world, noticed, State.IN_NOTICE)
        assert world.plan is not None
        published = publicity.published(world, noticed)
        open_filing(world.city, date(2026, 10, 1))
        reported = world.task()
        files = [Upload(ContentFile(b"%PDF-1"), "a.pdf", "application/pdf")]
        report = submit(reported, text="在推进", measures=[], files=files, by=world.south_liaison)
        application = noticed.applications.get()
        evidence = application.files.create(stored=keep_bytes(b"%PDF-2", media_type="application/pdf"), name="b.pdf")
        closing = closure.closing(world, noticed)
        book = draft(world.city, name="草稿", effective_from=date(2027, 1, 1), data={}, by=world.office)
        proposal = _proposal(world)
        reading = Reading.objects.create(
            file=proposal.file,
            file_name="扫描.pdf",
            place=world.city,
            inspection=world.inspection,
            created_by=world.office,
        )
        channel = Channel.objects.create(
            place=world.city, name="群", kind="other", sealed=seal("json://127.0.0.1:1/"), added_by=world.office
        )
        kept = keep_bytes(b"PK", media_type="text/plain")
        book_sent = Workbook.objects.create(kind="history", file=kept, file_name="旧台账.xlsx", by=world.office)
        supervised = _supervised(world) | _handled(world) | ledger.kept(world, world.task())
    given: dict[str, list[Any]] = supervised | closing | published | {
        "person": [world.nobody.pk], "switch_person": [world.nobody.pk], "reset_password": [world.nobody.pk],
        "end_grant": [Grant.objects.get(person=world.water_liaison).pk], "unit": [world.water.pk],
        "rulebook": [book.pk], "approve_rulebook": [book.pk], "calendar_year": [2025],
        "particulars": [open_task.pk],
        **{key: [book_sent.pk] for key in BOOKS},
        **{key: [world.inspection.pk] for key in ("inspection", "edit_inspection", "enter_findings")},
        "plan": [world.plan.pk], "add_version": [world.plan.pk], "show_version": [world.plan.pk, 1],
        "version_file": [world.plan.pk, 1],
        "task": [open_task.pk], "application_file": [noticed.pk, evidence.pk],
        "step": [_finished(world).pk, "self_check"], "write_report": [open_task.pk],
        "correct_report": [open_task.pk, "2026-10"], "round": ["2026-11"], "owed": ["2026-11"], "export_round": ["2026-11"],
        "export_owed": ["2026-11"], "close_round": ["2026-11"],
        "filing": ["2026-4"], "export_filing": ["2026-4"], "filing_paper": ["2026-4"], "close_filing": ["2026-4"],
        "file_task": ["2026-4", open_task.pk],
        "set_email": [world.nobody.pk], "try_channel": [channel.pk], "switch_channel": [channel.pk],
        "remove_channel": [channel.pk],
        "evidence": ["report", report.files.get().pk], "evidence_page": ["report", report.files.get().pk, 1],
        "evidence_download": ["report", report.files.get().pk], "task_evidence": [reported.pk],
        "task_photos": [reported.pk],
        "report": [report.month_key, report.pk], "report_file": [report.month_key, report.pk, report.files.get().pk],

        "proposal": [proposal.pk], "proposal_item": [proposal.pk, 1], "accept_item": [proposal.pk, 1],
        "reject_item": [proposal.pk, 1], "edit_item": [proposal.pk, 1], "item_page": [proposal.pk, 1, 1], "item_pages": [proposal.pk, 1], "add_item": [proposal.pk], "proposal_unread": [proposal.pk], "split_item": [proposal.pk, 1],
        "merge_item": [proposal.pk, 1], "restore_item": [proposal.pk, 1], "accept_all": [proposal.pk], "withdraw_proposal": [proposal.pk],
        "proposal_original": [proposal.pk], "reading": [reading.pk], "read_again": [reading.pk],
    }  # fmt: skip
    return {name: reverse(name, args=given.get(name, [])) for name in MATRIX}


def _handled(world: World) -> dict[str, list[Any]]:
    """A task with a target, an extension asked for, a sweep and a yearly check that nobody has made yet."""
    task = world.task(due=date(2026, 12, 31))
    target = set_target(task, by=world.office, what="处理率", unit="%", goal=Decimal(90), starts_on=date(2026, 1, 1))
    extension = ask_extension(
        task, new_due=date(2027, 6, 30), reason="汛期不能施工，延期内完成剩余两公里", by=world.south_liaison
    )
    sweep = ask_sweep(
        task, what="排查雨天溢流的排口", units=[world.north_gov], due_on=date(2026, 12, 20), by=world.office
    )
    check = YearlyCheck.objects.create(task=world.task(due=None), year=2026, due_on=date(2026, 11, 30))
    other = world.task(due=date(2026, 12, 31))
    return {
        **{name: [other.pk] for name in ("set_target", "ask_extension", "ask_sweep", "answer_to")},
        "drop_target": [target.pk], "take_sample": [target.pk], "decide_extension": [extension.pk],
        "answer_sweep": [sweep.answers.get().pk], "check_yearly": [check.pk],
    }  # fmt: skip


def _supervised(world: World) -> dict[str, list[Any]]:
    """A meeting of which 南湖区 was told, one in preparation, a draft, a consultation, a duty with a session, a body."""
    pdf = Upload(ContentFile(b"%PDF-3"), "c.pdf", "application/pdf")
    place: dict[str, Any] = {"kind": "dispatch", "month": DAY.replace(day=1), "where": "二楼", "chair": "副市长"}
    told = draft_meeting(world.city, by=world.office, planned_at=at(DAY), **place)
    invite(told, by=world.office, names=["南湖区政府"])
    hold(told, by=world.office, held_on=DAY, presence={})
    item = decide_item(told, by=world.office, text="报计划", unit=world.south_gov, due=DAY)
    minute(told, by=world.office, text="会议要求。", statements={}, files=[pdf])
    open_one = draft_meeting(world.city, by=world.office, planned_at=at(DAY + timedelta(days=9)), **place)
    paper = draft_paper(world.city, "bulletin", by=world.office)
    asked = ask([world.task()], by=world.south_liaison, problem="权属不清", asked="请明确主体")
    body = keep_body(world.city, by=world.office, name="领导小组", responsibilities="统一领导")
    duty = set_duty(world.city, by=world.office, unit=world.south_gov, kind="study", what="研究", shift="none",
                    rule="FREQ=MONTHLY;BYMONTHDAY=-1", starts_on=date(2026, 8, 1), source="方案")  # fmt: skip
    session = record_session(duty, by=world.south_liaison, held_on=DAY, topic="研究", text="记录", tasks=[world.task()],
                             files=[pdf])  # fmt: skip
    return {
        "meeting": [told.pk], "meeting_act": [open_one.pk, "redraft"], "meeting_file": [told.pk, told.files.get().pk],
        "decided_item": [item.pk], "paper": [paper.pk], "paper_act": [paper.pk, "refresh"], "paper_file": [paper.pk],
        "consultation": [asked.pk], "standing_duty": [duty.pk], "end_duty": [duty.pk], "session": [session.pk],
        "session_file": [session.pk, session.files.get().pk], "body": [body.pk],
    } | visits.visited(world, DAY)  # fmt: skip


def _finished(world: World) -> Any:
    task = world.task()
    task.measures.update(progress="done", done_on=DAY)
    return task


def _proposal(world: World) -> Proposal:
    text = "1.扬尘突出。整改目标：覆盖。"
    task = {
        "serial": "77", "category": [], "issue": "扬尘突出。", "goal": "覆盖。", "measures": [], "deadline": None,
        "lead_units": [], "responsible_units": [], "responsible_persons": [], "cooperating_units": [],
        "supervising_units": [], "acceptance_units": [], "place": {"start": 0, "end": len(text)}, "places": {},
    }  # fmt: skip
    proposal = Proposal.objects.create(
        inspection=world.inspection, file=keep_bytes(text.encode(), media_type="text/plain"), file_name="方案.txt",
        text=text, created_by=world.office,
    )  # fmt: skip
    Item.objects.create(proposal=proposal, position=1, serial=77, data=task, read=task)
    return proposal


def turned_away(client: Client, name: str, address: str) -> bool:
    """Whether the address sends this person away; whatever it changed is undone."""
    with transaction.atomic():
        sent = {
            "reason": "重复",
            "text": "夜里还有异味",
            "kind": "circular",
            "ends_on": DAY.isoformat(),
            "name": "新名",
        } | closure.SENT
        data = sent if name in POST_ONLY else None
        answer = client.post(address, data) if name in POST_ONLY else client.get(address)
        if answer.streaming:  # a file is closed once it is read to its end
            list(answer)
        transaction.set_rollback(True)
    to_login = answer.status_code == 302 and answer.headers["Location"].startswith("/login/")
    assert answer.status_code < 500, (name, answer.status_code)
    assert answer.status_code != 405, name
    return answer.status_code in (403, 404) or to_login


def test_matrix(world: World, addresses: dict[str, str], login: Any) -> None:
    wrong = []
    with clock.pretend(at(DAY)):
        for role in (*ROLES, "anonymous"):
            client = Client() if role == "anonymous" else login(getattr(world, role))
            client.raise_request_exception = False
            for name, address in sorted(addresses.items(), key=lambda row: row[0] == "logout"):
                allowed = role in MATRIX[name]
                if name == "portal_find_receipt":
                    address += f"?receipt={addresses['portal_receipt'].split('/')[-2]}"
                if turned_away(client, name, address) == allowed:
                    wrong.append(f"{role} {'may not open' if allowed else 'opens'} {name}")
    assert wrong == []
