"""A grant is ended, never deleted or turned into another one."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

KEEP = """
CREATE FUNCTION grant_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL
        OR to_jsonb(NEW) - '{ended_at,ended_by_id}'::text[] <> to_jsonb(OLD) - '{ended_at,ended_by_id}'::text[] THEN
        RAISE EXCEPTION 'a grant is ended, never deleted or changed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grant_kept BEFORE UPDATE OR DELETE ON accounts_grant FOR EACH ROW EXECUTE FUNCTION grant_kept();
"""
UNKEEP = "DROP TRIGGER grant_kept ON accounts_grant; DROP FUNCTION grant_kept;"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_tree"), ("audit", "0003_pinned")]
    operations = [
        migrations.RunSQL(KEEP, UNKEEP),
        migrations.RunSQL(pinned("unit_added()", "unit_moved()", "grant_kept()"), migrations.RunSQL.noop),
    ]
