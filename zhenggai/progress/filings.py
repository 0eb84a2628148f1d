"""The quarter's filing (一季度一报备、一季度一结清): what was due, what is done, what is carried over to the next quarter.

Whole filings are worked on by set-wise statements: a province has 15,000 open tasks.
"""

from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, Count, F, Q, QuerySet, Value, When

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.audit.actions import SYSTEM, Actor, record, text_digest
from zhenggai.audit.verbs import register
from zhenggai.ledger.permissions import applying_part, duty_of
from zhenggai.ledger.states import State
from zhenggai.progress.models import FiledTask, QuarterFiling
from zhenggai.progress.permissions import can_close_filing, can_file
from zhenggai.rulebook.models import Rulebook

OPENED = register("filing.opened", "布置季度报备", "blue")
FILED = register("filing.filed", "季度报备")
CLOSED = register("filing.closed", "封存季度报备", "green")
SILENT = "责任单位没有报备原因"

ENTER = """
INSERT INTO progress_filedtask
    (filing_id, task_id, place_id, state, due_count, done_count, remains, reason, times_carried)
SELECT f.id, t.id, t.place_id, 'owed', 0, 0, '', '', 0
FROM progress_quarterfiling f
JOIN ledger_inspection i ON i.place_id = f.place_id
JOIN ledger_task t ON t.inspection_id = i.id AND t.state NOT IN ('struck_off', 'filed')
WHERE f.id = %(filing)s AND f.closed_at IS NULL
    AND NOT EXISTS (SELECT FROM progress_filedtask k WHERE k.filing_id = f.id AND k.task_id = t.id)
ON CONFLICT (filing_id, task_id) DO NOTHING
"""
CARRY = """
UPDATE progress_filedtask n SET carried_from_id = b.id, times_carried = b.times_carried + 1
FROM progress_quarterfiling f, progress_quarterfiling e, progress_filedtask b
WHERE f.id = %(filing)s AND f.closed_at IS NULL AND n.filing_id = f.id AND n.carried_from_id IS NULL
    AND e.place_id = f.place_id AND e.quarter = (f.quarter - interval '3 months')::date AND e.closed_at IS NOT NULL
    AND b.filing_id = e.id AND b.task_id = n.task_id AND b.state = 'carried'
"""
COUNT = """
WITH mine AS (
    SELECT k.id, k.task_id, f.quarter AS first, (f.quarter + interval '3 months' - interval '1 day')::date AS last
    FROM progress_quarterfiling f JOIN progress_filedtask k ON k.filing_id = f.id
    WHERE f.closed_at IS NULL AND (%(filing)s::bigint IS NULL OR f.id = %(filing)s)
        AND (%(row)s::bigint IS NULL OR k.id = %(row)s)
), part AS (
    SELECT mine.id, NULL::boolean AS done FROM mine
    UNION ALL
    SELECT mine.id, m.done_on IS NOT NULL FROM mine JOIN ledger_measure m USING (task_id)
    WHERE m.due <= mine.last AND (m.done_on IS NULL OR m.done_on >= mine.first)
    UNION ALL
    SELECT mine.id, s.done_on IS NOT NULL FROM mine JOIN ledger_measure m USING (task_id)
    JOIN ledger_milestone s ON s.measure_id = m.id
    WHERE s.due <= mine.last AND (s.done_on IS NULL OR s.done_on >= mine.first)
    UNION ALL
    SELECT mine.id, g.met_on IS NOT NULL FROM mine JOIN ledger_target g USING (task_id)
    WHERE g.due <= mine.last AND (g.met_on IS NULL OR g.met_on >= mine.first)
    UNION ALL
    SELECT mine.id, t.state <> 'rectifying' FROM mine JOIN ledger_task t ON t.id = mine.task_id WHERE t.due <= mine.last
), counted AS (
    SELECT id, count(done) AS due, count(*) FILTER (WHERE done) AS done FROM part GROUP BY id
)
UPDATE progress_filedtask f SET due_count = counted.due, done_count = counted.done FROM counted
WHERE f.id = counted.id AND (f.due_count, f.done_count) IS DISTINCT FROM (counted.due, counted.done)
"""
DIGEST = """
SELECT encode(sha256(convert_to(coalesce(string_agg(concat_ws('|', task_id, place_id, state, due_count, done_count, remains,
    reason, carried_from_id, times_carried, unit_id, filed_by_id, filed_on), chr(10) ORDER BY task_id), ''), 'UTF8')), 'hex')
FROM progress_filedtask WHERE filing_id = %(filing)s
"""
OPEN = Q(done_count__lt=F("due_count"))
# What is counted of a filing; each name opens the rows that it counts.
FIGURES: dict[str, tuple[str, Q]] = {
    "all": ("全部", Q()),
    "owed": ("待报备", Q(state=FiledTask.State.OWED)),
    "filed": ("已报备", Q(state=FiledTask.State.FILED)),
    "cleared": ("到期的已做完", Q(due_count__gt=0, done_count=F("due_count"))),
    "open": ("到期没做完", OPEN),
    "again": ("上季度结转来", Q(carried_from__isnull=False)),
}


