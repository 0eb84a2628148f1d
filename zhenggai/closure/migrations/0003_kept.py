"""No way out of the ledger leads past the strike-off's guard. Verdicts are laid down unsigned; an application stays as it
was handed in, and once ended stays ended; self-checks, files, strike-offs and filings are only added."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

KEEP = """
DROP TRIGGER strike_off_guard ON ledger_task;
CREATE TRIGGER strike_off_guard BEFORE UPDATE OF state ON ledger_task FOR EACH ROW
    WHEN (NEW.state IN ('struck_off', 'filed') AND OLD.state NOT IN ('struck_off', 'filed'))
    EXECUTE FUNCTION strike_off_guard();

CREATE FUNCTION verdict_laid_down() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a verdict is laid down with its application and signed later' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER verdict_laid_down BEFORE INSERT ON closure_verdict
    FOR EACH ROW WHEN (NEW.result <> '') EXECUTE FUNCTION verdict_laid_down();

CREATE FUNCTION application_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an application is not deleted' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.digest <> '' AND to_jsonb(NEW) - 'outcome' <> to_jsonb(OLD) - 'outcome' THEN
        RAISE EXCEPTION 'an application stays as it was handed in' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.outcome IN ('returned', 'failed') AND NEW.outcome <> OLD.outcome THEN
        RAISE EXCEPTION 'an application that has ended stays ended' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER application_kept BEFORE UPDATE OR DELETE ON closure_application
    FOR EACH ROW EXECUTE FUNCTION application_kept();

CREATE FUNCTION closure_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only added', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER self_check_kept BEFORE UPDATE OR DELETE ON closure_selfcheck
    FOR EACH ROW EXECUTE FUNCTION closure_kept();
CREATE TRIGGER application_file_kept BEFORE UPDATE OR DELETE ON closure_applicationfile
    FOR EACH ROW EXECUTE FUNCTION closure_kept();
CREATE TRIGGER strike_off_kept BEFORE UPDATE OR DELETE ON closure_strikeoff
    FOR EACH ROW EXECUTE FUNCTION closure_kept();
CREATE TRIGGER filing_kept BEFORE UPDATE OR DELETE ON closure_filing FOR EACH ROW EXECUTE FUNCTION closure_kept();
"""
UNKEEP = """
DROP TRIGGER strike_off_guard ON ledger_task;
CREATE TRIGGER strike_off_guard BEFORE UPDATE OF state ON ledger_task FOR EACH ROW
    WHEN (NEW.state = 'struck_off' AND OLD.state <> 'struck_off') EXECUTE FUNCTION strike_off_guard();
DROP TRIGGER verdict_laid_down ON closure_verdict;
DROP TRIGGER application_kept ON closure_application;
DROP TRIGGER self_check_kept ON closure_selfcheck;
DROP TRIGGER application_file_kept ON closure_applicationfile;
DROP TRIGGER strike_off_kept ON closure_strikeoff;
DROP TRIGGER filing_kept ON closure_filing;
DROP FUNCTION verdict_laid_down, application_kept, closure_kept;
"""


class Migration(migrations.Migration):
    dependencies = [("closure", "0002_verdicts"), ("audit", "0003_pinned")]
    operations = [
        migrations.RunSQL(KEEP, UNKEEP),
        migrations.RunSQL(
            pinned(
                "verdict_guard()", "strike_off_guard()", "verdict_laid_down()", "application_kept()", "closure_kept()"
            ),
            migrations.RunSQL.noop,
        ),
    ]
