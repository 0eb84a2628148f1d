"""What the public sees: copies of tasks."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse

from zhenggai.accounts.decisions import Refused
from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.audit.actions import record
from zhenggai.audit.verbs import register
from zhenggai.ledger.models import DueKind, Plan, Task
from zhenggai.ledger.states import CLOSED
from zhenggai.publicity.freshness import forget_pages
from zhenggai.publicity.models import PublicText, PublishedTask, PublishedVersion
from zhenggai.publicity.objections import answer, object_to
from zhenggai.publicity.passed import passed_of
from zhenggai.publicity.permissions import can_publish_tasks
from zhenggai.publicity.release.findings import Finding
from zhenggai.publicity.releasing import check_words, keep_release, let_through, names_for, overrides

__all__ = ["answer", "due_words", "object_to", "publish_plan", "refresh_copies"]

PUBLISHED = register("task.published", "向社会公开", "blue")


def check_plan(plan: Plan) -> list[Finding]:
    """The release check of every task of a plan, as the public would read it."""
    names = names_for(plan.inspection.place)
    return [
        finding
        for copy in _copies(plan)
        for finding in check_words(
            {
                f"{copy.number}问题概要": copy.headline, f"{copy.number}反馈问题": copy.issue,
                f"{copy.number}整改目标": copy.goal, f"{copy.number}整改情况": copy.result,
                f"{copy.number}责任单位": "、".join(copy.units),
            } | {f"{copy.number}措施{number}": text for number, text in enumerate(copy.measures, 1)}, names,
        )
    ]  # fmt: skip


def _copies(plan: Plan) -> list[PublishedTask]:
    tasks = list(
        plan.tasks.with_schedule(clock.today())
        .select_related("inspection", "place")
        .prefetch_related("measures", "duties__unit", "duties__group")
        .order_by("serial")
    )
    passed = passed_of(tasks)
    return [_copy(task, passed.get(task.pk, [])) for task in tasks]


@transaction.atomic
def publish_plan(plan: Plan, *, by: Person, reasons: Mapping[str, str] | None = None) -> int:
    """Put every task of `plan` on the public ledger, or bring its copy up to date; how many. Raises Refused while the release
    check has lines that nobody has answered."""
    if not (allowed := can_publish_tasks(by, plan.inspection.place)):
        raise Refused(allowed.reason)
    kept = let_through(check_plan(plan), reasons or {})
    copies = _copies(plan)
    PublishedTask.objects.bulk_create(
        copies, update_conflicts=True, unique_fields=["task"], update_fields=[*_COPIED, "refreshed_at"]
    )
    published = list(PublishedTask.objects.filter(task__plan=plan).order_by("pk"))
    keep_versions(published)
    PublicText.objects.keep(map(_findable, published))
    keep_release(kept, by=by, plan=plan)
    let = [f"{row['where']}：{row['shown']}（{row['reason']}）" for row in overrides(kept)]
    after = {"tasks": len(copies)} | ({"let_through": let} if let else {})
    record(PUBLISHED, by=by, target=plan, after=after, note=str(plan))
    forget_pages()
    return len(copies)


_COPIED = [
    "number", "inspection", "place", "headline", "issue", "goal", "measures", "units",
    "due", "due_words", "schedule", "state_words", "struck_off_on", "result", "passed",
]  # fmt: skip


def due_words(task: Task) -> str:
    """How a limit reads: a date, or the plan's own kind of limit."""
    if task.due is None:
        return DueKind(task.due_kind).label
    return f"{task.due:%Y-%m-%d}" + ("，并长期坚持" if task.then_long_term else "")


def _copy(task: Task, passed: list[dict[str, Any]]) -> PublishedTask:
    units = [duty.group.name if duty.group else duty.raw for duty in task.duties.all() if duty.part == "responsible"]
    leads = [duty.raw for duty in task.duties.all() if duty.part == "lead"]
    return PublishedTask(
        task=task,
        number=task.number,
        inspection=task.inspection.name,
        place=task.place,
        headline=task.headline,
        issue=task.issue,
        goal=task.goal,
        measures=[measure.text for measure in sorted(task.measures.all(), key=lambda measure: measure.no)],
        units=list(dict.fromkeys([*leads, *units])),
        due=task.due,
        due_words=due_words(task),
        passed=passed,
        **_progress(task),
    )


def _progress(task: Task) -> dict[str, object]:
    closed = task.state in CLOSED
    return {
        "schedule": task.schedule,  # type: ignore[attr-defined]  # annotated by with_schedule
        "state_words": task.state_words,
        "struck_off_on": task.struck_off_on,
        "result": task.result if closed else "",
        "refreshed_at": clock.now(),
    }


def refresh_copies(tasks: Sequence[Task]) -> None:
    """Bring the public copies of `tasks`, where they have one, up to their present progress."""
    published = PublishedTask.objects.filter(task__in=[task.pk for task in tasks]).values_list("task_id", flat=True)
    if not (wanted := list(published)):
        return
    now = list(Task.objects.with_schedule(clock.today()).select_related("place").filter(pk__in=wanted).order_by("pk"))
    passed = passed_of(now)
    for fresh in now:
        PublishedTask.objects.filter(task=fresh).update(passed=passed.get(fresh.pk, []), **_progress(fresh))
    copies = list(PublishedTask.objects.filter(task__in=wanted).order_by("pk"))
    keep_versions(copies)
    PublicText.objects.keep(_findable(copy) for copy in copies if copy.result)


_IN_VERSIONS = ("headline", "issue", "goal", "measures", "units", "due_words", "state_words", "result")


def keep_versions(copies: Sequence[PublishedTask]) -> None:
    """Keep each copy as a version of its own where it says something else than its last version."""
    ids = [copy.pk for copy in copies]
    newest = PublishedVersion.objects.filter(copy__in=ids).order_by("copy_id", "-no").distinct("copy_id")
    last = {version.copy_id: version for version in newest}
    made = []
    for copy in copies:
        content = {name: getattr(copy, name) for name in _IN_VERSIONS}
        if copy.passed:
            content["passed"] = copy.passed
        content["struck_off_on"] = copy.struck_off_on.isoformat() if copy.struck_off_on else None
        before = last.get(copy.pk)
        if before is None or before.content != content:
            made.append(
                PublishedVersion(copy=copy, no=before.no + 1 if before else 1, content=content, since=clock.now())
            )
    PublishedVersion.objects.bulk_create(made, batch_size=1000)


def _findable(copy: PublishedTask) -> tuple[str, int, str, str, str, date]:
    text = "\n".join([copy.headline, copy.issue, copy.goal, *copy.measures, *copy.units, copy.result])
    url = reverse("portal_task", args=[copy.task_id])
    return "task", copy.pk, f"{copy.number} {copy.headline}", text, url, clock.today()
