"""What comes with an inspection before any task: its dates, the lists that the inspectors hand over, the issues of a plan."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from zhenggai.accounts.decisions import YES, Decision, Refused, no
from zhenggai.accounts.models import Person
from zhenggai.accounts.roles import Role
from zhenggai.audit.actions import record, text_digest
from zhenggai.audit.verbs import register
from zhenggai.core.grammar.numbering import opening_marker
from zhenggai.core.reading.folding import fold
from zhenggai.documents.actions import keep
from zhenggai.documents.forms import Upload
from zhenggai.ledger.filters import NO_CATEGORY
from zhenggai.ledger.models import Finding, Inspection, Plan, PlanVersion
from zhenggai.ledger.permissions import stands_below

REVISED = register("inspection.revised", "更正督察信息")
FINDINGS = register("findings.entered", "登记移交的问题", "blue")
VERSION = register("plan.version_added", "登记方案新版本", "blue")
SHOWN = register("plan.version_public", "定公开版", "green")
MOST_FINDINGS = 2000


def can_keep_inspection(inspection: Inspection, person: Person) -> Decision:
    """The coordination team of the inspected place, or above it."""
    places = person.places_as(Role.COORDINATION)
    if places and stands_below([inspection.place_id], places):
        return YES
    return no(f"由{inspection.place}综合协调组办理")


def can_see_findings(inspection: Inspection, kind: str, person: Person) -> bool:
    """Feedback is for all who work over the place; the accountability list only for those who deal with it (R01)."""
    roles = [Role.COORDINATION, Role.CASE, Role.LEADER]
    if kind == Finding.Kind.FEEDBACK:
        roles += [Role.SUPERVISION, Role.PUBLICITY]
    places = person.places_as(*roles)
    return bool(places) and stands_below([inspection.place_id], places)


@transaction.atomic
def revise_inspection(inspection: Inspection, *, by: Person, **fields: Any) -> Inspection:
    """Correct round, batch and dates. Raises Refused when it is another place's, or its name is taken."""
    if not (allowed := can_keep_inspection(inspection, by)):
        raise Refused(allowed.reason)
    locked = Inspection.objects.select_for_update(of=("self",)).get(pk=inspection.pk)
    before = {name: getattr(locked, name) for name in fields}
    changed = {name: value for name, value in fields.items() if before[name] != value}
    if not changed:
        return locked
    for name, value in changed.items():
        setattr(locked, name, value)
    try:
        with transaction.atomic():
            locked.save(update_fields=list(changed))
    except IntegrityError as error:
        if "ends_after" in str(error):
            raise Refused("结束日期不能早于进驻日期") from error
        raise Refused(f"“{locked.name}”已经登记过，请换个名称") from error
    record(
        REVISED, by=by, target=locked, before={name: str(before[name] or "") for name in changed},
        after={name: str(value or "") for name, value in changed.items()},
    )  # fmt: skip
    return locked


def numbered_lines(text: str) -> list[tuple[int, str]]:
    """The numbered entries of a pasted list; lines without a number belong to the entry before. Raises ValueError, naming
    the line, when the first has no number or a number stands twice.

    >>> numbered_lines("1.污水直排。\\n整改不力。\\n2、秸秆焚烧。")
    [(1, '污水直排。\\n整改不力。'), (2, '秸秆焚烧。')]
    """
    found: list[tuple[int, str]] = []
    for at, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        marker = opening_marker(fold(bare), 0, len(bare)) if bare else None
        if marker and (not found or marker.number == found[-1][0] + 1 or not _inner(marker.style)):
            if any(number == marker.number for number, _ in found):
                raise ValueError(f"第{at}行：第{marker.number}项已经有了")
            found.append((marker.number, bare[marker.end :].strip()))
        elif bare and not found:
            raise ValueError(f"第{at}行没有序号；每项写成“1.问题”，一项一行")
        elif bare:
            number, words = found[-1]
            found[-1] = (number, f"{words}\n{bare}")
    if empty := [number for number, words in found if not words]:
        raise ValueError(f"第{empty[0]}项只有序号，没有内容")
    return found


def _inner(style: str) -> bool:
    """Numbers that stand inside an entry rather than open one."""
    return style in {"circle", "first", "half_bracket"}


@transaction.atomic
def enter_findings(inspection: Inspection, kind: str, text: str, *, by: Person, **given: Any) -> Sequence[Finding]:
    """Enter a list as it was handed over, an entry a numbered line; `given`: category, received_on for all of them.

    Raises Refused when the text is no numbered list or a number of it is in the list already: nothing is written then.
    """
    if not (allowed := can_keep_inspection(inspection, by)):
        raise Refused(allowed.reason)
    try:
        entries = numbered_lines(text)
    except ValueError as error:
        raise Refused(str(error)) from error
    if not entries or len(entries) > MOST_FINDINGS:
        raise Refused(f"一次登记1到{MOST_FINDINGS}项")
    known = set(inspection.findings.filter(kind=kind).values_list("serial", flat=True))
    if double := sorted(known & {number for number, _ in entries}):
        raise Refused(f"清单里已有第{'、'.join(map(str, double[:10]))}项，没有登记；请去掉已有的")
    rows = Finding.objects.bulk_create(
        Finding(inspection=inspection, kind=kind, serial=number, text=words, **given) for number, words in entries
    )
    record(
        FINDINGS, by=by, target=inspection, note=f"{Finding.Kind(kind).label}{len(rows)}项",
        after={"kind": kind, "count": len(rows), "digest": text_digest(text)},
    )  # fmt: skip
    return rows


@transaction.atomic
def add_version(plan: Plan, upload: Upload | None, *, note: str, by: Person) -> PlanVersion:
    """Keep a further issue of a plan; what it changes of the tasks is taken over at the import (导入), task by task."""
    if not (allowed := can_keep_inspection(plan.inspection, by)):
        raise Refused(allowed.reason)
    Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    last = plan.versions.aggregate(last=Max("version"))["last"] or 0
    stored = keep(upload.content, media_type=upload.media_type) if upload else None
    made = PlanVersion.objects.create(
        plan=plan, version=last + 1, file=stored, file_name=upload.name if upload else "", note=note
    )
    record(VERSION, by=by, target=plan, after={"version": made.version, "file": made.file_name}, note=note)
    return made


@transaction.atomic
def show_version(version: PlanVersion, *, by: Person) -> None:
    """Say which issue of a plan is the public one."""
    if not (allowed := can_keep_inspection(version.plan.inspection, by)):
        raise Refused(allowed.reason)
    locked = Plan.objects.select_for_update(of=("self",)).get(pk=version.plan_id)
    before = locked.versions.filter(public=True).values_list("version", flat=True).first()
    locked.versions.filter(public=True).update(public=False)
    locked.versions.filter(pk=version.pk).update(public=True)
    record(SHOWN, by=by, target=locked, before={"version": before}, after={"version": version.version})


def classes(categories: Sequence[Sequence[str]]) -> list[tuple[str, int]]:
    """How many tasks stand in each outermost class, the greatest first (R33).

    >>> classes([["一、水环境", "(一)湖泊"], ["一、水环境"], []])
    [('一、水环境', 2), ('没有类别', 1)]
    """
    counts: dict[str, int] = {}
    for category in categories:
        name = category[0] if category else NO_CATEGORY
        counts[name] = counts.get(name, 0) + 1
    return sorted(counts.items(), key=lambda row: (-row[1], row[0]))
