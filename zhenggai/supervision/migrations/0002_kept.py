"""What stands still: a meeting once its minutes are out, a decision's words, an issued paper, a consultation's steps, a
recorded session. Whoever writes."""

from django.db import migrations

from zhenggai.audit.pinned import pinned

KEEP = """
CREATE FUNCTION meeting_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a meeting is not deleted' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state IN ('minuted', 'cancelled') AND NEW IS DISTINCT FROM OLD
        AND to_jsonb(NEW) - 'version' <> to_jsonb(OLD) - 'version' THEN
        RAISE EXCEPTION 'a meeting stands still once it is %', OLD.state USING ERRCODE = 'check_violation';
    END IF;
    IF NOT (OLD.state, NEW.state) IN (('drafted', 'drafted'), ('drafted', 'held'), ('drafted', 'cancelled'),
        ('held', 'held'), ('held', 'minuted'), ('minuted', 'minuted'), ('cancelled', 'cancelled')) THEN
        RAISE EXCEPTION 'a meeting that is % does not become %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER meeting_kept BEFORE UPDATE OR DELETE ON supervision_meeting
    FOR EACH ROW EXECUTE FUNCTION meeting_kept();

-- The parts of a meeting change only in the states that the trigger names.
CREATE FUNCTION meeting_part_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
    meeting bigint := coalesce((part->>'meeting_id')::bigint,
        (SELECT meeting_id FROM supervision_agendaitem WHERE id = (part->>'item_id')::bigint));
    now_in text := (SELECT state FROM supervision_meeting WHERE id = meeting);
BEGIN
    IF now_in IS NOT NULL AND NOT now_in = ANY (TG_ARGV) THEN
        RAISE EXCEPTION '% stands still: the meeting is %', TG_TABLE_NAME, now_in USING ERRCODE = 'check_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER agenda_kept BEFORE INSERT OR UPDATE OR DELETE ON supervision_agendaitem
    FOR EACH ROW EXECUTE FUNCTION meeting_part_kept('drafted');
CREATE TRIGGER agenda_row_kept BEFORE INSERT OR UPDATE OR DELETE ON supervision_agendarow
    FOR EACH ROW EXECUTE FUNCTION meeting_part_kept('drafted');
CREATE TRIGGER speaker_kept BEFORE INSERT OR UPDATE OR DELETE ON supervision_speaker
    FOR EACH ROW EXECUTE FUNCTION meeting_part_kept('drafted', 'held');
CREATE TRIGGER attendee_kept BEFORE INSERT OR UPDATE OR DELETE ON supervision_attendee
    FOR EACH ROW EXECUTE FUNCTION meeting_part_kept('drafted');
CREATE TRIGGER meeting_file_kept BEFORE INSERT OR UPDATE OR DELETE ON supervision_meetingfile
    FOR EACH ROW EXECUTE FUNCTION meeting_part_kept('held');

CREATE FUNCTION decided_item_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    done CONSTANT text[] := '{state,done_note,done_on,reported_by_id,answer,closed_by_id,closed_at}';
    now_in text;
BEGIN
    SELECT state INTO now_in FROM supervision_meeting WHERE id = coalesce(NEW.meeting_id, OLD.meeting_id);
    IF TG_OP = 'INSERT' THEN
        IF now_in <> 'held' OR NEW.state <> 'open' THEN
            RAISE EXCEPTION 'what a meeting decides is put down open, after it was held and before its minutes'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF now_in <> 'held' THEN
            RAISE EXCEPTION 'a decision of a meeting is not deleted' USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF to_jsonb(NEW) - done <> to_jsonb(OLD) - done THEN
        RAISE EXCEPTION 'what was decided stays as it was' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'closed' AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'a decision that is closed stays closed' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'open' AND NEW.state = 'closed' THEN
        RAISE EXCEPTION 'a decision is reported done before it is closed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER decided_item_kept BEFORE INSERT OR UPDATE OR DELETE ON supervision_decideditem
    FOR EACH ROW EXECUTE FUNCTION decided_item_kept();

CREATE FUNCTION paper_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a paper is not deleted' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state IN ('issued', 'discarded') AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'a paper that is % stays as it is', OLD.state USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind = 'special' AND NEW.state = 'issued' AND OLD.state <> 'submitted' THEN
        RAISE EXCEPTION 'a special report is signed before it is issued' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER paper_kept BEFORE UPDATE OR DELETE ON supervision_paper FOR EACH ROW EXECUTE FUNCTION paper_kept();
CREATE FUNCTION paper_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a paper begins as a draft' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER paper_begins BEFORE INSERT ON supervision_paper
    FOR EACH ROW WHEN (NEW.state <> 'draft') EXECUTE FUNCTION paper_begins();

CREATE FUNCTION consultation_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE asked CONSTANT text[] := '{place_id,unit_id,problem,asked,requested_by_id,requested_at}';
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a consultation is not deleted' USING ERRCODE = 'check_violation';
    END IF;
    IF (SELECT bool_or(to_jsonb(NEW)->name IS DISTINCT FROM to_jsonb(OLD)->name) FROM unnest(asked) name) THEN
        RAISE EXCEPTION 'what was asked stays as it was' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state IN ('declined', 'concluded') AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'a consultation that is % stays as it is', OLD.state USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'requested' AND NEW.state = 'concluded' OR OLD.state = 'accepted' AND NEW.state = 'requested' THEN
        RAISE EXCEPTION 'a consultation is taken up before it is concluded' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consultation_kept BEFORE UPDATE OR DELETE ON supervision_consultation
    FOR EACH ROW EXECUTE FUNCTION consultation_kept();

CREATE FUNCTION supervision_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only added', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER consultation_task_kept BEFORE UPDATE OR DELETE ON supervision_consultationtask
    FOR EACH ROW EXECUTE FUNCTION supervision_kept();
CREATE TRIGGER session_kept BEFORE UPDATE OR DELETE ON supervision_session
    FOR EACH ROW EXECUTE FUNCTION supervision_kept();
CREATE TRIGGER session_task_kept BEFORE UPDATE OR DELETE ON supervision_sessiontask
    FOR EACH ROW EXECUTE FUNCTION supervision_kept();
CREATE TRIGGER session_file_kept BEFORE UPDATE OR DELETE ON supervision_sessionfile
    FOR EACH ROW EXECUTE FUNCTION supervision_kept();

CREATE FUNCTION standing_duty_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a standing duty is ended, not deleted' USING ERRCODE = 'check_violation';
    END IF;
    IF to_jsonb(NEW) - 'ends_on' <> to_jsonb(OLD) - 'ends_on' OR OLD.ends_on IS NOT NULL AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'a standing duty stays as it was set; it can be ended, once' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER standing_duty_kept BEFORE UPDATE OR DELETE ON supervision_standingduty
    FOR EACH ROW EXECUTE FUNCTION standing_duty_kept();
"""
UNKEEP = """
DROP TRIGGER meeting_kept ON supervision_meeting;
DROP TRIGGER agenda_kept ON supervision_agendaitem;
DROP TRIGGER agenda_row_kept ON supervision_agendarow;
DROP TRIGGER speaker_kept ON supervision_speaker;
DROP TRIGGER attendee_kept ON supervision_attendee;
DROP TRIGGER meeting_file_kept ON supervision_meetingfile;
DROP TRIGGER decided_item_kept ON supervision_decideditem;
DROP TRIGGER paper_kept ON supervision_paper;
DROP TRIGGER paper_begins ON supervision_paper;
DROP TRIGGER consultation_kept ON supervision_consultation;
DROP TRIGGER consultation_task_kept ON supervision_consultationtask;
DROP TRIGGER session_kept ON supervision_session;
DROP TRIGGER session_task_kept ON supervision_sessiontask;
DROP TRIGGER session_file_kept ON supervision_sessionfile;
DROP TRIGGER standing_duty_kept ON supervision_standingduty;
DROP FUNCTION meeting_kept, meeting_part_kept, decided_item_kept, paper_kept, paper_begins, consultation_kept,
    supervision_kept, standing_duty_kept;
"""


class Migration(migrations.Migration):
    dependencies = [("supervision", "0001_initial"), ("audit", "0003_pinned")]
    operations = [
        migrations.RunSQL(KEEP, UNKEEP),
        migrations.RunSQL(
            pinned(
                "meeting_kept()", "meeting_part_kept()", "decided_item_kept()", "paper_kept()", "paper_begins()",
                "consultation_kept()", "supervision_kept()", "standing_duty_kept()",
            ),
            migrations.RunSQL.noop,
        ),
    ]  # fmt: skip
