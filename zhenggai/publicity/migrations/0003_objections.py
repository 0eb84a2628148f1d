"""What a citizen objected and what was answered stays; of a published notice only its end can be put off, and it can be
withdrawn, once."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

KEEP = """
CREATE FUNCTION objection_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    answered CONSTANT text[] := '{finding,answer,answered_by_id,answered_at}';
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
CREATE TRIGGER objection_kept BEFORE UPDATE OR DELETE ON publicity_objection
    FOR EACH ROW EXECUTE FUNCTION objection_kept();

CREATE FUNCTION notice_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE free CONSTANT text[] := '{ends_on,days,withdrawn_at,withdrawn_reason,paper_id}';
BEGIN
    IF to_jsonb(NEW) - free <> to_jsonb(OLD) - free OR (OLD.paper_id IS NOT NULL AND NEW.paper_id <> OLD.paper_id) THEN
        RAISE EXCEPTION 'what a notice says stays as it was published' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.withdrawn_at IS NOT NULL AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'a notice that was withdrawn stays withdrawn' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER notice_stays BEFORE UPDATE ON publicity_notice FOR EACH ROW EXECUTE FUNCTION notice_stays();
"""
UNKEEP = """
DROP TRIGGER objection_kept ON publicity_objection;
DROP TRIGGER notice_stays ON publicity_notice;
DROP FUNCTION objection_kept, notice_stays;
"""


class Migration(migrations.Migration):
    dependencies = [("publicity", "0002_kept"), ("audit", "0003_pinned")]
    operations = [
        migrations.RunSQL(KEEP, UNKEEP),
        migrations.RunSQL(
            pinned("notice_kept()", "notice_item_kept()", "objection_kept()", "notice_stays()"), migrations.RunSQL.noop
        ),
    ]
