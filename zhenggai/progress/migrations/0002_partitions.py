"""The reports' table, partitioned by month. Django made it as an ordinary table in 0001; it is empty here and is made
again with the same columns and checks. A month's partition is made when its round opens."""

from django.db import migrations

PARTITION = """
ALTER TABLE progress_report RENAME TO progress_report_plain;
CREATE SEQUENCE progress_report_number AS bigint;
CREATE TABLE progress_report (
    LIKE progress_report_plain INCLUDING CONSTRAINTS INCLUDING DEFAULTS EXCLUDING IDENTITY
) PARTITION BY RANGE (month);
ALTER TABLE progress_report ALTER COLUMN id SET DEFAULT nextval('progress_report_number');
ALTER SEQUENCE progress_report_number OWNED BY progress_report.id;
DROP TABLE progress_report_plain;
ALTER TABLE progress_report
    ADD PRIMARY KEY (id, month),
    ADD CONSTRAINT report_version_once UNIQUE (task_id, unit_id, month, version),
    ADD FOREIGN KEY (task_id) REFERENCES ledger_task DEFERRABLE INITIALLY DEFERRED,
    ADD FOREIGN KEY (unit_id) REFERENCES accounts_unit DEFERRABLE INITIALLY DEFERRED,
    ADD FOREIGN KEY (submitted_by_id) REFERENCES accounts_person DEFERRABLE INITIALLY DEFERRED,
    ADD FOREIGN KEY (decided_by_id) REFERENCES accounts_person DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX report_by_task ON progress_report (task_id, month DESC);
CREATE INDEX report_by_state ON progress_report (month, state);
-- What waits for a decision, and what was corrected, are few among millions of reports.
CREATE INDEX report_waiting ON progress_report (due_on, id) WHERE state = 'submitted';
CREATE INDEX report_correction ON progress_report (month) WHERE NOT (correction = '');
ALTER TABLE progress_reportfile
    ADD FOREIGN KEY (report_id, month) REFERENCES progress_report (id, month) DEFERRABLE INITIALLY DEFERRED;

-- SECURITY DEFINER: the application's role makes no tables, but the next month must open without an administrator.
CREATE FUNCTION progress_month(first date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
BEGIN
    IF first <> date_trunc('month', first)::date OR first NOT BETWEEN '2010-01-01' AND '2099-12-01' THEN
        RAISE EXCEPTION '% is not the first day of a month of this century', first USING ERRCODE = 'check_violation';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('progress_month'));
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF progress_report FOR VALUES FROM (%L) TO (%L)',
        'progress_report_' || to_char(first, 'YYYY_MM'), first, (first + interval '1 month')::date);
END $$;

CREATE FUNCTION report_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'submitted' OR NEW.text <> OLD.text OR NEW.measures <> OLD.measures
        OR NEW.submitted_by_id <> OLD.submitted_by_id OR NEW.submitted_at <> OLD.submitted_at THEN
        RAISE EXCEPTION 'a report stays as it was submitted: a correction is a new version'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER report_kept BEFORE UPDATE OR DELETE ON progress_report
    FOR EACH ROW EXECUTE FUNCTION report_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("progress", "0001_initial")]
    operations = [migrations.RunSQL(PARTITION)]
