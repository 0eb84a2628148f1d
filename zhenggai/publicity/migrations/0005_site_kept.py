"""What was public stays: released versions are only added."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

KEEP = """
CREATE FUNCTION public_version_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was public stays readable: versions are only added' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER article_version_kept BEFORE UPDATE OR DELETE ON publicity_articleversion
    FOR EACH ROW EXECUTE FUNCTION public_version_kept();
CREATE TRIGGER published_version_kept BEFORE UPDATE OR DELETE ON publicity_publishedversion
    FOR EACH ROW EXECUTE FUNCTION public_version_kept();
"""
UNKEEP = """
DROP TRIGGER article_version_kept ON publicity_articleversion;
DROP TRIGGER published_version_kept ON publicity_publishedversion;
DROP FUNCTION public_version_kept;
"""


class Migration(migrations.Migration):
    dependencies = [("publicity", "0004_ends_and_releases_kept")]
    operations = [
        migrations.RunSQL(KEEP, UNKEEP),
        migrations.RunSQL(pinned("public_version_kept()"), migrations.RunSQL.noop),
    ]
