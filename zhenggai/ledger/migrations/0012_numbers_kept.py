"""A task is known by its number for good: what would give it another, or set it under another plan, is refused, so that an old
number is never free to be given out again."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

KEPT = """
CREATE FUNCTION task_number_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'task % keeps its number, its serial and its plan: numbers are never reused', OLD.number
        USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER task_number_kept BEFORE UPDATE OF number, serial, plan_id, inspection_id ON ledger_task FOR EACH ROW
    WHEN ((OLD.number, OLD.serial, OLD.plan_id, OLD.inspection_id)
        IS DISTINCT FROM (NEW.number, NEW.serial, NEW.plan_id, NEW.inspection_id))
    EXECUTE FUNCTION task_number_kept();
"""
UNKEPT = "DROP TRIGGER task_number_kept ON ledger_task; DROP FUNCTION task_number_kept;"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0011_found")]
    operations = [
        migrations.RunSQL(KEPT, UNKEPT),
        migrations.RunSQL(pinned("task_number_kept()"), migrations.RunSQL.noop),
    ]
