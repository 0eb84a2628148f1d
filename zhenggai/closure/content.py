"""What a decision is bound to: the fields and files that the decider saw, and their digest."""

import hashlib
import json
from typing import Any

from zhenggai.ledger.models import Task
from zhenggai.progress.models import ReportFile


def manifest(task: Task) -> dict[str, Any]:
    """Everything that a verdict rests on, in a form that compares: texts, measures, dates, and each file's SHA-256."""
    evidence = ReportFile.objects.filter(report__task=task, report__state="accepted")
    handed_in = task.applications.order_by("pk").values_list("files__name", "files__stored__sha256")
    files = {*evidence.order_by().values_list("name", "stored__sha256"), *handed_in} - {(None, None)}
    return {
        "反馈问题": task.issue,
        "整改目标": task.goal,
        "整改完成情况": task.result,
        "完成时限": task.due and task.due.isoformat(),
        "整改措施": [
            [measure.no, measure.text, measure.progress, measure.done_on and measure.done_on.isoformat()]
            for measure in task.measures.order_by("no")
        ],
        "佐证": sorted([name, sha256] for name, sha256 in files),
    }


def digest_of(content: dict[str, Any]) -> str:
    """SHA-256 of a manifest, independent of the order of its keys.

    >>> digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    True
    """
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def differences(seen: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What differs between what was seen then and what stands now, each in a few words.

    >>> differences({"整改目标": "甲", "佐证": [["a.jpg", "1"]]}, {"整改目标": "乙", "佐证": [["a.jpg", "2"]]})
    ['“整改目标”改过', '佐证“a.jpg”换过']
    """
    changed = [f"“{name}”改过" for name in seen if name != "佐证" and seen[name] != now.get(name)]
    before, after = (_by_name(content.get("佐证", [])) for content in (seen, now))
    changed += [f"佐证“{name}”撤下" for name in before if name not in after]
    changed += [f"佐证“{name}”换过" for name in before if name in after and before[name] != after[name]]
    changed += [f"佐证“{name}”新加" for name in after if name not in before]
    return changed


def _by_name(files: list[list[str]]) -> dict[str, set[str]]:
    named: dict[str, set[str]] = {}
    for name, sha256 in files:
        named.setdefault(name, set()).add(sha256)
    return named
