"""No change of who answers for a task, of how often its date was put off or of how far it has come without a row on the
trail in the same transaction."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

AUDIT = """
CREATE FUNCTION duty_audited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM unnest(ARRAY[OLD.task_id, NEW.task_id]) AS touched (id)
        WHERE id IS NOT NULL AND NOT EXISTS (
            SELECT FROM audit_entry
            WHERE task_id = touched.id AND recorded_at >= transaction_timestamp() AND (
                verb IN ('ledger.revised', 'task.amended')
                OR TG_OP = 'INSERT' AND verb IN ('task.entered', 'task.loaded')
            )
        )
    ) THEN
        RAISE EXCEPTION 'who answers for task % changes only by a new version of its plan or an amendment',
            coalesce(NEW.task_id, OLD.task_id) USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER duty_stands AFTER INSERT OR DELETE ON ledger_duty
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION duty_audited();
CREATE CONSTRAINT TRIGGER duty_kept AFTER UPDATE ON ledger_duty
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION duty_audited();

CREATE FUNCTION task_extended_audited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.extended <> OLD.extended + 1 OR NOT EXISTS (
        SELECT FROM audit_entry
        WHERE task_id = NEW.id AND recorded_at >= transaction_timestamp() AND verb = 'extension.granted'
    ) THEN
        RAISE EXCEPTION 'task % counts the extensions that were granted', NEW.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER task_extended_audited AFTER UPDATE OF extended ON ledger_task
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.extended IS DISTINCT FROM NEW.extended) EXECUTE FUNCTION task_extended_audited();

-- How far a task has come is worked out by the program from what reports, samples, targets and plans change: any of them
-- leaves its row.
CREATE FUNCTION task_achieved_audited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM audit_entry WHERE task_id = NEW.id AND recorded_at >= transaction_timestamp()) THEN
        RAISE EXCEPTION 'task % came further without a row on the audit trail', NEW.number
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER task_achieved_audited AFTER UPDATE OF achieved ON ledger_task
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.achieved IS DISTINCT FROM NEW.achieved) EXECUTE FUNCTION task_achieved_audited();
"""
UNAUDIT = """
DROP TRIGGER duty_stands ON ledger_duty;
DROP TRIGGER duty_kept ON ledger_duty;
DROP TRIGGER task_extended_audited ON ledger_task;
DROP TRIGGER task_achieved_audited ON ledger_task;
DROP FUNCTION duty_audited, task_extended_audited, task_achieved_audited;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0012_numbers_kept")]
    operations = [
        migrations.RunSQL(AUDIT, UNAUDIT),
        migrations.RunSQL(
            pinned("duty_audited()", "task_extended_audited()", "task_achieved_audited()"), migrations.RunSQL.noop
        ),
    ]
