"""Two people at the same row, a database that goes away, a disk that is full: a clear answer, nothing half-written,
and the next try works. All against real connections, locks and files."""

import resource
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from tests.browser.test_path import PLAN, plan_docx
from tests.world import World, build
from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Person
from zhenggai.accounts.roles import Role
from zhenggai.audit import clock
from zhenggai.audit.clock import at
from zhenggai.audit.models import Entry
from zhenggai.closure.content import digest_of, manifest
from zhenggai.closure.models import Verdict
from zhenggai.closure.permissions import next_verdict
from zhenggai.closure.tests.test_path import walk
from zhenggai.documents.models import StoredFile
from zhenggai.intake.actions import propose
from zhenggai.intake.models import Proposal
from zhenggai.intake.stale import sealed, values_of
from zhenggai.ledger.lifecycle import take
from zhenggai.ledger.models import Task
from zhenggai.ledger.states import STRIKE_OFF, State
from zhenggai.progress.models import Report
from zhenggai.publicity.actions import object_to
from zhenggai.publicity.models import Notice

pytestmark = pytest.mark.django_db(transaction=True)

WAITING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

REPORT = {"text": "本月完成2处排口的改造，剩余1处正在施工。", "measure_1": "doing", "measure_2": "doing"}


@pytest.fixture
def world(transactional_db: None) -> World:
    return build()


class Browser(threading.Thread):
    """One person's request in a thread, on a database connection of its own."""

    def __init__(self, person: Person, send: Callable[[Client], HttpResponse]) -> None:
        super().__init__()
        self.client = Client(raise_request_exception=False)
        self.client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        self.send = send
        self.answer: Any = None

    def run(self) -> None:
        try:
            self.answer = self.send(self.client)
        finally:
            connection.close()

    def page(self) -> str:
        """The answer's text, once it has come."""
        self.join(30)
        assert self.answer is not None
        return str(self.answer.content.decode())


def waiting(count: int) -> list[int]:
    """The process ids of exactly `count` database sessions that wait for a lock."""
    patience = monotonic() + 20
    while monotonic() < patience:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(WAITING)
            if len(pids := [pid for (pid,) in cursor.fetchall()]) == count:
                return pids
        sleep(0.02)
    raise AssertionError(f"never were {count} sessions waiting for a lock")


@contextmanager
def held(task: Task) -> Iterator[None]:
    """The task's row is locked inside the block, so that requests pile up behind it."""
    with transaction.atomic():
        Task.objects.select_for_update().get(pk=task.pk)
        yield


def verdict_of(task: Task) -> Callable[[Client], HttpResponse]:
    level = next_verdict(task)
    assert level is not None
    data = {
        "level": level.pk,
        "result": "pass",
        "reason": "符合条件",
        "looked": "on",
        "seen": task.version,
        "content": digest_of(manifest(task)),
    }
    return lambda client: client.post(f"/tasks/{task.pk}/accept/", data)


# ── two people at once ───────────────────────────────────────────────────────
def test_two_acceptors_decide_the_same_task_at_once(world: World) -> None:
    second = world.person("south_second", Role.COORDINATION, world.south_office)
    task = world.task()
    walk(world, task, State.IN_ACCEPTANCE)
    send = verdict_of(task)
    browsers = [Browser(world.south_acceptor, send), Browser(second, send)]
    with held(task):
        for browser in browsers:
            browser.start()
        waiting(2)
    pages = [browser.page() for browser in browsers]
    assert sorted(browser.answer.status_code for browser in browsers) == [302, 409]
    assert any("请看过现在的情况再办" in page for page in pages)
    assert Verdict.objects.exclude(decided_by=None).count() == 1
    assert Entry.objects.filter(verb="task.accept").count() == 1


def test_the_same_row_of_a_proposal_is_accepted_by_two_at_once(world: World) -> None:
    proposal = propose(SimpleUploadedFile("方案.txt", PLAN.encode()), "方案.txt", world.inspection, by=world.office)
    item = proposal.items.get(position=1)
    address = f"/intake/{proposal.pk}/{item.position}/accept/"
    seen = {"base": sealed(values_of(item))}
    browsers = [Browser(person, lambda client: client.post(address, seen)) for person in (world.office, world.acceptor)]
    with transaction.atomic():
        Proposal.objects.select_for_update().get(pk=proposal.pk)
        proposal.items.select_for_update().get(pk=item.pk)
        for browser in browsers:
            browser.start()
        waiting(2)
    for browser in browsers:
        browser.page()
    assert sorted(browser.answer.status_code for browser in browsers) == [302, 409]
    assert Task.objects.count() == 1


def test_one_report_sent_from_two_windows_is_one_report(world: World) -> None:
    task = world.task()
    address = f"/tasks/{task.pk}/report/"
    browsers = [Browser(world.south_liaison, lambda client: client.post(address, REPORT)) for _ in range(2)]
    with held(task):
        for browser in browsers:
            browser.start()
        waiting(2)
    pages = [browser.page() for browser in browsers]
    first, second = sorted(browser.answer.status_code for browser in browsers)
    assert (first, second in {403, 422}) == (302, True), "refused before its form is read, or after"
    assert any("不用再报" in page for page in pages)
    assert Report.objects.count() == 1


