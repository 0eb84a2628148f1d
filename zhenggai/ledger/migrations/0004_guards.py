"""The database's part of deadlines, measures, cascades and samples: a date or a measure changes only with its row on the
trail, a task never answers itself through others, and a value once reported stays."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

GUARDS = """
CREATE FUNCTION task_due_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM audit_entry
        WHERE task_id = NEW.id AND recorded_at >= transaction_timestamp()
            AND after ? 'due' AND (
                verb = 'extension.granted'
                -- A date that has passed stays: what is overdue is not made punctual by a new version of the plan.
                OR verb = 'ledger.revised' AND NOT (
                    OLD.due < (at AT TIME ZONE 'Asia/Shanghai')::date AND (NEW.due IS NULL OR NEW.due > OLD.due)
                )
            )
    ) THEN
        RAISE EXCEPTION 'the date of task % moves only by an extension or a new version of its plan', NEW.number
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER task_due_frozen AFTER UPDATE OF due, first_due ON ledger_task
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.due IS DISTINCT FROM NEW.due OR OLD.first_due IS DISTINCT FROM NEW.first_due)
    EXECUTE FUNCTION task_due_frozen();

CREATE FUNCTION measure_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM audit_entry
        WHERE task_id = OLD.task_id AND recorded_at >= transaction_timestamp()
            AND verb IN ('extension.granted', 'ledger.revised')
    ) THEN
        RAISE EXCEPTION 'measure % of task % changes only by an extension or a new version of its plan', OLD.no, OLD.task_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER measure_kept AFTER UPDATE OF task_id, no, text, due ON ledger_measure
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((OLD.task_id, OLD.no, OLD.text, OLD.due) IS DISTINCT FROM (NEW.task_id, NEW.no, NEW.text, NEW.due))
    EXECUTE FUNCTION measure_kept();
CREATE CONSTRAINT TRIGGER measure_stays AFTER DELETE ON ledger_measure
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION measure_kept();

CREATE FUNCTION task_upper_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    above bigint := NEW.upper_id;
    steps int := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('ledger_task.upper'));
    WHILE above IS NOT NULL LOOP
        steps := steps + 1;
        IF above = NEW.id OR steps > 12 THEN
            RAISE EXCEPTION 'task % would answer itself', NEW.number USING ERRCODE = 'check_violation';
        END IF;
        SELECT upper_id INTO above FROM ledger_task WHERE id = above;
    END LOOP;
    RETURN NEW;
END $$;
CREATE FUNCTION task_upper_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.upper_id IS NOT NULL AND OLD.state IN ('struck_off', 'filed') THEN
        RAISE EXCEPTION 'task % is closed and keeps its upper task', OLD.number USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM ledger_task WHERE id IN (OLD.upper_id, NEW.upper_id) AND state <> 'rectifying') THEN
        RAISE EXCEPTION 'the upper task of % is being closed: what blocks it is not unlinked', OLD.number
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER task_upper_stays BEFORE UPDATE OF upper_id ON ledger_task FOR EACH ROW
    WHEN (OLD.upper_id IS DISTINCT FROM NEW.upper_id) EXECUTE FUNCTION task_upper_stays();
CREATE TRIGGER task_upper_guard BEFORE INSERT OR UPDATE OF upper_id ON ledger_task FOR EACH ROW
    WHEN (NEW.upper_id IS NOT NULL) EXECUTE FUNCTION task_upper_guard();

CREATE FUNCTION sample_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a reported value is corrected by a further version, never changed' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER sample_kept BEFORE UPDATE OR DELETE ON ledger_sample FOR EACH ROW EXECUTE FUNCTION sample_kept();
CREATE TRIGGER sample_not_truncated BEFORE TRUNCATE ON ledger_sample EXECUTE FUNCTION sample_kept();

CREATE FUNCTION extension_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.granted IS NULL
        AND (OLD.task_id, OLD.old_due, OLD.new_due, OLD.reason, OLD.level_id, OLD.applied_by_id, OLD.applied_on)
            IS NOT DISTINCT FROM
            (NEW.task_id, NEW.old_due, NEW.new_due, NEW.reason, NEW.level_id, NEW.applied_by_id, NEW.applied_on)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an extension is answered once and otherwise stays as it was asked for'
        USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER extension_kept BEFORE UPDATE OR DELETE ON ledger_extension FOR EACH ROW EXECUTE FUNCTION extension_kept();
"""
UNGUARD = """
DROP TRIGGER task_due_frozen ON ledger_task;
DROP TRIGGER measure_kept ON ledger_measure;
DROP TRIGGER measure_stays ON ledger_measure;
DROP TRIGGER task_upper_guard ON ledger_task;
DROP TRIGGER task_upper_stays ON ledger_task;
DROP TRIGGER sample_kept ON ledger_sample;
DROP TRIGGER sample_not_truncated ON ledger_sample;
DROP TRIGGER extension_kept ON ledger_extension;
DROP FUNCTION task_due_frozen, measure_kept, task_upper_guard, task_upper_stays, sample_kept, extension_kept;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_audited"), ("audit", "0003_pinned")]
    operations = [
        migrations.RunSQL(GUARDS, UNGUARD),
        migrations.RunSQL(
            pinned(
                "task_due_frozen()",
                "measure_kept()",
                "task_upper_guard()",
                "task_upper_stays()",
                "sample_kept()",
                "extension_kept()",
            ),
            migrations.RunSQL.noop,
        ),
    ]
