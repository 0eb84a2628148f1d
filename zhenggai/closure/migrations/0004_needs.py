"""The database's part of what a level needs and of the gate: nobody who rectifies accepts; no verdict without the form, the
documents, the visit and the minutes that its level asks for; no application without evidence; no override that the rulebook
does not allow; no strike-off while something is missing that nobody let pass. What was said stays."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

REVIEWS = """
ALTER TABLE closure_verdict DISABLE TRIGGER verdict_guard;
ALTER TABLE closure_verdict ENABLE TRIGGER verdict_guard;
"""
GUARDS = """
CREATE FUNCTION verdict_unit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM ledger_duty d JOIN closure_application a ON a.task_id = d.task_id
        WHERE a.id = NEW.application_id AND d.unit_id = NEW.unit_id AND d.part IN ('lead', 'responsible')
    ) THEN
        RAISE EXCEPTION 'who rectifies does not accept: the unit of % rectifies', NEW.name
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER verdict_unit_guard BEFORE INSERT ON closure_verdict
    FOR EACH ROW EXECUTE FUNCTION verdict_unit_guard();

CREATE FUNCTION verdict_rule_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.application_id, NEW.applicant_id, NEW.applicant_unit_id, NEW.position, NEW.kind, NEW.name, NEW.unit_id,
        NEW.days, NEW.decider, NEW.conditions, NEW.documents, NEW.visit, NEW.collective)
        IS DISTINCT FROM
        (OLD.application_id, OLD.applicant_id, OLD.applicant_unit_id, OLD.position, OLD.kind, OLD.name, OLD.unit_id,
        OLD.days, OLD.decider, OLD.conditions, OLD.documents, OLD.visit, OLD.collective)
    THEN
        RAISE EXCEPTION 'what a level needs is laid down with the application and stays' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER verdict_rule_kept BEFORE UPDATE ON closure_verdict
    FOR EACH ROW WHEN (OLD.result = '') EXECUTE FUNCTION verdict_rule_kept();

CREATE FUNCTION verdict_needs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF jsonb_array_length(NEW.answers) <> jsonb_array_length(NEW.conditions) THEN
        RAISE EXCEPTION 'the form of % is not filled in', NEW.name USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.result = 'pass' AND NEW.answers @> '[{"meets": "no"}]' THEN
        RAISE EXCEPTION '% cannot pass: a condition is not met', NEW.name USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM jsonb_array_elements_text(NEW.documents) AS needed(name)
        WHERE NOT EXISTS (
            SELECT 1 FROM closure_applicationfile f WHERE f.application_id = NEW.application_id AND f.kind = needed.name
        )
    ) THEN
        RAISE EXCEPTION '%: a document is missing', NEW.name USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.visit AND NOT EXISTS (SELECT 1 FROM closure_sitecheck s WHERE s.verdict_id = NEW.id) THEN
        RAISE EXCEPTION '%: nobody has been on site', NEW.name USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.collective AND NEW.minutes_id IS NULL THEN
        RAISE EXCEPTION '%: the minutes are missing', NEW.name USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER verdict_needs BEFORE UPDATE ON closure_verdict
    FOR EACH ROW WHEN (NEW.result IN ('pass', 'fail')) EXECUTE FUNCTION verdict_needs();

CREATE FUNCTION application_has_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM closure_applicationfile WHERE application_id = NEW.id) AND NOT EXISTS (
        SELECT 1 FROM progress_reportfile f JOIN progress_report r ON r.id = f.report_id AND r.month = f.month
        WHERE r.task_id = NEW.task_id AND r.state = 'accepted'
    ) THEN
        RAISE EXCEPTION 'an application without any evidence' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER application_has_evidence AFTER INSERT ON closure_application
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION application_has_evidence();

CREATE FUNCTION site_check_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM closure_verdict v JOIN closure_application a ON a.id = v.application_id
        JOIN accounts_person p ON p.id = NEW.by_id
        WHERE v.id = NEW.verdict_id AND v.unit_id = NEW.unit_id AND a.task_id = NEW.task_id AND v.result = ''
            AND v.applicant_id <> NEW.by_id AND v.applicant_unit_id <> p.unit_id
    ) THEN
        RAISE EXCEPTION 'a site is checked for the level that decides, before it has, by somebody who did not apply'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER site_check_guard BEFORE INSERT ON closure_sitecheck
    FOR EACH ROW EXECUTE FUNCTION site_check_guard();

