"""Comparing an extraction with a gold answer that names only what matters."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from zhenggai.core.extract import Reading, read_all, to_json

SAMPLES = Path(__file__).parent / "samples"


class Sample(NamedTuple):
    """A document of our own wording with its answer, and the further formats that it is also read in."""

    path: Path
    gold: dict[str, Any]
    formats: tuple[str, ...]


def samples() -> list[Sample]:
    """All samples, by name."""
    found = []
    for answer in sorted(SAMPLES.glob("*.json")):
        path = next(one for one in SAMPLES.glob(f"{answer.stem}.*") if one.suffix != ".json")
        gold = json.loads(answer.read_text("utf-8"))
        formats = tuple(gold.pop("formats", ()))
        found.append(Sample(path, gold, formats))
    return found


def differences(gold: Any, found: Any, path: str = "") -> Iterator[str]:
    """Where the result departs from the gold answer; keys that the answer does not name may be anything."""
    if isinstance(gold, dict) and isinstance(found, dict):
        for key, value in gold.items():
            yield from differences(value, found.get(key, "(no such field)"), f"{path}.{key}")
    elif isinstance(gold, list) and isinstance(found, list) and len(gold) == len(found):
        for index, (expected, value) in enumerate(zip(gold, found, strict=True)):
            yield from differences(expected, value, f"{path}[{index}]")
    elif gold != found:
        yield f"{path}: {json.dumps(found, ensure_ascii=False)} instead of {json.dumps(gold, ensure_ascii=False)}"


def assert_reads(data: bytes, name: str, gold: dict[str, Any]) -> Reading:
    """Reads a document and holds it against the gold answer."""
    reading = read_all(data, name)
    departures = list(differences(gold, to_json(reading.extraction)))
    assert not departures, "\n".join(departures)
    assert_slices(reading)
    return reading


def assert_slices(reading: Reading) -> None:
    """Every text of the result stands, word for word, where its place says."""
    text = reading.source.text
    result = to_json(reading.extraction)
    for place in places(result):
        assert 0 <= place["start"] <= place["end"] <= len(text)
    for value, place in stated(result):
        assert text[place["start"] : place["end"]] == value, (value, text[place["start"] : place["end"]])
    for name in ("title", "document_number", "issuer"):
        assert result[name] is None or result[name] in text


def stated(result: Any) -> Iterator[tuple[str, dict[str, int]]]:
    """(text, place) of all values that are quoted; units are left out where they were written out in full."""
    for task in result["tasks"]:
        for name in ("issue", "goal", "heading", "status", "progress"):
            if task[name] is not None:
                yield task[name], task["places"][name][0]
        yield from zip(task["category"], task["places"].get("category", []), strict=True)
        for measure in task["measures"]:
            yield measure["text"], measure["place"]
            for one in (*measure["deadlines"], *measure["quantities"]):
                yield one["raw"], one["place"]
        for one in (*([task["deadline"]] if task["deadline"] else []), *task["goal_quantities"]):
            yield one["raw"], one["place"]
    for duty in result["duties"]:
        yield duty["text"], duty["place"]
    yield from _stated_in_notice(result["notice"])
    yield from _stated_in_complaints(result["complaints"])
    for step in (result["work_plan"] or {"timetable": []})["timetable"]:
        yield step["text"], step["place"]
    yield from _paired(result["work_plan"], "attachments")


def _stated_in_notice(notice: Any) -> Iterator[tuple[str, dict[str, int]]]:
    if notice is None:
        return
    for name in ("issue", "goal", "result", "follow_up"):
        if notice[name] is not None:
            yield notice[name], notice["places"][name][0]
    yield from _paired(notice, "measures")
    if notice["period"]:
        yield notice["period"]["raw"], notice["period"]["place"]
    contact = notice["contact"] or {"places": {}}
    for name in ("unit", "person", "address", "email"):
        if contact.get(name):
            yield contact[name], contact["places"][name][0]


def _stated_in_complaints(complaints: Any) -> Iterator[tuple[str, dict[str, int]]]:
    if complaints is None:
        return
    for one in (*complaints["by_region"], *complaints["by_type"], *complaints["outcomes"]):
        yield one["name"], one["place"]
    for piece in complaints["pieces"]:
        for name in ("number", "region", "text", "verified", "outcome", "findings", "closure", "accountability"):
            if piece[name] is not None:
                yield piece[name], piece["places"][name][0]
        yield from _paired(piece, "types")


def _paired(holder: Any, name: str) -> Iterator[tuple[str, dict[str, int]]]:
    if holder is not None:
        yield from zip(holder[name], holder["places"].get(name, []), strict=True)


def places(value: Any) -> Iterator[dict[str, int]]:
    """All places anywhere in the result."""
    if isinstance(value, dict):
        if {"start", "end"} <= value.keys() and "raw" not in value:  # a period has dates of these names
            yield value
        for inner in value.values():
            yield from places(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from places(inner)
