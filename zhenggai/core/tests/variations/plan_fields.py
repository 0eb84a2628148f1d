"""The fields of a plan's tasks as words: numbers, labels, units in one sentence or in fields of their own."""

from random import Random
from typing import Any

from zhenggai.core.grammar.label_words import LABELS, TABLE_ONLY
from zhenggai.core.reading.numerals import to_chinese
from zhenggai.core.tests.variations.content import UNITS, answer_of

FIELDS = ("goal", "measures", "deadline", "lead_units", "responsible_units", "cooperating_units", "supervising_units", "acceptance_units", "leaders", "responsible_persons")  # fmt: skip
USUAL = ("goal", "measures", "deadline", "lead_units", "responsible_units")
SHORT = (
    "lead_units",
    "responsible_units",
    "cooperating_units",
    "deadline",
    "supervising_units",
    "acceptance_units",
    "leaders",
    "responsible_persons",
)
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
    "a.": lambda n: f"{'abcdefgh'[n - 1]}.",
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
DEPTHS = {
    "一、": 0,
    "（一）": 1,
    "(一)": 1,
    "1.": 2,
    "1．": 2,
    "1、": 2,
    "（1）": 3,
    "(1)": 3,
    "1）": 3,
    "①": 4,
    "a.": 4,
}
WORDED = ("第一项", "第1项", "问题1", "问题一", "任务一", "任务1", "【问题1】", "序号1", "整改任务1", "No.1")
ROLES = ("fields", "fields", "fields", "sentence", "brackets", "from the verb")
SEPARATORS = ("、", "、", "，", "；", " ", "和", "\n")


COMPOSED = {
    "goal": ("整改要达到的目标", "计划达到的目标", "阶段性目标"),
    "measures": ("主要做法", "拟采取的措施", "具体整改做法", "各项措施"),
    "deadline": ("拟完成时限", "全面完成时限", "整改到位时限"),
    "lead_units": ("市级牵头部门", "具体牵头科室"),
    "responsible_units": ("具体承办科室", "落实责任单位", "主要责任部门"),
}
"""Labels that no list names, of parts that one knows."""


def label_words(words: str) -> dict[str, list[str]]:
    """The labels of each field: one through all the document, or any of its synonyms."""
    usual = {"issue": "反馈问题", "goal": "整改目标", "measures": "整改措施", "deadline": "整改时限", "lead_units": "牵头单位", "responsible_units": "责任单位", "cooperating_units": "配合单位", "supervising_units": "督导单位", "acceptance_units": "验收单位", "leaders": "责任领导", "responsible_persons": "责任人"}  # fmt: skip
    if words == "composed":
        return {name: list(COMPOSED.get(name, (word,))) for name, word in usual.items()}
    if words != "mixed":
        return {name: [word] for name, word in usual.items()}
    apart = {"整改任务", "问题清单", "主要任务", "整改方案", "重点任务", "整改目标及措施", "整改目标和措施", "级领导", "责任单位及责任人", "责任单位和责任人", "责任单位(人)", "整改责任单位及责任人", "整改措施及要求"}  # fmt: skip
    return {name: [word for word in LABELS[name] if word not in TABLE_ONLY | apart and len(word) > 2] for name in usual}


def told(rng: Random, content: dict[str, Any], kinds: dict[str, str]) -> tuple[dict[str, str], dict[str, Any]]:
    """The fields as words, units perhaps in one sentence, and what must be read."""
    names = set(content["names"])
    if content.get("tail", "none") != "none" and "measures" in names:
        names -= {"responsible_units", *(["deadline"] if content["tail"] != "bracket" else [])}
    if content.get("sub-items", "none") != "none":
        inner = "一是明确责任分工，细化工作任务；二是强化跟踪问效，定期开展检查。"
        content["measures"] = [one._replace(words=one.words.rstrip("。") + "。" + inner) for one in content["measures"]]
    fields: dict[str, str] = {}
    order = [name for name in FIELDS if name in names]
    if kinds.get("order") == "shuffled":
        rng.shuffle(order)
    for name in order:
        if name == "deadline":
            fields[name] = content["deadline"][0] + content.get("end", "none").replace("none", "")
        elif name == "measures":
            fields[name] = ""
        elif name == "goal":
            fields[name] = content["goal"]
        else:
            fields[name] = kinds["separator"].join(content[name]) + content.get("end", "none").replace("none", "")
    if (
        content.get("tail", "none") == "none"
        and kinds["roles"] != "fields"
        and {"lead_units", "responsible_units"} <= names
    ):
        joined(fields, content, kinds["roles"])
        names.discard("cooperating_units")
        names.add("cooperating_units")
        answer = answer_of(content, names | {"issue"})
        answer["responsible_units"], answer["cooperating_units"] = ([], content["responsible_units"]) if kinds["roles"] != "brackets" else (content["responsible_units"], [])  # fmt: skip
        return fields, answer
    answer = answer_of(content, names | {"issue"})
    with_measure_fields(content, answer)
    return fields, answer


def with_measure_fields(content: dict[str, Any], answer: dict[str, Any]) -> None:
    """The answer with what each measure has for itself."""
    tail = content.get("tail", "none")
    if tail == "none":
        return
    for number, measure in enumerate(answer["measures"], 1):
        unit, limit = measure_fields(content, number)
        measure["responsible_units"] = [unit]
        if tail != "bracket":
            measure["deadlines"] = [*measure["deadlines"], {"due": limit[1]}]
    if answer["measures"]:
        answer.pop("responsible_units")


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
        found.append(opening + one.words + tail_of(content, number))
    return found


def tail_of(content: dict[str, Any], number: int) -> str:
    """The units and the limit that a measure has for itself."""
    unit, limit = measure_fields(content, number)
    return {
        "bracket": f"（责任单位：{unit}）",
        "bracket with limit": f"（责任单位：{unit}；完成时限：{limit[0]}）",
        "sentence": f"责任单位：{unit}。完成时限：{limit[0]}。",
    }.get(content.get("tail", "none"), "")


def measure_fields(content: dict[str, Any], number: int) -> tuple[str, tuple[str, str]]:
    """A unit, and a limit as it is written with its last day."""
    limits = (("2024年5月底前", "2024-05-31"), ("2024年11月", "2024-11-30"), ("2025年2月底", "2025-02-28"))
    return UNITS[(number + len(content["issue"])) % len(UNITS)], limits[number % 3]


def closed(content: dict[str, Any]) -> None:
    """Measures that follow one another on a line end with a stop."""
    content["measures"] = [one._replace(words=one.words.rstrip("。") + "。") for one in content["measures"]]
