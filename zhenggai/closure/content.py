"""What a decision is bound to: the fields and files that the decider saw, their digest, and what has become different."""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from zhenggai.closure.models import ApplicationFile
from zhenggai.ledger.models import Measure, Task
from zhenggai.progress.models import ReportFile

FILES, MEASURES, TARGETS = "佐证", "整改措施", "量化目标"


@dataclass(frozen=True)
class Difference:
    """One thing that differs. `kind`: 改 changed, 换 another file of the same name, 撤 gone, 加 new; `before` and `after`
    as people read them (of files, the beginning of the SHA-256)."""

    kind: str
    what: str
    before: str
    after: str

    @property
    def words(self) -> str:
        return {"改": f"“{self.what}”改过", "换": f"佐证“{self.what}”换过", "撤": f"“{self.what}”撤下",
                "加": f"“{self.what}”新加"}[self.kind]  # fmt: skip

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def files_of(tasks: Collection[int]) -> dict[int, set[tuple[str, str]]]:
    """Name and SHA-256 of everything handed in for each of the tasks (ids), in one statement."""
    evidence = ReportFile.objects.filter(report__task__in=tasks, report__state="accepted").order_by()
    handed_in = ApplicationFile.objects.filter(application__task__in=tasks).order_by()
    rows = evidence.values_list("report__task", "name", "stored__sha256").union(
        handed_in.values_list("application__task", "name", "stored__sha256")
    )
    found: dict[int, set[tuple[str, str]]] = {number: set() for number in tasks}
    for number, name, sha256 in rows:
        found[number].add((name, sha256))
    return found


def manifest(task: Task, files: Iterable[tuple[str, str]] | None = None) -> dict[str, Any]:
    """Everything that a verdict rests on, in a form that compares: texts, measures, targets, dates, and each file's
    SHA-256. `files`: those of files_of(), where they are known."""
    return {
        "反馈问题": task.issue,
        "整改目标": task.goal,
        "整改完成情况": task.result,
        "完成时限": task.due and task.due.isoformat(),
        MEASURES: [
            [measure.no, measure.text, measure.progress, measure.done_on and measure.done_on.isoformat()]
            for measure in sorted(task.measures.all(), key=lambda row: row.no)
        ],
        TARGETS: [
            [target.words, None if target.value is None else f"{target.value.normalize():f}{target.unit}"]
            for target in sorted(task.targets.all(), key=lambda row: row.no)
        ],
        FILES: sorted([name, sha256] for name, sha256 in (files_of([task.pk])[task.pk] if files is None else files)),
    }


def digest_of(content: dict[str, Any]) -> str:
    """SHA-256 of a manifest, independent of the order of its keys.

    >>> digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    True
    """
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def differences(seen: dict[str, Any], now: dict[str, Any]) -> list[Difference]:
    """What differs between what was seen then and what stands now; what was not looked at then is not compared.

    >>> found = differences({"整改目标": "甲", "佐证": [["a.jpg", "1"]]}, {"整改目标": "乙", "佐证": [["a.jpg", "2"]]})
    >>> [row.words for row in found], found[0].before, found[0].after
    (['“整改目标”改过', '佐证“a.jpg”换过'], '甲', '乙')
    """
    found: list[Difference] = []
    for name, before in seen.items():
        after = now.get(name)
        if name == MEASURES:
            found += _rows("措施", _measures(before), _measures(after or []))
        elif name == TARGETS:
            found += _rows("", dict(before), dict(after or []))
        elif name != FILES and before != after:
            found.append(Difference("改", name, before or "没有", after or "没有"))
    found += _files(seen.get(FILES, []), now.get(FILES, []))
    return found


def _measures(rows: list[list[Any]]) -> dict[Any, str]:
    """Each measure by its number, as people read it: words, progress, day."""
    return {
        no: f"{text}（{'，'.join(filter(None, [Measure.Progress(progress).label, day]))}）"
        for no, text, progress, day in rows
    }


def _rows(name: str, before: dict[Any, Any], after: dict[Any, Any]) -> Iterator[Difference]:
    for key in dict.fromkeys([*before, *after]):
        if key not in after:
            yield Difference("撤", f"{name}{key}", before[key] or "没有", "没有")
        elif key not in before:
            yield Difference("加", f"{name}{key}", "没有", after[key] or "没有")
        elif before[key] != after[key]:
            yield Difference("改", f"{name}{key}", before[key] or "没有", after[key] or "没有")


def _files(before: list[list[str]], after: list[list[str]]) -> Iterator[Difference]:
    old, new = _by_name(before), _by_name(after)
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            kind = "换" if name in old and name in new else "撤" if name in old else "加"
            yield Difference(kind, name, _short(old.get(name)), _short(new.get(name)))


def _by_name(files: list[list[str]]) -> dict[str, set[str]]:
    named: dict[str, set[str]] = {}
    for name, sha256 in files:
        named.setdefault(name, set()).add(sha256)
    return named


def _short(digests: set[str] | None) -> str:
    return "、".join(sorted(sha256[:12] for sha256 in digests)) if digests else "没有"
