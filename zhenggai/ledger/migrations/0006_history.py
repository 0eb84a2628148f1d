"""The ledger of the time before this system comes in as it was: a task that says on which day it was known so (known_on)
may enter closed, and only with its row `task.loaded` on the trail; that day is never changed or given to another task."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

GUARDS = """
CREATE OR REPLACE FUNCTION task_enters_as_rectifying() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.known_on IS NOT NULL AND NEW.state IN ('struck_off', 'filed')
        AND NEW.struck_off_on <= NEW.known_on AND coalesce(NEW.finished_on <= NEW.known_on, true)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a task enters the ledger as rectifying, not as %', NEW.state USING ERRCODE = 'check_violation';
END $$;

-- A whole ledger is asked row by row at the end of its transaction, before anybody has counted the new rows of the trail: by
-- its index, whatever the planner thinks of a table that it takes for empty.
CREATE FUNCTION task_load_audited() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM audit_entry
        WHERE task_id = NEW.id AND recorded_at >= transaction_timestamp() AND verb = 'task.loaded'
            AND after->>'state' = NEW.state AND after->>'known_on' = NEW.known_on::text
    ) THEN
        RAISE EXCEPTION 'task % came from an older ledger without a row on the audit trail', NEW.number
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER task_load_audited AFTER INSERT ON ledger_task
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.known_on IS NOT NULL) EXECUTE FUNCTION task_load_audited();

CREATE FUNCTION task_known_on_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'on which day task % was known so is said once, when it is loaded', OLD.number
        USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER task_known_on_kept BEFORE UPDATE OF known_on ON ledger_task FOR EACH ROW
    WHEN (OLD.known_on IS DISTINCT FROM NEW.known_on) EXECUTE FUNCTION task_known_on_kept();
"""
UNGUARD = """
DROP TRIGGER task_load_audited ON ledger_task;
DROP TRIGGER task_known_on_kept ON ledger_task;
DROP FUNCTION task_load_audited, task_known_on_kept;
CREATE OR REPLACE FUNCTION task_enters_as_rectifying() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a task enters the ledger as rectifying, not as %', NEW.state USING ERRCODE = 'check_violation';
END $$;
"""
PINNED = pinned("task_enters_as_rectifying()", "task_load_audited()", "task_known_on_kept()")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_dates_kept"), ("audit", "0003_pinned")]
    operations = [
        migrations.RunSQL(GUARDS, UNGUARD),
        migrations.RunSQL(PINNED, pinned("task_enters_as_rectifying()")),
    ]
