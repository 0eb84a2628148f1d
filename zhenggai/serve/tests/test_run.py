"""The life of a start: first time, again, asked to stop, killed."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import psutil
import psycopg
import pytest

from zhenggai.serve import clean, database, run
from zhenggai.serve.database import own_cluster
from zhenggai.serve.environment import ROOT, LaunchError
from zhenggai.serve.postgres import Cluster, free_port, is_alive
from zhenggai.serve.roles import OWNER
from zhenggai.serve.tests.conftest import Launcher, Place, copy, passable_folder, user_environment

FAREWELL = "已停止：网站和数据库都已正常关闭，数据已保存。"


def page(launcher: Launcher) -> list[str]:
    """What the stand-in's page says: people, role, process."""
    with urllib.request.urlopen(f"http://127.0.0.1:{launcher.port}/", timeout=10) as answer:
        return answer.read().decode().split()


def password(text: str) -> str | None:
    found = re.search(r"zhaomin  (\S+)", text)
    return found and found[1]


def manage(place: Place, *words: str) -> subprocess.CompletedProcess[str]:
    environment = user_environment(place.var) | {"DJANGO_SETTINGS_MODULE": "zhenggai.serve.tests.stub.settings"}
    return subprocess.run(
        [sys.executable, "-m", "zhenggai.cli", "manage", *words], cwd=ROOT, env=environment, capture_output=True,
        text=True, check=False,
    )  # fmt: skip


def test_the_first_start_shows_the_address_and_an_account(new_place: Place) -> None:
    launcher = new_place.launch().ready()
    assert f"http://127.0.0.1:{new_place.port}" in launcher.said
    assert "[8/8] 网站" in launcher.said
    assert len(password(launcher.said) or "") == 12
    assert page(launcher)[:2] == ["1", "zhenggai_app"]


def test_ctrl_c_stops_everything_with_one_line(place: Place) -> None:
    launcher = place.launch().ready()
    website = psutil.Process(int(page(launcher)[2]))
    before = launcher.said
    assert launcher.signal(signal.SIGINT) == 0
    assert launcher.said.removeprefix(before).strip() == FAREWELL
    assert not is_alive(website)
    assert place.servers() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_it_also_stops_cleanly_when_the_system_asks(place: Place, number: int) -> None:
    launcher = place.launch().until("[2/8]")
    assert launcher.signal(number) == 0
    assert launcher.said.strip().endswith(FAREWELL)
    assert place.servers() == []


def test_what_a_killed_launcher_left_is_cleared_at_the_next_start(place: Place) -> None:
    killed = place.launch().ready()
    killed.signal(signal.SIGKILL)
    website = psutil.Process(int(page(killed)[2]))  # both still run
    server = place.servers()
    successor = place.launch().ready()
    assert "没有正常结束，已清理" in successor.said
    assert not is_alive(website)
    assert place.servers() == server  # taken over, not doubled
    assert page(successor)[0] == "1"
    assert successor.signal(signal.SIGINT) == 0
    assert place.servers() == []


def test_a_taken_port_is_named_with_the_way_out(place: Place) -> None:
    with socket.create_server(("127.0.0.1", place.port)):
        launcher = place.launch()
        assert launcher.process.wait(30) == 1
    assert re.search(
        rf"端口 {place.port} 已被“.+”（进程 {os.getpid()}）占用。换一个端口：make run PORT=\d+", launcher.said
    )


def test_it_says_so_when_the_website_dies(place: Place) -> None:
    launcher = place.launch().ready()
    worker = psutil.Process(int(page(launcher)[2]))
    granian = worker.parent()
    assert granian
    granian.kill()
    assert launcher.process.wait(30) == 1
    assert "网站进程意外退出" in launcher.said
    assert not is_alive(worker)
    assert place.servers() == []


def test_it_says_so_when_the_database_dies(place: Place) -> None:
    launcher = place.launch().ready()
    place.servers()[0].kill()
    assert launcher.process.wait(60) == 1
    assert "数据库进程意外退出" in launcher.said


def test_a_command_alone_starts_the_database_and_stops_it(place: Place) -> None:
    assert manage(place, "migrate", "--check").returncode == 0
    assert place.servers() == []


def test_a_command_that_fails_says_so_and_leaves_nothing_running(place: Place) -> None:
    done = manage(place, "nonsense")
    assert done.returncode == 1
    assert "nonsense" in done.stderr
    assert place.servers() == []


def test_a_plan_that_is_not_there_is_named_at_once(place: Place) -> None:
    launcher = place.launch(PLAN="没有/这份方案.docx")
    assert launcher.process.wait(30) == 1
    assert "找不到文件 没有/这份方案.docx" in launcher.said
    assert not (place.var / "run" / "launch.lock").exists() or "[1/" not in launcher.said


def test_a_given_database_is_used_and_none_is_started(new_place: Place, cluster: Cluster) -> None:
    launcher = new_place.launch(DATABASE_URL=cluster.url(), ZHENGGAI_OWNER_URL=cluster.url(OWNER)).ready()
    assert "DATABASE_URL 指定" in launcher.said
    assert page(launcher)[:2] == ["1", "zhenggai_app"]
    assert launcher.signal(signal.SIGINT) == 0
    assert launcher.said.strip().endswith("已停止：网站已正常关闭。")
    assert not (new_place.var / "postgres").exists()
    assert cluster.alive()


