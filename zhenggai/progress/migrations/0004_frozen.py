"""What a round owes and freezes, partitioned by month like the reports, and the guards: a closed round, a closed filing
and their rows never change, and a report that comes after closing says why."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

TABLES = """
ALTER TABLE progress_owed RENAME TO progress_owed_plain;
CREATE SEQUENCE progress_owed_number AS bigint;
CREATE TABLE progress_owed (
    LIKE progress_owed_plain INCLUDING CONSTRAINTS INCLUDING DEFAULTS EXCLUDING IDENTITY
) PARTITION BY RANGE (month);
ALTER TABLE progress_owed ALTER COLUMN id SET DEFAULT nextval('progress_owed_number');
ALTER SEQUENCE progress_owed_number OWNED BY progress_owed.id;
DROP TABLE progress_owed_plain;
ALTER TABLE progress_owed
    ADD PRIMARY KEY (id, month),
    ADD CONSTRAINT owed_once UNIQUE (task_id, unit_id, month),
    ADD FOREIGN KEY (round_id) REFERENCES progress_round DEFERRABLE INITIALLY DEFERRED,
    ADD FOREIGN KEY (task_id) REFERENCES ledger_task DEFERRABLE INITIALLY DEFERRED,
    ADD FOREIGN KEY (unit_id) REFERENCES accounts_unit DEFERRABLE INITIALLY DEFERRED,
    ADD FOREIGN KEY (report_id, month) REFERENCES progress_report (id, month) DEFERRABLE INITIALLY DEFERRED;
-- What a round's figures read of every row, without a look at the rows themselves.
CREATE INDEX owed_by_round ON progress_owed (round_id, unit_id, state) INCLUDE (id, month, nil, first_on, due_on);
CREATE INDEX owed_by_unit ON progress_owed (unit_id, month);

ALTER TABLE progress_roundtask RENAME TO progress_roundtask_plain;
CREATE SEQUENCE progress_roundtask_number AS bigint;
CREATE TABLE progress_roundtask (
    LIKE progress_roundtask_plain INCLUDING CONSTRAINTS INCLUDING DEFAULTS EXCLUDING IDENTITY
) PARTITION BY RANGE (month);
ALTER TABLE progress_roundtask ALTER COLUMN id SET DEFAULT nextval('progress_roundtask_number');
ALTER SEQUENCE progress_roundtask_number OWNED BY progress_roundtask.id;
DROP TABLE progress_roundtask_plain;
ALTER TABLE progress_roundtask
    ADD PRIMARY KEY (id, month),
    ADD CONSTRAINT task_frozen_once_a_month UNIQUE (task_id, month),
    ADD FOREIGN KEY (round_id) REFERENCES progress_round DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX frozen_by_schedule ON progress_roundtask (round_id, schedule);

-- SECURITY DEFINER: the application's role makes no tables, but the next month must open without an administrator.
CREATE OR REPLACE FUNCTION progress_month(first date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
DECLARE parent text;
BEGIN
    IF first <> date_trunc('month', first)::date OR first NOT BETWEEN '2010-01-01' AND '2099-12-01' THEN
        RAISE EXCEPTION '% is not the first day of a month of this century', first USING ERRCODE = 'check_violation';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('progress_month'));
    FOREACH parent IN ARRAY ARRAY['progress_report', 'progress_owed', 'progress_roundtask'] LOOP
        EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
            parent || '_' || to_char(first, 'YYYY_MM'), parent, first, (first + interval '1 month')::date);
    END LOOP;
END $$;
SELECT progress_month(month) FROM (SELECT DISTINCT month FROM progress_round) AS known;
"""

GUARDS = """
-- The round of a task's month, held open until the caller's transaction ends: closing waits, or has been.
CREATE FUNCTION round_is_open(asked bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM progress_round WHERE id = asked AND closed_at IS NULL FOR SHARE;
    RETURN FOUND;
END $$;

CREATE FUNCTION round_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'a round is never deleted, and a closed one never changes' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.place_id, NEW.month, NEW.due_on, NEW.rulebook_id) IS DISTINCT FROM
       (OLD.place_id, OLD.month, OLD.due_on, OLD.rulebook_id) THEN
        RAISE EXCEPTION 'place, month and limit of a round are frozen when it opens' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.closed_at AT TIME ZONE 'Asia/Shanghai')::date <= NEW.due_on THEN
        RAISE EXCEPTION 'a round is not closed before its limit has passed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER round_kept BEFORE UPDATE OR DELETE ON progress_round FOR EACH ROW EXECUTE FUNCTION round_kept();

