"""The database's part of the lifecycle: a state changes only inside lifecycle.take(), and a task is never deleted."""

from django.db import migrations

GUARD = """
CREATE FUNCTION task_state_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('zhenggai.step', true), '') = '' THEN
        RAISE EXCEPTION 'the state of task % is written by lifecycle.take() alone', OLD.number
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER task_state_guard BEFORE UPDATE OF state ON ledger_task FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION task_state_guard();

CREATE FUNCTION task_enters_as_rectifying() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a task enters the ledger as rectifying, not as %', NEW.state USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER task_enters_as_rectifying BEFORE INSERT ON ledger_task FOR EACH ROW
    WHEN (NEW.state <> 'rectifying') EXECUTE FUNCTION task_enters_as_rectifying();

CREATE FUNCTION task_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a task and its number are never deleted' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER task_kept BEFORE DELETE ON ledger_task FOR EACH ROW EXECUTE FUNCTION task_kept();
CREATE TRIGGER task_not_truncated BEFORE TRUNCATE ON ledger_task EXECUTE FUNCTION task_kept();
"""
UNGUARD = """
DROP TRIGGER task_state_guard ON ledger_task;
DROP TRIGGER task_enters_as_rectifying ON ledger_task;
DROP TRIGGER task_kept ON ledger_task;
DROP TRIGGER task_not_truncated ON ledger_task;
DROP FUNCTION task_state_guard, task_enters_as_rectifying, task_kept;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
