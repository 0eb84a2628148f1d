"""Plans in tables: a row a task, a table each, a column each, a row a measure, under cells of categories."""

from random import Random
from typing import Any

from zhenggai.core.reading.numerals import to_chinese
from zhenggai.core.tests.variations.content import HEADINGS
from zhenggai.core.tests.variations.plan_fields import FIELDS, ROLES, SEPARATORS, closed, label_words, measures_of, told
from zhenggai.core.tests.variations.rendered import Block, Table


def in_tables(
    rng: Random, tasks: list[dict[str, Any]], kinds: dict[str, str]
) -> tuple[list[Block], list[dict[str, Any]]]:
    """The tasks in a table: a row each, a table each, a column each, a row a measure, under cells of categories."""
    form = kinds["form"]
    kinds["roles"] = rng.choice(ROLES[:5]) if form in {"rows", "categories"} else "fields"
    kinds["separator"] = rng.choice(SEPARATORS)
    kinds["words"] = rng.choice(("one", "mixed"))
    kinds["items"] = items = rng.choice(("（1）", "1.", "①", "lines", "一是", "1、"))
    if form == "measure rows":
        kinds["items"] = items = rng.choice(("（1）", "1.", "lines"))
    names = [name for name in FIELDS if any(name in content["names"] for content in tasks)]
    if kinds["roles"] != "fields":
        for content in tasks:
            content["names"] = [*dict.fromkeys([*content["names"], "lead_units", "responsible_units"])]
        names = [name for name in names if name not in {"lead_units", "cooperating_units"}]
        names = [*dict.fromkeys([*names, "responsible_units"])]
    labels = label_words(kinds["words"])
    words = {name: rng.choice(labels[name]) for name in ("issue", *names)}
    kinds["serial"] = rng.choice(("序号", "序号", "任务编号", "问题序号"))
    makers = {"rows": row_table, "categories": category_table, "cards": cards, "transposed": transposed, "measure rows": measure_rows}  # fmt: skip
    cells, answers = [], []
    for index, content in enumerate(tasks, 1):
        joint = rng.choice(("\n", "\n", "")) if items != "lines" else "\n"
        if not joint:
            closed(content)
        fields, answer = told(rng, content, kinds)
        cell = {"serial": str(index), "issue": content["issue"]}
        cell |= {name: fields.get(name, "") for name in names}
        if "measures" in fields:
            cell["measures"] = joint.join(measures_of(content, items))
        for no, measure in enumerate(answer["measures"], 1):
            if items != "lines":
                measure["no"] = str(no)
        answer["serial"] = str(index)
        cells.append(cell)
        answers.append(answer)
    return makers[form](rng, cells, words, kinds, answers, tasks), answers


def row_table(
    rng: Random, cells: list[dict[str, str]], words: dict[str, str], kinds: dict[str, str], *_: Any
) -> list[Block]:
    kinds["columns"] = rng.choice(("usual", "shuffled", "with remarks"))
    kinds["head"] = rng.choice(
        ("plain", "plain", "broken", "title row", "two rows", "second table", "goes on", "foot row")
    )
    kinds["counting"] = rng.choice(("1", "1", "1.", "一", "01"))
    names = list(words)
    if kinds["columns"] == "shuffled":
        rng.shuffle(names)
    head: list[Any] = [kinds["serial"], *(words[name] for name in names)]
    rows: list[list[Any]] = [
        [counted(kinds["counting"], cell["serial"]), *(cell[name] for name in names)] for cell in cells
    ]
    if kinds["columns"] == "with remarks":
        head, rows = [*head, "备注"], [[*row, ""] for row in rows]
    return with_head(rng, kinds, names, head, rows)


def counted(way: str, serial: str) -> str:
    """A serial number as it is written."""
    return {"1": serial, "1.": f"{serial}.", "一": to_chinese(int(serial)), "01": f"{int(serial):02d}"}[way]


