"""A visit is of the body, the place and the area for which it was planned. Its tasks and its team are taken away or added, never
turned into others: what was found stays with the task it was found of. Whatever is wrong has a demand; help that solved the
matter has no step open."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

STAND = """
CREATE FUNCTION visit_as_planned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% stays as it was planned', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER visit_as_planned BEFORE UPDATE ON supervision_visit FOR EACH ROW
    WHEN ((OLD.place_id, OLD.body_id, OLD.kind, OLD.area_id, OLD.figures_on, OLD.duty_id, OLD.planned_by_id, OLD.planned_at)
        IS DISTINCT FROM
        (NEW.place_id, NEW.body_id, NEW.kind, NEW.area_id, NEW.figures_on, NEW.duty_id, NEW.planned_by_id, NEW.planned_at))
    EXECUTE FUNCTION visit_as_planned();
CREATE TRIGGER visit_task_as_planned BEFORE UPDATE ON supervision_visittask FOR EACH ROW
    WHEN ((OLD.visit_id, OLD.task_id, OLD.grounds, OLD.reason)
        IS DISTINCT FROM (NEW.visit_id, NEW.task_id, NEW.grounds, NEW.reason))
    EXECUTE FUNCTION visit_as_planned();
CREATE TRIGGER visit_member_as_planned BEFORE UPDATE ON supervision_visitmember FOR EACH ROW
    WHEN ((OLD.visit_id, OLD.person_id, OLD.unit_id) IS DISTINCT FROM (NEW.visit_id, NEW.person_id, NEW.unit_id))
    EXECUTE FUNCTION visit_as_planned();

-- Asked when both are written, at the end of the transaction.
CREATE FUNCTION finding_demands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM supervision_decideditem WHERE finding_id = NEW.id) THEN
        RAISE EXCEPTION 'finding %: what is wrong has a demand', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER finding_demands AFTER INSERT ON supervision_visitfinding
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.result <> 'as_reported') EXECUTE FUNCTION finding_demands();

CREATE FUNCTION help_solved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM supervision_helpstep WHERE plan_id = NEW.id AND done_on IS NULL) THEN
        RAISE EXCEPTION 'help has solved nothing while a step is open' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER help_solved BEFORE UPDATE ON supervision_helpplan FOR EACH ROW
    WHEN (NEW.outcome = 'solved') EXECUTE FUNCTION help_solved();
"""
MOVE = """
DROP TRIGGER visit_as_planned ON supervision_visit;
DROP TRIGGER visit_task_as_planned ON supervision_visittask;
DROP TRIGGER visit_member_as_planned ON supervision_visitmember;
DROP TRIGGER finding_demands ON supervision_visitfinding;
DROP TRIGGER help_solved ON supervision_helpplan;
DROP FUNCTION visit_as_planned, finding_demands, help_solved;
"""


class Migration(migrations.Migration):
    dependencies = [("supervision", "0004_visits_kept")]
    operations = [
        migrations.RunSQL(STAND, MOVE),
        migrations.RunSQL(pinned("visit_as_planned()", "finding_demands()", "help_solved()"), migrations.RunSQL.noop),
    ]
