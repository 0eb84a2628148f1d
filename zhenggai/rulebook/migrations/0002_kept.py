"""An approved version is never rewritten: what was decided under it must stay readable as it was."""

from django.db import migrations

KEEP = """
CREATE FUNCTION rulebook_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an approved rulebook cannot be changed: make a new version'
        USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER rulebook_kept BEFORE UPDATE OR DELETE ON rulebook_rulebook
    FOR EACH ROW WHEN (OLD.approved_at IS NOT NULL) EXECUTE FUNCTION rulebook_kept();
"""
UNKEEP = "DROP TRIGGER rulebook_kept ON rulebook_rulebook; DROP FUNCTION rulebook_kept;"


class Migration(migrations.Migration):
    dependencies = [("rulebook", "0001_initial")]
    operations = [migrations.RunSQL(KEEP, UNKEEP)]
