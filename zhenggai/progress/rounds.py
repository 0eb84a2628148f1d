"""A month's round: what each unit owes, kept up while the round is open, and the close that freezes it.

Whole rounds are worked on by set-wise statements: a province has 30,000 rows a month.
"""

from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.audit.actions import SYSTEM, Actor, record
from zhenggai.audit.verbs import register
from zhenggai.ledger.models import Task
from zhenggai.ledger.states import State
from zhenggai.progress.models import Owed, Report, Round, month_words
from zhenggai.progress.permissions import can_close
from zhenggai.rulebook.models import Rulebook

OPENED = register("round.opened", "布置月报", "blue")
CLOSED = register("round.closed", "封存月度调度", "green")

# Whether the duty `d` of a task owes a report: by the rulebook `b` of the round every unit that leads or answers for it, or
# the leading ones alone, which gather what the others tell; where none is named as leading, those that answer.
OWES = """d.part IN ('lead', 'responsible') AND d.unit_id IS NOT NULL
    AND (d.part = 'lead' OR coalesce(b.data ->> 'reporters', 'all') <> 'lead' OR NOT EXISTS (
        SELECT FROM ledger_duty l WHERE l.task_id = d.task_id AND l.part = 'lead' AND l.unit_id IS NOT NULL))"""
# What a unit owes: one row for each open task in rectification. A task that came into rectification after the report day
# owes from the next month on, and so does a unit that was charged after it with a task which others owed on that day.
OWE = """
INSERT INTO progress_owed (month, round_id, task_id, unit_id, part, due_on, state, reason, version, nil)
SELECT r.month, r.id, t.id, d.unit_id, min(d.part), r.due_on, 'owed', '', 0, false
FROM progress_round r
JOIN rulebook_rulebook b ON b.id = r.rulebook_id
JOIN ledger_inspection i ON i.place_id = r.place_id
JOIN ledger_task t ON t.inspection_id = i.id AND t.state = 'rectifying'
JOIN ledger_duty d ON d.task_id = t.id AND @owes
WHERE r.id = %(round)s AND r.closed_at IS NULL AND (%(task)s::bigint IS NULL OR t.id = %(task)s)
    AND (t.state_since AT TIME ZONE 'Asia/Shanghai')::date <= r.due_on
    AND (%(today)s <= r.due_on OR NOT EXISTS (SELECT FROM progress_owed k WHERE k.task_id = t.id AND k.month = r.month))
GROUP BY r.id, t.id, d.unit_id
ORDER BY t.id, d.unit_id
ON CONFLICT (task_id, unit_id, month) DO UPDATE
    SET state = CASE WHEN progress_owed.version = 0 THEN 'owed' ELSE 'returned' END, reason = ''
    WHERE progress_owed.state = 'excused'
""".replace("@owes", OWES)
EXCUSE = """
UPDATE progress_owed o SET state = 'excused', reason = '职责已调整，不再由本单位报'
FROM progress_round r JOIN rulebook_rulebook b ON b.id = r.rulebook_id
WHERE r.id = o.round_id AND o.round_id = %(round)s
    AND (o.state = 'returned' OR o.state = 'owed' AND o.due_on >= %(today)s)
    AND (%(task)s::bigint IS NULL OR o.task_id = %(task)s)
    AND NOT EXISTS (SELECT FROM ledger_duty d WHERE d.task_id = o.task_id AND d.unit_id = o.unit_id AND @owes)
""".replace("@owes", OWES)
DECIDED = "UPDATE progress_owed SET state = %s WHERE report_id = %s AND month = %s AND round_is_open(round_id)"
FREEZE = """
INSERT INTO progress_roundtask
    (month, round_id, task_id, place_id, state, schedule, achieved, measures_done, measures_total, due)
SELECT %s::date, %s::bigint, frozen.* FROM ({tasks}) AS frozen
"""
DIGEST = """
SELECT encode(sha256(convert_to(coalesce(string_agg(line, chr(10) ORDER BY line), ''), 'UTF8')), 'hex') FROM (
    SELECT concat_ws('|', 'owed', task_id, unit_id, part, due_on, state, reason, version, nil, first_on, last_on) AS line
    FROM progress_owed WHERE round_id = %(round)s
    UNION ALL
    SELECT concat_ws('|', 'task', task_id, place_id, state, schedule, achieved, measures_done, measures_total, due)
    FROM progress_roundtask WHERE round_id = %(round)s
) AS lines
"""

