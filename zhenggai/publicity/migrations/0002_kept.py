"""A published notice: its period cannot be shortened, and what it said stays as it was."""

from django.db import migrations

KEEP = """
CREATE FUNCTION notice_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a published notice is not deleted' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.ends_on < OLD.ends_on OR NEW.starts_on <> OLD.starts_on OR NEW.days < OLD.days THEN
        RAISE EXCEPTION 'a notice period cannot be shortened' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER notice_kept BEFORE UPDATE OR DELETE ON publicity_notice
    FOR EACH ROW EXECUTE FUNCTION notice_kept();

CREATE FUNCTION notice_item_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what a notice says stays as it was published' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER notice_item_kept BEFORE UPDATE OR DELETE ON publicity_noticeitem
    FOR EACH ROW EXECUTE FUNCTION notice_item_kept();
"""
UNKEEP = """
DROP TRIGGER notice_kept ON publicity_notice;
DROP TRIGGER notice_item_kept ON publicity_noticeitem;
DROP FUNCTION notice_kept, notice_item_kept;
"""


class Migration(migrations.Migration):
    dependencies = [("publicity", "0001_initial")]
    operations = [migrations.RunSQL(KEEP, UNKEEP)]
