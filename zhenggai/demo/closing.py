"""What the demonstration's acceptors do before they sign: the form, the visit, the minutes that their level asks for; and
what is looked back on."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from django.core.files.base import ContentFile

from zhenggai.accounts.models import Person, Unit
from zhenggai.audit import clock
from zhenggai.closure.lookback import RISKS, draw_look_back, visit
from zhenggai.closure.models import Verdict
from zhenggai.closure.sites import Seen, check_site
from zhenggai.core.office import Paper
from zhenggai.documents.forms import Upload
from zhenggai.ledger.models import Task

OPINIONS = {
    Verdict.Kind.ACCEPTANCE: "逐项对照方案和佐证核过，措施已落实，符合验收条件。",
    Verdict.Kind.REVIEW: "同意验收结论，按程序公示。",
}
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_VISITS = UUID("6d1c1b1e-3f0a-4e5e-9a52-5d0a6f3c2b11")


def summary_of(task: Task) -> Upload:
    """整改工作总结 of a task, as its unit hands it in."""
    paper = Paper(created=clock.today()).title(f"{task.number}整改工作总结").paragraph(task.result)
    return upload("整改工作总结.docx", paper)


def needs(verdict: Verdict, by: Person) -> dict[str, Any]:
    """What `by` gives beside conclusion and opinion; goes to the site first where the level asks for it."""
    if verdict.visit:
        _visit(verdict, by)
    given: dict[str, Any] = {"answers": [{"meets": Verdict.Meets.YES, "note": ""} for _ in verdict.conditions]}
    if verdict.collective:
        text = f"会议听取{verdict.application.task.number}整改和验收情况汇报，同意通过。"
        minutes = upload("会议纪要.docx", Paper(created=clock.today()).title("领导小组会议纪要").paragraph(text))
        given |= {"minutes": minutes, "met_on": clock.today()}
    return given


def _visit(verdict: Verdict, by: Person) -> None:
    number = verdict.application.task.serial
    seen = Seen(
        client_id=uuid5(_VISITS, f"{verdict.application_id}-{verdict.position}"), found="holds",
        text="到点位逐处看过，设施正常运行，与材料一致。", made_at=clock.now() - timedelta(hours=2),
        latitude=Decimal("30.5") + Decimal(number) / 1000, longitude=Decimal("114.3") + Decimal(number) / 1000, accuracy=12,
    )  # fmt: skip
    check_site(verdict, seen, [], by=by)


def look_back(city: Unit, by: Person) -> None:
    """This season's look-back at what was struck off within a year: four drawn, the first seen and found to hold."""
    today = clock.today()
    weights = {name: weight for name, (_, weight) in RISKS.items()}
    drawn = draw_look_back(
        city, name=f"{today.year}年第{(today.month + 2) // 3}季度回头看", since=today - timedelta(days=365), size=4,
        due_on=today + timedelta(days=30), weights=weights, by=by,
    )  # fmt: skip
    first = drawn.samples.select_related("task").order_by("pk")[0]
    visit(first, result="holds", text="到点位看过，设施正常运行，周边没有新的反映。", by=by)


def upload(name: str, paper: Paper) -> Upload:
    return Upload(ContentFile(paper.to_bytes(), name=name), name, DOCX)