def quarter_of(day: date) -> date:
    """The quarter as its first day.

    >>> quarter_of(date(2026, 11, 22))
    datetime.date(2026, 10, 1)
    """
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def next_quarter(quarter: date) -> date:
    return quarter_of(quarter + timedelta(days=95))


def quarter_due(place: Unit, quarter: date) -> tuple[date, Rulebook]:
    """Until when `quarter` is filed in `place`, by the rulebook in force on its first day."""
    book = Rulebook.objects.in_force(place, quarter)
    return book.rules.quarter_due(quarter), book


@transaction.atomic
def open_filing(place: Unit, quarter: date, *, by: Actor = SYSTEM) -> QuarterFiling:
    """The filing of `quarter` in `place`, with a row for each open task; opens it the first time. Idempotent."""
    found = QuarterFiling.objects.filter(place=place, quarter=quarter).first()
    if found:
        return found
    due_on, book = quarter_due(place, quarter)
    filing, made = QuarterFiling.objects.get_or_create(
        place=place, quarter=quarter, defaults={"due_on": due_on, "rulebook": book, "opened_at": clock.now()}
    )
    if made:
        keep_up(filing)
        count = filing.tasks.count()
        record(OPENED, by=by, target=filing, after={"due_on": due_on.isoformat(), "tasks": count},
               note=f"{filing}，{count}项，{due_on:%Y-%m-%d}截止")  # fmt: skip
    return filing


@transaction.atomic
def keep_up(filing: QuarterFiling) -> int:
    """Bring a filing up to the ledger: tasks that entered, what was carried over, how much of what is due is done; how many
    rows are new. Idempotent; nothing is done to a closed filing."""
    entered = _enter(filing)
    _count_up(filing)
    return entered


@transaction.atomic
def _enter(filing: QuarterFiling) -> int:
    if not _hold_open(filing):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(ENTER, {"filing": filing.pk})
        entered = cursor.rowcount
        cursor.execute(CARRY, {"filing": filing.pk})
    return entered


@transaction.atomic
def count_open() -> None:
    """How much of what is due is done, in every open filing of every place, in one statement: each day's work."""
    list(QuarterFiling.objects.open().select_for_update().order_by("pk"))  # closing waits
    _count_up(None)


def _hold_open(filing: QuarterFiling) -> bool:
    """Whether the filing is open, which it then stays until this transaction ends: closing waits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM progress_quarterfiling WHERE id = %s AND closed_at IS NULL FOR SHARE", [filing.pk]
        )
        return cursor.fetchone() is not None


def _count_up(filing: QuarterFiling | None, row: FiledTask | None = None) -> None:
    """What was due in the quarter, or earlier and not done before it: measures, milestones, targets, the task itself; of one
    row, of one filing that is open, or of all. Only what has become different is written."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"filing": filing.pk if filing else None, "row": row.pk if row else None})


def words_key(row: FiledTask) -> str:
    """What stands in a row, as one word: whoever files over it has seen it."""
    return text_digest(f"{row.remains}\n{row.reason}")[:16]


