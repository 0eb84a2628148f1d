"""What meetings, papers, consultations and standing duties leave to do."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.urls import reverse
from django.utils import timezone

from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.pages.todo import Todo
from zhenggai.supervision.models import Consultation, DecidedItem, Paper, StandingDuty


def decided(items: Sequence[DecidedItem], person: Person) -> Iterator[Todo]:
    """What a meeting decided or a visit demanded: a unit does it, who asked for it looks whether it is done."""
    for item in items:
        reported = item.state == DecidedItem.State.REPORTED
        yield Todo(
            title=f"{'核实' if reported else '办'}{'督查督办事项' if item.finding_id else '议定事项'}：{item.text}",
            detail=f"{item.unit}已报办结" if reported else (f"退回再办：{item.answer}" if item.answer else ""),
            due=item.due,
            task=item.task,
            origin=item.origin_words,
            url=item.get_absolute_url(),
            label="核实" if reported else "报办结",
            review=reported,
        )


def special_reports(papers: Sequence[Paper], person: Person) -> Iterator[Todo]:
    """Special reports that wait for a signature."""
    for paper in papers:
        yield Todo(
            title=f"签发专报：{paper}",
            origin=f"{paper.drafted_by}拟稿",
            url=paper.get_absolute_url(),
            label="看专报",
            review=True,
        )


def consultations(rows: Sequence[Consultation], person: Person) -> Iterator[Todo]:
    """Consultations to take up, and to conclude once their day has come."""
    for row in rows:
        asked = row.state == Consultation.State.REQUESTED
        yield Todo(
            title=f"{'受理会商' if asked else '记会商结论'}：{row.asked}",
            detail=f"{row.unit}提请",
            due=row.planned_on,
            origin=f"{timezone.localdate(row.requested_at):%m-%d}提请",
            url=row.get_absolute_url(),
            label="作意见" if asked else "记结论",
            review=asked,
        )


def duties(rows: Sequence[StandingDuty], person: Person) -> Iterator[Todo]:
    """Standing duties to hold and to record; one whose day has passed says so."""
    today = clock.today()
    for row in rows:
        due: date = row.waits_for  # type: ignore[attr-defined]  # annotated by waiting_for
        missed = (today - due).days
        yield Todo(
            title=f"登记履职：{row.what}",
            detail=f"{row.owner}，{due:%-m月%-d日}这一次"
            + (f"已过{missed}天，没有记录" if missed > 0 else "还没有记录"),
            due=due,
            origin="常态化职责",
            url=f"{reverse('record_session')}?duty={row.pk}&due={due.isoformat()}",
            label="补登" if missed > 0 else "登记",
        )
