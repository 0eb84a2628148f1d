"""A quarter's row may learn from which row it was carried over after it was made: the quarter before may close later."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

KEPT = """
CREATE OR REPLACE FUNCTION filedtask_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        PERFORM 1 FROM progress_quarterfiling WHERE id = NEW.filing_id AND closed_at IS NULL FOR SHARE;
        IF FOUND AND (TG_OP = 'INSERT' OR ((NEW.filing_id, NEW.task_id) = (OLD.filing_id, OLD.task_id)
            AND (OLD.carried_from_id IS NULL OR (NEW.carried_from_id, NEW.times_carried)
                IS NOT DISTINCT FROM (OLD.carried_from_id, OLD.times_carried)))) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a row of a filing is never deleted, and never changes after the filing was closed'
        USING ERRCODE = 'check_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("progress", "0004_frozen")]
    operations = [
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
        migrations.RunSQL(pinned("filedtask_kept()"), migrations.RunSQL.noop),
    ]
