"""What a task is found by, written by the database itself: whatever way a task's words come in (a plan, a workbook, an older
ledger), it is found by them."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

PAIRS = """
CREATE FUNCTION text_pairs(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT one || following), '{}') FROM (
        SELECT one, lead(one) OVER (ORDER BY place) AS following
        FROM string_to_table(lower(words), NULL) WITH ORDINALITY AS characters (one, place)
    ) AS neighbours
    WHERE following IS NOT NULL
$$;
CREATE FUNCTION task_is_found() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger_tasktext (task_id, pairs)
    SELECT id, text_pairs(concat_ws(E'\\n', number, headline, issue)) FROM written;
    RETURN NULL;
END $$;
CREATE TRIGGER task_is_found AFTER INSERT ON ledger_task REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION task_is_found();
CREATE FUNCTION task_is_found_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ledger_tasktext SET pairs = text_pairs(concat_ws(E'\\n', NEW.number, NEW.headline, NEW.issue))
    WHERE task_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER task_is_found_anew AFTER UPDATE OF number, headline, issue ON ledger_task FOR EACH ROW
    WHEN ((OLD.number, OLD.headline, OLD.issue) IS DISTINCT FROM (NEW.number, NEW.headline, NEW.issue))
    EXECUTE FUNCTION task_is_found_anew();
INSERT INTO ledger_tasktext (task_id, pairs)
SELECT id, text_pairs(concat_ws(E'\\n', number, headline, issue)) FROM ledger_task;
"""
NO_PAIRS = """
DROP TRIGGER task_is_found ON ledger_task;
DROP TRIGGER task_is_found_anew ON ledger_task;
DROP FUNCTION task_is_found, task_is_found_anew, text_pairs;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0010_tasktext")]
    operations = [
        migrations.RunSQL(PAIRS, NO_PAIRS),
        migrations.RunSQL(pinned("task_is_found()", "task_is_found_anew()"), migrations.RunSQL.noop),
    ]
