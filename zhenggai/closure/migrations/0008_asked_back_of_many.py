"""What a rulebook's chains say of a kind of task, asked in one place: by the guard of an application, and by the queue of
those who have one to make, for many tasks at once."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

ASKS = """
CREATE FUNCTION rules_ask_back(rules jsonb, source text, inspection text, term text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce((
        SELECT (chain->>'inquiry')::boolean
        FROM jsonb_array_elements(coalesce(rules->'chains', '[]')) WITH ORDINALITY AS named(chain, place)
        WHERE (jsonb_array_length(coalesce(chain->'sources', '[]')) = 0 OR chain->'sources' ? source)
            AND (jsonb_array_length(coalesce(chain->'inspections', '[]')) = 0 OR chain->'inspections' ? inspection)
            AND (jsonb_array_length(coalesce(chain->'terms', '[]')) = 0 OR chain->'terms' ? term)
        ORDER BY place LIMIT 1
    ), false)
$$;
CREATE OR REPLACE FUNCTION application_asked_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM ledger_task t JOIN ledger_inspection i ON i.id = t.inspection_id, rulebook_rulebook book
        WHERE t.id = NEW.task_id AND book.id = NEW.rulebook_id AND rules_ask_back(
            book.data, t.source, i.kind,
            CASE WHEN t.then_long_term OR t.due_kind = 'long_term' THEN 'long_term' ELSE 'dated' END
        )
    ) AND NOT EXISTS (
        SELECT 1 FROM ledger_inquiry WHERE task_id = NEW.task_id AND dropped_at IS NULL
    ) THEN
        RAISE EXCEPTION 'nobody has asked which rule let the failing of task % happen', NEW.task_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("closure", "0007_asked_back")]
    operations = [
        migrations.RunSQL(ASKS, migrations.RunSQL.noop),
        migrations.RunSQL(
            pinned("rules_ask_back(jsonb, text, text, text)", "application_asked_back()"), migrations.RunSQL.noop
        ),
    ]
