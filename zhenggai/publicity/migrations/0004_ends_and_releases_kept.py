"""An end is put off only as a person decided; a web objection comes inside its notice's period; releases are only added."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

KEEP = """
CREATE OR REPLACE FUNCTION notice_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a published notice is not deleted' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.ends_on < OLD.ends_on OR NEW.starts_on <> OLD.starts_on OR NEW.days < OLD.days THEN
        RAISE EXCEPTION 'a notice period cannot be shortened' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.ends_on > OLD.ends_on AND NOT EXISTS (
        SELECT 1 FROM publicity_endchange WHERE notice_id = NEW.id AND adopted AND new_end = NEW.ends_on
    ) THEN
        RAISE EXCEPTION 'a notice period is put off only as it was decided' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION notice_announced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.starts_on < (NEW.published_at AT TIME ZONE 'Asia/Shanghai')::date THEN
        RAISE EXCEPTION 'a notice is announced before it starts' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER notice_announced BEFORE INSERT ON publicity_notice FOR EACH ROW EXECUTE FUNCTION notice_announced();

CREATE FUNCTION end_change_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE free CONSTANT text[] := '{adopted,reason,decided_by_id,decided_at}';
BEGIN
    IF TG_OP = 'DELETE' OR OLD.adopted IS NOT NULL OR to_jsonb(NEW) - free <> to_jsonb(OLD) - free THEN
        RAISE EXCEPTION 'what was proposed for a notice stays, and is decided once' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER end_change_kept BEFORE UPDATE OR DELETE ON publicity_endchange
    FOR EACH ROW EXECUTE FUNCTION end_change_kept();

CREATE FUNCTION release_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what a release check found is only added' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER release_kept BEFORE UPDATE OR DELETE ON publicity_release
    FOR EACH ROW EXECUTE FUNCTION release_kept();
CREATE TRIGGER objection_file_kept BEFORE UPDATE OR DELETE ON publicity_objectionfile
    FOR EACH ROW EXECUTE FUNCTION release_kept();

CREATE FUNCTION objection_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM publicity_notice n WHERE n.id = NEW.notice_id AND n.withdrawn_at IS NULL
          AND coalesce(NEW.postmarked_on, NEW.received_on) BETWEEN n.starts_on AND n.ends_on
    ) THEN
        RAISE EXCEPTION 'an objection comes inside the period of its notice' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.item_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM publicity_noticeitem i WHERE i.id = NEW.item_id AND i.notice_id = NEW.notice_id
    ) THEN
        RAISE EXCEPTION 'an objection names a task of its own notice' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER objection_in_time BEFORE INSERT ON publicity_objection
    FOR EACH ROW EXECUTE FUNCTION objection_in_time();

CREATE OR REPLACE FUNCTION objection_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    answered CONSTANT text[] := '{finding,answer,answered_by_id,answered_at,handler_id}';
    sender CONSTANT text[] := '{contact_sealed,sender_mark}';
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an objection is not deleted' USING ERRCODE = 'check_violation';
    END IF;
    IF to_jsonb(NEW) - answered - sender <> to_jsonb(OLD) - answered - sender
        OR NEW.contact_sealed NOT IN (OLD.contact_sealed, '') OR NEW.sender_mark NOT IN (OLD.sender_mark, '') THEN
        RAISE EXCEPTION 'an objection stays as it came in; only who sent it may be erased'
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.answered_at IS NOT NULL AND to_jsonb(NEW) - sender <> to_jsonb(OLD) - sender THEN
        RAISE EXCEPTION 'an objection is answered once' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""
UNKEEP = """
DROP TRIGGER notice_announced ON publicity_notice;
DROP TRIGGER end_change_kept ON publicity_endchange;
DROP TRIGGER release_kept ON publicity_release;
DROP TRIGGER objection_file_kept ON publicity_objectionfile;
DROP TRIGGER objection_in_time ON publicity_objection;
DROP FUNCTION notice_announced, end_change_kept, release_kept, objection_in_time;
"""


class Migration(migrations.Migration):
    dependencies = [("publicity", "0003_objections")]
    operations = [
        migrations.RunSQL(KEEP, UNKEEP),
        migrations.RunSQL(
            pinned(
                "notice_kept()", "notice_announced()", "end_change_kept()", "release_kept()", "objection_in_time()",
                "objection_kept()",
            ),
            migrations.RunSQL.noop,
        ),
    ]  # fmt: skip
