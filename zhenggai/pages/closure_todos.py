"""What the closing of a task leaves to do: its steps, its verdicts, and what looking back brings up."""

from collections.abc import Callable, Iterator, Sequence

from django.urls import reverse
from django.utils import timezone

from zhenggai.accounts.models import Person
from zhenggai.audit.models import Entry
from zhenggai.closure import seen
from zhenggai.closure.changed import changed_among
from zhenggai.closure.content import Difference
from zhenggai.closure.models import Reply, Sample, Told, Verdict
from zhenggai.core import workdays
from zhenggai.ledger.models import Task
from zhenggai.ledger.states import ACCEPT, APPLY, REVIEW, SELF_CHECK, WITHDRAW_NOTICE, State, Step
from zhenggai.pages.todo import Todo


def verdicts(verdicts: Sequence[Verdict], person: Person) -> Iterator[Todo]:
    """A level of acceptance or review whose turn it is."""
    for verdict in verdicts:
        task = verdict.application.task
        since = timezone.localdate(task.state_since)
        step = "review" if verdict.kind == Verdict.Kind.REVIEW else "accept"
        yield Todo(
            title=f"{verdict.name}：{task.headline}",
            detail=f"{verdict.applicant_unit}申请",
            due=workdays.add(since, verdict.days, first_counts=False).end,
            task=task,
            origin=f"{since:%m-%d}转来",
            url=reverse("step", args=[task.pk, step]),
            label="作结论",
            review=True,
        )


def rebounds(rows: Sequence[Told], person: Person) -> Iterator[Todo]:
    """What an acceptor has to say of a task that came back."""
    for row in rows:
        yield Todo(
            title=f"说明反弹：{row.rebound.old.headline}",
            detail=f"你单位验收过，回头看发现反弹，重新挂账{row.rebound.new.number}",
            task=row.rebound.old,
            origin="回头看",
            url=reverse("answer_rebound", args=[row.pk]),
            label="写说明",
        )


def replies(rows: Sequence[Reply], person: Person) -> Iterator[Todo]:
    """A complainant said that it is not fixed: somebody has to look."""
    for row in rows:
        yield Todo(
            title=f"核查信访人评价：{row.task.headline}",
            detail="信访人说没有解决",
            task=row.task,
            origin="信访人",
            url=reverse("review_reply", args=[row.pk]),
            label="去核查",
            review=True,
        )


def samples(rows: Sequence[Sample], person: Person) -> Iterator[Todo]:
    """A task that the look-back drew."""
    for row in rows:
        yield Todo(
            title=f"回头看：{row.task.headline}",
            detail="、".join(row.reasons),
            due=row.look_back.due_on,
            task=row.task,
            origin=str(row.look_back),
            url=reverse("visit_sample", args=[row.pk]),
            label="记结果",
        )


def steps(step: Step, why: str, label: str, review: bool = False) -> Callable[..., Iterator[Todo]]:
    """The todos of tasks whose `step` is open; `why` is told where nothing sent them back."""

    def todos(tasks: Sequence[Task], person: Person) -> Iterator[Todo]:
        setbacks = _setbacks(tasks) if step in (SELF_CHECK, APPLY) else {}
        different = changed_among([task.pk for task in tasks]) if step in seen.NEXT.values() else set()
        seen.hold_changes([task for task in tasks if task.pk in different])
        for task in tasks:
            if task.pk in different:
                yield _changed(task, step, seen.changes_of(task))
                continue
            back = setbacks.get(task.pk)
            yield Todo(
                returned=back is not None,
                title=f"{'重新' if back else ''}{step.label}：{task.headline}",
                detail=back or why,
                due=task.due if step in (SELF_CHECK, APPLY) else None,
                task=task,
                origin=task.state_words,
                url=reverse("step", args=[task.pk, step.name]),
                label=label,
                review=review,
            )

    return todos


def _changed(task: Task, step: Step, changes: Sequence[Difference]) -> Todo:
    """A step that waits until the acceptors have looked at what has become different."""
    verdict = seen.answerable(task)
    return Todo(
        title=f"{step.label}（等验收单位看过变化）：{task.headline}",
        detail=f"验收后有变：{_told(changes)}；由{verdict.unit if verdict else '验收单位'}先看",
        task=task,
        origin=task.state_words,
        url=f"{task.get_absolute_url()}#changes",
        label="看变化",
    )


def looks(tasks: Sequence[Task], person: Person) -> Iterator[Todo]:
    """What differs from what the person's unit accepted: until it is looked at, the next step is shut."""
    seen.hold_changes(tasks)
    for task in tasks:
        yield Todo(
            title=f"看验收后的变化：{task.headline}",
            detail=f"{_told(seen.changes_of(task))}；看过之前不能{seen.NEXT[State(task.state)].label}",
            task=task,
            origin="谁验收谁负责",
            url=reverse("look", args=[task.pk]),
            label="看变化",
            review=True,
        )


def _told(changes: Sequence[Difference]) -> str:
    return "、".join(row.words for row in changes[:3]) + (f"等{len(changes)}处" if len(changes) > 3 else "")


def _setbacks(tasks: Sequence[Task]) -> dict[int, str]:
    """Why a task stands where it stands when a decision has sent it back there: the words of its audit row."""
    sent_back = [f"task.{step.name}" for step in (ACCEPT, REVIEW, WITHDRAW_NOTICE)]
    last = Entry.objects.filter(task_id__in=[task.pk for task in tasks], verb__in=sent_back)
    latest = {entry.task_id: entry for entry in last.order_by("task_id", "-seq").distinct("task_id")}
    return {
        task.pk: entry.note
        for task in tasks
        if (entry := latest.get(task.pk)) and (entry.after or {}).get("state") == task.state
    }
