"""What was kept is read again: a file that is gone or changed raises an alarm, which ends when the content is back."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from zhenggai.accounts.decisions import Refused
from zhenggai.audit import clock
from zhenggai.audit.models import Entry
from zhenggai.documents import checking
from zhenggai.documents.actions import keep_bytes
from zhenggai.documents.checking import check, check_files
from zhenggai.documents.downloads import download
from zhenggai.documents.models import FileAlarm, StoredFile


def kept(text: str) -> StoredFile:
    return keep_bytes(text.encode(), media_type="text/plain")


def on_disk(stored: StoredFile) -> Path:
    return Path(default_storage.path(stored.path))


def tomorrow() -> Any:
    return clock.pretend(clock.now() + timedelta(days=1))


def test_files_as_they_were_received_raise_nothing_and_are_read_once_a_day(db: None) -> None:
    first, second = kept("验收材料"), kept("监测报告")
    done = check_files()
    assert (done.read, done.alarmed, done.mended, done.left) == (2, 0, 0, 0)
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.checked_at
    assert second.checked_at
    assert check_files().read == 0
    with tomorrow():
        assert check_files().read == 2
    assert not FileAlarm.objects.exists()


def test_a_missing_file_raises_one_alarm_however_often_it_is_looked_at(db: None) -> None:
    stored = kept("验收材料")
    on_disk(stored).unlink()
    assert check_files().alarmed == 1
    with tomorrow():
        assert check_files().alarmed == 0
    alarm = FileAlarm.objects.get()
    assert (alarm.stored, alarm.kind, alarm.mended_at) == (stored, "missing", None)
    entry = Entry.objects.get(verb=checking.ALARMED)
    assert entry.actor_name == "系统"
    assert entry.after == {"sha256": stored.sha256, "kind": "missing"}


@pytest.mark.parametrize("content", ["验收材料，改过", "验收资料"])
def test_a_changed_file_raises_an_alarm_whether_its_length_differs_or_not(db: None, content: str) -> None:
    stored = kept("验收材料")
    on_disk(stored).write_text(content)
    check_files()
    alarm = FileAlarm.objects.get()
    assert alarm.kind == "changed"
    assert f"收到时{stored.size}字节，现在{len(content.encode())}字节" in alarm.detail


def test_an_alarm_ends_when_the_content_is_back(db: None) -> None:
    stored = kept("验收材料")
    on_disk(stored).write_text("别的")
    check_files()
    on_disk(stored).write_text("验收材料")
    with tomorrow():
        assert check_files().mended == 1
    assert FileAlarm.objects.get().mended_at
    assert Entry.objects.filter(verb=checking.MENDED).count() == 1


def test_uploading_the_same_content_again_puts_the_file_back(db: None, django_capture_on_commit_callbacks: Any) -> None:
    stored = kept("验收材料")
    on_disk(stored).write_text("别的")
    check_files()
    with django_capture_on_commit_callbacks(execute=True):
        assert kept("验收材料") == stored
    assert on_disk(stored).read_text() == "验收材料"
    assert FileAlarm.objects.get().mended_at


def test_a_missing_file_that_turns_up_changed_is_one_alarm_with_both_on_the_trail(db: None) -> None:
    stored = kept("验收材料")
    on_disk(stored).unlink()
    check(stored)
    on_disk(stored).write_text("别的")
    check(stored)
    assert FileAlarm.objects.get().kind == "changed"
    assert Entry.objects.filter(verb=checking.ALARMED).count() == 2


def test_a_run_stops_when_its_time_is_up_and_the_next_goes_on_there(db: None) -> None:
    for number in range(3):
        kept(f"材料{number}")
    assert check_files(seconds=0).left == 3
    assert StoredFile.objects.filter(checked_at__isnull=False).count() == 0
    check(StoredFile.objects.order_by("pk")[0])
    done = check_files()
    assert (done.read, done.left) == (2, 0)


def test_the_file_looked_at_longest_ago_comes_first(db: None) -> None:
    old, new = kept("旧的"), kept("新的")
    StoredFile.objects.filter(pk=new.pk).update(checked_at=timezone.now() - timedelta(days=2))
    StoredFile.objects.filter(pk=old.pk).update(checked_at=timezone.now() - timedelta(days=9))
    seen: list[StoredFile] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "check", lambda stored: (seen.append(stored), (False, False))[1])
        patch.setattr(checking, "BATCH", 5)
        check_files()
    assert seen[:2] == [old, new]


def test_a_file_that_is_gone_is_refused_with_what_to_do(db: None) -> None:
    stored = kept("验收材料")
    on_disk(stored).unlink()
    with pytest.raises(Refused, match="重新上传同一份就能恢复"):
        download(stored, "材料.txt")


def test_what_was_put_in_a_files_place_is_not_handed_out_before_the_alarm(db: None) -> None:
    stored = kept("验收材料")
    on_disk(stored).chmod(0o640)
    on_disk(stored).write_text("验收材枓", encoding="utf-8")
    assert not FileAlarm.objects.exists()
    with pytest.raises(Refused, match="和收到的时候不一样"):
        download(stored, "材料.txt")
    kept("验收材料")  # the same content once more
    with closing(download(stored, "材料.txt")) as answer:
        assert b"".join(answer.streaming_content).decode() == "验收材料"  # type: ignore[arg-type]


def test_the_database_keeps_one_open_alarm_a_file(db: None) -> None:
    stored = kept("验收材料")
    FileAlarm.objects.create(stored=stored, kind="missing")
    with pytest.raises(IntegrityError, match="one_open_alarm_a_file"), transaction.atomic():
        FileAlarm.objects.create(stored=stored, kind="changed")
    with pytest.raises(IntegrityError, match="file_alarm_kind_is_known"), transaction.atomic():
        FileAlarm.objects.create(stored=stored, kind="odd", mended_at=clock.now())
