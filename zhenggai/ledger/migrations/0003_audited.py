"""No state without its row on the trail: who writes past lifecycle.take() leaves a trace that cannot be removed, or is
refused at the end of the transaction."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

AUDIT = """
CREATE FUNCTION task_state_audited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM audit_entry
        WHERE task_id = NEW.id AND recorded_at >= transaction_timestamp() AND after->>'state' = NEW.state
    ) THEN
        RAISE EXCEPTION 'task % became % without a row on the audit trail', NEW.number, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER task_state_audited AFTER UPDATE OF state ON ledger_task
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION task_state_audited();
"""
UNAUDIT = "DROP TRIGGER task_state_audited ON ledger_task; DROP FUNCTION task_state_audited;"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_state"), ("audit", "0003_pinned")]
    operations = [
        migrations.RunSQL(AUDIT, UNAUDIT),
        migrations.RunSQL(
            pinned("task_state_guard()", "task_enters_as_rectifying()", "task_kept()", "task_state_audited()"),
            migrations.RunSQL.noop,
        ),
    ]
