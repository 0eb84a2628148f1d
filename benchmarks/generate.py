"""Fill an empty database with a believable ledger: `.venv/bin/python benchmarks/generate.py --scale city|province`.

    ZHENGGAI_VAR=/tmp/big .venv/bin/python benchmarks/generate.py --scale province --seed 7
    ZHENGGAI_VAR=/tmp/big make run PORT=8150

The database is that of $ZHENGGAI_VAR (made and migrated when it is not there), or DATABASE_URL's with its owner's address in
ZHENGGAI_OWNER_URL. Everything is loaded by COPY in one transaction. As the owner of the tables it puts the triggers of
append-only and guarded tables aside for its own load, which nobody may do to a ledger in use: it is for a throw-away
database alone, and refuses one that holds a unit, a task or an audit row. Checks stay in force; the foreign keys of the large
tables come off for the load and are put on again, which checks every row.

The audit trail is a valid chain (believable/trail.py); its rows say 压力数据 in their source. The same scale, seed and day
give the same rows.
"""

import argparse
import random
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.believable.scale import SCALES, Scale
from zhenggai.serve.database import opened
from zhenggai.serve.environment import prepare_folders, tell_django, var_folder
from zhenggai.serve.prepare import migrate

TABLES = (
    "ledger_task", "ledger_duty", "ledger_sample", "ledger_extension", "progress_round", "progress_owed",
    "progress_roundtask", "progress_report", "audit_entry", "audit_head",
)  # fmt: skip
LARGE = (
    "progress_report", "progress_owed", "progress_roundtask", "ledger_measure", "ledger_milestone", "ledger_sample",
    "ledger_duty", "ledger_leader",
)  # fmt: skip


class NotEmpty(Exception):
    """The database holds something that must not be touched."""


def main() -> int:
    """Generate; 1 with the reason where the database is not empty."""
    options = _options()
    var = var_folder()
    prepare_folders(var)
    with opened(var, to_the_end=False) as database:
        tell_django(database_url=database.owner_url, var=var)
        migrate(database.owner_url, var / "log" / "migrate.log")
        password, start = secrets.token_urlsafe(9), time.perf_counter()
        try:
            counts = generate(SCALES[options.scale], seed=options.seed, today=options.today, password=password)
        except NotEmpty as error:
            print(error, file=sys.stderr)
            return 1
        settle()
    print("  ".join(f"{name} {count:,}" for name, count in counts.items()))
    print(f"{time.perf_counter() - start:.0f}秒。账号 office-1（全省）、leader-1、liaison-2……，密码 {password}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fill an empty, throw-away database with a believable ledger.")
    parser.add_argument("--scale", choices=SCALES, default="city")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--today", type=date.fromisoformat, default=None, help="the day as of which (default: today)")
    return parser.parse_args()


def generate(scale: Scale, *, seed: int, today: date | None, password: str) -> dict[str, int]:
    """Fill the database that Django is connected to, as its owner; how many rows of each main table.

    All or nothing. Raises NotEmpty when it holds units, tasks or audit rows.
    """
    from django.db import connection, transaction

    from benchmarks.believable import places, rounds, sweeps, tasks, trail
    from benchmarks.believable.copying import Numbers
    from zhenggai.audit import clock

    today, numbers, chance = today or clock.today(), Numbers(), random.Random(seed)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
        _refuse_unless_empty()
        tree = places.plant(scale, chance, numbers, password)
        with triggers_aside(), foreign_keys_last():
            made = tasks.fill(scale, tree, chance, numbers, today)
            sweeps.fill(scale, tree, made, chance, numbers, today)
            happened = rounds.fill(scale, tree, made, chance, numbers, today)
            entries = trail.write(chain(trail.of_tasks(made, tree), happened), tree)
        numbers.close()
    return {**numbers.counts(), "audit.Entry": entries}


def settle() -> None:
    """Let the planner know what has come in, as its own daemon would in time."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE")


def _refuse_unless_empty() -> None:
    from zhenggai.accounts.models import Unit
    from zhenggai.audit.models import Entry
    from zhenggai.ledger.models import Task

    for model in (Task, Unit, Entry):
        if model._default_manager.exists():
            raise NotEmpty(
                f"这个数据库里已有{model._meta.verbose_name}，不往里装。请另用一个空的：ZHENGGAI_VAR=/tmp/big …"
            )


@contextmanager
def triggers_aside() -> Iterator[None]:
    """The tables' own triggers off, and on again. Foreign keys stay in force, checked at once and not at the end."""
    from django.db import connection

    def switch(word: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} {word} TRIGGER USER")

    switch("DISABLE")
    yield
    switch("ENABLE")


@contextmanager
def foreign_keys_last() -> Iterator[None]:
    """The foreign keys of the large tables are taken off and put on again after the load, which checks all rows in one
    pass instead of one by one."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'f' AND conparentid = 0 AND conrelid = ANY (%s::regclass[]) ORDER BY 1, 2",
            [list(LARGE)],
        )
        keys = cursor.fetchall()
        for table, name, _ in keys:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    with connection.cursor() as cursor:
        for table, name, definition in keys:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


if __name__ == "__main__":
    sys.exit(main())
