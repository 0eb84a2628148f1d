"""The index at the left: what this person may open, and how much waits there."""

from collections.abc import Iterable
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest

from zhenggai.accounts.models import Person
from zhenggai.accounts.roles import ADMINISTRATORS, Role
from zhenggai.pages.queues import marks_lately, marks_of
from zhenggai.ui.paths import path_to

GROUPS: tuple[tuple[tuple[str, str], ...], ...] = (
    (("my_work", "我的工作"),),
    (("overview", "总览"), ("ledger", "台账"), ("inspections", "督察"), ("war_map", "挂图作战")),
    (
        ("intake", "导入"),
        ("rounds", "月度调度"),
        ("reports", "月报告"),
        ("filings", "季度报备"),
        ("meetings", "会议"),
        ("consultations", "督办"),
        ("closure", "销号"),
        ("notices", "公示"),
    ),
    (("desk", "管理"),),
)
DESK = (
    ("people", "人员和授权"),
    ("units", "单位"),
    ("rulebooks", "制度"),
    ("calendar", "工作日历"),
    ("file_alarms", "文件"),
    ("channels", "群通知"),
    ("audit", "审计"),
)
# Pages whose addresses stand below no entry of the index.
ALSO = {"ledger": ("/tasks/",), "inspections": ("/plans/",)}
BY_ROLE = {
    "intake": {Role.COORDINATION},
    "people": {Role.SECURITY_ADMIN},
    "audit": {Role.AUDIT_ADMIN},
    "file_alarms": {Role.SYSTEM_ADMIN, Role.COORDINATION},
    "channels": {Role.COORDINATION},
}
ON_TASKS = {
    "overview",
    "ledger",
    "inspections",
    "war_map",
    "intake",
    "rounds",
    "reports",
    "filings",
    "meetings",
    "consultations",
    "closure",
    "notices",
}


def may_open(person: Person, name: str) -> bool:
    """Whether a page is in this person's index: administrators see no tasks, others no accounts."""
    if name in ON_TASKS and not person.scope:
        return False
    wanted = BY_ROLE.get(name)
    return wanted is None or bool(wanted & person.roles)


def waiting(request: HttpRequest, person: Person) -> dict[str, list[str]]:
    """`marks_of` what waits for the person, at most a minute old; as it stands on the page that reports a step just
    taken."""
    marks: dict[str, list[str]] | None = getattr(request, "marks_waiting", None)
    if marks is None:
        marks = marks_of(person) if len(get_messages(request)) else marks_lately(person)
        request.marks_waiting = marks  # type: ignore[attr-defined]
    return marks


def marks_waiting(request: HttpRequest, person: Person) -> list[str]:
    """The marks of everything that waits for the person, whatever page it belongs to."""
    return [mark for marks in waiting(request, person).values() for mark in marks]


def index(request: HttpRequest) -> dict[str, Any]:
    """`index` and `desk_tabs` for the shell; nothing for the public."""
    person = getattr(request, "user", None)
    if not isinstance(person, Person):
        return {"index": [], "desk_tabs": [], "who": ""}
    current = {_nearest(entries, request.path) for entries in ([row for group in GROUPS for row in group], DESK)}
    counts = {name: len(marks) for name, marks in waiting(request, person).items()}
    counts["my_work"] = sum(counts.values())
    groups = [
        [_item(name, label, name in current, counts.get(name, 0)) for name, label in group if may_open(person, name)]
        for group in GROUPS
    ]
    tabs = [_item(name, label, name in current, 0) for name, label in DESK if may_open(person, name)]
    return {"index": [group for group in groups if group], "desk_tabs": tabs, "who": person.name}


def _nearest(entries: Iterable[tuple[str, str]], path: str) -> str:
    """The entry below whose address, the longest one, `path` stands; empty where it stands below none."""
    prefixes = [(prefix, name) for name, _ in entries for prefix in (path_to(name), *ALSO.get(name, ()))]
    found = [(len(prefix), name) for prefix, name in prefixes if path.startswith(prefix)]
    return max(found, default=(0, ""))[1]


def _item(name: str, label: str, current: bool, count: int) -> dict[str, Any]:
    return {"url": path_to(name), "label": label, "current": current, "count": count}


def is_administrator(person: Person) -> bool:
    return bool(person.roles & ADMINISTRATORS)
