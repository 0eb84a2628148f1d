"""The database's part of closure: levels in order, one decision each, the applicant told truly, and no strike-off
before the notice has ended and its objections are answered."""

from django.db import migrations

GUARD = """
ALTER TABLE closure_verdict ADD CONSTRAINT verdict_of_its_applicant
    FOREIGN KEY (application_id, applicant_id, applicant_unit_id)
    REFERENCES closure_application (id, applied_by_id, unit_id) DEFERRABLE INITIALLY DEFERRED;

CREATE FUNCTION verdict_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.result <> '' THEN
        RAISE EXCEPTION 'a verdict is signed once and stays' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.result <> '' AND EXISTS (
        SELECT 1 FROM closure_verdict
        WHERE application_id = NEW.application_id AND position < NEW.position AND result <> 'pass'
    ) THEN
        RAISE EXCEPTION 'levels are decided in order: one before % has not passed', NEW.name
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER verdict_guard BEFORE UPDATE OR DELETE ON closure_verdict
    FOR EACH ROW EXECUTE FUNCTION verdict_guard();

CREATE FUNCTION strike_off_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM publicity_notice n JOIN publicity_noticeitem i ON i.notice_id = n.id
        WHERE i.task_id = NEW.id AND n.withdrawn_at IS NULL AND n.ends_on < NEW.struck_off_on
    ) THEN
        RAISE EXCEPTION 'task %: no public notice has ended', NEW.number USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM publicity_objection o
        JOIN publicity_notice n ON n.id = o.notice_id JOIN publicity_noticeitem i ON i.notice_id = n.id
        WHERE i.task_id = NEW.id AND n.withdrawn_at IS NULL AND (o.answered_at IS NULL OR o.finding = 'upheld')
    ) THEN
        RAISE EXCEPTION 'task %: an objection is open or was found true', NEW.number
            USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM closure_application a WHERE a.task_id = NEW.id AND a.outcome = 'passed'
          AND NOT EXISTS (SELECT 1 FROM closure_verdict v WHERE v.application_id = a.id AND v.result <> 'pass')
          AND EXISTS (SELECT 1 FROM closure_verdict v WHERE v.application_id = a.id)
    ) THEN
        RAISE EXCEPTION 'task %: not every level has passed', NEW.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER strike_off_guard BEFORE UPDATE OF state ON ledger_task FOR EACH ROW
    WHEN (NEW.state = 'struck_off' AND OLD.state <> 'struck_off') EXECUTE FUNCTION strike_off_guard();
"""
UNGUARD = """
DROP TRIGGER strike_off_guard ON ledger_task;
DROP FUNCTION strike_off_guard;
DROP TRIGGER verdict_guard ON closure_verdict;
DROP FUNCTION verdict_guard;
ALTER TABLE closure_verdict DROP CONSTRAINT verdict_of_its_applicant;
"""


class Migration(migrations.Migration):
    dependencies = [("closure", "0001_initial"), ("ledger", "0002_state"), ("publicity", "0002_kept")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
