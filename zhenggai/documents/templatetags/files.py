from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import template

from zhenggai.documents.shown import shown

register = template.Library()


@register.inclusion_tag("documents/_files.html")
def file_list(rows: Sequence[Any], kind: str, received: datetime | None = None) -> dict[str, Any]:
    """{% file_list files "report" received=report.submitted_at %}: files with their versions, what the camera says, alarms,
    and the way to look at each. `kind` as in the address of evidence (pages/evidence.py)."""
    return {"files": shown(list(rows), kind, received)}
