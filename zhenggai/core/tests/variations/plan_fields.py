"""The fields of a plan's tasks as words: numbers, labels, units in one sentence or in fields of their own."""

from random import Random
from typing import Any

from zhenggai.core.grammar.label_words import LABELS, TABLE_ONLY
from zhenggai.core.reading.numerals import to_chinese
from zhenggai.core.tests.variations.content import answer_of

FIELDS = ("goal", "measures", "deadline", "lead_units", "responsible_units", "cooperating_units", "supervising_units", "acceptance_units", "leaders", "responsible_persons")  # fmt: skip
USUAL = ("goal", "measures", "deadline", "lead_units", "responsible_units")
UNITS = ("lead_units", "responsible_units", "cooperating_units")
SHORT = (*UNITS, "deadline", "supervising_units", "acceptance_units", "leaders", "responsible_persons")
NUMBERS = {
    "一、": lambda n: f"{to_chinese(n)}、",
    "（一）": lambda n: f"（{to_chinese(n)}）",
    "(一)": lambda n: f"({to_chinese(n)})",
    "1.": lambda n: f"{n}.",
    "1．": lambda n: f"{n}．",
    "1、": lambda n: f"{n}、",
    "（1）": lambda n: f"（{n}）",
    "(1)": lambda n: f"({n})",
    "1）": lambda n: f"{n}）",
    "①": lambda n: "①②③④⑤⑥⑦⑧⑨"[n - 1],
    "第一项": lambda n: f"第{to_chinese(n)}项 ",
    "第1项": lambda n: f"第{n}项：",
    "问题1": lambda n: f"问题{n}：",
    "问题一": lambda n: f"问题{to_chinese(n)}：",
    "任务一": lambda n: f"任务{to_chinese(n)}：",
    "任务1": lambda n: f"任务{n}.",
    "【问题1】": lambda n: f"【问题{n}】",
    "序号1": lambda n: f"序号{n} ",
    "整改任务1": lambda n: f"整改任务{n}：",
    "No.1": lambda n: f"No.{n} ",
    "无": lambda _: "",
}
DEPTHS = {"一、": 0, "（一）": 1, "(一)": 1, "1.": 2, "1．": 2, "1、": 2, "（1）": 3, "(1)": 3, "1）": 3, "①": 4}
WORDED = ("第一项", "第1项", "问题1", "问题一", "任务一", "任务1", "【问题1】", "序号1", "整改任务1", "No.1")
ROLES = ("fields", "fields", "fields", "sentence", "brackets", "from the verb")
SEPARATORS = ("、", "、", "，", "；", " ", "和", "\n")


def label_words(rng: Random, mixed: bool) -> dict[str, list[str]]:
    """The labels of each field: one through all the document, or any of its synonyms."""
    usual = {"issue": "反馈问题", "goal": "整改目标", "measures": "整改措施", "deadline": "整改时限", "lead_units": "牵头单位", "responsible_units": "责任单位", "cooperating_units": "配合单位", "supervising_units": "督导单位", "acceptance_units": "验收单位", "leaders": "责任领导", "responsible_persons": "责任人"}  # fmt: skip
    if not mixed:
        return {name: [word] for name, word in usual.items()}
    apart = {"整改任务", "问题清单", "主要任务", "整改方案", "重点任务", "整改目标及措施", "整改目标和措施", "级领导", "责任单位及责任人", "责任单位和责任人", "责任单位(人)", "整改责任单位及责任人", "整改措施及要求"}  # fmt: skip
    return {name: [word for word in LABELS[name] if word not in TABLE_ONLY | apart and len(word) > 2] for name in usual}


def told(rng: Random, content: dict[str, Any], kinds: dict[str, str]) -> tuple[dict[str, str], dict[str, Any]]:
    """The fields as words, units perhaps in one sentence, and what must be read."""
    names = set(content["names"])
    fields: dict[str, str] = {}
    order = [name for name in FIELDS if name in names]
    if kinds.get("order") == "shuffled":
        rng.shuffle(order)
    for name in order:
        if name == "deadline":
            fields[name] = content["deadline"][0]
        elif name == "measures":
            fields[name] = ""
        elif name == "goal":
            fields[name] = content["goal"]
        else:
            fields[name] = kinds["separator"].join(content[name])
    if kinds["roles"] != "fields" and {"lead_units", "responsible_units"} <= names:
        joined(fields, content, kinds["roles"])
        names.discard("cooperating_units")
        names.add("cooperating_units")
        answer = answer_of(content, names | {"issue"})
        answer["responsible_units"], answer["cooperating_units"] = ([], content["responsible_units"]) if kinds["roles"] != "brackets" else (content["responsible_units"], [])  # fmt: skip
        return fields, answer
    return fields, answer_of(content, names | {"issue"})


def joined(fields: dict[str, str], content: dict[str, Any], way: str) -> None:
    """The units of a task in one field."""
    lead, others = content["lead_units"][0], content["responsible_units"]
    words = {
        "sentence": f"{lead}牵头，{'、'.join(others)}配合",
        "brackets": f"{lead}（牵头）、{'、'.join(others)}",
        "from the verb": f"由{lead}牵头，{'、'.join(others)}按职责配合",
    }[way]
    fields.pop("lead_units")
    fields.pop("cooperating_units", None)
    fields["responsible_units"] = words


def measures_of(content: dict[str, Any], items: str) -> list[str]:
    """The measures with their numbers."""
    found = []
    for number, one in enumerate(content["measures"], 1):
        opening = "" if items == "lines" else f"{to_chinese(number)}是" if items == "一是" else NUMBERS[items](number)
        found.append(opening + one.words)
    return found


def closed(content: dict[str, Any]) -> None:
    """Measures that follow one another on a line end with a stop."""
    content["measures"] = [one._replace(words=one.words.rstrip("。") + "。") for one in content["measures"]]
