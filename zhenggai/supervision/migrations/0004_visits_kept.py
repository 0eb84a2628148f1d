"""What stands still of visits and of help, whoever writes: a finding from the moment it is put down, a visit once it has
ended, what help was asked for and what a step was to bring. Nobody looks at its own work. A task on which a demand is open is
not struck off."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

KEEP = """
CREATE FUNCTION visit_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a visit is not deleted' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state IN ('closed', 'cancelled') AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'a visit stands still once it is %', OLD.state USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'cancelled' AND EXISTS (SELECT FROM supervision_visitfinding WHERE visit_id = NEW.id) THEN
        RAISE EXCEPTION 'a visit that found something is not cancelled' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'closed' AND EXISTS (
        SELECT FROM supervision_visittask t WHERE t.visit_id = NEW.id AND t.skipped = '' AND NOT EXISTS (
            SELECT FROM supervision_visitfinding f WHERE f.visit_id = NEW.id AND f.task_id = t.task_id
        )
    ) THEN
        RAISE EXCEPTION 'a visit ends when each of its tasks was looked at, or it is said why not'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER visit_kept BEFORE UPDATE OR DELETE ON supervision_visit FOR EACH ROW EXECUTE FUNCTION visit_kept();
CREATE FUNCTION visit_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a visit begins as a plan' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER visit_begins BEFORE INSERT ON supervision_visit
    FOR EACH ROW WHEN (NEW.state <> 'planned') EXECUTE FUNCTION visit_begins();

-- Whether a unit is, or stands below, one that leads or answers for a task.
CREATE FUNCTION rectifies(unit bigint, task bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM ledger_duty d JOIN accounts_unitclosure c ON c.ancestor_id = d.unit_id
        WHERE d.task_id = task AND d.part IN ('lead', 'responsible') AND c.descendant_id = unit
    )
$$;

CREATE FUNCTION visit_part_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
    visit bigint := (part->>'visit_id')::bigint;
    now_in text := (SELECT state FROM supervision_visit WHERE id = visit);
BEGIN
    IF now_in <> 'planned' THEN
        RAISE EXCEPTION '% stands still: the visit is %', TG_TABLE_NAME, now_in USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF TG_TABLE_NAME = 'supervision_visittask' AND EXISTS (
            SELECT FROM supervision_visitfinding WHERE visit_id = visit AND task_id = (part->>'task_id')::bigint
        ) THEN
            RAISE EXCEPTION 'a task of which something was found stays in the visit' USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF EXISTS (
        SELECT FROM supervision_visitmember m LEFT JOIN accounts_person p ON p.id = m.person_id
        JOIN supervision_visittask t ON t.visit_id = m.visit_id
        WHERE m.visit_id = visit AND rectifies(coalesce(m.unit_id, p.unit_id), t.task_id)
    ) THEN
        RAISE EXCEPTION 'nobody looks at its own work' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER visit_task_kept BEFORE DELETE ON supervision_visittask
    FOR EACH ROW EXECUTE FUNCTION visit_part_kept();
CREATE TRIGGER visit_member_kept BEFORE DELETE ON supervision_visitmember
    FOR EACH ROW EXECUTE FUNCTION visit_part_kept();
CREATE TRIGGER visit_task_fits AFTER INSERT OR UPDATE ON supervision_visittask
    FOR EACH ROW EXECUTE FUNCTION visit_part_kept();
CREATE TRIGGER visit_member_fits AFTER INSERT OR UPDATE ON supervision_visitmember
    FOR EACH ROW EXECUTE FUNCTION visit_part_kept();

CREATE FUNCTION finding_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    visit record;
    old record;