def test_tables_of_another_version_of_the_product_are_refused(new_place: Place, cluster: Cluster) -> None:
    urls = {"DATABASE_URL": cluster.url(), "ZHENGGAI_OWNER_URL": cluster.url(OWNER)}
    new_place.launch(**urls).ready().signal(signal.SIGINT)
    with psycopg.connect(cluster.url(OWNER)) as connection:
        added = connection.execute(
            "INSERT INTO django_migrations (app, name, applied) SELECT app, '0999_later', now() FROM django_migrations"
            " LIMIT 1 RETURNING app"
        ).fetchone()
    launcher = new_place.launch(**urls)
    assert launcher.process.wait(60) == 1
    assert f"另一个版本的程序建立的（多出 {added[0]}.0999_later），什么也没有改动" in launcher.said


def test_a_given_database_of_another_version_is_refused(monkeypatch, folder: Path, cluster: Cluster) -> None:
    monkeypatch.setattr(database, "SUPPORTED", range(15, 18))
    monkeypatch.setenv("DATABASE_URL", cluster.url())
    with pytest.raises(LaunchError, match=r"PostgreSQL 18.*支持 15–17"), database.opened(folder, to_the_end=True):
        pass


def test_a_given_database_that_does_not_answer_is_named(monkeypatch, folder: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://x:secret@127.0.0.1:1/x")
    with pytest.raises(LaunchError, match="连不上 DATABASE_URL") as caught, database.opened(folder, to_the_end=True):
        pass
    assert "secret" not in str(caught.value)


def test_a_new_day_brings_the_daily_work_and_its_failure_ends_nothing(monkeypatch, tmp_path: Path, capsys) -> None:
    days = iter([date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 23), date(2026, 11, 23), date(2026, 11, 24)])
    last = date(2026, 11, 24)
    done = iter(["新开调度1个", ValueError("没有这个月的规则")])

    def daily() -> str:
        if isinstance(outcome := next(done), Exception):
            raise outcome
        return outcome

    monkeypatch.setenv("ZHENGGAI_VAR", str(tmp_path))
    monkeypatch.setattr(run, "LOOK_SECONDS", 0)
    monkeypatch.setattr(run.prepare, "daily", daily)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: next(days, last))
    alive = iter([True, True])
    website = SimpleNamespace(alive=lambda: next(alive, False), log=tmp_path / "server.log")
    with pytest.raises(LaunchError, match="网站进程意外退出"):
        run._watch(website, SimpleNamespace(alive=lambda: True))
    said = capsys.readouterr()
    assert "每日事务：新开调度1个" in said.out
    assert "没有这个月的规则" in said.err


@pytest.mark.parametrize("port", ["0", "65536", "八千"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(SystemExit):
        run.main(["--port", port])


def test_the_secret_key_is_made_once_and_for_the_owner_only(place: Place) -> None:
    key = place.var / "secrets" / "secret_key"
    assert key.stat().st_mode & 0o777 == 0o600
    before = key.read_text()
    place.launch().until("[2/8]").signal(signal.SIGTERM)
    assert key.read_text() == before
    assert own_cluster(place.var).home == place.var / "postgres"


# ── beside a running product ─────────────────────────────────────────────────
@pytest.fixture(scope="module")
def running(used_var: Path) -> Iterator[tuple[Place, Launcher]]:
    """Started for the second time."""
    with passable_folder() as folder:
        copy(used_var, folder / "var")
        place = Place(folder / "var")
        try:
            yield place, place.launch().ready()
        finally:
            place.close()


def test_started_again_it_keeps_people_and_passwords(running: tuple[Place, Launcher]) -> None:
    _, launcher = running
    assert page(launcher)[0] == "1"
    assert "密码同上次" in launcher.said
    assert password(launcher.said) is None


def test_a_second_start_says_where_the_first_one_is(running: tuple[Place, Launcher]) -> None:
    place, first = running
    second = place.launch(port=free_port())
    assert second.process.wait(30) == 0
    assert f"已经在运行：http://127.0.0.1:{place.port}" in second.said
    assert page(first)[0] == "1"


def test_a_command_works_beside_it_and_leaves_it_running(running: tuple[Place, Launcher]) -> None:
    place, launcher = running
    done = manage(place, "shell", "-c", "from django.contrib.auth.models import User; print(User.objects.count())")
    assert done.stdout.split()[-1] == "1", done.stderr
    assert page(launcher)[0] == "1"


def test_new_passwords_are_made_beside_it(running: tuple[Place, Launcher]) -> None:
    place, _ = running
    second = place.launch("--passwords")
    assert second.process.wait(30) == 0
    assert len(password(second.said) or "") == 12


def test_a_plan_is_handed_to_it_and_a_refusal_is_told(running: tuple[Place, Launcher]) -> None:
    place, launcher = running
    plan = place.var / "方案.docx"
    plan.write_bytes(b"")
    second = place.launch("--plan", str(plan))
    assert second.process.wait(30) == 1  # the stand-in has no import
    assert "“方案.docx”没有导入" in second.said
    assert page(launcher)[0] == "1"


def test_its_data_are_not_deleted_under_it(running: tuple[Place, Launcher]) -> None:
    place, launcher = running
    done = subprocess.run(
        [sys.executable, "-m", "zhenggai.serve.clean", "yes"], cwd=ROOT, env=user_environment(place.var),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "正在运行" in done.stderr
    assert page(launcher)[0] == "1"


# ── making an end of it ──────────────────────────────────────────────────────
def test_data_are_deleted_only_with_the_word(place: Place, monkeypatch, capsys) -> None:
    monkeypatch.setenv("ZHENGGAI_VAR", str(place.var))
    assert clean.main([]) == 1
    assert str(place.var / "postgres") in capsys.readouterr().out
    assert (place.var / "postgres" / "data").exists()
    assert clean.main(["yes"]) == 0
    assert list(place.var.iterdir()) == []
