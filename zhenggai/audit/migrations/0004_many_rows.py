"""Many rows of one statement are chained as fast as single ones. The head moves once a statement, not once a row: a row that
is changed ten thousand times in one transaction leaves ten thousand dead versions, through all of which the next look goes.

Within a statement a row follows the one added before it; the first follows the head. So a tail that was cut off still shows:
the head knows a later row than the trail holds, and what is added then leaves a gap."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

CHAIN = """
CREATE OR REPLACE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    head audit_head;
    last_seq bigint;
    last_digest text;
BEGIN
    SELECT * INTO head FROM audit_head FOR UPDATE;
    SELECT seq, digest INTO last_seq, last_digest FROM audit_entry ORDER BY seq DESC LIMIT 1;
    IF last_seq > head.seq THEN  -- added before in this statement: the head has not moved yet
        head.seq := last_seq;
        head.digest := last_digest;
    END IF;
    NEW.seq := head.seq + 1;
    NEW.previous := head.digest;
    NEW.recorded_at := clock_timestamp();
    NEW.digest := audit_digest(NEW);
    RETURN NEW;
END $$;

CREATE FUNCTION audit_head_follows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    UPDATE audit_head SET seq = last.seq, digest = last.digest
    FROM (SELECT seq, digest FROM audit_entry ORDER BY seq DESC LIMIT 1) AS last
    WHERE last.seq > audit_head.seq;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_head_follows AFTER INSERT ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_head_follows();
"""
BEFORE = """
DROP TRIGGER audit_head_follows ON audit_entry;
DROP FUNCTION audit_head_follows;
CREATE OR REPLACE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE head audit_head;
BEGIN
    SELECT * INTO head FROM audit_head FOR UPDATE;
    NEW.seq := head.seq + 1;
    NEW.previous := head.digest;
    NEW.recorded_at := clock_timestamp();
    NEW.digest := audit_digest(NEW);
    UPDATE audit_head SET seq = NEW.seq, digest = NEW.digest;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_pinned")]
    operations = [
        migrations.RunSQL(CHAIN, BEFORE),
        migrations.RunSQL(pinned("audit_chain()", "audit_head_follows()"), pinned("audit_chain()")),
    ]