BEGIN
    SELECT state, starts_on INTO visit FROM supervision_visit WHERE id = NEW.visit_id;
    SELECT visit_id, task_id INTO old FROM supervision_visitfinding WHERE id = NEW.corrects_id;
    IF visit.state = 'cancelled' OR NEW.corrects_id IS NULL AND visit.state <> 'planned' THEN
        RAISE EXCEPTION 'the visit is %: what it found can only be corrected', visit.state
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.seen_on < visit.starts_on OR NEW.seen_on > (NEW.recorded_at AT TIME ZONE 'Asia/Shanghai')::date THEN
        RAISE EXCEPTION 'what is put down was seen since the visit began, and not in the future'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.corrects_id IS NOT NULL AND (old.visit_id, old.task_id) IS DISTINCT FROM (NEW.visit_id, NEW.task_id) THEN
        RAISE EXCEPTION 'a correction is of the same visit and the same task' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM supervision_visittask WHERE visit_id = NEW.visit_id AND task_id = NEW.task_id) THEN
        RAISE EXCEPTION 'the task is not one of the visit' USING ERRCODE = 'check_violation';
    END IF;
    IF rectifies((SELECT unit_id FROM accounts_person WHERE id = NEW.recorded_by_id), NEW.task_id) THEN
        RAISE EXCEPTION 'nobody looks at its own work' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER finding_fits BEFORE INSERT ON supervision_visitfinding FOR EACH ROW EXECUTE FUNCTION finding_fits();
CREATE TRIGGER finding_kept BEFORE UPDATE OR DELETE ON supervision_visitfinding
    FOR EACH ROW EXECUTE FUNCTION supervision_kept();
CREATE TRIGGER finding_answer_kept BEFORE UPDATE OR DELETE ON supervision_findinganswer
    FOR EACH ROW EXECUTE FUNCTION supervision_kept();
CREATE TRIGGER finding_file_kept BEFORE UPDATE OR DELETE ON supervision_findingfile
    FOR EACH ROW EXECUTE FUNCTION supervision_kept();

CREATE OR REPLACE FUNCTION decided_item_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    done CONSTANT text[] := '{state,done_note,done_on,reported_by_id,answer,closed_by_id,closed_at}';
    now_in text;
BEGIN
    SELECT state INTO now_in FROM supervision_meeting WHERE id = coalesce(NEW.meeting_id, OLD.meeting_id);
    IF TG_OP = 'INSERT' THEN
        IF now_in <> 'held' OR NEW.state <> 'open' THEN
            RAISE EXCEPTION 'what a meeting decides is put down open, after it was held and before its minutes'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.finding_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM supervision_visitfinding f
            WHERE f.id = NEW.finding_id AND f.task_id = NEW.task_id AND f.result <> 'as_reported'
        ) THEN
            RAISE EXCEPTION 'a demand is on the task of a finding that something is wrong' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF now_in IS DISTINCT FROM 'held' THEN
            RAISE EXCEPTION 'what was decided or demanded is not deleted' USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF to_jsonb(NEW) - done <> to_jsonb(OLD) - done THEN
        RAISE EXCEPTION 'what was decided stays as it was' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state IN ('closed', 'withdrawn') AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'a decision that is % stays so', OLD.state USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'open' AND NEW.state = 'closed' THEN
        RAISE EXCEPTION 'a decision is reported done before it is closed' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'withdrawn' AND OLD.state <> 'withdrawn' AND NOT EXISTS (
        SELECT FROM supervision_visitfinding WHERE corrects_id = NEW.finding_id
    ) THEN
        RAISE EXCEPTION 'a demand is withdrawn when its finding was corrected' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION strike_off_demands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM supervision_decideditem
        WHERE task_id = NEW.id AND finding_id IS NOT NULL AND state IN ('open', 'reported')
    ) THEN
        RAISE EXCEPTION 'task %: what a visit demanded is not closed', NEW.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER strike_off_demands BEFORE UPDATE OF state ON ledger_task FOR EACH ROW
    WHEN (NEW.state IN ('struck_off', 'filed') AND OLD.state NOT IN ('struck_off', 'filed'))
    EXECUTE FUNCTION strike_off_demands();