LATE, IN_TIME, CAME = Q(first_on__gt=F("due_on")), Q(first_on__lte=F("due_on")), Q(first_on__isnull=False)
DUE = ~Q(state=Owed.State.EXCUSED)
# What is counted of a unit's or a round's rows; each name is a state that the matrix opens.
FIGURES: dict[str, Q] = {
    "due": DUE,
    "in_time": DUE & IN_TIME,
    "late": DUE & LATE,
    "missing": Q(state=Owed.State.OWED),
    "submitted": Q(state=Owed.State.SUBMITTED),
    "returned": Q(state=Owed.State.RETURNED),
    "accepted": Q(state=Owed.State.ACCEPTED),
    "nil": DUE & Q(nil=True),
    "excused": Q(state=Owed.State.EXCUSED),
}


def month_of(day: date) -> date:
    """The month as its first day."""
    return day.replace(day=1)


def report_due(place: Unit, month: date) -> tuple[date, Rulebook]:
    """Until when reports of `month` are due in `place`, by the rulebook in force on the first of that month."""
    book = Rulebook.objects.in_force(place, month)
    return book.rules.report_due(month), book


def open_round(place: Unit, month: date, *, by: Actor = SYSTEM) -> Round:
    """The round of `month` in `place`, with what is owed; opens it, with its partitions, the first time. Idempotent."""
    return Round.objects.filter(place=place, month=month).first() or _open(place, month, by)


@transaction.atomic
def _open(place: Unit, month: date, by: Actor) -> Round:
    with connection.cursor() as cursor:
        cursor.execute("SELECT progress_month(%s)", [month])
    due_on, book = report_due(place, month)
    round_, made = Round.objects.get_or_create(
        place=place, month=month, defaults={"due_on": due_on, "rulebook": book, "opened_at": clock.now()}
    )
    if made:
        owed = keep_up(round_)
        record(
            OPENED, by=by, target=round_, after={"due_on": due_on.isoformat(), "owed": owed},
            note=f"{round_}，应报{owed}份，{due_on:%Y-%m-%d}截止",
        )  # fmt: skip
    return round_


@transaction.atomic
def keep_up(round_: Round, task: Task | None = None) -> int:
    """Bring what is owed up to the ledger, of one task or of all; how many rows are new or owed again.

    Tasks enter and change hands while a round is open; who had the duty on the report day and was silent has missed it,
    whoever has it now. Idempotent; nothing is done to a closed round.
    """
    if not hold_open(round_):
        return 0
    given = {"round": round_.pk, "task": task.pk if task else None, "today": clock.today()}
    with connection.cursor() as cursor:
        cursor.execute(EXCUSE, given)
        cursor.execute(OWE, given)
        return cursor.rowcount


def hold_open(round_: Round) -> bool:
    """Whether the round is open, which it then stays until this transaction ends: closing waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT round_is_open(%s)", [round_.pk])
        return bool(cursor.fetchone()[0])


def round_of(task: Task, month: date) -> Round | None:
    """The round in which reports of `month` on `task` are owed, if it was opened."""
    return Round.objects.filter(place=task.inspection.place_id, month=month).first()


def submitted(report: Report) -> bool:
    """A version has come while the round is open; whether it was owed. Runs inside the report's transaction."""
    rows = Owed.objects.filter(task=report.task_id, unit=report.unit_id, month=report.month)
    found = rows.update(
        state=Owed.State.SUBMITTED, reason="", report=report.pk, version=report.version, nil=report.nil,
        first_on=report.first_on, last_on=report.submitted_on,
    )  # fmt: skip
    return found > 0


