"""The notice as an official paper (公示): model → context. Its layout is notice.docx beside it, edited in Word or WPS."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zhenggai.audit import clock
from zhenggai.core import workdays
from zhenggai.core.office import render_template
from zhenggai.publicity.models import Notice, NoticeItem

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEMPLATE = Path(__file__).with_suffix(".docx")


def notice_paper(notice: Notice, items: Sequence[NoticeItem]) -> bytes:
    """The .docx of a notice with problem, goal, measures, result, period and contact of each task."""
    return render_template(TEMPLATE, context(notice, items), created=clock.today())


def context(notice: Notice, items: Sequence[NoticeItem]) -> dict[str, Any]:
    """What the template may name: `notice`, `items`, `period`, `contact`."""
    return {
        "title": notice.title,
        "items": [
            {
                "number": item.number,
                "issue": item.issue,
                "goal": item.goal or "方案没有单列整改目标。",
                "measures": list(item.measures),
                "result": [line for line in item.result.splitlines() if line.strip()],
            }
            for item in items
        ],
        "period": {
            "start": f"{notice.starts_on:%Y年%-m月%-d日}",
            "end": f"{notice.ends_on:%Y年%-m月%-d日}",
            "length": notice.length_words,
            "counting": _counting(notice),
            "provisional": notice.provisional,
        },
        "contact": {
            "unit": notice.contact_unit,
            "phone": notice.contact_phone,
            "address": notice.contact_address,
        },
        "issuer": notice.issuer,
        "date": f"{notice.starts_on:%Y年%-m月%-d日}",
    }


def _counting(notice: Notice) -> str:
    """From which day the period is counted: a notice of working days put up on a day off begins on the next one."""
    first = workdays.shift_to_workday(notice.starts_on) if notice.day_kind == "working" else notice.starts_on
    return "发布当日计第1日" if first == notice.starts_on else f"自{first:%-m月%-d日}起计"
