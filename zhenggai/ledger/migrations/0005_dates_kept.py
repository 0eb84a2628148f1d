"""A task's grade without a look at its parts: from when it is behind, until when it is ahead, whether it has begun. Each is a
date or a fact that time does not change, so nothing has to be refreshed daily; the database keeps them whenever a measure, a
milestone or a target changes, whoever changes it."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

KEEP = """
CREATE FUNCTION keep_task_dates(asked bigint[]) RETURNS void LANGUAGE sql AS $$
    UPDATE ledger_task t
    SET late_from = kept.late_from, early_until = kept.early_until, started = kept.started
    FROM (
        SELECT task.id,
            min(part.late_from) AS late_from, max(part.early_until) AS early_until,
            coalesce(bool_or(part.started), false) AS started
        FROM ledger_task task LEFT JOIN (
            SELECT task_id, CASE WHEN progress <> 'done' THEN due + 1 END AS late_from,
                CASE WHEN progress = 'done' THEN due END AS early_until, progress <> 'open' AS started
            FROM ledger_measure WHERE task_id = ANY (asked)
            UNION ALL
            SELECT m.task_id, CASE WHEN n.done_on IS NULL THEN n.due + 1 END,
                CASE WHEN n.done_on IS NOT NULL THEN n.due END, n.done_on IS NOT NULL
            FROM ledger_milestone n JOIN ledger_measure m ON m.id = n.measure_id
            WHERE m.task_id = ANY (asked)
            UNION ALL
            -- an evenly paced target is behind from the first month that begins after its line has passed what is reached
            SELECT task_id, least(
                    CASE WHEN met_on IS NULL THEN due + 1 END,
                    CASE WHEN pace = 'even' AND ratio < 1 THEN
                        (date_trunc('month', starts_on + floor(ratio * (due - starts_on))::int) + interval '1 month')::date
                    END
                ), CASE WHEN met_on IS NOT NULL THEN due END, ratio > 0
            FROM ledger_target WHERE task_id = ANY (asked)
        ) AS part ON part.task_id = task.id
        WHERE task.id = ANY (asked)
        GROUP BY task.id
    ) AS kept
    WHERE t.id = kept.id
        AND (t.late_from, t.early_until, t.started) IS DISTINCT FROM (kept.late_from, kept.early_until, kept.started)
$$;

CREATE FUNCTION task_part_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM keep_task_dates(ARRAY(SELECT DISTINCT task_id FROM changed ORDER BY task_id));
    RETURN NULL;
END $$;

CREATE FUNCTION task_milestone_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM keep_task_dates(ARRAY(
        SELECT DISTINCT m.task_id FROM changed JOIN ledger_measure m ON m.id = changed.measure_id ORDER BY m.task_id
    ));
    RETURN NULL;
END $$;
"""
TRIGGER = """
CREATE TRIGGER task_dates_{table}_{event} AFTER {event} ON ledger_{table}
    REFERENCING {side} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION {function}();
"""
UNKEEP = """
DROP FUNCTION keep_task_dates(bigint[]);
DROP FUNCTION task_part_changed() CASCADE;
DROP FUNCTION task_milestone_changed() CASCADE;
"""
FUNCTIONS = {"measure": "task_part_changed", "milestone": "task_milestone_changed", "target": "task_part_changed"}
TRIGGERS = "".join(
    TRIGGER.format(table=table, event=event, side="OLD" if event == "delete" else "NEW", function=function)
    for table, function in FUNCTIONS.items()
    for event in ("insert", "update", "delete")
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_guards")]
    operations = [
        migrations.RunSQL(KEEP, UNKEEP),
        migrations.RunSQL(TRIGGERS, migrations.RunSQL.noop),
        migrations.RunSQL(
            pinned("keep_task_dates(bigint[])", "task_part_changed()", "task_milestone_changed()"),
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL("SELECT keep_task_dates(ARRAY(SELECT id FROM ledger_task))", migrations.RunSQL.noop),
    ]
