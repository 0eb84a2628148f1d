"""What a visit found wrong is not made right by who put it down: that would withdraw its demand, and with it what stands
before the strike-off."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

TAKEN_BACK = """
CREATE FUNCTION finding_taken_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM supervision_visitfinding WHERE id = NEW.corrects_id AND result <> 'as_reported'
            AND recorded_by_id = NEW.recorded_by_id) THEN
        RAISE EXCEPTION 'what was found wrong is taken back by another person' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER finding_taken_back BEFORE INSERT ON supervision_visitfinding FOR EACH ROW
    WHEN (NEW.result = 'as_reported' AND NEW.corrects_id IS NOT NULL) EXECUTE FUNCTION finding_taken_back();
"""
ALONE = "DROP TRIGGER finding_taken_back ON supervision_visitfinding; DROP FUNCTION finding_taken_back;"


class Migration(migrations.Migration):
    dependencies = [("supervision", "0005_visits_stand")]
    operations = [
        migrations.RunSQL(TAKEN_BACK, ALONE),
        migrations.RunSQL(pinned("finding_taken_back()"), migrations.RunSQL.noop),
    ]