@transaction.atomic
def file(row: FiledTask, *, remains: str, reason: str = "", seen: str | None = None, by: Person) -> FiledTask:
    """A unit files a task for the quarter: what remains, and why what was due is not done. Until the close it may file
    again; the last word counts. `seen`: the words_key() of what the person filed over.

    Raises Refused for who may not, without `remains`, and without a reason while something due is not done; Stale when a
    colleague has filed since.
    """
    _hold_open(row.filing)  # before the row is locked: closing waits for both in this order
    locked = (
        FiledTask.objects.select_for_update(of=("self",))
        .select_related("filing__place", "task", "filed_by")
        .get(pk=row.pk)
    )
    if not (allowed := can_file(locked, by)):
        raise Refused(allowed.reason)
    if seen is not None and seen != words_key(locked):
        raise Stale(f"{locked.filed_by}在你打开页面以后已经报备，没有覆盖。看过下面的内容，仍要改就再报备一次")
    _count_up(locked.filing, locked)
    locked.refresh_from_db(fields=["due_count", "done_count"])
    if not remains.strip():
        raise Refused("报备要写明还有什么没做；都做完了，写“本季度到期的已完成”")
    if locked.open_count and not reason.strip():
        raise Refused(f"本季度到期的还有{locked.open_count}件没有做完，要写明原因；封存时带着原因结转下季度")
    duty = duty_of(by, locked.task, [applying_part(locked.task)])
    before = {"remains": locked.remains, "reason": locked.reason} if locked.filed_on else None
    locked.state, locked.remains, locked.reason = FiledTask.State.FILED, remains.strip(), reason.strip()
    locked.unit, locked.filed_by, locked.filed_on = duty.unit if duty else None, by, clock.today()
    locked.save(update_fields=["state", "remains", "reason", "unit", "filed_by", "filed_on"])
    record(
        FILED, by=by, target=locked, task_id=locked.task_id, before=before,
        after={"quarter": locked.filing.quarter.isoformat(), "remains": locked.remains, "reason": locked.reason,
               "due": locked.due_count, "done": locked.done_count},
        note=f"{locked.filing.words}：到期{locked.due_count}件，完成{locked.done_count}件",
    )  # fmt: skip
    return locked


def figures(rows: QuerySet[Any]) -> dict[str, int]:
    """How many of these rows each of FIGURES counts, in one statement."""
    counts = {name: Count("pk", filter=condition) for name, (_, condition) in FIGURES.items()}
    return dict(rows.order_by().aggregate(**counts))


def counts_key(counts: dict[str, int]) -> str:
    """The figures as one word, so that what a person confirms can be compared with what there is."""
    return "-".join(str(counts[name]) for name in FIGURES)


@transaction.atomic
def close_filing(filing: QuarterFiling, *, seen: str, by: Person) -> QuarterFiling:
    """Freeze the filing: what was due and done is cleared, what was due and not done is carried over with its reason.

    `seen`: the counts_key() of the figures that the person confirmed. Raises Refused before its day has passed or for who
    may not, Stale when the figures have changed since or somebody was faster.
    """
    locked = QuarterFiling.objects.select_for_update(of=("self",)).select_related("place").get(pk=filing.pk)
    if locked.is_closed:
        raise Stale(f"{locked}已经封存，没有重复办理")
    if not (allowed := can_close_filing(locked, by, clock.today())):
        raise Refused(allowed.reason)
    keep_up(locked)
    rows = FiledTask.objects.filter(filing=locked)
    counts = figures(rows)
    if seen != counts_key(counts):
        raise Stale("你看过以后报备情况又有变化，没有封存。请看过现在的数字再封存。")
    rows.filter(due_count__gt=0, done_count=F("due_count")).update(state=FiledTask.State.CLEARED)
    rows.filter(OPEN).update(
        state=FiledTask.State.CARRIED, reason=Case(When(reason="", then=Value(SILENT)), default=F("reason"))
    )
    locked.closed_by, locked.closed_at, locked.digest = by, clock.now(), digest_of(locked)
    locked.save(update_fields=["closed_by", "closed_at", "digest"])
    following = QuarterFiling.objects.filter(place=locked.place, quarter=next_quarter(locked.quarter)).first()
    if following:
        keep_up(following)
    record(
        CLOSED, by=by, target=locked, after={"counts": counts, "digest": locked.digest},
        note=f"{locked}：{counts['all']}项，结清{counts['cleared']}，结转{counts['open']}，没有报备{counts['owed']}",
    )  # fmt: skip
    return locked


def digest_of(filing: QuarterFiling) -> str:
    """SHA-256 of the filing's rows, which a closed one keeps."""
    with connection.cursor() as cursor:
        cursor.execute(DIGEST, {"filing": filing.pk})
        return str(cursor.fetchone()[0])


def countdown(tasks: Any, today: date, days: int) -> Any:
    """The countdown list (倒计时督办): tasks in rectification whose limit is within `days` days or has passed, the most
    pressing first."""
    return tasks.filter(state=State.RECTIFYING, due__lte=today + timedelta(days=days)).order_by("due", "pk")


def keep_filings(place: Unit) -> int:
    """Open today's quarter in `place` and bring every open filing up to the ledger: that of the quarter before may still be
    open. How many rows are new; what is done of them is counted for all places at once (count_open)."""
    quarter = quarter_of(clock.today())
    known = QuarterFiling.objects.filter(place=place, quarter=quarter).exists()
    entered = 0 if known else open_filing(place, quarter).tasks.count()
    return entered + sum(_enter(filing) for filing in QuarterFiling.objects.open().filter(place=place).order_by("pk"))
