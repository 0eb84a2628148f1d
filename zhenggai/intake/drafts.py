"""What a person does to a proposed task before it enters the ledger, on the task's own JSON: no database.

A value that a person wrote has no place in the document any more; one that stays keeps its own.
"""

from copy import deepcopy
from typing import Any

from zhenggai.core.grammar.as_json import to_json
from zhenggai.core.grammar.extraction import extract_text
from zhenggai.core.reading import CleanText

Data = dict[str, Any]

LISTS = (
    "category", "lead_units", "responsible_units", "cooperating_units", "supervising_units", "acceptance_units",
    "responsible_persons",
)  # fmt: skip
TEXTS = ("issue", "goal")
EMPTY: Data = {
    "serial": None, "deadline": None, "measures": [], "places": {}, "place": {}, **dict.fromkeys(TEXTS),
    **{name: [] for name in LISTS},
}  # fmt: skip


def edited(data: Data, changes: Data) -> Data:
    """`data` with the values of `changes` (names of the extraction format; measures as rows of text and due)."""
    new = deepcopy(data)
    for name, value in changes.items():
        if _plain(name, data) == value:
            continue
        if name == "measures":
            new[name] = _measures(data, value)
        else:
            new[name] = _deadline(value) if name == "deadline" else value if name in LISTS else value or None
        new.get("places", {}).pop(name, None)
    return new


def plain(data: Data) -> Data:
    """The values of a task as a form shows them, in the shape that `edited` takes."""
    return {name: _plain(name, data) for name in (*TEXTS, "deadline", "measures", *LISTS)}


def changed_fields(read: Data, data: Data) -> list[str]:
    """The fields in which `data` says something else than what was read."""
    before, after = plain(read), plain(data)
    return [name for name in after if before[name] != after[name]]


def _plain(name: str, data: Data) -> Any:
    if name == "deadline":
        deadline = data.get("deadline") or {}
        return {key: deadline.get(key) for key in ("kind", "due")} | {
            "then_long_term": bool(deadline.get("then_long_term"))
        }
    if name == "measures":
        return [{"text": measure["text"], "due": due_of(measure)} for measure in data["measures"]]
    return list(data.get(name) or []) if name in LISTS else data.get(name) or ""


def due_of(measure: Data) -> str | None:
    """A measure's own date: the last that its text names, for then it is done."""
    return max((deadline["due"] for deadline in measure["deadlines"] if deadline["due"]), default=None)


def milestones_of(measure: Data) -> list[tuple[str, str]]:
    """The dated steps inside a measure that names several dates: each in its own words, with its day.

    >>> dated = [{"raw": "6月底前", "due": "2019-06-30"}, {"raw": "年底前", "due": "2019-12-31"}]
    >>> milestones_of({"text": "开展摸排。6月底前完成设计,年底前建成泵站。", "deadlines": dated})
    [('6月底前完成设计', '2019-06-30'), ('年底前建成泵站', '2019-12-31')]
    >>> milestones_of({"text": "年底前建成泵站。", "deadlines": dated[1:]})
    []
    """
    dated = [(deadline["raw"], deadline["due"]) for deadline in measure["deadlines"] if deadline["due"]]
    if len({due for _, due in dated}) < 2:
        return []
    text: str = measure["text"]
    starts: list[int] = []
    for raw, _ in dated:
        starts.append(text.find(raw, starts[-1] + 1 if starts else 0))
    if -1 in starts:
        return []
    found = []
    for at, following, (_, due) in zip(starts, [*starts[1:], len(text)], dated, strict=True):
        begin = max(text.rfind(stop, 0, at) for stop in _STOPS) + 1
        end = min([place for stop in _STOPS if (place := text.find(stop, at, following)) >= 0], default=following)
        begin = max(begin, text.rfind(",", 0, at) + 1, text.rfind("，", 0, at) + 1)
        found.append((text[begin:end].strip(" ,，、;；"), due))
    return found


_STOPS = "。；;\n"


