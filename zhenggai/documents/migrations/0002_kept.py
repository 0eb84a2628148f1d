"""What was received stays what it was: a file's digest, size and kind, and what its camera said. Only when it was last read
again is noted on its row; an alarm ends, and is not taken away."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

KEPT = """
CREATE FUNCTION stored_file_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.sha256, NEW.size, NEW.media_type, NEW.stored_at)
        IS NOT DISTINCT FROM (OLD.id, OLD.sha256, OLD.size, OLD.media_type, OLD.stored_at)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a file that was received stays as it came' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER stored_file_kept BEFORE UPDATE OR DELETE ON documents_storedfile
    FOR EACH ROW EXECUTE FUNCTION stored_file_kept();

CREATE FUNCTION documents_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % stay as they were written', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER photo_facts_kept BEFORE UPDATE OR DELETE ON documents_photofacts
    FOR EACH ROW EXECUTE FUNCTION documents_kept();
CREATE TRIGGER file_alarm_not_deleted BEFORE DELETE ON documents_filealarm
    FOR EACH ROW EXECUTE FUNCTION documents_kept();
CREATE TRIGGER file_alarm_stays_mended BEFORE UPDATE ON documents_filealarm
    FOR EACH ROW WHEN (OLD.mended_at IS NOT NULL) EXECUTE FUNCTION documents_kept();
"""
UNKEPT = """
DROP TRIGGER stored_file_kept ON documents_storedfile;
DROP TRIGGER photo_facts_kept ON documents_photofacts;
DROP TRIGGER file_alarm_not_deleted ON documents_filealarm;
DROP TRIGGER file_alarm_stays_mended ON documents_filealarm;
DROP FUNCTION stored_file_kept, documents_kept;
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial"), ("audit", "0003_pinned")]
    operations = [
        migrations.RunSQL(KEPT, UNKEPT),
        migrations.RunSQL(pinned("stored_file_kept()", "documents_kept()"), migrations.RunSQL.noop),
    ]
