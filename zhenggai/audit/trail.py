"""The trail as rows that chain.py verifies: out of a database, or out to a file."""

import json
from collections.abc import Iterator
from typing import TextIO

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from zhenggai.audit.chain import FIELDS, Row, Verification, verify

_ROWS_ALL = """
SELECT seq::text, previous, (extract(epoch FROM at) * 1000000)::bigint::text,
       (extract(epoch FROM recorded_at) * 1000000)::bigint::text, actor_id::text, actor_name, actor_unit, verb,
       target_type, target_id::text, task_id::text, before::text, after::text, note, source, digest
FROM audit_entry
"""
_ROWS = _ROWS_ALL + "WHERE audit_entry.seq <= {upto} ORDER BY audit_entry.seq"
BATCH = 2000


def verify_database() -> Verification:
    """Check every row of the trail, link by link, and that its end is what the head says. Reads in batches; what is added
    while it reads is left to the next time."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT seq, digest FROM audit_head")
        seq, digest = cursor.fetchone()
        return verify(_rows(cursor, seq), head=(seq, digest))


def export(out: TextIO) -> int:
    """Write the trail as JSON lines that `zhenggai audit verify FILE` checks without a database; how many rows."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT seq, digest FROM audit_head")
        seq, digest = cursor.fetchone()
        out.write(json.dumps({"format": "zhenggai-audit/1", "seq": seq, "digest": digest}) + "\n")
        for row in _rows(cursor, seq):
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return int(seq)


def _rows(cursor: CursorWrapper, upto: int) -> Iterator[Row]:
    cursor.execute(f"DECLARE trail NO SCROLL CURSOR FOR {_ROWS.format(upto=int(upto))}")
    while True:
        cursor.execute(f"FETCH {BATCH} FROM trail")
        batch = cursor.fetchall()
        for values in batch:
            yield dict(zip((*FIELDS, "digest"), values, strict=True))
        if len(batch) < BATCH:
            cursor.execute("CLOSE trail")
            return


def rows_of_task(task_id: int) -> list[Row]:
    """The rows of one task, whole: each carries the digest of its own fields, which cases.py recomputes without a database."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_ROWS_ALL} WHERE audit_entry.task_id = %s ORDER BY audit_entry.seq", [task_id])
        return [dict(zip((*FIELDS, "digest"), values, strict=True)) for values in cursor.fetchall()]