def _deadline(value: Data) -> Data | None:
    if not value["kind"]:
        return None
    return {"raw": "", "place": None, **value}


def _measures(data: Data, rows: list[Data]) -> list[Data]:
    """Rows whose words and date were left alone keep what was read of them."""
    kept = {(measure["text"], due_of(measure)): measure for measure in data["measures"]}
    return [
        {**kept.get((row["text"], row["due"]), _measure(row)), "no": str(number)} for number, row in enumerate(rows, 1)
    ]


def _measure(row: Data) -> Data:
    due = row["due"]
    deadlines = [{"raw": "", "kind": "date", "due": due, "then_long_term": False, "place": None}] if due else []
    return {"text": row["text"], "deadlines": deadlines, "quantities": [], "place": None}


def merged(first: Data, second: Data) -> Data:
    """Two tasks as one: texts one under the other, measures and names one after the other, the first one's deadline."""
    new = deepcopy(first)
    for name in TEXTS:
        new[name] = "\n".join(text for text in (first.get(name), second.get(name)) if text) or None
    for name in LISTS:
        new[name] = list(dict.fromkeys([*(first.get(name) or []), *(second.get(name) or [])]))
    measures = [*first["measures"], *second["measures"]]
    new["measures"] = [{**measure, "no": str(number)} for number, measure in enumerate(measures, 1)]
    new["deadline"] = first.get("deadline") or second.get("deadline")
    new["place"] = first["place"] | {
        "start": min(first["place"]["start"], second["place"]["start"]),
        "end": max(first["place"]["end"], second["place"]["end"]),
    }
    places = [data.get("places") or {} for data in (first, second)]
    new["places"] = {name: [*places[0].get(name, []), *places[1].get(name, [])] for name in {**places[0], **places[1]}}
    return new


def part(text: str, start: int, end: int, like: Data) -> Data:
    """`text[start:end]` as a task of its own: read by the grammar where it is one, else as an issue with nothing else."""
    piece = text[start:end]
    found = extract_text(CleanText(piece, piece, ((0, 0),), (), ())).tasks
    if len(found) == 1:
        data: Data = _shifted(to_json(found[0]), start)
        data["category"] = data["category"] or like["category"]
    else:
        data = {**dict.fromkeys(like), **{name: [] for name in LISTS}, "category": like["category"]}
        data |= {"issue": piece.strip() or None, "measures": [], "places": {"issue": [{"start": start, "end": end}]}}
    data["place"] = {**like["place"], "start": start, "end": end}
    return data


def _shifted(value: Any, by: int) -> Any:
    """Every place in a JSON value, `by` characters further on."""
    if isinstance(value, dict):
        moved = {key: _shifted(item, by) for key, item in value.items()}
        if {"start", "end"} <= value.keys():
            moved |= {"start": value["start"] + by, "end": value["end"] + by}
        return moved
    return [_shifted(item, by) for item in value] if isinstance(value, list) else value


def lines_left_out(text: str, taken: list[tuple[int, int]]) -> list[tuple[int, int, str]]:
    r"""(start, end, words) of the lines of the text that none of the passages in `taken` holds.

    >>> lines_left_out("甲\n乙\n\n丙", [(2, 4)])
    [(0, 2, '甲'), (5, 6, '丙')]
    """
    found, at, passages = [], 0, sorted(taken, reverse=True)
    for line in text.splitlines(keepends=True):
        end = at + len(line)
        while passages and passages[-1][1] <= at:
            passages.pop()
        if line.strip() and not (passages and passages[-1][0] < end):
            found.append((at, end, line.strip()))
        at = end
    return found


def lines_of(text: str, start: int, end: int) -> list[tuple[int, str]]:
    """(offset, words) of the lines of a passage after its first: where a second task may begin.

    >>> lines_of("甲\\n乙\\n\\n丙", 0, 6)
    [(2, '乙'), (5, '丙')]
    """
    found, at = [], start
    for line in text[start:end].splitlines(keepends=True):
        if at > start and line.strip():
            found.append((at, line.strip()))
        at += len(line)
    return found
