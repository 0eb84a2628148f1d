"""The test rig: a real PostgreSQL (zhenggai/serve/testing.py), and three ways in which nothing slips through: unknown
template variables fail, rows of unordered queries come back shuffled, warnings are errors."""

import gc
import os
import random
from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from hypothesis import settings as examples

from tests.world import World, build
from zhenggai.accounts.models import Person
from zhenggai.serve.testing import migrated_once

# The same examples each time, so that a red suite is red for everybody; EXPLORE=1 looks for new ones.
examples.register_profile("repeatable", derandomize=True)
examples.register_profile("exploring", derandomize=False)
examples.load_profile("exploring" if os.environ.get("EXPLORE") else "repeatable")

PAST_TRIGGERS = """
DO $$
DECLARE kept record;
BEGIN
    FOR kept IN SELECT tgrelid::regclass AS name, tgname FROM pg_trigger WHERE tgtype & 32 <> 0 AND NOT tgisinternal LOOP
        EXECUTE format('ALTER TABLE %s {0} TRIGGER %I', kept.name, kept.tgname);
    END LOOP;
END $$;
ALTER TABLE audit_head {0} TRIGGER USER;
"""


def pytest_sessionstart() -> None:
    from django.conf import settings

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """While the program and 4,000 tests are read in there is little to throw away, and what stands then stays to the end:
    the garbage collector need not look through it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.collect()
        gc.freeze()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, django_db_blocker: Any) -> None:
    """pytest-django's own; the workers of a run copy one migrated database, which takes longer to make than all else."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        with django_db_blocker.unblock():
            connection.settings_dict["TEST"]["TEMPLATE"] = migrated_once(migrate_in)


def migrate_in(database: str) -> None:
    """Bring the empty `database` to where the program's migrations lead."""
    own = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = database
    try:
        call_command("migrate", verbosity=0)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """pytest-django's own; at the end no thread of a test server is left in the database that it deletes."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(autouse=True)
def quick_and_separate(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Cheap password hashes, folders of the test's own, nothing cached before."""
    cache.clear()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    own = tmp_path_factory.mktemp("files")
    for name, setting in (("kept", "MEDIA_ROOT"), ("previews", "PREVIEW_ROOT"), ("tmp", "FILE_UPLOAD_TEMP_DIR")):
        (own / name).mkdir()
        setattr(settings, setting, own / name)
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def shuffled_when_unordered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A query without an order gives its rows in any order: a test must not depend on luck."""
    fetch = QuerySet._fetch_all

    def fetch_and_shuffle(rows: Any) -> None:
        fresh = rows._result_cache is None
        fetch(rows)
        if fresh and not rows.ordered and isinstance(rows._result_cache, list):
            random.shuffle(rows._result_cache)

    monkeypatch.setattr(QuerySet, "_fetch_all", fetch_and_shuffle)


@pytest.fixture(scope="session", autouse=True)
def emptying_passes_the_triggers() -> Iterator[None]:
    """Tests that commit are cleaned up by TRUNCATE, which the product's own tables refuse: the owner of the test
    database switches those triggers off for that moment, and sets the audit chain back to its beginning."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    flush = DatabaseOperations.execute_sql_flush

    def flush_past_triggers(operations: Any, statements: list[str]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(PAST_TRIGGERS.format("DISABLE"))
            cursor.execute("UPDATE audit_head SET seq = 0, digest = repeat('0', 64)")
            flush(operations, statements)
            cursor.execute(PAST_TRIGGERS.format("ENABLE"))

    DatabaseOperations.execute_sql_flush = flush_past_triggers  # type: ignore[method-assign]
    yield
    DatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]


@pytest.fixture
def world(db: None) -> World:
    """A small city (tests/world.py)."""
    return build()


@pytest.fixture
def login(db: None) -> Callable[[Person], Client]:
    """A browser's client, signed in, that checks CSRF tokens as the product does."""

    def sign_in(person: Person, **options: Any) -> Client:
        client = Client(**options)
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