CREATE FUNCTION help_plan_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE asked CONSTANT text[] :=
    '{task_id,kind,difficulty,wanted,grounds,asked_unit_id,asked_by_id,asked_at}';
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'help is ended, not deleted' USING ERRCODE = 'check_violation';
    END IF;
    IF (SELECT bool_or(to_jsonb(NEW)->name IS DISTINCT FROM to_jsonb(OLD)->name) FROM unnest(asked) name) THEN
        RAISE EXCEPTION 'what was asked stays as it was' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state IN ('ended', 'declined') AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'help that is % stays as it is', OLD.state USING ERRCODE = 'check_violation';
    END IF;
    IF NOT (OLD.state, NEW.state) IN (('asked', 'helping'), ('asked', 'declined'), ('helping', 'ended')) THEN
        RAISE EXCEPTION 'help that is % does not become %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER help_plan_kept BEFORE UPDATE OR DELETE ON supervision_helpplan
    FOR EACH ROW EXECUTE FUNCTION help_plan_kept();
CREATE FUNCTION help_plan_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'help begins when it is asked for' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER help_plan_begins BEFORE INSERT ON supervision_helpplan
    FOR EACH ROW WHEN (NEW.state <> 'asked') EXECUTE FUNCTION help_plan_begins();

CREATE FUNCTION help_step_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE brought CONSTANT text[] := '{result,done_on,reported_by_id}';
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a step of help is not deleted' USING ERRCODE = 'check_violation';
    END IF;
    IF (SELECT state FROM supervision_helpplan WHERE id = NEW.plan_id) <> 'helping' THEN
        RAISE EXCEPTION 'steps are of help that goes on' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) - brought <> to_jsonb(OLD) - brought OR OLD.done_on IS NOT NULL) THEN
        RAISE EXCEPTION 'a step stays as it was agreed, and its result as it was told' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER help_step_kept BEFORE INSERT OR UPDATE OR DELETE ON supervision_helpstep
    FOR EACH ROW EXECUTE FUNCTION help_step_kept();
"""
UNKEEP = """
DROP TRIGGER visit_kept ON supervision_visit;
DROP TRIGGER visit_begins ON supervision_visit;
DROP TRIGGER visit_task_kept ON supervision_visittask;
DROP TRIGGER visit_member_kept ON supervision_visitmember;
DROP TRIGGER visit_task_fits ON supervision_visittask;
DROP TRIGGER visit_member_fits ON supervision_visitmember;
DROP TRIGGER finding_fits ON supervision_visitfinding;
DROP TRIGGER finding_kept ON supervision_visitfinding;
DROP TRIGGER finding_answer_kept ON supervision_findinganswer;
DROP TRIGGER finding_file_kept ON supervision_findingfile;
DROP TRIGGER strike_off_demands ON ledger_task;
DROP TRIGGER help_plan_kept ON supervision_helpplan;
DROP TRIGGER help_plan_begins ON supervision_helpplan;
DROP TRIGGER help_step_kept ON supervision_helpstep;
DROP FUNCTION visit_kept, visit_begins, visit_part_kept, finding_fits, strike_off_demands, help_plan_kept, help_plan_begins,
    help_step_kept, rectifies;
"""


class Migration(migrations.Migration):
    dependencies = [("supervision", "0003_visits_and_help"), ("audit", "0003_pinned")]
    operations = [
        migrations.RunSQL(KEEP, UNKEEP),
        migrations.RunSQL(
            pinned(
                "visit_kept()", "visit_begins()", "rectifies(bigint, bigint)", "visit_part_kept()", "finding_fits()",
                "decided_item_kept()", "strike_off_demands()", "help_plan_kept()", "help_plan_begins()", "help_step_kept()",
            ),
            migrations.RunSQL.noop,
        ),
    ]  # fmt: skip
