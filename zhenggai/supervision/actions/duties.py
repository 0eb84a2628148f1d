"""The leading group and what its bodies owe again and again: set down as data, sessions recorded once."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.audit.actions import record, text_digest
from zhenggai.audit.verbs import register
from zhenggai.core.cadence import Cadence, CadenceError
from zhenggai.documents.actions import keep
from zhenggai.documents.forms import Upload
from zhenggai.ledger.models import Task
from zhenggai.supervision.models import Body, Member, Session, SessionFile, SessionTask, StandingDuty, Visit
from zhenggai.supervision.occurrences import open_occurrences
from zhenggai.supervision.permissions import can_keep_bodies, can_record_session

BODY_KEPT = register("body.kept", "登记领导小组和工作组")
MIRRORED = register("body.mirrored", "比照上级设立工作机制", "blue")
DUTY_SET = register("duty.set", "登记常态化职责", "blue")
DUTY_ENDED = register("duty.ended", "终止常态化职责", "amber")
SESSION = register("duty.session", "登记履职", "green")


@transaction.atomic
def keep_body(place: Unit, *, by: Person, name: str, responsibilities: str, group: Body | None = None,
              role: str = "", daily_unit: Unit | None = None, members: Sequence[tuple[str, str]] = (),
              body: Body | None = None) -> Body:  # fmt: skip
    """Put down a leading group (no `group`) or one of its teams, or change one; `members`: (part, post)."""
    if not (allowed := can_keep_bodies(place, by)):
        raise Refused(allowed.reason)
    before = as_data(body) if body else None
    found = body or Body(place=place, position=Body.objects.filter(place=place).count())
    found.name, found.responsibilities, found.group = name, responsibilities, group
    found.kind, found.role = (Body.Kind.TEAM if group else Body.Kind.GROUP), role
    found.daily_unit = daily_unit
    try:
        with transaction.atomic():
            found.save()
            found.members.all().delete()
            Member.objects.bulk_create(
                Member(body=found, part=part, post=post, position=position)
                for position, (part, post) in enumerate(members, 1)
            )
    except IntegrityError as error:
        raise Refused(f"{place}已经有“{name}”，或者同一职务写了两次") from error
    record(BODY_KEPT, by=by, target=found, before=before, after=as_data(found), note=f"{place} {name}")
    return found


def as_data(body: Body) -> dict[str, Any]:
    """The body as the trail tells it."""
    return {
        "name": body.name, "role": body.role, "responsibilities": body.responsibilities,
        "members": [[row.part, row.post] for row in body.members.order_by("position", "pk")],
    }  # fmt: skip


@transaction.atomic
def mirror(place: Unit, *, by: Person) -> list[Body]:
    """Set up in `place` the bodies that the place above has: their names and responsibilities, without their posts, which
    are the district's own to name (R13). Raises Refused where it has bodies already, or nothing stands above."""
    if not (allowed := can_keep_bodies(place, by)):
        raise Refused(allowed.reason)
    if Body.objects.filter(place=place).exists():
        raise Refused(f"{place}已经登记了领导小组，可以逐个修改")
    above = place.parent.place if place.parent else None
    upper = list(Body.objects.filter(place=above).order_by("position", "pk")) if above else []
    if not upper:
        raise Refused(f"{above or '上级'}还没有登记领导小组，请直接登记本级的")
    made: dict[int, Body] = {}
    for body in upper:
        made[body.pk] = Body.objects.create(
            place=place, kind=body.kind, group=made[body.group_id] if body.group_id else None,
            name=body.name.replace(above.name, place.name) if above else body.name, role=body.role,
            responsibilities=body.responsibilities, mirrors=body, position=body.position,
        )  # fmt: skip
    rows = list(made.values())
    record(MIRRORED, by=by, target=rows[0], after={"bodies": [body.name for body in rows]}, note=f"{place}比照{above}")
    return rows


