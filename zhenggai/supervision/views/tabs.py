"""The rows of tabs over this app's lists."""

from typing import Any

from django.urls import reverse

MEETINGS = (("meetings", "会议"), ("decided_items", "督办事项"), ("papers", "文稿"))
SUPERVISION = (
    ("consultations", "会商"), ("visits", "督查"), ("help_plans", "帮扶"), ("standing_duties", "常态化职责"),
    ("bodies", "领导小组"),
)  # fmt: skip


def _tabs(pages: tuple[tuple[str, str], ...], current: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": reverse(name), "current": name == current, "count": None, "alarm": False}
        for name, label in pages
    ]


def meeting_tabs(current: str) -> list[dict[str, Any]]:
    """Meetings, their decisions, the papers."""
    return _tabs(MEETINGS, current)


def supervision_tabs(current: str) -> list[dict[str, Any]]:
    """Consultations, visits, help, standing duties, the leading group."""
    return _tabs(SUPERVISION, current)
