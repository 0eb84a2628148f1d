"""What was found wrong with a rule stays: a gap changes only with its row on the trail and while nothing mends it, an answer
is dropped once and says why, what was handed in is decided once. A task that has gone on keeps an answer."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

KEPT = """
CREATE FUNCTION gap_mended_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM ledger_remedy WHERE gap_id = NEW.id AND confirmed IS NOT FALSE) THEN
        RAISE EXCEPTION 'gap % is mended and stays as it was', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER gap_mended_stays BEFORE UPDATE ON ledger_gap FOR EACH ROW EXECUTE FUNCTION gap_mended_stays();
CREATE FUNCTION gap_corrected() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM audit_entry
        WHERE target_type = 'ledger.gap' AND target_id = NEW.id AND recorded_at >= transaction_timestamp()
            AND verb = 'gap.corrected'
    ) THEN
        RAISE EXCEPTION 'gap % was changed without a row on the audit trail', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER gap_corrected AFTER UPDATE ON ledger_gap
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION gap_corrected();
CREATE TRIGGER gap_entered_once BEFORE UPDATE OF entered_by_id, entered_at ON ledger_gap
    FOR EACH ROW EXECUTE FUNCTION ledger_kept();
CREATE TRIGGER gap_not_deleted BEFORE DELETE ON ledger_gap FOR EACH ROW EXECUTE FUNCTION ledger_kept();

CREATE TRIGGER inquiry_not_deleted BEFORE DELETE ON ledger_inquiry FOR EACH ROW EXECUTE FUNCTION ledger_kept();
CREATE TRIGGER inquiry_dropped_once BEFORE UPDATE ON ledger_inquiry
    FOR EACH ROW WHEN (OLD.dropped_at IS NOT NULL
        OR (OLD.task_id, OLD.gap_id, OLD.how, OLD.by_id, OLD.at)
            IS DISTINCT FROM (NEW.task_id, NEW.gap_id, NEW.how, NEW.by_id, NEW.at))
    EXECUTE FUNCTION ledger_kept();

-- No second answer beside "none": asked when both may stand, at the end of the transaction.
CREATE FUNCTION inquiry_answers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    nones int;
    standing int;
    at_state text;
BEGIN
    SELECT count(*) FILTER (WHERE gap_id IS NULL), count(*) INTO nones, standing
        FROM ledger_inquiry WHERE task_id = NEW.task_id AND dropped_at IS NULL;
    IF nones > 0 AND standing > 1 THEN
        RAISE EXCEPTION 'task % leads to a gap and to none', NEW.task_id USING ERRCODE = 'check_violation';
    END IF;
    SELECT state INTO at_state FROM ledger_task WHERE id = NEW.task_id;
    IF standing = 0 AND at_state NOT IN ('rectifying', 'self_checked') THEN
        RAISE EXCEPTION 'task % has gone on and keeps an answer', NEW.task_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER inquiry_answers AFTER INSERT OR UPDATE ON ledger_inquiry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION inquiry_answers();

CREATE TRIGGER remedy_not_deleted BEFORE DELETE ON ledger_remedy FOR EACH ROW EXECUTE FUNCTION ledger_kept();
CREATE TRIGGER remedy_decided_once BEFORE UPDATE ON ledger_remedy
    FOR EACH ROW WHEN (OLD.confirmed IS NOT NULL
        OR (OLD.gap_id, OLD.name, OLD.number, OLD.issued_by, OLD.effective_on, OLD.file_id, OLD.file_name, OLD.note,
                OLD.by_id, OLD."on")
            IS DISTINCT FROM (NEW.gap_id, NEW.name, NEW.number, NEW.issued_by, NEW.effective_on, NEW.file_id,
                NEW.file_name, NEW.note, NEW.by_id, NEW."on"))
    EXECUTE FUNCTION ledger_kept();
CREATE FUNCTION remedy_enters_undecided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what mends a gap is handed in first, and confirmed by another' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER remedy_enters_undecided BEFORE INSERT ON ledger_remedy
    FOR EACH ROW WHEN (NEW.confirmed IS NOT NULL) EXECUTE FUNCTION remedy_enters_undecided();
"""
UNKEPT = """
DROP TRIGGER gap_mended_stays ON ledger_gap;
DROP TRIGGER gap_corrected ON ledger_gap;
DROP TRIGGER gap_entered_once ON ledger_gap;
DROP TRIGGER gap_not_deleted ON ledger_gap;
DROP TRIGGER inquiry_not_deleted ON ledger_inquiry;
DROP TRIGGER inquiry_dropped_once ON ledger_inquiry;
DROP TRIGGER inquiry_answers ON ledger_inquiry;
DROP TRIGGER remedy_not_deleted ON ledger_remedy;
DROP TRIGGER remedy_decided_once ON ledger_remedy;
DROP TRIGGER remedy_enters_undecided ON ledger_remedy;
DROP FUNCTION gap_mended_stays, gap_corrected, inquiry_answers, remedy_enters_undecided;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_gaps"), ("audit", "0003_pinned")]
    operations = [
        migrations.RunSQL(KEPT, UNKEPT),
        migrations.RunSQL(
            pinned("gap_mended_stays()", "gap_corrected()", "inquiry_answers()", "remedy_enters_undecided()"),
            migrations.RunSQL.noop,
        ),
    ]
