"""What the person reads when something is refused."""

import errno
import re

import psycopg
import pytest

from zhenggai.serve.progress import Progress, explain


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/data/x"), "磁盘满了，写不下 /data/x"),
        (PermissionError(errno.EACCES, "Permission denied", "/data/x"), "没有权限读写 /data/x"),
        (OSError(errno.EROFS, "Read-only file system", "/data/x"), "只读"),
        (psycopg.errors.DiskFull(), "磁盘满了，写不下 数据库"),
    ],
)
def test_refusals_of_the_machine_are_in_plain_words(error: Exception, words: str) -> None:
    assert words in (explain(error) or "")


def test_the_cause_behind_another_error_is_found() -> None:
    wrapped = RuntimeError("migrate")
    wrapped.__cause__ = psycopg.errors.DiskFull()
    assert "磁盘满了" in (explain(wrapped) or "")


def test_other_errors_are_not_explained_away() -> None:
    assert explain(ValueError("?")) is None


def test_a_step_shows_its_number_and_its_seconds(capsys) -> None:
    progress = Progress(3)
    with progress.step("密钥"):
        pass
    with progress.step("数据库") as step:
        step.result = "PostgreSQL 18"
    with progress.step("示范城市") as step:
        step.echo("单位 30 个")
    lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"\[1/3\] 密钥 … 完成（0\.\d 秒）", lines[0])
    assert lines[1].startswith("[2/3] 数据库 … PostgreSQL 18（0.")
    assert lines[2:4] == ["[3/3] 示范城市 …", "      单位 30 个"]
    assert lines[4].startswith("      完成（0.")
