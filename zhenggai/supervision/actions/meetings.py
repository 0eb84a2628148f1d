"""Preparing a dispatch meeting: drafted from the ledger, its agenda, its speakers, who is asked."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max

from zhenggai.accounts.decisions import Decision, Refused, Stale
from zhenggai.accounts.models import Person, Unit
from zhenggai.accounts.naming import look_up
from zhenggai.audit import clock
from zhenggai.audit.actions import record
from zhenggai.audit.verbs import register
from zhenggai.rulebook.models import Rulebook
from zhenggai.rulebook.speaking import Speaking
from zhenggai.supervision.agenda import WITH_FIGURES, Figures, Kind, rows_of
from zhenggai.supervision.models import AgendaItem, AgendaRow, Attendee, Meeting, Speaker
from zhenggai.supervision.permissions import can_prepare
from zhenggai.supervision.speaking import Candidate, candidates

DRAFTED = register("meeting.drafted", "筹备调度会议", "blue")
AGENDA = register("meeting.agenda", "修改会议议程")
SPEAKERS = register("meeting.speakers", "增减表态发言单位", "amber")
INVITED = register("meeting.invited", "确定参会单位")
PLANNED = register("meeting.planned", "修改会议安排")
CANCELLED = register("meeting.cancelled", "取消会议", "red")

MOST_ITEMS, MOST_ATTENDEES = 30, 200


@transaction.atomic
def draft_meeting(place: Unit, *, by: Person, kind: str, month: date, planned_at: datetime, where: str, chair: str,
                  title: str = "") -> Meeting:  # fmt: skip
    """A meeting of `place` with the agenda that the ledger gives today, and the units that must speak.

    Raises Refused when the person does not coordinate the place, no rules are in force, or that hour is taken.
    """
    today = clock.today()
    book = Rulebook.objects.in_force(place, today)
    before = Meeting.objects.current().filter(place=place, figures_on__lte=today).order_by("-figures_on").first()
    name = title or f"{place.name}{month.month}月生态环境保护督察整改{Meeting.Kind(kind).label}"
    meeting = Meeting(
        place=place, kind=kind, month=month, title=name, planned_at=planned_at, where=where, chair=chair,
        figures_on=today, since=before.figures_on if before else min(month, today),
        drafted_by=by, drafted_at=clock.now(),
    )  # fmt: skip
    _require(can_prepare(meeting, by))
    try:
        with transaction.atomic():
            meeting.save()
    except IntegrityError as error:
        raise Refused(f"{place}在这个时间已经有一次会议，请换个时间") from error
    _draft_agenda(meeting, WITH_FIGURES, book.rules.warning_days)
    speakers = _draft_speakers(meeting, book.rules.speaking)
    record(
        DRAFTED, by=by, target=meeting,
        after={"planned_at": planned_at.isoformat(), "figures_on": today.isoformat(), "rulebook": book.pk,
               "agenda": {item.kind: item.count for item in meeting.items.order_by("position")}, "speakers": speakers},
        note=meeting.title,
    )  # fmt: skip
    return meeting


def _require(decision: Decision) -> None:
    if not decision:
        raise Refused(decision.reason)


def locked(meeting: Meeting, seen: int | None) -> Meeting:
    """The meeting, locked; raises Stale when the page was older than the record."""
    found = Meeting.objects.select_for_update(of=("self",)).select_related("place").get(pk=meeting.pk)
    if seen is not None and seen != found.version:
        raise Stale(f"{found}在你打开页面之后有人改过，没有保存。请看过现在的内容再改。")
    return found


def _changing(meeting: Meeting, seen: int | None, by: Person) -> Meeting:
    found = locked(meeting, seen)
    _require(can_prepare(found, by))
    return found


def bump(meeting: Meeting) -> None:
    """Count a change of the meeting, so that an older page is refused."""
    Meeting.objects.filter(pk=meeting.pk).update(version=F("version") + 1)


def _changed(meeting: Meeting, verb: str, by: Person, note: str, before: Any = None, after: Any = None) -> None:
    bump(meeting)
    record(verb, by=by, target=meeting, before=before, after=after, note=note)


def _draft_agenda(meeting: Meeting, kinds: Sequence[str], days: int) -> None:
    """Count and list `kinds` afresh; an item that stands keeps its place and what was written in it."""
    figures = Figures(meeting.place, meeting.figures_on, meeting.since, days)
    standing = {item.kind: item for item in meeting.items.exclude(kind=Kind.OTHER)}
    for kind in kinds:
        count, rows = rows_of(kind, figures)
        item = standing.get(kind) or AgendaItem(meeting=meeting, kind=kind, title=Kind(kind).label,
                                                position=_next_position(meeting))  # fmt: skip
        item.count = count
        item.save()
        item.rows.all().delete()
        for row in rows:
            row.item = item
        AgendaRow.objects.bulk_create(rows)


def _next_position(meeting: Meeting) -> int:
    last = meeting.items.aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


def _draft_speakers(meeting: Meeting, rules: Speaking) -> list[str]:
    """Put down who speaks by the rules; what somebody added or dropped with a reason stays so."""
    by_hand = {speaker.unit_id: speaker for speaker in meeting.speakers.exclude(reason="")}
    meeting.speakers.filter(reason="").delete()
    found = candidates(meeting.place, meeting.month, meeting.figures_on, rules)
    for position, candidate in enumerate(found, 1):
        chosen = position <= rules.most
        grounds = [{"kind": kind, "words": words} for kind, words in candidate.grounds]
        if speaker := by_hand.pop(candidate.unit.pk, None):
            Speaker.objects.filter(pk=speaker.pk).update(chosen=chosen, grounds=grounds, position=position)
        else:
            _speaker(meeting, candidate, position, chosen, grounds).save()
    for position, speaker in enumerate(by_hand.values(), len(found) + 1):  # the rules no longer name these
        Speaker.objects.filter(pk=speaker.pk).update(chosen=False, grounds=[], position=position)
    return [candidate.unit.short_name for candidate in found[: rules.most]]


def _speaker(meeting: Meeting, candidate: Candidate, position: int, chosen: bool, grounds: Any) -> Speaker:
    return Speaker(
        meeting=meeting, unit=candidate.unit, position=position, chosen=chosen, speaks=chosen, grounds=grounds
    )


@transaction.atomic
def redraft(meeting: Meeting, *, by: Person, seen: int | None = None) -> Meeting:
    """Take the figures of today: counts and rows of the items that stand, and the speakers."""
    found = _changing(meeting, seen, by)
    found.figures_on = clock.today()
    found.save(update_fields=["figures_on"])
    rules = Rulebook.objects.in_force(found.place, found.figures_on).rules
    kinds = [item.kind for item in found.items.order_by("position") if item.kind != Kind.OTHER]
    _draft_agenda(found, kinds, rules.warning_days)
    speakers = _draft_speakers(found, rules.speaking)
    _changed(found, AGENDA, by, f"重新取数，数据截至{found.figures_on:%Y-%m-%d}",
             after={"figures_on": found.figures_on.isoformat(), "speakers": speakers})  # fmt: skip
    return found


@transaction.atomic
def plan(meeting: Meeting, *, by: Person, seen: int | None = None, title: str, planned_at: datetime, where: str,
         chair: str) -> Meeting:  # fmt: skip
    """Change name, hour, place and chair."""
    found = _changing(meeting, seen, by)
    before = {"title": found.title, "planned_at": found.planned_at.isoformat(), "where": found.where,
              "chair": found.chair}  # fmt: skip
    found.title, found.planned_at, found.where, found.chair = title, planned_at, where, chair
    try:
        with transaction.atomic():
            found.save(update_fields=["title", "planned_at", "where", "chair"])
    except IntegrityError as error:
        raise Refused(f"{found.place}在这个时间已经有一次会议，请换个时间") from error
    after = {"title": title, "planned_at": planned_at.isoformat(), "where": where, "chair": chair}
    _changed(found, PLANNED, by, found.title, before, after)
    return found


@transaction.atomic
def cancel(meeting: Meeting, *, by: Person, seen: int | None = None, reason: str) -> Meeting:
    """Call the meeting off; it stays on the books with its reason."""
    found = _changing(meeting, seen, by)
    found.state, found.cancel_reason = Meeting.State.CANCELLED, reason
    found.save(update_fields=["state", "cancel_reason"])
    _changed(found, CANCELLED, by, f"{found.title}。理由：{reason}", {"state": "drafted"}, {"state": found.state})
    return found


# ── agenda ───────────────────────────────────────────────────────────────────
@transaction.atomic
def add_item(
    meeting: Meeting, *, by: Person, seen: int | None = None, kind: str, title: str = "", text: str = ""
) -> Meeting:
    """Add an item at the end; one with figures is counted and listed at once. Raises Refused for one that stands already."""
    found = _changing(meeting, seen, by)
    if found.items.count() >= MOST_ITEMS:
        raise Refused(f"议程最多{MOST_ITEMS}项，请合并后再加")
    if kind == Kind.OTHER and not title:
        raise Refused("请写明议题")
    if kind != Kind.OTHER and found.items.filter(kind=kind).exists():
        raise Refused(f"议程里已经有“{Kind(kind).label}”，不用再加")
    item = AgendaItem(meeting=found, kind=kind, title=title or Kind(kind).label, text=text,
                      position=_next_position(found))  # fmt: skip
    item.save()
    if kind != Kind.OTHER:
        _draft_agenda(found, [kind], Rulebook.objects.in_force(found.place, found.figures_on).rules.warning_days)
    _changed(found, AGENDA, by, f"增加议题：{item.title}", after={"kind": kind, "title": item.title, "text": text})
    return found


@transaction.atomic
def edit_item(
    meeting: Meeting, *, by: Person, seen: int | None = None, item: int, title: str, text: str = ""
) -> Meeting:
    """Write an item's title and remark."""
    found = _changing(meeting, seen, by)
    row = _item(found, item)
    before = {"title": row.title, "text": row.text}
    row.title, row.text = title, text
    row.save(update_fields=["title", "text"])
    _changed(found, AGENDA, by, f"修改议题：{title}", before, {"title": title, "text": text})
    return found