def with_head(
    rng: Random, kinds: dict[str, str], names: list[str], head: list[Any], rows: list[list[Any]]
) -> list[Block]:
    """The rows under their column names in one of the ways that tables have."""
    width = len(head)
    if kinds["head"] == "broken":
        head = [f"{words[:2]}\n{words[2:]}" if len(words) == 4 else words for words in head]
    if kinds["head"] == "title row":
        return [Table([[("整改任务清单", 1, width)], head, *rows])]
    if kinds["head"] == "foot row":
        return [Table([head, *rows, [("填表说明：本表由牵头单位填报。", 1, width)]])]
    if kinds["head"] in {"second table", "goes on"} and len(rows) > 2:
        cut = rng.randint(1, len(rows) - 1)
        again = [head] if kinds["head"] == "second table" else []
        return [Table([head, *rows[:cut]]), " ", Table([*again, *rows[cut:]])]
    pair = ["lead_units", "responsible_units"]
    at = names.index("lead_units") + 1 if "lead_units" in names else 0
    if kinds["head"] == "two rows" and names[at - 1 : at + 1] == pair:
        upper = (
            [(words, 2, 1) for words in head[:at]] + [("责任分工", 1, 2)] + [(words, 2, 1) for words in head[at + 2 :]]
        )
        return [Table([upper, head[at : at + 2], *rows])]
    return [Table([head, *rows])]


def category_table(
    rng: Random,
    cells: list[dict[str, str]],
    words: dict[str, str],
    kinds: dict[str, str],
    answers: list[dict[str, Any]],
    *_: Any,
) -> list[Block]:
    """Rows under headings over the whole width, or beside a merged cell."""
    kinds["columns"] = rng.choice(("heading rows", "merged cells"))
    head = [kinds["serial"], *words.values()]
    cut = rng.randint(1, len(cells) - 1)
    rows: list[list[Any]] = [head if kinds["columns"] == "heading rows" else ["问题类别", *head]]
    for number, (first, last) in enumerate(((0, cut), (cut, len(cells)))):
        heading = HEADINGS[number]
        if kinds["columns"] == "heading rows":
            rows.append([(f"{to_chinese(number + 1)}、{heading}", 1, len(head))])
        for index in range(first, last):
            row: list[Any] = [cells[index]["serial"], *(cells[index][name] for name in words)]
            if kinds["columns"] == "merged cells" and index == first:
                row.insert(0, (heading, last - first, 1))
            rows.append(row)
            answers[index]["category"] = [heading]
    return [Table(rows)]


def cards(
    rng: Random, cells: list[dict[str, str]], words: dict[str, str], kinds: dict[str, str], *_: Any
) -> list[Block]:
    """One table a task with label cells."""
    kinds["columns"] = rng.choice(("two", "four"))
    blocks: list[Block] = []
    for cell in cells:
        pairs = [(kinds["serial"], cell["serial"]), *((words[name], cell[name]) for name in words)]
        if kinds["columns"] == "two":
            blocks.append(Table([[label, value] for label, value in pairs]))
            blocks.append(" ")
            continue
        rows: list[list[Any]] = []
        short = [pair for pair in pairs if len(pair[1]) < 40]
        long = [pair for pair in pairs if len(pair[1]) >= 40]
        for first in range(0, len(short), 2):
            two = short[first : first + 2]
            rows.append([*two[0], *two[1]] if len(two) == 2 else [two[0][0], (two[0][1], 1, 3)])
        rows += [[label, (value, 1, 3)] for label, value in long]
        blocks += [Table(rows), " "]
    return blocks


def transposed(
    rng: Random, cells: list[dict[str, str]], words: dict[str, str], kinds: dict[str, str], *_: Any
) -> list[Block]:
    """A column a task, the labels in the first column."""
    rows: list[list[Any]] = [[kinds["serial"], *(cell["serial"] for cell in cells)]]
    rows += [[words[name], *(cell[name] for cell in cells)] for name in words]
    return [Table(rows)]


def measure_rows(
    rng: Random,
    cells: list[dict[str, str]],
    words: dict[str, str],
    kinds: dict[str, str],
    answers: list[dict[str, Any]],
    tasks: list[dict[str, Any]],
) -> list[Block]:
    """A row a measure; the other cells are merged over the rows of their task."""
    rows: list[list[Any]] = [[kinds["serial"], *words.values()]]
    for cell, content in zip(cells, tasks, strict=True):
        parts = measures_of(content, kinds["items"]) if "measures" in content["names"] else [""]
        for index, part in enumerate(parts):
            row: list[Any] = [(cell["serial"], len(parts), 1)] if index == 0 else []
            for name in words:
                if name == "measures":
                    row.append(part)
                elif index == 0:
                    row.append((cell[name], len(parts), 1))
            rows.append(row)
    return [Table(rows)]
