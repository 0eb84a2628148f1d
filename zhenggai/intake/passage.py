"""The source passage cut into pieces, so that each field of a proposal can be lit where it stands."""

from dataclasses import dataclass
from typing import Any

CONTEXT = 160  # characters of the document shown before and after the task


@dataclass(frozen=True)
class Piece:
    """A run of the text; `start` and `end` are offsets into the whole text; `field` names whose value it is, or ''."""

    text: str
    start: int
    end: int
    field: str = ""


def marks_of(task: dict[str, Any]) -> list[tuple[int, int, str]]:
    """Where the task's values stand: (start, end, field), in the order of the text, without overlaps. What a person
    wrote stands nowhere."""
    found: list[tuple[int, int, str]] = []
    for field, place in (task.get("places") or {}).items():
        found += [(span["start"], span["end"], field) for span in (place if isinstance(place, list) else [place])]
    parts = [("measures", measure) for measure in task["measures"]] + [("deadline", task.get("deadline") or {})]
    found += [(place["start"], place["end"], field) for field, part in parts if (place := part.get("place"))]
    kept: list[tuple[int, int, str]] = []
    for start, end, field in sorted(set(found), key=lambda mark: (mark[0], -mark[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end, field))
    return kept


def pieces(text: str, start: int, end: int, marks: list[tuple[int, int, str]]) -> list[Piece]:
    """`text[start:end]` as consecutive pieces, the marked runs apart.

    >>> [piece.text + ("*" if piece.field else "") for piece in pieces("甲目标乙", 0, 4, [(1, 3, "goal")])]
    ['甲', '目标*', '乙']
    """
    cut, at = [], start
    for first, last, field in marks:
        if first < start or last > end:
            continue
        if first > at:
            cut.append(Piece(text[at:first], at, first))
        cut.append(Piece(text[first:last], first, last, field))
        at = last
    if at < end:
        cut.append(Piece(text[at:end], at, end))
    return cut


def pages_of(task: dict[str, Any]) -> list[int]:
    """The pages on which something of the task stands, in order; empty where the document has no pages.

    >>> pages_of({"place": {"start": 0, "end": 9, "page": 3}, "measures": [{"place": {"page": 4}}]})
    [3, 4]
    """
    return sorted({place["page"] for place in (task["place"], *_places(task)) if place.get("page")})


def cells_of(task: dict[str, Any]) -> dict[tuple[int, int], dict[str, Any]]:
    """(start, end) of each value that fills or stands in a cell drawn on a page → its place, with page and box."""
    return {(place["start"], place["end"]): place for place in _places(task) if place.get("box")}


def _places(task: dict[str, Any]) -> list[dict[str, Any]]:
    found = [part.get("place") for part in (*task["measures"], task.get("deadline") or {})]
    found += [place for places in (task.get("places") or {}).values() for place in places]
    return [place for place in found if place]