def test_an_objection_that_comes_in_while_the_task_is_struck_off_is_heard(world: World) -> None:
    """The citizen's notice row is locked on the last evening; the leader's click of the next morning waits behind it."""
    task = world.task()
    with clock.pretend(at(date(2024, 12, 2))):
        walk(world, task, State.IN_NOTICE)
    notice = Notice.objects.get()
    refused: list[str] = []

    def strike_off() -> None:
        try:
            with clock.pretend(at(date(2024, 12, 14))):
                take(STRIKE_OFF, task, by=world.leader)
        except Refused as error:
            refused.append(error.reason)
        finally:
            connection.close()

    click = threading.Thread(target=strike_off)
    with transaction.atomic(), clock.pretend(at(notice.ends_on, 23, 59)):
        object_to(notice, text="夜里还有异味")
        click.start()
        waiting(1)
    click.join(30)
    assert refused == ["异议1件未答复，限12月20日前答复"]
    task.refresh_from_db()
    assert task.state == State.IN_NOTICE


# ── the database goes away ───────────────────────────────────────────────────
def test_a_connection_lost_in_the_middle_loses_nothing(world: World) -> None:
    task = world.task()
    walk(world, task, State.IN_ACCEPTANCE)
    before = Entry.objects.count()
    lost = Browser(world.south_acceptor, verdict_of(task))
    with held(task), connection.cursor() as cursor:
        lost.start()
        cursor.execute("SELECT pg_terminate_backend(%s)", waiting(1))
        page = lost.page()
    assert lost.answer.status_code == 503
    assert "没有保存" in page
    assert lost.answer["Retry-After"]
    assert Entry.objects.count() == before
    assert not Verdict.objects.exclude(decided_by=None).exists()
    again = Browser(world.south_acceptor, verdict_of(task))
    again.start()
    again.page()
    assert again.answer.status_code == 302


def test_a_lock_that_nobody_lets_go_is_answered_as_busy(world: World) -> None:
    task = world.task()
    walk(world, task, State.IN_ACCEPTANCE)
    blocked = Browser(world.south_acceptor, verdict_of(task))
    with held(task), connection.cursor() as cursor:
        blocked.start()
        cursor.execute("SELECT pg_cancel_backend(%s)", waiting(1))  # what a timeout does, without waiting for it
        page = blocked.page()
    assert blocked.answer.status_code == 503
    assert "数据库正忙" in page


# ── the disk is full ─────────────────────────────────────────────────────────
@contextmanager
def disk_takes(bytes_: int) -> Iterator[None]:
    """No file may grow beyond `bytes_` inside the block: the system refuses the write, as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def files_in(folder: str) -> list[Path]:
    return [path for path in Path(folder).rglob("*") if path.is_file()]


def test_a_full_disk_keeps_no_half_of_a_plan(world: World, login: Any, settings: Any) -> None:
    client = login(world.office, raise_request_exception=False)

    def send() -> Any:
        form = {"file": SimpleUploadedFile("方案.docx", plan_docx()), "inspection": world.inspection.pk,
                "kind": "provincial"}  # fmt: skip
        return client.post("/intake/", form)

    with disk_takes(1024):
        answer = send()
    assert answer.status_code == 507
    assert "磁盘满了，没有保存" in answer.content.decode()
    assert not Proposal.objects.exists()
    assert not StoredFile.objects.exists()
    assert not files_in(settings.MEDIA_ROOT)
    assert not files_in(settings.FILE_UPLOAD_TEMP_DIR)
    assert send().status_code == 302
    assert Proposal.objects.get().items.count() == 2


def test_a_report_whose_photo_does_not_fit_is_not_half_kept(world: World, login: Any, settings: Any) -> None:
    task = world.task()
    client = login(world.south_liaison, raise_request_exception=False)
    photo = SimpleUploadedFile("现场.jpg", b"\xff\xd8\xff" + b"0" * 50_000)
    with disk_takes(20_000):
        answer = client.post(f"/tasks/{task.pk}/report/", REPORT | {"evidence": photo})
    assert answer.status_code == 507
    assert not Report.objects.exists()
    assert not files_in(settings.MEDIA_ROOT)


def test_files_that_together_are_too_many_for_one_form_leave_nothing_behind(
    world: World, login: Any, settings: Any
) -> None:
    settings.FORM_FILES_LIMIT = 150_000
    task, client = world.task(), login(world.south_liaison)
    photos = [SimpleUploadedFile(f"{number}.jpg", b"\xff\xd8\xff" + bytes([number]) * 60_000) for number in range(4)]
    answer = client.post(f"/tasks/{task.pk}/report/", REPORT | {"evidence": photos})
    assert answer.status_code == 413
    assert "总的大小超过了一次能收的" in answer.content.decode()
    assert not Report.objects.exists()
    assert not files_in(settings.MEDIA_ROOT)
    assert not files_in(settings.FILE_UPLOAD_TEMP_DIR)
    settings.FORM_FILES_LIMIT = 400_000
    for photo in photos:
        photo.seek(0)
    assert client.post(f"/tasks/{task.pk}/report/", REPORT | {"evidence": photos}).status_code == 302