@transaction.atomic
def drop_item(meeting: Meeting, *, by: Person, seen: int | None = None, item: int) -> Meeting:
    """Take an item off the agenda; what it said stays on the trail."""
    found = _changing(meeting, seen, by)
    row = _item(found, item)
    before = {"kind": row.kind, "title": row.title, "text": row.text, "count": row.count}
    row.delete()
    _changed(found, AGENDA, by, f"删去议题：{before['title']}", before)
    return found


@transaction.atomic
def move_item(meeting: Meeting, *, by: Person, seen: int | None = None, item: int, up: bool) -> Meeting:
    """Change places with the item before or after; at the end nothing happens."""
    found = _changing(meeting, seen, by)
    rows = list(found.items.order_by("position"))
    at = next((place for place, row in enumerate(rows) if row.pk == item), None)
    if at is None:
        raise Stale("这个议题已经不在议程里，请看过现在的议程再改。")
    other = at - 1 if up else at + 1
    if not 0 <= other < len(rows):
        return found
    rows[at], rows[other] = rows[other], rows[at]
    for position, row in enumerate(rows, 1):
        AgendaItem.objects.filter(pk=row.pk).update(position=position)
    _changed(found, AGENDA, by, f"调整次序：{rows[other].title}", after={"order": [row.title for row in rows]})
    return found


