"""The unit tree: closure rows and each unit's place are the database's work, so that no import can forget them."""

from django.db import migrations

TREE = """
CREATE FUNCTION unit_place(unit bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT u.id FROM accounts_unitclosure c JOIN accounts_unit u ON u.id = c.ancestor_id
    WHERE c.descendant_id = unit AND u.kind = 'place' ORDER BY c.depth LIMIT 1
$$;

CREATE FUNCTION unit_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO accounts_unitclosure (ancestor_id, descendant_id, depth)
        SELECT ancestor_id, NEW.id, depth + 1 FROM accounts_unitclosure WHERE descendant_id = NEW.parent_id
        UNION ALL SELECT NEW.id, NEW.id, 0;
    UPDATE accounts_unit SET place_id = unit_place(NEW.id) WHERE id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER unit_added AFTER INSERT ON accounts_unit FOR EACH ROW EXECUTE FUNCTION unit_added();

CREATE FUNCTION unit_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM accounts_unitclosure WHERE ancestor_id = NEW.id AND descendant_id = NEW.parent_id) THEN
        RAISE EXCEPTION 'unit % cannot stand below itself', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    DELETE FROM accounts_unitclosure link USING accounts_unitclosure below, accounts_unitclosure above
        WHERE below.ancestor_id = NEW.id AND above.descendant_id = NEW.id AND above.depth > 0
          AND link.ancestor_id = above.ancestor_id AND link.descendant_id = below.descendant_id;
    INSERT INTO accounts_unitclosure (ancestor_id, descendant_id, depth)
        SELECT above.ancestor_id, below.descendant_id, above.depth + below.depth + 1
        FROM accounts_unitclosure above CROSS JOIN accounts_unitclosure below
        WHERE above.descendant_id = NEW.parent_id AND below.ancestor_id = NEW.id;
    UPDATE accounts_unit SET place_id = unit_place(id)
        WHERE id IN (SELECT descendant_id FROM accounts_unitclosure WHERE ancestor_id = NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER unit_moved AFTER UPDATE OF parent_id ON accounts_unit FOR EACH ROW
    WHEN (OLD.parent_id IS DISTINCT FROM NEW.parent_id) EXECUTE FUNCTION unit_moved();
"""

UNTREE = """
DROP TRIGGER unit_added ON accounts_unit;
DROP TRIGGER unit_moved ON accounts_unit;
DROP FUNCTION unit_added, unit_moved, unit_place;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunSQL(TREE, UNTREE)]
