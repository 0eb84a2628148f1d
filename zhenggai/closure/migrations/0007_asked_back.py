"""Where the rulebook's chain for a kind of task wants the question asked which rule let the failing happen, nobody applies
before it is answered."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

GUARD = """
CREATE FUNCTION application_asked_back() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted boolean;
BEGIN
    SELECT coalesce((chain->>'inquiry')::boolean, false) INTO wanted
    FROM ledger_task t JOIN ledger_inspection i ON i.id = t.inspection_id
        CROSS JOIN rulebook_rulebook book
        CROSS JOIN jsonb_array_elements(coalesce(book.data->'chains', '[]')) WITH ORDINALITY AS named(chain, place)
    WHERE t.id = NEW.task_id AND book.id = NEW.rulebook_id
        AND (jsonb_array_length(coalesce(chain->'sources', '[]')) = 0 OR chain->'sources' ? t.source)
        AND (jsonb_array_length(coalesce(chain->'inspections', '[]')) = 0 OR chain->'inspections' ? i.kind)
        AND (jsonb_array_length(coalesce(chain->'terms', '[]')) = 0 OR chain->'terms' ?
            CASE WHEN t.then_long_term OR t.due_kind = 'long_term' THEN 'long_term' ELSE 'dated' END)
    ORDER BY place LIMIT 1;
    IF wanted AND NOT EXISTS (
        SELECT 1 FROM ledger_inquiry WHERE task_id = NEW.task_id AND dropped_at IS NULL
    ) THEN
        RAISE EXCEPTION 'nobody has asked which rule let the failing of task % happen', NEW.task_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER application_asked_back BEFORE INSERT ON closure_application
    FOR EACH ROW EXECUTE FUNCTION application_asked_back();
"""
UNGUARD = "DROP TRIGGER application_asked_back ON closure_application; DROP FUNCTION application_asked_back;"


class Migration(migrations.Migration):
    dependencies = [("closure", "0006_replies_kept"), ("ledger", "0009_gaps_kept"), ("rulebook", "0002_kept")]
    operations = [
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunSQL(pinned("application_asked_back()"), migrations.RunSQL.noop),
    ]
