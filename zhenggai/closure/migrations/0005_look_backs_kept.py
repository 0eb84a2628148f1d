"""The database's part of looking back: a draw stays as it was drawn; a sample is answered once, by nobody who accepted the
task; a rebound is a round of a task that was struck off."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

KEEP = """
CREATE FUNCTION sample_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.result <> ''
        OR (NEW.look_back_id, NEW.task_id, NEW.weight, NEW.reasons)
            IS DISTINCT FROM (OLD.look_back_id, OLD.task_id, OLD.weight, OLD.reasons)
    THEN
        RAISE EXCEPTION 'a sample stays as it was drawn and is answered once' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM closure_verdict v JOIN closure_application a ON a.id = v.application_id
        WHERE a.task_id = NEW.task_id AND v.decided_by_id = NEW.visited_by_id
    ) THEN
        RAISE EXCEPTION 'who accepted a task does not look back on it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sample_guard BEFORE UPDATE OR DELETE ON closure_sample FOR EACH ROW EXECUTE FUNCTION sample_guard();

CREATE FUNCTION told_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.answer = ''
        AND (NEW.rebound_id, NEW.verdict_id) IS NOT DISTINCT FROM (OLD.rebound_id, OLD.verdict_id)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what a unit answered stays' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER told_kept BEFORE UPDATE OR DELETE ON closure_told FOR EACH ROW EXECUTE FUNCTION told_kept();

CREATE FUNCTION rebound_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM closure_sample s JOIN ledger_task t ON t.id = s.task_id
        WHERE s.id = NEW.sample_id AND s.task_id = NEW.old_id AND s.result = 'slipped'
            AND t.state IN ('struck_off', 'filed')
    ) THEN
        RAISE EXCEPTION 'a rebound is of a struck-off task that was found to have slipped' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rebound_guard BEFORE INSERT ON closure_rebound FOR EACH ROW EXECUTE FUNCTION rebound_guard();

CREATE TRIGGER look_back_kept BEFORE UPDATE OR DELETE ON closure_lookback
    FOR EACH ROW EXECUTE FUNCTION closure_kept();
CREATE TRIGGER rebound_kept BEFORE UPDATE OR DELETE ON closure_rebound FOR EACH ROW EXECUTE FUNCTION closure_kept();
"""
UNKEEP = """
DROP TRIGGER sample_guard ON closure_sample;
DROP TRIGGER told_kept ON closure_told;
DROP TRIGGER rebound_guard ON closure_rebound;
DROP TRIGGER look_back_kept ON closure_lookback;
DROP TRIGGER rebound_kept ON closure_rebound;
DROP FUNCTION sample_guard, told_kept, rebound_guard;
"""


class Migration(migrations.Migration):
    dependencies = [("closure", "0004_needs"), ("audit", "0003_pinned")]
    operations = [
        migrations.RunSQL(KEEP, UNKEEP),
        migrations.RunSQL(pinned("sample_guard()", "told_kept()", "rebound_guard()"), migrations.RunSQL.noop),
    ]
