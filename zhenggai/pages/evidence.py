"""Every file that was handed in on a task, whatever app received it: with reports as evidence, with an application as
material, with what a visit saw. One address a file, under the right to the task; versions counted by name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from zhenggai.accounts.models import Person
from zhenggai.accounts.roles import Role
from zhenggai.closure.models import ApplicationFile
from zhenggai.documents.models import PICTURES, FileAlarm, StoredFile
from zhenggai.documents.shown import Version, numbers_versions
from zhenggai.ledger.models import Task
from zhenggai.progress.models import Report, ReportFile
from zhenggai.supervision.models import FindingFile, VisitFinding

MOST = 300  # files of one task on one page


@dataclass(frozen=True)
class Evidence:
    """One file as it was handed in. `kind` and `pk` make its address; `month` is its report's, None for an application."""

    kind: str
    pk: int
    name: str
    stored: StoredFile
    task: Task
    by: str
    unit: str
    received: datetime
    origin: str
    origin_url: str
    month: date | None = None

    @property
    def stored_id(self) -> int:
        return self.stored.pk


@dataclass(frozen=True)
class Source:
    """An app's files: those on tasks that a person may see, with what `evidence` needs; the files of one task; how a row
    is told; and the rows handed in together with one."""

    visible: Callable[[Person], QuerySet[Any]]
    of_task: Callable[[Task], QuerySet[Any]]
    task_of: Callable[[Any], Task]
    told: Callable[[Any], Evidence]
    together: Callable[[Any], QuerySet[Any]]


# ── with reports ─────────────────────────────────────────────────────────────
def _report_files(person: Person) -> QuerySet[ReportFile]:
    mine = Report.objects.visible_to(person).filter(pk=OuterRef("report_id"), month=OuterRef("month"))
    return ReportFile.objects.filter(Exists(mine))


def _of_reports(task: Task) -> QuerySet[ReportFile]:
    reports = list(
        Report.objects.filter(task=task).values_list("pk", flat=True)
    )  # over their own index, partition-wise
    return ReportFile.objects.filter(report__in=reports)


def _told_of_report(row: ReportFile) -> Evidence:
    report = row.report
    return Evidence(
        kind="report", pk=row.pk, name=row.name, stored=row.stored, task=report.task, by=report.submitted_by.name,
        unit=report.unit.short_name, received=report.submitted_at, month=report.month,
        origin=f"{report.month_words}报告" + (f"第{report.version}次报送" if report.version > 1 else ""),
        origin_url=reverse("report", args=[report.month_key, report.pk]),
    )  # fmt: skip


# ── with applications ────────────────────────────────────────────────────────
def _application_files(person: Person) -> QuerySet[ApplicationFile]:
    return ApplicationFile.objects.filter(application__task__in=Task.objects.visible_to(person))


def _told_of_application(row: ApplicationFile) -> Evidence:
    application = row.application
    return Evidence(
        kind="application", pk=row.pk, name=row.name, stored=row.stored, task=application.task,
        by=application.applied_by.name, unit=application.unit.short_name, received=application.applied_at,
        origin="销号申请", origin_url=application.task.get_absolute_url(),
    )  # fmt: skip


# ── with what a visit saw, and what a unit said to it ────────────────────────
def _finding_files(person: Person) -> QuerySet[FindingFile]:
    return FindingFile.objects.filter(finding__in=VisitFinding.objects.visible_to(person))


def _told_of_finding(row: FindingFile) -> Evidence:
    finding, answer = row.finding, row.answer
    by = answer.by if answer else finding.recorded_by
    return Evidence(
        kind="visit", pk=row.pk, name=row.name, stored=row.stored, task=finding.task, by=by.name,
        unit=str(answer.unit if answer else finding.visit.body), received=answer.at if answer else finding.recorded_at,
        origin=f"{finding.visit}" + ("（陈述）" if answer else ""), origin_url=finding.get_absolute_url(),
    )  # fmt: skip