CREATE FUNCTION waiver_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM rulebook_rulebook WHERE id = NEW.rulebook_id AND data->'overridable' ? NEW.condition
    ) THEN
        RAISE EXCEPTION 'the rulebook lets nobody override %', NEW.condition USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER waiver_guard BEFORE INSERT ON closure_waiver FOR EACH ROW EXECUTE FUNCTION waiver_guard();

CREATE FUNCTION penalty_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.paid_on IS NULL
        AND to_jsonb(NEW) - 'paid_on' - 'receipt' = to_jsonb(OLD) - 'paid_on' - 'receipt'
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a fine stays as it was recorded; it is paid once' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER penalty_kept BEFORE UPDATE OR DELETE ON closure_penalty FOR EACH ROW EXECUTE FUNCTION penalty_kept();
CREATE TRIGGER site_check_kept BEFORE UPDATE OR DELETE ON closure_sitecheck
    FOR EACH ROW EXECUTE FUNCTION closure_kept();
CREATE TRIGGER site_photo_kept BEFORE UPDATE OR DELETE ON closure_sitephoto
    FOR EACH ROW EXECUTE FUNCTION closure_kept();
CREATE TRIGGER look_kept BEFORE UPDATE OR DELETE ON closure_look FOR EACH ROW EXECUTE FUNCTION closure_kept();
CREATE TRIGGER waiver_kept BEFORE UPDATE OR DELETE ON closure_waiver FOR EACH ROW EXECUTE FUNCTION closure_kept();

CREATE FUNCTION strike_off_conditions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    missing text[];
BEGIN
    missing := ARRAY(
        SELECT 'measures' WHERE EXISTS (SELECT 1 FROM ledger_measure WHERE task_id = NEW.id AND progress <> 'done')
        UNION ALL
        SELECT 'targets' WHERE EXISTS (SELECT 1 FROM ledger_target WHERE task_id = NEW.id AND met_on IS NULL)
        UNION ALL
        SELECT 'sweeps' WHERE EXISTS (
            SELECT 1 FROM ledger_sweep s JOIN ledger_sweepanswer a ON a.sweep_id = s.id
            WHERE s.task_id = NEW.id AND a.nothing_found IS NULL
        )
        UNION ALL
        SELECT 'lower' WHERE EXISTS (
            SELECT 1 FROM ledger_task l WHERE l.upper_id = NEW.id AND l.state NOT IN ('struck_off', 'filed')
        )
        UNION ALL
        SELECT 'penalties' WHERE EXISTS (SELECT 1 FROM closure_penalty WHERE task_id = NEW.id AND paid_on IS NULL)
        EXCEPT
        SELECT condition FROM closure_waiver WHERE task_id = NEW.id
    );
    IF cardinality(missing) > 0 THEN
        RAISE EXCEPTION 'task %: conditions are missing: %', NEW.number, array_to_string(missing, ', ')
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER strike_off_conditions BEFORE UPDATE OF state ON ledger_task FOR EACH ROW
    WHEN (NEW.state IN ('struck_off', 'filed') AND OLD.state NOT IN ('struck_off', 'filed'))
    EXECUTE FUNCTION strike_off_conditions();
"""
UNGUARD = """
DROP TRIGGER verdict_unit_guard ON closure_verdict;
DROP TRIGGER verdict_rule_kept ON closure_verdict;
DROP TRIGGER verdict_needs ON closure_verdict;
DROP TRIGGER application_has_evidence ON closure_application;
DROP TRIGGER site_check_guard ON closure_sitecheck;
DROP TRIGGER waiver_guard ON closure_waiver;
DROP TRIGGER penalty_kept ON closure_penalty;
DROP TRIGGER site_check_kept ON closure_sitecheck;
DROP TRIGGER site_photo_kept ON closure_sitephoto;
DROP TRIGGER look_kept ON closure_look;
DROP TRIGGER waiver_kept ON closure_waiver;
DROP TRIGGER strike_off_conditions ON ledger_task;
DROP FUNCTION verdict_unit_guard, verdict_rule_kept, verdict_needs, application_has_evidence, site_check_guard, waiver_guard,
    penalty_kept, strike_off_conditions;
"""
PINNED = pinned(
    "verdict_unit_guard()", "verdict_rule_kept()", "verdict_needs()", "application_has_evidence()", "site_check_guard()",
    "waiver_guard()", "penalty_kept()", "strike_off_conditions()",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("closure", "0003_kept"), ("ledger", "0005_dates_kept"), ("audit", "0003_pinned")]
    operations = [
        migrations.RunSQL(REVIEWS, migrations.RunSQL.noop),
        migrations.RunSQL(GUARDS, UNGUARD),
        migrations.RunSQL(PINNED, migrations.RunSQL.noop),
    ]
