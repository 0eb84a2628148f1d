"""What was asked, answered and found stays: sweeps with their answers, yearly checks, the inspectors' lists, the issues of a
plan; and a target is what it was set to be: another goal is another target."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

KEPT = """
CREATE FUNCTION ledger_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % stay as they were written', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER finding_kept BEFORE UPDATE OR DELETE ON ledger_finding FOR EACH ROW EXECUTE FUNCTION ledger_kept();
CREATE TRIGGER sweep_kept BEFORE UPDATE OR DELETE ON ledger_sweep FOR EACH ROW EXECUTE FUNCTION ledger_kept();

CREATE TRIGGER sweep_answer_not_deleted BEFORE DELETE ON ledger_sweepanswer
    FOR EACH ROW EXECUTE FUNCTION ledger_kept();
CREATE TRIGGER sweep_answered_once BEFORE UPDATE ON ledger_sweepanswer
    FOR EACH ROW WHEN (OLD.nothing_found IS NOT NULL OR (OLD.sweep_id, OLD.unit_id) <> (NEW.sweep_id, NEW.unit_id))
    EXECUTE FUNCTION ledger_kept();

CREATE TRIGGER yearly_check_not_deleted BEFORE DELETE ON ledger_yearlycheck
    FOR EACH ROW EXECUTE FUNCTION ledger_kept();
CREATE TRIGGER yearly_check_made_once BEFORE UPDATE ON ledger_yearlycheck
    FOR EACH ROW WHEN (OLD.result <> '' OR (OLD.task_id, OLD.year, OLD.due_on) <> (NEW.task_id, NEW.year, NEW.due_on))
    EXECUTE FUNCTION ledger_kept();

CREATE TRIGGER plan_version_not_deleted BEFORE DELETE ON ledger_planversion
    FOR EACH ROW EXECUTE FUNCTION ledger_kept();
CREATE TRIGGER plan_version_kept BEFORE UPDATE ON ledger_planversion
    FOR EACH ROW WHEN ((OLD.plan_id, OLD.version, OLD.file_id, OLD.file_name, OLD.note, OLD.entered_at)
        IS DISTINCT FROM (NEW.plan_id, NEW.version, NEW.file_id, NEW.file_name, NEW.note, NEW.entered_at))
    EXECUTE FUNCTION ledger_kept();

CREATE TRIGGER target_kept BEFORE UPDATE ON ledger_target
    FOR EACH ROW WHEN ((OLD.task_id, OLD.measure_id, OLD.no, OLD.what, OLD.unit, OLD.baseline, OLD.goal, OLD.comparator,
            OLD.cumulative, OLD.pace, OLD.starts_on, OLD.method, OLD.weight)
        IS DISTINCT FROM (NEW.task_id, NEW.measure_id, NEW.no, NEW.what, NEW.unit, NEW.baseline, NEW.goal, NEW.comparator,
            NEW.cumulative, NEW.pace, NEW.starts_on, NEW.method, NEW.weight))
    EXECUTE FUNCTION ledger_kept();
"""
UNKEPT = """
DROP TRIGGER finding_kept ON ledger_finding;
DROP TRIGGER sweep_kept ON ledger_sweep;
DROP TRIGGER sweep_answer_not_deleted ON ledger_sweepanswer;
DROP TRIGGER sweep_answered_once ON ledger_sweepanswer;
DROP TRIGGER yearly_check_not_deleted ON ledger_yearlycheck;
DROP TRIGGER yearly_check_made_once ON ledger_yearlycheck;
DROP TRIGGER plan_version_not_deleted ON ledger_planversion;
DROP TRIGGER plan_version_kept ON ledger_planversion;
DROP TRIGGER target_kept ON ledger_target;
DROP FUNCTION ledger_kept;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_history"), ("audit", "0003_pinned")]
    operations = [
        migrations.RunSQL(KEPT, UNKEPT),
        migrations.RunSQL(pinned("ledger_kept()"), migrations.RunSQL.noop),
    ]