_REPORT = ("report__task__place", "report__unit", "report__submitted_by")
_APPLICATION = ("application__task__place", "application__unit", "application__applied_by")
_FINDING = ("finding__task__place", "finding__visit__body", "finding__recorded_by", "answer__unit", "answer__by")
SOURCES = {
    "report": Source(
        lambda who: _report_files(who).select_related("stored", *_REPORT),
        lambda task: _of_reports(task).select_related("stored", *_REPORT),
        lambda row: row.report.task,
        _told_of_report,
        lambda row: ReportFile.objects.filter(report=row.report_id, month=row.month),
    ),
    "application": Source(
        lambda who: _application_files(who).select_related("stored", *_APPLICATION),
        lambda task: ApplicationFile.objects.filter(application__task=task).select_related("stored", *_APPLICATION),
        lambda row: row.application.task,
        _told_of_application,
        lambda row: ApplicationFile.objects.filter(application=row.application_id),
    ),
    "visit": Source(
        lambda who: _finding_files(who).select_related("stored", *_FINDING),
        lambda task: FindingFile.objects.filter(finding__task=task).select_related("stored", *_FINDING),
        lambda row: row.finding.task,
        _told_of_finding,
        lambda row: FindingFile.objects.filter(finding=row.finding_id, answer=row.answer_id),
    ),
}


def find(person: Person, kind: str, pk: int) -> tuple[Evidence, list[int]] | None:
    """One file that the person may see, and the keys of those handed in together with it, in their order."""
    source = SOURCES.get(kind)
    row = source.visible(person).filter(pk=pk).first() if source else None
    if source is None or row is None:
        return None
    return source.told(row), list(source.together(row).order_by("pk").values_list("pk", flat=True))


HANDED_IN = ("report", "application")  # what units hand in comes in versions; what a visit saw is no version of it


def evidence_of(task: Task, names: Collection[str] = (), kinds: Collection[str] = tuple(SOURCES)) -> list[Evidence]:
    """The files of a task, newest first, at most MOST of each kind; only those called `names` when some are given. The
    caller has checked the right to the task."""
    called = Q(name__in=names) if names else Q()
    rows = [
        source.told(row)
        for source in (SOURCES[kind] for kind in kinds)
        for row in source.of_task(task).filter(called).order_by("-pk")[:MOST]
    ]
    return sorted(rows, key=lambda row: (row.received, row.pk), reverse=True)


@numbers_versions
def versions(kind: str, rows: Sequence[Any]) -> dict[int, Version]:
    """Which version of its name each of the rows, all of one task, is. Contents are counted as they first came, whatever
    they came with; the same content again is no new version."""
    if kind not in HANDED_IN or not rows:
        return {}
    first = rows[0]
    task = first.task if isinstance(first, Evidence) else SOURCES[kind].task_of(first)
    contents: dict[str, list[int]] = {}
    for row in reversed(evidence_of(task, {row.name for row in rows}, HANDED_IN)):
        known = contents.setdefault(row.name, [])
        if row.stored_id not in known:
            known.append(row.stored_id)
    return {
        row.pk: Version(contents[row.name].index(row.stored_id) + 1, len(contents[row.name]))
        for row in rows
        if row.stored_id in contents.get(row.name, ())
    }


def photos_of(task: Task, month: date) -> list[Evidence]:
    """The pictures that came with the task's reports of `month`, in the order in which they came."""
    rows = SOURCES["report"].of_task(task).filter(month=month, stored__media_type__in=PICTURES).order_by("pk")
    return [_told_of_report(row) for row in rows[:MOST]]


def months_with_photos(task: Task) -> list[date]:
    """The months of which there are pictures, newest first."""
    rows = _of_reports(task).filter(stored__media_type__in=PICTURES)
    return list(rows.order_by("-month").values_list("month", flat=True).distinct()[:60])


# ── alarms ───────────────────────────────────────────────────────────────────
def alarms_for(person: Person) -> QuerySet[FileAlarm]:
    """The open alarms that this person is to see to: the system administrator's are all, without what the files are
    about; a coordination team's are those of files on its tasks."""
    rows = FileAlarm.objects.open()
    if person.holds(Role.SYSTEM_ADMIN):
        return rows
    if not person.holds(Role.COORDINATION):
        return rows.none()
    used = [Exists(source.visible(person).filter(stored=OuterRef("stored"))) for source in SOURCES.values()]
    return rows.filter(reduce(or_, used))


def uses_of(stored: Sequence[int], person: Person) -> dict[int, list[Evidence]]:
    """Where the person sees each of the stored files (ids) in use."""
    found: dict[int, list[Evidence]] = {}
    for source in SOURCES.values():
        for row in source.visible(person).filter(stored__in=stored).order_by("-pk")[:MOST]:
            found.setdefault(row.stored_id, []).append(source.told(row))
    return found
