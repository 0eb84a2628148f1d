"""Extensions, sweeps, yearly checks and gaps in the rules as things to do."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.urls import reverse

from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.ledger.models import Extension, Remedy, SweepAnswer, YearlyCheck
from zhenggai.pages.todo import Todo


def extensions(rows: Sequence[Extension], person: Person) -> Iterator[Todo]:
    """Extensions to decide; best before the old date passes."""
    for row in rows:
        yield Todo(
            title=f"决定延期：{row.task.headline}",
            detail=f"由{row.old_due}延至{row.new_due}：{row.reason}",
            due=row.old_due,
            task=row.task,
            origin=f"{row.applied_on:%m-%d}申请",
            url=reverse("decide_extension", args=[row.pk]),
            label="决定",
            review=True,
        )


def sweeps(rows: Sequence[SweepAnswer], person: Person) -> Iterator[Todo]:
    """Sweeps to answer; the task that gave rise to one may be hidden from who answers, so it is no link."""
    for row in rows:
        yield Todo(
            title=f"举一反三排查：{row.sweep.what}",
            detail=f"{row.unit}排查回报",
            due=row.sweep.due_on,
            origin="整改办布置",
            url=reverse("answer_sweep", args=[row.pk]),
            label="回报",
        )


def yearly_checks(rows: Sequence[YearlyCheck], person: Person) -> Iterator[Todo]:
    """Long-term tasks to look at once a year; one that was missed stays until somebody has looked."""
    today = clock.today()
    for row in rows:
        missed = (today - row.due_on).days
        yield Todo(
            title=f"{'补' if missed > 0 else ''}{row}：{row.task.headline}",
            detail=f"复核期限{row.due_on:%Y-%m-%d}已过{missed}天，至今没有复核" if missed > 0 else "",
            due=row.due_on,
            task=row.task,
            origin="长期坚持",
            url=reverse("check_yearly", args=[row.pk]),
            label="复核",
            review=True,
        )


def gaps(rows: Sequence[Any], person: Person) -> Iterator[Todo]:
    """Rules to mend; one that is late stays until something is handed in."""
    for row in rows:
        yield Todo(
            title=f"{row.get_way_display()}制度：{row.title}",
            detail=f"{'退回再补；' if row.sent_back else ''}{row.get_kind_display()}；{row.todo}",
            returned=bool(row.sent_back),
            due=row.due,
            origin=f"制度缺陷{row.pk}号",
            url=reverse("gap", args=[row.pk]),
            label="去补",
        )


def remedies(rows: Sequence[Remedy], person: Person) -> Iterator[Todo]:
    """Rules that somebody says are mended."""
    for row in rows:
        yield Todo(
            title=f"确认补上的制度：{row.name}",
            detail=f"{row.gap.unit}：{row.note}",
            origin=f"{row.on:%m-%d}报",
            url=reverse("decide_remedy", args=[row.pk]),
            label="核对",
            review=True,
        )
