"""What a meeting came to: that it was held and who came, what it decided, its minutes; and each decision until it is closed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max

from zhenggai.accounts.decisions import Refused, Stale
from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.audit.actions import Act, record, record_all, text_digest
from zhenggai.audit.verbs import register
from zhenggai.documents.actions import keep
from zhenggai.documents.forms import Upload
from zhenggai.ledger.models import Task
from zhenggai.supervision.actions.meetings import bump, locked
from zhenggai.supervision.days import check_not_far
from zhenggai.supervision.models import DecidedItem, Meeting, MeetingFile
from zhenggai.supervision.permissions import can_prepare, can_record, can_report_done, can_settle

HELD = register("meeting.held", "召开会议", "green")
DECIDED = register("meeting.decided", "会议议定事项", "blue")
OUT = register("meeting.decision_out", "会议议定事项", "blue")
UNDECIDED = register("meeting.undecided", "删去议定事项")
MINUTED = register("meeting.minuted", "形成会议纪要", "green")
REPORTED = register("decided.reported", "督办事项报办结")
SETTLED = register("decided.closed", "督办事项办结", "green")
SENT_BACK = register("decided.returned", "督办事项退回再办", "amber")


@transaction.atomic
def hold(
    meeting: Meeting, *, by: Person, seen: int | None = None, held_on: date, presence: Mapping[int, str]
) -> Meeting:
    """The meeting took place: on which day, and who came (attendee's id → presence). Raises Refused for a day to come."""
    found = locked(meeting, seen)
    if not (allowed := can_prepare(found, by)):
        raise Refused(allowed.reason)
    if held_on > clock.today():
        raise Refused("会议还没有开，召开日期不能晚于今天")
    for attendee in found.attendees.order_by("position"):
        attendee.presence = presence.get(attendee.pk, attendee.presence)
        attendee.save(update_fields=["presence"])
    found.state, found.held_on = Meeting.State.HELD, held_on
    found.save(update_fields=["state", "held_on"])
    bump(found)
    counts: dict[str, int] = {}
    for attendee in found.attendees.order_by("position"):
        counts[attendee.get_presence_display()] = counts.get(attendee.get_presence_display(), 0) + 1
    words = "，".join(f"{name}{count}" for name, count in counts.items())
    record(HELD, by=by, target=found, before={"state": "drafted"},
           after={"state": found.state, "held_on": held_on.isoformat(), "presence": counts},
           note=f"{found.title}，{held_on:%Y-%m-%d}" + (f"，{words}" if words else ""))  # fmt: skip
    return found


def _recording(meeting: Meeting, seen: int | None, by: Person) -> Meeting:
    found = locked(meeting, seen)
    if not (allowed := can_record(found, by)):
        raise Refused(allowed.reason)
    return found


@transaction.atomic
def decide_item(meeting: Meeting, *, by: Person, seen: int | None = None, text: str, unit: Unit, due: date,
                task: Task | None = None) -> DecidedItem:  # fmt: skip
    """Put down what was decided, who does it, and by when. The task's timeline tells of it once the minutes are out."""
    found = _recording(meeting, seen, by)
    assert found.held_on is not None
    if due < found.held_on:
        raise Refused(f"办结期限不能早于会议召开的{found.held_on:%Y-%m-%d}")
    check_not_far(due, "办结期限")
    last = found.decided.aggregate(last=Max("position"))["last"] or 0
    item = DecidedItem.objects.create(
        meeting=found, position=last + 1, text=text, unit=unit, task=task, decided_on=found.held_on, due=due
    )
    bump(found)
    record(DECIDED, by=by, target=item, after=_decided(item), note=_words_of(item))
    return item


def _decided(item: DecidedItem) -> dict[str, Any]:
    return {"meeting": item.meeting_id, "task": item.task_id, "text": item.text, "unit": str(item.unit),
            "due": item.due.isoformat()}  # fmt: skip


def _words_of(item: DecidedItem) -> str:
    return f"{item.origin}：{item.unit}，限{item.due:%Y-%m-%d}，{item.text}"


@transaction.atomic
def drop_decided(meeting: Meeting, *, by: Person, seen: int | None = None, item: int) -> Meeting:
    """Take back what was put down wrongly, before the minutes are out."""
    found = _recording(meeting, seen, by)
    row = found.decided.select_related("unit").filter(pk=item).first()
    if row is None:
        raise Stale("这条议定事项已经删去，请看过现在的内容再改。")
    before = _decided(row)
    row.delete()
    bump(found)
    record(UNDECIDED, by=by, target=found, before=before, note=row.text)
    return found


@transaction.atomic
def minute(meeting: Meeting, *, by: Person, seen: int | None = None, text: str, statements: Mapping[int, str],
           files: Sequence[Upload]) -> Meeting:  # fmt: skip
    """The minutes, what each speaker said (speaker's id → words), and files. From here on the meeting stands still, and
    its decisions are each unit's to do."""
    found = _recording(meeting, seen, by)
    for speaker in found.speakers.filter(speaks=True).order_by("position"):
        speaker.statement = statements.get(speaker.pk, "")
        speaker.save(update_fields=["statement"])
    for file in files:
        MeetingFile.objects.create(meeting=found, stored=keep(file.content, media_type=file.media_type), name=file.name)
    found.minutes, found.state = text, Meeting.State.MINUTED
    found.minuted_by, found.minuted_at = by, clock.now()
    found.save(update_fields=["minutes", "state", "minuted_by", "minuted_at"])
    bump(found)
    record(MINUTED, by=by, target=found, before={"state": "held"},
           after={"state": found.state, "minutes": text_digest(text), "decided": found.decided.count(),
                  "files": [[file.name, file.stored.sha256] for file in found.files.select_related("stored")]},
           note=f"{found.title}，议定{found.decided.count()}项")  # fmt: skip
    on_tasks = found.decided.filter(task__isnull=False).select_related("unit", "meeting").order_by("position")
    record_all(
        (Act(OUT, item, task_id=item.task_id, after=_decided(item), note=_words_of(item)) for item in on_tasks), by=by
    )
    return found


def _locked_item(item: DecidedItem) -> DecidedItem:
    rows = DecidedItem.objects.select_for_update(of=("self",))
    seen = rows.select_related("meeting__place", "finding__visit__body__place", "unit", "reported_by")
    return seen.get(pk=item.pk)


@transaction.atomic
def report_done(item: DecidedItem, *, by: Person, note: str, done_on: date) -> DecidedItem:
    """The unit says that it is done, and how."""
    found = _locked_item(item)
    if found.state != DecidedItem.State.OPEN:
        raise Stale(f"这一事项{found.get_state_display()}，没有重复办理。")
    if not (allowed := can_report_done(found, by)):
        raise Refused(allowed.reason)
    if not found.decided_on <= done_on <= clock.today():
        raise Refused(f"办结日期应在{found.decided_on:%Y-%m-%d}（提出那天）到今天之间")
    found.state, found.done_note, found.done_on, found.reported_by = DecidedItem.State.REPORTED, note, done_on, by
    found.save(update_fields=["state", "done_note", "done_on", "reported_by"])
    record(REPORTED, by=by, target=found, task_id=found.task_id, before={"state": "open"},
           after={"state": found.state, "done_on": done_on.isoformat(), "note": note},
           note=f"{found.unit}：{found.text}，{done_on:%Y-%m-%d}办结")  # fmt: skip
    return found


@transaction.atomic
def settle(item: DecidedItem, *, by: Person, done: bool, answer: str = "") -> DecidedItem:
    """The office has looked: closed, or back to the unit with a reason."""
    found = _locked_item(item)
    if found.state != DecidedItem.State.REPORTED:
        raise Stale(f"这一事项{found.get_state_display()}，没有重复办理。")
    if not (allowed := can_settle(found, by)):
        raise Refused(allowed.reason)
    if not done and not answer.strip():
        raise Refused("退回要写明理由，承办单位才知道还差什么")
    found.answer = answer.strip()
    if done:
        found.state, found.closed_by, found.closed_at = DecidedItem.State.CLOSED, by, clock.now()
    else:
        found.state, found.done_on, found.reported_by = DecidedItem.State.OPEN, None, None
    found.save(update_fields=["state", "answer", "closed_by", "closed_at", "done_on", "reported_by"])
    record(SETTLED if done else SENT_BACK, by=by, target=found, task_id=found.task_id, before={"state": "reported"},
           after={"state": found.state, "answer": found.answer},
           note=f"{found.unit}：{found.text}" + (f"。{found.answer}" if found.answer else ""))  # fmt: skip
    return found
