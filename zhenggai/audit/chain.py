"""The digest chain of the audit trail, computed without a database: anyone with an exported file can verify it.

Each row's digest is sha256 over its own fields and the digest before it. Fields are joined as netstrings
(`<bytes>:<text>,`, `-,` for null), so that no two different rows give the same text. The database computes the same
digest when a row is added (migrations/0002_chain.py); a test holds the two together.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

FIELDS = (
    "seq", "previous", "at", "recorded_at", "actor_id", "actor_name", "actor_unit", "verb",
    "target_type", "target_id", "task_id", "before", "after", "note", "source",
)  # fmt: skip
GENESIS = "0" * 64

Row = Mapping[str, str | None]


@dataclass(frozen=True)
class Verification:
    """What a verification found. `broken` is the first row that does not hold, `reason` says what is wrong with it."""

    rows: int
    head: str
    broken: int | None = None
    reason: str = ""

    @property
    def holds(self) -> bool:
        return self.broken is None


def netstring(value: str | None) -> str:
    """One field of the digest's text.

    >>> netstring("销号"), netstring(""), netstring(None)
    ('6:销号,', '0:,', '-,')
    """
    return "-," if value is None else f"{len(value.encode())}:{value},"


def digest(row: Row) -> str:
    """The digest that `row` must carry. Row: every name of FIELDS as text; times as microseconds since 1970."""
    return hashlib.sha256("".join(netstring(row[name]) for name in FIELDS).encode()).hexdigest()


def verify(rows: Iterable[Row], head: tuple[int, str] | None = None) -> Verification:
    """Check `rows` (in order of seq, each with its stored `digest`) link by link; `head` is what the last row must be.

    A changed row, a missing one, one put in between and a cut-off tail are each named.
    """
    expected, last, count = 1, GENESIS, 0
    for row in rows:
        seq = int(row["seq"] or 0)
        if seq != expected:
            return Verification(count, last, expected, f"第{expected}条不见了，下一条是第{seq}条")
        if row["previous"] != last:
            return Verification(count, last, seq, "前一条的摘要对不上：这一条或它前面的记录被换过")
        if row["digest"] != digest(row):
            return Verification(count, last, seq, "内容与摘要不符：这一条在写入之后被改过")
        last, expected, count = str(row["digest"]), expected + 1, count + 1
    if head is not None and head != (expected - 1, last):
        return Verification(count, last, expected, f"末尾的记录被删：应有{head[0]}条，只有{count}条")
    return Verification(count, last)


def read_export(lines: Iterable[str]) -> tuple[Iterator[Row], tuple[int, str] | None]:
    """An exported file (one JSON object a line, the first line the head) as rows and head.

    Raises ValueError when a line is not JSON of the export's form.
    """
    iterator = iter(lines)
    first = json.loads(next(iterator, "{}"))
    if first.get("format") != "zhenggai-audit/1":
        raise ValueError("不是审计导出文件：第一行应写明 zhenggai-audit/1")
    return (json.loads(line) for line in iterator if line.strip()), (int(first["seq"]), str(first["digest"]))
