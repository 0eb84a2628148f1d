"""The database's part of the complainant's word: a link is answered once, what was said and what was found stays; a rebound is
of a struck-off task that a sample or a review showed to have slipped."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

KEEP = """
CREATE FUNCTION reply_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.task_id <> OLD.task_id OR OLD.found <> '' OR (
        OLD.opinion <> '' AND (NEW.opinion, NEW.text_sealed, NEW.answered_at, NEW.mark)
            IS DISTINCT FROM (OLD.opinion, OLD.text_sealed, OLD.answered_at, OLD.mark)
    ) THEN
        RAISE EXCEPTION 'a link is answered once, and what was said stays' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reply_guard BEFORE UPDATE OR DELETE ON closure_reply FOR EACH ROW EXECUTE FUNCTION reply_guard();

CREATE OR REPLACE FUNCTION rebound_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM ledger_task t WHERE t.id = NEW.old_id AND t.state IN ('struck_off', 'filed') AND (
            EXISTS (SELECT 1 FROM closure_sample s
                    WHERE s.id = NEW.sample_id AND s.task_id = NEW.old_id AND s.result = 'slipped')
            OR EXISTS (SELECT 1 FROM closure_reply r
                       WHERE r.id = NEW.reply_id AND r.task_id = NEW.old_id AND r.found = 'slipped')
        )
    ) THEN
        RAISE EXCEPTION 'a rebound is of a struck-off task that was found to have slipped' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""
UNKEEP = """
DROP TRIGGER reply_guard ON closure_reply;
DROP FUNCTION reply_guard;
"""


class Migration(migrations.Migration):
    dependencies = [("closure", "0005_look_backs_kept"), ("audit", "0003_pinned")]
    operations = [
        migrations.RunSQL(KEEP, UNKEEP),
        migrations.RunSQL(pinned("reply_guard()", "rebound_guard()"), migrations.RunSQL.noop),
    ]
