"""The cluster keeps its data through every kind of end, and its roles stay in their place."""

import os
import signal
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from zhenggai.serve import roles
from zhenggai.serve.environment import LaunchError
from zhenggai.serve.postgres import Cluster
from zhenggai.serve.tests.conftest import copy, new_cluster, passable_folder


def write(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url(roles.OWNER)) as connection:
        connection.execute("CREATE TABLE task (name text)")
        connection.execute("INSERT INTO task VALUES ('整改')")


def read(cluster: Cluster) -> list[tuple[str]]:
    with psycopg.connect(cluster.url()) as connection:
        return connection.execute("SELECT name FROM task").fetchall()


def server_pid(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


def test_it_keeps_the_data_over_a_stop(cluster: Cluster) -> None:
    write(cluster)
    cluster.stop()
    assert not cluster.alive()
    assert cluster.start()
    assert read(cluster) == [("整改",)]


def test_it_recovers_when_the_server_was_killed(cluster: Cluster) -> None:
    write(cluster)
    # The dead server stays a zombie here: nobody waits for it, as under a container's init that never does.
    os.kill(server_pid(cluster), signal.SIGKILL)
    successor = new_cluster(cluster.home)
    assert successor.start()
    assert read(successor) == [("整改",)]
    successor.stop()


def test_a_pid_file_that_names_a_stranger_is_no_obstacle(cluster: Cluster) -> None:
    write(cluster)
    cluster.stop()
    (cluster.data / "postmaster.pid").write_text(f"{os.getppid()}\n{cluster.data}\n1\n5432\n\n\n\nready\n")
    assert cluster.start()
    assert read(cluster) == [("整改",)]


def test_a_running_server_is_taken_over(cluster: Cluster) -> None:
    successor = new_cluster(cluster.home)
    assert not successor.start()
    assert successor.url() == cluster.url()
    successor.stop()
    assert not cluster.alive()


def test_two_starts_at_once_make_one_server(cluster: Cluster) -> None:
    cluster.stop()
    results: list[bool] = []
    clusters = [new_cluster(cluster.home) for _ in range(3)]
    threads = [threading.Thread(target=lambda each=each: results.append(each.start())) for each in clusters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, False, True]
    assert len({each.port for each in clusters}) == 1
    for each in clusters:
        each.stop()


def test_an_interrupted_first_start_is_made_good(folder: Path) -> None:
    leftover = folder / "home" / "data.partial"
    leftover.mkdir(parents=True)
    (leftover / "PG_VERSION").write_text("18\n")
    cluster = new_cluster(folder / "home")
    cluster.start()
    write(cluster)
    cluster.stop()
    assert not leftover.exists()


def test_data_of_another_version_are_left_alone(cluster: Cluster) -> None:
    cluster.stop()
    (cluster.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(LaunchError, match="PostgreSQL 17"):
        cluster.start()


def test_a_server_that_cannot_start_says_why(cluster: Cluster) -> None:
    cluster.stop()
    with (cluster.data / "postgresql.conf").open("a") as file:
        file.write("shared_buffers = lots\n")
    with pytest.raises(LaunchError, match="shared_buffers"):
        cluster.start()


def test_lost_passwords_are_named_as_the_reason(cluster: Cluster) -> None:
    (cluster.home / "passwords.json").unlink()
    with pytest.raises(LaunchError, match=r"passwords\.json"):
        new_cluster(cluster.home).start()


@pytest.fixture(scope="module")
def shared(initialised: Path) -> Iterator[Cluster]:
    with passable_folder() as folder:
        copy(initialised, folder / "home")
        cluster = new_cluster(folder / "home")
        cluster.start()
        write(cluster)
        yield cluster
        cluster.stop()


def test_passwords_and_data_are_for_their_owner_only(shared: Cluster) -> None:
    assert stat.S_IMODE((shared.home / "passwords.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(shared.data.stat().st_mode) == 0o700
    assert not (shared.home / "password.partial").exists()


def test_nobody_enters_without_the_password(shared: Cluster) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://postgres:guess@127.0.0.1:{shared.port}/postgres")


def test_it_knows_chinese_letters_and_orders_by_code_point(shared: Cluster) -> None:
    with psycopg.connect(shared.url(roles.OWNER)) as connection:
        connection.execute("CREATE EXTENSION pg_trgm; CREATE EXTENSION btree_gist; CREATE EXTENSION unaccent")
        assert connection.execute("SELECT cardinality(show_trgm('整改通知'))").fetchone() == (5,)
        ordered = connection.execute("SELECT string_agg(x, '' ORDER BY x) FROM unnest(array['b', '一', 'B']) x")
        assert ordered.fetchone() == ("Bb一",)


def test_the_product_reads_and_writes_rows(shared: Cluster) -> None:
    with psycopg.connect(shared.url()) as connection:
        connection.execute("INSERT INTO task VALUES ('二')")
        connection.execute("UPDATE task SET name = '三' WHERE name = '二'")
        assert connection.execute("DELETE FROM task WHERE name = '三'").rowcount == 1


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE other (name text)",
        "CREATE TEMPORARY TABLE other (name text)",
        "CREATE SCHEMA other",
        "TRUNCATE task",
        "DROP TABLE task",
        "ALTER TABLE task ADD COLUMN other text",
        "ALTER TABLE task DISABLE TRIGGER ALL",
        "CREATE ROLE other SUPERUSER",
        "SET ROLE zhenggai_owner",
        "SET session_replication_role = replica",
        "COPY task TO PROGRAM 'cat'",
        "SELECT pg_read_file('PG_VERSION')",
    ],
)
def test_the_product_may_not(shared: Cluster, statement: str) -> None:
    with psycopg.connect(shared.url()) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


@pytest.mark.parametrize(
    "statement", ["CREATE ROLE other", "SET session_replication_role = replica", "SET ROLE postgres"]
)
def test_the_owner_is_no_superuser(shared: Cluster, statement: str) -> None:
    with psycopg.connect(shared.url(roles.OWNER)) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def test_rights_taken_by_a_migration_stay_taken_after_a_restart(cluster: Cluster) -> None:
    write(cluster)
    with psycopg.connect(cluster.url(roles.OWNER)) as connection:
        connection.execute("REVOKE UPDATE, DELETE ON task FROM zhenggai_app")
    cluster.stop()
    cluster.start()
    with psycopg.connect(cluster.url()) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM task")