@transaction.atomic
def set_duty(place: Unit, *, by: Person, unit: Unit | None = None, body: Body | None = None, kind: str, what: str,
             rule: str, shift: str, starts_on: date, source: str, ends_on: date | None = None) -> StandingDuty:  # fmt: skip
    """What a unit or a team owes from a day on, by a cadence, with the words that it comes from."""
    if not (allowed := can_keep_bodies(place, by)):
        raise Refused(allowed.reason)
    if (unit is None) == (body is None):
        raise Refused("写一个单位或者一个工作组，不能都写，也不能都不写")
    try:
        cadence = Cadence(rule, shift)  # type: ignore[arg-type]
    except CadenceError as error:
        raise Refused(str(error)) from error
    try:
        with transaction.atomic():
            duty = StandingDuty.objects.create(
                place=place, unit=unit, body=body, kind=kind, what=what, rule=rule, shift=shift, starts_on=starts_on,
                ends_on=ends_on, source=source, set_by=by, set_at=clock.now(),
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused(f"{unit or body}的“{what}”从这一天起已经登记过") from error
    record(DUTY_SET, by=by, target=duty,
           after={"owner": str(unit or body), "what": what, "rule": rule, "shift": shift,
                  "starts_on": starts_on.isoformat(), "source": source},
           note=f"{unit or body}：{what}，{cadence.words}")  # fmt: skip
    return duty


@transaction.atomic
def end_duty(duty: StandingDuty, *, by: Person, ends_on: date, reason: str) -> StandingDuty:
    """From the next day on the duty is not owed any more; what was owed before stays owed."""
    found = StandingDuty.objects.select_for_update(of=("self",)).select_related("place", "unit", "body").get(pk=duty.pk)
    if not (allowed := can_keep_bodies(found.place, by)):
        raise Refused(allowed.reason)
    if found.ends_on is not None:
        raise Refused(f"这项职责已经到{found.ends_on:%Y-%m-%d}止")
    if ends_on < max(found.starts_on, clock.today()):
        raise Refused("终止日期不能早于今天：已经欠下的不能这样免掉")
    found.ends_on = ends_on
    found.save(update_fields=["ends_on"])
    record(DUTY_ENDED, by=by, target=found, after={"ends_on": ends_on.isoformat()},
           note=f"{found}，到{ends_on:%Y-%m-%d}止。理由：{reason}")  # fmt: skip
    return found


@transaction.atomic
def record_session(duty: StandingDuty, *, by: Person, held_on: date, topic: str, text: str = "",
                   for_due: date | None = None, tasks: Sequence[Task] = (), files: Sequence[Upload] = (),
                   visit: Visit | None = None) -> Session:  # fmt: skip
    """Put down one session. `for_due`: the occurrence that it fulfils; None for one more than was owed. `visit`: the visit
    that it was.

    Raises Refused for a day to come, an occurrence that is fulfilled or had not opened, or a session without a record.
    """
    found = StandingDuty.objects.select_for_update(of=("self",)).select_related("place", "unit", "body").get(pk=duty.pk)
    today = clock.today()
    if not (allowed := can_record_session(found, by)):
        raise Refused(allowed.reason)
    if held_on > today:
        raise Refused(f"{held_on:%Y-%m-%d}还没有到，不能先登记")
    if held_on < found.starts_on:
        raise Refused(f"这项职责从{found.starts_on:%Y-%m-%d}起，召开日期不能更早")
    if not text.strip() and not files:
        raise Refused("要有记录：写下记录内容，或者上传纪要、通报、照片")
    fulfilled = {due for due in found.sessions.values_list("for_due", flat=True).order_by("pk") if due}
    if for_due and for_due in fulfilled:
        raise Refused(f"{for_due:%Y-%m-%d}这一次已经有记录抵了；一次记录只抵一次，多开的请选“多开的”")
    if for_due and for_due not in {row.due for row in open_occurrences(found, held_on, fulfilled)}:
        raise Refused(f"{held_on:%Y-%m-%d}召开的不能抵{for_due:%Y-%m-%d}这一次：那一次还没有开始，或者不在节奏里")
    try:
        with transaction.atomic():
            session = Session.objects.create(
                duty=found, held_on=held_on, for_due=for_due, topic=topic, text=text, recorded_by=by,
                recorded_on=today, recorded_at=clock.now(), visit=visit,
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused(f"{held_on:%Y-%m-%d}“{topic}”已经登记过") from error
    _attach(session, tasks, files)
    _record_session(session, tasks, by)
    return session


def _attach(session: Session, tasks: Sequence[Task], files: Sequence[Upload]) -> None:
    SessionTask.objects.bulk_create(SessionTask(session=session, task=task) for task in tasks)
    for file in files:
        SessionFile.objects.create(
            session=session, stored=keep(file.content, media_type=file.media_type), name=file.name
        )


def _record_session(session: Session, tasks: Sequence[Task], by: Person) -> None:
    duty = session.duty
    after = {
        "held_on": session.held_on.isoformat(), "for_due": session.for_due and session.for_due.isoformat(),
        "topic": session.topic, "text": text_digest(session.text), "tasks": [task.pk for task in tasks],
        "files": [[file.name, file.stored.sha256] for file in session.files.select_related("stored").order_by("pk")],
    }  # fmt: skip
    late = f"，迟{session.days_late}天" if session.days_late else ""
    note = f"{duty}，{session.held_on:%Y-%m-%d}{late}：{session.topic}"
    about: list[int | None] = [task.pk for task in tasks]
    for task_id in about or [None]:
        record(SESSION, by=by, target=session, task_id=task_id, after=after, note=note)
