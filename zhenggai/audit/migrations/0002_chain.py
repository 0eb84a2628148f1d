"""The chain: seq, digest and head are the database's work, and nothing in the trail can be changed or removed."""

from django.db import migrations

CHAIN = """
CREATE TABLE audit_head (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    seq bigint NOT NULL,
    digest text NOT NULL
);
INSERT INTO audit_head (seq, digest) VALUES (0, repeat('0', 64));

CREATE FUNCTION audit_field(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(octet_length(convert_to(value, 'UTF8'))::text || ':' || value, '-') || ','
$$;

CREATE FUNCTION audit_moment(moment timestamptz) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT (extract(epoch FROM moment) * 1000000)::bigint::text
$$;

CREATE FUNCTION audit_digest(e audit_entry) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(
        audit_field(e.seq::text) || audit_field(e.previous)
        || audit_field(audit_moment(e.at)) || audit_field(audit_moment(e.recorded_at))
        || audit_field(e.actor_id::text) || audit_field(e.actor_name) || audit_field(e.actor_unit)
        || audit_field(e.verb) || audit_field(e.target_type) || audit_field(e.target_id::text)
        || audit_field(e.task_id::text) || audit_field(e.before::text) || audit_field(e.after::text)
        || audit_field(e.note) || audit_field(e.source), 'UTF8')), 'hex')
$$;

-- SECURITY DEFINER: the application's role may add rows but may not touch the head itself.
CREATE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
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
CREATE TRIGGER audit_chain BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_chain();

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit rows are only added: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_only_added BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_head_kept BEFORE INSERT OR DELETE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_head_moved_by_chain BEFORE UPDATE ON audit_head
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_head_no_truncate BEFORE TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();

-- What default privileges gave to the application's role goes back to reading and adding.
DO $$
DECLARE role name;
BEGIN
    FOR role IN
        SELECT DISTINCT grantee FROM information_schema.role_table_grants
        WHERE table_schema = current_schema() AND table_name IN ('audit_entry', 'audit_head')
          AND grantee <> current_user
    LOOP
        EXECUTE format('REVOKE ALL ON audit_entry, audit_head FROM %I', role);
        EXECUTE format('GRANT SELECT, INSERT ON audit_entry TO %I', role);
        EXECUTE format('GRANT SELECT ON audit_head TO %I', role);
    END LOOP;
END $$;
"""

UNCHAIN = """
DROP TRIGGER audit_chain ON audit_entry;
DROP TRIGGER audit_only_added ON audit_entry;
DROP TRIGGER audit_no_truncate ON audit_entry;
DROP TABLE audit_head;
DROP FUNCTION audit_chain, audit_refuse, audit_digest, audit_moment, audit_field;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(CHAIN, UNCHAIN)]
