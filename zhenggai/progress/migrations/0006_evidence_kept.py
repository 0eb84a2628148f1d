"""The files of a report and the values that it tells stay as they were handed in, like its words."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

KEPT = """
CREATE FUNCTION report_file_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a file of a report stays: a correction is a new version' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER report_file_kept BEFORE UPDATE OR DELETE ON progress_reportfile
    FOR EACH ROW EXECUTE FUNCTION report_file_kept();

CREATE FUNCTION report_samples_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a report stays as it was submitted: a correction is a new version' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER report_samples_kept BEFORE UPDATE OF samples ON progress_report
    FOR EACH ROW WHEN (OLD.samples IS DISTINCT FROM NEW.samples) EXECUTE FUNCTION report_samples_kept();
"""
UNKEPT = """
DROP TRIGGER report_file_kept ON progress_reportfile;
DROP TRIGGER report_samples_kept ON progress_report;
DROP FUNCTION report_file_kept, report_samples_kept;
"""


class Migration(migrations.Migration):
    dependencies = [("progress", "0005_carried"), ("audit", "0003_pinned")]
    operations = [
        migrations.RunSQL(KEPT, UNKEPT),
        migrations.RunSQL(pinned("report_file_kept()", "report_samples_kept()"), migrations.RunSQL.noop),
    ]