CREATE FUNCTION owed_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NOT round_is_open(NEW.round_id) THEN
        RAISE EXCEPTION 'what was owed is never deleted, and never changes after its round was closed'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND ((NEW.round_id, NEW.month, NEW.task_id, NEW.unit_id, NEW.due_on) IS DISTINCT FROM
        (OLD.round_id, OLD.month, OLD.task_id, OLD.unit_id, OLD.due_on)
        OR (OLD.first_on IS NOT NULL AND NEW.first_on IS DISTINCT FROM OLD.first_on)) THEN
        RAISE EXCEPTION 'who owes what until when, and when it first came, stays' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER owed_kept BEFORE INSERT OR UPDATE OR DELETE ON progress_owed FOR EACH ROW EXECUTE FUNCTION owed_kept();

CREATE FUNCTION roundtask_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' OR NOT round_is_open(NEW.round_id) THEN
        RAISE EXCEPTION 'what a closed round froze never changes' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER roundtask_kept BEFORE INSERT OR UPDATE OR DELETE ON progress_roundtask
    FOR EACH ROW EXECUTE FUNCTION roundtask_kept();

CREATE OR REPLACE FUNCTION report_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'submitted'
        OR (NEW.text, NEW.measures, NEW.nil, NEW.correction, NEW.version, NEW.task_id, NEW.unit_id, NEW.month, NEW.due_on,
            NEW.first_on, NEW.submitted_by_id, NEW.submitted_on, NEW.submitted_at) IS DISTINCT FROM
           (OLD.text, OLD.measures, OLD.nil, OLD.correction, OLD.version, OLD.task_id, OLD.unit_id, OLD.month, OLD.due_on,
            OLD.first_on, OLD.submitted_by_id, OLD.submitted_on, OLD.submitted_at) THEN
        RAISE EXCEPTION 'a report stays as it was submitted: a correction is a new version'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION report_in_its_time() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE closed timestamptz;
BEGIN
    SELECT r.closed_at INTO closed FROM ledger_task t
        JOIN ledger_inspection i ON i.id = t.inspection_id
        JOIN progress_round r ON r.place_id = i.place_id AND r.month = NEW.month
        WHERE t.id = NEW.task_id FOR SHARE OF r;
    IF (closed IS NOT NULL) <> (NEW.correction <> '') THEN
        RAISE EXCEPTION 'after its round was closed, and only then, a report comes as a correction with its reason'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER report_in_its_time BEFORE INSERT ON progress_report FOR EACH ROW EXECUTE FUNCTION report_in_its_time();

CREATE FUNCTION filing_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.closed_at IS NOT NULL OR (NEW.place_id, NEW.quarter, NEW.due_on, NEW.rulebook_id)
        IS DISTINCT FROM (OLD.place_id, OLD.quarter, OLD.due_on, OLD.rulebook_id) THEN
        RAISE EXCEPTION 'a filing is never deleted, its limit stays, and a closed one never changes'
            USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.closed_at AT TIME ZONE 'Asia/Shanghai')::date <= NEW.due_on THEN
        RAISE EXCEPTION 'a filing is not closed before its limit has passed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER filing_kept BEFORE UPDATE OR DELETE ON progress_quarterfiling
    FOR EACH ROW EXECUTE FUNCTION filing_kept();

CREATE FUNCTION filedtask_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        PERFORM 1 FROM progress_quarterfiling WHERE id = NEW.filing_id AND closed_at IS NULL FOR SHARE;
        IF FOUND AND (TG_OP = 'INSERT' OR (NEW.filing_id, NEW.task_id, NEW.carried_from_id, NEW.times_carried)
            IS NOT DISTINCT FROM (OLD.filing_id, OLD.task_id, OLD.carried_from_id, OLD.times_carried)) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a row of a filing is never deleted, and never changes after the filing was closed'
        USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER filedtask_kept BEFORE INSERT OR UPDATE OR DELETE ON progress_filedtask
    FOR EACH ROW EXECUTE FUNCTION filedtask_kept();
"""
FUNCTIONS = (
    "progress_month(date)", "round_is_open(bigint)", "round_kept()", "owed_kept()", "roundtask_kept()", "report_kept()",
    "report_in_its_time()", "filing_kept()", "filedtask_kept()",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("progress", "0003_pinned")]
    operations = [
        migrations.RunSQL(TABLES),
        migrations.RunSQL(GUARDS),
        migrations.RunSQL(pinned(*FUNCTIONS), migrations.RunSQL.noop),
    ]
