"""The quarter's filing as an official paper (季度报备表): what was cleared, what is carried over and why, what goes on."""

from collections.abc import Iterable, Sequence

from zhenggai.audit import clock
from zhenggai.core.office import Paper
from zhenggai.progress.models import FiledTask, QuarterFiling

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HEADER = ("序号", "任务", "属地", "到期/完成", "还有什么没做", "没有结清的原因")
WIDTHS = (4, 15, 5, 5.5, 13, 11)


def filing_paper(filing: QuarterFiling, counts: dict[str, int], rows: Iterable[FiledTask]) -> bytes:
    """The .docx of a filing. `counts`: filings.figures() of its rows; `rows` with task, place and carried_from."""
    found = list(rows)
    day = filing.closed_at.date() if filing.closed_at else clock.today()
    paper = Paper(created=day).title(f"{filing.place.name}生态环境保护督察整改\n{filing.words}报备表")
    paper.paragraph(_summary(filing, counts))
    parts = (
        ("本季度结清", [row for row in found if row.due_count and not row.open_count]),
        ("没有结清、结转下季度" if filing.is_closed else "到期没有做完", [row for row in found if row.open_count]),
        ("继续推进，本季度没有到期的", [row for row in found if not row.due_count]),
    )
    for heading, listed in parts:
        paper.heading(f"{heading}（{len(listed)}项）")
        if listed:
            paper.table(HEADER, _cells(listed), widths=WIDTHS, align="clccll")
        else:
            paper.paragraph("无。")
    paper.signature(f"{filing.place.name}整改工作领导小组办公室", day)
    return paper.to_bytes()


def _summary(filing: QuarterFiling, counts: dict[str, int]) -> str:
    state = "" if filing.is_closed else "（未封存，数字还会变）"
    again = f"，其中{counts['again']}项由上季度结转而来" if counts["again"] else ""
    silent = f"；{counts['owed']}项责任单位没有报备" if counts["owed"] else ""
    return (
        f"{filing.words}{state}列入报备{counts['all']}项{again}。到期事项全部做完的{counts['cleared']}项，"
        f"到期没有做完的{counts['open']}项{silent}。“到期”指本季度应完成和以前没有完成的措施、节点，以及时限在本季度以内的任务本身。"
    )


def _cells(rows: Sequence[FiledTask]) -> Iterable[Sequence[object]]:
    for number, row in enumerate(rows, 1):
        again = f"（已结转{row.times_carried}次）" if row.times_carried else ""
        yield (
            number, f"{row.task.number} {row.task.headline}", str(row.place), f"{row.due_count}/{row.done_count}",
            row.remains or "没有报备", f"{row.reason}{again}" or "—",
        )  # fmt: skip
