"""What visits and help leave to do."""

from collections.abc import Iterator, Sequence

from django.utils import timezone

from zhenggai.accounts.models import Person
from zhenggai.audit import clock
from zhenggai.pages.todo import Todo
from zhenggai.supervision.models import HelpPlan, HelpStep, Visit


def visits(rows: Sequence[Visit], person: Person) -> Iterator[Todo]:
    """Visits that have begun: what was seen is put down, then they end."""
    for row in rows:
        yield Todo(
            title=f"登记督查情况：{row}",
            detail="逐项登记看到的情况，都登记了再结束",
            due=row.ends_on,
            origin=f"{row.body}{row.get_kind_display()}",
            url=row.get_absolute_url(),
            label="去登记",
        )


def help_plans(rows: Sequence[HelpPlan], person: Person) -> Iterator[Todo]:
    """Help to arrange, and to end once every step is done or its day has come."""
    today = clock.today()
    for row in rows:
        asked = row.state == HelpPlan.State.ASKED
        over = "帮扶期已过" if row.until and row.until < today else "措施都已办结"
        yield Todo(
            title=f"{'安排帮扶' if asked else '结束帮扶'}：{row.difficulty}",
            detail=f"{row.asked_unit}提出，{row.get_kind_display()}" if asked else over,
            due=row.until,
            task=row.task,
            origin=f"{timezone.localdate(row.asked_at):%m-%d}提出",
            url=row.get_absolute_url(),
            label="安排" if asked else "写结果",
            review=asked,
        )


def help_steps(rows: Sequence[HelpStep], person: Person) -> Iterator[Todo]:
    """Steps of help that a unit does."""
    for row in rows:
        yield Todo(
            title=f"办帮扶措施：{row.text}",
            detail=f"帮{row.plan.task.place}解决：{row.plan.difficulty}",
            due=row.due,
            task=row.plan.task,
            origin="帮扶",
            url=row.plan.get_absolute_url(),
            label="登记结果",
        )