def _item(meeting: Meeting, pk: int) -> AgendaItem:
    row = meeting.items.filter(pk=pk).first()
    if row is None:
        raise Stale("这个议题已经不在议程里，请看过现在的议程再改。")
    return row


# ── who speaks, who comes ────────────────────────────────────────────────────
@transaction.atomic
def set_speaker(
    meeting: Meeting, *, by: Person, seen: int | None = None, unit: Unit, speaks: bool, reason: str
) -> Meeting:
    """Add a unit to those that speak, or drop it, with a reason; back to what the rules say needs none."""
    found = _changing(meeting, seen, by)
    speaker = found.speakers.filter(unit=unit).first() or Speaker(
        meeting=found, unit=unit, chosen=False, speaks=False, position=found.speakers.count() + 1
    )
    if speaker.pk and speaker.speaks == speaks:
        raise Refused(f"{unit}{'已经在' if speaks else '本来就不在'}表态发言之列")
    if not speaker.pk and not speaks:
        raise Refused(f"{unit}本来就不在表态发言之列")
    if speaks != speaker.chosen and not reason.strip():
        raise Refused("增减表态发言单位要写明理由，会议材料里要说得清")
    before = {"unit": str(unit), "speaks": speaker.speaks}
    speaker.speaks, speaker.reason = speaks, reason.strip() if speaks != speaker.chosen else ""
    speaker.save()
    words = "列入" if speaks else "不列入"
    _changed(found, SPEAKERS, by, f"{unit}{words}表态发言" + (f"。理由：{speaker.reason}" if speaker.reason else ""),
             before, {"unit": str(unit), "speaks": speaks, "by_rule": speaker.chosen})  # fmt: skip
    return found


@transaction.atomic
def invite(meeting: Meeting, *, by: Person, seen: int | None = None, names: Sequence[str]) -> Meeting:
    """Who is asked to come, in this order; names that the directory knows become its units."""
    found = _changing(meeting, seen, by)
    wanted = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    if len(wanted) > MOST_ATTENDEES:
        raise Refused(f"参会单位最多{MOST_ATTENDEES}个，现在是{len(wanted)}个")
    if long := next((name for name in wanted if len(name) > 100), None):
        raise Refused(f"“{long[:20]}…”太长，一行写一个单位或职务，最多100字")
    known = look_up(wanted, found.place)
    before = list(found.attendees.order_by("position").values_list("name", flat=True))
    found.attendees.all().delete()
    Attendee.objects.bulk_create(
        Attendee(meeting=found, unit=known[name].unit, name=name, position=position)
        for position, name in enumerate(wanted, 1)
    )
    _changed(found, INVITED, by, f"{len(wanted)}个", {"names": before}, {"names": wanted})
    return found
