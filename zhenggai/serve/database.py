"""The database that a command works on: DATABASE_URL's, or our own server in this checkout."""

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from zhenggai.serve import roles
from zhenggai.serve.environment import LaunchError
from zhenggai.serve.locks import Share
from zhenggai.serve.placement import place
from zhenggai.serve.postgres import Cluster

SUPPORTED = range(15, 19)


@dataclass(frozen=True)
class Database:
    """An open database. `app_url` is for the product, `owner_url` for migrations."""

    app_url: str
    owner_url: str
    description: str
    alive: Callable[[], bool]


def own_database() -> bool:
    """Whether the database is our own server rather than DATABASE_URL's."""
    return not os.environ.get("DATABASE_URL")


@contextlib.contextmanager
def opened(var: Path, *, to_the_end: bool) -> Iterator[Database]:
    """The database, answering. Our own server is stopped afterwards: always with `to_the_end`, otherwise only when
    it was started here and nobody else has come to use it."""
    address = os.environ.get("DATABASE_URL")
    if address:
        yield _external(address)
        return
    cluster = own_cluster(var)
    cluster.make_home()
    share = Share(cluster.home / "users.lock")
    started = False
    try:
        started = cluster.start()
        yield _own(cluster, started)
    finally:
        if to_the_end or (started and share.leave()):
            cluster.stop()
        share.close()


def own_cluster(var: Path) -> Cluster:
    """The server of this `var`, running or not."""
    return Cluster(place(var), var / "log" / "postgres.log")


def _own(cluster: Cluster, started: bool) -> Database:
    words = (
        f"PostgreSQL {_version(cluster.url())[1]}，127.0.0.1:{cluster.port}{'' if started else '，接着用正在运行的'}"
    )
    return Database(cluster.url(roles.APP), cluster.url(roles.OWNER), words, cluster.alive)


def _external(address: str) -> Database:
    number, version = _version(address)
    if number not in SUPPORTED:
        raise LaunchError(
            f"DATABASE_URL 指定的是 PostgreSQL {version}，本系统支持 {SUPPORTED[0]}–{SUPPORTED[-1]}。请换一个版本。"
        )
    owner_url = os.environ.get("ZHENGGAI_OWNER_URL") or address
    if roles.role_of(owner_url) != roles.role_of(address):
        with _connected(owner_url, "ZHENGGAI_OWNER_URL") as connection:
            roles.share_future_tables(connection, roles.role_of(owner_url), roles.role_of(address))
    return Database(address, owner_url, f"PostgreSQL {version}，DATABASE_URL 指定", lambda: True)


def _version(address: str) -> tuple[int, str]:
    with _connected(address, "DATABASE_URL") as connection:
        return connection.info.server_version // 10000, connection.info.parameter_status("server_version") or "?"


@contextlib.contextmanager
def _connected(address: str, name: str) -> Iterator[psycopg.Connection]:
    try:
        connection = psycopg.connect(address, connect_timeout=10, autocommit=True)
    except psycopg.Error as error:
        raise LaunchError(f"连不上 {name} 指定的数据库：{error}") from error
    with connection:
        yield connection