def decided(report: Report) -> None:
    """The version that stands was accepted or returned. After the close the frozen row stays as it was."""
    with connection.cursor() as cursor:
        cursor.execute(DECIDED, [report.state, report.pk, report.month])


def left_or_entered(task: Task) -> None:
    """The task has left rectification, or has come back to it: what is not yet reported is excused, or owed again. What was
    missed by then stays missed."""
    for round_ in Round.objects.open().filter(place=task.inspection.place_id, month__lte=month_of(clock.today())):
        if task.state == State.RECTIFYING:
            keep_up(round_, task)
        elif hold_open(round_):
            waiting = Owed.objects.filter(round=round_, month=round_.month, task=task)
            waiting.filter(Q(state="returned") | Q(state="owed", due_on__gte=clock.today())).update(
                state=Owed.State.EXCUSED, reason=f"任务已到“{task.state_words}”环节"
            )


def figures(rows: Any) -> dict[str, int]:
    """How many of these Owed rows stand in each of FIGURES, in one statement."""
    return dict(
        rows.order_by().aggregate(**{name: Count("pk", filter=condition) for name, condition in FIGURES.items()})
    )


def counts_of(round_: Round) -> dict[str, int]:
    """The figures of a whole round."""
    return figures(Owed.objects.filter(round=round_, month=round_.month))


def counts_key(counts: dict[str, int]) -> str:
    """The figures as one word, so that what a person confirms can be compared with what there is."""
    return "-".join(str(counts[name]) for name in FIGURES)


@transaction.atomic
def close_round(round_: Round, *, seen: str, by: Person) -> Round:
    """Freeze the round: what was owed stays as it is, and how each task stands becomes a row that never changes.

    `seen`: the counts_key() of the figures that the person confirmed. Raises Refused before the limit has passed or for
    who may not, Stale when the figures have changed since or somebody was faster.
    """
    locked = Round.objects.select_for_update(of=("self",)).select_related("place").get(pk=round_.pk)
    if locked.is_closed:
        raise Stale(f"{locked}已经封存，没有重复办理")
    if not (allowed := can_close(locked, by, clock.today())):
        raise Refused(allowed.reason)
    counts = counts_of(locked)
    if seen != counts_key(counts):
        raise Stale("你看过以后报送情况又有变化，没有封存。请看过现在的数字再封存。")
    tasks = _freeze_tasks(locked)
    locked.closed_by, locked.closed_at, locked.digest = by, clock.now(), digest_of(locked)
    locked.save(update_fields=["closed_by", "closed_at", "digest"])
    record(
        CLOSED, by=by, target=locked, after={"counts": counts, "tasks": tasks, "digest": locked.digest},
        note=f"{locked}：应报{counts['due']}，按时{counts['in_time']}，迟报{counts['late']}，未报{counts['missing']}",
    )  # fmt: skip
    return locked


def _freeze_tasks(round_: Round) -> int:
    today = clock.today()
    tasks = Task.objects.filter(inspection__place=round_.place).with_schedule(today).with_measures(today).order_by()
    asked = tasks.values_list(
        "pk", "place_id", "state", "schedule", "achieved", "measures_done", "measures_total", "due"
    )
    statement, given = asked.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(FREEZE.format(tasks=statement), [round_.month, round_.pk, *given])
        return cursor.rowcount


def digest_of(round_: Round) -> str:
    """SHA-256 of the round's rows, which a closed round keeps: rows that were tampered with no longer answer to it."""
    with connection.cursor() as cursor:
        cursor.execute(DIGEST, {"round": round_.pk})
        return str(cursor.fetchone()[0])


def closed_words(round_: Round) -> str:
    """What to say to who comes after the close."""
    at = timezone.localdate(round_.closed_at)
    return f"{month_words(round_.month)}调度已于{at:%-m月%-d日}封存，数字不再变；要补报或改正，请作为更正报送并写明理由"
