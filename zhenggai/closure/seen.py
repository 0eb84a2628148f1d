"""What those who decided had seen last, what differs from it now, and who has looked at that."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Prefetch, Subquery, prefetch_related_objects
from django.db.models.functions import Coalesce

from zhenggai.accounts.decisions import Decision, Refused, no
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.audit.actions import record
from zhenggai.audit.verbs import register
from zhenggai.closure.content import Difference, differences, files_of, manifest
from zhenggai.closure.models import Application, ApplicationFile, Look, Verdict
from zhenggai.closure.permissions import CURRENT, current_application, speaks_for
from zhenggai.documents.models import FileAlarm
from zhenggai.ledger.blockers import Blocker, blocks
from zhenggai.ledger.models import Task
from zhenggai.ledger.permissions import RECTIFIERS, duty_of
from zhenggai.ledger.states import FILE, OPEN_NOTICE, STRIKE_OFF, State
from zhenggai.progress.models import ReportFile

LOOKED = register("closure.looked", "看过验收后的变化", "amber")
# After the review nobody signs a level any more: what follows rests on what was seen.
NEXT = {State.REVIEWED: OPEN_NOTICE, State.IN_NOTICE: STRIKE_OFF, State.STRUCK_OFF: FILE}


def last_seen(application: Application, *, before: int | None = None) -> dict[str, Any]:
    """The manifest that was looked at last: by the newest look, the last level signed (`before` a position), or as it was
    handed in."""
    levels = sorted(application.verdicts.all(), key=lambda row: row.position)
    signed = [row for row in levels if row.result and (before is None or row.position < before)]
    looks = sorted(application.looks.all(), key=lambda row: row.pk) if before is None else []
    found = looks[-1].manifest if looks else signed[-1].manifest if signed else application.manifest
    return found or {}


def changes_of(task: Task) -> list[Difference]:
    """What differs from what the current application's deciders saw last; nothing before there is an application. Kept with
    a task that holds its application for a page."""
    if "_changes" in task.__dict__:
        kept: list[Difference] = task.__dict__["_changes"]
        return kept
    application = current_application(task)
    return differences(last_seen(application), manifest(task)) if application else []


def hold_changes(tasks: Sequence[Task]) -> None:
    """Work out for many tasks at once what changes_of() tells of each, and keep it with them: as many statements for a
    hundred as for one."""
    if not tasks:
        return
    levels = Verdict.objects.select_related("unit").order_by("position")
    rows = Application.objects.filter(task__in=[task.pk for task in tasks], outcome__in=CURRENT).order_by("pk")
    current = {row.task_id: row for row in rows.prefetch_related(Prefetch("verdicts", levels), "looks")}
    prefetch_related_objects([task for task in tasks if task.pk in current], "measures", "targets")
    files = files_of(list(current))
    for task in tasks:
        application = task.__dict__["_application"] = current.get(task.pk)
        found = differences(last_seen(application), manifest(task, files[task.pk])) if application else []
        task.__dict__["_changes"] = found


def answerable(task: Task) -> Verdict | None:
    """The last acceptance: who signed it answers for it, and looks when something changes (谁验收谁负责)."""
    application = current_application(task)
    if application is None:
        return None
    levels = sorted(application.verdicts.all(), key=lambda row: row.position)
    signed = [row for row in levels if row.result and row.kind == Verdict.Kind.ACCEPTANCE]
    return signed[-1] if signed else None


def can_look(task: Task, person: Person) -> Decision:
    """Somebody of the unit that accepted last, never one who rectifies."""
    verdict = answerable(task)
    if verdict is None:
        return no("还没有验收结论")
    if duty_of(person, task, RECTIFIERS) or verdict.applicant_id == person.pk:
        return no("谁整改谁不能验收，变化由验收单位看")
    return Decision(True) if speaks_for(verdict, person) else no(f"由{verdict.unit}看过变化（谁验收谁负责）")


@transaction.atomic
def look(task: Task, *, note: str, by: Person) -> Look:
    """Say that what changed was looked at and that the verdict stands. Raises Refused."""
    locked = Task.objects.select_for_update(of=("self",)).select_related("place").get(pk=task.pk)
    if not (allowed := can_look(locked, by)):
        raise Refused(allowed.reason)
    application, changes = current_application(locked), changes_of(locked)
    assert application is not None
    if not changes:
        raise Refused("现在的内容和验收时看过的一样，没有变化要看")
    if len(note.strip()) < 6:
        raise Refused("写明为什么结论不变（至少6个字）；结论变了的，应当撤回公示、退回整改")
    made = Look.objects.create(
        application=application, by=by, at=clock.now(), changes=[row.as_json() for row in changes],
        manifest=manifest(locked), note=note.strip(),
    )  # fmt: skip
    record(
        LOOKED, by=by, target=made, task_id=locked.pk, after={"changes": made.changes, "note": made.note},
        note=f"{'、'.join(row.words for row in changes[:5])}。{made.note}",
    )  # fmt: skip
    return made


def alarms_of(task: Task) -> list[str]:
    """What is wrong with the bytes of the task's evidence as they lie in the storage now, in words."""
    reported = ReportFile.objects.filter(report__task=task, report__state="accepted", stored=OuterRef("stored"))
    handed_in = ApplicationFile.objects.filter(application__task=task, stored=OuterRef("stored"))
    names = [Subquery(rows.order_by("-pk").values("name")[:1]) for rows in (handed_in, reported)]
    alarms = FileAlarm.objects.open().annotate(of_task=Coalesce(*names)).filter(of_task__isnull=False).order_by("pk")
    return [f"佐证“{alarm.of_task}”{alarm.get_kind_display()}" for alarm in alarms]


@blocks
def unseen_changes(task: Task) -> Iterable[Blocker]:
    """After the review, a difference blocks the next step until somebody of the accepting unit has looked."""
    step = NEXT.get(State(task.state))
    changes = changes_of(task) if step else []
    if step and changes:
        verdict = answerable(task)
        told = "、".join(row.words for row in changes[:3])
        more = f"等{len(changes)}处" if len(changes) > 3 else ""
        yield Blocker(
            step, f"验收后有变：{told}{more}", f"由{verdict.unit if verdict else '验收单位'}看过变化", "changes"
        )
